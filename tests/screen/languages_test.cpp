// Who has the turn: in step on the whole screen, weighted by who is called, and nobody for long without.
#include <random>

#include "content/texts.h"
#include "player/screen/languages.h"
#include "tests/screen/screen_of_boxes.h"

namespace languages_test {

using namespace screen_of_boxes;

const std::vector<std::string> nine{"pl", "en", "uk", "ru", "ka", "hi", "vi", "ar", "zh"};

v1::HallState called_in(const std::vector<std::string>& languages, const std::vector<std::string>& calls,
                        std::int64_t last = noon - 600) {
    std::vector<v1::Call> made;
    for (const auto& language : calls)
        made.push_back(call_of("A" + std::to_string(made.size()), 1, last - std::int64_t(made.size()), language));
    return hall_of(made, languages);
}

// Whose turns they are from `from` on, each of ten seconds.
std::vector<std::string> turns_of(const v1::HallState& hall, std::size_t count, std::int64_t from = noon) {
    layouts::Widget widget;
    widget.seconds = 10;
    std::vector<std::string> turns;
    for (std::size_t turn = 0; turn < count; ++turn) {
        const auto input = input_of(hall, at(from + 10 * std::int64_t(turn)));
        const auto languages = screen::languages_of(widget, input);
        turns.push_back(languages[screen::turn_of(languages.size(), 10, input.now).index]);
    }
    return turns;
}

TEST_CASE("without calls, or with as many in each, all languages take plain turns") {
    const auto plain = turns_of(called_in(nine, {}), 36);
    for (std::size_t i = 0; i < plain.size(); ++i) {
        const auto index = std::size_t(std::ranges::find(nine, plain[0]) - nine.begin());
        CHECK(plain[i] == nine[(index + i) % nine.size()]);
    }
    CHECK(turns_of(called_in(nine, nine), 36) == plain);
    // Who is called in no language of the screen changes nothing.
    CHECK(turns_of(called_in(nine, {"de", "de", ""}), 36) == plain);
}

TEST_CASE("whose visitors are called has more turns, the office's own keeps its, and none waits over two rounds") {
    for (const auto& languages : {nine, std::vector<std::string>{"pl", "uk", "ar"}, {"pl", "uk", "ar", "zh"}}) {
        const std::size_t n = languages.size();
        INFO(n);
        const auto turns = turns_of(called_in(languages, std::vector<std::string>(20, "ar")), 4 * n);
        std::map<std::string, std::size_t> count, last;
        for (std::size_t i = 0; i < turns.size(); ++i) {
            ++count[turns[i]];
            if (last.contains(turns[i])) CHECK(i - last[turns[i]] <= 2 * n);
            last[turns[i]] = i;
        }
        CHECK(count.size() == n);
        CHECK(count["pl"] == 4);
        CHECK(count["ar"] > 4);
        for (const auto& language : languages) CHECK(count[language] >= 2);
    }
    // In proportion, as far as there are turns to give: five Ukrainian calls for each Georgian one.
    std::vector<std::string> calls(25, "uk");
    calls.insert(calls.end(), 5, "ka");
    std::map<std::string, int> count;
    for (const auto& turn : turns_of(called_in(nine, calls), 18)) ++count[turn];
    CHECK(count["uk"] >= 3 * count["ka"] / 2);
    CHECK(count["ka"] > count["vi"]);
}

TEST_CASE("a call changes no language in the middle of its turn, and no sure turn ever") {
    const unsigned seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    layouts::Widget widget;
    widget.seconds = 10;
    std::vector<std::string> calls;
    for (int i = 0; i < 30; ++i) calls.push_back(nine[random() % nine.size()]);
    const auto sure = turns_of(called_in(nine, {}), 18, noon / 180 * 180);
    for (int round = 0; round < 50; ++round) {
        auto hall = called_in(nine, calls);
        const auto turns = turns_of(hall, 18, noon / 180 * 180);
        for (std::size_t i = 0; i < 18; i += 2) CHECK(turns[i] == sure[i]);
        // In the middle of a turn ten more are called.
        const auto now = noon / 180 * 180 + 10 * std::int64_t(random() % 18) + 5;
        auto later = called_in(nine, {});
        const auto language = nine[random() % nine.size()];
        for (int i = 0; i < 10; ++i) *later.add_calls() = call_of("B" + std::to_string(i), 1, now - 1, language);
        for (const auto& call : hall.calls()) *later.add_calls() = call;
        CHECK(screen::languages_of(widget, input_of(hall, at(now))) ==
              screen::languages_of(widget, input_of(later, at(now))));
        calls[random() % calls.size()] = language;
    }
}

TEST_CASE("all that rotates on a screen is in one language, as long as its longest text takes to read") {
    Room room(
        "stack:\n"
        "  - {kind: text, box: [0, 0, 800, 100], text: please_wait}\n"
        "  - {kind: text, box: [0, 100, 800, 100], text: office_name}\n"
        "  - {kind: text, box: [0, 200, 800, 100], texts: {pl: " +
        std::string(150, 'a') +
        ", uk: Привіт, ar: مرحبا}}\n"
        "  - {kind: board, box: [0, 300, 800, 300], heading: true}\n"
        "  - {kind: waiting, box: [0, 600, 800, 300], heading: true}\n"
        "  - {kind: clock, box: [0, 900, 800, 100], skeleton: EEEEdMMMM}\n"
        "  - {kind: languages, box: [800, 0, 800, 100], highlight: \"#ff0000\"}\n");
    const auto hall = called_in({"pl", "uk", "ar"}, {"ar", "ar", "uk"});
    std::map<std::string, int> seen;
    std::string before;
    int changes = 0;
    for (int step = 0; step < 630; ++step) {  // 63 s: six turns of 10.5 s
        const auto input = input_of(hall, at(noon) + step * 100ms);
        std::string language;
        for (const auto& text : room.texts(input)) {
            if (text.colour() != picture::Colour{255, 0, 0, 255}) continue;
            CHECK(language.empty());
            language = text.language;
        }
        REQUIRE(!language.empty());
        ++seen[language];
        changes += step > 0 && language != before;
        before = language;
        for (const auto& text : room.texts(input)) {
            if (text.language == "en") continue;       // tickets
            const bool name = text.item.box.x >= 700;  // all of them stand there at all times
            const bool office = text.item.box.y >= 100 && text.item.box.bottom() <= 200 && language == "ar";
            if (!name && !office) CHECK(text.language == language);
            if (office) CHECK(text.language == "uk");  // it has no Arabic name: the one before stays
        }
    }
    CHECK(seen.size() == 3);
    CHECK(changes <= 6);
    for (const auto& [language, steps] : seen) CHECK(steps >= 104);
}

TEST_CASE("where a layout gives the seconds, these hold") {
    Room room("stack:\n  - {kind: text, box: [0, 0, 800, 100], text: welcome, seconds: 2}\n");
    std::map<std::string, int> seen;
    for (int second = 0; second < 12; ++second)
        ++seen[room.texts(input_of(hall_of({}), at(noon + second))).at(0).language];
    CHECK(seen == std::map<std::string, int>{{"pl", 4}, {"uk", 4}, {"ar", 4}});
    CHECK(room.screen->still_for(input_of(hall_of({}), at(noon))) == 2s);
}

TEST_CASE("the names of the languages fit their place, in the order of reading, also those that we do not ship") {
    Room room(
        "stack:\n  - {kind: languages, box: [0, 0, 600, 120], text_size: 60, highlight: \"#ff0000\", "
        "highlight_background: \"#ffffff\"}\n");
    auto input = input_of(hall_of({}, nine));
    CHECK(room.texts(input).size() == 9);
    for (const auto& text : room.texts(input)) {
        CHECK(text.text == content::text("language_name", text.language));
        CHECK(text.item.box.right() <= 600);
        CHECK(text.item.box.bottom() <= 120);
    }
    CHECK(room.find(input, "Polski")->item.box.x < room.find(input, "English")->item.box.x);
    input.hall.state = std::make_shared<const v1::HallState>(hall_of({}, {"ar", "pl", "de"}));
    CHECK(room.find(input, "Polski")->item.box.x < room.find(input, "العربية")->item.box.x);
    CHECK(room.says(input, "Deutsch"));
}

}  // namespace languages_test
