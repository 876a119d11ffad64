// A voice of recorded pieces, as `hallcast voice pack` made it.
#pragma once

#include <filesystem>
#include <memory>

#include "player/sound/announcer.h"
#include "player/sound/voice_file.h"
#include "player/sound/voice_pack.h"

namespace hallcast::sound {

// Speaks what can be composed of its pieces (see voice_pieces.h), joined without a seam; at anything else it fails and
// names the piece that is missing, so that another voice may speak. Reads each piece when it says it.
std::unique_ptr<Voice> make_recorded_voice(VoicePack pack);
// Of a pack that was unpacked: `folder` has the files that `file` names.
std::unique_ptr<Voice> make_recorded_voice(std::filesystem::path folder, VoiceFile file);

}  // namespace hallcast::sound
