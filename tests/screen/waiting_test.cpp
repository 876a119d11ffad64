// Who waits: which services, how many, and how long, as people say it in their languages.
#include "content/texts.h"
#include "tests/screen/screen_of_boxes.h"

namespace waiting_test {

using namespace screen_of_boxes;

const std::string widget = "stack:\n  - {kind: waiting, box: [0, 0, 900, 800], rows: 4";

v1::HallState queues(const std::vector<std::tuple<std::string, int, int, int>>& services) {
    auto hall = hall_of({});
    for (const auto& [id, waiting, low_s, high_s] : services) {
        auto& service = *hall.mutable_profile()->add_services();
        service.set_id(id);
        (*service.mutable_name())["pl"] = "Sprawa " + id;
        (*service.mutable_name())["ar"] = "خدمة " + id;
        auto& status = *hall.add_services();
        status.set_id(id);
        status.set_waiting(std::uint32_t(waiting));
        status.set_expected_wait_s(std::uint32_t((low_s + high_s) / 2));
        status.set_wait_low_s(std::uint32_t(low_s));
        status.set_wait_high_s(std::uint32_t(high_s));
    }
    return hall;
}

screen::ScreenInput in(const std::string& language, const v1::HallState& hall) {
    auto input = input_of(hall);
    input.language = language;
    return input;
}

TEST_CASE("services are shown in the office's order, with how many wait and how long") {
    Room room(widget + ", heading: true}\n");
    const auto hall = queues({{"B", 12, 660, 1150}, {"A", 0, 60, 300}, {"C", 3, 120, 540}});
    CHECK(room.words(in("pl", hall)) ==
          std::vector<std::string>{"Rodzaj sprawy", "Oczekujący", "12", "Czas oczekiwania: około 10–20 min", "Sprawa B",
                                   "0", "Nikt nie czeka", "Sprawa A", "3", "Czas oczekiwania: do 10 min", "Sprawa C"});
    CHECK(room.words(in("pl", hall)).size() == 11);
    Room some(widget + ", services: [C], estimates: false}\n");
    CHECK(some.words(in("pl", hall)) == std::vector<std::string>{"3", "Sprawa C"});
    // A language that the office has no name in: its own.
    CHECK(some.says(in("vi", hall), "Sprawa C"));
}

TEST_CASE("waits are rounded outwards to five minutes, and said in hours when they are that long") {
    Room room(widget + "}\n");
    const auto said = [&](int low_s, int high_s, const std::string& language = "en") -> std::string {
        for (auto& word : room.words(in(language, queues({{"A", 1, low_s, high_s}})))) {
            if (!word.contains(":") && !word.contains("：")) continue;
            // Some versions of ICU write a hyphen in some languages.
            if (const auto at = word.find("–"); at != std::string::npos) word.replace(at, std::string("–").size(), "-");
            return word;
        }
        return "";
    };
    CHECK(said(600, 1200) == "Expected wait: about 10-20 min");
    CHECK(said(601, 1201) == "Expected wait: about 10-25 min");
    CHECK(said(599, 1199) == "Expected wait: about 5-20 min");
    CHECK(said(300, 300) == "Expected wait: about 5 min");
    CHECK(said(0, 1) == "Expected wait: up to 5 min");
    CHECK(said(7000, 7201) == "Expected wait: about 1-3 hr");
    CHECK(said(0, 0).empty());  // nothing is known
    CHECK(said(600, 1200, "pl") == "Czas oczekiwania: około 10-20 min");
    CHECK(said(600, 1200, "uk") == "Час очікування: приблизно 10-20 хв");
    CHECK(said(600, 1200, "ru") == "Время ожидания: примерно 10-20 мин");
    CHECK(said(600, 1200, "ka") == "ლოდინის დრო: დაახლოებით 10-20 წთ");
    CHECK(said(600, 1200, "hi") == "प्रतीक्षा का समय: लगभग 10-20 मिनट");
    CHECK(said(600, 1200, "vi") == "Thời gian chờ: khoảng 10-20 phút");
    CHECK(said(600, 1200, "zh") == "等候时间：约10-20分钟");
    CHECK(said(600, 1200, "ar") == "مدة الانتظار: حوالي 10-20 دقيقة");
}

TEST_CASE("no number passes for a current one while the master is not heard") {
    Room room(widget + "}\n");
    auto input = in("pl", queues({{"A", 12, 600, 1200}, {"B", 0, 0, 0}}));
    CHECK(room.says(input, "10–20"));
    input.hall.stale_since = at(noon);
    // What is said of the connection is not the widget's.
    for (const auto& text : room.texts(input)) {
        CHECK_FALSE(text.text.contains("12"));
        CHECK_FALSE(text.text.contains("10–20"));
        CHECK(text.text != content::text("nobody_waiting", "pl"));
    }
    CHECK(room.says(input, "Sprawa A"));
    CHECK(room.says(input, "–"));
    screen::ScreenInput unconnected;
    CHECK_FALSE(room.says(unconnected, "Sprawa"));
}

TEST_CASE("on a screen that is read from the right numbers stand at the left; more services than rows come in turn") {
    Room room(widget + ", seconds: 10}\n");
    auto hall = queues({{"A", 12, 600, 1200}});
    const auto at_right = room.find(in("pl", hall), "12"), at_left = room.find(in("ar", hall), "12");
    REQUIRE((at_right && at_left));
    CHECK(at_right->item.box.x > 450);
    CHECK(at_left->item.box.x < 450);
    hall = queues({{"A", 1, 0, 0}, {"B", 1, 0, 0}, {"C", 1, 0, 0}, {"D", 1, 0, 0}, {"E", 1, 0, 0}});
    int first = 0, second = 0;
    std::map<std::string, int> languages;
    for (int turn = 0; turn < 12; ++turn) {
        const auto input = input_of(hall, at(noon + 10 * turn));
        const bool has_a = room.says(input, " A"), has_e = room.says(input, " E");
        CHECK(has_a != has_e);
        ++(has_a ? first : second);
        if (has_e) ++languages[room.texts(input).at(0).language];
    }
    CHECK(first == 6);
    CHECK(second == 6);
    CHECK(languages.size() == 3);  // each page in each language
}

}  // namespace waiting_test
