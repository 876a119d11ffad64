// The clips of one sign language: a folder DIR/signs/LANGUAGE of files PIECE.mp4, ...
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "player/media/playback.h"
#include "player/sound/recordings.h"

namespace hallcast::signs {

struct SignPack {
    std::string language;  // ISO 639-3, which has sign languages: "pso", "ukl"
    std::map<std::string, std::filesystem::path, std::less<>> clips;  // by the pieces' names

    // The files of a call, in their order; fails as sign_call() does.
    Expected<std::vector<std::filesystem::path>> clips_of(std::string_view ticket, std::uint32_t counter) const;
};

// What `folder` has of clips; the language is the folder's name.
SignPack open_sign_pack(const std::filesystem::path& folder);
// One a folder in `folder`, in the order of their names; those without clips are left out. None where it is not there.
std::vector<SignPack> open_sign_packs(const std::filesystem::path& folder);

// Of a call in a language that is spoken ("pl"): that country's sign language, or else the first that there is. Null:
// there is none.
const SignPack* sign_pack_for(const std::vector<SignPack>& packs, std::string_view language);

// What whoever signs has to record: each piece with its file.
std::string sign_list(std::string_view letters);

// What is wrong with the folder's clips: a needed piece that is missing, a clip that is not read to its end, is too
// long or of another size than the others. Decodes all of them, which takes a while.
std::vector<sound::RecordingFault> check_signs(const std::filesystem::path& folder, std::string_view letters,
                                               const media::OpenClip& open);

}  // namespace hallcast::signs
