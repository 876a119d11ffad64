#include "player/media/failure_memory.h"

#include <sys/stat.h>

#include <algorithm>
#include <cmath>

#include "protocol/base/stream_address.h"

namespace hallcast::media {
namespace {

constexpr std::size_t most_reasons = 8;  // reported of an entry that keeps failing
constexpr int most_doublings = 10;

}  // namespace

bool FailureMemory::may_play(const PlaylistEntry& entry, Clock::time_point now) {
    const auto failure = std::ranges::find(failures_, entry, &Failure::entry);
    if (failure == failures_.end() || now >= failure->retry_at) return true;
    if (now < failure->look_at || is_stream(entry.file)) return false;
    failure->look_at = now + retry_;
    if (stamp_(entry.file) == failure->stamp) return false;
    failures_.erase(failure);
    return true;
}

FailureMemory::Strike FailureMemory::failed(const PlaylistEntry& entry, const std::string& message,
                                            Clock::time_point now) {
    auto failure = std::ranges::find(failures_, entry, &Failure::entry);
    if (failure == failures_.end()) failure = failures_.insert(failure, Failure{entry, {}, 0, 0, {}, {}});
    const bool news = failure->reasons.size() < most_reasons && !std::ranges::count(failure->reasons, message);
    if (news) failure->reasons.push_back(message);
    if (is_stream(entry.file)) {
        failure->strikes = std::min(failure->strikes + 1, most_doublings);
        failure->retry_at = failure->look_at = now + reconnect_after(failure->strikes);
        return {.news = news, .out = false};
    }
    const bool out = failure->strikes == most_strikes - 1;
    failure->stamp = stamp_(entry.file);
    failure->strikes = std::min(failure->strikes + 1, most_strikes);
    const bool is_out = failure->strikes == most_strikes;
    failure->retry_at = now + (is_out ? std::chrono::milliseconds(out_for) : retry_ * failure->strikes);
    failure->look_at = now + retry_;
    return {.news = news, .out = out};
}

// Doubled with each strike, a quarter more or less.
std::chrono::milliseconds FailureMemory::reconnect_after(int strikes) const {
    const double doubled = double(first_reconnect.count()) * std::exp2(strikes - 1);
    const double pause = std::min(doubled, double(last_reconnect.count()) / 1.25) * (0.75 + 0.5 * chance_());
    return std::max(first_reconnect, std::chrono::milliseconds(std::llround(pause)));
}

bool FailureMemory::remembers(const PlaylistEntry& entry) const {
    return std::ranges::find(failures_, entry, &Failure::entry) != failures_.end();
}

void FailureMemory::played(const PlaylistEntry& entry) {
    std::erase_if(failures_, [&](const Failure& failure) { return failure.entry == entry; });
}

FailureMemory::Clock::time_point FailureMemory::next_chance(Clock::time_point now) const {
    auto next = Clock::time_point::max();
    for (const Failure& failure : failures_)
        for (const Clock::time_point chance : {failure.retry_at, failure.look_at})
            if (chance > now) next = std::min(next, chance);
    return next;
}

std::uint64_t stamp_of(const std::filesystem::path& file) {
    struct stat found {};
    if (::stat(file.c_str(), &found) != 0) return 0;
    std::uint64_t stamp = 1;
    for (const auto part : {std::uint64_t(found.st_ino), std::uint64_t(found.st_size),
                            std::uint64_t(found.st_mtim.tv_sec), std::uint64_t(found.st_mtim.tv_nsec),
                            std::uint64_t(found.st_ctim.tv_sec), std::uint64_t(found.st_ctim.tv_nsec)})
        stamp = stamp * 0x9E3779B97F4A7C15U + part;
    return stamp;
}

}  // namespace hallcast::media
