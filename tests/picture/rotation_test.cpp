// Pictures for displays that are mounted turned: the window has the turned pixels, and everything else stays upright.
#include <SDL.h>

#include <random>

#include "player/picture/gl_batch.h"
#include "player/picture/gl_context.h"
#include "player/picture/gl_painter.h"
#include "player/picture/rotation.h"
#include "tests/catch.h"
#include "tests/picture/dummy_window.h"
#include "tests/picture/made_scenes.h"

namespace hallcast::picture::rotation_test {

constexpr std::array rotations{Rotation::none, Rotation::by_90, Rotation::by_180, Rotation::by_270};

using Pixels = std::vector<std::uint8_t>;

// By the definition, a pixel at a time: a quarter turn clockwise brings the left column to the top, its lowest first.
Pixels quarter_turned(const Pixels& picture, ScreenSize size) {
    Pixels turned;
    for (int x = 0; x < size.width; ++x)
        for (int y = size.height; y-- > 0;) {
            const auto* pixel = &picture[(std::size_t(y) * std::size_t(size.width) + std::size_t(x)) * 4];
            turned.insert(turned.end(), pixel, pixel + 4);
        }
    return turned;
}
Pixels turned(Pixels picture, ScreenSize size, Rotation rotation) {
    for (int quarters = int(rotation) / 90; quarters > 0; --quarters) {
        picture = quarter_turned(picture, size);
        size = {size.height, size.width};
    }
    return picture;
}

TEST_CASE("Pixels are turned about all of the picture, and lie where their rectangle does") {
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::minstd_rand random(seed);
    const auto up_to = [&](int most) { return int(random() % unsigned(most + 1)); };
    CHECK(rotated({30, 20}, Rotation::by_90) == ScreenSize{20, 30});
    CHECK(rotated({30, 20}, Rotation::by_180) == ScreenSize{30, 20});
    for (int round = 0; round < 200; ++round) {
        const auto rotation = rotations[std::size_t(round) % rotations.size()];
        const ScreenSize size{1 + up_to(150), 1 + up_to(150)};
        Pixels picture(std::size_t(size.width * size.height) * 4);
        for (auto& byte : picture) byte = std::uint8_t(random() % 256);
        const auto right = turned(picture, size, rotation);
        const ScreenSize window = rotated(size, rotation);
        const ScreenRect part{up_to(size.width - 1), up_to(size.height - 1), 0, 0};
        const ScreenRect rect{part.x, part.y, 1 + up_to(size.width - part.x - 1), 1 + up_to(size.height - part.y - 1)};
        const ScreenRect place = rotated(rect, size, rotation);
        INFO("round " << round << ", turned by " << int(rotation));
        REQUIRE(overlap(place, {0, 0, window.width, window.height}) == place);
        Pixels seen = right;
        for (auto& byte : seen) byte ^= 0xff;
        const auto blank = seen;
        rotate_pixels(&picture[std::size_t(rect.y * size.width + rect.x) * 4], size.width * 4,
                      {rect.width, rect.height}, &seen[std::size_t(place.y * window.width + place.x) * 4],
                      window.width * 4, rotation);
        std::size_t wrong = 0;
        for (int y = 0; y < window.height; ++y) {
            for (int x = 0; x < window.width; ++x) {
                const auto i = std::size_t(y * window.width + x) * 4;
                const auto& expected = overlap(place, {x, y, 1, 1}).empty() ? blank : right;
                wrong += !std::equal(&seen[i], &seen[i] + 4, &expected[i]);
            }
        }
        REQUIRE(wrong == 0);
    }
}

// Changes a window's picture at random and compares what is shown with the turned pixels of `upright`, which must be
// what the window's painter draws. `resizes`: the window changes its size at times, too.
template <class Shown>
void follow_changes(SDL_Window* window, Painter& painter, MemoryPainter& upright, Rotation rotation, int changes,
                    bool resizes, const Shown& shown) {
    const auto seed = std::random_device{}();
    INFO("seed " << seed << ", turned by " << int(rotation));
    std::minstd_rand random(seed);
    const auto up_to = [&](int most) { return int(random() % unsigned(most + 1)); };
    made::Changer changer(seed);
    auto scene = changer.first();
    CHECK(painter.read({0, 0, 320, 200}).empty());  // nothing yet
    for (int change = 0; change < changes; ++change) {
        changer.change(scene);
        if (resizes && change % 50 == 49) {
            scene.size = {200 + up_to(150), 120 + up_to(100)};
            const auto size = rotated(scene.size, rotation);
            SDL_SetWindowSize(window, size.width, size.height);
        }
        painter.paint(scene);
        upright.paint(scene);
        INFO("change " << change);
        REQUIRE(shown() == turned(upright.pixels(), scene.size, rotation));
        const ScreenRect part{up_to(150), up_to(90), 1 + up_to(100), 1 + up_to(60)};
        REQUIRE(painter.read(part) == upright.read(part));
        REQUIRE_FALSE(painter.paint(scene));
    }
    // Or else "repaint all" would pass as well.
    const auto& painted = painter.statistics();
    CHECK(painted.damaged_pixels < painted.pictures * 320 * 200 * 7 / 10);
}

TEST_CASE("A window has the turned pixels of the upright picture, change by change and after each resize") {
    const auto rotation = GENERATE(from_range(rotations));
    const made::BlobFonts fonts;
    const auto first = rotated({320, 200}, rotation);
    const DummyWindow window(first.width, first.height);
    const auto painter = make_cpu_window_painter(window.get(), fonts, rotation);
    REQUIRE(painter.has_value());
    follow_changes(window.get(), **painter, *make_memory_painter(fonts), rotation, 300, true,
                   [&] { return window.pixels(); });
}

// Of the framebuffer that is bound: BGRA from the top down.
Pixels framebuffer_pixels(ScreenSize size) {
    const auto row = std::size_t(size.width) * 4;
    Pixels rgba(row * std::size_t(size.height)), pixels;
    glReadPixels(0, 0, size.width, size.height, GL_RGBA, GL_UNSIGNED_BYTE, rgba.data());
    for (std::size_t y = std::size_t(size.height); y-- > 0;)
        for (std::size_t i = y * row; i < (y + 1) * row; i += 4)
            pixels.insert(pixels.end(), {rgba[i + 2], rgba[i + 1], rgba[i], rgba[i + 3]});
    return pixels;
}

// In a window of SDL's offscreen driver.
TEST_CASE("A window of the gl painter has the turned pixels of what it draws upright") {
    const auto rotation = GENERATE(from_range(rotations));
    const made::BlobFonts fonts;
    auto upright = open_gl_memory_painter(fonts);
    if (!upright) {
        WARN("skipped: " << upright.error().message);
        return;
    }
    SDL_SetHint(SDL_HINT_VIDEODRIVER, "offscreen");
    if (SDL_Init(SDL_INIT_VIDEO) != 0) {
        WARN("skipped: SDL has no offscreen driver: " << SDL_GetError());
        return;
    }
    const auto size = rotated({320, 200}, rotation);
    auto* window = SDL_CreateWindow("test", 0, 0, size.width, size.height, prepare_gl_window());
    if (window) {
        auto painter = make_gl_window_painter(window, fonts, rotation);
        REQUIRE(painter);
        follow_changes(window, **painter, **upright, rotation, 100, false, [&] {
            SDL_GL_MakeCurrent(nullptr, nullptr);  // or SDL believes its context to be current still
            return window_pixels(**painter);
        });
    } else {
        WARN("skipped: no OpenGL window: " << SDL_GetError());
    }
    if (window) SDL_DestroyWindow(window);
    SDL_Quit();
}

TEST_CASE("Parts of a picture are drawn turned by gl, each at its place, and nothing beside them") {
    const auto context = SurfacelessContext::open();
    if (!context) {
        WARN("skipped: " << context.error().message);
        return;
    }
    (*context)->make_current();
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::minstd_rand random(seed);
    const auto up_to = [&](int most) { return int(random() % unsigned(most + 1)); };
    GlBatch batch;
    for (int round = 0; round < 40; ++round) {
        const auto rotation = rotations[std::size_t(round) % rotations.size()];
        INFO("round " << round << ", turned by " << int(rotation));
        const ScreenSize size{1 + up_to(150), 1 + up_to(150)}, window = rotated(size, rotation);
        Pixels rgba(std::size_t(size.width * size.height) * 4);
        for (auto& byte : rgba) byte = std::uint8_t(random() % 256);
        const GlTexture picture, shown;
        const GlFramebuffer framebuffer;
        const auto describe = [](const GlTexture& texture, ScreenSize of) {
            glBindTexture(GL_TEXTURE_2D, texture.name());
            glTexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA8, of.width, of.height);
            glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
            glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
        };
        const auto bind = [&](const GlTexture& texture) {
            glBindFramebuffer(GL_FRAMEBUFFER, framebuffer.name());
            glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture.name(), 0);
        };
        describe(shown, window);
        describe(picture, size);
        glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, size.width, size.height, GL_RGBA, GL_UNSIGNED_BYTE, rgba.data());
        bind(picture);
        const auto whole = turned(framebuffer_pixels(size), size, rotation);
        bind(shown);
        glClearColor(0.2f, 0.4f, 0.6f, 0.8f);
        glClear(GL_COLOR_BUFFER_BIT);
        auto expected = framebuffer_pixels(window);
        std::vector<ScreenRect> parts;
        for (int many = up_to(4); many >= 0; --many) {
            const auto part = clipped({up_to(140), up_to(140), 1 + up_to(60), 1 + up_to(60)}, size);
            if (!part.empty()) parts.push_back(part);
        }
        copy_turned(batch, picture.name(), size, parts, rotation);
        for (const auto& part : parts) {
            const auto place = rotated(part, size, rotation);
            for (int y = place.y; y < place.bottom(); ++y) {
                const auto i = (std::size_t(y) * std::size_t(window.width) + std::size_t(place.x)) * 4;
                std::copy_n(&whole[i], place.width * 4, &expected[i]);
            }
        }
        REQUIRE(framebuffer_pixels(window) == expected);
    }
}

}  // namespace hallcast::picture::rotation_test
