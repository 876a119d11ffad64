#include "content/texts.h"
#include "tests/screen/screen_of_boxes.h"

namespace widgets_test {

using namespace screen_of_boxes;

picture::VideoFramePtr film(int width, int height) {
    auto frame = std::make_shared<picture::VideoFrame>();
    frame->width = width;
    frame->height = height;
    frame->display_width = width;
    frame->display_height = height;
    return frame;
}

picture::ScreenRect video_box(Room& room, int width, int height) {
    auto input = input_of(hall_of({}));
    input.video = film(width, height);
    for (const auto& item : room.screen->scene(input).items) {
        if (std::holds_alternative<picture::Video>(item.content)) return item.box;
    }
    return {};
}

TEST_CASE("a film is shown whole, in its own shape, in the middle of its zone") {
    Room room("stack:\n  - {name: m, kind: media, box: [100, 50, 1280, 720], background: \"#000000\"}\n");
    CHECK(video_box(room, 1920, 1080) == picture::ScreenRect{100, 50, 1280, 720});
    CHECK(video_box(room, 640, 480) == picture::ScreenRect{260, 50, 960, 720});
    CHECK(video_box(room, 2560, 1080) == picture::ScreenRect{100, 140, 1280, 540});
    CHECK(room.screen->scene(input_of(hall_of({}))).items.size() == 1);  // the ground alone
}

TEST_CASE("the shape is that of the display size, not of the coded one") {
    Room room("stack:\n  - {name: m, kind: media, box: [0, 0, 1280, 720]}\n");
    auto frame = std::make_shared<picture::VideoFrame>(*film(720, 576));
    frame->display_width = 1024;
    auto input = input_of(hall_of({}));
    input.video = frame;
    CHECK(room.screen->scene(input).items.at(0).box == picture::ScreenRect{0, 0, 1280, 720});
}

TEST_CASE("a film's caption lies over it, scaled as the film is") {
    Room room("stack:\n  - {name: m, kind: media, box: [100, 50, 1280, 720]}\n");
    auto caption = std::make_shared<picture::VideoFrame>(*film(960, 135));
    caption->format = picture::PixelFormat::bgra;
    auto frame = std::make_shared<picture::VideoFrame>(*film(640, 360));
    frame->overlay = std::make_shared<picture::Overlay>(picture::Overlay{caption, 480, 900, 1920, 1080});
    auto input = input_of(hall_of({}));
    input.video = frame;
    const auto items = room.screen->scene(input).items;
    REQUIRE(items.size() == 2);
    CHECK(std::get<picture::Video>(items[0].content).frame == frame);
    CHECK(std::get<picture::Video>(items[1].content).frame == caption);
    CHECK(items[1].box == picture::ScreenRect{100 + 320, 50 + 600, 640, 90});
}

TEST_CASE("the clock shows the hall's time, whatever zone the machine has, and changes with the minute") {
    Room room("stack:\n  - {name: c, kind: clock, box: [0, 0, 400, 100], format: \"HH:mm\"}\n");
    // 2026-07-01 10:15:20 UTC, summer in Warsaw.
    const auto now = at(1'782'900'920);
    CHECK(room.words(input_of(hall_of({}), now)) == std::vector<std::string>{"12:15"});
    CHECK(room.screen->still_for(input_of(hall_of({}), now)) == 40s);
    CHECK(room.words(input_of(hall_of({}), now + 40s)) == std::vector<std::string>{"12:16"});
    screen::ScreenInput unknown;
    unknown.now = now;
    CHECK_FALSE(room.says(unknown, ":"));
}

TEST_CASE("the date is written as the forced language does, in its order, and in the digits of the tickets") {
    Room room("stack:\n  - {name: c, kind: clock, box: [0, 0, 400, 100], skeleton: EEEEdMMMM}\n");
    auto input = input_of(hall_of({}), at(1'782'900'920));
    input.language = "pl";
    CHECK(room.words(input) == std::vector<std::string>{"Środa, 1 lipca"});
    input.language = "zh";
    CHECK(room.words(input) == std::vector<std::string>{"7月1日星期三"});
    input.language = "ar";
    CHECK(room.words(input) == std::vector<std::string>{"الأربعاء، 1 يوليو"});
    input.language = "fa";
    CHECK(room.words(input) == std::vector<std::string>{"چهارشنبه 1 ژوئیه"});
    input.language = "vi";
    CHECK(room.words(input) == std::vector<std::string>{"Thứ Tư, 1 tháng 7"});
}

TEST_CASE("a text takes turns in the languages it has") {
    Room room("stack:\n  - {name: t, kind: text, box: [0, 0, 400, 100], text: office_name, seconds: 10}\n");
    std::map<std::string, int> seen;
    for (int second = 0; second < 20; ++second) ++seen[room.words(input_of(hall_of({}), at(noon + second))).at(0)];
    CHECK(seen == std::map<std::string, int>{{"Urząd", 10}, {"Установа", 10}});
    auto input = input_of(hall_of({}));
    input.language = "uk";
    CHECK(room.words(input) == std::vector<std::string>{"Установа"});
    input.language = "vi";  // the office has no name in it
    CHECK(room.words(input).size() == 1);
}

TEST_CASE("a screen is the canvas, scaled: boxes in both directions, letters by the smaller one") {
    const auto layout = layout_of(
        "canvas: [1000, 500]\nstack:\n  - {name: t, kind: text, box: [100, 100, 800, 300], text: welcome, text_size: "
        "50}\n");
    BoxTypesetter typesetter;
    auto screen = std::move(*screen::make_screen(layout, {500, 500}, typesetter));
    const auto item = screen->scene(input_of(hall_of({}))).items.at(0);
    CHECK(item.box.y == 100);
    CHECK(item.box.height == 300);
    CHECK(std::get<picture::Text>(item.content).paragraph->size_px <= 25);
}

TEST_CASE("a text, a clock and an image that cannot be shown are told with their line") {
    BoxTypesetter typesetter;
    const auto error = [&](const std::string& widget) {
        const auto screen = screen::make_screen(layout_of("stack:\n  - {name: w, box: [0, 0, 9, 9], " + widget + "}\n"),
                                                {100, 100}, typesetter);
        return screen ? "no error" : screen.error().message;
    };
    CHECK(error("kind: text, text: wellcome")
              .starts_with("test.yaml:2:46: 'wellcome' is no text for the widget 'w'; there are office_name"));
    CHECK(error("kind: text, text: ahead_of_you").starts_with("test.yaml:2:46: 'ahead_of_you' is no text"));
    CHECK(error("kind: clock, format: \"bogus jjj\"").starts_with("test.yaml:2:47: 'bogus jjj' is no date pattern"));
    CHECK(error("kind: image, file: nowhere.png").starts_with("test.yaml:2:47: the image 'w': "));
    CHECK(error("kind: text, text: welcome") == "no error");
}

TEST_CASE("the time of a state is that of its newest call") {
    CHECK(screen::time_of(hall_of({call_of("A2", 1, noon), call_of("A1", 1, noon - 9)})) == at(noon));
    CHECK(screen::time_of({}) == at(0));
}

}  // namespace widgets_test
