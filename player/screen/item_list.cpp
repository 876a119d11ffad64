#include "player/screen/item_list.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "player/screen/languages.h"
#include "player/screen/letter_size.h"
#include "protocol/base/error.h"

namespace hallcast::screen {

namespace {

// Letters look centred when the middle of a capital is, not that of the line with its room for accents.
constexpr double half_capital = capital_height / 2;
constexpr double line_height = 1.36;  // in ems
constexpr double clearly_larger = 1.1;

text::Align align_of(Side side, bool right_to_left) {
    switch (side) {
        case Side::start:
            return text::Align::start;
        case Side::left:
            return right_to_left ? text::Align::end : text::Align::start;
        case Side::centre:
            return text::Align::centre;
        case Side::right:
            return right_to_left ? text::Align::start : text::Align::end;
    }
    return text::Align::start;
}

int top_of(const text::Paragraph& paragraph, const picture::ScreenRect& box, Level level) {
    const int spare = box.height - int(std::ceil(paragraph.height));
    if (level == Level::top || spare <= 0) return box.y + std::min(spare, 0) / 2;
    if (level == Level::bottom) return box.y + spare;
    if (paragraph.lines != 1) return box.y + spare / 2;
    const double baseline = box.y + box.height / 2.0 + half_capital * paragraph.size_px;
    return std::clamp(int(std::lround(baseline - paragraph.baseline)), box.y, box.y + spare);
}

text::ParagraphPtr set(text::Typesetter& typesetter, const Wording& wording, const text::Style& style,
                       const text::Box& room) {
    const auto whole = wording.utf8;
    if (wording.strong.empty()) return typesetter.set(whole, style, room);
    const auto before = std::size_t(wording.strong.data() - whole.data());
    HALLCAST_ASSERT(before <= whole.size() && wording.strong.size() <= whole.size() - before);
    const std::array spans{text::Span{.utf8 = whole.substr(0, before), .weight = style.weight},
                           text::Span{.utf8 = wording.strong, .weight = text::Weight::bold, .ink = text::Ink::accent},
                           text::Span{.utf8 = whole.substr(before + wording.strong.size()), .weight = style.weight}};
    return typesetter.set(spans, style, room);
}

}  // namespace

int Place::pixels(double canvas_units) const { return int(std::lround(canvas_units * scale)); }

// FNV-1a, 64 bits.
std::uint64_t item_id(std::uint64_t parent, std::string_view part, std::uint64_t number) {
    std::uint64_t hash = 0xcbf29ce484222325u;
    const auto mix = [&hash](std::uint8_t byte) { hash = (hash ^ byte) * 0x100000001b3u; };
    for (int shift = 0; shift < 64; shift += 8) mix(std::uint8_t(parent >> shift));
    for (const char c : part) mix(std::uint8_t(c));
    for (int shift = 0; shift < 64; shift += 8) mix(std::uint8_t(number >> shift));
    return hash;
}

picture::Colour to_picture(const layouts::Colour& colour) {
    return {colour.red, colour.green, colour.blue, colour.alpha};
}

picture::ScreenRect intersection(const picture::ScreenRect& a, const picture::ScreenRect& b) {
    const int left = std::max(a.x, b.x), top = std::max(a.y, b.y);
    return {left, top, std::min(a.right(), b.right()) - left, std::min(a.bottom(), b.bottom()) - top};
}

picture::ScreenRect inset(const picture::ScreenRect& rect, int horizontal, int vertical) {
    return {rect.x + horizontal, rect.y + vertical, std::max(0, rect.width - 2 * horizontal),
            std::max(0, rect.height - 2 * vertical)};
}

picture::ScreenRect contained(int width, int height, const picture::ScreenRect& zone) {
    if (width <= 0 || height <= 0 || zone.empty()) return {};
    const double scale = std::min(double(zone.width) / width, double(zone.height) / height);
    const int shown_width = std::clamp(int(std::lround(width * scale)), 1, zone.width);
    const int shown_height = std::clamp(int(std::lround(height * scale)), 1, zone.height);
    return {zone.x + (zone.width - shown_width) / 2, zone.y + (zone.height - shown_height) / 2, shown_width,
            shown_height};
}

Side side_of(const std::string& align, bool right_to_left) {
    if (align == "centre") return Side::centre;
    if (align == "left") return Side::left;
    if (align == "right") return Side::right;
    if (align == "end") return right_to_left ? Side::left : Side::right;
    return Side::start;
}

text::Style style_of(const Wording& wording) {
    return {float(wording.size_px), wording.bold ? text::Weight::bold : text::Weight::regular,
            std::string(wording.language)};
}

void ItemList::add(std::string_view part, std::uint64_t number, const picture::ScreenRect& box,
                   decltype(picture::Item::content) content) {
    const auto seen = intersection(box, place_.box);
    if (!seen.empty()) items_.push_back({item_id(place_.id, part, number), seen, std::move(content)});
}

void ItemList::fill(std::string_view part, std::uint64_t number, const picture::ScreenRect& box,
                    const layouts::Colour& colour, int radius) {
    if (colour.alpha == 0) return;
    add(part, number, box, picture::Fill{to_picture(colour), std::min(radius, std::min(box.width, box.height) / 2)});
}

text::ParagraphPtr ItemList::set_in(const picture::ScreenRect& line, const Wording& wording) {
    const text::Style style = style_of(wording);
    text::Box room{float(line.width),
                   float(line.height),
                   wording.max_lines,
                   align_of(wording.side, is_right_to_left(wording.language)),
                   float(wording.size_px * wording.smallest),
                   true};
    auto paragraph = set(typesetter_, wording, style, room);
    if (wording.else_lines > wording.max_lines && (paragraph->truncated || paragraph->size_px < style.size_px)) {
        room.max_lines = wording.else_lines;
        const auto in_more = set(typesetter_, wording, style, room);
        if (paragraph->truncated || in_more->size_px > paragraph->size_px * clearly_larger) paragraph = in_more;
    }
    return paragraph;
}

int ItemList::height_of(const Wording& wording, int width, int height) {
    return std::min(height, int(std::ceil(set_in({0, 0, width, height}, wording)->height)));
}

void ItemList::text(std::string_view part, std::uint64_t number, const picture::ScreenRect& box,
                    const Wording& wording) {
    if (wording.utf8.empty() || box.empty()) return;
    // The line may reach beyond the box: its ink does not.
    const int beyond = wording.capitals ? int(box.height * (line_height - 1) / 2) : 0;
    const auto line = inset(box, 0, -beyond);
    auto paragraph = set_in(line, wording);
    const int top = top_of(*paragraph, line, wording.level);
    // Ink may stand a little outside of the glyphs' advances.
    const int overhang = int(paragraph->size_px / 8) + 1;
    add(part, number, inset(box, -overhang, 0),
        picture::Text{std::move(paragraph), float(box.x), float(top), wording.colour, wording.accent});
}

}  // namespace hallcast::screen
