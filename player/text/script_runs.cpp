#include "player/text/script_runs.h"

#include <unicode/uchar.h>
#include <unicode/utf16.h>

#include <algorithm>

#include "player/text/unicode_text.h"

namespace hallcast::text {
namespace {

// Deeper nesting is no writing; UAX #9 stops at the same depth.
constexpr std::size_t max_open_brackets = 63;

struct OpenBracket {
    UChar32 closing;
    UScriptCode script;
};

class Resolver {
  public:
    UScriptCode resolve(UChar32 c) {
        UErrorCode status = U_ZERO_ERROR;
        const UScriptCode own = uscript_getScript(c, &status);
        if (own == USCRIPT_UNKNOWN) return current_;
        if (own != USCRIPT_COMMON && own != USCRIPT_INHERITED) {
            settle_open_brackets(own);
            return current_ = own;
        }
        switch (u_getIntPropertyValue(c, UCHAR_BIDI_PAIRED_BRACKET_TYPE)) {
            case U_BPT_OPEN:
                if (open_.size() < max_open_brackets) open_.push_back({u_getBidiPairedBracket(c), current_});
                break;
            case U_BPT_CLOSE:
                close(c);
                break;
            default:
                break;
        }
        return current_;
    }
    void forget_brackets() { open_.clear(); }

  private:
    // Brackets at the very start wait, unsettled, for the first letter.
    void settle_open_brackets(UScriptCode script) {
        if (current_ != USCRIPT_COMMON) return;
        for (OpenBracket& bracket : open_) bracket.script = script;
    }
    void close(UChar32 c) {
        const auto opening = std::ranges::find(open_.rbegin(), open_.rend(), c, &OpenBracket::closing);
        if (opening == open_.rend()) return;
        current_ = opening->script;
        open_.erase(std::prev(opening.base()), open_.end());
    }

    UScriptCode current_ = USCRIPT_COMMON;
    std::vector<OpenBracket> open_;
};

}  // namespace

std::vector<UScriptCode> resolve_scripts(const std::u16string& text, UScriptCode usual) {
    std::vector<UScriptCode> scripts(text.size(), USCRIPT_COMMON);
    const auto length = static_cast<std::int32_t>(text.size());
    Resolver resolver;
    for (std::int32_t i = 0; i < length;) {
        const std::int32_t start = i;
        UChar32 c = 0;
        U16_NEXT(text.data(), i, length, c);
        if (c == new_paragraph) resolver.forget_brackets();
        std::fill(scripts.begin() + start, scripts.begin() + i, resolver.resolve(c));
    }
    const auto first_known = std::ranges::find_if(scripts, [](UScriptCode s) { return s != USCRIPT_COMMON; });
    std::fill(scripts.begin(), first_known, first_known == scripts.end() ? usual : *first_known);
    return scripts;
}

}  // namespace hallcast::text
