#include "player/media/failure_memory.h"

#include <algorithm>

namespace hallcast::media {
namespace {

constexpr int longest_backoff = 12;  // times the first

}  // namespace

bool FailureMemory::may_play(const PlaylistEntry& entry, Clock::time_point now) const {
    const auto failure = std::ranges::find(failures_, entry, &Failure::entry);
    return failure == failures_.end() || now >= failure->retry_at;
}

bool FailureMemory::failed(const PlaylistEntry& entry, const std::string& message, Clock::time_point now) {
    auto failure = std::ranges::find(failures_, entry, &Failure::entry);
    if (failure == failures_.end()) failure = failures_.insert(failure, Failure{entry, {}, 0, {}});
    const bool news = failure->message != message;
    failure->message = message;
    failure->times = std::min(failure->times + 1, longest_backoff);
    failure->retry_at = now + retry_ * failure->times;
    return news;
}

void FailureMemory::played(const PlaylistEntry& entry) {
    std::erase_if(failures_, [&](const Failure& failure) { return failure.entry == entry; });
}

FailureMemory::Clock::time_point FailureMemory::next_chance(Clock::time_point now) const {
    auto next = Clock::time_point::max();
    for (const Failure& failure : failures_) {
        if (failure.retry_at > now) next = std::min(next, failure.retry_at);
    }
    return next;
}

}  // namespace hallcast::media
