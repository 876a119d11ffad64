#include "player/preview/lint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <tuple>

#include "content/texts.h"
#include "player/preview/flashes.h"
#include "player/preview/legibility.h"
#include "player/preview/recording_typesetter.h"
#include "player/preview/samples.h"
#include "player/preview/satisfying.h"
#include "player/screen/conditions.h"
#include "player/screen/languages.h"
#include "player/screen/letter_size.h"
#include "player/screen/screen.h"

namespace hallcast::preview {

namespace {

using layouts::FilePlace;
using layouts::Widget;
using layouts::WidgetKind;
using picture::ScreenRect;
using picture::ScreenSize;
using screen::good_angle;
using screen::least_angle;

std::string size_text(ScreenSize size) { return fmt::format("{}x{}", size.width, size.height); }

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

FilePlace place_of(const Widget& widget, std::initializer_list<std::string_view> keys) {
    for (const auto key : keys)
        if (const auto found = widget.places.find(key); found != widget.places.end()) return found->second;
    return widget.place;
}

std::vector<ScreenRect> without(const std::vector<ScreenRect>& rects, const ScreenRect& hole) {
    std::vector<ScreenRect> left;
    const auto add = [&](const ScreenRect& rect) {
        if (!rect.empty()) left.push_back(rect);
    };
    for (const ScreenRect& rect : rects) {
        const ScreenRect cut = picture::overlap(rect, hole);
        if (cut.empty()) {
            left.push_back(rect);
            continue;
        }
        add({rect.x, rect.y, rect.width, cut.y - rect.y});
        add({rect.x, cut.bottom(), rect.width, rect.bottom() - cut.bottom()});
        add({rect.x, cut.y, cut.x - rect.x, cut.height});
        add({cut.right(), cut.y, rect.right() - cut.right(), cut.height});
    }
    return left;
}

// Findings as they come, one for each rule and place.
class Findings {
  public:
    // In which language, at which size, in which sample; empty: none in particular.
    struct Where {
        std::string language, size, sample;
    };

    // What was looked at, of a widget: only what of it is wrong need be named.
    void saw(const std::string& widget, const Where& where) { add(seen_[widget], where); }

    // `measure`: the less the worse; of the same finding the worst is told.
    void add(Finding finding, double measure, const Where& where) {
        auto& known =
            found_[{finding.place.line, finding.place.column, finding.rule, finding.widget, finding.severity}];
        add(known.where, where);
        if (!known.finding || measure < known.measure - 1e-6) {
            known.finding = std::move(finding);
            known.measure = measure;
        }
    }

    std::vector<Finding> take() {
        std::vector<Finding> findings;
        for (auto& [key, known] : found_) {
            auto& finding = *known.finding;
            // Of what is an error nobody needs a warning too.
            auto error_key = key;
            std::get<4>(error_key) = Severity::error;
            if (finding.severity == Severity::warning && found_.contains(error_key)) continue;
            const auto& seen = seen_[finding.widget];
            finding.languages = unless_all(known.where.languages, seen.languages);
            finding.sizes = unless_all(known.where.sizes, seen.sizes);
            // A language has its turn in some samples only: they say no more then.
            if (finding.languages.empty()) finding.samples = unless_all(known.where.samples, seen.samples);
            findings.push_back(std::move(finding));
        }
        return findings;
    }

  private:
    // In the order in which they came.
    struct Sets {
        std::vector<std::string> languages, sizes, samples;
    };
    struct Known {
        std::optional<Finding> finding;
        double measure = 0;
        Sets where;
    };

    static void add(Sets& sets, const Where& where) {
        const auto insert = [](std::vector<std::string>& set, const std::string& one) {
            if (!one.empty() && std::ranges::find(set, one) == set.end()) set.push_back(one);
        };
        insert(sets.languages, where.language);
        insert(sets.sizes, where.size);
        insert(sets.samples, where.sample);
    }
    static std::vector<std::string> unless_all(const std::vector<std::string>& some,
                                               const std::vector<std::string>& all) {
        return some.size() < all.size() ? some : std::vector<std::string>{};
    }

