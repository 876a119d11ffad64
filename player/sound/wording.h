// How much of a call is spoken when many calls wait, so that each is heard before it expires.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>

namespace hallcast::sound {

// visitor_only: the brief phrase in the visitor's language.
enum class Wording : std::uint8_t { full, visitor_only, chime_only };
constexpr std::array wordings{Wording::full, Wording::visitor_only, Wording::chime_only};

// How long each wording takes, from experience.
struct WordingLengths {
    std::array<std::chrono::nanoseconds, wordings.size()> length;
    std::chrono::nanoseconds& of(Wording wording) { return length[std::size_t(wording)]; }
    std::chrono::nanoseconds of(Wording wording) const { return length[std::size_t(wording)]; }
};

// A call that waits.
struct WaitingCall {
    std::chrono::steady_clock::time_point called_at, expires_at;
};

// Nobody looks up half a minute after the board changed: a call that would begin later shortens those before it to the
// visitor's language.
constexpr std::chrono::seconds patience{30};

// The longest wording with which all that wait, first to last, begin before they expire if all of them use it, the
// first at `start`; the full one only where that is within everyone's patience. Where nothing is short enough: the
// chime, which gets through the queue fastest. Pure.
Wording choose_wording(std::span<const WaitingCall> waiting, std::chrono::steady_clock::time_point start,
                       const WordingLengths& lengths);

}  // namespace hallcast::sound
