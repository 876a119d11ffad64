#include "player/text/break_iterators.h"

#include <unicode/uchar.h>
#include <unicode/uloc.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <array>

#include "player/text/unicode_text.h"
#include "protocol/base/error.h"

namespace hallcast::text {
namespace {

// An office speaks a dozen languages.
constexpr std::size_t max_prototypes = 32;

// Whether no two code points of the text can form a cluster, which spares ICU's rules for most languages.
bool every_code_point_is_a_cluster(const std::u16string& text) {
    const auto length = static_cast<std::int32_t>(text.size());
    for (std::int32_t i = 0; i < length;) {
        UChar32 c = 0;
        U16_NEXT(text.data(), i, length, c);
        if (c < 0x300) continue;
        const int kind = u_getIntPropertyValue(c, UCHAR_GRAPHEME_CLUSTER_BREAK);
        if (kind != U_GCB_OTHER && kind != U_GCB_CONTROL) return false;
    }
    return true;
}

bool joins_consonants(UChar32 c) {
    const int category = u_getIntPropertyValue(c, UCHAR_INDIC_SYLLABIC_CATEGORY);
    return category == U_INSC_VIRAMA || category == U_INSC_INVISIBLE_STACKER;
}

bool is_consonant(UChar32 c) { return u_getIntPropertyValue(c, UCHAR_INDIC_SYLLABIC_CATEGORY) == U_INSC_CONSONANT; }

void join_conjuncts(const std::u16string& text, std::vector<std::uint8_t>& starts) {
    const auto length = static_cast<std::int32_t>(text.size());
    bool joining = false;
    for (std::int32_t i = 0; i < length;) {
        const std::int32_t at = i;
        UChar32 c = 0;
        U16_NEXT(text.data(), i, length, c);
        if (c < 0x900) {
            joining = false;
            continue;
        }
        if (joining && starts[static_cast<std::size_t>(at)] != 0 && is_consonant(c)) {
            starts[static_cast<std::size_t>(at)] = 0;
        }
        constexpr UChar32 zero_width_joiner = 0x200d;
        joining = joins_consonants(c) || (joining && c == zero_width_joiner);
    }
}

std::string locale_of(const std::string& language) {
    std::array<char, ULOC_FULLNAME_CAPACITY> locale{};
    UErrorCode status = U_ZERO_ERROR;
    std::int32_t parsed = 0;
    const std::int32_t length = uloc_forLanguageTag(language.c_str(), locale.data(),
                                                    static_cast<std::int32_t>(locale.size()), &parsed, &status);
    if (U_FAILURE(status) || status == U_STRING_NOT_TERMINATED_WARNING) return "";
    return std::string(locale.data(), static_cast<std::size_t>(length));
}

}  // namespace

BreakIterators::Handle BreakIterators::copy_of(UBreakIteratorType type, const std::string& language) {
    const std::scoped_lock lock(mutex_);
    auto found = std::ranges::find_if(
        prototypes_, [&](const Prototype& known) { return known.type == type && known.language == language; });
    if (found == prototypes_.end()) {
        UErrorCode status = U_ZERO_ERROR;
        Handle iterator(ubrk_open(type, locale_of(language).c_str(), nullptr, 0, &status));
        HALLCAST_ASSERT(U_SUCCESS(status));  // an unknown language gets the root rules; these are part of ICU
        if (prototypes_.size() >= max_prototypes) prototypes_.erase(prototypes_.begin());
        prototypes_.push_back({type, language, std::move(iterator)});
        found = std::prev(prototypes_.end());
    }
    std::rotate(found, std::next(found), prototypes_.end());
    UErrorCode status = U_ZERO_ERROR;
    Handle copy(ubrk_clone(prototypes_.back().iterator.get(), &status));
    HALLCAST_ASSERT(U_SUCCESS(status));
    return copy;
}

std::vector<std::uint8_t> BreakIterators::cluster_starts(const std::u16string& text) {
    const auto length = static_cast<std::int32_t>(text.size());
    std::vector<std::uint8_t> starts(text.size() + 1, 0);
    if (every_code_point_is_a_cluster(text)) {
        for (std::size_t i = 0; i < text.size(); ++i) starts[i] = U16_IS_TRAIL(text[i]) ? 0 : 1;
    } else {
        const Handle iterator = copy_of(UBRK_CHARACTER, "");
        UErrorCode status = U_ZERO_ERROR;
        ubrk_setText(iterator.get(), text.data(), length, &status);
        HALLCAST_ASSERT(U_SUCCESS(status));
        for (std::int32_t at = ubrk_first(iterator.get()); at != UBRK_DONE; at = ubrk_next(iterator.get())) {
            starts[static_cast<std::size_t>(at)] = 1;
        }
        join_conjuncts(text, starts);
    }
    starts.back() = 1;
    return starts;
}

std::vector<std::int32_t> BreakIterators::line_breaks(const std::u16string& text, const std::string& language) {
    const Handle iterator = copy_of(UBRK_LINE, language);
    UErrorCode status = U_ZERO_ERROR;
    ubrk_setText(iterator.get(), text.data(), static_cast<std::int32_t>(text.size()), &status);
    HALLCAST_ASSERT(U_SUCCESS(status));
    std::vector<std::int32_t> breaks;
    ubrk_first(iterator.get());
    for (std::int32_t at = ubrk_next(iterator.get()); at != UBRK_DONE; at = ubrk_next(iterator.get())) {
        breaks.push_back(at);
    }
    return breaks;
}

}  // namespace hallcast::text