    std::map<std::tuple<int, int, std::string, std::string, Severity>, Known> found_;
    std::map<std::string, Sets> seen_;
};

// A state of a hall, as it is given to every screen.
struct Stage {
    std::string sample;
    screen::ScreenInput input;
};

// A layout on a screen of one size.
class ScreenLint {
  public:
    ScreenLint(const layouts::Layout& layout, ScreenSize size, const text::FontSet& fonts, text::Typesetter& typesetter,
               const LintOptions& options, Findings& findings)
        : layout_(layout),
          size_(size),
          root_(layout.variant_for(size.width, size.height).root.place),
          arrangement_(layouts::arrange(layout, size.width, size.height)),
          fonts_(fonts),
          typesetter_(typesetter),
          recorder_(typesetter),
          options_(options),
          languages_(options.languages),
          findings_(findings) {}

    void look(std::span<const Stage> stages, bool at_flashes) {
        auto made = screen::make_screen(layout_, size_, recorder_);
        if (!made) {
            for (auto& finding : findings_of(made.error(), layout_.file)) findings_.add(std::move(finding), 0, {});
            return look_at_arrangement();
        }
        screen_ = std::move(*made);
        for (const Stage& stage : stages) look(stage);
        scene_ = {};
        for (const Stage& stage : stages)
            if (stage.sample == "busy" && scene_.items.empty()) scene_ = screen_->scene(stage.input);
        look_at_arrangement();
        if (at_flashes) look_for_flashes(stages);
    }

  private:
    const Widget* widget_of(std::string_view name) const {
        const auto found = std::ranges::find(arrangement_.widgets, name, &Widget::name);
        return found == arrangement_.widgets.end() ? nullptr : &*found;
    }
    ScreenRect rect_of(const layouts::Box& box) const {
        const auto pixels = [&](double units) { return int(std::lround(units * arrangement_.scale)); };
        return picture::overlap(
            {pixels(box.x), pixels(box.y), pixels(box.right()) - pixels(box.x), pixels(box.bottom()) - pixels(box.y)},
            {0, 0, size_.width, size_.height});
    }

    void report(Severity severity, std::string_view rule, FilePlace place, const std::string& widget,
                std::string message, const ScreenRect& rect, double measure, std::string language = {}) {
        findings_.add({.severity = severity,
                       .rule = std::string(rule),
                       .file = layout_.file,
                       .place = place.line > 0 ? place : root_,
                       .widget = widget,
                       .message = std::move(message),
                       .scene = scene_,
                       .rect = rect},
                      measure, {std::move(language), size_text(size_), sample_});
    }

    // --- what depends on no state of the hall

    void look_at_arrangement() {
        sample_.clear();
        for (const auto& problem : arrangement_.problems)
            report(Severity::error, "room", problem.place, "", problem.message, {0, 0, size_.width, size_.height}, 0);
        for (std::size_t i = 0; i < arrangement_.widgets.size(); ++i) look_at(i);
    }

    void look_at(std::size_t index) {
        const Widget& widget = arrangement_.widgets[index];
        findings_.saw(widget.name, {"", size_text(size_), ""});
        const ScreenRect rect = rect_of(widget.box);
        const double room = std::min(widget.box.width, widget.box.height);
        if (arrangement_.problems.empty() && (rect.width < 2 || rect.height < 2))
            report(Severity::error, "room", place_of(widget, {"box", "size"}), widget.name,
                   fmt::format("'{}' has {:.0f} x {:.0f} canvas units: nothing of it can be seen; give it room, or "
                               "take it out",
                               widget.name, widget.box.width, widget.box.height),
                   rect, 0);
        else if (widget.padding > 0 && 2 * widget.padding >= room)
            report(Severity::error, "room", place_of(widget, {"padding"}), widget.name,
                   fmt::format("'padding' leaves nothing of the {:.0f} x {:.0f} canvas units of '{}': at most {:.0f}",
                               widget.box.width, widget.box.height, widget.name, std::max(0.0, room / 2 - 1)),
                   rect, 0);
        look_at_conditions(widget, rect);
        look_at_translations(widget, rect);
        look_at_office(widget, "services", "service", widget.services, options_.services, rect);
        look_at_office(widget, "counters", "counter", widget.counters, options_.counters, rect);
        if (widget.blink > most_flashes)
            report(Severity::error, "flashes", place_of(widget, {"blink"}), widget.name,
                   fmt::format("'{}' blinks {} times a second, which may cause seizures (WCAG 2.3.2): 'blink' is at "
                               "most {}",
                               widget.name, widget.blink, most_flashes),
                   rect, -widget.blink);
        if (!rect.empty()) look_for_cover(index, rect);
    }

