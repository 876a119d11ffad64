// Whatever state, time and size there is: a scene comes out, the same each time, and all of it lies on the screen.
#include "tests/screen/random_states.h"
#include "tests/sanitized.h"

namespace random_states_test {

using namespace random_states;

// All that a hall's layout may have that changes by and by.
layouts::Layout moving_layout() {
    auto layout = *layouts::load_layout("hall", {});
    const std::vector<std::string> transitions{"fade", "slide", "grow", "cut"};
    std::size_t next = 0;
    for (auto& widget : layout.variants.back().widgets) {
        widget.transition = transitions[next++ % transitions.size()];
        widget.transition_seconds = 0.5;
        widget.seconds = 2;
        if (widget.kind == layouts::WidgetKind::call) widget.way = true, widget.transition = "slide";
        if (widget.kind == layouts::WidgetKind::board)
            widget.group = "service", widget.pages = true, widget.blink = 1, widget.transition = "slide";
        if (widget.name == "please_wait") widget.kind = layouts::WidgetKind::counter;
    }
    return layout;
}
// All that the shipped layouts do not have, but codes: each screen has its own picture of one.
const std::string all_widgets =
    "stack:\n"
    "  - {kind: waiting, box: [0, 0, 700, 900], rows: 3, heading: true, divider: \"#ffffff\"}\n"
    "  - {kind: waiting, box: [0, 900, 700, 90], rows: 12, services: [\"1\", \"2\"], when: calls}\n"
    "  - {kind: languages, box: [700, 400, 400, 90], highlight_background: \"#ffd166\"}\n"
    "  - {kind: text, box: [700, 500, 400, 90], text: office_name}\n"
    "  - {kind: board, box: [1100, 0, 500, 900], heading: true}\n"
    "  - {kind: connection, box: [1100, 900, 820, 180]}\n"
    "  - {kind: message, box: [0, 990, 1000, 90]}\n";

TEST_CASE("random states give scenes that lie on the screen and depend on nothing else") {
    const unsigned seed = std::random_device{}();
    INFO("seed " << seed);
    Chance chance(seed);
    BoxTypesetter typesetter;
    const std::vector<picture::ScreenSize> sizes{{1920, 1080}, {1280, 720}, {1080, 1920}, {333, 97}, {16, 16}};
    std::vector<layouts::Layout> layouts{moving_layout(), layout_of(all_widgets)};
    for (const std::string& name : layouts::shipped_layout_names()) layouts.push_back(*layouts::load_layout(name, {}));
    for (const auto& layout : layouts) {
        for (const auto size : sizes) {
            auto warm = std::move(*screen::make_screen(layout, size, typesetter));
            for (int i = 0; i < (tests::sanitized ? 1 : 14); ++i) {
                const auto hall = std::make_shared<const v1::HallState>(random_hall(chance));
                for (int j = 0; j < 5; ++j) {
                    const auto input = random_input(chance, hall);
                    const auto scene = warm->scene(input);
                    check_on_screen(scene);
                    // A screen that has seen other things before shows the same as one that has just been made.
                    auto fresh = std::move(*screen::make_screen(layout, size, typesetter));
                    CHECK(same_items(fresh->scene(input).items, scene.items));
                    // And for as long as it says it stays still, it does.
                    auto later = input;
                    const auto still = warm->still_for(input);
                    REQUIRE(still >= 0ns);
                    later.now += std::chrono::duration_cast<screen::WallTime::duration>(still * 0.999);
                    if (still > 1us) CHECK(same_items(fresh->scene(later).items, scene.items));
                    // Also a little later, whatever it has kept of now.
                    later.now = input.now + std::chrono::milliseconds(chance.below(2000));
                    auto other = std::move(*screen::make_screen(layout, size, typesetter));
                    CHECK(same_items(other->scene(later).items, fresh->scene(later).items));
                    check_on_screen(fresh->scene(later));
                }
            }
        }
    }
}

}  // namespace random_states_test
