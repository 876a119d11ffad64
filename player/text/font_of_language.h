// Which font file sets a language, for those who set text by other means than ours: film captions, documents.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hallcast::text {

struct LanguageFont {
    std::filesystem::path path;
    std::string family;  // as the font names itself: in a collection, that of the face for the language
    bool operator==(const LanguageFont&) const = default;
};

// The regular font that the screens themselves use for the script of `tag` (BCP 47), from `folders` (empty: the usual
// ones), else whatever fontconfig has for it. nullopt: no font of this machine has the script. Opens files: some
// milliseconds, any thread.
std::optional<LanguageFont> font_of_language(std::string_view tag, std::vector<std::filesystem::path> folders = {});

}  // namespace hallcast::text
