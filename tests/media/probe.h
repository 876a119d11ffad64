// Says what a media file is, by opening it as playback would: what probes can be shown.
#pragma once

#include <chrono>
#include <filesystem>

#include "protocol/base/error.h"

namespace hallcast::decoder {

struct MediaSummary {
    enum class Kind { film, picture } kind = Kind::film;
    int width = 0;  // as displayed, in square pixels
    int height = 0;
    std::chrono::nanoseconds duration{0};  // as the container says; zero: it does not, or a picture
    bool has_sound = false;
};

// Decodes the first picture: tens of milliseconds, at most `patience`. Any thread.
Expected<MediaSummary> probe(const std::filesystem::path& path,
                             std::chrono::milliseconds patience = std::chrono::seconds(10));

}  // namespace hallcast::decoder
