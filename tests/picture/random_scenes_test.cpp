// Painting only the damage gives the picture that painting everything gives, over thousands of random changes.
#include <cstdlib>
#include <random>

#include "player/picture/painter.h"
#include "tests/catch.h"
#include "tests/picture/made_scenes.h"
#include "tests/sanitized.h"

namespace hallcast::picture::random_scenes_test {

TEST_CASE("A picture repainted where it is damaged is the picture painted at once") {
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    const made::BlobFonts fonts;
    made::Changer changer(seed);
    auto scene = changer.first();
    const auto live = make_memory_painter(fonts);
    live->paint(scene);
    std::size_t wrong = 0;
    bool opaque = true;
    int step = 0;
    std::int64_t damaged = 0;
    // HALLCAST_CHANGES=10000: as many, for the long campaign.
    const char* wanted = std::getenv("HALLCAST_CHANGES");
    const int changes = wanted ? std::atoi(wanted) : tests::sanitized ? 500 : 2000;
    for (; step < changes && wrong == 0 && opaque; ++step) {
        const auto before = scene;
        changer.change(scene);
        damaged += damage_between(before, scene).area();
        live->paint(scene);
        // Fresh each time: nothing that a cache holds may show.
        made::Board whole(fonts, scene.size);
        whole.paint(scene);
        for (std::size_t i = 0; i < whole.pixels.size(); ++i) wrong += whole.pixels[i] != live->pixels()[i];
        for (std::size_t i = 3; i < whole.pixels.size(); i += 4) opaque = opaque && whole.pixels[i] == 255;
    }
    INFO("step " << step);
    CHECK(wrong == 0);
    CHECK(opaque);
    // Or else "repaint all" would pass as well.
    CHECK(damaged < std::int64_t(step) * 320 * 200 * 6 / 10);
    CHECK(damaged > 0);
}

TEST_CASE("The comparison of pictures notices a damage that lacks one pixel") {
    const made::BlobFonts fonts;
    Scene before{{64, 64}, {0, 0, 0, 255}, {{1, {10, 10, 20, 20}, Fill{{255, 255, 255, 255}, 0}}}};
    Scene after{{64, 64}, {0, 0, 0, 255}, {{1, {12, 10, 20, 20}, Fill{{255, 255, 255, 255}, 0}}}};
    made::Board whole(fonts, after.size);
    whole.paint(after);

    auto damage = damage_between(before, after);
    made::Board exact(fonts, after.size);
    exact.paint(before);
    exact.paint(after, damage);
    CHECK(exact.pixels == whole.pixels);

    damage.subtract(ScreenRect{31, 29, 1, 1});
    made::Board lacking(fonts, after.size);
    lacking.paint(before);
    lacking.paint(after, damage);
    CHECK(lacking.pixels != whole.pixels);
}

TEST_CASE("Nothing outside of the damage is touched") {
    const made::BlobFonts fonts;
    made::Changer changer(77);
    auto scene = changer.first();
    for (int step = 0; step < 100; ++step) {
        changer.change(scene);
        made::Board board(fonts, scene.size);
        const auto untouched = board.pixels;
        const ScreenRect hole{40 + step, 50, 61, 37};
        board.paint(scene, DamageRegion(hole));
        std::size_t spilled = 0;
        for (int y = 0; y < scene.size.height; ++y) {
            for (int x = 0; x < scene.size.width; ++x) {
                if (x >= hole.x && x < hole.right() && y >= hole.y && y < hole.bottom()) continue;
                const auto i = std::size_t(y * scene.size.width + x) * 4;
                spilled += !std::equal(&board.pixels[i], &board.pixels[i] + 4, &untouched[i]);
            }
        }
        CHECK(spilled == 0);
    }
}

}  // namespace hallcast::picture::random_scenes_test
