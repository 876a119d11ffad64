// What staff tell everybody, for those who read it: a banner over whatever else is on the screen, while the notice
// holds. It is the twin of what is spoken: the same text in the same language at the same time, where this player
// speaks it; elsewhere, and before and after, the languages take turns.
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "player/screen/item_list.h"
#include "player/screen/languages.h"

namespace hallcast::screen {

namespace {

using std::chrono::milliseconds;

struct BannerColours {
    layouts::Colour ground, lettering, frame, flash;
};
// Lettering on ground: 17:1, and 8:1 on red. Neither is the yellow of a call.
constexpr BannerColours usual{{244, 247, 251, 255}, {6, 24, 47, 255}, {255, 209, 102, 255}, {11, 79, 156, 255}};
constexpr BannerColours urgent{{160, 0, 26, 255}, {255, 255, 255, 255}, {160, 0, 26, 255}, {255, 255, 255, 255}};

constexpr double largest_letters = 110;  // canvas units
constexpr double smallest_letters = 16;  // the longest text beside a big call, for as long as that is there
constexpr double frame_width = 14;

// The frame's flash goes up and down once in two seconds, as softly as a cosine, and nothing but the frame flashes.
// WCAG 2.3.1 allows three flashes in a second before a flash may cause seizures; at a sixth of that it is no strobe.
constexpr milliseconds flash_period{2000}, flash_step{100};
constexpr milliseconds flashing{4000};  // at the beginning of a usual notice, or of its speech; an urgent one goes on

// Nobody reads faster: 14 Latin letters in a second, 7 Cyrillic ones, 5 Chinese characters.
constexpr milliseconds for_a_byte{70}, least_turn{5000};

// One text of those that take turns.
struct Told {
    const v1::Notice* notice = nullptr;
    Phrase phrase;
    milliseconds length() const { return std::max(least_turn, for_a_byte * std::int64_t(phrase.text.size())); }
};

void add_texts(std::vector<Told>& told, const v1::Notice& notice, const ScreenInput& input) {
    const auto before = told.size();
    if (input.language.empty())
        for (const auto& language : input.hall.state->profile().languages())
            if (auto phrase = find_in(notice.text(), language)) told.push_back({&notice, *std::move(phrase)});
    if (told.size() > before) return;
    // In the language that is forced; or in none that the office has now, since it was another when this was written.
    if (auto phrase = find_or_fall_back(notice.text(), {input.language}); !phrase.text.empty())
        told.push_back({&notice, std::move(phrase)});
}

// All that hold, the latest first; where urgent ones do, those alone. `until`: when one of them ends.
std::vector<const v1::Notice*> holding(const v1::HallState& hall, WallTime now, WallTime& until) {
    std::vector<const v1::Notice*> notices;
    for (const v1::Notice& notice : hall.notices()) {
        const WallTime end = wall_time(notice.expires_at_ms());
        if (end <= now) continue;
        until = std::min(until, end);
        notices.push_back(&notice);
    }
    if (std::ranges::any_of(notices, [](const auto* notice) { return notice->urgent(); }))
        std::erase_if(notices, [](const auto* notice) { return !notice->urgent(); });
    return notices;
}

// Whose turn it is at `now`, counted from when the latest was made, so that it comes first and all screens agree.
const Told& whose_turn(const std::vector<Told>& told, WallTime now, WallTime& until) {
    if (told.size() == 1) return told[0];
    milliseconds all{0};
    for (const Told& one : told) all += one.length();
    const WallTime begin = wall_time(told[0].notice->made_at_ms());
    // A clock that is behind the master's sees a notice before it was made.
    auto into = now < begin ? WallTime::duration::zero() : (now - begin) % WallTime::duration(all);
    WallTime end = now - into;
    for (const Told& one : told) {
        end += one.length();
        if (into < one.length()) {
            until = std::min(until, now < begin ? begin : end);
            return one;
        }
        into -= one.length();
    }
    return told.back();
}

layouts::Colour between(const layouts::Colour& from, const layouts::Colour& to, double share) {
    const auto mix = [share](std::uint8_t a, std::uint8_t b) {
        return std::uint8_t(std::lround(a + (double(b) - double(a)) * share));
    };
    return {mix(from.red, to.red), mix(from.green, to.green), mix(from.blue, to.blue), 255};
}

// Four bars, so that a flash repaints them and not the text.
void add_frame(ItemList& items, const picture::ScreenRect& box, int width, const layouts::Colour& colour) {
    const int inner = box.height - 2 * width;
    items.fill("frame", 0, {box.x, box.y, box.width, width}, colour);
    items.fill("frame", 1, {box.x, box.bottom() - width, box.width, width}, colour);
    items.fill("frame", 2, {box.x, box.y + width, width, inner}, colour);
    items.fill("frame", 3, {box.right() - width, box.y + width, width, inner}, colour);
}

constexpr double highest = 0.4;  // of the canvas: what is behind stays to be seen
constexpr double least_high = 0.1, least_wide = 0.3;

// The foot of the largest part of the canvas that none of those widgets has; at least the foot of the canvas.
layouts::Box clear_of(const layouts::Arrangement& layout, bool of_calls) {
    std::vector<layouts::Box> taken;
    for (const auto& widget : layout.widgets)
        if (widget.kind == layouts::WidgetKind::board || (of_calls && widget.kind == layouts::WidgetKind::call))
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
    if (best.height >= least_high * layout.settings.height && best.width >= least_wide * layout.settings.width)
        return best;
    return {0, layout.settings.height * 0.75, layout.settings.width, layout.settings.height * 0.25};
}

}  // namespace

std::array<layouts::Box, 2> boxes_of_banner(const layouts::Arrangement& layout) {
    return {clear_of(layout, false), clear_of(layout, true)};
}

Shown show_banner(const Place& place, const Moment& moment) {
    const ScreenInput& input = moment.input;
    if (!moment.hall() || moment.hall()->notices().empty()) return {};
    const WallTime now = input.now + input.master_ahead;
    WallTime until = WallTime::max();
    std::vector<Told> told;
    for (const v1::Notice* notice : holding(*moment.hall(), now, until)) add_texts(told, *notice, input);
    if (told.empty()) return {};

    const auto& spoken = input.spoken_notice;
    const auto heard = std::ranges::find_if(told, [&](const Told& one) {
        return spoken && one.notice->id() == spoken->id && one.phrase.language == spoken->language;
    });
    const Told& shown_now = heard != told.end() ? *heard : whose_turn(told, now, until);
    const bool is_urgent = shown_now.notice->urgent();
    const BannerColours& colours = is_urgent ? urgent : usual;

    Place here = place;
    const bool call_is_big = input.shown_call && !moment.stale();
    if (call_is_big) here.box = place.box_beside_calls;
    ItemList items(here, moment.typesetter);
    const int width = std::max(1, place.pixels(frame_width));
    items.fill("panel", 0, inset(here.box, width, width), colours.ground);

    const WallTime flash_begin =
        heard != told.end() ? spoken->since + input.master_ahead : wall_time(shown_now.notice->made_at_ms());
    double flash = 0;
    if (now >= flash_begin && (is_urgent || now < flash_begin + flashing)) {
        const auto step = (now - flash_begin) / flash_step;
        flash = (1 - std::cos(2 * std::numbers::pi * double(step % (flash_period / flash_step)) *
                              double(flash_step.count()) / double(flash_period.count()))) /
                2;
        until = std::min(until, flash_begin + flash_step * (step + 1));
    } else if (now < flash_begin) {
        until = std::min(until, flash_begin);
    }
    add_frame(items, here.box, width, between(colours.frame, colours.flash, flash));

    auto inside = inset(here.box, width + place.pixels(20), width + place.pixels(10));
    const bool from_right = is_right_to_left(shown_now.phrase.language);
    if (is_urgent) {
        const int sign = std::min(inside.width / 8, inside.height);
        const picture::ScreenRect at{from_right ? inside.right() - sign : inside.x, inside.y, sign, inside.height};
        items.text("sign", 0, at,
                   {.utf8 = "!",
                    .size_px = sign * 0.9,
                    .bold = true,
                    .colour = to_picture(colours.lettering),
                    .side = Side::centre});
        inside.width -= sign;
        if (!from_right) inside.x += sign;
    }
    items.text("text", 0, inside,
               {.utf8 = shown_now.phrase.text,
                .language = shown_now.phrase.language,
                .size_px = largest_letters * place.scale,
                .bold = true,
                .colour = to_picture(colours.lettering),
                .side = Side::start,
                .max_lines = 0,
                .smallest = smallest_letters / largest_letters});
    Shown shown{.items = items.take(), .until = until, .rolling = {}, .calls = {}, .covers = here.box};
    if (until != WallTime::max()) shown.until = until - input.master_ahead;
    return shown;
}

}  // namespace hallcast::screen
