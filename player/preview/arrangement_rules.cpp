#include "player/preview/arrangement_rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>
#include <vector>

#include "player/preview/flashes.h"
#include "player/preview/satisfying.h"
#include "player/screen/languages.h"

namespace hallcast::preview {

using layouts::Widget;
using picture::ScreenRect;

namespace {

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

class ArrangementRules {
  public:
    ArrangementRules(LintedScreen& on, text::Typesetter& typesetter) : on_(on), typesetter_(typesetter) {}

    void look_at(std::size_t index) {
        const Widget& widget = on_.arrangement.widgets[index];
        on_.saw(widget.name);
        const ScreenRect rect = on_.rect_of(widget.box);
        const double room = std::min(widget.box.width, widget.box.height);
        if (on_.arrangement.problems.empty() && (rect.width < 2 || rect.height < 2))
            on_.report(Severity::error, "room", place_of(widget, {"box", "size"}), widget.name,
                       fmt::format("'{}' has {:.0f} x {:.0f} canvas units: nothing of it can be seen; give it room, or "
                                   "take it out",
                                   widget.name, widget.box.width, widget.box.height),
                       rect, 0);
        else if (widget.padding > 0 && 2 * widget.padding >= room)
            on_.report(
                Severity::error, "room", place_of(widget, {"padding"}), widget.name,
                fmt::format("'padding' leaves nothing of the {:.0f} x {:.0f} canvas units of '{}': at most {:.0f}",
                            widget.box.width, widget.box.height, widget.name, std::max(0.0, room / 2 - 1)),
                rect, 0);
        look_at_conditions(widget, rect);
        look_at_translations(widget, rect);
        look_at_office(widget, "services", "service", widget.services, on_.options.services, rect);
        look_at_office(widget, "counters", "counter", widget.counters, on_.options.counters, rect);
        if (widget.blink > most_flashes)
            on_.report(
                Severity::error, "flashes", place_of(widget, {"blink"}), widget.name,
                fmt::format("'{}' blinks {} times a second, which may cause seizures (WCAG 2.3.2): 'blink' is at "
                            "most {}",
                            widget.name, widget.blink, most_flashes),
                rect, -widget.blink);
        if (!rect.empty()) look_for_cover(index, rect);
    }

  private:
    // A key that lists what the office must have.
    template <typename Id>
    void look_at_office(const Widget& widget, std::string_view key, std::string_view noun, const std::vector<Id>& asked,
                        const std::vector<Id>& office, const ScreenRect& rect) {
        if (office.empty()) return;
        for (const Id& id : asked) {
            if (std::ranges::find(office, id) != office.end()) continue;
            on_.report(Severity::error, "never", place_of(widget, {key}), widget.name,
                       fmt::format("'{}' asks for {} '{}', which the office does not have: it has {}", widget.name,
                                   noun, id, fmt::join(office, ", ")),
                       rect, 0);
        }
    }

    void look_at_conditions(const Widget& widget, const ScreenRect& rect) {
        const Conditions conditions = conditions_of(widget);
        if (satisfying(conditions, on_.options.languages, typesetter_)) {
            for (const auto& condition : conditions) look_at_alternatives(widget, conditions, condition, rect);
            return;
        }
        Conditions some;
        std::vector<std::string> others;
        for (const auto& condition : conditions) {
            some.push_back(condition);
            if (!satisfying(some, on_.options.languages, typesetter_)) break;
            others.push_back(text_of(condition));
        }
        const auto& last = some.back();
        on_.report(Severity::error, "never", last.place.line > 0 ? last.place : place_of(widget, {"when"}), widget.name,
                   others.empty()
                       ? fmt::format("'{}' is never shown: '{}' never holds", widget.name, text_of(last))
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
            if (satisfying(with, on_.options.languages, typesetter_)) continue;
            on_.report(
                Severity::warning, "never", one.place, widget.name,
                fmt::format("'{}' of 'any' never holds where '{}' is shown: take it out", text_of(one), widget.name),
                rect, 0);
        }
    }

    void look_at_translations(const Widget& widget, const ScreenRect& rect) {
        if (widget.texts.empty()) return;
        const bool own = !widget.languages.empty();
        std::vector<std::string> missing;
        for (const auto& language : own ? std::span<const std::string>(widget.languages) : on_.options.languages)
            if (!screen::find_in(widget.texts, language)) missing.push_back(language);
        if (missing.empty()) return;
        on_.report(own ? Severity::error : Severity::warning, "translations", place_of(widget, {"texts"}), widget.name,
                   own ? fmt::format("'{}' has no text in {}, which is among its 'languages'", widget.name,
                                     fmt::join(missing, ", "))
                       : fmt::format("'{}' has no text in {}: give it one, or name its 'languages'", widget.name,
                                     fmt::join(missing, ", ")),
                   rect, 0);
    }

    // Whether others in front always hide all of it.
    void look_for_cover(std::size_t index, const ScreenRect& rect) {
        const Widget& widget = on_.arrangement.widgets[index];
        std::vector<ScreenRect> left{rect};
        std::vector<std::string> covers;
        const Conditions needs = conditions_of(widget);
        if (!satisfying(needs, on_.options.languages, typesetter_)) return;
        for (std::size_t i = index + 1; i < on_.arrangement.widgets.size() && !left.empty(); ++i) {
            const Widget& front = on_.arrangement.widgets[i];
            if (front.background.alpha < 255 || picture::overlap(on_.rect_of(front.box), rect).empty()) continue;
            if (const Conditions of_front = conditions_of(front); !of_front.empty()) {
                Conditions apart = needs;
                apart.push_back(not_all(of_front));
                if (satisfying(apart, on_.options.languages, typesetter_)) continue;
            }
            left = without(left, on_.rect_of(front.box));
            covers.push_back(front.name);
        }
        if (!left.empty()) return;
        on_.report(Severity::error, "covered", place_of(widget, {"box"}), widget.name,
                   fmt::format("'{}' is never seen: {} in front hide{} all of it; move it, or name it later",
                               widget.name, fmt::join(covers, ", "), covers.size() > 1 ? "" : "s"),
                   rect, 0);
    }

    LintedScreen& on_;
    text::Typesetter& typesetter_;
};

}  // namespace

void look_at_arrangement(LintedScreen& on, text::Typesetter& typesetter) {
    on.sample.clear();
    for (const auto& problem : on.arrangement.problems)
        on.report(Severity::error, "room", problem.place, "", problem.message, {0, 0, on.size.width, on.size.height},
                  0);
    ArrangementRules rules(on, typesetter);
    for (std::size_t i = 0; i < on.arrangement.widgets.size(); ++i) rules.look_at(i);
}

}  // namespace hallcast::preview
