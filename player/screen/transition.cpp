#include "player/screen/transition.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "player/screen/item_list.h"

namespace hallcast::screen {

namespace {

using picture::Item;
using picture::ScreenRect;

// More than the longest transition has: no widget changes by itself more than ten times a second.
constexpr int most_steps = 64;
constexpr std::size_t most_past = 8;

// What was known and shown at `then`, which is not after input.now. A change that a clock which was set back has in the
// future is none.
ScreenInput input_at(const ScreenInput& input, WallTime then) {
    ScreenInput at = input;
    at.past.clear();
    at.now = then;
    for (const Past& past : input.past) {
        if (past.until <= then || past.until > input.now) continue;
        at.hall = past.hall;
        at.shown_call = past.shown_call;
    }
    return at;
}

WallTime next_past(const ScreenInput& input, WallTime then) {
    WallTime next = WallTime::max();
    for (const Past& past : input.past)
        if (past.until > then && past.until <= input.now) next = std::min(next, past.until);
    return next;
}

bool look_alike(const Shown& a, const Shown& b) {
    return a.items == b.items && a.rolling.items == b.rolling.items && a.rolling.length == b.rolling.length;
}

double eased(double share) { return share * share * (3 - 2 * share); }

int part_of(double share, int whole) { return int(std::lround(share * whole)); }

std::uint8_t mixed(std::uint8_t a, std::uint8_t b, double share) {
    return std::uint8_t(std::lround(a + (double(b) - double(a)) * share));
}

picture::Colour mixed(const picture::Colour& a, const picture::Colour& b, double share) {
    return {mixed(a.red, b.red, share), mixed(a.green, b.green, share), mixed(a.blue, b.blue, share),
            mixed(a.alpha, b.alpha, share)};
}

ScreenRect mixed(const ScreenRect& a, const ScreenRect& b, double share) {
    const auto mix = [share](int from, int to) { return from + part_of(share, to - from); };
    const int x = mix(a.x, b.x), y = mix(a.y, b.y);
    return {x, y, mix(a.right(), b.right()) - x, mix(a.bottom(), b.bottom()) - y};
}

ScreenRect grown(const ScreenRect& whole, double share) {
    const int width = part_of(share, whole.width), height = part_of(share, whole.height);
    return {whole.x + (whole.width - width) / 2, whole.y + (whole.height - height) / 2, width, height};
}

// The same text or the same area, elsewhere or in other colours.
bool is_same_thing(const Item& a, const Item& b) {
    const auto *text_a = std::get_if<picture::Text>(&a.content), *text_b = std::get_if<picture::Text>(&b.content);
    if (text_a && text_b) return text_a->paragraph == text_b->paragraph;
    return std::holds_alternative<picture::Fill>(a.content) && std::holds_alternative<picture::Fill>(b.content);
}

Item mixed(const Item& from, const Item& to, double share) {
    Item item{to.id, mixed(from.box, to.box, share), to.content};
    if (auto* fill = std::get_if<picture::Fill>(&item.content))
        fill->colour = mixed(std::get<picture::Fill>(from.content).colour, fill->colour, share);
    if (auto* text = std::get_if<picture::Text>(&item.content)) {
        const auto& old = std::get<picture::Text>(from.content);
        text->colour = mixed(old.colour, text->colour, share);
        if (text->accent && old.accent) text->accent = mixed(*old.accent, *text->accent, share);
        text->x = float(std::lround(old.x + (text->x - old.x) * share));
        text->y = float(std::lround(old.y + (text->y - old.y) * share));
    }
    return item;
}

// Pictures fill their boxes, which therefore are not cut.
bool can_be_cut(const Item& item) {
    return std::holds_alternative<picture::Fill>(item.content) || std::holds_alternative<picture::Text>(item.content);
}

class Transition {
  public:
    Transition(const Place& place, bool whole, double share)
        : kind_(place.widget.transition), box_(place.box), whole_(whole), share_(share) {}

    void add_unchanged(const Item& item) { items_.push_back(item); }

    void add_coming(const Item& item) { add_moved(item, share_, -1); }
    void add_going(Item item) {
        if (std::holds_alternative<picture::Video>(item.content)) return;
        item.id = item_id(item.id, "before");
        add_moved(item, 1 - share_, 1);
    }
    void add_changed(const Item& from, const Item& to) {
        if (is_same_thing(from, to)) {
            add(mixed(from, to, share_));
        } else {
            add_going(from);
            add_coming(to);
        }
    }
    std::vector<Item> take() { return std::move(items_); }