    // A key that lists what the office must have.
    template <typename Id>
    void look_at_office(const Widget& widget, std::string_view key, std::string_view noun, const std::vector<Id>& asked,
                        const std::vector<Id>& office, const ScreenRect& rect) {
        if (office.empty()) return;
        for (const Id& id : asked) {
            if (std::ranges::find(office, id) != office.end()) continue;
            report(Severity::error, "never", place_of(widget, {key}), widget.name,
                   fmt::format("'{}' asks for {} '{}', which the office does not have: it has {}", widget.name, noun,
                               id, fmt::join(office, ", ")),
                   rect, 0);
        }
    }

    void look_at_conditions(const Widget& widget, const ScreenRect& rect) {
        const Conditions conditions = conditions_of(widget);
        if (satisfying(conditions, languages_, typesetter_)) {
            for (const auto& condition : conditions) look_at_alternatives(widget, conditions, condition, rect);
            return;
        }
        Conditions some;
        std::vector<std::string> others;
        for (const auto& condition : conditions) {
            some.push_back(condition);
            if (!satisfying(some, languages_, typesetter_)) break;
            others.push_back(text_of(condition));
        }
        const auto& last = some.back();
        report(Severity::error, "never", last.place.line > 0 ? last.place : place_of(widget, {"when"}), widget.name,
               others.empty() ? fmt::format("'{}' is never shown: '{}' never holds", widget.name, text_of(last))
                              : fmt::format("'{}' is never shown: '{}' never holds together with what its kind, its "
                                            "containers or itself ask for beside that: {}",
                                            widget.name, text_of(last), fmt::join(others, ", ")),
               rect, 0);
    }

    void look_at_alternatives(const Widget& widget, const Conditions& conditions, const layouts::Condition& condition,
                              const ScreenRect& rect) {
        if (condition.what != layouts::Condition::What::any || condition.negated) return;
        for (const auto& one : condition.any) {
            Conditions with = conditions;
            with.push_back(one);
            if (satisfying(with, languages_, typesetter_)) continue;
            report(Severity::warning, "never", one.place, widget.name,
                   fmt::format("'{}' of 'any' never holds where '{}' is shown: take it out", text_of(one), widget.name),
                   rect, 0);
        }
    }

    void look_at_translations(const Widget& widget, const ScreenRect& rect) {
        if (widget.texts.empty()) return;
        const bool own = !widget.languages.empty();
        std::vector<std::string> missing;
        for (const auto& language : own ? std::span<const std::string>(widget.languages) : languages_)
            if (!screen::find_in(widget.texts, language)) missing.push_back(language);
        if (missing.empty()) return;
        report(own ? Severity::error : Severity::warning, "translations", place_of(widget, {"texts"}), widget.name,
               own ? fmt::format("'{}' has no text in {}, which is among its 'languages'", widget.name,
                                 fmt::join(missing, ", "))
                   : fmt::format("'{}' has no text in {}: give it one, or name its 'languages'", widget.name,
                                 fmt::join(missing, ", ")),
               rect, 0);
    }

