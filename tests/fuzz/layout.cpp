// An office's layout file: whatever it says, it is refused with places in it, or its widgets have boxes on every
// screen, inside of it.
#include "layouts/layout.h"

#include <cmath>

#include "tests/fuzz/fuzz.h"

namespace {

using namespace hallcast;

void arrange_at(const layouts::Layout& layout, int width, int height) {
    const auto arranged = layouts::arrange(layout, width, height);
    constexpr double hair = 1e-3;  // canvas units: rounding; the screen cuts at its edge
    for (const layouts::Widget& widget : arranged.widgets) {
        const layouts::Box& box = widget.box;
        for (const double value : {box.x, box.y, box.width, box.height}) fuzz::require(std::isfinite(value));
        fuzz::require(box.x >= -hair && box.y >= -hair && box.width >= 0 && box.height >= 0);
        fuzz::require(box.right() <= arranged.settings.width + hair && box.bottom() <= arranged.settings.height + hair);
        fuzz::require(!widget.name.empty());
    }
    for (const auto& problem : arranged.problems) fuzz::require(!problem.message.empty() && problem.place.line > 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::be_quiet();
    const std::string_view yaml{reinterpret_cast<const char*>(data), size};
    const auto layout = layouts::parse_layout(yaml, "f.yaml");
    if (!layout) {
        fuzz::require(layout.error().message.starts_with("f.yaml:"));
        return 0;
    }
    fuzz::require(!layout->variants.empty() && layout->base().widgets.size() <= layouts::max_widgets);
    for (const auto [width, height] : {std::pair(1920, 1080), {1080, 1920}, {7680, 4320}, {1024, 600}, {16, 16384}})
        arrange_at(*layout, width, height);
    return 0;
}
