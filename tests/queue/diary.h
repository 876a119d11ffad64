// The appointments of the model, as in a paper diary: everybody in one list, the places counted anew for each question.
// Its slots are the simulated office's, in UTC: A at 8:00, 8:30, 9:00 and 9:30, two for the public and one internal; B
// at 12:00, 12:15, 12:30 and 12:45, one for the public, and an appointment takes two of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "hallcast/v1/queue.pb.h"

namespace hallcast::queue::model {

class Diary {
  public:
    static constexpr std::int64_t minute = 60'000, a_day = 1440 * minute;

    struct Entry {
        std::string errand, kase, state;  // "held", "firm", "in", "gone"
        std::int64_t start = 0, until = 0;
        std::uint32_t count = 0;
        bool internal = false;
        std::string ticket;
    };
    // What it says to one wish.
    struct Word {
        int code = 0;
        std::uint64_t id = 0;
        std::string text;
    };

    static std::int64_t length(const std::string& errand) { return (errand == "A" ? 30 : 15) * minute; }
    static std::uint32_t usual_count(const std::string& errand) { return errand == "A" ? 1 : 2; }

    static bool begins_slot(const std::string& errand, std::int64_t start) {
        const std::int64_t from = (errand == "A" ? 480 : 720) * minute, to = (errand == "A" ? 600 : 780) * minute;
        const std::int64_t of_day = start % a_day;
        return of_day >= from && of_day < to && of_day % length(errand) == 0;
    }

    std::uint32_t free(const std::string& errand, std::int64_t start, bool internal, std::int64_t now) const {
        if (!internal && start / a_day - now / a_day > 60) return 0;
        std::uint32_t taken = 0;
        for (const auto& [id, entry] : entries_)
            if (entry.errand == errand && entry.internal == internal && lives(entry, now) && entry.start <= start &&
                start < entry.start + entry.count * length(errand))
                ++taken;
        for (const auto& ghost : ghosts_)
            if (ghost.errand == errand && ghost.internal == internal && ghost.until > now && ghost.start <= start &&
                start < ghost.start + ghost.count * length(errand))
                ++taken;
        const std::uint32_t places = errand == "A" ? (internal ? 1 : 2) : internal ? 0 : 1;
        return places > taken ? places - taken : 0;
    }

    // The time as the core goes by it: no going back behind what has happened.
    std::int64_t clock(std::int64_t now) const { return std::max(now, latest_); }
    void happened(std::int64_t now) { latest_ = clock(now); }

    std::string find(const v1::FindSlots& wish, std::int64_t now) const {
        std::string text;
        const std::uint32_t count = wish.slots() ? wish.slots() : usual_count(wish.service());
        for (std::int64_t start = now / a_day * a_day; start < (now / a_day + wish.days()) * a_day;
             start += length(wish.service())) {
            if (start <= now) continue;
            std::uint32_t least = 1000;
            for (std::uint32_t k = 0; k < count; ++k) {
                const std::int64_t slot = start + k * length(wish.service());
                least = std::min(
                    least, begins_slot(wish.service(), slot) ? free(wish.service(), slot, wish.internal(), now) : 0);
            }
            if (least) text += std::to_string(start) + ":" + std::to_string(least) + " ";
        }
        return text;
    }

    Word hold(const v1::HoldSlot& wish, const std::string& kase, std::int64_t now) {
        using R = v1::Rejection;
        int open = 0;
        for (const auto& [id, entry] : entries_)
            if (entry.kase == kase && entry.errand == wish.service() && lives(entry, now) && entry.state != "in")
                ++open;
        if (open > 0) return {R::NO_CAPACITY, 0, {}};
        const std::uint32_t count = wish.slots() ? wish.slots() : usual_count(wish.service());
        if (const int code = cannot(wish.service(), wish.start_ms(), count, wish.internal(), now)) return {code, 0, {}};
        entries_[++last_] = {wish.service(),    kase,  "held",          wish.start_ms(),
                             now + 10 * minute, count, wish.internal(), {}};
        return {0, last_, {}};
    }

    // Null: the code says why.
    Entry* of(std::uint64_t id, const std::string& kase, std::int64_t now, int& code) {
        using R = v1::Rejection;
        if (id == 0 || id > last_) return code = R::NOT_FOUND, nullptr;
        Entry& entry = entries_.at(id);
        if (!lives(entry, now)) return code = R::TOO_LATE, nullptr;
        if (entry.kase != kase) return code = R::NOT_ALLOWED, nullptr;
        return &entry;
    }

    int move(Entry& entry, std::int64_t start, std::int64_t now) {
        if (const int code = cannot(entry.errand, start, entry.count, entry.internal, now)) return code;
        leave_ghost(entry, now);
        entry.start = start;
        return 0;
    }
    void cancel(Entry& entry, std::int64_t now) {
        if (entry.state == "firm") leave_ghost(entry, now);
        entry.state = "gone";
    }

    bool missed_before(std::int64_t day) const {
        return std::ranges::any_of(
            entries_, [&](const auto& one) { return one.second.state == "firm" && one.second.start / a_day < day; });
    }
    void end_day(std::int64_t day) {
        for (auto& [id, entry] : entries_)
            if (entry.start / a_day <= day) entry.state = "gone";
    }
    std::uint64_t last() const { return last_; }
    const std::map<std::uint64_t, Entry>& entries() const { return entries_; }

  private:
    static bool lives(const Entry& entry, std::int64_t now) {
        return entry.state != "gone" && (entry.state != "held" || entry.until > now);
    }
    int cannot(const std::string& errand, std::int64_t start, std::uint32_t count, bool internal,
               std::int64_t now) const {
        using R = v1::Rejection;
        if (count > 32) return R::INVALID;
        if (start <= now) return R::TOO_LATE;
        for (std::uint32_t k = 0; k < count; ++k)
            if (!begins_slot(errand, start + k * length(errand))) return R::NOT_FOUND;
        for (std::uint32_t k = 0; k < count; ++k)
            if (free(errand, start + k * length(errand), internal, now) == 0) return R::NO_CAPACITY;
        return 0;
    }
    void leave_ghost(const Entry& entry, std::int64_t now) {
        ghosts_.push_back(entry);
        ghosts_.back().until = now + 60 * minute;
        std::erase_if(ghosts_, [&](const Entry& ghost) { return ghost.until <= now; });
    }

    std::int64_t latest_ = 0;
    std::uint64_t last_ = 0;
    std::map<std::uint64_t, Entry> entries_;
    std::vector<Entry> ghosts_;  // places that cool down
};

}  // namespace hallcast::queue::model
