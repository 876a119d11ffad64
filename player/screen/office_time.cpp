#include "player/screen/office_time.h"

#include <unicode/timezone.h>

#include <algorithm>
#include <memory>

#include "player/screen/widget.h"

namespace hallcast::screen {

namespace {

// Null: ICU knows none of that name. The last one is kept, for each thread its own: a hall has one, and each of its
// scenes asks for it many times.
const icu::TimeZone* zone_named(const std::string& name) {
    static thread_local std::string known;
    static thread_local std::unique_ptr<icu::TimeZone> zone;
    if (!zone || known != name) {
        zone.reset(icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(name)));
        known = name;
    }
    return *zone == icu::TimeZone::getUnknown() ? nullptr : zone.get();
}

}  // namespace

std::optional<OfficeTime> office_time(const v1::HallProfile& profile, std::int64_t ms_since_1970) {
    const icu::TimeZone* zone = zone_named(profile.time_zone());
    if (!zone) return std::nullopt;
    std::int32_t standard = 0, summer = 0;
    UErrorCode status = U_ZERO_ERROR;
    zone->getOffset(double(ms_since_1970), false, standard, summer, status);
    if (U_FAILURE(status)) return std::nullopt;
    using namespace std::chrono;
    const local_time<milliseconds> local{milliseconds(ms_since_1970 + standard + summer)};
    const auto date = floor<days>(local);
    return OfficeTime{date, int(duration_cast<minutes>(local - date).count())};
}

bool open_by_hours(const v1::HallProfile& profile, const OfficeTime& time) {
    return profile.hours().empty() || std::ranges::any_of(profile.hours(), [&](const v1::OpeningHours& hours) {
               const auto weekly = timetable::parse(hours);
               return weekly && timetable::holds_at(*weekly, time.date, time.minute);
           });
}

std::optional<OfficeTime> office_time(const Moment& moment) {
    if (!moment.hall()) return std::nullopt;
    using namespace std::chrono;
    const auto there = floor<milliseconds>(moment.input.now + moment.input.master_ahead);
    return office_time(moment.hall()->profile(), there.time_since_epoch().count());
}

WallTime minutes_on(const Moment& moment, int count) {
    using namespace std::chrono;
    return WallTime(floor<minutes>(moment.input.now + moment.input.master_ahead) + minutes(count)) -
           moment.input.master_ahead;
}

}  // namespace hallcast::screen
