// The shipped layouts with real fonts, in every language we ship: nothing is missing, cut or out of its place.
// With HALLCAST_PICTURES=FOLDER the pictures are kept there, to be looked at.
#include <google/protobuf/util/json_util.h>

#include <cstdlib>

#include "content/office_file.h"
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
            // Capitals and digits need less than their line.
            const auto& paragraph = *text->paragraph;
            const bool is_whole = paragraph.height <= float(item.box.height) + 0.5f;
            const float baseline = text->y + paragraph.baseline, capital = 0.714f * paragraph.size_px;
            CHECK((is_whole || (paragraph.lines == 1 && baseline - capital >= float(item.box.y) &&
                                baseline <= float(item.box.bottom()))));
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

// Everything that this layout has besides the hall's.
const std::string widgets_yaml = R"(
background: "#0b2545"
stack:
  - {kind: languages, box: [40, 20, 1840, 80], text_size: 44, align: centre, radius: 30, colour: "#c9d6e6",
     highlight: "#06182f", highlight_background: "#ffd166"}
  - {kind: waiting, box: [40, 120, 1000, 700], rows: 6, heading: true, text_size: 56, padding: 24, radius: 12,
     background: "#123458", divider: "#ffffff26", bold: true}
  - {kind: board, box: [1080, 120, 800, 500], rows: 4, text_size: 80, padding: 24, radius: 12, background: "#123458", heading: true}
  - {kind: qr, box: [1080, 640, 400, 400], data: "https://urzad.example.pl/kolejka/hala-glowna"}
  - {kind: connection, box: [1500, 640, 380, 400]}
  - {kind: message, box: [40, 840, 1000, 200]}
)";

TEST_CASE("who waits, languages, warnings, lost connections and emergencies are whole in every language") {
    Studio studio;
    auto hall = std::make_shared<v1::HallState>(*sample_hall());
    *hall->mutable_profile()->mutable_services() = content::sample_office().services();
    for (const auto& service : hall->profile().services()) {
        const int i = hall->services_size();
        v1::ServiceStatus& status = *hall->add_services();
        status.set_id(service.id());
        status.set_waiting(std::uint32_t(i == 2 ? 0 : 5 * i + 3));
        status.set_wait_low_s(std::uint32_t(i * 1100));
        status.set_wait_high_s(std::uint32_t(i * 1500 + 500));
    }
    const auto layout = layout_of(widgets_yaml);
    const picture::ScreenSize size{1920, 1080};
    screen::ScreenInput input;
    input.hall.state = hall;
    input.now = screen::time_of(*hall) + 2s;
    studio.show(layout, input, "widgets", size);
    for (const auto language : content::shipped_languages()) {
        input.language = language;
        studio.show(layout, input, "widgets-" + std::string(language), size);
        auto lost = input;
        lost.hall.stale_since = input.now;
        studio.show(layout, lost, "widgets-lost-" + std::string(language), size);
    }
    input.language.clear();
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(input.now.time_since_epoch()).count();
    const auto told = [&](bool urgent, const std::map<std::string, std::string>& text) {
        auto state = std::make_shared<v1::HallState>(*hall);
        v1::Notice& notice = *state->add_notices();
        notice.set_id("notice-1");
        for (const auto& [language, words] : text) (*notice.mutable_text())[language] = words;
        (urgent ? notice.set_urgent(true) : notice.set_warning(true));
        notice.set_made_at_ms(ms - 700);
        notice.set_expires_at_ms(ms + 60'000);
        input.hall.state = state;
    };
    told(false, {{"pl", "Od godziny 14 będą prowadzone prace przy windzie. Prosimy korzystać ze schodów."}});
    studio.show(layout, input, "widgets-warning", size);
    studio.show(*layouts::load_layout("hall", {}), input, "hall-warning", size);
    const std::map<std::string, std::string> leave{
        {"pl", "Proszę natychmiast opuścić budynek najbliższym wyjściem. Nie korzystać z wind."},
        {"en", "Please leave the building at once by the nearest exit. Do not use the lifts."},
        {"uk", "Негайно залиште будівлю через найближчий вихід. Не користуйтеся ліфтами."},
        {"ru", "Немедленно покиньте здание через ближайший выход. Не пользуйтесь лифтами."},
        {"ka", "გთხოვთ, დაუყოვნებლივ დატოვოთ შენობა უახლოესი გასასვლელით. ნუ ისარგებლებთ ლიფტით."},
        {"hi", "कृपया तुरंत निकटतम निकास से भवन से बाहर जाएँ। लिफ़्ट का उपयोग न करें।"},
        {"vi", "Xin lập tức rời tòa nhà theo lối ra gần nhất. Không dùng thang máy."},
        {"ar", "يرجى مغادرة المبنى فوراً من أقرب مخرج. لا تستخدموا المصاعد."},
        {"zh", "请立即从最近的出口离开大楼。请勿使用电梯。"}};
    told(true, leave);
    for (const auto& [name, shape] : std::map<std::string, picture::ScreenSize>{
             {"landscape", size}, {"portrait", {1080, 1920}}, {"small", {1280, 720}}, {"band", {1920, 360}}})
        studio.show(layout, input, "emergency-" + name, shape);
    input.spoken_notice = screen::SpokenNotice{"notice-1", "ar", input.now};
    studio.show(layout, input, "emergency-spoken", size);
    for (const std::string language : {"pl", "ar", "zh", "ka"}) {
        told(true, {{language, leave.at(language)}});
        studio.show(layout, input, "emergency-only-" + language, size);
    }
    // As long as the core takes it.
    auto longest = leave;
    for (auto& [language, text] : longest)
        while (text.size() + leave.at(language).size() < 500) text += " " + leave.at(language);
    told(true, longest);
    studio.show(layout, input, "emergency-long", size);
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
