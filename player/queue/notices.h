// What staff tell everybody: who of the halls hears of it.
#pragma once

#include <string_view>

#include "player/queue/state.h"

namespace hallcast::queue {

constexpr std::string_view notice_prefix = "notice-";  // of an id; then its number

inline bool is_for(const HallNotice& notice, std::string_view hall) {
    return notice.hall.empty() || notice.hall == hall;
}

}  // namespace hallcast::queue
