// What the tables of content/voices say, for a native reader to correct.
#pragma once

#include <string>

namespace hallcast::sound {

// content/voices/SAMPLES.md: every language with its three phrases, every letter and the counters 1 to 30.
std::string voice_samples();

}  // namespace hallcast::sound
