// How loud films and speech are by the hall's hours, and when nothing is spoken.
#pragma once

#include <chrono>
#include <cstdint>

#include "hallcast/v1/hall.pb.h"
#include "player/sound/mixer.h"

namespace hallcast::runtime {

struct SoundLevel {
    double film_db = 0;
    double speech_db = 0;
    bool quiet = false;
    friend bool operator==(const SoundLevel&, const SoundLevel&) = default;
};

// Of the hall at that moment, milliseconds since 1970 UTC, by the wall clock of its office. Everything as it is where
// its hours say nothing, or where the time zone is not known. Any thread.
SoundLevel sound_level(const v1::HallProfile& profile, std::int64_t at_ms);

// How the office wants films to make room for what is spoken. Half of the time after it they stay down. Any thread.
sound::DuckSettings ducking(const v1::HallProfile& profile);

// A decibel value as a factor; the least that an office may give its films is silence.
float gain_of(double db);

// Visitors should not notice that it grows louder: 10 dB a second. Pure: time is an argument. Externally synchronized.
class Fade {
  public:
    using Moment = std::chrono::steady_clock::time_point;
    static constexpr double db_a_second = 10;

    // Where the fade is now; it begins at the first value that it is given.
    double towards(double wanted_db, Moment now);

  private:
    bool begun_ = false;
    double db_ = 0;
    Moment at_{};
};

}  // namespace hallcast::runtime
