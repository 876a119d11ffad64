// What ffprobe finds out about a file, as far as ingest asks.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "content/sandbox.h"
#include "protocol/base/error.h"

namespace hallcast::content {

constexpr std::size_t most_text_tracks = 32;  // as many as a film has languages

struct TextTrack {
    int stream = -1;
    std::string language;  // ISO 639-2, three letters; "und" where the file does not say it
};

struct MediaFacts {
    bool picture = false;          // a still, shown for a while
    int video_stream = -1;         // index in the file; -1: none
    int audio_stream = -1;         // -1: silent
    int width = 0, height = 0;     // as it is to be shown: upright, with square pixels
    double frames_per_second = 0;  // the average; 0: unknown
    double seconds = 0;            // until the last of its streams ends; 0: unknown
    double picture_seconds = 0;    // until its pictures end, where the file says so; else 0
    bool interlaced = false;
    bool transparent = false;
    bool known_matrix = false;  // the file says how its colours are coded
    bool high_dynamic_range = false;
    std::string video_codec, audio_codec, pixel_format;
    std::string spoken = "und";    // the language of its sound, as a text track's
    std::vector<TextTrack> texts;  // captions that are text, in the file's order; pictures of text are left out
};

// The containers that are opened at all: none that can name other files (playlists, concat, image patterns, SVG).
extern const char* const accepted_formats;

// Probes `input` (the upload, or a file in the sandbox's folder: "file:result.mp4"). The error is a reason without the
// file's name: "is no video or picture: ...".
Expected<MediaFacts> probe_media(const Sandbox& sandbox, const std::string& input, std::stop_token stop);

// From ffprobe's JSON alone.
Expected<MediaFacts> read_probe(const std::string& json);

// The last telling line of ffmpeg's errors, shortened for a person.
std::string telling_line(const std::string& errors);

}  // namespace hallcast::content
