#include "player/sound/voice_pack.h"

#include "protocol/base/file.h"

namespace hallcast::sound {

namespace {

constexpr std::size_t most_yaml_bytes = 1u << 20, most_piece_bytes = 16u << 20;

}  // namespace

Expected<VoicePack> VoicePack::open(const std::filesystem::path& file) {
    auto tar = TarFile::open(file);
    if (!tar) return std::unexpected(tar.error());
    const auto yaml = tar->read(voice_yaml, most_yaml_bytes);
    if (!yaml) return std::unexpected(yaml.error());
    auto voice = parse_voice_file(voice_yaml, *yaml);
    if (!voice) return std::unexpected(voice.error());
    if (!voice->command.empty())
        return fail("its {} is a command; a pack has recorded pieces, a command is given to each player by hand",
                    voice_yaml);
    return VoicePack(std::move(*tar), std::move(*voice));
}

bool VoicePack::has(const std::string& piece) const { return tar_.files().contains(piece + ".wav"); }

Expected<std::string> VoicePack::read(const std::string& piece) const {
    return tar_.read(piece + ".wav", most_piece_bytes);
}

Expected<void> write_voice_pack(const std::filesystem::path& file, const VoiceFile& voice,
                                const std::map<std::string, std::string>& wavs) {
    std::vector<std::pair<std::string, std::string>> files{{voice_yaml, format_voice_file(voice)}};
    for (const auto& [name, bytes] : wavs) files.emplace_back(name + ".wav", bytes);
    return replace_file(file, format_tar(files));
}

}  // namespace hallcast::sound
