// Painting only the damage gives the picture that painting everything gives, over thousands of random changes.
#include <random>

#include "player/picture/painter.h"
#include "tests/catch.h"
#include "tests/picture/made_scenes.h"

namespace hallcast::picture::random_scenes_test {

// Changes a scene at random, with things that overlap, shine through, hang over the edge and hide one another.
class Changer {
  public:
    explicit Changer(unsigned seed) : random_(seed) {
        for (unsigned i = 0; i < 6; ++i) {
            paragraphs_.push_back(made::paragraph(3 + int(i) * 12, 12 + float(i) * 5, seed + i));
            images_.push_back(made::image(20 + int(i) * 9, 30 + int(i) * 5, i % 2 == 0, seed + i));
        }
        paragraphs_.push_back(made::paragraph(400, 20, seed + 99));  // a ticker, many tiles long
        for (unsigned i = 0; i < 9; ++i) {
            const PixelFormat formats[] = {PixelFormat::i420, PixelFormat::nv12, PixelFormat::bgra};
            frames_.push_back(made::film_frame(33 + int(i) * 21, 24 + int(i) * 17, formats[i % 3], seed + i));
        }
    }

    Scene first() {
        Scene scene{{320, 200}, {10, 20, 30, 255}, {}};
        for (int i = 0; i < 8; ++i) scene.items.push_back(item());
        return scene;
    }

    void change(Scene& scene) {
        for (int many = 1 + up_to(3); many > 0; --many) {
            const auto kind = up_to(9);
            auto& items = scene.items;
            const auto any = items.empty() ? 0 : std::size_t(up_to(int(items.size()) - 1));
            if (items.empty() || (kind == 0 && items.size() < 14)) {
                items.insert(items.begin() + up_to(int(items.size())), item());
            } else if (kind == 1) {
                items.erase(items.begin() + std::ptrdiff_t(any));
            } else if (kind == 2) {
                items[any].box = box();
            } else if (kind == 3) {
                auto moved = items[any];
                items.erase(items.begin() + std::ptrdiff_t(any));
                items.insert(items.begin() + up_to(int(items.size())), moved);
            } else if (kind == 4 && up_to(20) == 0) {
                scene.background = colour(false);
            } else if (auto* text = std::get_if<Text>(&items[any].content); text && kind < 8) {
                text->x -= 3.3f;  // a ticker's step
            } else {
                items[any].content = content();
            }
        }
    }

  private:
    int up_to(int most) { return int(random_() % unsigned(most + 1)); }
    Colour colour(bool may_shine_through = true) {
        const auto byte = [&] { return std::uint8_t(up_to(255)); };
        const auto alpha = !may_shine_through || up_to(2) > 0 ? std::uint8_t(255) : byte();
        return {byte(), byte(), byte(), alpha};
    }
    ScreenRect box() { return {up_to(340) - 40, up_to(220) - 30, 1 + up_to(200), 1 + up_to(120)}; }
    std::variant<Fill, Text, Picture, Video> content() {
        switch (up_to(3)) {
            case 0:
                return Fill{colour(), up_to(2) ? 0 : up_to(40)};
            case 1:
                return Text{paragraphs_[std::size_t(up_to(6))], float(up_to(3000)) / 10 - 100,
                            float(up_to(1500)) / 10 - 20, colour()};
            case 2:
                return Picture{images_[std::size_t(up_to(5))]};
            default:
                return Video{frames_[std::size_t(up_to(8))]};
        }
    }
    Item item() { return {++last_id_, box(), content()}; }

    std::minstd_rand random_;
    std::uint64_t last_id_ = 0;
    std::vector<text::ParagraphPtr> paragraphs_;
    std::vector<ImagePtr> images_;
    std::vector<VideoFramePtr> frames_;
};

TEST_CASE("A picture repainted where it is damaged is the picture painted at once") {
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    const made::BlobFonts fonts;
    Changer changer(seed);
    auto scene = changer.first();
    const auto live = make_memory_painter(fonts);
    live->paint(scene);
    std::size_t wrong = 0;
    bool opaque = true;
    int step = 0;
    std::int64_t damaged = 0;
    for (; step < 2000 && wrong == 0 && opaque; ++step) {
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
    Changer changer(77);
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
