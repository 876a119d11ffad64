#include "player/text/direction.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <memory>

#include "protocol/base/error.h"

namespace hallcast::text {
namespace {

struct CloseBidi {
    void operator()(UBiDi* bidi) const { ubidi_close(bidi); }
};
using BidiHandle = std::unique_ptr<UBiDi, CloseBidi>;

// Nothing below U+0590 (Hebrew) is right to left.
bool all_left_to_right(const std::u16string& text) {
    return std::ranges::all_of(text, [](char16_t unit) { return unit < 0x590; });
}

// After its separator (rule P1). All characters of class B are in the basic plane.
std::int32_t paragraph_end(const std::u16string& text, std::int32_t start) {
    const auto separator = std::find_if(text.begin() + start, text.end(),
                                        [](char16_t unit) { return u_charDirection(unit) == U_BLOCK_SEPARATOR; });
    if (separator == text.end()) return static_cast<std::int32_t>(text.size());
    const auto at = static_cast<std::int32_t>(separator - text.begin());
    return at + (text.compare(static_cast<std::size_t>(at), 2, u"\r\n") == 0 ? 2 : 1);
}

}  // namespace

Directions resolve_directions(const std::u16string& text, const Language& language) {
    Directions result;
    result.first_base = language.right_to_left ? 1 : 0;
    result.levels.assign(text.size(), 0);
    result.base.assign(text.size(), result.first_base);
    if (text.empty() || (!language.right_to_left && all_left_to_right(text))) return result;

    // Each bidi paragraph by itself: of several at once, ICU 72 gives one without a strong letter the level of others
    // where it finds that all strong letters of the whole go one way.
    UErrorCode status = U_ZERO_ERROR;
    const auto length = static_cast<std::int32_t>(text.size());
    const BidiHandle bidi(ubidi_openSized(length, 0, &status));
    for (std::int32_t start = 0; start < length;) {
        const std::int32_t limit = paragraph_end(text, start);
        const std::int32_t size = limit - start;
        ubidi_setPara(bidi.get(), text.data() + start, size, language.right_to_left ? UBiDiLevel{1} : UBIDI_DEFAULT_LTR,
                      nullptr, &status);
        const UBiDiLevel* levels = ubidi_getLevels(bidi.get(), &status);
        HALLCAST_ASSERT(U_SUCCESS(status));  // only memory can run out: any clean text has levels
        std::copy_n(levels, size, result.levels.begin() + start);
        const UBiDiLevel base = ubidi_getParaLevel(bidi.get());
        std::fill_n(result.base.begin() + start, size, base);
        if (start == 0) result.first_base = base;
        start = limit;
    }
    result.one_way = result.levels == result.base;
    return result;
}

bool turns_at_line_end(UChar32 c) {
    // Among them what rule X9 removes, which stands in nobody's way.
    constexpr auto turning = U_MASK(U_WHITE_SPACE_NEUTRAL) | U_MASK(U_SEGMENT_SEPARATOR) | U_MASK(U_BLOCK_SEPARATOR) |
                             U_MASK(U_BOUNDARY_NEUTRAL) | U_MASK(U_LEFT_TO_RIGHT_EMBEDDING) |
                             U_MASK(U_RIGHT_TO_LEFT_EMBEDDING) | U_MASK(U_LEFT_TO_RIGHT_OVERRIDE) |
                             U_MASK(U_RIGHT_TO_LEFT_OVERRIDE) | U_MASK(U_POP_DIRECTIONAL_FORMAT) |
                             U_MASK(U_LEFT_TO_RIGHT_ISOLATE) | U_MASK(U_RIGHT_TO_LEFT_ISOLATE) |
                             U_MASK(U_FIRST_STRONG_ISOLATE) | U_MASK(U_POP_DIRECTIONAL_ISOLATE);
    return (U_MASK(u_charDirection(c)) & turning) != 0;
}

}  // namespace hallcast::text
