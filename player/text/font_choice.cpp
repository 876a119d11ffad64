#include "player/text/font_choice.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <array>

namespace hallcast::text {
namespace {

constexpr char16_t text_selector = 0xfe0e;
constexpr char16_t emoji_selector = 0xfe0f;

UChar32 first_of(std::u16string_view cluster) {
    UChar32 c = 0;
    U16_GET(cluster.data(), 0, 0, static_cast<std::int32_t>(cluster.size()), c);
    return c;
}

// The shaper draws nothing for these, whatever the font: joiners, selectors, direction marks.
bool needs_no_glyph(UChar32 c) { return u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0; }

bool covers_each(const FontFace& face, std::u16string_view text) {
    const auto length = static_cast<std::int32_t>(text.size());
    for (std::int32_t i = 0; i < length;) {
        UChar32 c = 0;
        U16_NEXT(text.data(), i, length, c);
        if (!face.covers(c) && !needs_no_glyph(c)) return false;
    }
    return true;
}

// Longer clusters are no letters with composed forms.
using Normalised = std::array<char16_t, 64>;

std::u16string_view normalised(const UNormalizer2* form, std::u16string_view cluster, Normalised& buffer,
                               UErrorCode& status) {
    const std::int32_t length = unorm2_normalize(form, cluster.data(), static_cast<std::int32_t>(cluster.size()),
                                                 buffer.data(), static_cast<std::int32_t>(buffer.size()), &status);
    return U_SUCCESS(status) ? std::u16string_view(buffer.data(), static_cast<std::size_t>(length))
                             : std::u16string_view();
}

// As HarfBuzz does, which composes and decomposes to what the font has.
bool covers(const FontFace& face, std::u16string_view cluster) {
    if (covers_each(face, cluster)) return true;
    if (cluster.size() == 1 && cluster[0] < 0xc0) return false;
    Normalised buffer;
    UErrorCode status = U_ZERO_ERROR;
    const std::u16string_view composed = normalised(unorm2_getNFCInstance(&status), cluster, buffer, status);
    if (U_SUCCESS(status) && composed != cluster && covers_each(face, composed)) return true;
    status = U_ZERO_ERROR;
    const std::u16string_view decomposed = normalised(unorm2_getNFDInstance(&status), cluster, buffer, status);
    return U_SUCCESS(status) && decomposed != cluster && covers_each(face, decomposed);
}

bool wants_colour(std::u16string_view cluster) {
    if (cluster.size() == 1 && cluster[0] < 0x203c) return false;
    if (cluster.find(text_selector) != std::u16string_view::npos) return false;
    return u_hasBinaryProperty(first_of(cluster), UCHAR_EMOJI_PRESENTATION) != 0 ||
           cluster.find(emoji_selector) != std::u16string_view::npos;
}

}  // namespace

const FontRow& FontChoice::row(const FontWish& wish) {
    if (latest_ < rows_.size() && rows_[latest_].wish == wish) return *rows_[latest_].fonts;
    const auto found = std::ranges::find(rows_, wish, &Row::wish);
    latest_ = static_cast<std::size_t>(found - rows_.begin());
    if (found == rows_.end()) rows_.push_back({wish, &fonts_.row(wish)});
    return *rows_[latest_].fonts;
}

FontChoice::Chosen FontChoice::choose(std::u16string_view cluster, UScriptCode script, Forms forms, Weight weight) {
    const FontRow& fonts = row({script, forms, weight, wants_colour(cluster)});
    const FontFace* first = fonts_.open(fonts, 0);
    if (first != nullptr && cluster.size() == 1 && first->covers(cluster[0])) return {first->id(), true};
    return choose_from_all(cluster, fonts, weight);
}

FontChoice::Chosen FontChoice::choose_from_all(std::u16string_view cluster, const FontRow& row, Weight weight) {
    const UChar32 base = first_of(cluster);
    const FontFace* with_base = nullptr;
    std::vector<const FontFace*> searched;
    for (std::size_t i = 0; i < row.size(); ++i) {
        const FontFace* face = fonts_.open(row, i);
        if (face == nullptr) continue;
        if (covers(*face, cluster)) return {face->id(), true};
        if (with_base == nullptr && face->covers(base)) with_base = face;
        searched.push_back(face);
    }
    const FontFace* other = fonts_.open_last_resort(base, weight);
    if (other != nullptr && covers(*other, cluster)) return {other->id(), true};
    if (with_base == nullptr) with_base = other;

    fonts_.report_missing(cluster, searched);
    return {with_base == nullptr ? no_font : with_base->id(), false};
}

}  // namespace hallcast::text
