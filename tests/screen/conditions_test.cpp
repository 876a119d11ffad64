// What the conditions of a layout mean, of a hall and a moment; and until when that stays so.
#include "player/screen/conditions.h"

#include "tests/screen/screen_of_boxes.h"

namespace conditions_test {

using namespace screen_of_boxes;

// The office stands in Warsaw. 2026-11-23 is a Monday, and winter: an hour ahead of UTC.
constexpr std::int64_t monday = 1'795'392'000;  // midnight, UTC
screen::WallTime local(int hour, int minute, int day = 0) {
    return at(monday + day * 86400 + (hour - 1) * 3600 + minute * 60);
}

struct Asked {
    bool shown = false;
    screen::WallTime until;
};

Asked ask(const std::string& when, const screen::ScreenInput& input) {
    BoxTypesetter typesetter;
    const auto layout = layout_of("stack:\n  - {kind: media, when: " + when + "}\n");
    Asked asked{false, screen::WallTime::max()};
    asked.shown = screen::all_hold(layout.base().widgets.at(0).when, {input, typesetter}, asked.until);
    return asked;
}

// Holds, and its opposite does not; or the other way round.
bool holds(const std::string& when, const screen::ScreenInput& input) {
    const bool plain = ask(when, input).shown;
    CHECK(ask("{not: " + when + "}", input).shown != plain);
    return plain;
}

screen::ScreenInput hall_at(screen::WallTime now, v1::HallState hall = hall_of({})) { return input_of(hall, now); }

TEST_CASE("open is by the hours, or because a counter works") {
    auto hall = hall_of({});
    auto& hours = *hall.mutable_profile()->add_hours();
    for (const std::string day : {"mon", "tue", "wed", "thu", "fri"}) hours.add_days(day);
    hours.set_from("08:00");
    hours.set_to("16:00");
    CHECK(holds("open", hall_at(local(8, 0), hall)));
    CHECK(holds("open", hall_at(local(15, 59), hall)));
    CHECK(holds("closed", hall_at(local(16, 0), hall)));
    CHECK(holds("closed", hall_at(local(10, 0, 5), hall)));
    CHECK(holds("not open", hall_at(local(7, 59), hall)));
    hall.add_counters()->set_activity(v1::COUNTER_ACTIVITY_CLOSED);
    CHECK(holds("closed", hall_at(local(17, 0), hall)));
    hall.add_counters()->set_activity(v1::COUNTER_ACTIVITY_FREE);
    CHECK(holds("open", hall_at(local(17, 0), hall)));
    // An office without hours is always open; one that is not known is not said to be closed.
    CHECK(holds("open", hall_at(local(3, 0))));
    screen::ScreenInput unknown;
    unknown.now = local(3, 0);
    CHECK(holds("open", unknown));
}

TEST_CASE("calls are those of the board, a call is the one that is big") {
    auto withdrawn = call_of("A1", 1, noon);
    withdrawn.set_phase(v1::CALL_PHASE_WITHDRAWN);
    CHECK(holds("calls", input_of(hall_of({call_of("A1", 1, noon)}))));
    CHECK_FALSE(holds("calls", input_of(hall_of({withdrawn}))));
    CHECK_FALSE(holds("calls", input_of(hall_of({}))));
    auto input = input_of(hall_of({call_of("A1", 1, noon)}));
    CHECK_FALSE(holds("call", input));
    input.shown_call = screen::ShownCall{"call of A1", 1};
    CHECK(holds("call", input));
    input.hall.stale_since = at(noon);  // old calls are not shown big
    CHECK_FALSE(holds("call", input));
}

TEST_CASE("a notice holds to its end by the master's clock, an emergency is an urgent one") {
    auto hall = hall_of({});
    auto& notice = *hall.add_notices();
    notice.set_expires_at_ms((noon + 60) * 1000);
    auto input = input_of(hall);
    CHECK(holds("notice", input));
    CHECK_FALSE(holds("emergency", input));
    CHECK(ask("notice", input).until == at(noon + 60));
    input.master_ahead = std::chrono::seconds(20);
    CHECK(ask("notice", input).until == at(noon + 40));
    input.now = at(noon + 40);
    CHECK_FALSE(holds("notice", input));
    notice.set_urgent(true);
    CHECK(holds("emergency", input_of(hall)));
    CHECK(holds("[notice, emergency]", input_of(hall)));
}

TEST_CASE("stale, film and sign are as they are") {
    auto input = input_of(hall_of({}));
    CHECK_FALSE(holds("stale", input));
    input.hall.stale_since = at(noon);
    CHECK(holds("stale", input));
    CHECK(holds("stale", screen::ScreenInput{}));  // never met
    CHECK_FALSE(holds("film", input));
    CHECK_FALSE(holds("sign", input));
    input.video = std::make_shared<picture::VideoFrame>();
    CHECK(holds("film", input));
    CHECK_FALSE(holds("sign", input));
    input.sign = input.video;
    CHECK(holds("sign", input));
}

TEST_CASE("people who wait are those of all the hall's services; of a hall that is not known nobody says so") {
    auto hall = hall_of({});
    CHECK(holds("queue_empty", input_of(hall)));
    hall.add_services()->set_waiting(3);
    hall.add_services()->set_waiting(4);
    CHECK_FALSE(holds("queue_empty", input_of(hall)));
    CHECK(holds("{waiting: [7, 7]}", input_of(hall)));
    CHECK_FALSE(holds("{waiting: [8, 100]}", input_of(hall)));
    CHECK_FALSE(holds("{waiting: [0, 6]}", input_of(hall)));
    CHECK_FALSE(holds("queue_empty", screen::ScreenInput{}));
}

TEST_CASE("time and days are the office's, over midnight too") {
    CHECK(holds("{time: \"08:00-15:30\"}", hall_at(local(8, 0))));
    CHECK_FALSE(holds("{time: \"08:00-15:30\"}", hall_at(local(15, 30))));
    CHECK(holds("{time: \"22:00-06:00\"}", hall_at(local(23, 0))));
    CHECK(holds("{time: \"22:00-06:00\"}", hall_at(local(5, 59))));
    CHECK_FALSE(holds("{time: \"22:00-06:00\"}", hall_at(local(6, 0))));
    CHECK(holds("{days: [mon]}", hall_at(local(0, 0))));
    CHECK_FALSE(holds("{days: [mon]}", hall_at(local(0, 0) - 1s)));
    CHECK(holds("{days: [sun, sat]}", hall_at(local(12, 0, 5))));
    CHECK(holds("[{time: \"08:00-12:00\", days: [tue]}]", hall_at(local(9, 0, 1))));
    CHECK_FALSE(holds("{time: \"08:00-12:00\", days: [tue]}", hall_at(local(9, 0, 2))));
    auto nowhere = hall_of({});
    nowhere.mutable_profile()->set_time_zone("Nowhere/At all");
    CHECK_FALSE(holds("{time: \"00:00-24:00\"}", hall_at(local(9, 0), nowhere)));
}

TEST_CASE("what goes by the time is asked again when the master's minute ends") {
    const auto now = local(7, 59) + 30s;
    CHECK(ask("{time: \"08:00-15:30\"}", hall_at(now)).until == local(8, 0));
    auto ahead = hall_at(now);
    ahead.master_ahead = std::chrono::seconds(45);  // there it is 08:00:15
    CHECK(holds("{time: \"08:00-15:30\"}", ahead));
    CHECK(ask("{time: \"08:00-15:30\"}", ahead).until == local(8, 0) + 15s);
    CHECK(ask("calls", ahead).until == screen::WallTime::max());
    // And so the screen shows it in time.
    Room room("stack:\n  - {kind: text, languages: [pl], texts: {pl: Otwarte}, when: {time: \"08:00-15:30\"}}\n");
    auto behind = hall_at(now);
    behind.master_ahead = std::chrono::seconds(-10);
    CHECK_FALSE(room.says(behind, "Otwarte"));
    CHECK(room.screen->still_for(behind) == 40s);
    behind.now += 40s;
    CHECK(room.says(behind, "Otwarte"));
}

TEST_CASE("any, not and lists join conditions") {
    auto calls = input_of(hall_of({call_of("A1", 1, noon)}));
    CHECK(holds("{any: [film, calls]}", calls));
    CHECK_FALSE(holds("{any: [film, stale]}", calls));
    CHECK_FALSE(holds("{any: [film, [calls, stale]]}", calls));
    CHECK(holds("{any: [film, [calls, not stale]]}", calls));
    CHECK_FALSE(ask("[calls, film]", calls).shown);
    CHECK(ask("{not: [calls, film]}", calls).shown);
    CHECK_FALSE(ask("{not: [calls, not film]}", calls).shown);
    CHECK(ask("{not: {any: [film, stale]}}", calls).shown);
}

}  // namespace conditions_test
