// The big announcement: ticket -> counter, and where to go in the visitor's language and then in the office's.
#include <algorithm>
#include <string>

#include "content/texts.h"
#include "player/screen/item_list.h"
#include "player/screen/languages.h"

namespace hallcast::screen {

namespace {

const v1::Call* shown_call_of(const Moment& moment) {
    // While the master is not heard no call can be known to be new.
    if (!moment.hall() || !moment.input.shown_call || moment.stale()) return nullptr;
    const auto& calls = moment.hall()->calls();
    const auto found = std::ranges::find(calls, moment.input.shown_call->call_id, &v1::Call::call_id);
    return found == calls.end() ? nullptr : &*found;
}

// Where to go: the counter's number is in it.
struct Sentence {
    std::string text;
    std::size_t number_at = 0;
    std::size_t number_bytes = 0;
    std::string_view number() const { return std::string_view(text).substr(number_at, number_bytes); }
};

Sentence sentence_of(const v1::Call& call, const std::string& language) {
    Sentence sentence{.text = std::string(content::text("please_go_to", language))};
    auto& text = sentence.text;
    constexpr std::string_view placeholder = "{counter}";
    if (const auto at = text.find(placeholder); at != std::string::npos) {
        // The number must not stand alone in a second line.
        const bool behind_a_space = at > 0 && text[at - 1] == ' ';
        const std::string_view space = behind_a_space ? "\u00a0" : "";
        const auto number = std::to_string(call.counter());
        text.replace(at - behind_a_space, placeholder.size() + behind_a_space, std::string(space) + number);
        sentence.number_at = at - behind_a_space + space.size();
        sentence.number_bytes = number.size();
    }
    return sentence;
}

}  // namespace

Shown show_call(const Place& place, const Moment& moment) {
    const v1::Call* call = shown_call_of(moment);
    if (!call) return {};
    const auto& widget = place.widget;
    const auto own = office_language(moment.input);
    const auto visitors = call->language().empty() ? own : call->language();
    const bool mirrored = screen_right_to_left(moment.input);
    const bool once = base_language(own) == base_language(visitors);

    ItemList items(place, moment.typesetter);
    items.ground();
    const auto inside = inset(place.box, place.pixels(widget.padding), place.pixels(widget.padding));
    const int number_height = inside.height * 52 / 100;
    const int first_height = once ? inside.height - number_height : inside.height * 28 / 100;
    const auto counter = std::to_string(call->counter());
    const auto number = mirrored ? counter + " \u2190 " + call->ticket() : call->ticket() + " \u2192 " + counter;
    const auto side = [&](bool right_to_left) { return side_of(widget.align, right_to_left); };
    const Side number_side = widget.align == "start" && is_right_to_left(visitors) ? Side::right : side(mirrored);

    items.text("number", 0, {inside.x, inside.y, inside.width, number_height},
               {.utf8 = number,
                .size_px = widget.text_size * place.scale,
                .bold = true,
                .colour = to_picture(widget.highlight),
                .side = number_side});
    const auto visitors_sentence = sentence_of(*call, visitors);
    items.text("visitor", 0, {inside.x, inside.y + number_height, inside.width, first_height},
               {.utf8 = visitors_sentence.text,
                .strong = visitors_sentence.number(),
                .language = visitors,
                .size_px = widget.text_size * place.scale * 0.3,
                .bold = widget.bold,
                .colour = to_picture(widget.colour),
                .accent = to_picture(widget.highlight),
                .side = side(is_right_to_left(visitors)),
                .max_lines = 1,
                .else_lines = 2,
                .smallest = 0.6});
    if (!once) {
        const int top = inside.y + number_height + first_height;
        const auto own_sentence = sentence_of(*call, own);
        items.text("office", 0, {inside.x, top, inside.width, inside.bottom() - top},
                   {.utf8 = own_sentence.text,
                    .strong = own_sentence.number(),
                    .language = own,
                    .size_px = widget.text_size * place.scale * 0.21,
                    .colour = to_picture(widget.colour),
                    .accent = to_picture(widget.highlight),
                    .side = side(is_right_to_left(own)),
                    .max_lines = 1,
                    .else_lines = 2,
                    .smallest = 0.6});
    }
    Shown shown{.items = items.take(), .until = WallTime::max(), .rolling = {}, .calls = {}};
    if (call->phase() == v1::CALL_PHASE_CALLED)
        shown.calls.push_back(
            {call->call_id(), call->attempt(), {inside.x, inside.y, inside.width, number_height}, true});
    return shown;
}

}  // namespace hallcast::screen
