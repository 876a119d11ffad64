// From a folder of recordings to a recorded voice: what to record, what is wrong with it, and the pack.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "player/sound/voice_pieces.h"
#include "player/sound/wav_file.h"

namespace hallcast::sound {

// What a speaker reads: each piece with its file, and how to record it.
std::string recording_list(std::string_view language, std::string_view letters = latin_letters);

struct RecordingFault {
    std::string file;    // its name, without the folder
    std::string reason;  // "clipped at 0.35 s"
    std::string advice;  // "record it again with less gain"
    bool missing = false;
};
// Empty: nothing is wrong. Clipped, too quiet, noisy, or cut: speech at the file's very beginning or end. `name` is the
// fault's file. Pure.
std::vector<RecordingFault> judge_recording(std::string_view name, const Recording& recording);

// Of DIR/PIECE.wav for every piece, in their order; WAV files that are no pieces are faults too.
std::vector<RecordingFault> check_recordings(const std::filesystem::path& folder, std::string_view language,
                                             std::string_view letters = latin_letters);

// Makes the file `pack` (VoicePack), which must not be there: the pieces, cut to what is spoken and at one loudness.
// Returns how many. Fails at any fault; with `partial` not at missing ones, which another voice then says.
Expected<std::size_t> pack_recordings(const std::filesystem::path& folder, std::string_view language,
                                      std::string_view letters, const std::filesystem::path& pack,
                                      bool partial = false);

// Of each piece that a pack has: not there, unreadable, clipped, silent or too quiet. Fails where it is no pack, or has
// no piece that is said now; the error does not name the file.
Expected<std::vector<RecordingFault>> check_pack(const std::filesystem::path& pack);

// They as one error, which tells the first; nothing where there are none. `name` is what they were found in.
Expected<void> refuse_faults(std::string_view name, const std::vector<RecordingFault>& faults);

}  // namespace hallcast::sound
