// The word about a lost or missing connection: old tickets must never pass for new ones.
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
constexpr picture::Colour lettering{255, 255, 255, 255};
constexpr double seconds_each = 6;

// The office's language, English, and one of the others in turn.
std::vector<std::string> languages_at(const Place& place, const Moment& moment, WallTime& until) {
    std::vector<std::string> shown{office_language(moment.input)};
    if (base_language(shown[0]) != "en") shown.emplace_back("en");
    std::vector<std::string> others;
    for (const auto& language : languages_of(place.widget, moment.input)) {
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

}  // namespace

Shown show_notice(const Place& place, const Moment& moment) {
    const bool connected_once = moment.hall() != nullptr;
    if (connected_once && !moment.stale()) return {};
    Shown shown;
    ItemList items(place, moment.typesetter);
    if (connected_once) items.fill("veil", 0, place.box, veil);
    const bool tall = place.box.height > place.box.width;
    const int top = tall ? panel_top(place) : place.box.y;
    const picture::ScreenRect panel{place.box.x, top, place.box.width, place.box.bottom() - top};
    items.fill("panel", 0, panel, connected_once ? lost : connecting, place.pixels(12));
    const auto inside = inset(panel, place.pixels(24), place.pixels(16));
    const auto languages = languages_at(place, moment, shown.until);
    const int count = int(languages.size());
    for (int i = 0; i < count; ++i) {
        // Under one another on a board, side by side in a band.
        const picture::ScreenRect box = tall ? picture::ScreenRect{inside.x, inside.y + inside.height * i / count,
                                                                   inside.width, inside.height / count}
                                             : picture::ScreenRect{inside.x + inside.width * i / count, inside.y,
                                                                   inside.width / count, inside.height};
        items.text("notice", std::uint64_t(i), inset(box, tall ? 0 : place.pixels(12), place.pixels(6)),
                   {.utf8 = content::text(connected_once ? "stale" : "not_connected", languages[std::size_t(i)]),
                    .language = languages[std::size_t(i)],
                    .size_px = 42 * place.scale,
                    .bold = i == 0,
                    .colour = lettering,
                    .side = Side::start,
                    .max_lines = 0,
                    .smallest = 0.3});
    }
    shown.items = items.take();
    return shown;
}

}  // namespace hallcast::screen
