// The big announcement: ticket -> counter, and where to go in the visitor's language and then in the office's.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

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

// Where the counter is, as its office describes it.
struct Way {
    std::string_view arrow;  // a character; empty: not said
    Phrase visitors, own;    // empty texts: not said
    bool known() const { return !arrow.empty() || !visitors.text.empty(); }
    bool is_arrow_alone() const { return !arrow.empty() && visitors.text.empty(); }
};

// Signs point so wherever they hang, in whatever direction is read.
std::string_view arrow_of(std::string_view word) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 8> arrows{{{"left", "\u2190"},
                                                                                   {"up_left", "\u2196"},
                                                                                   {"up", "\u2191"},
                                                                                   {"up_right", "\u2197"},
                                                                                   {"right", "\u2192"},
                                                                                   {"down_right", "\u2198"},
                                                                                   {"down", "\u2193"},
                                                                                   {"down_left", "\u2199"}}};
    const auto found = std::ranges::find(arrows, word, [](const auto& one) { return one.first; });
    return found == arrows.end() ? std::string_view() : found->second;
}

Way way_to(const v1::Call& call, const Moment& moment, const std::string& visitors, const std::string& own,
           bool with_words) {
    Way way;
    for (const auto& counter : moment.hall()->profile().counters()) {
        if (counter.number() != call.counter()) continue;
        way.arrow = arrow_of(counter.arrow());
        if (!with_words) continue;
        way.visitors = find_or_fall_back(counter.directions(), {visitors, own});
        way.own = find_in(counter.directions(), own).value_or(Phrase{});
        if (way.own.language == way.visitors.language) way.own = {};
    }
    return way;
}

// The arrow at the side it points to, the words beside it; without words where the sentences stand. It is a sign of its
// own, light on dark: the one between ticket and counter says no direction.
void show_way(ItemList& items, const Place& place, const Way& way, picture::ScreenRect box) {
    const auto& widget = place.widget;
    if (!way.arrow.empty()) {
        const bool at_left = way.arrow == "\u2190" || way.arrow == "\u2196" || way.arrow == "\u2199";
        const bool alone = widget.align == "centre" && way.is_arrow_alone();
        // Alone it needs a gap to the sentences.
        const int side = std::min(alone ? box.height * 9 / 10 : box.height, box.width / 3);
        const int x = alone ? box.x + (box.width - side) / 2 : at_left ? box.x : box.right() - side;
        const picture::ScreenRect sign{x, alone ? box.bottom() - side : box.y + (box.height - side) / 2, side, side};
        const bool on_ground = widget.background.alpha == 255;
        if (on_ground) items.fill("sign", 0, sign, widget.highlight, side / 8);
        // An arrow is low in its line: one that fills the sign has a line twice as high, whose middle is the sign's.
        items.text("arrow", 0, {sign.x, sign.y - side / 2, side, side * 2},
                   {.utf8 = way.arrow,
                    .size_px = side * 1.05,
                    .bold = true,
                    .colour = to_picture(on_ground ? widget.background : widget.highlight),
                    .side = Side::centre});
        const int taken = side + place.pixels(24);
        box.width -= taken;
        if (at_left) box.x += taken;
    }
    const auto say = [&](std::string_view part, const Phrase& phrase, const picture::ScreenRect& line, double size) {
        items.text(part, 0, line,
                   {.utf8 = phrase.text,
                    .language = phrase.language,
                    .size_px = widget.text_size * place.scale * size,
                    .colour = to_picture(widget.colour),
                    .side = side_of(widget.align, is_right_to_left(phrase.language)),
                    .max_lines = 1,
                    .else_lines = 2,
                    .smallest = 0.6});
    };
    const int first = way.own.text.empty() ? box.height : box.height * 57 / 100;
    say("way", way.visitors, {box.x, box.y, box.width, first}, 0.25);
    say("office way", way.own, {box.x, box.y + first, box.width, box.height - first}, 0.19);
}

// Shares of the height: the number's, which gives way to sentences that need more, theirs, and that of the way.
constexpr std::array number_shares{52, 44, 36, 28};
constexpr int visitors_share = 28, office_share = 20, way_share = 35, arrow_share = 22;

// The letters of the sentences against what is needed: 1 and more where all can be read, less than 0 where one is cut.
double room_of_sentences(const std::vector<picture::Item>& items, double needed_px) {
    double least = 1;
    for (const auto& item : items) {
        const auto* text = std::get_if<picture::Text>(&item.content);
        if (!text) continue;
        if (text->paragraph->truncated) return -1;
        if (needed_px > 0) least = std::min(least, text->paragraph->size_px / needed_px);
    }
    return least;
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

    const auto inside = inset(place.box, place.pixels(widget.padding), place.pixels(widget.padding));
    const Way known = widget.way ? way_to(*call, moment, visitors, own, widget.way_words) : Way{};
    const auto counter = std::to_string(call->counter());
    const auto number = mirrored ? counter + " \u2190 " + call->ticket() : call->ticket() + " \u2192 " + counter;
    const auto side = [&](bool right_to_left) { return side_of(widget.align, right_to_left); };
    const Side number_side = widget.align == "start" && is_right_to_left(visitors) ? Side::right : side(mirrored);

    int number_height = 0;
    const auto items_with = [&](int number_share, const Way& way) {
        const int share_of_way = !way.known() ? 0 : way.is_arrow_alone() ? arrow_share : way_share;
        const int all = number_share + visitors_share + office_share + share_of_way;
        const auto part = [&](int share) { return inside.height * share / all; };
        number_height = part(number_share);
        const int way_height = part(share_of_way);
        const int first_height = once ? inside.height - number_height - way_height : part(visitors_share);
        ItemList items(place, moment.typesetter);
        items.ground();
        const int bottom = inside.bottom() - way_height;
        if (way.known()) show_way(items, place, way, {inside.x, bottom, inside.width, way_height});
        items.text("number", 0, {inside.x, inside.y, inside.width, number_height},
                   {.utf8 = number,
                    .size_px = widget.text_size * place.scale,
                    .bold = true,
                    .colour = to_picture(widget.highlight),
                    .side = number_side,
                    .capitals = true});
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
                    .smallest = 0.5});
        if (!once) {
            const int top = inside.y + number_height + first_height;
            const auto own_sentence = sentence_of(*call, own);
            items.text("office", 0, {inside.x, top, inside.width, bottom - top},
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
        return items.take();
    };
    std::vector<picture::Item> items;
    double best = -2;
    int shown_height = 0;
    const auto try_with = [&](const Way& way) {
        for (const int share : number_shares) {
            auto tried = items_with(share, way);
            const double room = room_of_sentences(tried, place.near_letters_px);
            if (room <= best) continue;
            items = std::move(tried);
            best = room;
            shown_height = number_height;
            if (best >= 1) return;
        }
    };
    try_with(known);
    // An arrow alone gives way to sentences that need its room.
    if (best < 1 && !widget.way_words && known.known()) try_with({});
    Shown shown{.items = std::move(items), .until = WallTime::max(), .rolling = {}, .calls = {}};
    if (call->phase() == v1::CALL_PHASE_CALLED)
        shown.calls.push_back(
            {call->call_id(), call->attempt(), {inside.x, inside.y, inside.width, shown_height}, true});
    return shown;
}

}  // namespace hallcast::screen