  private:
    // `strength`: 1 where it is there. All slides down: what comes is above its place, what goes below it.
    void add_moved(const Item& item, double strength, int side) {
        const ScreenRect& within = whole_ ? box_ : item.box;
        const bool is_text = std::holds_alternative<picture::Text>(item.content);
        // Letters do not grow: what is of a whole widget is uncovered, one text alone fades.
        if (kind_ == "fade" || !can_be_cut(item) || (kind_ == "grow" && is_text && !whole_))
            return add(faded(item, strength));
        Item moved = item;
        if (kind_ == "slide") {
            const int shift = side * part_of(1 - strength, within.height);
            moved.box.y += shift;
            if (auto* text = std::get_if<picture::Text>(&moved.content)) text->y += float(shift);
            moved.box = intersection(moved.box, within);
        } else {
            moved.box = intersection(item.box, grown(within, strength));
        }
        add(std::move(moved));
    }
    void add(Item item) {
        item.box = intersection(item.box, box_);
        if (item.box.empty() || is_nothing(item)) return;
        if (auto* fill = std::get_if<picture::Fill>(&item.content))
            fill->radius = std::min(fill->radius, std::min(item.box.width, item.box.height) / 2);
        items_.push_back(std::move(item));
    }
    static bool is_nothing(const Item& item) {
        const auto* fill = std::get_if<picture::Fill>(&item.content);
        const auto* text = std::get_if<picture::Text>(&item.content);
        const auto* still = std::get_if<picture::Picture>(&item.content);
        return (fill && fill->colour.alpha == 0) || (text && text->colour.alpha == 0) || (still && still->alpha == 0);
    }

    const std::string_view kind_;
    const ScreenRect box_;
    const bool whole_;  // the widget itself comes or goes
    const double share_;
    std::vector<Item> items_;
};

}  // namespace

std::chrono::milliseconds transition_of(const layouts::Widget& widget) {
    const bool film = widget.kind == layouts::WidgetKind::media || widget.kind == layouts::WidgetKind::sign;
    if (film || widget.transition == "cut") return {};
    return std::chrono::milliseconds(std::lround(widget.transition_seconds * 1000));
}

Followed follow(const ScreenInput& input, std::chrono::milliseconds length,
                const std::function<Shown(const ScreenInput&)>& show) {
    WallTime then = input.now - length;
    Followed followed{show(input_at(input, then)), std::nullopt};
    for (int step = 0; step < most_steps; ++step) {
        const WallTime next = std::min(followed.shown.until, next_past(input, then));
        if (next > input.now || next <= then) break;
        Shown shown = show(input_at(input, next));
        if (!look_alike(shown, followed.shown)) followed.change = Change{std::move(followed.shown), next};
        followed.shown = std::move(shown);
        then = next;
    }
    for (const Past& past : input.past)
        if (past.until > input.now) followed.shown.until = std::min(followed.shown.until, past.until);
    return followed;
}

Item faded(Item item, double strength) {
    const auto fade = [strength](picture::Colour& colour) {
        colour.alpha = std::uint8_t(std::lround(colour.alpha * strength));
    };
    if (auto* fill = std::get_if<picture::Fill>(&item.content)) fade(fill->colour);
    if (auto* text = std::get_if<picture::Text>(&item.content)) {
        fade(text->colour);
        if (text->accent) fade(*text->accent);
    }
    if (auto* still = std::get_if<picture::Picture>(&item.content))
        still->alpha = std::uint8_t(std::lround(still->alpha * strength));
    return item;
}

std::vector<Item> between(const std::vector<Item>& before, const std::vector<Item>& after, const Place& place,
                          double share) {
    Transition made(place, before.empty() || after.empty(), eased(std::clamp(share, 0.0, 1.0)));
    std::unordered_map<std::uint64_t, std::size_t> old_places, new_places;
    for (std::size_t i = 0; i < before.size(); ++i) old_places.emplace(before[i].id, i);
    for (std::size_t i = 0; i < after.size(); ++i) new_places.emplace(after[i].id, i);
    // What goes keeps its place between what stays.
    std::size_t passed = 0;
    const auto let_go = [&](std::size_t until) {
        for (; passed < until; ++passed)
            if (!new_places.contains(before[passed].id)) made.add_going(before[passed]);
    };
    for (const Item& item : after) {
        const auto old = old_places.find(item.id);
        if (old == old_places.end()) {
            made.add_coming(item);
            continue;
        }
        let_go(old->second);
        const Item& was = before[old->second];
        was == item ? made.add_unchanged(item) : made.add_changed(was, item);
    }
    let_go(before.size());
    return made.take();
}

void remember(const ScreenInput& before, ScreenInput& now, std::chrono::milliseconds memory) {
    now.past.clear();
    if (memory <= memory.zero()) return;
    // Before the first picture there was nothing to come from.
    const bool was_shown = before.now != WallTime{};
    if (was_shown && (before.hall != now.hall || before.shown_call != now.shown_call))
        now.past.push_back({now.now, before.hall, before.shown_call});
    for (const Past& past : before.past)
        if (past.until <= now.now && now.now - past.until < memory && now.past.size() < most_past)
            now.past.push_back(past);
}

}  // namespace hallcast::screen
