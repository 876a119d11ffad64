// Speech that was made, to be had again without making it.
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <string>
#include <utility>

#include "player/sound/mixer.h"

namespace hallcast::sound {

// By content: the voice, the language, the text. Bounded in bytes of samples; what was not used for longest goes first.
// Externally synchronized.
class SpeechCache {
  public:
    struct Key {
        std::string voice, language, text;
        auto operator<=>(const Key&) const = default;
    };

    explicit SpeechCache(std::size_t most_bytes) : most_bytes_(most_bytes) {}

    // Null: it is not here. Valid until the next put().
    const Pcm* find(const Key& key) {
        const auto found = entries_.find(key);
        if (found == entries_.end()) return nullptr;
        used_.splice(used_.begin(), used_, found->second);
        return &found->second->second;
    }

    // `key` must not be here. What is larger than the whole cache is not kept.
    void put(Key key, Pcm pcm) {
        const std::size_t size = bytes_of(pcm);
        if (size > most_bytes_) return;
        while (bytes_ + size > most_bytes_) {
            bytes_ -= bytes_of(used_.back().second);
            entries_.erase(used_.back().first);
            used_.pop_back();
        }
        bytes_ += size;
        used_.emplace_front(key, std::move(pcm));
        entries_.emplace(std::move(key), used_.begin());
    }

    std::size_t bytes() const { return bytes_; }

  private:
    using Used = std::list<std::pair<Key, Pcm>>;  // the last used first

    static std::size_t bytes_of(const Pcm& pcm) { return pcm.samples.size() * sizeof(float); }

    const std::size_t most_bytes_;
    std::size_t bytes_ = 0;
    Used used_;
    std::map<Key, Used::iterator> entries_;
};

}  // namespace hallcast::sound
