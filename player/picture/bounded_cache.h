// Values kept by key up to a number of bytes; what was used longest ago goes first.
#pragma once

#include <cstddef>
#include <list>
#include <unordered_map>
#include <utility>

namespace hallcast::picture {

// The newest value always stays, even when it alone is above the limit. A returned reference is valid until the next
// insert(). Externally synchronized.
template <typename Key, typename Value, typename Hash = std::hash<Key>>
class BoundedCache {
  public:
    explicit BoundedCache(std::size_t limit_bytes) : limit_(limit_bytes) {}

    Value* find(const Key& key) {
        const auto found = places_.find(key);
        if (found == places_.end()) return nullptr;
        entries_.splice(entries_.begin(), entries_, found->second);
        return &found->second->value;
    }

    // Of the next insert() on.
    void set_limit(std::size_t limit_bytes) { limit_ = limit_bytes; }

    // Replaces what was there. `bytes` is what the value takes; a few bytes of bookkeeping are added.
    Value& insert(const Key& key, Value value, std::size_t bytes) {
        erase(key);
        entries_.push_front({key, std::move(value), bytes + sizeof(Entry)});
        places_.emplace(key, entries_.begin());
        bytes_ += entries_.front().bytes;
        while (bytes_ > limit_ && entries_.size() > 1) drop(std::prev(entries_.end()));
        return entries_.front().value;
    }

    void erase(const Key& key) {
        if (const auto found = places_.find(key); found != places_.end()) drop(found->second);
    }

    template <typename Predicate>
    void erase_if(Predicate unwanted) {
        for (auto entry = entries_.begin(); entry != entries_.end();) {
            const auto next = std::next(entry);
            if (unwanted(entry->value)) drop(entry);
            entry = next;
        }
    }

    std::size_t bytes() const { return bytes_; }
    std::size_t size() const { return entries_.size(); }

  private:
    struct Entry {
        Key key;
        Value value;
        std::size_t bytes;
    };
    using Place = typename std::list<Entry>::iterator;

    void drop(Place entry) {
        bytes_ -= entry->bytes;
        places_.erase(entry->key);
        entries_.erase(entry);
    }

    std::size_t limit_;
    std::size_t bytes_ = 0;
    std::list<Entry> entries_;  // newest use first
    std::unordered_map<Key, Place, Hash> places_;
};

// Mixes the parts of a key.
template <typename... Parts>
std::size_t hash_parts(const Parts&... parts) {
    std::size_t seed = 0;
    ((seed ^= std::hash<Parts>{}(parts) + 0x9e3779b97f4a7c15u + (seed << 6) + (seed >> 2)), ...);
    return seed;
}

}  // namespace hallcast::picture
