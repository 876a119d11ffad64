// The languages that take turns on the screen, each by its own name, and whose turn it is.
#include <unicode/locdspnm.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "content/texts.h"
#include "player/screen/item_list.h"
#include "player/screen/languages.h"

namespace hallcast::screen {

namespace {

struct LanguageName {
    std::string language;
    std::string name;
    int width = 0;  // pixels
    int line = 0;
};

// What its speakers call it.
std::string own_name(const std::string& language) {
    if (std::ranges::find(content::shipped_languages(), base_language(language)) != content::shipped_languages().end())
        return std::string(content::text("language_name", language));
    UErrorCode status = U_ZERO_ERROR;
    const auto locale = icu::Locale::forLanguageTag(language, status);
    UDisplayContext contexts[]{UDISPCTX_CAPITALIZATION_FOR_STANDALONE};
    const std::unique_ptr<icu::LocaleDisplayNames> names(icu::LocaleDisplayNames::createInstance(locale, contexts, 1));
    icu::UnicodeString written;
    if (U_FAILURE(status) || !names) return language;
    std::string utf8;
    return names->localeDisplayName(locale, written).toUTF8String(utf8);
}

struct NamesOfLanguages {
    std::vector<LanguageName> names;
    double size_px = 0;
    int lines = 1;
    int gap() const { return int(size_px * 0.8); }
    int line_height() const { return int(size_px * 1.7); }
};

// As large as the widget says, or as fits.
NamesOfLanguages set_names(const std::vector<std::string>& languages, const Place& place,
                           const picture::ScreenRect& inside, text::Typesetter& typesetter) {
    const double most = place.widget.text_size * place.scale;
    const auto weight = place.widget.bold ? text::Weight::bold : text::Weight::regular;
    std::vector<std::string> names;
    for (const auto& language : languages) names.push_back(own_name(language));
    NamesOfLanguages set;
    for (set.size_px = most;; set.size_px *= 0.9) {
        set.names.clear();
        set.lines = 1;
        int x = 0;
        for (std::size_t i = 0; i < languages.size(); ++i) {
            const auto &language = languages[i], &name = names[i];
            const auto paragraph = typesetter.set(name, {float(set.size_px), weight, language}, {.max_lines = 1});
            const int width = int(std::ceil(paragraph->width)) + 1;
            if (x > 0 && x + width > inside.width) ++set.lines, x = 0;
            set.names.push_back({language, name, width, set.lines - 1});
            x += width + set.gap();
        }
        const bool fits = set.lines * set.line_height() <= inside.height &&
                          std::ranges::all_of(set.names, [&](const auto& one) { return one.width <= inside.width; });
        if (fits || set.size_px < most * 0.3) return set;
    }
}

}  // namespace

Shown show_languages(const Place& place, const Moment& moment) {
    const auto& widget = place.widget;
    ItemList items(place, moment.typesetter);
    items.ground();
    const auto [turn, until] = language_in_turn(widget, moment.input);
    auto inside = inset(place.box, place.pixels(widget.padding), place.pixels(widget.padding));
    // The highlight reaches a little beyond its name.
    const int reach = place.pixels(widget.text_size * 0.3);
    inside = inset(inside, reach, 0);
    const auto set = set_names(listed_languages(widget, moment.input), place, inside, moment.typesetter);

    const bool mirrored = screen_right_to_left(moment.input);
    const Side side = side_of(widget.align, mirrored);
    const int height = set.line_height(), spare = std::max(0, inside.height - set.lines * height);
    const int first = inside.y + (widget.valign == "top" ? 0 : widget.valign == "bottom" ? spare : spare / 2);
    for (int line = 0; line < set.lines; ++line) {
        int width = -set.gap();
        for (const auto& one : set.names)
            if (one.line == line) width += one.width + set.gap();
        const bool at_right = side == Side::right || (side == Side::start && mirrored);
        const int left = side == Side::centre ? inside.x + (inside.width - width) / 2
                         : at_right           ? inside.right() - width
                                              : inside.x;
        int x = mirrored ? left + width : left;
        for (std::size_t i = 0; i < set.names.size(); ++i) {
            const auto& one = set.names[i];
            if (one.line != line) continue;
            if (mirrored) x -= one.width;
            const picture::ScreenRect box{x, first + line * height, one.width, height};
            x += mirrored ? -set.gap() : one.width + set.gap();
            const bool has_turn = one.language == turn;
            if (has_turn)
                items.fill("turn", i, inset(box, -std::min(reach, set.gap() / 2), height / 12),
                           widget.highlight_background, place.pixels(widget.radius));
            items.text("name", i, box,
                       {.utf8 = one.name,
                        .language = one.language,
                        .size_px = set.size_px,
                        .bold = widget.bold,
                        .colour = to_picture(has_turn ? widget.highlight : widget.colour),
                        .side = Side::centre});
        }
    }
    return {.items = items.take(), .until = until};
}

}  // namespace hallcast::screen
