// The board: the latest calls, ticket -> counter, the newest on top.
#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "content/texts.h"
#include "player/screen/conditions.h"
#include "player/screen/item_list.h"
#include "player/screen/languages.h"

namespace hallcast::screen {

namespace {

// Of the letters of a call that is over: white still has 7:1 on the ground of our palette.
constexpr double over_strength = 0.65;

bool is_over(const v1::Call& call) {
    return call.phase() == v1::CALL_PHASE_FINISHED || call.phase() == v1::CALL_PHASE_NO_SHOW;
}

using Calls = std::vector<const v1::Call*>;

bool is_for(const layouts::Widget& widget, const v1::Call& call) {
    const auto has = [](const auto& list, const auto& one) {
        return list.empty() || std::ranges::find(list, one) != list.end();
    };
    return call.phase() != v1::CALL_PHASE_WITHDRAWN && has(widget.services, call.service()) &&
           has(widget.counters, std::int64_t(call.counter()));
}

// What is together under a heading; empty: the board has no groups.
std::string group_of(const layouts::Widget& widget, const v1::Call& call) {
    if (widget.group == "service") return "service " + call.service();
    if (widget.group == "counter") return "counter " + std::to_string(call.counter());
    return {};
}

// A board of one service or counter alone keeps its heading while nothing is called: of two beside one another
// everybody sees which is whose. As a call, since groups are those of calls.
std::optional<v1::Call> only_group(const layouts::Widget& widget) {
    v1::Call call;
    if (widget.group == "service" && widget.services.size() == 1)
        call.set_service(widget.services.front());
    else if (widget.group == "counter" && widget.counters.size() == 1)
        call.set_counter(std::uint32_t(widget.counters.front()));
    else
        return std::nullopt;
    return call;
}

// Room is counted in half rows: a call takes two of them, the heading of a group one.
constexpr int halves_of_call = 2, halves_of_heading = 1;

// How many of `calls` from the first on have room on one page.
std::size_t fitting(const layouts::Widget& widget, std::span<const v1::Call* const> calls) {
    std::vector<std::string> groups;
    int taken = 0;
    for (std::size_t i = 0; i < calls.size(); ++i) {
        taken += halves_of_call;
        if (auto group = group_of(widget, *calls[i]);
            !group.empty() && std::ranges::find(groups, group) == groups.end()) {
            groups.push_back(std::move(group));
            taken += halves_of_heading;
        }
        // The newest is there whatever room there is.
        if (taken > widget.rows * halves_of_call && i > 0) return i;
    }
    return calls.size();
}

// Newest first, page by page: so the first page has the newest of all. Calls that are over give way to those that still
// matter to somebody. Without `pages` there is one.
std::vector<Calls> pages_of(const layouts::Widget& widget, const v1::HallState& hall) {
    Calls calls;
    for (const auto& call : hall.calls())
        if (is_for(widget, call)) calls.push_back(&call);
    for (auto call = calls.end(); call != calls.begin() && fitting(widget, calls) < calls.size();) {
        --call;
        if (is_over(**call)) call = calls.erase(call);
    }
    std::vector<Calls> pages;
    for (std::span<const v1::Call* const> rest(calls); !rest.empty();) {
        const auto page = rest.first(fitting(widget, rest));
        rest = rest.subspan(page.size());
        // Those of a group together, at the place of its newest.
        Calls& sorted = pages.emplace_back();
        for (const v1::Call* call : page) {
            const auto group = group_of(widget, *call);
            auto last = std::find_if(sorted.rbegin(), sorted.rend(),
                                     [&](const v1::Call* other) { return group_of(widget, *other) == group; });
            sorted.insert(last == sorted.rend() ? sorted.end() : last.base(), call);
        }
        if (!widget.pages) break;
    }
    return pages;
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

bool is_new(const layouts::Widget& widget, const Moment& moment, const v1::Call& call) {
    // What a lost master called last is not news: nobody knows what it has called since.
    return !moment.stale() && widget.highlight_seconds > 0 && moment.input.now < highlight_end(widget, call);
}

// Which page is shown. While something is new, those that have it take turns: nearly always that is the first alone.
// Then the others follow, counted from the end of the latest news, so that all screens show the same.
std::size_t page_now(const layouts::Widget& widget, const Moment& moment, const std::vector<Calls>& pages,
                     WallTime& until) {
    if (pages.size() < 2) return 0;
    const WallTime now = moment.input.now;
    const auto length = std::chrono::duration_cast<WallTime::duration>(std::chrono::duration<double>(widget.seconds));
    std::vector<std::size_t> in_turn;
    WallTime begin{};
    for (std::size_t i = 0; i < pages.size(); ++i) {
        bool has_news = false;
        for (const v1::Call* call : pages[i]) {
            has_news = has_news || is_new(widget, moment, *call);
            const WallTime end = highlight_end(widget, *call);
            if (end <= now)
                begin = std::max(begin, end);
            else
                until = std::min(until, end);
        }
        if (has_news) in_turn.push_back(i);
    }
    if (in_turn.size() == 1) return in_turn[0];
    if (in_turn.empty()) {
        for (std::size_t i = 1; i <= pages.size(); ++i) in_turn.push_back(i % pages.size());
    } else {
        begin = WallTime{};
    }
    const auto turn = (now - begin) / length;
    until = std::min(until, begin + length * (turn + 1));
    return in_turn[std::size_t(turn) % in_turn.size()];
}

// One mark for each page at the board's foot, that of the page shown stronger.
void show_page_marks(ItemList& items, const Place& place, const picture::ScreenRect& foot, std::size_t pages,
                     std::size_t shown, bool mirrored) {
    if (pages < 2) return;
    const int side = std::max(2, foot.height / 2), step = side * 2;
    const int left = foot.x + (foot.width - (int(pages) * step - side)) / 2, top = foot.y + (foot.height - side) / 2;
    for (std::size_t i = 0; i < pages; ++i) {
        auto colour = place.widget.colour;
        if (i != shown) colour.alpha = std::uint8_t(colour.alpha / 3);
        const int at = int(mirrored ? pages - 1 - i : i);
        items.fill("page", i, {left + at * step, top, side, side}, colour, side / 2);
    }
}

// Returns until when the headings stay.
WallTime show_headings(ItemList& items, const Place& place, const Moment& moment, const Columns& columns,
                       const picture::ScreenRect& row) {
    const auto [language, until] = language_in_turn(place.widget, moment.input);
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
    return until;
}

// A row, by the id of its call: so it is the same wherever it stands.
void show_row(ItemList& items, const Place& place, const Columns& columns, const picture::ScreenRect& row,
              std::uint64_t id, const v1::Call& call, bool is_new) {
    const auto& widget = place.widget;
    // A little apart, so that two new calls are two.
    if (is_new)
        items.fill("new", id, inset(row, 0, place.pixels(3)), widget.highlight_background, place.pixels(widget.radius));
    auto colour = to_picture(is_new ? widget.highlight : widget.colour);
    if (is_over(call)) colour.alpha = std::uint8_t(colour.alpha * over_strength);
    Wording wording{.size_px = widget.text_size * place.scale, .bold = widget.bold, .colour = colour, .capitals = true};
    wording.utf8 = call.ticket();
    wording.side = columns.near();
    items.text("ticket", id, Columns::in(columns.ticket, row), wording);
    const std::string counter = call.counter() == 0 ? "" : std::to_string(call.counter());
    if (counter.empty()) return;
    wording.utf8 = columns.mirrored ? "\u2190" : "\u2192";
    wording.side = Side::centre;
    items.text("arrow", id, Columns::in(columns.arrow, row), wording);
    wording.utf8 = counter;
    wording.side = columns.far();
    items.text("counter", id, Columns::in(columns.counter, row), wording);
}

// What a new row's blinking changes: the ground, or where it has none the letters.
void add_blinking(const Place& place, std::uint64_t id, Blinking& blinking) {
    if (place.widget.highlight_background.alpha > 0)
        blinking.ids.push_back(item_id(place.id, "new", id));
    else
        for (const auto* part : {"ticket", "arrow", "counter"}) blinking.ids.push_back(item_id(place.id, part, id));
}

// The name of a call's group.
Phrase group_name(const layouts::Widget& widget, const v1::HallProfile& profile, const v1::Call& call,
                  const std::string& language) {
    if (widget.group == "counter") {
        if (call.counter() == 0) return {"", language};
        return {std::string(content::text("counter", language)) + " " + std::to_string(call.counter()), language};
    }
    for (const auto& service : profile.services())
        if (service.id() == call.service() && !service.name().empty())
            return find_or_fall_back(service.name(), {language});
    return {call.service(), language};
}

// The headings of a page's groups, all in one size.
class GroupHeadings {
  public:
    GroupHeadings(const Place& place, const Moment& moment, const Columns& columns, const Calls& page,
                  const picture::ScreenRect& line)
        : place_(place), columns_(columns) {
        const auto [language, until] = language_in_turn(place.widget, moment.input);
        until_ = until;
        size_px_ = std::min(place.widget.heading_size * place.scale, line.height * 0.75);
        const double smallest = size_px_ * 0.6;
        for (const v1::Call* call : page) {
            const auto name = group_name(place.widget, moment.hall()->profile(), *call, language);
            const auto [known, is_first] = names_.emplace(group_of(place.widget, *call), name);
            if (!is_first || name.text.empty() || line.empty() || width() <= 0) continue;
            const auto set = moment.typesetter.set(name.text, {float(size_px_), text::Weight::regular, name.language},
                                                   {.width = float(width()),
                                                    .height = float(line.height),
                                                    .max_lines = 1,
                                                    .min_size_px = float(smallest)});
            size_px_ = std::min(size_px_, double(set->size_px));
        }
    }
    void show(ItemList& items, const std::string& group, const picture::ScreenRect& line) const {
        const auto& name = names_.at(group);
        items.text("group", item_id(0, group), {left(), line.y, width(), line.height},
                   {.utf8 = name.text,
                    .language = name.language,
                    .size_px = size_px_,
                    .colour = to_picture(place_.widget.colour),
                    .side = columns_.near(),
                    .level = Level::bottom,
                    .smallest = 1});
    }
    WallTime until() const { return until_; }

  private:
    int left() const { return std::min(columns_.ticket.x, columns_.counter.x); }
    int width() const { return std::max(columns_.ticket.right(), columns_.counter.right()) - left(); }

    const Place& place_;
    const Columns& columns_;
    WallTime until_;
    double size_px_ = 0;
    std::map<std::string, Phrase> names_;  // by group
};

// Where a row has its text and nothing else: neither the highlight's edges and corners nor the dividers.
picture::ScreenRect text_of_row(const Place& place, const picture::ScreenRect& inside, const picture::ScreenRect& row) {
    const int edge = std::min(place.pixels(3) + place.pixels(place.widget.radius) + 2, row.height / 4);
    return intersection({inside.x, row.y + edge, inside.width, row.height - 2 * edge}, inside);
}

WallTime show_emptiness(ItemList& items, const Place& place, const Moment& moment, const picture::ScreenRect& box) {
    auto [language, until] = language_in_turn(place.widget, moment.input);
    const std::string_view why = is_open(moment, until) ? "no_calls_yet" : "closed";
    items.text("empty", 0, box,
               {.utf8 = content::text(why, language),
                .language = language,
                .size_px = place.widget.text_size * place.scale * 0.5,
                .colour = to_picture(place.widget.colour),
                .side = Side::centre,
                .max_lines = 0});
    return until;
}

// Between the heading and the page marks.
picture::ScreenRect board_body(const Place& place) {
    const auto& widget = place.widget;
    const int heading = widget.heading ? std::min(place.pixels(widget.heading_size * 2), place.box.height / 3) : 0;
    const int foot = widget.pages ? std::min(place.pixels(widget.heading_size), place.box.height / 6) : 0;
    return {place.box.x, place.box.y + heading, place.box.width, place.box.height - heading - foot};
}

// Of the board's half rows `count`, from the half row `first` on.
picture::ScreenRect half_rows(const Place& place, int first, int count) {
    const auto body = board_body(place);
    const int halves = place.widget.rows * halves_of_call;
    const int top = body.height * first / halves, bottom = body.height * (first + count) / halves;
    return {body.x, body.y + top, body.width, bottom - top};
}

}  // namespace

picture::ScreenRect board_row(const Place& place, int number) {
    return half_rows(place, number * halves_of_call, halves_of_call);
}

Shown show_board(const Place& place, const Moment& moment) {
    const auto& widget = place.widget;
    Shown shown;
    ItemList items(place, moment.typesetter);
    items.ground();
    const auto inside = inset(place.box, place.pixels(widget.padding), 0);
    const Columns columns(inside, screen_right_to_left(moment.input));
    const auto body = board_body(place);
    if (widget.heading) {
        shown.until =
            show_headings(items, place, moment, columns, {inside.x, inside.y, inside.width, body.y - inside.y});
    }
    const auto pages = moment.hall() ? pages_of(widget, *moment.hall()) : std::vector<Calls>{};
    const auto page = page_now(widget, moment, pages, shown.until);
    const Calls calls = pages.empty() ? Calls{} : pages[page];
    if (!moment.reduced_motion) shown.blinking.times = widget.blink;
    const bool is_empty = moment.hall() && calls.empty();
    const auto only = is_empty ? only_group(widget) : std::nullopt;
    const Calls headed = only ? Calls{&*only} : calls;
    std::optional<GroupHeadings> headings;
    if (widget.group != "none" && !headed.empty()) {
        headings.emplace(place, moment, columns, headed, half_rows(place, 0, halves_of_heading));
        shown.until = std::min(shown.until, headings->until());
    }
    bool new_above = false;
    int half = 0;
    std::string group;
    for (std::size_t i = 0; i < calls.size(); ++i) {
        const v1::Call& call = *calls[i];
        const bool begins_group = group_of(widget, call) != group;
        if (begins_group) {
            group = group_of(widget, call);
            headings->show(items, group, half_rows(place, half, halves_of_heading));
            half += halves_of_heading;
        }
        const auto row = half_rows(place, half, halves_of_call);
        half += halves_of_call;
        // A hall's calls have different ids; should two have one, their rows still have not.
        const auto same = std::count_if(calls.begin(), calls.begin() + std::ptrdiff_t(i),
                                        [&](const v1::Call* other) { return other->call_id() == call.call_id(); });
        const auto id = item_id(std::uint64_t(same), call.call_id());
        const bool news = is_new(widget, moment, call);
        if (news) shown.until = std::min(shown.until, highlight_end(widget, call));
        const int line = std::max(1, place.pixels(2));
        const bool between_old = !news && !new_above;
        if (i > 0 && !begins_group && (between_old || widget.highlight_background.alpha == 0)) {
            items.fill("divider", i, {inside.x, row.y - line / 2, inside.width, line}, widget.divider);
        }
        show_row(items, place, columns, row, id, call, news);
        if (news && shown.blinking.times > 0) add_blinking(place, id, shown.blinking);
        if (!moment.stale() && call.phase() == v1::CALL_PHASE_CALLED)
            shown.calls.push_back({call.call_id(), call.attempt(), text_of_row(place, inside, row), false});
        new_above = news;
    }
    if (widget.pages)
        show_page_marks(items, place, {inside.x, body.bottom(), inside.width, place.box.bottom() - body.bottom()},
                        pages.size(), page, columns.mirrored);
    if (is_empty) {
        if (only) headings->show(items, group_of(widget, *only), half_rows(place, 0, halves_of_heading));
        const int taken = only ? halves_of_heading : 0;
        const auto rest = half_rows(place, taken, widget.rows * halves_of_call - taken);
        shown.until =
            std::min(shown.until, show_emptiness(items, place, moment, {inside.x, rest.y, inside.width, rest.height}));
    }
    shown.items = items.take();
    return shown;
}

}  // namespace hallcast::screen
