#include "player/preview/text_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "player/preview/legibility.h"
#include "player/screen/letter_size.h"

namespace hallcast::preview {

using layouts::FilePlace;
using layouts::Widget;
using layouts::WidgetKind;
using picture::ScreenRect;
using screen::good_angle;
using screen::least_angle;

namespace {

std::string shortened(std::string_view text) {
    constexpr std::size_t most = 40;
    std::size_t end = std::min(most, text.size());
    while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return fmt::format("\"{}{}\"", text.substr(0, end), end < text.size() ? "..." : "");
}

// Ticket and counter numbers, which are read from the farthest.
bool is_number(std::string_view text) {
    const bool has_digit = std::ranges::any_of(text, [](char c) { return c >= '0' && c <= '9'; });
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == ' ' || c == '-') continue;
        if (text.substr(at).starts_with("\u2190") || text.substr(at).starts_with("\u2192"))
            at += 2;
        else
            return false;
    }
    return has_digit;
}

// Whether it is in a language at all; an arrow or a mark between texts is not.
bool has_words(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte == 0xe2)
            at += 2;  // U+2000 to U+2FFF: punctuation, arrows and signs
        else if (byte >= 0x80 || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z'))
            return true;
    }
    return false;
}

bool is_of_numbers(WidgetKind kind) {
    return kind == WidgetKind::board || kind == WidgetKind::call || kind == WidgetKind::counter;
}

// Comes and goes in front of others, on purpose.
bool comes_in_front(const Widget& widget) {
    using enum WidgetKind;
    return widget.kind == call || widget.kind == sign || widget.kind == message || widget.kind == connection ||
           !widget.when.empty();
}

class TextRules {
  public:
    TextRules(LintedScreen& on, const RecordingTypesetter& recorder) : on_(on), recorder_(recorder) {}

    void look(std::span<const screen::Part> parts) {
        std::vector<Layer> layers;
        for (std::size_t i = 0; i < parts.size(); ++i)
            for (const auto& item : parts[i].items) layers.push_back({&item, i, parts[i].is_overlay});
        for (std::size_t i = 0; i < layers.size(); ++i) {
            const auto& part = parts[layers[i].part];
            const auto* text = std::get_if<picture::Text>(&layers[i].item->content);
            if (text)
                look_at_text(parts, layers, i, *text);
            else if (std::holds_alternative<picture::Picture>(layers[i].item->content) && !part.is_overlay)
                look_at_edges(part, layers[i].item->box);
        }
        look_for_crossings(parts, layers);
    }

  private:
    // The worst that a widget's text can be is in a language; numbers and times are in none.
    void look_at_text(std::span<const screen::Part> parts, std::span<const Layer> layers, std::size_t index,
                      const picture::Text& text) {
        const auto& part = parts[layers[index].part];
        const auto& said = recorder_.said(*text.paragraph);
        const Widget* widget = on_.widget_of(part.widget);
        const std::string language = has_words(said.utf8) && !is_number(said.utf8) ? said.style.language : "";
        on_.saw(part.widget, language);
        const auto legibility = legibility_of(layers, index, on_.scene.background);
        const std::string who = part.is_overlay ? fmt::format("the program's notice{}{}", widget ? " on " : "",
                                                              widget ? "'" + part.widget + "'" : "")
                                                : fmt::format("'{}'", part.widget);
        const TextFound found{part, widget, who, said, text, legibility, language};
        look_at_glyphs(found, *layers[index].item);
        if (legibility.visible == 0 && legibility.hidden > 0) return;
        look_at_fit(found, *layers[index].item);
        look_at_contrast(found);
        look_at_size(found);
        if (!part.is_overlay) look_at_edges(part, legibility.letters);
        if (legibility.hidden_part) look_at_hider(found, parts[*legibility.hidden_part]);
    }

    struct TextFound {
        const screen::Part& part;
        const Widget* widget;
        const std::string& who;
        const RecordingTypesetter::Said& said;
        const picture::Text& text;
        const Legibility& legibility;
        const std::string& language;
        FilePlace place(std::initializer_list<std::string_view> keys) const {
            return widget ? place_of(*widget, keys) : FilePlace{};
        }
    };

    void look_at_glyphs(const TextFound& found, const picture::Item& item) {
        const int missing = found.text.paragraph->missing;
        if (missing == 0) return;
        on_.report(Severity::error, "glyphs", found.place({"texts", "mark", "format", "skeleton"}), found.part.widget,
                   fmt::format("{} says {}, of which no font of this machine has {} character{}: write it without, or "
                               "install the Noto fonts of that script",
                               found.who, shortened(found.said.utf8), missing, missing > 1 ? "s" : ""),
                   item.box, -missing, found.language);
    }

