#include "player/sound/voice_table.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <mutex>
#include <set>

namespace hallcast::sound {

namespace {

template <typename... Parts>
[[noreturn]] void wrong(const YAML::Node& where, fmt::format_string<Parts...> what, Parts&&... parts) {
    throw YAML::RepresentationException(where.Mark(), fmt::format(what, std::forward<Parts>(parts)...));
}

// What a map may have and must have. A key that is there twice is a slip: YAML forbids it, yaml-cpp takes the first.
void check_keys(const YAML::Node& map, const std::set<std::string>& needed, const std::set<std::string>& optional) {
    if (!map.IsMap()) wrong(map, "must be a map; it has the keys {}", fmt::join(needed, ", "));
    std::set<std::string> seen;
    for (const auto& entry : map) {
        const auto key = entry.first.as<std::string>();
        if (!needed.contains(key) && !optional.contains(key)) {
            wrong(entry.first, "unknown key '{}'; there are {}{}{}", key, fmt::join(needed, ", "),
                  optional.empty() ? "" : ", ", fmt::join(optional, ", "));
        }
        if (!seen.insert(key).second) wrong(entry.first, "'{}' is there twice; remove one", key);
    }
    for (const std::string& key : needed) {
        if (!seen.contains(key)) wrong(map, "no '{}'; add it as content/voices/README.md explains", key);
    }
}

std::string read_pattern(const YAML::Node& node) {
    const auto pattern = node.as<std::string>();
    std::multiset<std::string> slots;
    for (std::size_t at = 0; (at = pattern.find_first_of("{}", at)) != std::string::npos;) {
        const std::size_t end = pattern.find('}', at);
        const std::string slot = pattern.substr(at, end == std::string::npos ? end : end + 1 - at);
        if (slot != "{ticket}" && slot != "{counter}") {
            wrong(node, "there is no slot '{}'; there are {{ticket}} and {{counter}}", slot);
        }
        slots.insert(slot);
        at = end + 1;
    }
    for (const char* slot : {"{ticket}", "{counter}"}) {
        if (slots.count(slot) != 1) wrong(node, "must have {} once, and has it {} times", slot, slots.count(slot));
    }
    return pattern;
}

std::unique_ptr<const icu::RuleBasedNumberFormat> open_numbers(const std::string& language, const YAML::Node& file) {
    UErrorCode status = U_ZERO_ERROR;
    auto numbers =
        std::make_unique<icu::RuleBasedNumberFormat>(icu::URBNF_SPELLOUT, icu::Locale(language.c_str()), status);
    // For a language that it does not know ICU takes another one, with a warning only.
    if (U_FAILURE(status) || language != numbers->getLocale(ULOC_ACTUAL_LOCALE, status).getLanguage()) {
        wrong(file,
              "ICU {} spells no numbers in '{}'; name the file by a language that ICU has (is its data installed?)",
              U_ICU_VERSION, language);
    }
    return numbers;
}

VoiceTable::Reading read_reading(const YAML::Node& node, const icu::RuleBasedNumberFormat& numbers,
                                 const std::string& language) {
    check_keys(node, {"read", "rules"}, {});
    const auto read = node["read"].as<std::string>();
    if (read != "whole" && read != "digits") wrong(node["read"], "'read' must be whole or digits, not '{}'", read);
    const auto name = node["rules"].as<std::string>();
    VoiceTable::Reading reading{icu::UnicodeString::fromUTF8("%" + name), read == "digits"};
    std::vector<std::string> known;
    for (int i = 0; i < numbers.getNumberOfRuleSetNames(); ++i) {
        if (numbers.getRuleSetName(i) == reading.rule_set) return reading;
        numbers.getRuleSetName(i).tempSubString(1).toUTF8String(known.emplace_back());
    }
    wrong(node["rules"], "ICU {} has no rules '{}' for '{}'; there are {}", U_ICU_VERSION, name, language,
          fmt::join(known, ", "));
}

std::map<char32_t, std::string> read_letters(const YAML::Node& node) {
    if (!node.IsMap()) wrong(node, "must be a map of letters and their names");
    std::map<char32_t, std::string> letters;
    for (const auto& entry : node) {
        const auto key = entry.first.as<std::string>();
        UChar32 letter = 0;
        std::int32_t read = 0;
        U8_NEXT(key.data(), read, std::int32_t(key.size()), letter);
        if (letter < 0 || std::size_t(read) != key.size() || !u_isalpha(letter) || u_toupper(letter) != letter) {
            wrong(entry.first, "'{}' is no letter; write one capital, as in A: ah", key);
        }
        const auto name = entry.second.as<std::string>();
        if (name.empty()) wrong(entry.second, "letter {} has no name; write how it is spoken", key);
        if (!letters.emplace(char32_t(letter), name).second) wrong(entry.first, "{} is there twice; remove one", key);
    }
    for (char letter = 'A'; letter <= 'Z'; ++letter) {
        if (!letters.contains(char32_t(letter))) wrong(node, "no name for letter {0}; add {0}: NAME", letter);
    }
    return letters;
}

// Throws YAML::Exception, which carries the line.
VoiceTable read_table(std::string_view language, const YAML::Node& file) {
    check_keys(file, {"voice", "rate", "call", "recall", "brief", "ticket", "counter", "letters"},
               {"joint", "replace", "words"});
    VoiceTable table;
    table.language = language;
    table.voice = file["voice"].as<std::string>();
    table.rate = file["rate"].as<int>();
    if (table.rate < 80 || table.rate > 300) wrong(file["rate"], "'rate' must be 80..300 words a minute");
    for (const auto& [phrase, key] :
         {std::pair{Phrase::call, "call"}, {Phrase::recall, "recall"}, {Phrase::brief, "brief"}}) {
        table.patterns[std::size_t(phrase)] = read_pattern(file[key]);
    }
    table.numbers = open_numbers(table.language, file);
    table.ticket = read_reading(file["ticket"], *table.numbers, table.language);
    table.counter = read_reading(file["counter"], *table.numbers, table.language);
    if (file["joint"]) table.joint = file["joint"].as<std::string>();
    table.letters = read_letters(file["letters"]);
    for (const auto& pair : file["replace"]) {
        if (!pair.IsSequence() || pair.size() != 2) wrong(pair, "must be a pair: [what, with]");
        table.replace.emplace_back(pair[0].as<std::string>(), pair[1].as<std::string>());
        if (table.replace.back().first.empty()) wrong(pair, "cannot replace nothing; write what");
    }
    for (const auto& pair : file["words"]) {
        table.words.emplace_back(pair.first.as<std::string>(), pair.second.as<std::string>());
        if (table.words.back().first.empty()) wrong(pair.first, "an empty word; write one of ICU's");
    }
    std::ranges::stable_sort(table.words, std::greater{}, [](const auto& word) { return word.first.size(); });
    return table;
}

std::string_view language_of(const Resource& file) { return file.name.substr(0, file.name.find('.')); }

const Resource* file_of(std::string_view language) {
    const auto found = std::ranges::find(voice_files(), language, language_of);
    return found == voice_files().end() ? nullptr : &*found;
}

}  // namespace

Expected<VoiceTable> parse_voice_table(std::string_view file_name, std::string_view yaml) {
    try {
        const YAML::Node file = YAML::Load(std::string(yaml));
        return read_table(file_name.substr(0, file_name.find('.')), file);
    } catch (const YAML::Exception& error) {
        return fail("{}:{}:{}: {}", file_name, error.mark.line + 1, error.mark.column + 1, error.msg);
    }
}

const VoiceTable& voice_table(std::string_view language) {
    const Resource* file = file_of(language);
    if (file == nullptr) file = file_of(language.substr(0, language.find_first_of("-_")));
    if (file == nullptr) file = file_of("en");
    HALLCAST_ASSERT(file != nullptr);
    static std::mutex mutex;
    static std::map<std::string_view, const VoiceTable> tables;  // protected by mutex; its values stay where they are
    const std::lock_guard lock(mutex);
    auto found = tables.find(file->name);
    if (found == tables.end()) {
        auto table = parse_voice_table(file->name, file->bytes);
        if (!table) spdlog::critical("content/voices/{}", table.error().message);
        HALLCAST_ASSERT(table);
        found = tables.emplace(file->name, std::move(*table)).first;
    }
    return found->second;
}

std::vector<std::string> spoken_languages() {
    std::vector<std::string> languages;
    for (const Resource& file : voice_files()) languages.emplace_back(language_of(file));
    std::ranges::sort(languages);
    return languages;
}

}  // namespace hallcast::sound
