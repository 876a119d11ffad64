// A recorded voice as one file, as it is handed on: a tar archive of its voice.yaml and of a WAV file for each piece.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "player/sound/tar_file.h"
#include "player/sound/voice_file.h"

namespace hallcast::sound {

inline constexpr std::string_view voice_pack_extension = ".voice";

// As TarFile, of which errors do not name the file either.
class VoicePack {
  public:
    // Fails at a voice.yaml that is wrong, or that is a command's: a pack comes from another machine, which must not
    // choose what runs here. Its pieces are not looked at.
    static Expected<VoicePack> open(const std::filesystem::path& file);

    const VoiceFile& voice() const { return voice_; }
    bool has(const std::string& piece) const;
    Expected<std::string> read(const std::string& piece) const;  // its WAV file

  private:
    VoicePack(TarFile tar, VoiceFile voice) : tar_(std::move(tar)), voice_(std::move(voice)) {}

    TarFile tar_;
    VoiceFile voice_;
};

// Makes `file`, in one step; `wavs` are by the pieces' names.
Expected<void> write_voice_pack(const std::filesystem::path& file, const VoiceFile& voice,
                                const std::map<std::string, std::string>& wavs);

}  // namespace hallcast::sound
