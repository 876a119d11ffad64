// Where a text may be divided: grapheme clusters, which nothing may divide, and line breaks, from ICU's rules.
#pragma once

#include <unicode/ubrk.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace hallcast::text {

// Internally synchronized. Opens ICU's rules (7 ms the first time) only for texts that need them.
class BreakIterators {
  public:
    // For each UTF-16 unit, and the end, whether a cluster starts there. Beyond ICU's clusters, a consonant stays with
    // the virama before it: a conjunct has one shape.
    std::vector<std::uint8_t> cluster_starts(const std::u16string& text);

    // Where a line may end, in ascending order, the end of the text included. Dictionaries divide Thai, Chinese...
    std::vector<std::int32_t> line_breaks(const std::u16string& text, const std::string& language);

  private:
    struct Close {
        void operator()(UBreakIterator* iterator) const { ubrk_close(iterator); }
    };
    using Handle = std::unique_ptr<UBreakIterator, Close>;
    struct Prototype {
        UBreakIteratorType type;
        std::string language;
        Handle iterator;
    };

    Handle copy_of(UBreakIteratorType type, const std::string& language);

    std::mutex mutex_;
    std::vector<Prototype> prototypes_;  // under mutex_, the latest used last
};

}  // namespace hallcast::text
