// What a film's captions are shown with, as the player finds it: the hall's languages, fonts, and the caption files
// that lie beside a film. Whoever decodes gets descriptors of the files, and opens none.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace hallcast::media {

struct CaptionSources {
    struct Language {
        std::string tag;     // BCP 47
        std::string family;  // of the font that sets it; empty: this machine has none, and it is not shown
        bool operator==(const Language&) const = default;
    };
    struct Font {
        std::string family;  // as the font names itself
        std::filesystem::path file;
        bool operator==(const Font&) const = default;
    };
    std::vector<Language> languages;  // the hall's, in its order; none: no captions
    std::vector<Font> fonts;          // each once, at most 8; the first has Latin letters, and what no other has
    bool operator==(const CaptionSources&) const = default;
};

// Asks fontconfig where the house's own table of fonts does not know: milliseconds.
CaptionSources captions_for_languages(std::span<const std::string> languages);

// Of a film named film.mp4: film.pl.vtt, film.uk.srt, film.ass.
struct CaptionFilePath {
    std::filesystem::path file;
    std::string language;  // as the name says; empty: it says none, and any hall reads it
};

// At most six, in the order of their names.
std::vector<CaptionFilePath> caption_files_beside(const std::filesystem::path& film);

}  // namespace hallcast::media
