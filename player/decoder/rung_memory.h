// Remembers which rungs of the decode ladder failed for which kind of film, so that each is tried once and not again.
#pragma once

#include <chrono>
#include <compare>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "player/decoder/rung.h"

namespace hallcast::decoder {

// What hardware can or cannot do: a card that knows H.264 may well not know it with ten bits, or in 4K.
struct FilmKind {
    int codec = 0;  // AVCodecID; none: the device itself could not be opened, for whatever film
    int profile = 0;
    bool above_1080p = false;
    auto operator<=>(const FilmKind&) const = default;
};

struct RungFailure {
    Rung rung = Rung::vaapi;
    FilmKind film;
    std::string reason;
};

// Internally synchronized. The host's outlives the films; a worker begins with a copy of it, and tells the host what it
// learns. Failures are forgotten after some hours: drivers are mended, and a worker may have lied.
class RungMemory {
  public:
    using Now = std::function<std::chrono::steady_clock::time_point()>;
    static constexpr auto forgotten_after = std::chrono::hours(6);
    static constexpr std::size_t most_failures = 256;  // beyond it the oldest is forgotten

    explicit RungMemory(Now now = std::chrono::steady_clock::now) : now_(std::move(now)) {}

    // Called with each failure that was not known. Not synchronized: before the memory is used.
    void tell(std::function<void(const RungFailure&)> learned) { learned_ = std::move(learned); }

    // What is known already stays as it is, its time included.
    void remember(const RungFailure& failure);
    std::optional<std::string> why_not(Rung rung, const FilmKind& film) const;
    std::vector<RungFailure> failures() const;

  private:
    struct Entry {
        std::string reason;
        std::chrono::steady_clock::time_point at;
    };
    bool is_current(const Entry& entry) const { return now_() - entry.at < forgotten_after; }

    const Now now_;
    std::function<void(const RungFailure&)> learned_;
    mutable std::mutex mutex_;
    std::map<std::pair<Rung, FilmKind>, Entry> failures_;  // protected by mutex_
};

}  // namespace hallcast::decoder
