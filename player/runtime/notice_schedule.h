// What of a hall's notices is to be spoken now: each once, an urgent one again and again until it is over.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hallcast/v1/hall.pb.h"

namespace hallcast::runtime {

// Pure: time is an argument, by the master's clock. Externally synchronized. Which repetition it is follows from the
// time alone, so that of several players each knows the same of it.
class NoticeSchedule {
  public:
    struct Due {
        const v1::Notice* notice = nullptr;  // of the state
        std::uint32_t attempt = 1;
    };
    struct Step {
        std::vector<Due> due;           // in the order in which they were made
        std::vector<std::string> over;  // ids of those that need not be spoken any more
    };

    // What a notice was made longer ago than `fresh_for_ms` before the first step is no news, unless it is urgent.
    Step step(const v1::HallState& state, std::int64_t master_now_ms);

    static constexpr std::int64_t fresh_for_ms = 10'000;
    static constexpr std::int64_t repeat_every_ms = 20'000;

  private:
    std::optional<std::int64_t> began_ms_;
    std::map<std::string, std::uint32_t> spoken_;  // id -> the latest attempt; of the notices that hold
};

}  // namespace hallcast::runtime
