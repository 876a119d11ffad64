#include "player/screen/told.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace hallcast::screen {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds flash_period{2000}, flash_step{100};

layouts::Colour between(const layouts::Colour& from, const layouts::Colour& to, double share) {
    const auto mix = [share](std::uint8_t a, std::uint8_t b) {
        return std::uint8_t(std::lround(a + (double(b) - double(a)) * share));
    };
    return {mix(from.red, to.red), mix(from.green, to.green), mix(from.blue, to.blue), 255};
}

}  // namespace

std::vector<const v1::Notice*> notices_at(const v1::HallState& hall, WallTime now, WallTime& until) {
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

std::vector<Phrase> phrases_of(const v1::Notice& notice, const v1::HallProfile& profile) {
    std::vector<Phrase> phrases;
    for (const auto& language : profile.languages())
        if (auto phrase = find_in(notice.text(), language);
            phrase && std::ranges::find(phrases, *phrase) == phrases.end())
            phrases.push_back(*std::move(phrase));
    if (phrases.empty())
        if (auto phrase = find_or_fall_back(notice.text(), {}); !phrase.text.empty())
            phrases.push_back(std::move(phrase));
    return phrases;
}

std::size_t turn_at(std::span<const milliseconds> lengths, WallTime begin, WallTime now, WallTime& until) {
    if (lengths.size() == 1) return 0;
    milliseconds all{0};
    for (const milliseconds length : lengths) all += length;
    // A clock that is behind the master's sees a notice before it was made.
    auto into = now < begin ? WallTime::duration::zero() : (now - begin) % WallTime::duration(all);
    WallTime end = now - into;
    for (std::size_t i = 0; i < lengths.size(); ++i) {
        end += lengths[i];
        if (into < lengths[i]) {
            until = std::min(until, now < begin ? begin : end);
            return i;
        }
        into -= lengths[i];
    }
    return lengths.size() - 1;
}

// Four bars, so that a flash repaints them and not the text.
picture::ScreenRect add_frame(ItemList& items, const picture::ScreenRect& box, int width, const NoticeColours& colours,
                              WallTime begin, milliseconds flashing, WallTime now, WallTime& until) {
    double flash = 0;
    if (now < begin) {
        until = std::min(until, begin);
    } else if (now - begin < flashing) {
        const auto step = (now - begin) / flash_step;
        flash = (1 - std::cos(2 * std::numbers::pi * double(step % (flash_period / flash_step)) *
                              double(flash_step.count()) / double(flash_period.count()))) /
                2;
        until = std::min(until, begin + flash_step * (step + 1));
    }
    const auto colour = between(colours.frame, colours.flash, flash);
    const int inner = box.height - 2 * width;
    items.fill("frame", 0, {box.x, box.y, box.width, width}, colour);
    items.fill("frame", 1, {box.x, box.bottom() - width, box.width, width}, colour);
    items.fill("frame", 2, {box.x, box.y + width, width, inner}, colour);
    items.fill("frame", 3, {box.right() - width, box.y + width, width, inner}, colour);
    return inset(box, width, width);
}

void add_sign(ItemList& items, const picture::ScreenRect& box, const NoticeColours& colours) {
    items.text("sign", 0, box,
               {.utf8 = "!",
                .size_px = std::min(box.width, box.height) * 0.9,
                .bold = true,
                .colour = to_picture(colours.lettering),
                .side = Side::centre});
}

}  // namespace hallcast::screen
