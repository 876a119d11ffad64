#include "content/texts.h"
#include "tests/screen/screen_of_boxes.h"

namespace board_test {

using namespace screen_of_boxes;

const std::string board = R"(canvas: [600, 400]
stack:
  - {name: board, kind: board, box: [0, 0, 600, 400], rows: 4, text_size: 40, highlight_seconds: 20, highlight: "#ff0000"}
)";
constexpr picture::Colour red{255, 0, 0, 255}, white{255, 255, 255, 255};

TEST_CASE("the newest call stands on top, with its counter behind an arrow") {
    Room room(board);
    const auto input = input_of(hall_of({call_of("B002", 12, noon - 5), call_of("A001", 3, noon - 60)}));
    CHECK(room.words(input) == std::vector<std::string>{"B002", "→", "12", "A001", "→", "3"});
    const auto newest = room.find(input, "B002"), older = room.find(input, "A001"), counter = room.find(input, "12");
    CHECK(newest->item.box.y == 0);
    CHECK(older->item.box.y == 100);
    CHECK(newest->item.box.x < counter->item.box.x);
}

TEST_CASE("a screen in a language read from right to left has the ticket on the right") {
    Room room(board);
    auto input = input_of(hall_of({call_of("B002", 12, noon - 5)}));
    input.language = "ar";
    CHECK(room.words(input) == std::vector<std::string>{"B002", "←", "12"});
    CHECK(room.find(input, "B002")->item.box.x > room.find(input, "12")->item.box.x);
}

TEST_CASE("a call looks new for so many seconds and no longer") {
    Room room(board);
    const auto hall = hall_of({call_of("B002", 12, noon)});
    CHECK(room.find(input_of(hall, at(noon)), "B002")->colour() == red);
    CHECK(room.find(input_of(hall, at(noon) + 19'999ms), "B002")->colour() == red);
    CHECK(room.find(input_of(hall, at(noon + 20)), "B002")->colour() == white);
    CHECK(room.screen->still_for(input_of(hall, at(noon + 5))) == 15s);
    CHECK(room.screen->still_for(input_of(hall, at(noon + 20))) > 10min);
}

TEST_CASE("a recalled ticket looks new again") {
    Room room(board);
    auto call = call_of("B002", 12, noon - 300);
    CHECK(room.find(input_of(hall_of({call})), "B002")->colour() == white);
    call.set_attempt(2);
    call.set_called_at_ms(noon * 1000);
    CHECK(room.find(input_of(hall_of({call})), "B002")->colour() == red);
}

TEST_CASE("calls that are over give way to older ones that are not, only when the room is needed") {
    Room room(board);
    std::vector<v1::Call> calls;
    for (int i = 5; i > 0; --i) calls.push_back(call_of("A00" + std::to_string(i), 1, noon - 100 * (6 - i)));
    calls[1].set_phase(v1::CALL_PHASE_NO_SHOW);
    calls[3].set_phase(v1::CALL_PHASE_FINISHED);
    const auto tickets = [&](const std::vector<v1::Call>& shown) {
        std::string all;
        for (const auto& word : room.words(input_of(hall_of(shown)))) {
            if (word.starts_with("A")) all += word + " ";
        }
        return all;
    };
    CHECK(tickets(calls) == "A005 A004 A003 A001 ");
    calls.pop_back();
    CHECK(tickets(calls) == "A005 A004 A003 A002 ");
}

TEST_CASE("headings take turns in the hall's languages, and one language can be forced") {
    Room room(R"(canvas: [600, 400]
stack:
  - {name: board, kind: board, box: [0, 0, 600, 400], heading: true, seconds: 10}
)");
    const auto hall = hall_of({call_of("B002", 12, noon - 500)});
    std::map<std::string, int> seen;
    for (int second = 0; second < 30; ++second) {
        auto input = input_of(hall, at(noon + second));
        for (const std::string language : {"pl", "uk", "ar"}) {
            if (room.find(input, std::string(content::text("number", language)))) ++seen[language];
        }
        CHECK(room.screen->still_for(input) <= 10s);
    }
    CHECK(seen["pl"] == 10);
    CHECK(seen["uk"] + seen["ar"] == 20);
    for (int second = 0; second < 30; second += 7) {
        auto input = input_of(hall, at(noon + second));
        input.language = "ka";
        CHECK(room.find(input, std::string(content::text("counter", "ka"))));
    }
}

TEST_CASE("an empty board says that nobody was called yet") {
    Room room(board);
    auto input = input_of(hall_of({}));
    input.language = "pl";
    CHECK(room.words(input) == std::vector<std::string>{std::string(content::text("no_calls_yet", "pl"))});
}

TEST_CASE("a call changes items of the board alone, and a finished one only its own row") {
    Room room(R"(canvas: [1000, 400]
stack:
  - {name: name, kind: text, box: [600, 0, 400, 100], text: office_name}
  - {name: clock, kind: clock, box: [600, 100, 400, 100]}
  - {name: board, kind: board, box: [0, 0, 600, 400], rows: 4, text_size: 40, background: "#102030"}
)");
    const auto first = call_of("A001", 3, noon - 100), second = call_of("A002", 4, noon - 90);
    const auto before = room.screen->scene(input_of(hall_of({second, first})));
    const auto changed = [&](const v1::HallState& hall) {
        std::vector<picture::Item> items;
        for (const auto& item : room.screen->scene(input_of(hall)).items) {
            if (std::ranges::find(before.items, item) == before.items.end()) items.push_back(item);
        }
        return items;
    };
    const auto by_a_call = changed(hall_of({call_of("B001", 5, noon), second, first}));
    CHECK_FALSE(by_a_call.empty());
    for (const auto& item : by_a_call) CHECK(item.box.right() <= 600);
    auto over = second;
    over.set_phase(v1::CALL_PHASE_FINISHED);
    const auto by_its_end = changed(hall_of({over, first}));
    CHECK_FALSE(by_its_end.empty());
    for (const auto& item : by_its_end) CHECK(item.box.bottom() <= 100);
    CHECK(changed(hall_of({second, first})).empty());
}

TEST_CASE("the board says which calls are in effect, and where their text stands") {
    Room room(board);
    std::vector<v1::Call> calls;
    for (int i = 6; i > 0; --i) calls.push_back(call_of("A00" + std::to_string(i), 1, noon - 100 * (6 - i)));
    calls[1].set_phase(v1::CALL_PHASE_SERVING);
    calls[2].set_attempt(3);
    auto input = input_of(hall_of(calls));
    const auto seen = room.screen->calls(input);
    REQUIRE(seen.size() == 3);  // four rows, one of them of somebody who came; the others have no row
    CHECK(seen[0].call_id == "call of A006");
    CHECK(seen[1].call_id == "call of A004");
    CHECK(seen[1].attempt == 3);
    CHECK_FALSE(seen[1].big);
    const auto ticket = room.find(input, "A004")->item.box;
    CHECK(seen[1].rect.y > ticket.y);
    CHECK(seen[1].rect.bottom() < ticket.bottom());
    CHECK(seen[1].rect.x == ticket.x);
    CHECK(seen[1].rect.right() >= room.find(input, "1")->item.box.right());
    // Of a lost master nobody knows which call is one.
    input.hall.stale_since = input.now;
    CHECK(room.screen->calls(input).empty());
    CHECK(room.screen->calls({}).empty());
}

}  // namespace board_test
