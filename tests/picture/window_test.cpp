// The window painter, in SDL's window without a screen.
#include <SDL.h>

#include "player/picture/painter.h"
#include "player/picture/pixel_rows.h"
#include "player/picture/surface_canvas.h"
#include "tests/catch.h"
#include "tests/picture/dummy_window.h"
#include "tests/picture/made_scenes.h"

namespace hallcast::picture::window_test {

Scene scene_of(ScreenSize size, float x) {
    static const auto words = made::paragraph(20, 24, 5);
    static const auto film = made::film_frame(64, 48, PixelFormat::i420, 2);
    return {
        size,
        {11, 37, 69, 255},
        {{1, {0, 0, size.width / 2, size.height / 2}, Video{film}},
         {2, {20, 20, 100, 60}, Fill{{255, 209, 102, 200}, 12}},
         {3, {0, size.height - 50, size.width, 50}, Text{words, x, float(size.height - 45), {255, 255, 255, 255}}}}};
}

std::vector<std::uint8_t> in_memory(const text::FontSet& fonts, const Scene& scene) {
    const auto painter = make_memory_painter(fonts);
    painter->paint(scene);
    return painter->pixels();
}

TEST_CASE("The window shows what the memory painter draws, step by step and after each resize") {
    const made::BlobFonts fonts;
    const DummyWindow window(320, 200);
    const auto made = make_cpu_window_painter(window.get(), fonts);
    REQUIRE(made.has_value());
    auto& painter = **made;
    CHECK(std::string(SDL_GetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION)) == "0");

    for (const auto size : {ScreenSize{320, 200}, ScreenSize{400, 300}, ScreenSize{250, 120}, ScreenSize{320, 200}}) {
        SDL_SetWindowSize(window.get(), size.width, size.height);
        for (float x : {40.0f, 39.0f, 12.0f}) {
            const auto scene = scene_of(size, x);
            CHECK(painter.paint(scene));
            CHECK(window.pixels() == in_memory(fonts, scene));
            CHECK_FALSE(painter.paint(scene));
        }
    }
    CHECK(painter.statistics().pictures == 12);
    CHECK(painter.statistics().unchanged == 12);
}

TEST_CASE("A resize alone redraws the window, even when the scene is still of the old size") {
    const made::BlobFonts fonts;
    const DummyWindow window(320, 200);
    const auto painter = make_cpu_window_painter(window.get(), fonts);
    REQUIRE(painter.has_value());
    const auto scene = scene_of({320, 200}, 10);
    CHECK((*painter)->paint(scene));
    SDL_SetWindowSize(window.get(), 330, 210);
    CHECK((*painter)->paint(scene));
    const auto pixels = window.pixels();
    const auto* beside = &pixels[(205 * 330 + 325) * 4];
    CHECK(std::vector<std::uint8_t>(beside, beside + 3) == std::vector<std::uint8_t>{69, 37, 11});
    SDL_SetWindowSize(window.get(), 100, 100);
    CHECK((*painter)->paint(scene));
    CHECK_FALSE((*painter)->paint(scene));
}

TEST_CASE("An exposed window is drawn again") {
    const made::BlobFonts fonts;
    const DummyWindow window(320, 200);
    const auto painter = make_cpu_window_painter(window.get(), fonts);
    REQUIRE(painter.has_value());
    const auto scene = scene_of({320, 200}, 10);
    (*painter)->paint(scene);
    const auto right = window.pixels();
    SDL_FillRect(SDL_GetWindowSurface(window.get()), nullptr, 0);
    CHECK_FALSE((*painter)->paint(scene));
    (*painter)->invalidate();
    CHECK((*painter)->paint(scene));
    CHECK(window.pixels() == right);
}

TEST_CASE("What was drawn is read back, of the window as of the memory painter, as far as it is there") {
    const made::BlobFonts fonts;
    const DummyWindow window(320, 200);
    const auto painter = make_cpu_window_painter(window.get(), fonts);
    REQUIRE(painter.has_value());
    const auto memory = make_memory_painter(fonts);
    CHECK((*painter)->read({0, 0, 320, 200}).empty());  // nothing yet
    CHECK(memory->read({0, 0, 320, 200}).empty());
    const auto scene = scene_of({320, 200}, 10);
    (*painter)->paint(scene);
    memory->paint(scene);
    const ScreenRect part{30, 140, 200, 50};
    const auto rows = (*painter)->read(part);
    REQUIRE(rows.size() == 200 * 50 * 4);
    CHECK(rows == memory->read(part));
    const auto& all = memory->pixels();
    CHECK(std::equal(rows.begin(), rows.begin() + 800, all.begin() + (140 * 320 + 30) * 4));
    CHECK((*painter)->read({300, 190, 100, 100}).size() == 20 * 10 * 4);
    CHECK((*painter)->read({-10, -10, 30, 20}) == memory->read({0, 0, 20, 10}));
    CHECK((*painter)->read({400, 0, 10, 10}).empty());
    // A surface that was not drawn into since the resize shows nothing of ours.
    SDL_SetWindowSize(window.get(), 330, 210);
    CHECK((*painter)->read(part).empty());
    (*painter)->paint(scene);
    CHECK((*painter)->read(part) == rows);
}

TEST_CASE("Surfaces of any depth show the same picture, as far as they can") {
    const made::BlobFonts fonts;
    const auto format =
        GENERATE(values<std::uint32_t>({SDL_PIXELFORMAT_ARGB8888, SDL_PIXELFORMAT_RGB888, SDL_PIXELFORMAT_ABGR8888,
                                        SDL_PIXELFORMAT_BGR24, SDL_PIXELFORMAT_RGB565}));
    const auto rotation = GENERATE(Rotation::none, Rotation::by_90, Rotation::by_180, Rotation::by_270);
    INFO(SDL_GetPixelFormatName(format) << " turned by " << int(rotation));
    const ScreenSize size = rotated({160, 120}, rotation);
    auto* surface = SDL_CreateRGBSurfaceWithFormat(0, size.width, size.height, 32, format);
    REQUIRE(surface != nullptr);
    SurfaceCanvas canvas(fonts, rotation);
    const auto before = scene_of({160, 120}, 10), after = scene_of({160, 120}, 3);
    REQUIRE(canvas.paint(before, DamageRegion({0, 0, 160, 120}), *surface));
    REQUIRE(canvas.paint(after, damage_between(before, after), *surface));
    const auto right = in_memory(fonts, after);
    int worst = 0;
    for (int y = 0; y < 120; ++y) {
        for (int x = 0; x < 160; ++x) {
            std::uint32_t value = 0;
            const ScreenRect at = rotated({x, y, 1, 1}, {160, 120}, rotation);
            std::memcpy(&value,
                        static_cast<const std::uint8_t*>(surface->pixels) + at.y * surface->pitch +
                            at.x * surface->format->BytesPerPixel,
                        surface->format->BytesPerPixel);
            std::uint8_t red = 0, green = 0, blue = 0;
            SDL_GetRGB(value, surface->format, &red, &green, &blue);
            const auto* pixel = &right[std::size_t(y * 160 + x) * 4];
            worst = std::max({worst, std::abs(blue - pixel[0]), std::abs(green - pixel[1]), std::abs(red - pixel[2])});
        }
    }
    const ScreenRect part{20, 30, 77, 41};
    const auto rows = canvas.read(part, *surface);
    SDL_FreeSurface(surface);
    CHECK(rows == rows_of(right.data(), 160 * 4, part));  // whatever the surface can show
    CHECK(worst <= (format == SDL_PIXELFORMAT_RGB565 ? 8 : 0));
}

}  // namespace hallcast::picture::window_test
