#include "player/decoder/rung_memory.h"

#include <algorithm>

namespace hallcast::decoder {

void RungMemory::remember(const RungFailure& failure) {
    {
        const std::scoped_lock lock(mutex_);
        std::erase_if(failures_, [this](const auto& known) { return !is_current(known.second); });
        if (failures_.contains({failure.rung, failure.film})) return;
        // Films are untrusted, and may come in any number of invented profiles.
        if (failures_.size() >= most_failures)
            failures_.erase(std::ranges::min_element(failures_, {}, [](const auto& known) { return known.second.at; }));
        failures_.insert({{failure.rung, failure.film}, {failure.reason, now_()}});
    }
    if (learned_) learned_(failure);
}

std::optional<std::string> RungMemory::why_not(Rung rung, const FilmKind& film) const {
    const std::scoped_lock lock(mutex_);
    const auto found = failures_.find({rung, film});
    if (found == failures_.end() || !is_current(found->second)) return std::nullopt;
    return found->second.reason;
}

std::vector<RungFailure> RungMemory::failures() const {
    const std::scoped_lock lock(mutex_);
    std::vector<RungFailure> all;
    for (const auto& [key, entry] : failures_)
        if (is_current(entry)) all.push_back({key.first, key.second, entry.reason});
    return all;
}

}  // namespace hallcast::decoder
