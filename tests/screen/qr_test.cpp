// A QR code on a screen, as a reader sees it.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "player/picture/image_file.h"
#include "player/picture/painter.h"
#include "player/text/font_set.h"
#include "tests/screen/screen_of_boxes.h"

namespace qr_test {

using namespace screen_of_boxes;

const std::string address = "https://urzad.example.pl/kolejka?hala=główna&język=uk";

std::string layout_with(const std::string& keys, const std::string& data = address) {
    return "background: \"#0b2545\"\nstack:\n  - {kind: qr, box: [300, 200, 420, 400], " + keys + "data: \"" + data +
           "\"}\n";
}

struct Reader {
    // What a reader makes of the picture of that layout on a screen of that size; "" where it sees no code.
    std::string read(const std::string& yaml, picture::ScreenSize size) {
        const auto screen = std::move(*screen::make_screen(layout_of(yaml), size, *typesetter));
        scene = screen->scene(input_of(hall_of({})));
        painter->paint(scene);
        const auto file = std::filesystem::temp_directory_path() / ("qr-" + std::to_string(::getpid()) + ".png");
        REQUIRE(picture::write_png(file, size, painter->pixels()));
        const std::string command =
            "zbarimg --quiet --raw -Sdisable -Sqrcode.enable '" + file.string() + "' 2>/dev/null";
        const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
        REQUIRE(pipe);
        std::string said;
        for (int c; (c = std::fgetc(pipe.get())) != EOF;) said += char(c);
        std::filesystem::remove(file);
        while (said.ends_with('\n')) said.pop_back();
        return said;
    }
    std::uint32_t pixel(int x, int y) const {
        const auto& bgra = painter->pixels();
        const auto at = std::size_t(y * scene.size.width + x) * 4;
        return std::uint32_t(bgra[at + 2]) << 16 | std::uint32_t(bgra[at + 1]) << 8 | bgra[at];
    }

    std::unique_ptr<text::FontSet> fonts = std::move(*text::open_system_fonts());
    std::unique_ptr<text::Typesetter> typesetter = text::make_typesetter(*fonts);
    std::unique_ptr<picture::MemoryPainter> painter = picture::make_memory_painter(*fonts);
    picture::Scene scene;
};

TEST_CASE("a reader reads the code, on every size of screen, in black on white or as the layout says") {
    Reader reader;
    const bool can_read = std::system("command -v zbarimg >/dev/null 2>&1") == 0;
    if (!can_read) WARN("zbarimg (zbar-tools) is not installed: the code is not read");
    for (const auto size : {picture::ScreenSize{1920, 1080}, {1280, 720}, {1080, 1920}, {3840, 2160}, {777, 555}}) {
        INFO(size.width << "x" << size.height);
        const auto said = reader.read(layout_with(""), size);
        if (can_read) CHECK(said == address);
    }
    const auto said =
        reader.read(layout_with("colour: \"#0b2545\", background: \"#ffd166\", padding: 20, "), {1920, 1080});
    if (can_read) CHECK(said == address);
    CHECK(reader.pixel(310, 210) == 0xffd166);
}

TEST_CASE("modules are whole pixels, sharp, with four of them around the code") {
    Reader reader;
    reader.read(layout_with(""), {1920, 1080});
    const auto found = std::ranges::find_if(reader.scene.items, [](const picture::Item& item) {
        return std::holds_alternative<picture::Picture>(item.content);
    });
    REQUIRE(found != reader.scene.items.end());
    const auto& image = *std::get<picture::Picture>(found->content).image;
    CHECK((found->box.width == image.width && found->box.height == image.height));
    // The code begins with a finder of seven modules.
    int left = found->box.x;
    const int middle = found->box.y + found->box.height / 2;
    CHECK(reader.pixel(left, middle) == 0xffffff);
    int top = found->box.y;
    while (reader.pixel(left + image.width / 6, top) == 0xffffff) ++top;
    const int quiet = top - found->box.y, module = quiet / 4;
    CHECK(quiet % 4 == 0);
    CHECK(image.width % module == 0);
    left += quiet;
    int finder = 0;
    while (reader.pixel(left + finder, top) == 0x000000) ++finder;
    CHECK(finder == 7 * module);
    CHECK(reader.pixel(left - 1, top) == 0xffffff);
    // Nothing but the two colours: no edge is blurred.
    int others = 0;
    for (int y = found->box.y; y < found->box.bottom(); ++y)
        for (int x = found->box.x; x < found->box.right(); ++x)
            others += reader.pixel(x, y) != 0xffffff && reader.pixel(x, y) != 0;
    CHECK(others == 0);
    CHECK((image.width / module - 17 - 8) % 4 == 0);  // a code has 17 + 4 v modules
}

TEST_CASE("what is too long for its place is told with its line; on a small preview the code is left out") {
    BoxTypesetter typesetter;
    const auto error = [&](const std::string& yaml, picture::ScreenSize size) {
        const auto screen = screen::make_screen(layout_of(yaml), size, typesetter);
        return screen ? "no error" : screen.error().message;
    };
    const std::string tight = "stack:\n  - {name: q, kind: qr, box: [0, 0, 80, 300], data: \"" + address + "\"}\n";
    CHECK(error(tight, {1920, 1080}).starts_with("test.yaml:2:47: the code 'q': 'data' of "));
    CHECK(error(layout_with("", std::string(1000, 'x')), {1920, 1080}) == "no error");
    CHECK(error(layout_with("padding: 100, ", std::string(1000, 'x')), {1920, 1080}).contains("shorten it"));
    CHECK(error(layout_with(""), {96, 54}) == "no error");
}

}  // namespace qr_test
