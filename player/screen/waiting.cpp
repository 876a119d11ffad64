// Who waits: the services with how many wait for each, and about how long somebody would who came now.
#include <unicode/measunit.h>
#include <unicode/numberrangeformatter.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "content/texts.h"
#include "player/screen/item_list.h"
#include "player/screen/languages.h"

namespace hallcast::screen {

namespace {

constexpr std::uint32_t minutes_step = 5;        // nobody knows it better
constexpr std::uint32_t minutes_in_hours = 120;  // from here on in hours

// "min" is read by everybody, and stays the same after a preposition, where Slavic languages would decline "minute". In
// these languages the short form is a mere letter, and the word does not change.
bool writes_units_out(std::string_view language) {
    return base_language(language) == "ar" || base_language(language) == "hi";
}

// A number, or two, with a unit, as the language writes them; empty where ICU cannot.
std::string measured(const std::string& language, std::uint32_t low, std::uint32_t high,
                     const std::optional<icu::MeasureUnit>& unit) {
    UErrorCode status = U_ZERO_ERROR;
    const auto locale = locale_of(language, status);
    auto number = icu::number::NumberFormatter::with().unitWidth(writes_units_out(language) ? UNUM_UNIT_WIDTH_FULL_NAME
                                                                                            : UNUM_UNIT_WIDTH_SHORT);
    if (unit) number = number.unit(*unit);
    icu::UnicodeString written;
    if (low == high) {
        written = number.locale(locale).formatInt(std::int64_t(high), status).toString(status);
    } else {
        const auto range = icu::number::NumberRangeFormatter::withLocale(locale).numberFormatterBoth(number);
        written = range.formatFormattableRange(std::int64_t(low), std::int64_t(high), status).toString(status);
    }
    std::string utf8;
    return U_FAILURE(status) ? "" : written.toUTF8String(utf8);
}

std::string filled(std::string_view id, const std::string& language, std::string_view time) {
    std::string text(content::text(id, language));
    constexpr std::string_view placeholder = "{time}";
    if (const auto at = text.find(placeholder); at != std::string::npos) text.replace(at, placeholder.size(), time);
    return text;
}

// "Expected wait: about 10–20 min": rounded outwards, so that as many waits lie within as were said to. Empty: unknown.
std::string wait_of(const v1::ServiceStatus& status, const std::string& language) {
    const std::uint32_t low_s = std::min(status.wait_low_s(), status.wait_high_s()), high_s = status.wait_high_s();
    if (high_s == 0) return "";
    const auto down = [](std::uint32_t seconds, std::uint32_t step) { return seconds / step; };
    const auto up = [](std::uint32_t seconds, std::uint32_t step) { return (seconds - 1) / step + 1; };
    std::uint32_t low = down(low_s, 60 * minutes_step) * minutes_step,
                  high = up(high_s, 60 * minutes_step) * minutes_step;
    auto unit = icu::MeasureUnit::getMinute();
    if (high > minutes_in_hours) low = down(low_s, 3600), high = up(high_s, 3600), unit = icu::MeasureUnit::getHour();
    const auto time = measured(language, low == 0 ? high : low, high, unit);
    if (time.empty()) return "";
    return filled(low == 0 ? "wait_up_to" : "wait_about", language, time);
}

struct Waited {
    const v1::Service* service = nullptr;
    const v1::ServiceStatus* status = nullptr;  // null: nothing is known of it
};

// In the office's order.
std::vector<Waited> services_to_show(const v1::HallState& hall, const std::vector<std::string>& ids) {
    std::vector<Waited> shown;
    for (const v1::Service& service : hall.profile().services()) {
        if (!ids.empty() && std::ranges::find(ids, service.id()) == ids.end()) continue;
        const auto status = std::ranges::find(hall.services(), service.id(), &v1::ServiceStatus::id);
        shown.push_back({&service, status == hall.services().end() ? nullptr : &*status});
    }
    return shown;
}

// The name and, below it, how long; at the end of the line how many. Mirrored on a screen that is read from the right.
void show_service(ItemList& items, const Place& place, const Moment& moment, const picture::ScreenRect& row, int number,
                  const Waited& waited, const std::string& language) {
    const auto& widget = place.widget;
    const bool mirrored = screen_right_to_left(moment.input);
    const bool is_known = waited.status && !moment.stale();
    const auto id = std::uint64_t(number);
    const double size_px = widget.text_size * place.scale;
    const int count_width = std::min(row.width / 4, int(size_px * 2)), gap = int(size_px / 3);
    const picture::ScreenRect count{mirrored ? row.x : row.right() - count_width, row.y, count_width, row.height};
    picture::ScreenRect name{mirrored ? row.x + count_width + gap : row.x, row.y, row.width - count_width - gap,
                             row.height};
    std::string below;
    if (widget.estimates && is_known)
        below = waited.status->waiting() == 0 ? std::string(content::text("nobody_waiting", language))
                                              : wait_of(*waited.status, language);
    Wording wording{.size_px = size_px, .bold = widget.bold, .colour = to_picture(widget.colour)};
    // A number that may be old is none.
    const std::string many =
        is_known ? measured(language, waited.status->waiting(), waited.status->waiting(), {}) : "–";
    wording.utf8 = many;
    wording.language = language;
    wording.side = mirrored ? Side::left : Side::right;
    items.text("count", id, count, wording);

    wording.side = mirrored ? Side::right : Side::left;
    const auto phrase = find_or_fall_back(waited.service->name(), {language, office_language(moment.input)});
    wording.utf8 = phrase.text.empty() ? waited.service->id() : phrase.text;
    wording.language = phrase.text.empty() ? std::string_view("en") : phrase.language;
    wording.size_px = size_px * 0.75;
    wording.else_lines = 2;
    if (!below.empty()) {
        const Wording wait{.utf8 = below,
                           .language = language,
                           .size_px = size_px * 0.6,
                           .colour = to_picture(widget.colour),
                           .side = wording.side};
        // One under the other, in the middle of the row; the name has a second line if it needs one.
        const int wait_height = items.height_of(wait, name.width, row.height * 45 / 100);
        name.height = items.height_of(wording, name.width, row.height - wait_height);
        name.y += (row.height - name.height - wait_height) / 2;
        items.text("wait", id, {name.x, name.bottom(), name.width, wait_height}, wait);
    }
    items.text("name", id, name, wording);
}

void show_waiting_headings(ItemList& items, const Place& place, const Moment& moment, const picture::ScreenRect& row,
                           const std::string& language) {
    const bool mirrored = screen_right_to_left(moment.input);
    const int half = row.width / 2 - place.pixels(8);
    const picture::ScreenRect left{row.x, row.y, half, row.height}, right{row.right() - half, row.y, half, row.height};
    Wording wording{.utf8 = content::text("service", language),
                    .language = language,
                    .size_px = place.widget.heading_size * place.scale,
                    .colour = to_picture(place.widget.colour),
                    .side = mirrored ? Side::right : Side::left};
    items.text("heading service", 0, mirrored ? right : left, wording);
    wording.utf8 = content::text("waiting", language);
    wording.side = mirrored ? Side::left : Side::right;
    items.text("heading waiting", 0, mirrored ? left : right, wording);
}

}  // namespace

Shown show_waiting(const Place& place, const Moment& moment) {
    const auto& widget = place.widget;
    ItemList items(place, moment.typesetter);
    items.ground();
    const auto languages = languages_of(widget, moment.input);
    const auto turn = turn_of(languages.size(), widget.seconds, moment.input.now);
    const auto& language = languages[turn.index];
    auto inside = inset(place.box, place.pixels(widget.padding), 0);
    if (widget.heading) {
        const auto first_row = board_row(place, 0);
        show_waiting_headings(items, place, moment, {inside.x, inside.y, inside.width, first_row.y - inside.y},
                              language);
    }
    Shown shown{.items = {}, .until = turn.until};
    if (moment.hall()) {
        const auto services = services_to_show(*moment.hall(), widget.services);
        // What has no room comes when all languages had their turn: a page is read in each of them.
        const std::size_t rows = std::size_t(widget.rows), pages = (services.size() + rows - 1) / rows;
        const auto page = turn_of(pages, widget.seconds * double(languages.size()), moment.input.now);
        shown.until = std::min(shown.until, page.until);
        for (std::size_t i = page.index * rows; i < std::min(services.size(), (page.index + 1) * rows); ++i) {
            const int number = int(i - page.index * rows);
            const auto row = intersection(board_row(place, number), inside);
            const int line = std::max(1, place.pixels(2));
            if (number > 0)
                items.fill("divider", std::uint64_t(number), {inside.x, row.y - line / 2, inside.width, line},
                           widget.divider);
            show_service(items, place, moment, inset(row, 0, row.height / 24), number, services[i], language);
        }
    }
    shown.items = items.take();
    return shown;
}

}  // namespace hallcast::screen
