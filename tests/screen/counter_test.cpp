// The small screen over one counter.
#include "content/texts.h"
#include "tests/screen/screen_of_boxes.h"

namespace counter_test {

using namespace screen_of_boxes;

const std::string over_counter = R"(canvas: [1000, 400]
stack:
  - {name: counter, kind: counter, box: [0, 0, 1000, 400], text_size: 200, padding: 20, radius: 10, colour: "#ffffff",
     highlight: "#000000", highlight_background: "#ffd166", highlight_seconds: 20}
)";
constexpr picture::Colour black{0, 0, 0, 255}, white{255, 255, 255, 255};

v1::HallState hall_with_counter(v1::CounterActivity activity, const std::string& ticket = "") {
    auto hall = hall_of({call_of("B002", 3, noon), call_of("A001", 4, noon)}, {"pl"});
    auto& counter = *hall.add_counters();
    counter.set_number(3);
    counter.set_activity(activity);
    counter.set_ticket(ticket);
    return hall;
}

screen::ScreenInput over(const v1::HallState& hall, screen::WallTime now = at(noon)) {
    auto input = input_of(hall, now);
    input.counter = 3;
    return input;
}

std::string word(const char* id, const char* language = "pl") { return std::string(content::text(id, language)); }

std::size_t fills(Room& room, const screen::ScreenInput& input) {
    return std::size_t(std::ranges::count_if(room.screen->scene(input).items, [](const picture::Item& item) {
        return std::holds_alternative<picture::Fill>(item.content);
    }));
}

TEST_CASE("a counter's screen shows its number and the ticket that it calls, highlighted while the call is new") {
    Room room(over_counter);
    const auto hall = hall_with_counter(v1::COUNTER_ACTIVITY_CALLING, "B002");
    CHECK(room.words(over(hall)) == std::vector<std::string>{word("counter"), "3", "B002"});
    CHECK(room.find(over(hall), "B002")->colour() == black);
    CHECK(fills(room, over(hall)) == 1);
    CHECK(room.screen->still_for(over(hall, at(noon + 5))) == 15s);
    const auto later = over(hall, at(noon + 20));
    CHECK(room.find(later, "B002")->colour() == white);
    CHECK(fills(room, later) == 0);
    // A recall is new again.
    auto recalled = hall;
    recalled.mutable_calls(0)->set_attempt(2);
    recalled.mutable_calls(0)->set_called_at_ms((noon + 100) * 1000);
    CHECK(room.find(over(recalled, at(noon + 101)), "B002")->colour() == black);
}

TEST_CASE("its receipt is of the ticket's place, as long as the visitor is awaited and the master heard") {
    Room room(over_counter);
    auto hall = hall_with_counter(v1::COUNTER_ACTIVITY_CALLING, "B002");
    auto input = over(hall, at(noon + 60));
    const auto seen = room.screen->calls(input);
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].call_id == "call of B002");
    CHECK_FALSE(seen[0].big);
    const auto ticket = room.find(input, "B002")->item.box;
    CHECK(seen[0].rect.x >= ticket.x);
    CHECK(seen[0].rect.bottom() <= ticket.bottom());
    CHECK(seen[0].rect.width > 300);
    input.hall.stale_since = input.now;
    CHECK(room.screen->calls(input).empty());
    input.now = at(noon);
    CHECK(room.find(input, "B002")->colour() == white);  // old is never new
    hall.mutable_calls(0)->set_phase(v1::CALL_PHASE_SERVING);
    hall.mutable_counters(0)->set_activity(v1::COUNTER_ACTIVITY_SERVING);
    CHECK(room.screen->calls(over(hall)).empty());
    CHECK(room.find(over(hall), "B002")->colour() == white);
}

TEST_CASE("a counter that is free or closed says so") {
    Room room(over_counter);
    CHECK(room.words(over(hall_with_counter(v1::COUNTER_ACTIVITY_FREE))) ==
          std::vector<std::string>{word("counter"), "3", word("please_wait")});
    CHECK(room.words(over(hall_with_counter(v1::COUNTER_ACTIVITY_CLOSED))) ==
          std::vector<std::string>{word("counter"), "3", word("counter_closed")});
    auto arabic = over(hall_with_counter(v1::COUNTER_ACTIVITY_CLOSED));
    arabic.language = "ar";
    const auto closed = room.find(arabic, word("counter_closed", "ar")), number = room.find(arabic, "3");
    REQUIRE((closed && number));
    CHECK(closed->item.box.x < number->item.box.x);  // read from the right: the number first
}

TEST_CASE("without its counter such a screen says what is missing") {
    Room room(over_counter);
    auto input = over(hall_with_counter(v1::COUNTER_ACTIVITY_FREE));
    input.counter = 0;
    CHECK(room.says(input, "--\u2060counter\u00a0NUMBER"));
    input.counter = 77;
    CHECK(room.says(input, "no counter 77"));
    input.hall = {};
    CHECK_FALSE(room.says(input, "no counter 77"));  // not before the hall is known
}

}  // namespace counter_test