    void look_at_fit(const TextFound& found, const picture::Item& item) {
        const auto& paragraph = *found.text.paragraph;
        const bool too_wide = found.said.box.width > 0 && paragraph.width > found.said.box.width + 1;
        if (!paragraph.truncated && !too_wide && !is_cut(found.text, item)) return;
        on_.report(
            Severity::error, "fit",
            found.part.is_overlay ? found.place({}) : found.place({"text_size", "heading_size", "box", "size"}),
            found.part.widget,
            fmt::format("{} is cut: {} does not fit into {} x {} pixels on a screen of {} x {}, not even with smaller "
                        "letters; it needs a larger place, a smaller 'text_size' or a shorter text",
                        found.who, shortened(found.said.utf8), found.part.box.width, found.part.box.height,
                        on_.size.width, on_.size.height),
            item.box, double(item.box.width) / on_.size.width, found.language);
    }

    // Whether ink of the letters lies above or below what is drawn of them.
    bool is_cut(const picture::Text& text, const picture::Item& item) const {
        const double top = text.y, bottom = text.y + text.paragraph->height;
        if (top >= item.box.y - 1 && bottom <= item.box.bottom() + 1) return false;
        for (const auto& glyph : text.paragraph->glyphs) {
            const auto bitmap = recorder_.fonts().rasterise(glyph.font, glyph.glyph, glyph.size_px);
            if (bitmap.height == 0) continue;
            const double above = text.y + glyph.y - bitmap.top, below = above + bitmap.height;
            const double slack = std::max(1.5, 0.04 * glyph.size_px);  // of a mark or a tail nobody misses that much
            if (above < item.box.y - slack || below > item.box.bottom() + slack) return true;
        }
        return false;
    }

    void look_at_contrast(const TextFound& found) {
        const auto& legibility = found.legibility;
        if (legibility.contrast >= good_contrast) return;
        const auto severity = legibility.contrast < least_contrast ? Severity::error : Severity::warning;
        std::string remedy;
        const bool dimmed = (legibility.is_accent ? *found.text.accent : found.text.colour).alpha < 255;
        if (legibility.over_film || legibility.over_image)
            remedy = fmt::format("it stands on {}, which may be as light or dark as it: give it an opaque 'background'",
                                 legibility.over_film ? "a film" : "an image");
        else if (dimmed)  // by the program, from a colour that is written: none of those that are left to name
            remedy = "calls that are over are dimmed: make the 'background' darker, or the 'colour' lighter";
        else if (const auto colour = with_contrast(legibility.ink, legibility.ground, good_contrast))
            remedy = fmt::format("{} would have {}:1", hex(*colour), good_contrast);
        else
            remedy = "no colour would have 7:1 there: choose another 'background'";
        on_.report(
            severity, "contrast", place_of_colour(found), found.part.widget,
            fmt::format("{}: contrast {:.1f}:1 of {}, {}{} on {}; it must be {}:1 and should be {}:1 (WCAG 1.4.3, "
                        "1.4.6); {}",
                        found.who, std::floor(legibility.contrast * 10) / 10, shortened(found.said.utf8),
                        dimmed ? "dimmed to " : "", hex(legibility.ink), hex(legibility.ground), least_contrast,
                        good_contrast, remedy),
            legibility.letters, legibility.contrast, found.language);
    }

    // Of the value that is most likely wrong: the colour of those letters, else what is behind them.
    static FilePlace place_of_colour(const TextFound& found) {
        if (!found.widget || found.part.is_overlay) return found.place({});
        const auto& widget = *found.widget;
        auto ink = found.legibility.is_accent ? *found.text.accent : found.text.colour;
        const auto is = [&](const layouts::Colour& colour) {
            return colour.red == ink.red && colour.green == ink.green && colour.blue == ink.blue;
        };
        if (is(widget.highlight) && !is(widget.colour))
            return found.place({"highlight", "highlight_background", "background"});
        if (found.legibility.over_film || found.legibility.over_image) return found.place({"background", "colour"});
        return found.place({"colour", "background"});
    }

