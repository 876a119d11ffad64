#include <cmath>
#include <set>
#include <sstream>

#include "tests/screen/screen_of_boxes.h"

namespace ticker_test {

using namespace screen_of_boxes;

const std::string ticker = R"(canvas: [1000, 100]
stack:
  - {name: line, kind: ticker, box: [100, 20, 800, 60], text_size: 20, speed: 200}
)";

v1::HallState hall_with_texts() {
    auto hall = hall_of({});
    for (const std::string id : {"first", "second"}) {
        auto& text = *hall.mutable_profile()->add_ticker();
        text.set_id(id);
        for (const std::string language : {"pl", "uk", "ar"}) {
            (*text.mutable_text())[language] = id + " notice of the office in the language " + language;
        }
    }
    return hall;
}

screen::ScreenInput moved(const v1::HallState& hall, std::chrono::nanoseconds motion) {
    auto input = input_of(hall);
    input.motion = motion;
    return input;
}

// Where each piece that is seen begins, by its text.
std::multimap<std::string, float> places(Room& room, const screen::ScreenInput& input) {
    std::multimap<std::string, float> all;
    for (const auto& seen : room.texts(input)) all.emplace(seen.text, seen.x());
    return all;
}

TEST_CASE("texts follow one another in all languages, each with its own direction") {
    Room room(ticker);
    const auto hall = hall_with_texts();
    std::set<std::string> languages;
    std::vector<std::string> order;
    for (int tenth = 0; tenth < 200; ++tenth) {
        for (const auto& seen : room.texts(moved(hall, tenth * 100ms))) {
            if (seen.text == "•") continue;
            languages.insert(seen.language);
            CHECK(seen.text.ends_with(" " + seen.language));
            if (std::ranges::find(order, seen.text) == order.end()) order.push_back(seen.text);
        }
    }
    CHECK(languages == std::set<std::string>{"ar", "pl", "uk"});
    REQUIRE(order.size() == 6);
    CHECK(order[0].starts_with("first"));
    CHECK(order[2].ends_with(" ar"));
    CHECK(order[3].starts_with("second"));
}

TEST_CASE("the line moves left by its speed, in whole pixels, and never jumps where it begins again") {
    Room room(ticker);
    const auto hall = hall_with_texts();
    auto before = room.texts(moved(hall, 0ns));
    long way = 0;
    for (int frame = 1; frame < 3000; ++frame) {
        const auto now = room.texts(moved(hall, frame * 16'666'667ns));
        const long way_now = long(std::floor(frame * 0.016666667 * 200));
        std::size_t followed = 0;
        for (const auto& seen : now) {
            CHECK(seen.x() == std::floor(seen.x()));
            const auto same =
                std::ranges::find_if(before, [&](const auto& old) { return old.item.id == seen.item.id; });
            if (same == before.end()) {
                CHECK(seen.x() > 800);  // what is new comes in from the right
                continue;
            }
            ++followed;
            CHECK(std::abs(double(same->x() - seen.x()) - double(way_now - way)) <= 1);
        }
        REQUIRE(followed > 0);
        before = now;
        way = way_now;
    }
    CHECK(way > 9000);  // more than two rounds
}

TEST_CASE("every part of the line's box is always near a text") {
    Room room(ticker);
    const auto hall = hall_with_texts();
    for (int step = 0; step < 400; ++step) {
        int covered = 100;
        for (const auto& seen : room.texts(moved(hall, step * 77ms))) {
            CHECK((seen.item.box.x >= 100 && seen.item.box.right() <= 900));
            CHECK(seen.item.box.x - covered < 20);
            covered = std::max(covered, seen.item.box.right());
        }
        CHECK(covered > 880);
    }
}

TEST_CASE("the same text is the same paragraph in every picture, so that it need not be drawn anew") {
    Room room(ticker);
    const auto hall = hall_with_texts();
    const auto first = room.screen->scene(moved(hall, 0ms)), later = room.screen->scene(moved(hall, 100ms));
    const auto& a = std::get<picture::Text>(first.items[0].content);
    const auto& b = std::get<picture::Text>(later.items[0].content);
    CHECK(first.items[0].id == later.items[0].id);
    CHECK(a.paragraph == b.paragraph);
    CHECK(a.x - b.x == 20);
}

