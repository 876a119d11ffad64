#include "player/sound/wording.h"

#include <algorithm>

#include "player/sound/mixer.h"

namespace hallcast::sound {

namespace {

using std::chrono::steady_clock;

// If all use `wording` from `start` on: does each that can be reached at all begin before its limit?
template <typename Limit>
bool in_time(std::span<const WaitingCall> waiting, steady_clock::time_point start, const WordingLengths& lengths,
             Wording wording, Limit limit) {
    auto begins = start, soonest = start;
    for (const WaitingCall& call : waiting) {
        // Lost even if all before it were chimes alone: no reason to shorten.
        if (soonest > call.expires_at) continue;
        if (begins > limit(call)) return false;
        begins += lengths.of(wording) + announcement_gap;
        soonest += lengths.of(Wording::chime_only) + announcement_gap;
    }
    return true;
}

}  // namespace

Wording choose_wording(std::span<const WaitingCall> waiting, steady_clock::time_point start,
                       const WordingLengths& lengths) {
    const auto soon = [](const WaitingCall& call) { return std::min(call.expires_at, call.called_at + patience); };
    const auto valid = [](const WaitingCall& call) { return call.expires_at; };
    if (in_time(waiting, start, lengths, Wording::full, soon)) return Wording::full;
    if (in_time(waiting, start, lengths, Wording::visitor_only, valid)) return Wording::visitor_only;
    return Wording::chime_only;
}

}  // namespace hallcast::sound
