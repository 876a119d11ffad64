// The layouts we ship keep what they promise.
#include <algorithm>
#include <array>
#include <cmath>

#include "layouts/layout.h"
#include "tests/catch.h"

namespace shipped_layouts_test {

using namespace hallcast::layouts;

// WCAG 2: relative luminance and contrast.
double linear(std::uint8_t channel) {
    const double c = channel / 255.0;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}
double luminance(const Colour& c) {
    return 0.2126 * linear(c.red) + 0.7152 * linear(c.green) + 0.0722 * linear(c.blue);
}
double contrast(const Colour& a, const Colour& b) {
    const double one = luminance(a), other = luminance(b);
    return (std::max(one, other) + 0.05) / (std::min(one, other) + 0.05);
}

Widget widget_of(const Layout& layout, WidgetKind kind) {
    const auto arranged = arrange(layout, int(layout.base().settings.width), int(layout.base().settings.height));
    const auto found = std::ranges::find(arranged.widgets, kind, &Widget::kind);
    REQUIRE(found != arranged.widgets.end());
    return *found;
}

TEST_CASE("every shipped layout can be loaded") {
    const auto names = shipped_layout_names();
    CHECK(names == std::vector<std::string>{"hall", "hall-portrait", "counter", "information", "waiting", "emergency",
                                            "bench", "test-card", "slide"});
    for (const auto& name : names) {
        const auto layout = load_layout(name, {});
        INFO(name << ": " << (layout ? "" : layout.error().message));
        REQUIRE(layout);
        CHECK(layout->name == name);
    }
}

// What is behind a widget: its own ground, that of the nearest panel behind it that holds all of it, or the screen's.
Colour ground_of(const Arrangement& layout, std::size_t index) {
    const Widget& widget = layout.widgets[index];
    if (widget.background.alpha) return widget.background;
    const auto holds = [](const Box& outer, const Box& inner) {
        constexpr double hair = 0.01;
        return outer.x <= inner.x + hair && outer.y <= inner.y + hair && inner.right() <= outer.right() + hair &&
               inner.bottom() <= outer.bottom() + hair;
    };
    for (std::size_t i = index; i-- > 0;) {
        const Widget& behind = layout.widgets[i];
        if (behind.kind == WidgetKind::panel && behind.background.alpha == 255 && holds(behind.box, widget.box))
            return behind.background;
    }
    return layout.settings.background;
}

TEST_CASE("letters of shipped layouts have a contrast of at least 7:1 with their ground") {
    using enum WidgetKind;
    for (const auto& name : shipped_layout_names()) {
        const auto layout = load_layout(name, {});
        REQUIRE(layout);
        for (const auto& [width, height] : {std::pair(1920, 1080), {1080, 1920}, {1920, 480}}) {
            const Arrangement arranged = arrange(*layout, width, height);
            INFO(name << ": " << (arranged.problems.empty() ? "" : arranged.problems.front().message));
            CHECK(arranged.problems.empty());
            for (std::size_t i = 0; i < arranged.widgets.size(); ++i) {
                const Widget& widget = arranged.widgets[i];
                // Those without letters of the layout's colours.
                if (widget.kind == media || widget.kind == image || widget.kind == panel || widget.kind == message)
                    continue;
                INFO(name << ": " << widget.name << " at " << width << 'x' << height);
                const Colour ground = ground_of(arranged, i);
                REQUIRE((ground.alpha == 255 && widget.colour.alpha == 255 && widget.highlight.alpha == 255));
                CHECK(contrast(widget.colour, ground) >= 7);
                const bool on_own_ground = widget.kind == board || widget.kind == counter || widget.kind == languages;
                if (on_own_ground && widget.highlight_background.alpha) {
                    CHECK(contrast(widget.highlight, widget.highlight_background) >= 7);
                } else if (on_own_ground || widget.kind == call || widget.kind == ticker) {
                    CHECK(contrast(widget.highlight, ground) >= 7);
                }
            }
        }
    }
}

TEST_CASE("the shipped layouts are of one palette") {
    const auto allowed = [](const Colour& colour) {
        constexpr std::array palette{Colour{0x0b, 0x25, 0x45}, Colour{0x06, 0x18, 0x2f}, Colour{0x12, 0x3a, 0x63},
                                     Colour{255, 255, 255},    Colour{0xc9, 0xd6, 0xe6}, Colour{0xff, 0xd1, 0x66}};
        return colour.alpha < 255 || std::ranges::find(palette, colour) != palette.end();
    };
    for (const auto& name : shipped_layout_names()) {
        if (name == "test-card" || name == "slide") continue;  // a test's own colours, and a page of its own
        const auto layout = *load_layout(name, {});
        for (const auto& variant : layout.variants) {
            CHECK(allowed(variant.settings.background));
            for (const auto& widget : variant.widgets) {
                INFO(name << ": " << widget.name);
                CHECK(allowed(widget.colour));
                CHECK(allowed(widget.background));
                CHECK(allowed(widget.highlight));
                CHECK(allowed(widget.highlight_background));
            }
        }
    }
}

TEST_CASE("layouts without a line that runs are still") {
    for (const auto& name : {"counter", "waiting", "emergency"}) {
        const auto layout = *load_layout(name, {});
        for (const auto& variant : layout.variants)
            CHECK(std::ranges::none_of(variant.widgets,
                                       [](const Widget& widget) { return widget.kind == WidgetKind::ticker; }));
    }
}

TEST_CASE("bench is what the measurements expect") {
    const auto layout = load_layout("bench", {});
    REQUIRE(layout);
    CHECK(layout->base().settings.background == Colour{0x0b, 0x25, 0x45, 255});
    const auto media = widget_of(*layout, WidgetKind::media).box;
    CHECK((media.x == 0 && media.y == 0 && media.width == 1280 && media.height == 720));
    const auto board = widget_of(*layout, WidgetKind::board);
    CHECK(board.rows == 8);
    CHECK((board.box.x >= 1280 && board.background.alpha == 0));
    const auto ticker = widget_of(*layout, WidgetKind::ticker);
    CHECK((ticker.box.y == 980 && ticker.box.height == 80 && ticker.speed == 200));
    CHECK(ticker.languages.size() == 6);
    for (const auto& language : ticker.languages) CHECK(ticker.texts.contains(language));
    CHECK(std::ranges::none_of(layout->base().widgets, [](const Widget& w) { return w.kind == WidgetKind::call; }));
}

}  // namespace shipped_layouts_test
