#include "player/text/paragraph_cache.h"

#include <functional>

namespace hallcast::text {
namespace {

std::size_t mixed(std::size_t hash, std::size_t other) {
    return hash ^ (other + 0x9e3779b97f4a7c15ULL + (hash << 6) + (hash >> 2));
}

std::size_t hash_of(std::string_view utf8, const Style& style, const Box& box) {
    std::size_t hash = std::hash<std::string_view>{}(utf8);
    hash = mixed(hash, std::hash<std::string_view>{}(style.language));
    hash = mixed(hash, static_cast<std::size_t>(style.weight) * 4 + static_cast<std::size_t>(box.align));
    hash = mixed(hash, static_cast<std::size_t>(box.max_lines));
    for (const float number : {style.size_px, box.width, box.height, box.min_size_px}) {
        hash = mixed(hash, std::hash<float>{}(number));
    }
    return hash;
}

std::size_t bytes_of(std::string_view utf8, const Paragraph& paragraph) {
    constexpr std::size_t bookkeeping = 256;  // list and map nodes, and the structs
    return bookkeeping + utf8.size() + paragraph.glyphs.capacity() * sizeof(PlacedGlyph);
}

}  // namespace

ParagraphCache::Entries::iterator ParagraphCache::locate(std::size_t hash, std::string_view utf8, const Style& style,
                                                         const Box& box) {
    const auto [first, last] = by_hash_.equal_range(hash);
    for (auto at = first; at != last; ++at) {
        const Entry& entry = *at->second;
        if (entry.utf8 == utf8 && entry.style == style && entry.box == box) return at->second;
    }
    return by_use_.end();
}

ParagraphPtr ParagraphCache::find(std::string_view utf8, const Style& style, const Box& box) {
    const auto entry = locate(hash_of(utf8, style, box), utf8, style, box);
    if (entry == by_use_.end()) return nullptr;
    by_use_.splice(by_use_.begin(), by_use_, entry);
    return entry->paragraph;
}

void ParagraphCache::keep(std::string_view utf8, const Style& style, const Box& box, ParagraphPtr paragraph) {
    const std::size_t bytes = bytes_of(utf8, *paragraph);
    const std::size_t hash = hash_of(utf8, style, box);
    // Two threads may have set the same text at the same time.
    if (bytes > most_bytes_ || most_paragraphs_ == 0 || locate(hash, utf8, style, box) != by_use_.end()) return;
    while (by_use_.size() >= most_paragraphs_ || bytes_ + bytes > most_bytes_) drop_oldest();
    by_use_.push_front({std::string(utf8), style, box, std::move(paragraph), bytes});
    by_hash_.emplace(hash, by_use_.begin());
    bytes_ += bytes;
}

void ParagraphCache::drop_oldest() {
    const auto oldest = std::prev(by_use_.end());
    const auto [first, last] = by_hash_.equal_range(hash_of(oldest->utf8, oldest->style, oldest->box));
    for (auto at = first; at != last; ++at) {
        if (at->second != oldest) continue;
        by_hash_.erase(at);
        break;
    }
    bytes_ -= oldest->bytes;
    by_use_.erase(oldest);
}

}  // namespace hallcast::text
