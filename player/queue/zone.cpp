#include "player/queue/zone.h"

#include <unicode/basictz.h>
#include <unicode/tztrans.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "player/queue/time_units.h"
#include "protocol/base/error.h"

namespace hallcast::queue {
namespace {

constexpr std::int64_t from_ever = -(std::int64_t{1} << 60);
// A day beyond the dates that an office may name, on both sides.
constexpr std::int64_t table_begin_ms = -48 * hour_ms;
constexpr std::int64_t table_end_ms = 7'258'118'400'000 + 48 * hour_ms;  // 2200-01-01
// No clock on earth is, or in the table's years was, further from UTC than that.
constexpr std::int64_t widest_offset_ms = 16 * hour_ms;

std::int64_t offset_at(const icu::TimeZone& zone, double at_ms) {
    std::int32_t standard = 0, summer = 0;
    UErrorCode status = U_ZERO_ERROR;
    zone.getOffset(at_ms, false, standard, summer, status);
    HALLCAST_ASSERT(U_SUCCESS(status));
    return standard + summer;
}

}  // namespace

bool is_time_zone(const std::string& id) {
    UErrorCode status = U_ZERO_ERROR;
    icu::UnicodeString canonical;
    UBool of_the_system = false;
    icu::TimeZone::getCanonicalID(icu::UnicodeString::fromUTF8(id), canonical, of_the_system, status);
    return U_SUCCESS(status) && of_the_system && canonical != icu::UnicodeString("Etc/Unknown");
}

Zone::Zone(const std::string& id) {
    periods_.push_back({from_ever, 0});
    if (!is_time_zone(id)) return;
    const std::unique_ptr<icu::TimeZone> zone(icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(id)));
    const auto* with_changes = dynamic_cast<const icu::BasicTimeZone*>(zone.get());
    HALLCAST_ASSERT(with_changes != nullptr);
    double at_ms = double(table_begin_ms);
    periods_.front().offset_ms = offset_at(*zone, at_ms);
    icu::TimeZoneTransition change;
    while (with_changes->getNextTransition(at_ms, false, change)) {
        at_ms = change.getTime();
        if (at_ms > double(table_end_ms)) break;
        const std::int64_t offset = offset_at(*zone, at_ms);
        // A change of the abbreviation alone is none of the clock.
        if (offset != periods_.back().offset_ms) periods_.push_back({std::int64_t(at_ms), offset});
    }
}

std::int64_t Zone::local_ms(std::int64_t at_ms) const {
    at_ms = std::clamp(at_ms, from_ever, -from_ever);
    const auto next = std::ranges::upper_bound(periods_, at_ms, {}, &Period::from_ms);
    const Period& period = next == periods_.begin() ? periods_.front() : *std::prev(next);
    return at_ms + period.offset_ms;
}

std::int64_t Zone::utc_ms(std::int64_t local_ms, Twice twice) const {
    local_ms = std::clamp(local_ms, from_ever + widest_offset_ms, -from_ever);
    auto period = std::ranges::upper_bound(periods_, local_ms - widest_offset_ms, {}, &Period::from_ms);
    if (period != periods_.begin()) --period;
    std::optional<std::int64_t> shown, left_out;
    for (; period != periods_.end() && period->from_ms <= local_ms + widest_offset_ms; ++period) {
        if (period != periods_.begin() && !left_out && period->from_ms + std::prev(period)->offset_ms <= local_ms &&
            local_ms < period->from_ms + period->offset_ms)
            left_out = period->from_ms;
        const std::int64_t at_ms = local_ms - period->offset_ms;
        const bool within =
            at_ms >= period->from_ms && (std::next(period) == periods_.end() || at_ms < std::next(period)->from_ms);
        if (within && (!shown || twice == Twice::last)) shown = at_ms;
    }
    // The clock runs on but for its changes: what it never shows, one of them left out.
    HALLCAST_ASSERT(shown || left_out);
    return shown ? *shown : *left_out;
}

}  // namespace hallcast::queue
