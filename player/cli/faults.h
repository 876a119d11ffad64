// Prints what is wrong with recordings of a voice, or of signs.
#pragma once

#include <string>
#include <vector>

#include "player/sound/recordings.h"

namespace hallcast::cli {

// A line each; Failure where there are any.
void report_faults(const std::string& where, const std::vector<sound::RecordingFault>& faults);

}  // namespace hallcast::cli