    // Whether others in front always hide all of it.
    void look_for_cover(std::size_t index, const ScreenRect& rect) {
        const Widget& widget = arrangement_.widgets[index];
        std::vector<ScreenRect> left{rect};
        std::vector<std::string> covers;
        const Conditions needs = conditions_of(widget);
        if (!satisfying(needs, languages_, typesetter_)) return;
        for (std::size_t i = index + 1; i < arrangement_.widgets.size() && !left.empty(); ++i) {
            const Widget& front = arrangement_.widgets[i];
            if (front.background.alpha < 255 || picture::overlap(rect_of(front.box), rect).empty()) continue;
            if (const Conditions of_front = conditions_of(front); !of_front.empty()) {
                Conditions apart = needs;
                apart.push_back(not_all(of_front));
                if (satisfying(apart, languages_, typesetter_)) continue;
            }
            left = without(left, rect_of(front.box));
            covers.push_back(front.name);
        }
        if (!left.empty()) return;
        report(Severity::error, "covered", place_of(widget, {"box"}), widget.name,
               fmt::format("'{}' is never seen: {} in front hide{} all of it; move it, or name it later", widget.name,
                           fmt::join(covers, ", "), covers.size() > 1 ? "" : "s"),
               rect, 0);
    }

    // --- what depends on one

