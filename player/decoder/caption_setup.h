// What a film's captions are shown with, as whoever decodes it has it: all of it memory, so that a worker that can open
// no file can use it.
#pragma once

#include <string>
#include <vector>

#include "player/decoder/file_bytes.h"
#include "player/media/caption_sources.h"
#include "protocol/base/descriptor.h"

namespace hallcast::decoder {

struct CaptionFont {
    std::string family;  // as the font names itself
    FileBytes file;
};

struct CaptionFile {
    std::string name;
    std::string language;  // empty: it says none, and any hall reads it
    FileBytes file;
};

struct CaptionSetup {
    std::vector<media::CaptionSources::Language> languages;  // the hall's, in its order; none: no captions
    std::vector<CaptionFont> fonts;                          // the first has Latin letters, and what no other has
    std::vector<CaptionFile> files;

    // What cannot be read is left out, and logged.
    void add_font(const std::string& family, const Descriptor& file);
    void add_file(const std::string& name, const std::string& language, const Descriptor& file);
};

// Opens the files: for decoding in the player's process.
CaptionSetup open_captions(const media::CaptionSources& sources, const std::filesystem::path& film);

}  // namespace hallcast::decoder
