// The word about a lost or missing connection: old tickets must never pass for new ones. It stands where the layout has
// a `connection`, else over each board; every board is veiled in any case.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "content/texts.h"
#include "player/screen/item_list.h"
#include "player/screen/languages.h"

namespace hallcast::screen {

namespace {

constexpr layouts::Colour veil{11, 20, 33, 150};   // over the old numbers: there, but plainly not alive
constexpr layouts::Colour lost{138, 22, 22, 255};  // white on it has 9:1
constexpr layouts::Colour connecting{6, 24, 47, 255};
constexpr picture::Colour notice_lettering{255, 255, 255, 255};
constexpr double seconds_each = 6;

// The office's language, English, and one of the others in turn.
std::vector<std::string> languages_at(const Place& place, const Moment& moment, WallTime& until) {
    std::vector<std::string> shown{office_language(moment.input)};
    if (base_language(shown[0]) != "en") shown.emplace_back("en");
    std::vector<std::string> others;
    for (const auto& language : listed_languages(place.widget, moment.input)) {
        if (std::ranges::find(shown, language) == shown.end()) others.push_back(language);
    }
    if (!others.empty()) {
        const auto turn = turn_of(others.size(), seconds_each, moment.input.now);
        shown.push_back(others[turn.index]);
        until = turn.until;
    }
    return shown;
}

// The newest old number stays to be seen, veiled: whoever was just called need not start over. No row is cut in half.
int panel_top(const Place& place) {
    const auto first = board_row(place, 0);
    return first.bottom() - place.box.y <= place.box.height * 35 / 100 ? first.bottom() : place.box.y;
}

struct Said {
    std::string_view text;
    std::string language;
    bool bold = false;
    int height = 0;  // pixels, at the common size
};

constexpr double largest = 42, least = 16;  // canvas units

// The largest size at which all of them fit under one another in `box`, with a gap of half a line between; sets their
// heights.
double common_size(std::vector<Said>& said, const picture::ScreenRect& box, const Place& place,
                   text::Typesetter& typesetter) {
    for (double size = largest;; size -= 2) {
        const double size_px = size * place.scale;
        int height = int(size_px * 0.6) * int(said.size() - 1);
        for (auto& one : said) {
            const auto weight = one.bold ? text::Weight::bold : text::Weight::regular;
            const auto set =
                typesetter.set(one.text, {float(size_px), weight, one.language}, {.width = float(box.width)});
            one.height = int(std::ceil(set->height)) + 1;
            height += one.height;
        }
        if (height <= box.height || size <= least) return size_px;
    }
}

Wording wording_of(const Said& said, double size_px) {
    return {.utf8 = said.text,
            .language = said.language,
            .size_px = size_px,
            .bold = said.bold,
            .colour = notice_lettering,
            .side = Side::start,
            .max_lines = 0,
            .smallest = 0.3};
}

// Under one another, as on a board; what room is left is shared out between them.
void say_in_column(ItemList& items, std::vector<Said>& said, const picture::ScreenRect& box, const Place& place,
                   text::Typesetter& typesetter) {
    const double size_px = common_size(said, box, place, typesetter);
    int spare = box.height;
    for (const auto& one : said) spare -= one.height;
    const int gap = std::max(0, spare) / int(said.size() + 1);
    int top = box.y + gap;
    for (std::size_t i = 0; i < said.size(); ++i) {
        items.text("word", i, {box.x, top, box.width, said[i].height}, wording_of(said[i], size_px));
        top += said[i].height + gap;
    }
}

// Side by side, as in a band.
void say_in_row(ItemList& items, const std::vector<Said>& said, const picture::ScreenRect& box, const Place& place) {
    const int count = int(said.size());
    for (int i = 0; i < count; ++i) {
        const picture::ScreenRect column{box.x + box.width * i / count, box.y, box.width / count, box.height};
        items.text("word", std::uint64_t(i), inset(column, place.pixels(12), 0),
                   wording_of(said[std::size_t(i)], largest * place.scale));
    }
}

}  // namespace

Shown show_veil(const Place& place, const Moment& moment) {
    if (!moment.hall() || !moment.stale()) return {};
    ItemList items(place, moment.typesetter);
    items.fill("veil", 0, place.box, veil);
    return {.items = items.take()};
}

Shown show_connection(const Place& place, const Moment& moment) {
    const bool connected_once = moment.hall() != nullptr;
    if (connected_once && !moment.stale()) return {};
    Shown shown;
    ItemList items(place, moment.typesetter);
    const bool tall = place.box.height > place.box.width;
    const bool over_board = place.widget.kind == layouts::WidgetKind::board;
    const int top = tall && over_board && connected_once ? panel_top(place) : place.box.y;
    const picture::ScreenRect panel{place.box.x, top, place.box.width, place.box.bottom() - top};
    items.fill("panel", 0, panel, connected_once ? lost : connecting, place.pixels(12));
    const auto inside = inset(panel, place.pixels(24), place.pixels(20));
    std::vector<Said> said;
    for (auto& language : languages_at(place, moment, shown.until)) {
        const auto text = content::text(connected_once ? "stale" : "not_connected", language);
        said.push_back({text, std::move(language), said.empty(), 0});
    }
    if (tall) {
        say_in_column(items, said, inside, place, moment.typesetter);
    } else {
        say_in_row(items, said, inside, place);
    }
    shown.items = items.take();
    return shown;
}

}  // namespace hallcast::screen
