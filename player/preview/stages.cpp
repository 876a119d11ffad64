#include "player/preview/stages.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "player/preview/samples.h"
#include "player/preview/satisfying.h"
#include "player/screen/conditions.h"
#include "player/screen/widget.h"

namespace hallcast::preview {

using layouts::Widget;
using layouts::WidgetKind;

namespace {

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

}  // namespace

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

}  // namespace hallcast::preview
