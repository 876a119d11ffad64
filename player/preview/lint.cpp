#include "player/preview/lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "player/preview/arrangement_rules.h"
#include "player/preview/flashes.h"
#include "player/preview/linted_screen.h"
#include "player/preview/recording_typesetter.h"
#include "player/preview/samples.h"
#include "player/preview/stages.h"
#include "player/preview/text_rules.h"
#include "player/screen/item_list.h"
#include "player/screen/screen.h"

namespace hallcast::preview {

using layouts::FilePlace;
using layouts::Widget;
using layouts::WidgetKind;
using picture::ScreenSize;

namespace {

void look_for_flashes(LintedScreen& on, screen::Screen& shown, std::span<const Stage> stages,
                      const text::FontSet& fonts) {
    for (const Stage& stage : stages) {
        // Not the emergency's: its banner is the program's own, goes up and down once in two seconds, and painting
        // that for every layout takes longer than all else.
        if (stage.sample != "busy" && stage.sample != "call-" + on.options.languages[0] && stage.sample != "closed")
            continue;
        // What runs along the screen stands still meanwhile: moving letters are no flashes.
        const auto scene_at = [&, input = stage.input](screen::WallTime now) mutable {
            input.now = now;
            return shown.scene(input);
        };
        const auto flashing = flashing_of(scene_at, stage.input.now, fonts);
        if (!flashing) continue;
        on.sample = stage.sample;
        on.scene = shown.scene(stage.input);
        const Widget* widget = nullptr;
        for (const auto& one : on.arrangement.widgets)
            if (!picture::overlap(on.rect_of(one.box), flashing->rect).empty() &&
                (one.blink > 0 || one.kind == WidgetKind::clock))
                widget = &one;
        on.report(Severity::error, "flashes", widget ? place_of(*widget, {"blink", "format", "skeleton"}) : on.root,
                  widget ? widget->name : "",
                  fmt::format("{} changes between light and dark {} times a second; more than {} flashes may cause "
                              "seizures (WCAG 2.3.2)",
                              widget ? "'" + widget->name + "'" : "the screen", flashing->changes, most_flashes),
                  flashing->rect, -flashing->changes);
        return;
    }
}

void look(LintedScreen& on, std::span<const Stage> stages, bool at_flashes, text::Typesetter& typesetter) {
    RecordingTypesetter recorder(typesetter);
    const auto shown = screen::make_screen(on.layout, on.size, recorder);
    if (!shown) {
        on.report(shown.error());
        return look_at_arrangement(on, typesetter);
    }
    for (const Stage& stage : stages) {
        const auto parts = (*shown)->parts(stage.input);
        on.sample = stage.sample;
        on.scene = {on.size, screen::to_picture(on.arrangement.settings.background), {}};
        for (const auto& part : parts)
            on.scene.items.insert(on.scene.items.end(), part.items.begin(), part.items.end());
        look_at_parts(on, parts, recorder);
    }
    on.scene = {};
    for (const Stage& stage : stages)
        if (stage.sample == "busy" && on.scene.items.empty()) on.scene = (*shown)->scene(stage.input);
    look_at_arrangement(on, typesetter);
    if (at_flashes) look_for_flashes(on, **shown, stages, recorder.fonts());
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
    for (const ScreenSize size : sizes) {
        LintedScreen on(layout, size, filled, findings);
        look(on, stages, flashes_at.contains({size.width, size.height}), *typesetter);
    }
    return findings.take();
}

}  // namespace hallcast::preview