    void look_at_size(const TextFound& found) {
        const auto& viewing = on_.arrangement.settings.viewing;
        if (viewing.distance <= 0 || viewing.diagonal <= 0) return;
        const bool number =
            found.widget && !found.part.is_overlay && is_of_numbers(found.widget->kind) && is_number(found.said.utf8);
        if (!number && !has_words(found.said.utf8) && !is_number(found.said.utf8)) return;  // an arrow, a mark
        const double distance = number ? viewing.distance : screen::near_distance(viewing);
        const double height_mm = screen::capital_mm(found.text.paragraph->size_px, viewing, on_.size);
        const double angle = screen::minutes_of_arc(found.text.paragraph->size_px, viewing, on_.size, distance);
        if (angle >= good_angle) return;
        // An emergency is there in all languages at once, as large as the screen has room for: no layout can change it.
        if (found.part.is_overlay && on_.sample == "emergency" && angle >= least_angle) return;
        const double size = found.text.paragraph->size_px / on_.arrangement.scale;  // canvas units
        const bool shrunk = found.text.paragraph->size_px < found.said.style.size_px - 0.5;
        on_.report(
            angle < least_angle ? Severity::error : Severity::warning, "size",
            found.part.is_overlay || shrunk ? found.place({"box", "size"})
                                            : found.place({is_heading(found) ? "heading_size" : "text_size"}),
            found.part.widget,
            fmt::format("{}: {} is {:.0f} mm high{}, {:.1f} minutes of arc from {:.1f} m; from there letters need {} "
                        "to be read, {} to be read with ease (ISO 9241-303): {:.0f} and {:.0f} canvas units, has "
                        "{:.0f}",
                        found.who, shortened(found.said.utf8), height_mm, shrunk ? " for want of room" : "",
                        std::floor(angle * 10) / 10, distance, least_angle, good_angle,
                        std::ceil(size * least_angle / angle), std::ceil(size * good_angle / angle), size),
            found.legibility.letters, angle, found.language);
    }

    bool is_heading(const TextFound& found) const {
        return found.widget && found.widget->heading &&
               std::abs(found.said.style.size_px - found.widget->heading_size * on_.arrangement.scale) < 0.5;
    }

    void look_at_edges(const screen::Part& part, const ScreenRect& rect) {
        const int safe = int(std::lround(on_.arrangement.settings.safe * on_.arrangement.scale));
        const Widget* widget = on_.widget_of(part.widget);
        if (safe <= 0 || !widget || rect.empty()) return;
        const bool runs = widget->kind == WidgetKind::ticker;  // from edge to edge, as it should
        const int beyond = std::max({runs ? 0 : safe - rect.x, runs ? 0 : rect.right() - (on_.size.width - safe),
                                     safe - rect.y, rect.bottom() - (on_.size.height - safe)});
        if (beyond <= 1) return;
        on_.report(Severity::error, "safe", place_of(*widget, {"box"}), part.widget,
                   fmt::format("'{}' reaches {:.0f} canvas units into the {:.0f} at the edge that a display may hide "
                               "('safe'): move it in, or give it a 'padding'",
                               part.widget, std::ceil(beyond / on_.arrangement.scale), on_.arrangement.settings.safe),
                   rect, -beyond);
    }

    void look_at_hider(const TextFound& found, const screen::Part& hider) {
        const Widget* front = on_.widget_of(hider.widget);
        if (found.part.is_overlay || !front || comes_in_front(*front)) return;
        on_.report(Severity::error, "overlap", place_of(*front, {"box"}), hider.widget,
                   fmt::format("'{}' hides a part of {} of '{}': move one of them", hider.widget,
                               shortened(found.said.utf8), found.part.widget),
                   found.legibility.letters, 0);
    }

    // Texts of two widgets across each other.
    void look_for_crossings(std::span<const screen::Part> parts, std::span<const Layer> layers) {
        std::vector<std::pair<std::size_t, ScreenRect>> texts;
        for (std::size_t i = 0; i < layers.size(); ++i)
            if (std::holds_alternative<picture::Text>(layers[i].item->content) && !layers[i].is_overlay)
                texts.emplace_back(i, letters_of(*layers[i].item));
        for (std::size_t a = 0; a < texts.size(); ++a) {
            for (std::size_t b = a + 1; b < texts.size(); ++b) {
                const auto [below, of_below] = texts[a];
                const auto [above, of_above] = texts[b];
                if (layers[below].part == layers[above].part) continue;
                const auto cross = picture::overlap(of_below, of_above);
                if (cross.width < 4 || cross.height < std::min(of_below.height, of_above.height) / 8 + 2) continue;
                const double x = cross.x + cross.width / 2.0, y = cross.y + cross.height / 2.0;
                const auto between = layers.subspan(below + 1, above - below - 1);
                if (std::ranges::any_of(between, [&](const Layer& layer) { return hides(*layer.item, x, y); }))
                    continue;
                const auto& front = parts[layers[above].part].widget;
                const Widget* widget = on_.widget_of(front);
                on_.report(Severity::error, "overlap", widget ? place_of(*widget, {"box"}) : FilePlace{}, front,
                           fmt::format("the text of '{}' lies across that of '{}': move one of them, or give '{}' a "
                                       "'background'",
                                       front, parts[layers[below].part].widget, front),
                           cross, 0);
            }
        }
    }

    LintedScreen& on_;
    const RecordingTypesetter& recorder_;
};

}  // namespace

void look_at_parts(LintedScreen& on, std::span<const screen::Part> parts, const RecordingTypesetter& recorder) {
    TextRules(on, recorder).look(parts);
}

}  // namespace hallcast::preview
