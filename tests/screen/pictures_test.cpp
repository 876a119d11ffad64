// The shipped layouts with real fonts, in every language we ship: nothing is missing, cut or out of its place.
// With HALLCAST_PICTURES=FOLDER the pictures are kept there, to be looked at.
#include <google/protobuf/util/json_util.h>

#include <cstdlib>

#include "content/texts.h"
#include "player/picture/image_file.h"
#include "player/picture/painter.h"
#include "player/text/font_set.h"
#include "protocol/base/file.h"
#include "tests/screen/screen_of_boxes.h"

namespace pictures_test {

using namespace screen_of_boxes;

std::shared_ptr<const v1::HallState> sample_hall() {
    const char* source = std::getenv("HALLCAST_SOURCE");
    const auto json = read_file(std::filesystem::path(source ? source : ".") / "tests/screen/hall-state.json");
    INFO((json ? "" : json.error().message));
    REQUIRE(json);
    auto hall = std::make_shared<v1::HallState>();
    REQUIRE(google::protobuf::util::JsonStringToMessage(*json, hall.get()).ok());
    return hall;
}

// A film of grey bands, so that the media zone is seen in the pictures.
picture::VideoFramePtr banded_film() {
    constexpr int width = 320, height = 180;
    auto pixels = std::make_shared<std::vector<std::uint8_t>>(std::size_t(width * height * 4));
    for (int i = 0; i < width * height; ++i) {
        const auto grey = std::uint8_t(40 + 100 * ((i % width) / 40) / 8 + 40 * (i / width) / height);
        for (int c = 0; c < 4; ++c) (*pixels)[std::size_t(4 * i + c)] = c == 3 ? 255 : grey;
    }
    auto frame = std::make_shared<picture::VideoFrame>();
    frame->format = picture::PixelFormat::bgra;
    frame->width = frame->display_width = width;
    frame->height = frame->display_height = height;
    frame->planes[0] = pixels->data();
    frame->strides[0] = width * 4;
    frame->keep = pixels;
    return frame;
}

struct Studio {
    Studio()
        : fonts(std::move(*text::open_system_fonts())),
          typesetter(text::make_typesetter(*fonts)),
          painter(picture::make_memory_painter(*fonts)) {}

    void show(const layouts::Layout& layout, const screen::ScreenInput& input, const std::string& name,
              picture::ScreenSize size) {
        auto made = screen::make_screen(layout, size, *typesetter);
        REQUIRE(made);
        scene = (*made)->scene(input);
        painter->paint(scene);
        const char* folder = std::getenv("HALLCAST_PICTURES");
        if (folder)
            REQUIRE(picture::write_png(std::filesystem::path(folder) / (name + ".png"), size, painter->pixels()));
        for (const auto& item : scene.items) {
            const auto* text = std::get_if<picture::Text>(&item.content);
            if (!text) continue;
            INFO(name << ": a text at " << item.box.x << ',' << item.box.y << ' ' << item.box.width << 'x'
                      << item.box.height);
            CHECK(text->paragraph->missing == 0);
            CHECK_FALSE(text->paragraph->truncated);
            CHECK(text->paragraph->height <= float(item.box.height) + 0.5f);
        }
    }

    std::uint32_t pixel(int x, int y) const {
        const auto at = std::size_t(y * scene.size.width + x) * 4;
        const auto& bgra = painter->pixels();
        return std::uint32_t(bgra[at + 2]) << 16 | std::uint32_t(bgra[at + 1]) << 8 | bgra[at];
    }

