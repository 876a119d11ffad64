#include "player/text/paragraph_cache.h"

#include <algorithm>
#include <functional>
#include <string_view>

namespace hallcast::text {
namespace {

std::size_t mixed(std::size_t hash, std::size_t other) {
    return hash ^ (other + 0x9e3779b97f4a7c15ULL + (hash << 6) + (hash >> 2));
}

std::size_t hash_of(std::span<const Span> spans, const Style& style, const Box& box) {
    std::size_t hash = spans.size();
    for (const Span& span : spans) {
        hash = mixed(hash, std::hash<std::string_view>{}(span.utf8));
        hash = mixed(hash, static_cast<std::size_t>(span.weight) * 2 + static_cast<std::size_t>(span.ink));
        if (span.scale != 1) hash = mixed(hash, std::hash<float>{}(span.scale));
        if (!span.language.empty()) hash = mixed(hash, std::hash<std::string_view>{}(span.language));
    }
    hash = mixed(hash, std::hash<std::string_view>{}(style.language));
    hash = mixed(hash, static_cast<std::size_t>(style.weight) * 4 + static_cast<std::size_t>(box.align));
    hash = mixed(hash, static_cast<std::size_t>(box.max_lines) * 2 + static_cast<std::size_t>(box.balanced));
    for (const float number : {style.size_px, box.width, box.height, box.min_size_px}) {
        hash = mixed(hash, std::hash<float>{}(number));
    }
    return hash;
}

std::size_t words_of(std::span<const Span> spans) {
    std::size_t bytes = 0;
    for (const Span& span : spans) bytes += span.utf8.size() + span.language.size();
    return bytes;
}

std::size_t bytes_of(std::span<const Span> spans, const Paragraph& paragraph) {
    constexpr std::size_t bookkeeping = 256;  // list and map nodes, and the structs
    return bookkeeping + words_of(spans) + spans.size() * sizeof(Span) +
           paragraph.glyphs.capacity() * sizeof(PlacedGlyph);
}

// Copies of `spans` that point into `words`, which is filled for them and must stay where it is.
std::vector<Span> kept_in(std::string& words, std::span<const Span> spans) {
    words.reserve(words_of(spans));  // at once: nothing that points into it may move
    const auto keep = [&words](std::string_view part) {
        const std::size_t start = words.size();
        words += part;
        return std::string_view(words).substr(start);
    };
    std::vector<Span> kept(spans.begin(), spans.end());
    for (Span& span : kept) {
        span.utf8 = keep(span.utf8);
        span.language = keep(span.language);
    }
    return kept;
}

}  // namespace

ParagraphCache::Entries::iterator ParagraphCache::locate(std::size_t hash, std::span<const Span> spans,
                                                         const Style& style, const Box& box) {
    const auto [first, last] = by_hash_.equal_range(hash);
    for (auto at = first; at != last; ++at) {
        const Entry& entry = *at->second;
        if (std::ranges::equal(entry.spans, spans) && entry.style == style && entry.box == box) return at->second;
    }
    return by_use_.end();
}

ParagraphPtr ParagraphCache::find(std::span<const Span> spans, const Style& style, const Box& box) {
    const auto entry = locate(hash_of(spans, style, box), spans, style, box);
    if (entry == by_use_.end()) return nullptr;
    by_use_.splice(by_use_.begin(), by_use_, entry);
    return entry->paragraph;
}

void ParagraphCache::keep(std::span<const Span> spans, const Style& style, const Box& box, ParagraphPtr paragraph) {
    const std::size_t bytes = bytes_of(spans, *paragraph);
    const std::size_t hash = hash_of(spans, style, box);
    // Two threads may have set the same text at the same time.
    if (bytes > most_bytes_ || most_paragraphs_ == 0 || locate(hash, spans, style, box) != by_use_.end()) return;
    while (by_use_.size() >= most_paragraphs_ || bytes_ + bytes > most_bytes_) drop_oldest();
    Entry& entry = by_use_.emplace_front();
    entry.spans = kept_in(entry.words, spans);
    entry.style = style;
    entry.box = box;
    entry.paragraph = std::move(paragraph);
    entry.bytes = bytes;
    by_hash_.emplace(hash, by_use_.begin());
    bytes_ += bytes;
}

void ParagraphCache::drop_oldest() {
    const auto oldest = std::prev(by_use_.end());
    const auto [first, last] = by_hash_.equal_range(hash_of(oldest->spans, oldest->style, oldest->box));
    for (auto at = first; at != last; ++at) {
        if (at->second != oldest) continue;
        by_hash_.erase(at);
        break;
    }
    bytes_ -= oldest->bytes;
    by_use_.erase(oldest);
}

}  // namespace hallcast::text