    void look(const Stage& stage) {
        const auto parts = screen_->parts(stage.input);
        sample_ = stage.sample;
        scene_ = {size_, to_picture(arrangement_.settings.background), {}};
        for (const auto& part : parts) scene_.items.insert(scene_.items.end(), part.items.begin(), part.items.end());
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

    // The worst that a widget's text can be is in a language; numbers and times are in none.
    void look_at_text(const std::vector<screen::Part>& parts, std::span<const Layer> layers, std::size_t index,
                      const picture::Text& text) {
        const auto& part = parts[layers[index].part];
        const auto& said = recorder_.said(*text.paragraph);
        const Widget* widget = widget_of(part.widget);
        const std::string language = has_words(said.utf8) && !is_number(said.utf8) ? said.style.language : "";
        findings_.saw(part.widget, {language, size_text(size_), sample_});
        const auto legibility = legibility_of(layers, index, scene_.background);
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
        report(Severity::error, "glyphs", found.place({"texts", "mark", "format", "skeleton"}), found.part.widget,
               fmt::format("{} says {}, of which no font of this machine has {} character{}: write it without, or "
                           "install the Noto fonts of that script",
                           found.who, shortened(found.said.utf8), missing, missing > 1 ? "s" : ""),
               item.box, -missing, found.language);
    }

    void look_at_fit(const TextFound& found, const picture::Item& item) {
        const auto& paragraph = *found.text.paragraph;
        const bool too_wide = found.said.box.width > 0 && paragraph.width > found.said.box.width + 1;
        if (!paragraph.truncated && !too_wide && !is_cut(found.text, item)) return;
        report(
            Severity::error, "fit",
            found.part.is_overlay ? found.place({}) : found.place({"text_size", "heading_size", "box", "size"}),
            found.part.widget,
            fmt::format("{} is cut: {} does not fit into {} x {} pixels on a screen of {} x {}, not even with smaller "
                        "letters; it needs a larger place, a smaller 'text_size' or a shorter text",
                        found.who, shortened(found.said.utf8), found.part.box.width, found.part.box.height, size_.width,
                        size_.height),
            item.box, double(item.box.width) / size_.width, found.language);
    }

    // Whether ink of the letters lies above or below what is drawn of them.
    bool is_cut(const picture::Text& text, const picture::Item& item) const {
        const double top = text.y, bottom = text.y + text.paragraph->height;
        if (top >= item.box.y - 1 && bottom <= item.box.bottom() + 1) return false;
        for (const auto& glyph : text.paragraph->glyphs) {
            const auto bitmap = fonts_.rasterise(glyph.font, glyph.glyph, glyph.size_px);
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
        report(severity, "contrast", place_of_colour(found), found.part.widget,
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
        const auto& viewing = arrangement_.settings.viewing;
        if (viewing.distance <= 0 || viewing.diagonal <= 0) return;
        const bool number =
            found.widget && !found.part.is_overlay && is_of_numbers(found.widget->kind) && is_number(found.said.utf8);
        if (!number && !has_words(found.said.utf8) && !is_number(found.said.utf8)) return;  // an arrow, a mark
        const double distance = number ? viewing.distance : screen::near_distance(viewing);
        const double height_mm = screen::capital_mm(found.text.paragraph->size_px, viewing, size_);
        const double angle = screen::minutes_of_arc(found.text.paragraph->size_px, viewing, size_, distance);
        if (angle >= good_angle) return;
        // An emergency is there in all languages at once, as large as the screen has room for: no layout can change it.
        if (found.part.is_overlay && sample_ == "emergency" && angle >= least_angle) return;
        const double size = found.text.paragraph->size_px / arrangement_.scale;  // canvas units
        const bool shrunk = found.text.paragraph->size_px < found.said.style.size_px - 0.5;
        report(
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
               std::abs(found.said.style.size_px - found.widget->heading_size * arrangement_.scale) < 0.5;
    }

    void look_at_edges(const screen::Part& part, const ScreenRect& rect) {
        const int safe = int(std::lround(arrangement_.settings.safe * arrangement_.scale));
        const Widget* widget = widget_of(part.widget);
        if (safe <= 0 || !widget || rect.empty()) return;
        const bool runs = widget->kind == WidgetKind::ticker;  // from edge to edge, as it should
        const int beyond = std::max({runs ? 0 : safe - rect.x, runs ? 0 : rect.right() - (size_.width - safe),
                                     safe - rect.y, rect.bottom() - (size_.height - safe)});
        if (beyond <= 1) return;
        report(Severity::error, "safe", place_of(*widget, {"box"}), part.widget,
               fmt::format("'{}' reaches {:.0f} canvas units into the {:.0f} at the edge that a display may hide "
                           "('safe'): move it in, or give it a 'padding'",
                           part.widget, std::ceil(beyond / arrangement_.scale), arrangement_.settings.safe),
               rect, -beyond);
    }

    void look_at_hider(const TextFound& found, const screen::Part& hider) {
        const Widget* front = widget_of(hider.widget);
        if (found.part.is_overlay || !front || comes_in_front(*front)) return;
        report(Severity::error, "overlap", place_of(*front, {"box"}), hider.widget,
               fmt::format("'{}' hides a part of {} of '{}': move one of them", hider.widget,
                           shortened(found.said.utf8), found.part.widget),
               found.legibility.letters, 0);
    }

    // Texts of two widgets across each other.
    void look_for_crossings(const std::vector<screen::Part>& parts, std::span<const Layer> layers) {
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
                const Widget* widget = widget_of(front);
                report(Severity::error, "overlap", widget ? place_of(*widget, {"box"}) : FilePlace{}, front,
                       fmt::format("the text of '{}' lies across that of '{}': move one of them, or give '{}' a "
                                   "'background'",
                                   front, parts[layers[below].part].widget, front),
                       cross, 0);
            }
        }
    }

    void look_for_flashes(std::span<const Stage> stages) {
        for (const Stage& stage : stages) {
            // Not the emergency's: its banner is the program's own, goes up and down once in two seconds, and painting
            // that for every layout takes longer than all else.
            if (stage.sample != "busy" && stage.sample != "call-" + languages_[0] && stage.sample != "closed") continue;
            // What runs along the screen stands still meanwhile: moving letters are no flashes.
            const auto scene_at = [&, input = stage.input](screen::WallTime now) mutable {
                input.now = now;
                return screen_->scene(input);
            };
            const auto flashing = flashing_of(scene_at, stage.input.now, fonts_);
            if (!flashing) continue;
            sample_ = stage.sample;
            scene_ = screen_->scene(stage.input);
            const Widget* widget = nullptr;
            for (const auto& one : arrangement_.widgets)
                if (!picture::overlap(rect_of(one.box), flashing->rect).empty() &&
                    (one.blink > 0 || one.kind == WidgetKind::clock))
                    widget = &one;
            report(Severity::error, "flashes", widget ? place_of(*widget, {"blink", "format", "skeleton"}) : root_,
                   widget ? widget->name : "",
                   fmt::format("{} changes between light and dark {} times a second; more than {} flashes may cause "
                               "seizures (WCAG 2.3.2)",
                               widget ? "'" + widget->name + "'" : "the screen", flashing->changes, most_flashes),
                   flashing->rect, -flashing->changes);
            return;
        }
    }

    static picture::Colour to_picture(const layouts::Colour& colour) {
        return {colour.red, colour.green, colour.blue, colour.alpha};
    }

    const layouts::Layout& layout_;
    ScreenSize size_;
    FilePlace root_;
    layouts::Arrangement arrangement_;
    const text::FontSet& fonts_;
    text::Typesetter& typesetter_;
    RecordingTypesetter recorder_;
    const LintOptions& options_;
    std::span<const std::string> languages_;
    Findings& findings_;
    std::unique_ptr<screen::Screen> screen_;
    picture::Scene scene_;  // that is looked at
    std::string sample_;
};

bool takes_turns(WidgetKind kind) {
    using enum WidgetKind;
    return kind == board || kind == waiting || kind == clock || kind == text || kind == languages;
}

// When, after the begin of a sample, everything has had its turn in every language.
std::vector<int> turns_of(const layouts::Layout& layout, std::size_t languages) {
    constexpr double seconds_of_notices = 6;
    constexpr std::size_t most_turns = 96;
    std::set<int> turns{0};
    const auto add = [&](double seconds, std::size_t count) {
        for (std::size_t i = 0; i < count && turns.size() < most_turns; ++i)
            turns.insert(int(std::ceil(seconds * double(i))));
    };
    add(seconds_of_notices, languages);
    for (const auto& variant : layout.variants)
        for (const auto& widget : variant.widgets)
            if (takes_turns(widget.kind))
                add(widget.seconds, widget.languages.empty() ? languages : widget.languages.size());
    return {turns.begin(), turns.end()};
}

bool is_shown(const Widget& widget, const screen::ScreenInput& input, text::Typesetter& typesetter) {
    screen::WallTime until = screen::WallTime::max();
    return screen::all_hold(conditions_of(widget), {input, typesetter}, until);
}

std::vector<Stage> stages_of(const layouts::Layout& layout, std::span<const std::string> languages,
                             text::Typesetter& typesetter) {
    const auto turns = turns_of(layout, languages.size());
    std::vector<Stage> stages;
    const auto add = [&](const std::string& name, Situation situation) {
        stages.push_back({name, input_of(situation, languages)});
    };
    const auto add_turns = [&](const std::string& name, Situation situation) {
        for (const int later : turns) {
            situation.later = later;
            add(name, situation);
        }
    };
    for (const auto& [name, about, situation] : samples(languages)) {
        if (situation.notice || situation.emergency) {
            for (const auto& language : languages) {
                auto spoken = situation;
                spoken.notice_language = language;
                add(name, spoken);
            }
        } else if (!situation.visitor_language.empty()) {
            if (name != "call") add(name, situation);
        } else {
            add_turns(name, situation);
        }
    }
    // What is shown at some hours only.
    std::size_t made = 0;
    for (const auto& variant : layout.variants) {
        for (const auto& widget : variant.widgets) {
            const auto shows = [&](const Stage& stage) { return is_shown(widget, stage.input, typesetter); };
            if (std::ranges::any_of(stages, shows)) continue;
            const auto situation = satisfying(conditions_of(widget), languages, typesetter);
            if (situation && made++ < 8) add_turns(fmt::format("made for '{}'", widget.name), *situation);
        }
    }
    return stages;
}

}  // namespace

std::vector<ScreenSize> usual_sizes(const layouts::Layout& layout) {
    std::vector<ScreenSize> sizes;
    const auto add = [&](ScreenSize size) {
        if (size.width >= 16 && size.height >= 16 && std::ranges::find(sizes, size) == sizes.end())
            sizes.push_back(size);
    };
    const auto canvas_of = [](const layouts::Variant& variant) {
        return ScreenSize{int(variant.settings.width), int(variant.settings.height)};
    };
    const auto shown = [&](ScreenSize size) { return &layout.variant_for(size.width, size.height); };
    add(canvas_of(layout.base()));
    const bool upright = layout.base().settings.height > layout.base().settings.width;
    const bool has_upright = shown({1080, 1920}) != shown({1920, 1080});
    if (!upright || has_upright)
        for (const ScreenSize size : {ScreenSize{1920, 1080}, {1280, 720}, {3840, 2160}, {1024, 600}}) add(size);
    if (upright || has_upright)
        for (const ScreenSize size : {ScreenSize{1080, 1920}, {768, 1366}, {2160, 3840}}) add(size);
    for (const auto& variant : layout.variants) {
        const auto takes = [&](ScreenSize size) { return shown(size) == &variant; };
        if (std::ranges::any_of(sizes, takes)) continue;
        // Its own canvas, or the nearest that its shapes allow.
        const auto& shapes = variant.shapes;
        ScreenSize size = canvas_of(variant);
        if (!takes(size)) {
            const double aspect =
                std::clamp(variant.settings.width / variant.settings.height, shapes.least_aspect, shapes.most_aspect);
            double width = std::clamp(double(size.width), shapes.least_width, shapes.most_width);
            const double height = std::clamp(width / aspect, shapes.least_height, shapes.most_height);
            width = std::clamp(height * aspect, shapes.least_width, shapes.most_width);
            size = {int(std::floor(std::min(width, 16384.0))), int(std::floor(std::min(height, 16384.0)))};
        }
        if (takes(size)) add(size);
    }
    return sizes;
}

std::vector<Finding> lint(const layouts::Layout& layout, const text::FontSet& fonts, const LintOptions& options) {
    LintOptions filled = options;
    if (filled.languages.empty()) filled.languages = usual_languages();
    if (filled.sizes.empty()) filled.sizes = usual_sizes(layout);
    const auto& sizes = filled.sizes;
    const auto typesetter = text::make_typesetter(fonts);
    const auto stages = stages_of(layout, filled.languages, *typesetter);
    Findings findings;
    std::set<const layouts::Variant*> looked_for_flashes;
    // The smallest first for flashes: painting is what costs there.
    auto by_area = sizes;
    std::ranges::sort(by_area, {}, [](ScreenSize size) { return size.width * size.height; });
    std::set<std::pair<int, int>> flashes_at;
    for (const ScreenSize size : by_area)
        if (looked_for_flashes.insert(&layout.variant_for(size.width, size.height)).second)
            flashes_at.insert({size.width, size.height});
    for (const ScreenSize size : sizes)
        ScreenLint(layout, size, fonts, *typesetter, filled, findings)
            .look(stages, flashes_at.contains({size.width, size.height}));
    return findings.take();
}

std::vector<Finding> findings_of(const Error& error, const std::string& file) {
    std::vector<Finding> findings;
    std::string_view rest = error.message;
    while (!rest.empty()) {
        const auto end = rest.find('\n');
        std::string_view line = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        Finding finding{.rule = std::string(rule_layout), .file = file, .place = {1, 1}};
        // A path may have a colon itself.
        for (auto colon = line.find(':'); colon != line.npos; colon = line.find(':', colon + 1)) {
            FilePlace place;
            const char* const end_of_line = line.data() + line.size();
            const auto [column, no_line] = std::from_chars(line.data() + colon + 1, end_of_line, place.line);
            if (no_line != std::errc() || column == end_of_line || *column != ':') continue;
            const auto [past, no_column] = std::from_chars(column + 1, end_of_line, place.column);
            if (no_column != std::errc() || past == end_of_line || *past != ':') continue;
            finding.file = line.substr(0, colon);
            finding.place = place;
            line.remove_prefix(std::size_t(past + 1 - line.data()));
            while (line.starts_with(' ')) line.remove_prefix(1);
            break;
        }
        finding.message = line;
        findings.push_back(std::move(finding));
    }
    return findings;
}

}  // namespace hallcast::preview
