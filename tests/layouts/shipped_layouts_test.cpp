// The layouts we ship keep what they promise.
#include <algorithm>
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
    CHECK(names == std::vector<std::string>{"hall", "bench", "slide"});
    for (const auto& name : names) {
        const auto layout = load_layout(name, {});
        INFO(name << ": " << (layout ? "" : layout.error().message));
        REQUIRE(layout);
        CHECK(layout->name == name);
    }
}

TEST_CASE("letters of shipped layouts have a contrast of at least 7:1 with their ground") {
    for (const auto& name : shipped_layout_names()) {
        const auto layout = load_layout(name, {});
        REQUIRE(layout);
        for (const auto& widget : layout->base().widgets) {
            if (widget.kind == WidgetKind::media || widget.kind == WidgetKind::image) continue;
            INFO(name << ": " << widget.name);
            const Colour ground = widget.background.alpha ? widget.background : layout->base().settings.background;
            REQUIRE((ground.alpha == 255 && widget.colour.alpha == 255 && widget.highlight.alpha == 255));
            CHECK(contrast(widget.colour, ground) >= 7);
            if (widget.kind == WidgetKind::board && widget.highlight_background.alpha) {
                CHECK(contrast(widget.highlight, widget.highlight_background) >= 7);
            } else if (widget.kind == WidgetKind::board || widget.kind == WidgetKind::call ||
                       widget.kind == WidgetKind::ticker) {
                CHECK(contrast(widget.highlight, ground) >= 7);
            }
        }
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