TEST_CASE("years of motion are no different from a second of it") {
    Room room(ticker);
    const auto hall = hall_with_texts();
    const auto years = std::chrono::hours(24 * 365 * 3);
    const auto a = places(room, moved(hall, years)), b = places(room, moved(hall, years + 5ms));
    REQUIRE_FALSE(a.empty());
    CHECK(std::abs(a.begin()->second - b.begin()->second) <= 1);
}

TEST_CASE("a short text is there once at a time; a screen whose line runs is never still") {
    Room room(ticker);
    auto hall = hall_of({}, {"pl"});
    CHECK(room.screen->still_for(input_of(hall)) > 0ns);
    (*hall.mutable_profile()->add_ticker()->mutable_text())["pl"] = "Cisza";
    CHECK(room.screen->still_for(input_of(hall)) == 0ns);
    for (int step = 0; step < 100; ++step) {
        const auto all = places(room, moved(hall, step * 50ms));
        CHECK(all.count("Cisza") <= 2);  // one leaving, one coming
    }
}

TEST_CASE("a forced language runs alone, and an untranslated text still runs") {
    Room room(ticker);
    auto hall = hall_with_texts();
    (*hall.mutable_profile()->add_ticker()->mutable_text())["vi"] = "only in Vietnamese vi";
    std::set<std::string> languages;
    for (int step = 0; step < 200; ++step) {
        auto input = moved(hall, step * 100ms);
        input.language = "uk";
        for (const auto& seen : room.texts(input)) {
            if (seen.text != "•") languages.insert(seen.language);
        }
    }
    CHECK(languages == std::set<std::string>{"uk", "vi"});
}

TEST_CASE("with reduced motion the texts stand, one after another, each for as long as it takes to read") {
    Room room(ticker);
    auto hall = hall_of({}, {"pl", "ar"});
    const std::string brief = "Cisza", lengthy(200, 'x');
    (*hall.mutable_profile()->add_ticker()->mutable_text())["pl"] = brief;
    (*hall.mutable_profile()->add_ticker()->mutable_text())["pl"] = "two words " + lengthy;
    std::map<std::string, int> tenths;
    for (int tenth = 0; tenth < 10 * 197; ++tenth) {  // ten rounds of 5 + 14.7 s
        auto input = moved(hall, tenth * 100ms);
        input.reduced_motion = true;
        input.now = at(noon) + tenth * 100ms;
        CHECK(room.screen->still_for(input) > 0ns);
        const auto seen = room.texts(input);
        REQUIRE(seen.size() == 1);
        CHECK((seen[0].item.box.x >= 100 && seen[0].item.box.right() <= 900));
        ++tenths[seen[0].text];
        // It does not move as long as it stands.
        auto later = input;
        later.motion += 1s;
        CHECK(room.screen->scene(later).items == room.screen->scene(input).items);
    }
    CHECK(std::abs(tenths[brief] - 500) <= 10);
    int others = 0;
    for (const auto& [text, count] : tenths) others += text == brief ? 0 : count;
    CHECK(std::abs(others - 1470) <= 10);
}

TEST_CASE("a standing text that has no room comes in parts, and no word of it is lost") {
    Room room(ticker);
    auto hall = hall_of({}, {"pl"});
    std::string text;
    for (int word = 0; word < 60; ++word) text += (word ? " word" : "word") + std::to_string(word);
    (*hall.mutable_profile()->add_ticker()->mutable_text())["pl"] = text;
    std::vector<std::string> parts;
    for (int second = 0; second < 60; ++second) {
        auto input = input_of(hall, at(noon + second));
        input.reduced_motion = true;
        const auto seen = room.words(input);
        REQUIRE(seen.size() == 1);
        if (std::ranges::find(parts, seen[0]) == parts.end()) parts.push_back(seen[0]);
        CHECK(seen[0].size() < text.size());
    }
    CHECK(parts.size() >= 2);
    std::set<std::string> words;
    for (const auto& part : parts) {
        std::istringstream in(part);
        for (std::string word; in >> word;) words.insert(word);
    }
    CHECK(words.size() == 60);
}

}  // namespace ticker_test
