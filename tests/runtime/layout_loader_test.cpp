#include "player/runtime/layout_loader.h"

#include <condition_variable>
#include <fstream>

#include "player/picture/image_file.h"
#include "tests/catch.h"
#include "tests/content/temp_folder.h"

namespace hallcast::runtime {
namespace layout_loader_test {

namespace fs = std::filesystem;
using content::tests::TempFolder;

std::string layout_of(int red) {
    return fmt::format(
        "canvas: [640, 480]\nbackground: \"#{:02x}0000\"\nstack:\n"
        "  - {{name: logo, kind: image, box: [0, 0, 640, 480], file: logo.png}}\n",
        red);
}

void draw_logo(const fs::path& file, std::uint8_t grey) {
    REQUIRE(picture::write_png(file, {2, 2}, std::vector<std::uint8_t>(16, grey)).has_value());
}

// A loader, and the test's thread as the one that draws.
struct Loading {
    explicit Loading(const fs::path& folder) {
        auto watch = std::make_unique<layouts::LayoutWatch>("hall", folder);
        const auto layout = watch->load();
        REQUIRE(layout.has_value());
        images = screen::read_images(*layout).value();
        loader.emplace(std::move(watch), images, [this] {
            const std::lock_guard lock(mutex);
            news = true;
            bell.notify_one();
        });
    }
    Expected<LoadedLayout> next() {
        std::unique_lock lock(mutex);
        REQUIRE(bell.wait_for(lock, std::chrono::minutes(1), [this] { return news; }));
        news = false;
        auto taken = loader->take();
        REQUIRE(taken.has_value());
        CHECK_FALSE(loader->take().has_value());
        return std::move(*taken);
    }

    screen::Images images;
    std::mutex mutex;
    std::condition_variable bell;
    bool news = false;  // protected by mutex
    std::optional<LayoutLoader> loader;
};

}  // namespace layout_loader_test

using namespace layout_loader_test;

TEST_CASE("an edited layout comes with its images; those that are as they were are the same objects") {
    const TempFolder folder;
    const fs::path file = folder.path() / "hall.yaml";
    draw_logo(folder.path() / "logo.png", 50);
    folder.write("hall.yaml", layout_of(1));
    Loading loading(folder.path());
    folder.write("new", layout_of(2));
    fs::rename(folder.path() / "new", file);
    const auto edited = loading.next();
    REQUIRE(edited.has_value());
    CHECK(edited->layout.file == file.string());
    CHECK(edited->images.begin()->second == loading.images.begin()->second);

    draw_logo(folder.path() / "logo.png", 60);
    const auto redrawn = loading.next();
    REQUIRE(redrawn.has_value());
    CHECK(redrawn->images.begin()->second->pixels[0] == 60);
}

TEST_CASE("what is wrong with an edit is told, also where it is an image, and the next right one comes") {
    const TempFolder folder;
    draw_logo(folder.path() / "logo.png", 50);
    folder.write("hall.yaml", layout_of(1));
    Loading loading(folder.path());
    folder.write("new", "canvas: [640, 480]\nstack: 7\n");
    fs::rename(folder.path() / "new", folder.path() / "hall.yaml");
    const auto wrong = loading.next();
    REQUIRE_FALSE(wrong.has_value());
    CHECK(wrong.error().message.find("hall.yaml:2:") != std::string::npos);

    folder.write("new", "no picture");
    fs::rename(folder.path() / "new", folder.path() / "logo.png");
    CHECK_FALSE(loading.next().has_value());
    folder.write("new", layout_of(2));
    fs::rename(folder.path() / "new", folder.path() / "hall.yaml");
    const auto without_image = loading.next();
    REQUIRE_FALSE(without_image.has_value());
    CHECK(without_image.error().message.find("logo.png") != std::string::npos);
    draw_logo(folder.path() / "logo.png", 60);
    CHECK(loading.next().has_value());
}

}  // namespace hallcast::runtime
