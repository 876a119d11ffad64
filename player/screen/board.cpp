// The board: the latest calls, ticket -> counter, the newest on top.
#include <algorithm>
#include <string>
#include <vector>

#include "content/texts.h"
#include "player/screen/item_list.h"
#include "player/screen/languages.h"

namespace hallcast::screen {

namespace {

bool is_over(const v1::Call& call) {
    return call.phase() == v1::CALL_PHASE_FINISHED || call.phase() == v1::CALL_PHASE_NO_SHOW;
}

// At most `rows` calls, newest first; those that are over give way to those that still matter to somebody.
std::vector<const v1::Call*> calls_to_show(const v1::HallState& hall, std::size_t rows) {
    std::vector<const v1::Call*> calls;
    for (const auto& call : hall.calls())
        if (call.phase() != v1::CALL_PHASE_WITHDRAWN) calls.push_back(&call);
    for (auto call = calls.end(); calls.size() > rows && call != calls.begin();) {
        --call;
        if (is_over(**call)) call = calls.erase(call);
    }
    if (calls.size() > rows) calls.resize(rows);
    return calls;
}

// Where the three things of a row stand. Mirrored on a screen that is read from right to left.
struct Columns {
    Columns(const picture::ScreenRect& inside, bool mirrored_) : mirrored(mirrored_) {
        const int ticket_width = inside.width * 52 / 100, arrow_width = inside.width * 18 / 100;
        const int counter_width = inside.width - ticket_width - arrow_width;
        ticket = {mirrored ? inside.right() - ticket_width : inside.x, 0, ticket_width, 0};
        arrow = {mirrored ? inside.x + counter_width : inside.x + ticket_width, 0, arrow_width, 0};
        counter = {mirrored ? inside.x : inside.right() - counter_width, 0, counter_width, 0};
    }
    static picture::ScreenRect in(picture::ScreenRect column, const picture::ScreenRect& row) {
        return {column.x, row.y, column.width, row.height};
    }
    Side near() const { return mirrored ? Side::right : Side::left; }
    Side far() const { return mirrored ? Side::left : Side::right; }

