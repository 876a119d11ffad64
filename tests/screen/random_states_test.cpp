// Whatever state, time and size there is: a scene comes out, the same each time, and all of it lies on the screen.
#include "tests/screen/random_states.h"

namespace random_states_test {

using namespace random_states;

TEST_CASE("a thousand random states give scenes that lie on the screen and depend on nothing else") {
    const unsigned seed = std::random_device{}();
    INFO("seed " << seed);
    Chance chance(seed);
    BoxTypesetter typesetter;
    const std::vector<picture::ScreenSize> sizes{{1920, 1080}, {1280, 720}, {1080, 1920}, {333, 97}, {16, 16}};
    for (const std::string name : {"hall", "bench", "slide"}) {
        const auto layout = *layouts::load_layout(name, {});
        for (const auto size : sizes) {
            auto warm = std::move(*screen::make_screen(layout, size, typesetter));
            for (int i = 0; i < 1000 / 15 / 5 + 1; ++i) {
                const auto hall = std::make_shared<const v1::HallState>(random_hall(chance));
                for (int j = 0; j < 5; ++j) {
                    const auto input = random_input(chance, hall);
                    const auto scene = warm->scene(input);
                    check_on_screen(scene);
                    // A screen that has seen other things before shows the same as one that has just been made.
                    auto fresh = std::move(*screen::make_screen(layout, size, typesetter));
                    CHECK(fresh->scene(input).items == scene.items);
                    // And for as long as it says it stays still, it does.
                    auto later = input;
                    const auto still = warm->still_for(input);
                    REQUIRE(still >= 0ns);
                    later.now += std::chrono::duration_cast<screen::WallTime::duration>(still * 0.999);
                    if (still > 1us) CHECK(fresh->scene(later).items == scene.items);
                }
            }
        }
    }
}

}  // namespace random_states_test
