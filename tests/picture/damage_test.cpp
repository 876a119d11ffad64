// The difference of two scenes, and the rectangles it is sent to the screen in.
#include "player/picture/damage.h"

#include <random>
#include "player/picture/painter.h"

#include "player/picture/swap_damage.h"
#include "tests/catch.h"
#include "tests/picture/made_scenes.h"

namespace hallcast::picture::damage_test {

const Colour red{200, 0, 0, 255};
const Colour blue{0, 0, 200, 255};
const Colour glass{0, 0, 200, 128};

Item fill(std::uint64_t id, ScreenRect box, Colour colour, int radius = 0) { return {id, box, Fill{colour, radius}}; }

Scene scene_of(std::vector<Item> items) { return {{100, 100}, {1, 2, 3, 255}, std::move(items)}; }

DamageRegion region_of(std::vector<ScreenRect> rectangles) {
    DamageRegion region;
    for (const auto& rect : rectangles) region.add(rect);
    return region;
}

TEST_CASE("Equal scenes have no damage") {
    const auto scene = scene_of({fill(1, {10, 10, 20, 20}, red), fill(2, {20, 20, 20, 20}, glass)});
    CHECK(damage_between(scene, scene).empty());
    CHECK(damage_between(scene_of({}), scene_of({})).empty());
}

TEST_CASE("A changed colour damages its box") {
    CHECK(damage_between(scene_of({fill(1, {10, 10, 20, 20}, red)}), scene_of({fill(1, {10, 10, 20, 20}, blue)})) ==
          region_of({{10, 10, 20, 20}}));
}

TEST_CASE("A moved box damages where it was and where it is") {
    CHECK(damage_between(scene_of({fill(1, {10, 10, 5, 5}, red)}), scene_of({fill(1, {50, 60, 5, 5}, red)})) ==
          region_of({{10, 10, 5, 5}, {50, 60, 5, 5}}));
}

TEST_CASE("An item that comes or goes damages its box, on the screen only") {
    const auto empty = scene_of({});
    const auto one = scene_of({fill(1, {90, -5, 50, 20}, red)});
    CHECK(damage_between(empty, one) == region_of({{90, 0, 10, 15}}));
    CHECK(damage_between(one, empty) == region_of({{90, 0, 10, 15}}));
    const auto far = scene_of({fill(1, {2000000000, -2000000000, 2000000000, 2000000000}, red)});
    CHECK(damage_between(empty, far).empty());
}

TEST_CASE("A changed background or size damages all") {
    auto before = scene_of({fill(1, {10, 10, 5, 5}, red)});
    auto after = before;
    after.background = red;
    CHECK(damage_between(before, after) == region_of({{0, 0, 100, 100}}));
    after = before;
    after.size = {120, 90};
    CHECK(damage_between(before, after) == region_of({{0, 0, 120, 90}}));
}

TEST_CASE("Items that change places are damaged, those that keep their order are not") {
    const auto a = fill(1, {0, 0, 20, 20}, red), b = fill(2, {10, 10, 20, 20}, blue),
               c = fill(3, {20, 20, 20, 20}, red);
    const auto damage = damage_between(scene_of({a, b, c}), scene_of({b, c, a}));
    CHECK(damage == region_of({{0, 0, 20, 20}}));
}

TEST_CASE("What changes behind an unchanged opaque item is no damage") {
    const auto front = fill(9, {0, 0, 50, 50}, blue);
    const auto before = scene_of({fill(1, {10, 10, 20, 20}, red), front});
    const auto after = scene_of({fill(1, {10, 10, 20, 20}, blue), front});
    CHECK(damage_between(before, after).empty());
    CHECK(damage_between(scene_of({front}), after).empty());
    CHECK(damage_between(before, scene_of({front})).empty());

    SECTION("but behind glass it is") {
        const auto veil = fill(9, {0, 0, 50, 50}, glass);
        CHECK(damage_between(scene_of({before.items[0], veil}), scene_of({after.items[0], veil})) ==
              region_of({{10, 10, 20, 20}}));
    }
    SECTION("and in the cut-off corner of a rounded one") {
        const auto round = fill(9, {0, 0, 50, 50}, blue, 15);
        const auto damage = damage_between(scene_of({fill(1, {0, 0, 50, 50}, red), round}),
                                           scene_of({fill(1, {0, 0, 50, 50}, blue), round}));
        CHECK(damage.contains({0, 0, 15, 15}));
        CHECK(damage.contains({35, 35, 15, 15}));
        CHECK_FALSE(damage.contains({20, 20, 5, 5}));
    }
    SECTION("and when the front one changes too") {
        const auto changed = fill(9, {0, 0, 50, 50}, red);
        CHECK(damage_between(before, scene_of({after.items[0], changed})) == region_of({{0, 0, 50, 50}}));
    }
    SECTION("and when it came to the front only now") {
        CHECK(damage_between(scene_of({front, before.items[0]}), scene_of({after.items[0], front}))
                  .contains({10, 10, 20, 20}));
    }
}

TEST_CASE("The same frame in the same box is no damage, another frame of equal content is") {
    const auto frame = made::film_frame(16, 16, PixelFormat::i420, 1);
    const auto twin = made::film_frame(16, 16, PixelFormat::i420, 1);
    const Item film{1, {0, 0, 32, 32}, Video{frame}};
    const Item next{1, {0, 0, 32, 32}, Video{twin}};
    CHECK(damage_between(scene_of({film}), scene_of({film})).empty());
    CHECK(damage_between(scene_of({film}), scene_of({next})) == region_of({{0, 0, 32, 32}}));
}

TEST_CASE("A painter draws nothing for a scene it already shows") {
    const made::BlobFonts fonts;
    const auto painter = make_memory_painter(fonts);
    const auto scene = scene_of({{1, {0, 0, 32, 32}, Video{made::film_frame(16, 16, PixelFormat::i420, 1)}}});
    CHECK(painter->paint(scene));
    CHECK_FALSE(painter->paint(scene));
    CHECK(painter->statistics().pictures == 1);
    CHECK(painter->statistics().unchanged == 1);
    CHECK(painter->statistics().damaged_pixels == 10000);
    painter->invalidate();
    CHECK(painter->paint(scene));
    CHECK(painter->name() == "cpu");
}

TEST_CASE("Rectangles for the window cover the region and are few") {
    std::minstd_rand random(5);
    for (int round = 0; round < 50; ++round) {
        DamageRegion region;
        for (int i = 0; i < 40; ++i) {
            region.add(
                ScreenRect{int(random() % 900), int(random() % 500), 1 + int(random() % 60), 1 + int(random() % 40)});
        }
        const auto rectangles = update_rectangles(region, 8);
        CHECK(rectangles.size() <= 8);
        DamageRegion left = region;
        for (const auto& rect : rectangles) left.subtract(rect);
        CHECK(left.empty());
    }
    CHECK(update_rectangles(DamageRegion(), 8).empty());
    CHECK(update_rectangles(region_of({{0, 0, 5, 5}, {50, 50, 5, 5}}), 8).size() == 2);
}

// Buffers take turns as a driver's do, at times in another order or with one lost; what is shown must be the picture.
TEST_CASE("every buffer that a window shows has the whole picture") {
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::minstd_rand random(seed);
    const auto up_to = [&](int most) { return int(random() % unsigned(most + 1)); };
    for (const int buffers : {1, 2, 3, 6}) {
        ScreenSize size{24, 16};
        struct Buffer {
            std::vector<int> pixels;
            int shown_at = -1;
        };
        std::vector<Buffer> chain(static_cast<std::size_t>(buffers));
        std::vector<int> picture(24 * 16, 0);
        SwapDamage damage;
        damage.drawn(DamageRegion({0, 0, size.width, size.height}));
        std::int64_t brought = 0;
        for (int step = 0; step < 500; ++step) {
            if (up_to(99) == 0) {  // another size, and so another chain
                size = size.width == 24 ? ScreenSize{16, 20} : ScreenSize{24, 16};
                picture.assign(std::size_t(size.width * size.height), step);
                for (auto& buffer : chain) buffer.shown_at = -1;
                damage.drawn(DamageRegion({0, 0, size.width, size.height}));
            }
            for (int many = up_to(2); many >= 0; --many) {
                const auto part = clipped({up_to(20), up_to(14), 1 + up_to(6), 1 + up_to(6)}, size);
                for (int y = part.y; y < part.bottom(); ++y)
                    for (int x = part.x; x < part.right(); ++x)
                        picture[std::size_t(y * size.width + x)] = step * 10 + many;
                damage.drawn(DamageRegion(part));
            }
            auto& next = chain[std::size_t(up_to(9) == 0 ? up_to(buffers - 1) : step % buffers)];
            if (up_to(49) == 0) next.shown_at = -1;
            if (next.shown_at < 0) next.pixels.assign(picture.size(), -1);
            const int age = next.shown_at < 0 ? 0 : step - next.shown_at;
            const auto lacking = damage.present(age, size);
            for (const auto& part : lacking.boxes()) {
                brought += std::int64_t(part.x2 - part.x1) * (part.y2 - part.y1);
                for (int y = part.y1; y < part.y2; ++y)
                    for (int x = part.x1; x < part.x2; ++x)
                        next.pixels[std::size_t(y * size.width + x)] = picture[std::size_t(y * size.width + x)];
            }
            next.shown_at = step;
            INFO(buffers << " buffers, step " << step);
            REQUIRE(next.pixels == picture);
        }
        // Or else "bring all" would pass as well.
        if (buffers <= 3) CHECK(brought < 500 * 24 * 16 / 2);
    }
}

}  // namespace hallcast::picture::damage_test
