// What staff tell everybody, for those who read it, while the notice holds: where the layout has a `message`, else over
// whatever else is there. It is the twin of what is spoken: the same text in the same language at the same time, where
// this player speaks it; elsewhere, and before and after, the languages take turns. Emergencies are `emergency.cpp`'s.
#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "player/screen/told.h"

namespace hallcast::screen {

namespace {

using std::chrono::milliseconds;

constexpr double largest_letters = 110;  // canvas units, where the layout says nothing
constexpr double smallest_letters = 16;  // the longest text beside a big call, for as long as that is there
constexpr double frame_width = 14;

// One text of those that take turns.
struct Told {
    const v1::Notice* notice = nullptr;
    Phrase phrase;
};

// One notice's in each language, or in the one that is forced.
void add_texts(std::vector<Told>& told, const v1::Notice& notice, const ScreenInput& input) {
    if (!input.language.empty()) {
        if (auto phrase = find_or_fall_back(notice.text(), {input.language}); !phrase.text.empty())
            told.push_back({&notice, std::move(phrase)});
        return;
    }
    for (auto& phrase : phrases_of(notice, input.hall.state->profile())) told.push_back({&notice, std::move(phrase)});
}

constexpr double highest = 0.4;       // of the canvas: what is behind stays to be seen
constexpr double banner_margin = 20;  // canvas units
constexpr double least_high = 0.1, least_wide = 0.3, least_uncut = 0.6, most_raised = 0.06;

bool overlap(const layouts::Box& one, const layouts::Box& other) {
    return one.x < other.right() && other.x < one.right() && one.y < other.bottom() && other.y < one.bottom();
}

// What should not stand half behind it: clocks, names, who waits for what.
struct LineOfText {
    layouts::Box box;
    int weight = 2;
};

std::vector<LineOfText> lines_of(const layouts::Arrangement& layout) {
    std::vector<LineOfText> lines;
    const auto closed_only = [](const layouts::Condition& one) {
        return one.what == layouts::Condition::What::open && one.negated;
    };
    for (const auto& widget : layout.widgets) {
        const auto& box = widget.box;
        const int weight = std::ranges::any_of(widget.when, closed_only) ? 1 : 2;  // then few are there
        if (widget.kind == layouts::WidgetKind::clock || widget.kind == layouts::WidgetKind::text)
            lines.push_back({box, weight});
        if (widget.kind != layouts::WidgetKind::waiting) continue;
        Place place;
        place.widget = widget;
        place.box = {int(box.x), int(box.y), int(box.width), int(box.height)};
        place.scale = 1;
        for (int row = 0; row < widget.rows; ++row) {
            const auto line = board_row(place, row);
            lines.push_back({{double(line.x), double(line.y), double(line.width), double(line.height)}, weight});
        }
    }
    return lines;
}

// A little higher or lower, so that it cuts the fewest lines: all of each is behind it or beside it.
layouts::Box cutting_least(const layouts::Box& banner, const layouts::Arrangement& layout,
                           const std::vector<layouts::Box>& taken) {
    const double whole = layout.settings.height;
    const auto lines = lines_of(layout);
    const auto from = [&](double top) { return layouts::Box{banner.x, top, banner.width, banner.bottom() - top}; };
    const auto cuts = [&](double top) {
        int sum = 0;
        for (const auto& line : lines)
            if (line.box.y < top && overlap(line.box, from(top))) sum += line.weight;
        return sum;
    };
    const auto is_possible = [&](double top) {
        if (top >= banner.y) return from(top).height >= std::max(banner.height * least_uncut, least_high * whole);
        return banner.y - top <= most_raised * whole &&
               std::ranges::none_of(taken, [&](const auto& box) { return overlap(box, from(top)); });
    };
    double best = banner.y;
    for (const auto& line : lines) {
        for (const double top : {line.box.y, line.box.bottom()}) {
            if (!overlap(line.box, banner) || line.box.y >= banner.y || !is_possible(top)) continue;
            const auto worth = [&](double at) { return std::pair(cuts(at), std::abs(at - banner.y)); };
            if (worth(top) < worth(best)) best = top;
        }
    }
    return from(best);
}

// In the foot of the largest part of the canvas that no board, no ticker and, if so, no call has; at least in the foot
// of the canvas.
layouts::Box clear_of(const layouts::Arrangement& layout, bool of_calls) {
    std::vector<layouts::Box> taken;
    using enum layouts::WidgetKind;
    for (const auto& widget : layout.widgets)
        if (widget.kind == board || widget.kind == ticker || (of_calls && widget.kind == call))
            taken.push_back(widget.box);
    std::vector<double> edges{0, layout.settings.height};
    for (const auto& box : taken) edges.insert(edges.end(), {box.y, box.y + box.height});
    std::ranges::sort(edges);
    std::ranges::sort(taken, {}, &layouts::Box::x);

    layouts::Box best;
    for (const double top : edges) {
        for (const double bottom : edges) {
            if (bottom <= top) continue;
            const double height = std::min(bottom - top, highest * layout.settings.height);
            const auto consider = [&](double left, double right) {
                const double area = (right - left) * height, most = best.width * best.height;
                if (right > left && (area > most || (area == most && bottom > best.y + best.height)))
                    best = {left, bottom - height, right - left, height};
            };
            double left = 0;
            for (const auto& box : taken) {
                if (box.y >= bottom || box.y + box.height <= top) continue;
                consider(left, box.x);
                left = std::max(left, box.x + box.width);
            }
            consider(left, layout.settings.width);
        }
    }
    const auto within = [](const layouts::Box& box) {
        return layouts::Box{box.x + banner_margin, box.y + banner_margin, box.width - 2 * banner_margin,
                            box.height - 2 * banner_margin};
    };
    const double whole = layout.settings.height;
    if (best.height < least_high * whole || best.width < least_wide * layout.settings.width)
        best = {0, whole * 0.75, layout.settings.width, whole * 0.25};
    return cutting_least(within(best), layout, taken);
}

}  // namespace

std::array<layouts::Box, 2> boxes_of_banner(const layouts::Arrangement& layout) {
    return {clear_of(layout, false), clear_of(layout, true)};
}

Shown show_banner(const Place& place, const Moment& moment) {
    const ScreenInput& input = moment.input;
    if (!moment.hall()) return {};
    const WallTime now = input.now + input.master_ahead;
    WallTime until = WallTime::max();
    std::vector<Told> told;
    for (const v1::Notice* notice : notices_at(*moment.hall(), now, until))
        if (!notice->urgent()) add_texts(told, *notice, input);
    // An emergency's end is the beginning of what it has in its way.
    const WallTime changes = until == WallTime::max() ? until : until - input.master_ahead;
    if (told.empty()) return {.items = {}, .until = changes};

    const auto& spoken = input.spoken_notice;
    const auto heard = std::ranges::find_if(told, [&](const Told& one) {
        return spoken && one.notice->id() == spoken->id && one.phrase.language == spoken->language;
    });
    // Counted from when the latest was made, so that it comes first and all screens agree.
    const WallTime latest = wall_time(told[0].notice->made_at_ms());
    std::vector<milliseconds> lengths;
    for (const Told& one : told) lengths.push_back(reading_time(one.phrase.text.size()));
    const Told& shown_now = heard != told.end() ? *heard : told[turn_at(lengths, latest, now, until)];
    const bool is_warning = shown_now.notice->warning();
    const NoticeColours& colours = is_warning ? warning_colours : usual_colours;

    Place here = place;
    const bool call_is_big = input.shown_call && !moment.stale();
    if (call_is_big && !place.box_beside_calls.empty()) here.box = place.box_beside_calls;
    ItemList items(here, moment.typesetter);
    const int width = std::max(1, place.pixels(frame_width));
    items.fill("panel", 0, inset(here.box, width, width), colours.ground);
    const WallTime flash_begin =
        heard != told.end() ? spoken->since + input.master_ahead : wall_time(shown_now.notice->made_at_ms());
    auto inside = inset(add_frame(items, here.box, width, colours, flash_begin, flash_at_first, now, until),
                        place.pixels(20), place.pixels(10));
    const bool from_right = is_right_to_left(shown_now.phrase.language);
    if (is_warning) {
        const int sign = std::min(inside.width / 8, inside.height);
        add_sign(items, {from_right ? inside.right() - sign : inside.x, inside.y, sign, inside.height}, colours);
        inside.width -= sign;
        if (!from_right) inside.x += sign;
    }
    const double letters = place.widget.places.contains("text_size") ? place.widget.text_size : largest_letters;
    items.text("text", 0, inside,
               {.utf8 = shown_now.phrase.text,
                .language = shown_now.phrase.language,
                .size_px = letters * place.scale,
                .bold = true,
                .colour = to_picture(colours.lettering),
                .side = Side::start,
                .max_lines = 0,
                .smallest = std::min(1.0, smallest_letters / letters)});
    Shown shown{.items = items.take(), .until = until, .rolling = {}, .calls = {}, .covers = here.box};
    if (until != WallTime::max()) shown.until = until - input.master_ahead;
    return shown;
}

}  // namespace hallcast::screen