    std::unique_ptr<text::FontSet> fonts;
    std::unique_ptr<text::Typesetter> typesetter;
    std::unique_ptr<picture::MemoryPainter> painter;
    picture::Scene scene;
};

TEST_CASE("every shipped layout says everything in every language, nothing missing and nothing cut") {
    Studio studio;
    const auto hall = sample_hall();
    for (const auto language : content::shipped_languages()) {
        for (const std::string name : {"hall", "bench", "slide"}) {
            const auto layout = *layouts::load_layout(name, {});
            const picture::ScreenSize size{int(layout.base().settings.width), int(layout.base().settings.height)};
            screen::ScreenInput input;
            input.hall.state = hall;
            input.now = screen::time_of(*hall) + 2s;
            input.motion = 1500ms;
            if (name != "bench") input.language = language;
            const auto file = name + "-" + std::string(language);
            if (name == "bench" && language != "pl") continue;
            if (name != "slide") input.video = banded_film();
            studio.show(layout, input, file, size);
            if (name != "hall") continue;
            auto lost = input;
            lost.hall.stale_since = input.now;
            studio.show(layout, lost, file + "-lost", size);
            // The visitor of this language is called.
            for (const auto& call : hall->calls()) {
                if (call.language() != language) continue;
                auto called = input;
                called.language.clear();
                called.shown_call = screen::ShownCall{call.call_id(), 1};
                studio.show(layout, called, file + "-call", size);
            }
        }
    }
    screen::ScreenInput unconnected;
    unconnected.now = screen::time_of(*hall);
    studio.show(*layouts::load_layout("hall", {}), unconnected, "hall-unconnected", {1920, 1080});
    screen::ScreenInput small;
    small.hall.state = hall;
    small.now = screen::time_of(*hall);
    studio.show(*layouts::load_layout("hall", {}), small, "hall-1280x720", {1280, 720});
}

TEST_CASE("a notice is whole in every language, however long, also beside a big call, and urgent or not") {
    Studio studio;
    const auto hall = sample_hall();
    const auto now = screen::time_of(*hall) + 2s;
    const std::map<std::string, std::string> words{
        {"pl", "Okienko numer siedem jest dzisiaj nieczynne. Prosimy podejść do okienka numer osiem. "},
        {"uk", "Віконце номер сім сьогодні не працює. Будь ласка, підійдіть до віконця номер вісім. "},
        {"ar", "الشباك رقم سبعة مغلق اليوم. يرجى التوجه إلى الشباك رقم ثمانية. "},
        {"hi", "खिड़की नंबर सात आज बंद है। कृपया खिड़की नंबर आठ पर जाएँ। "},
        {"ka", "შვიდი ნომერი სარკმელი დღეს არ მუშაობს. "},
        {"vi", "Quầy số bảy hôm nay đóng cửa. Xin mời đến quầy số tám. "},
        {"zh", "七号窗口今天关闭。请到八号窗口办理。"}};
    for (const auto& [language, sentence] : words) {
        for (const bool is_long : {false, true}) {
            std::string text = sentence;
            while (is_long && text.size() + sentence.size() <= 500) text += sentence;
            for (const std::string name : {"hall", "bench"}) {
                for (const bool big : {false, true}) {
                    auto told = std::make_shared<v1::HallState>(*hall);
                    v1::Notice& notice = *told->add_notices();
                    notice.set_id("notice-1");
                    (*notice.mutable_text())[language] = text;
                    notice.set_urgent(is_long == big);
                    notice.set_made_at_ms(
                        std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() - 700);
                    notice.set_expires_at_ms(notice.made_at_ms() + 60'000);
                    screen::ScreenInput input;
                    input.hall.state = told;
                    input.now = now;
                    input.video = banded_film();
                    if (big) input.shown_call = screen::ShownCall{hall->calls(0).call_id(), 1};
                    const auto layout = *layouts::load_layout(name, {});
                    studio.show(layout, input,
                                name + "-notice-" + language + (is_long ? "-long" : "") + (big ? "-call" : ""),
                                {int(layout.base().settings.width), int(layout.base().settings.height)});
                }
            }
        }
    }
}

TEST_CASE("bench has the background where the measurements wait for it, and the ticket where they look") {
    Studio studio;
    const auto hall = sample_hall();
    REQUIRE(hall->calls_size() >= 8);
    screen::ScreenInput input;
    input.hall.state = hall;
    input.now = screen::time_of(*hall);
    studio.show(*layouts::load_layout("bench", {}), input, "bench", {1920, 1080});
    CHECK(studio.pixel(1900, 500) == 0x0b2545);
    // All ink of the first row's left half is inside of x 1300..1600, y 20..100.
    int inside = 0, outside = 0;
    for (int y = 0; y < 120; ++y) {
        for (int x = 1280; x < 1620; ++x) {
            if (studio.pixel(x, y) == 0x0b2545) continue;
            ++(x >= 1300 && x < 1600 && y >= 20 && y < 100 ? inside : outside);
        }
    }
    CHECK(inside > 1000);
    CHECK(outside == 0);
}

TEST_CASE("an Arabic screen has the ticket at the right edge of its board") {
    Studio studio;
    const auto layout = *layouts::load_layout("bench", {});
    screen::ScreenInput input;
    input.hall.state = sample_hall();
    input.now = screen::time_of(*input.hall.state);
    const auto ink = [&](int from, int to) {
        int count = 0;
        for (int y = 0; y < 120; ++y) {
            for (int x = from; x < to; ++x) count += studio.pixel(x, y) != 0x0b2545;
        }
        return count;
    };
    studio.show(layout, input, "bench-ltr", {1920, 1080});
    CHECK(ink(1280, 1600) > 2 * ink(1700, 1920));
    input.language = "ar";
    studio.show(layout, input, "bench-ar", {1920, 1080});
    CHECK(ink(1600, 1920) > 2 * ink(1280, 1500));
}

}  // namespace pictures_test
