// Lengths of the log's time. An hour and a day of the clock can be other than these where summer time begins or ends:
// that is the calendar's to know.
#pragma once

#include <cstdint>

namespace hallcast::queue {

constexpr std::int64_t minute_ms = 60'000, hour_ms = 60 * minute_ms, day_ms = 24 * hour_ms;

}  // namespace hallcast::queue
