#include "content/texts.h"
#include "tests/screen/screen_of_boxes.h"

namespace connection_test {

using namespace screen_of_boxes;

std::string stale_text(const std::string& language) { return std::string(content::text("stale", language)); }

TEST_CASE("every shipped layout that shows calls says that it lost its master, and stops saying so") {
    for (const std::string name : {"hall", "bench"}) {
        INFO(name);
        Room room(*layouts::load_layout(name, {}));
        const auto hall = hall_of({call_of("A001", 3, noon)});
        const auto alive = input_of(hall);
        auto lost = alive;
        lost.hall.stale_since = at(noon - 5);
        CHECK_FALSE(room.says(alive, stale_text("pl")));
        const auto before = room.screen->scene(alive).items;
        CHECK(room.says(lost, stale_text("pl")));
        CHECK(room.says(lost, stale_text("en")));
        CHECK(room.screen->scene(alive).items == before);
    }
}

TEST_CASE("the notice is said in the office's language, in English and in the others in turn") {
    Room room(*layouts::load_layout("hall", {}));
    std::map<std::string, int> seen;
    for (int second = 0; second < 24; ++second) {
        auto input = input_of(hall_of({}), at(noon + second));
        input.hall.stale_since = at(noon);
        for (const std::string language : {"pl", "en", "uk", "ar"})
            seen[language] += room.says(input, stale_text(language));
    }
    CHECK(seen["pl"] == 24);
    CHECK(seen["en"] == 24);
    CHECK(seen["uk"] == 12);
    CHECK(seen["ar"] == 12);
    auto forced = input_of(hall_of({}));
    forced.hall.stale_since = at(noon);
    forced.language = "ka";
    CHECK(room.says(forced, stale_text("ka")));
    CHECK(room.says(forced, stale_text("pl")));
}

TEST_CASE("where there is room for one language each has its turn; a forced one is the only one") {
    Room room("stack:\n  - {name: b, kind: board, box: [0, 0, 300, 60]}\n");
    const auto said_in_turn = [&](const std::vector<std::string>& languages, const std::string& forced) {
        std::map<std::string, int> seen;
        for (int second = 0; second < 18; ++second) {
            auto input = input_of(hall_of({}, languages), at(noon + second));
            input.hall.stale_since = at(noon);
            input.language = forced;
            for (const std::string language : {"pl", "en", "uk"})
                seen[language] += room.says(input, stale_text(language));
        }
        return seen;
    };
    using Seconds = std::map<std::string, int>;
    CHECK(said_in_turn({"pl", "uk"}, "") == Seconds{{"pl", 6}, {"en", 6}, {"uk", 6}});
    const Seconds own = said_in_turn({"pl"}, "");
    CHECK((own.at("pl") > 0 && own.at("en") > 0 && own.at("pl") + own.at("en") == 18));
    for (const std::string forced : {"pl", "en", "uk"}) {
        INFO(forced);
        auto seen = said_in_turn({"pl", "uk"}, forced);
        CHECK(seen[forced] == 18);
        CHECK(seen["pl"] + seen["en"] + seen["uk"] == 18);
    }
}

TEST_CASE("no call looks new while the master is not heard") {
    Room room("stack:\n  - {name: b, kind: board, box: [0, 0, 600, 400], highlight: \"#ff0000\"}\n");
    auto input = input_of(hall_of({call_of("A001", 3, noon)}));
    CHECK(room.find(input, "A001")->colour() == picture::Colour{255, 0, 0, 255});
    input.hall.stale_since = at(noon);
    CHECK(room.find(input, "A001")->colour() == picture::Colour{255, 255, 255, 255});
}

TEST_CASE("the notice lies over the board, in front of everything else") {
    Room room(
        "stack:\n  - {name: b, kind: board, box: [1000, 0, 600, 900]}\n  - {name: m, kind: media, box: [0, 0, 900, "
        "900]}\n");
    auto input = input_of(hall_of({call_of("A001", 3, noon)}));
    input.hall.stale_since = at(noon);
    const auto last = room.screen->scene(input).items.back();
    CHECK((last.box.x >= 1000 && last.box.right() <= 1600));
    CHECK(std::holds_alternative<picture::Text>(last.content));
}

TEST_CASE("a layout's connection says where the words stand; the old numbers are veiled in any case") {
    const std::string board = "stack:\n  - {kind: board, box: [1000, 0, 600, 900]}\n";
    const std::string place = "  - {kind: connection, box: [0, 900, 1000, 180]";
    auto input = input_of(hall_of({call_of("A001", 3, noon)}));
    Room room(board + place + "}\n");
    CHECK_FALSE(room.says(input, stale_text("pl")));
    input.hall.stale_since = at(noon);
    const auto word = room.find(input, stale_text("pl"));
    REQUIRE(word);
    CHECK((word->item.box.right() <= 1000 && word->item.box.y >= 900));
    const auto veiled = [&](Room& seen) {
        return std::ranges::any_of(seen.screen->scene(input).items, [](const picture::Item& item) {
            const auto* fill = std::get_if<picture::Fill>(&item.content);
            return fill && fill->colour.alpha < 255 && item.box == picture::ScreenRect{1000, 0, 600, 900};
        });
    };
    CHECK(veiled(room));
    // One that is not always there does not do.
    Room hidden(board + place + ", when: queue_empty}\n");
    int told = 0;
    for (const auto& seen : hidden.texts(input)) told += seen.text == stale_text("pl") && seen.item.box.x >= 1000;
    CHECK(told == 1);
    CHECK(veiled(hidden));
    screen::ScreenInput unconnected;
    unconnected.now = at(noon);
    CHECK(room.find(unconnected, std::string(content::text("not_connected", "pl")))->item.box.y >= 900);
}

TEST_CASE("a player that never met its master says that it is connecting, also without a board") {
    Room room("stack:\n  - {name: m, kind: media, box: [0, 0, 100, 100]}\n");
    screen::ScreenInput input;
    input.now = at(noon);
    CHECK(room.says(input, content::text("not_connected", "pl")));
    CHECK_FALSE(room.says(input_of(hall_of({})), content::text("not_connected", "pl")));
    Room slide(*layouts::load_layout("slide", {}));
    CHECK_FALSE(slide.says(input, content::text("not_connected", "pl")));
}

}  // namespace connection_test
