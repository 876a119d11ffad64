#include "content/texts.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <vector>

#include "protocol/base/error.h"
#include "protocol/base/resource.h"

namespace hallcast::content {

std::span<const Resource> text_files();  // made by hallcast_embed

namespace {

constexpr std::array<std::string_view, 9> languages = {"pl", "en", "uk", "ru", "ka", "hi", "vi", "ar", "zh"};

using TextsById = std::map<std::string, std::string, std::less<>>;
using TextsByLanguage = std::map<std::string, TextsById, std::less<>>;

// The files are part of the program: one that does not parse is our mistake, which any start of any test shows.
TextsByLanguage read_all() {
    TextsByLanguage all;
    for (const Resource& file : text_files()) {
        const std::string_view language = file.name.substr(0, file.name.find('.'));
        TextsById& texts = all[std::string(language)];
        for (const auto& entry : YAML::Load(std::string(file.bytes)))
            texts.emplace(entry.first.as<std::string>(), entry.second.as<std::string>());
    }
    for (const std::string_view language : languages) HALLCAST_ASSERT(all.contains(language));
    return all;
}

const TextsByLanguage& all_texts() {
    static const TextsByLanguage all = read_all();
    return all;
}

const TextsById& texts_in(std::string_view language) {
    const TextsByLanguage& all = all_texts();
    auto found = all.find(language);
    if (found == all.end()) found = all.find(language.substr(0, language.find('-')));
    if (found == all.end()) found = all.find("en");
    return found->second;
}

}  // namespace

std::span<const std::string_view> shipped_languages() { return languages; }

std::string_view text(std::string_view id, std::string_view language) {
    const TextsById& texts = texts_in(language);
    const auto found = texts.find(id);
    HALLCAST_ASSERT(found != texts.end());
    return found->second;
}

bool has_text(std::string_view id) { return texts_in("en").contains(id); }

std::span<const std::string_view> text_ids() {
    static const std::vector<std::string_view> ids = [] {
        std::vector<std::string_view> names;
        for (const auto& [id, text] : texts_in("en")) names.push_back(id);
        return names;
    }();
    return ids;
}

}  // namespace hallcast::content
