// A layout's text, as what it becomes or why it is refused.
#pragma once

#include <algorithm>
#include <string>

#include "layouts/layout.h"
#include "tests/catch.h"

namespace parsed {

using namespace hallcast::layouts;

inline std::string error_of(const std::string& yaml) {
    const auto layout = parse_layout(yaml, "x.yaml");
    return layout ? "no error" : layout.error().message;
}

inline Layout layout_of(const std::string& yaml) {
    auto layout = parse_layout(yaml, "x.yaml");
    INFO((layout ? "" : layout.error().message));
    REQUIRE(layout);
    return *layout;
}

inline Widget widget_named(const std::vector<Widget>& widgets, const std::string& name) {
    const auto found = std::ranges::find(widgets, name, &Widget::name);
    INFO(name);
    REQUIRE(found != widgets.end());
    return *found;
}

// A layout on a screen, by the names of its widgets.
struct OnScreen {
    OnScreen(const std::string& yaml, int width = 1920, int height = 1080)
        : made(arrange(layout_of(yaml), width, height)) {}
    Box box(const std::string& name) const { return widget_named(made.widgets, name).box; }
    std::string problems() const {
        std::string all;
        for (const auto& problem : made.problems)
            all += std::to_string(problem.place.line) + ": " + problem.message + "\n";
        return all;
    }
    Arrangement made;
};

// Of the canvas of whoever reads: nothing but a first widget's values.
inline Widget widget_of(const std::string& yaml) { return layout_of(yaml).base().widgets.at(0); }

}  // namespace parsed

namespace hallcast::layouts {
inline std::ostream& operator<<(std::ostream& out, const Box& box) {
    return out << '[' << box.x << ", " << box.y << ", " << box.width << ", " << box.height << ']';
}
}  // namespace hallcast::layouts
