// What staff tell everybody, on the screen: in which language when, where, for how long, and that nothing needed is
// hidden.
#include <cmath>
#include <set>
#include <tuple>

#include "tests/screen/screen_of_boxes.h"

namespace banner_test {

using namespace screen_of_boxes;

v1::Notice notice_of(const std::string& id, const std::map<std::string, std::string>& text, bool urgent = false,
                     int seconds = 60) {
    v1::Notice notice;
    notice.set_id(id);
    for (const auto& [language, words] : text) (*notice.mutable_text())[language] = words;
    notice.set_urgent(urgent);
    notice.set_made_at_ms(noon * 1000);
    notice.set_expires_at_ms((noon + seconds) * 1000);
    return notice;
}

const std::map<std::string, std::string> closed{
    {"pl", "Okienko 7 jest nieczynne."}, {"uk", "Віконце 7 не працює."}, {"ar", "الشباك رقم سبعة مغلق."}};

v1::HallState telling(const std::vector<v1::Notice>& notices, const std::vector<v1::Call>& calls = {}) {
    auto hall = hall_of(calls);
    for (const auto& notice : notices) *hall.add_notices() = notice;
    return hall;
}

// The one panel of a scene in the banner's colours.
picture::ScreenRect panel_in(const picture::Scene& scene) {
    picture::ScreenRect panel;
    for (const auto& item : scene.items)
        if (const auto* fill = std::get_if<picture::Fill>(&item.content))
            if (fill->colour == picture::Colour{244, 247, 251, 255} || fill->colour == picture::Colour{160, 0, 26, 255})
                if (item.box.width * item.box.height > panel.width * panel.height) panel = item.box;
    return panel;
}

TEST_CASE("a notice is on every shipped layout as long as it holds, by the master's clock") {
    for (const std::string name : {"hall", "bench", "slide"}) {
        INFO(name);
        Room room(*layouts::load_layout(name, {}));
        auto input = input_of(telling({notice_of("notice-1", closed)}));
        CHECK(room.says(input, closed.at("pl")));
        input.now = at(noon + 59);
        CHECK(room.screen->still_for(input) <= 1s);
        input.now = at(noon + 60);
        CHECK(room.screen->scene(input).items == room.screen->scene(input_of(hall_of({}), input.now)).items);
        // This machine's clock is two seconds behind the master's.
        input.now = at(noon + 57);
        input.master_ahead = 2s;
        CHECK(room.says(input, closed.at("ar")));
        CHECK(room.screen->still_for(input) <= 1s);
        input.now = at(noon + 58);
        CHECK_FALSE(room.says(input, closed.at("ar")));
        CHECK_FALSE(room.says(input, closed.at("pl")));
    }
}

TEST_CASE("its languages take turns in the office's order, each as long as it takes to read; a spoken one is shown") {
    Room room(*layouts::load_layout("hall", {}));
    const auto hall = telling({notice_of("notice-1", closed)});
    std::string turns;
    for (int second = 0; second < 16; ++second)
        for (const auto& [language, text] : closed)
            if (room.says(input_of(hall, at(noon + second)), text)) turns += language + " ";
    CHECK(turns == "pl pl pl pl pl uk uk uk uk uk ar ar ar ar ar pl ");
    auto long_text = closed;
    long_text["pl"] = std::string(200, 'a');
    for (int second = 0; second < 14; ++second)
        CHECK(room.says(input_of(telling({notice_of("notice-1", long_text)}), at(noon + second)), long_text["pl"]));

    auto spoken = input_of(hall, at(noon + 1));
    spoken.spoken_notice = screen::SpokenNotice{"notice-1", "ar", at(noon)};
    CHECK(room.says(spoken, closed.at("ar")));
    CHECK_FALSE(room.says(spoken, closed.at("pl")));
    spoken.spoken_notice->id = "notice-2";  // another one, which is over by now
    CHECK(room.says(spoken, closed.at("pl")));
    auto forced = input_of(hall, at(noon + 1));
    forced.language = "uk";
    CHECK(room.says(forced, closed.at("uk")));
    forced.language = "vi";  // not given: better another one than none
    CHECK(room.says(forced, closed.at("ar")));
}

v1::Notice warning_of(const std::string& id, const std::map<std::string, std::string>& text) {
    auto notice = notice_of(id, text);
    notice.set_warning(true);
    return notice;
}

TEST_CASE("Arabic is read from the right, the sign of a warning stands where reading begins") {
    Room room(*layouts::load_layout("hall", {}));
    auto input = input_of(telling({warning_of("notice-1", {{"ar", closed.at("ar")}})}));
    const auto arabic = room.find(input, closed.at("ar"));
    REQUIRE(arabic);
    CHECK(arabic->align == text::Align::start);
    CHECK(arabic->language == "ar");
    CHECK(room.find(input, "!")->item.box.x > arabic->item.box.x + 500);
    input = input_of(telling({warning_of("notice-1", {{"pl", closed.at("pl")}})}));
    CHECK(room.find(input, "!")->item.box.x < room.find(input, closed.at("pl"))->item.box.x);
    CHECK_FALSE(room.says(input_of(telling({notice_of("notice-1", closed)})), "!"));
}

double luminance(const picture::Colour& colour) {
    const auto light = [](std::uint8_t value) {
        const double part = value / 255.0;
        return part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * light(colour.red) + 0.7152 * light(colour.green) + 0.0722 * light(colour.blue);
}

TEST_CASE("a notice, a warning and an emergency look different, and each is legible by WCAG's highest level") {
    Room room(*layouts::load_layout("hall", {}));
    std::set<std::tuple<int, int, int>> grounds;
    for (const auto& notice :
         {notice_of("notice-1", closed), warning_of("notice-1", closed), notice_of("notice-1", closed, true)}) {
        const auto input = input_of(telling({notice}), at(noon + 5));
        picture::Colour ground;
        for (const auto& item : room.screen->scene(input).items) {
            if (const auto* fill = std::get_if<picture::Fill>(&item.content);
                fill && item.box.height > 200 && item.box.width > 200)
                ground = fill->colour;
        }
        const auto lettering = room.find(input, closed.at("uk"))->colour();
        const double a = luminance(ground) + 0.05, b = luminance(lettering) + 0.05;
        CHECK(std::max(a, b) / std::min(a, b) >= 7);
        grounds.insert({ground.red, ground.green, ground.blue});
    }
    CHECK(grounds.size() == 3);
}

TEST_CASE("a layout's message says where notices stand; only one that can be hidden has the banner beside it") {
    const std::string media = "stack:\n  - {kind: media, box: [0, 0, 1920, 800]}\n";
    const std::string place = "  - {kind: message, box: [100, 820, 800, 200]";
    Room room(media + place + ", text_size: 40}\n");
    const auto hall = telling({notice_of("notice-1", closed)});
    const auto input = input_of(hall);
    CHECK(panel_in(room.screen->scene(input)) == picture::ScreenRect{114, 834, 772, 172});
    CHECK(std::get<picture::Text>(room.find(input, closed.at("pl"))->item.content).paragraph->size_px <= 40);
    CHECK(room.screen->scene(input_of(hall_of({}))).items.empty());
    Room hidden(media + place + ", when: call}\n");
    CHECK(hidden.says(input, closed.at("pl")));
    auto called = input_of(telling({notice_of("notice-1", closed)}, {call_of("A001", 1, noon)}));
    called.shown_call = screen::ShownCall{"call of A001", 1};
    int told = 0;
    for (const auto& word : hidden.words(called)) told += word == closed.at("pl");
    CHECK(told == 2);
}

TEST_CASE("while an urgent notice holds no other is shown, and the latest comes first") {
    Room room(*layouts::load_layout("hall", {}));
    const auto fire = notice_of("notice-2", {{"pl", "Proszę opuścić budynek."}}, true, 20);
    const auto hall = telling({notice_of("notice-3", {{"pl", "Kawiarnia"}}), fire, notice_of("notice-1", closed)});
    for (int second = 0; second < 20; ++second) {
        const auto input = input_of(hall, at(noon + second));
        CHECK(room.says(input, "opuścić"));
        CHECK_FALSE(room.says(input, "Kawiarnia"));
    }
    CHECK_FALSE(room.says(input_of(hall, at(noon + 20)), "opuścić"));
    int others = 0;
    for (int second = 20; second < 60; ++second) others += room.says(input_of(hall, at(noon + second)), "Kawiarnia");
    CHECK(others == 10);  // of four turns of five seconds
    CHECK(room.says(input_of(telling({notice_of("notice-3", {{"pl", "Kawiarnia"}}), notice_of("notice-1", closed)})),
                    "Kawiarnia"));
}

TEST_CASE("no called number is hidden: neither on the board nor where it is big") {
    const std::string portrait =
        "canvas: [1080, 1920]\nstack:\n  - {name: m, kind: media, box: [0, 0, 1080, 608]}\n"
        "  - {name: c, kind: call, box: [0, 0, 1080, 608]}\n  - {name: b, kind: board, box: [0, 608, 1080, 1000]}\n";
    const std::string board_alone = "stack:\n  - {name: b, kind: board, box: [0, 0, 1920, 1080]}\n";
    for (const auto& layout : {*layouts::load_layout("hall", {}), *layouts::load_layout("bench", {}),
                               layout_of(portrait), layout_of(board_alone)}) {
        INFO(layout.name << layout.base().widgets.size());
        Room room(layout);
        std::vector<v1::Call> calls;
        for (int i = 0; i < 12; ++i) calls.push_back(call_of("A00" + std::to_string(i), 3, noon - i));
        for (const bool big : {false, true}) {
            auto quiet = input_of(hall_of(calls)), told = input_of(telling({notice_of("notice-1", closed)}, calls));
            if (big) quiet.shown_call = told.shown_call = screen::ShownCall{"call of A000", 1};
            const auto panel = panel_in(room.screen->scene(told));
            CHECK(panel.height >= room.size.height / 12);
            CHECK(panel.width >= room.size.width / 4);
            CHECK((panel.x >= 0 && panel.right() <= room.size.width && panel.bottom() <= room.size.height));
            const auto seen = room.screen->calls(told);
            for (const auto& call : seen) CHECK(overlap(call.rect, panel).empty());
            // Where a board fills the screen its last rows are hidden, and no receipt says that they were seen.
            if (layout.base().widgets.size() == 1)
                CHECK((seen.size() >= 5 && seen.size() < room.screen->calls(quiet).size()));
            else
                CHECK(seen == room.screen->calls(quiet));
        }
    }
}

TEST_CASE("no line of those who wait stands half behind a notice") {
    const auto list = [](int rows) {
        return layout_of("stack:\n  - {name: w, kind: waiting, box: [0, 0, 1920, 1080], rows: " + std::to_string(rows) +
                         "}\n");
    };
    const auto look = [](const layouts::Layout& layout, picture::ScreenSize size) {
        Room room(layout, size);
        auto hall = telling({notice_of("notice-1", closed)});
        for (int i = 0; i < 7; ++i) {
            auto& service = *hall.mutable_profile()->add_services();
            service.set_id(std::string(1, char('A' + i)));
            (*service.mutable_name())["pl"] = "Sprawa " + service.id();
        }
        const auto input = input_of(hall);
        const auto panel = panel_in(room.screen->scene(input));
        CHECK(panel.height >= size.height / 6);
        const int top = panel.y - 14;  // the frame's
        int before = 0;
        for (const auto& seen : room.texts(input)) {
            if (!seen.text.starts_with("Sprawa")) continue;
            INFO(size.width << ": " << seen.text << " " << seen.item.box.y << " " << top);
            CHECK((seen.item.box.bottom() <= top || seen.item.box.y >= top));
            before += seen.item.box.bottom() <= top;
        }
        CHECK(before >= 1);
    };
    look(*layouts::load_layout("waiting", {}), {1920, 1080});
    look(*layouts::load_layout("waiting", {}), {1080, 1920});
    for (const int rows : {4, 5, 6, 7}) look(list(rows), {1920, 1080});
}

TEST_CASE("the flash is soft and no strobe: once in two seconds, of the frame alone") {
    Room room(*layouts::load_layout("hall", {}));
    for (const bool urgent : {false, true}) {
        const auto hall = telling({notice_of("notice-1", {{"pl", "Uwaga"}}, urgent)});
        std::vector<double> light;
        std::vector<picture::Item> others;
        for (int step = 0; step < 20 * 40; ++step) {  // 20 s
            const auto input = input_of(hall, at(noon) + step * 25ms);
            std::vector<picture::Item> rest;
            for (const auto& item : room.screen->scene(input).items) {
                const auto* fill = std::get_if<picture::Fill>(&item.content);
                // The frame's upper bar is the last wide and flat fill.
                if (fill && item.box.height < 20 && item.box.width > 900 && item.box.y > 500) {
                    if (light.size() == std::size_t(step)) light.push_back(fill->colour.green);
                } else if (!fill || item.box.width > 20) {
                    rest.push_back(item);
                }
            }
            REQUIRE(light.size() == std::size_t(step) + 1);
            if (step % 40 == 0) others = rest;
        }
        // Rises and falls: a flash is a pair of them.
        int turns = 0;
        double steepest = 0;
        bool rising = true;
        for (std::size_t i = 1; i < light.size(); ++i) {
            const double change = light[i] - light[i - 1];
            steepest = std::max(steepest, std::abs(change));
            if (change != 0 && (change > 0) != rising) rising = !rising, ++turns;
        }
        CHECK(turns <= 20);  // within 20 s: at most one flash in two seconds
        CHECK(turns >= (urgent ? 18 : 2));
        CHECK(steepest <= 0.16 * 255);
        if (!urgent) CHECK(room.screen->still_for(input_of(hall, at(noon + 10))) > 1s);  // the next turn of a language
        if (urgent) CHECK(room.screen->still_for(input_of(hall, at(noon + 10))) <= 100ms);
    }
}

}  // namespace banner_test
