#include "player/sound/voice_file.h"

#include <algorithm>
#include <iterator>

#include "content/yaml_reader.h"
#include "player/sound/announcer.h"

namespace hallcast::sound {

namespace {

constexpr std::size_t most_pieces = 2000, longest_text = 200, longest_name = 60;

// A name becomes a file's: it must not lead out of its folder.
bool is_piece_name(std::string_view name) {
    return name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") ==
           std::string_view::npos;
}

VoiceFile read_voice_file(const content::YamlPlace& place) {
    const content::YamlRecord record(place, "a voice", {"language", "pieces", "command", "timeout"});
    VoiceFile voice;
    const content::YamlPlace& language = record.need("language");
    voice.language = language.line("the language", 20);
    const auto spoken = spoken_languages();
    if (!std::ranges::binary_search(spoken, voice.language))
        language.refuse("there is no table content/voices/{}.yaml; there are {}", voice.language,
                        fmt::join(spoken, ", "));
    const auto* pieces = record.find("pieces");
    const auto* command = record.find("command");
    const auto* timeout = record.find("timeout");
    if ((pieces == nullptr) == (command == nullptr)) place.refuse("a voice has either 'pieces' or a 'command'");
    if (pieces != nullptr) {
        if (timeout != nullptr) timeout->refuse("only a command has a 'timeout'");
        for (const auto& [name, text] : pieces->pairs("the pieces", most_pieces)) {
            const std::string key = name.line("a piece's name", longest_name);
            if (!is_piece_name(key)) name.refuse("'{}' is no piece's name; take those of `hallcast voice list`", key);
            voice.pieces.emplace(key, text.line("a piece's text", longest_text));
        }
        return voice;
    }
    for (const auto& argument : command->list("the command", 100))
        voice.command.push_back(argument.line("an argument", 4096));
    if (!voice.command[0].starts_with('/'))
        command->refuse("'{}' must be the program's whole path, such as /usr/bin/{}", voice.command[0],
                        voice.command[0]);
    if (timeout != nullptr) voice.timeout = std::chrono::seconds(timeout->number("the timeout in seconds", 1, 30));
    return voice;
}

// In double quotes, where YAML reads everything but these two as it is. Texts have no control characters.
std::string in_quotes(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result + '"';
}

}  // namespace

Expected<VoiceFile> parse_voice_file(const std::string& file_name, const std::string& yaml) {
    try {
        if (content::has_second_document(yaml)) return fail("{}: has a second document; write one", file_name);
        return read_voice_file(content::YamlPlace(YAML::Load(yaml), file_name));
    } catch (const content::YamlRefused& refused) {
        return std::unexpected(refused.error);
    } catch (const YAML::Exception& error) {
        return fail("{}:{}:{}: {}", file_name, error.mark.line + 1, error.mark.column + 1, error.msg);
    }
}

std::string format_voice_file(const VoiceFile& voice) {
    std::string yaml = fmt::format(
        "# Made by `hallcast voice pack`. A piece whose text the player's table has changed is no more used.\n"
        "language: {}\npieces:\n",
        voice.language);
    for (const auto& [name, text] : voice.pieces)
        fmt::format_to(std::back_inserter(yaml), "  {}: {}\n", name, in_quotes(text));
    return yaml;
}

}  // namespace hallcast::sound
