// Sets Unicode text: itemise, shape, break and fit, with a bounded cache of what was set before.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "player/text/paragraph.h"
#include "protocol/base/error.h"

namespace hallcast::text {

class FontSet;

// Internally synchronized. Layout never fails: broken UTF-8 becomes U+FFFD, and a missing glyph is counted and logged
// once with the fonts that were searched.
class Typesetter {
  public:
    virtual ~Typesetter() = default;

    ParagraphPtr set(std::string_view utf8, const Style& style, const Box& box = {}) {
        const Span all{.utf8 = utf8, .weight = style.weight};
        return set(std::span(&all, 1), style, box);
    }
    // `style` is that of the paragraph: its size, its direction and the language of its lines. Its weight is the
    // spans'.
    virtual ParagraphPtr set(std::span<const Span> spans, const Style& style, const Box& box = {}) = 0;
    virtual const FontSet& fonts() const = 0;
};

// Opens no font before it is needed. `fonts` must outlive the typesetter, and be one that open_system_fonts() made.
std::unique_ptr<Typesetter> make_typesetter(const FontSet& fonts);

}  // namespace hallcast::text
