// The small screen over one counter: its number, and whom it calls or serves.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "content/texts.h"
#include "player/screen/item_list.h"
#include "player/screen/languages.h"

namespace hallcast::screen {

namespace {

// The visitor whom the counter awaits.
const v1::Call* awaited_at(const v1::HallState& hall, const v1::CounterStatus& counter) {
    const auto found = std::ranges::find_if(hall.calls(), [&](const v1::Call& call) {
        return call.counter() == counter.number() && call.ticket() == counter.ticket() &&
               call.phase() == v1::CALL_PHASE_CALLED;
    });
    return found == hall.calls().end() ? nullptr : &*found;
}

// For who hangs the screen up, not for visitors: it is the same in every language.
void say_what_is_missing(ItemList& items, const Place& place, const Moment& moment) {
    const std::uint32_t counter = moment.input.counter;
    const std::string text = counter == 0 ? "Which counter is this? Start with --\u2060counter\u00a0NUMBER"  // one word
                                          : fmt::format("There is no counter {} in this hall", counter);
    items.text("missing", 0, inset(place.box, place.pixels(place.widget.padding), place.pixels(place.widget.padding)),
               {.utf8 = text,
                .size_px = place.widget.text_size * place.scale * 0.4,
                .colour = to_picture(place.widget.colour),
                .side = Side::centre,
                .max_lines = 0,
                .smallest = 0.2});
}

// The number stands beside the ticket where there is room, else over it.
struct CounterParts {
    CounterParts(const picture::ScreenRect& inside, bool mirrored) {
        if (inside.width >= 2 * inside.height) {
            const int width = inside.width * 36 / 100;
            const int left = mirrored ? inside.right() - width : inside.x;
            const int word_height = inside.height * 28 / 100;
            word = {left, inside.y, width, word_height};
            number = {left, inside.y + word_height, width, inside.height - word_height};
            ticket = {mirrored ? inside.x : inside.x + width, inside.y, inside.width - width, inside.height};
        } else {
            const int word_height = inside.height * 14 / 100, number_height = inside.height * 40 / 100;
            word = {inside.x, inside.y, inside.width, word_height};
            number = {inside.x, word.bottom(), inside.width, number_height};
            ticket = {inside.x, number.bottom(), inside.width, inside.bottom() - number.bottom()};
        }
    }
    picture::ScreenRect word, number, ticket;
};

}  // namespace

Shown show_counter(const Place& place, const Moment& moment) {
    const auto& widget = place.widget;
    Shown shown;
    ItemList items(place, moment.typesetter);
    items.ground();
    const v1::CounterStatus* counter = nullptr;
    if (moment.hall())
        for (const auto& one : moment.hall()->counters())
            if (one.number() == moment.input.counter) counter = &one;
    if (!counter) {
        if (moment.hall() || moment.input.counter == 0) say_what_is_missing(items, place, moment);
        shown.items = items.take();
        return shown;
    }

    const auto [language, until] = language_in_turn(widget, moment.input);
    shown.until = until;
    const auto inside = inset(place.box, place.pixels(widget.padding), place.pixels(widget.padding));
    const bool mirrored = screen_right_to_left(moment.input);
    const CounterParts parts(inside, mirrored);
    const auto side = side_of(widget.align, is_right_to_left(language));
    // Numbers have no direction of their own.
    const auto number_side = widget.align == "start" && mirrored ? Side::right : side_of(widget.align, mirrored);
    const double size_px = widget.text_size * place.scale;
    items.text("word", 0, parts.word,
               {.utf8 = content::text("counter", language),
                .language = language,
                .size_px = size_px * 0.3,
                .colour = to_picture(widget.colour),
                .side = side});
    items.text("number", 0, parts.number,
               {.utf8 = std::to_string(counter->number()),
                .size_px = size_px,
                .bold = true,
                .colour = to_picture(widget.colour),
                .side = number_side,
                .capitals = true});

    const bool works =
        counter->activity() == v1::COUNTER_ACTIVITY_CALLING || counter->activity() == v1::COUNTER_ACTIVITY_SERVING;
    if (!works || counter->ticket().empty()) {
        const bool is_free = works || counter->activity() == v1::COUNTER_ACTIVITY_FREE;
        items.text("activity", 0, parts.ticket,
                   {.utf8 = content::text(is_free ? "please_wait" : "counter_closed", language),
                    .language = language,
                    .size_px = size_px * 0.4,
                    .colour = to_picture(widget.colour),
                    .side = side,
                    .max_lines = 0});
        shown.items = items.take();
        return shown;
    }
    // What a lost master called last is not news.
    const v1::Call* call = moment.stale() ? nullptr : awaited_at(*moment.hall(), *counter);
    bool is_new = false;
    if (call) {
        const WallTime end = highlight_end(widget, *call);
        is_new = moment.input.now < end;
        if (is_new) shown.until = std::min(shown.until, end);
    }
    if (is_new) items.fill("new", 0, parts.ticket, widget.highlight_background, place.pixels(widget.radius));
    // Clear of the highlight's corners.
    const int clear = std::max(place.pixels(widget.radius) + 2, place.pixels(widget.padding) / 2);
    const auto text = inset(parts.ticket, clear, std::min(clear, parts.ticket.height / 10));
    items.text("ticket", 0, text,
               {.utf8 = counter->ticket(),
                .size_px = size_px,
                .bold = widget.bold,
                .colour = to_picture(is_new ? widget.highlight : widget.colour),
                .side = number_side,
                .capitals = true});
    if (call) shown.calls.push_back({call->call_id(), call->attempt(), text, false});
    shown.items = items.take();
    return shown;
}

}  // namespace hallcast::screen
