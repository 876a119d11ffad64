// A time zone as a table of its offsets, made once from ICU's data: std::chrono's is not in GCC 12. Immutable; any
// thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hallcast::queue {

// Whether ICU knows this IANA id: "Europe/Warsaw". Ids of its own making ("GMT+2") are none.
bool is_time_zone(const std::string& id);

// Right for the years 1970 to 2199; before and after, the nearest offset of them holds on.
class Zone {
  public:
    // UTC where the id is none: an old log must open, whatever its office says. The rules refuse new ones.
    explicit Zone(const std::string& id);

    // The wall clock at a moment, in ms since 1970-01-01 00:00 by that clock.
    std::int64_t local_ms(std::int64_t at_ms) const;

    // The moment when the wall clock shows this, in ms since 1970 UTC. Set back, it shows some times twice; set
    // forward, it leaves some out: then it is the moment of the change, which is the first of the later offset.
    enum class Twice { first, last };
    std::int64_t utc_ms(std::int64_t local_ms, Twice twice) const;

  private:
    struct Period {
        std::int64_t from_ms;  // UTC, until the next one's
        std::int64_t offset_ms;
    };
    std::vector<Period> periods_;  // by time, never empty; the first holds from ever
};

}  // namespace hallcast::queue
