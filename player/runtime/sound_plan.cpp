#include "player/runtime/sound_plan.h"

#include <algorithm>
#include <cmath>

#include "player/screen/office_time.h"
#include "protocol/timetable.h"

namespace hallcast::runtime {

SoundLevel sound_level(const v1::HallProfile& profile, std::int64_t at_ms) {
    if (profile.sound().empty()) return {};
    const auto time = screen::office_time(profile, at_ms);
    if (!time) return {};
    const v1::SoundHours* hours = timetable::sound_at(profile.sound(), time->date, time->minute);
    if (hours == nullptr) return {};
    return {double(hours->film_db()), double(hours->speech_db()), hours->quiet()};
}

sound::DuckSettings ducking(const v1::HallProfile& profile) {
    using std::chrono::milliseconds;
    const v1::Ducking& given = profile.ducking();
    sound::DuckSettings settings;
    // As the master checked them; of another version's master they may be anything.
    if (given.has_depth_db())
        settings.depth_db = std::clamp(given.depth_db(), timetable::least_duck_db, timetable::most_duck_db);
    if (given.has_before_ms())
        settings.lead = milliseconds(
            std::clamp(given.before_ms(), timetable::least_duck_before_ms, timetable::most_duck_before_ms));
    if (given.has_after_ms()) {
        const milliseconds after(
            std::clamp(given.after_ms(), timetable::least_duck_after_ms, timetable::most_duck_after_ms));
        settings.hold = after / 2;
        settings.release = after - settings.hold;
    }
    return settings;
}

float gain_of(double db) { return db <= timetable::least_film_db ? 0.0f : float(std::pow(10.0, db / 20)); }

double Fade::towards(double wanted_db, Moment now) {
    if (!std::exchange(begun_, true)) db_ = wanted_db;
    const double most = db_a_second * std::chrono::duration<double>(now - at_).count();
    at_ = now;
    if (db_ != wanted_db) db_ += std::clamp(wanted_db - db_, -most, most);
    return db_;
}

}  // namespace hallcast::runtime