    bool mirrored;
    picture::ScreenRect ticket, arrow, counter;
};

WallTime highlight_end(const layouts::Widget& widget, const v1::Call& call) {
    using namespace std::chrono;
    return wall_time(call.called_at_ms()) + milliseconds(std::int64_t(widget.highlight_seconds * 1000));
}

// Returns until when the headings stay.
WallTime show_headings(ItemList& items, const Place& place, const Moment& moment, const Columns& columns,
                       const picture::ScreenRect& row) {
    const auto languages = languages_of(place.widget, moment.input);
    const auto turn = turn_of(languages.size(), place.widget.seconds, moment.input.now);
    const auto& language = languages[turn.index];
    Wording wording{.language = language,
                    .size_px = place.widget.heading_size * place.scale,
                    .colour = to_picture(place.widget.colour)};
    // The two share the line half and half: the words need more room than the numbers under them.
    const int half = (columns.counter.x < columns.ticket.x ? columns.ticket.right() - columns.counter.x
                                                           : columns.counter.right() - columns.ticket.x) /
                         2 -
                     place.pixels(8);
    picture::ScreenRect ticket{columns.mirrored ? columns.ticket.right() - half : columns.ticket.x, row.y, half,
                               row.height};
    picture::ScreenRect counter{columns.mirrored ? columns.counter.x : columns.counter.right() - half, row.y, half,
                                row.height};
    wording.utf8 = content::text("number", language);
    wording.side = columns.near();
    items.text("heading number", 0, ticket, wording);
    wording.utf8 = content::text("counter", language);
    wording.side = columns.far();
    items.text("heading counter", 0, counter, wording);
    return turn.until;
}

void show_row(ItemList& items, const Place& place, const Columns& columns, const picture::ScreenRect& row,
              std::uint64_t number, const v1::Call& call, bool is_new) {
    const auto& widget = place.widget;
    // A little apart, so that two new calls are two.
    if (is_new)
        items.fill("new", number, inset(row, 0, place.pixels(3)), widget.highlight_background,
                   place.pixels(widget.radius));
    auto colour = to_picture(is_new ? widget.highlight : widget.colour);
    if (is_over(call)) colour.alpha = std::uint8_t(colour.alpha * 3 / 5);
    Wording wording{.size_px = widget.text_size * place.scale, .bold = widget.bold, .colour = colour};
    wording.utf8 = call.ticket();
    wording.side = columns.near();
    items.text("ticket", number, Columns::in(columns.ticket, row), wording);
    const std::string counter = call.counter() == 0 ? "" : std::to_string(call.counter());
    if (counter.empty()) return;
    wording.utf8 = columns.mirrored ? "\u2190" : "\u2192";
    wording.side = Side::centre;
    items.text("arrow", number, Columns::in(columns.arrow, row), wording);
    wording.utf8 = counter;
    wording.side = columns.far();
    items.text("counter", number, Columns::in(columns.counter, row), wording);
}

// Where a row has its text and nothing else: neither the highlight's edges and corners nor the dividers.
picture::ScreenRect text_of_row(const Place& place, const picture::ScreenRect& inside, const picture::ScreenRect& row) {
    const int edge = std::min(place.pixels(3) + place.pixels(place.widget.radius) + 2, row.height / 4);
    return intersection({inside.x, row.y + edge, inside.width, row.height - 2 * edge}, inside);
}

WallTime show_emptiness(ItemList& items, const Place& place, const Moment& moment, const picture::ScreenRect& box) {
    const auto languages = languages_of(place.widget, moment.input);
    const auto turn = turn_of(languages.size(), place.widget.seconds, moment.input.now);
    items.text("empty", 0, box,
               {.utf8 = content::text("no_calls_yet", languages[turn.index]),
                .language = languages[turn.index],
                .size_px = place.widget.text_size * place.scale * 0.5,
                .colour = to_picture(place.widget.colour),
                .side = Side::centre,
                .max_lines = 0});
    return turn.until;
}

}  // namespace

picture::ScreenRect board_row(const Place& place, int number) {
    const auto& widget = place.widget;
    const int heading = widget.heading ? std::min(place.pixels(widget.heading_size * 2), place.box.height / 3) : 0;
    const int height = place.box.height - heading;
    const int top = height * number / widget.rows, bottom = height * (number + 1) / widget.rows;
    return {place.box.x, place.box.y + heading + top, place.box.width, bottom - top};
}

Shown show_board(const Place& place, const Moment& moment) {
    const auto& widget = place.widget;
    Shown shown;
    ItemList items(place, moment.typesetter);
    items.ground();
    const auto inside = inset(place.box, place.pixels(widget.padding), 0);
    const Columns columns(inside, screen_right_to_left(moment.input));
    const auto first_row = board_row(place, 0);
    if (widget.heading) {
        shown.until =
            show_headings(items, place, moment, columns, {inside.x, inside.y, inside.width, first_row.y - inside.y});
    }
    const auto calls =
        moment.hall() ? calls_to_show(*moment.hall(), std::size_t(widget.rows)) : std::vector<const v1::Call*>{};
    bool new_above = false;
    for (std::size_t i = 0; i < calls.size(); ++i) {
        const auto row = board_row(place, int(i));
        const auto end = highlight_end(widget, *calls[i]);
        // What a lost master called last is not news: nobody knows what it has called since.
        const bool is_new = !moment.stale() && widget.highlight_seconds > 0 && moment.input.now < end;
        if (is_new) shown.until = std::min(shown.until, end);
        const int line = std::max(1, place.pixels(2));
        const bool between_old = !is_new && !new_above;
        if (i > 0 && (between_old || widget.highlight_background.alpha == 0)) {
            items.fill("divider", i, {inside.x, row.y - line / 2, inside.width, line}, widget.divider);
        }
        show_row(items, place, columns, row, i, *calls[i], is_new);
        if (!moment.stale() && calls[i]->phase() == v1::CALL_PHASE_CALLED)
            shown.calls.push_back({calls[i]->call_id(), calls[i]->attempt(), text_of_row(place, inside, row), false});
        new_above = is_new;
    }
    if (moment.hall() && calls.empty())
        shown.until = std::min(
            shown.until,
            show_emptiness(items, place, moment, {inside.x, first_row.y, inside.width, inside.bottom() - first_row.y}));
    shown.items = items.take();
    return shown;
}

}  // namespace hallcast::screen
