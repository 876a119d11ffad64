#include "player/decoder/caption_setup.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>

namespace hallcast::decoder {
namespace {

constexpr std::size_t most_caption_bytes = 4 << 20;  // a film of three hours has some 200 KB
constexpr std::size_t most_font_bytes = 64 << 20;    // all of Chinese, Japanese and Korean are 20 MB

Descriptor opened(const std::filesystem::path& path) {
    return Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
}

}  // namespace

void CaptionSetup::add_font(const std::string& family, const Descriptor& file) {
    if (auto bytes = map_file(file.get(), family, most_font_bytes)) {
        fonts.push_back({family, std::move(*bytes)});
    } else {
        spdlog::warn("captions: {}", bytes.error().message);
    }
}

void CaptionSetup::add_file(const std::string& name, const std::string& language, const Descriptor& file) {
    if (auto bytes = read_file(file.get(), name, most_caption_bytes)) {
        files.push_back({name, language, std::move(*bytes)});
    } else {
        spdlog::warn("captions: {}", bytes.error().message);
    }
}

CaptionSetup open_captions(const media::CaptionSources& sources, const std::filesystem::path& film) {
    CaptionSetup setup;
    setup.languages = sources.languages;
    if (setup.languages.empty()) return setup;
    for (const auto& font : sources.fonts) setup.add_font(font.family, opened(font.file));
    for (const auto& file : media::caption_files_beside(film))
        setup.add_file(file.file.string(), file.language, opened(file.file));
    return setup;
}

}  // namespace hallcast::decoder
