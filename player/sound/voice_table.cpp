#include "player/sound/voice_table.h"

#include <spdlog/spdlog.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>

namespace hallcast::sound {

namespace {

// Throws YAML::Exception, which carries the line.
VoiceTable read_table(std::string_view language, const YAML::Node& file) {
    static const std::set<std::string> known{"voice", "rate", "sentence", "joint", "letters", "replace", "words"};
    for (const auto& entry : file) {
        const auto key = entry.first.as<std::string>();
        if (!known.contains(key)) throw YAML::RepresentationException(entry.first.Mark(), "unknown key '" + key + "'");
    }
    VoiceTable table;
    table.language = language;
    table.voice = file["voice"].as<std::string>();
    table.rate = file["rate"].as<int>();
    if (table.rate < 80 || table.rate > 300) {
        throw YAML::RepresentationException(file["rate"].Mark(), "'rate' must be 80..300");
    }
    table.sentence = file["sentence"].as<std::string>();
    for (const char* field : {"{ticket}", "{counter}"}) {
        if (!table.sentence.contains(field)) {
            throw YAML::RepresentationException(file["sentence"].Mark(), std::string("'sentence' lacks ") + field);
        }
    }
    if (file["joint"]) table.joint = file["joint"].as<std::string>();
    const YAML::Node letters = file["letters"];
    for (char letter = 'A'; letter <= 'Z'; ++letter) {
        const YAML::Node name = letters[std::string(1, letter)];
        if (!name) throw YAML::RepresentationException(letters.Mark(), std::string("no name for letter ") + letter);
        table.letters[std::size_t(letter - 'A')] = name.as<std::string>();
    }
    for (const auto& pair : file["replace"]) {
        table.replace.emplace_back(pair[0].as<std::string>(), pair[1].as<std::string>());
        if (table.replace.back().first.empty()) {
            throw YAML::RepresentationException(pair.Mark(), "cannot replace nothing");
        }
    }
    for (const auto& pair : file["words"]) {
        table.words.emplace_back(pair.first.as<std::string>(), pair.second.as<std::string>());
        if (table.words.back().first.empty()) throw YAML::RepresentationException(pair.first.Mark(), "an empty word");
    }
    std::ranges::stable_sort(table.words, std::greater{}, [](const auto& word) { return word.first.size(); });
    return table;
}

}  // namespace

Expected<VoiceTable> parse_voice_table(std::string_view file_name, std::string_view yaml) {
    try {
        const YAML::Node file = YAML::Load(std::string(yaml));
        if (!file.IsMap()) return fail("{}: must be a map of keys, see content/voices/README.md", file_name);
        return read_table(file_name.substr(0, file_name.find('.')), file);
    } catch (const YAML::Exception& error) {
        return fail("{}:{}:{}: {}", file_name, error.mark.line + 1, error.mark.column + 1, error.msg);
    }
}

std::span<const VoiceTable> voice_tables() {
    static const std::vector<VoiceTable> tables = [] {
        std::vector<VoiceTable> read;
        for (const Resource& file : voice_files()) {
            auto table = parse_voice_table(file.name, file.bytes);
            if (!table) spdlog::critical("content/voices/{}", table.error().message);
            HALLCAST_ASSERT(table);
            read.push_back(std::move(*table));
        }
        std::ranges::sort(read, {}, &VoiceTable::language);
        return read;
    }();
    return tables;
}

const VoiceTable& voice_table(std::string_view language) {
    const auto find = [](std::string_view name) {
        return std::ranges::find(voice_tables(), name, &VoiceTable::language);
    };
    auto found = find(language);
    if (found == voice_tables().end()) found = find(language.substr(0, language.find_first_of("-_")));
    if (found == voice_tables().end()) found = find("en");
    HALLCAST_ASSERT(found != voice_tables().end());
    return *found;
}

}  // namespace hallcast::sound
