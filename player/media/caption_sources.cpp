#include "player/media/caption_sources.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>

#include "player/text/font_of_language.h"

namespace hallcast::media {
namespace {

constexpr std::size_t most_fonts = 8, most_caption_files = 6;
constexpr std::size_t most_folder_entries = 10'000;

bool is_caption_name(const std::filesystem::path& name) {
    constexpr auto endings = std::to_array<std::string_view>({".srt", ".vtt", ".ass", ".ssa"});
    return std::ranges::find(endings, name.extension().string()) != endings.end();
}

}  // namespace

CaptionSources captions_for_languages(std::span<const std::string> languages) {
    CaptionSources sources;
    const auto add_font = [&sources](const text::LanguageFont& font) {
        if (std::ranges::find(sources.fonts, font.family, &CaptionSources::Font::family) != sources.fonts.end())
            return true;
        if (sources.fonts.size() == most_fonts) return false;
        sources.fonts.push_back({font.family, font.path});
        return true;
    };
    if (const auto latin = text::font_of_language("en")) add_font(*latin);
    for (const std::string& tag : languages) {
        const auto font = text::font_of_language(tag);
        const bool there = font && add_font(*font);
        if (!there) spdlog::warn("captions: no font of this machine sets the language '{}'; install one", tag);
        sources.languages.push_back({tag, there ? font->family : ""});
    }
    return sources;
}

std::vector<CaptionFilePath> caption_files_beside(const std::filesystem::path& film) {
    const std::string stem = film.stem().string() + ".";
    std::vector<CaptionFilePath> beside;
    std::error_code error;
    std::size_t looked_at = 0;
    for (std::filesystem::directory_iterator entry(film.parent_path().empty() ? "." : film.parent_path(), error), end;
         !error && entry != end && looked_at < most_folder_entries; entry.increment(error), ++looked_at) {
        const auto name = entry->path().filename();
        if (!name.string().starts_with(stem) || !is_caption_name(name)) continue;
        const std::string middle = name.stem().string();  // film.pl, or film
        beside.push_back({entry->path(), middle.size() > stem.size() ? middle.substr(stem.size()) : ""});
    }
    std::ranges::sort(beside, {}, &CaptionFilePath::file);  // a folder has no order of its own
    if (beside.size() > most_caption_files) beside.resize(most_caption_files);
    return beside;
}

}  // namespace hallcast::media
