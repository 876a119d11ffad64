// Keeps the paragraphs used last, by their spans, style and box.
#pragma once

#include <cstddef>
#include <list>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "player/text/paragraph.h"

namespace hallcast::text {

// Externally synchronized. Finding allocates nothing.
class ParagraphCache {
  public:
    ParagraphCache(std::size_t most_paragraphs, std::size_t most_bytes)
        : most_paragraphs_(most_paragraphs), most_bytes_(most_bytes) {}

    // Null where it is not there; what was found counts as used last.
    ParagraphPtr find(std::span<const Span> spans, const Style& style, const Box& box);
    // Drops what was used longest ago until all is within the bounds; a paragraph above them is not kept.
    void keep(std::span<const Span> spans, const Style& style, const Box& box, ParagraphPtr paragraph);

    std::size_t size() const { return by_use_.size(); }
    std::size_t bytes() const { return bytes_; }

  private:
    struct Entry {
        std::string words;  // what `spans` point into
        std::vector<Span> spans;
        Style style;
        Box box;
        ParagraphPtr paragraph;
        std::size_t bytes = 0;
    };
    using Entries = std::list<Entry>;  // used last in front

    Entries::iterator locate(std::size_t hash, std::span<const Span> spans, const Style& style, const Box& box);
    void drop_oldest();

    std::size_t most_paragraphs_;
    std::size_t most_bytes_;
    std::size_t bytes_ = 0;
    Entries by_use_;
    std::unordered_multimap<std::size_t, Entries::iterator> by_hash_;
};

}  // namespace hallcast::text
