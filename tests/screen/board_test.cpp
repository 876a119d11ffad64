#include <set>

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

// The rows, each as it reads, and the headings of groups between them, from top to bottom.
std::vector<std::string> lines(Room& room, const screen::ScreenInput& input) {
    std::map<int, std::string> by_top;
    for (const auto& seen : room.texts(input)) by_top[seen.item.box.y] += seen.text;
    std::vector<std::string> all;
    for (const auto& [top, line] : by_top) all.push_back(line);
    return all;
}
using Lines = std::vector<std::string>;

std::string board_with(const std::string& more, int rows = 4) {
    return "canvas: [600, 400]\nstack:\n  - {name: board, kind: board, box: [0, 0, 600, 400], rows: " +
           std::to_string(rows) + ", text_size: 40, highlight: \"#ff0000\", " + more + "}\n";
}

v1::Call call_for(const std::string& service, const std::string& ticket, std::uint32_t counter, std::int64_t at) {
    auto call = call_of(ticket, counter, at);
    call.set_service(service);
    return call;
}

v1::HallState hall_of_services() {
    auto hall = hall_of({call_for("A", "A003", 3, noon - 100), call_for("B", "B002", 1, noon - 110),
                         call_for("A", "A002", 1, noon - 120), call_for("C", "C001", 2, noon - 130),
                         call_for("B", "B001", 3, noon - 140)},
                        {"pl"});
    for (const std::string id : {"A", "B", "C"}) {
        auto& service = *hall.mutable_profile()->add_services();
        service.set_id(id);
        if (id != "C") (*service.mutable_name())["pl"] = "Sprawa " + id;
    }
    return hall;
}

TEST_CASE("a board shows the services and counters it is for, and has room for others of them then") {
    const auto hall = hall_of_services();
    Room services(board_with("services: [A, C]"));
    CHECK(lines(services, input_of(hall)) == Lines{"A003→3", "A002→1", "C001→2"});
    Room counters(board_with("counters: [3]"));
    CHECK(lines(counters, input_of(hall)) == Lines{"A003→3", "B001→3"});
    Room both(board_with("services: [B], counters: [3]", 1));
    CHECK(lines(both, input_of(hall)) == Lines{"B001→3"});
    CHECK(both.screen->calls(input_of(hall)).size() == 1);
    Room none(board_with("services: [Z]"));
    CHECK(lines(none, input_of(hall)) == Lines{std::string(content::text("no_calls_yet", "pl"))});
}

TEST_CASE("calls of a service stand together under its name, the group with the newest first") {
    Room room(board_with("group: service", 8));
    CHECK(lines(room, input_of(hall_of_services())) ==
          Lines{"Sprawa A", "A003→3", "A002→1", "Sprawa B", "B002→1", "B001→3", "C", "C001→2"});
    Room tight(board_with("group: service", 4));  // two groups have room: 2 headings and 3 calls are 8 half rows
    CHECK(lines(tight, input_of(hall_of_services())) == Lines{"Sprawa A", "A003→3", "A002→1", "Sprawa B", "B002→1"});
    for (const auto& seen : tight.texts(input_of(hall_of_services()))) CHECK(seen.item.box.bottom() <= 400);
}

TEST_CASE("a board of one service keeps its name while none of it is called, and when it is closed says so") {
    auto hall = hall_of_services();
    hall.mutable_calls()->DeleteSubrange(0, hall.calls_size());
    const std::string none(content::text("no_calls_yet", "pl")), closed(content::text("closed", "pl"));
    const auto lines_of = [&](const std::string& keys) {
        Room room(board_with(keys));
        return lines(room, input_of(hall));
    };
    CHECK(lines_of("group: service, services: [B]") == Lines{"Sprawa B", none});
    CHECK(lines_of("group: counter, counters: [3]") == Lines{std::string(content::text("counter", "pl")) + " 3", none});
    CHECK(lines_of("group: service, services: [A, B]") == Lines{none});
    // Noon is on a Monday.
    auto& hours = *hall.mutable_profile()->add_hours();
    hours.add_days("sun");
    hours.set_from("08:00");
    hours.set_to("16:00");
    Room room(board_with("group: service, services: [B]"));
    CHECK(lines(room, input_of(hall)) == Lines{"Sprawa B", closed});
    auto& counter = *hall.add_counters();  // a counter works all the same
    counter.set_activity(v1::COUNTER_ACTIVITY_FREE);
    CHECK(lines(room, input_of(hall)) == Lines{"Sprawa B", none});
}

TEST_CASE("calls to a counter stand together under its number, in the language whose turn it is") {
    Room room(board_with("group: counter", 8));
    auto input = input_of(hall_of_services());
    for (const std::string language : {"pl", "ka"}) {
        input.language = language;
        const auto counter = [&](int number) {
            return std::string(content::text("counter", language)) + " " + std::to_string(number);
        };
        CHECK(lines(room, input) ==
              Lines{counter(3), "A003→3", "B001→3", counter(1), "B002→1", "A002→1", counter(2), "C001→2"});
    }
}

std::vector<v1::Call> twelve_calls(std::int64_t newest) {
    std::vector<v1::Call> calls;
    for (int i = 12; i > 0; --i) calls.push_back(call_of("A" + std::to_string(100 + i), 1, newest - (12 - i) * 100));
    return calls;
}

TEST_CASE("more calls than rows come page by page, each for its seconds, with a mark for each page") {
    Room room(board_with("pages: true, seconds: 5, highlight_seconds: 20"));
    const auto hall = hall_of(twelve_calls(noon - 20));  // the last is not new from noon on
    std::map<std::string, std::vector<int>> seen;
    for (int second = 0; second < 15; ++second) {
        const auto input = input_of(hall, at(noon + second));
        const auto now = lines(room, input);
        REQUIRE(now.size() == 4);
        seen[now[0]].push_back(second);
        CHECK(room.screen->still_for(input) == std::chrono::seconds(5 - second % 5));
        std::vector<std::uint8_t> marks;
        for (const auto& item : room.screen->scene(input).items) {
            if (const auto* fill = std::get_if<picture::Fill>(&item.content)) marks.push_back(fill->colour.alpha);
            CHECK(item.box.bottom() <= 400);
        }
        REQUIRE(marks.size() == 3);
        const std::size_t page = now[0] == "A112→1" ? 0 : now[0] == "A108→1" ? 1 : 2;
        for (std::size_t i = 0; i < 3; ++i) CHECK(marks[i] == (i == page ? 255 : 85));
    }
    CHECK(seen["A108→1"] == std::vector<int>{0, 1, 2, 3, 4});
    CHECK(seen["A104→1"] == std::vector<int>{5, 6, 7, 8, 9});
    CHECK(seen["A112→1"] == std::vector<int>{10, 11, 12, 13, 14});
}

TEST_CASE("a new call is never on a page that is not shown") {
    Room room(board_with("pages: true, seconds: 5, highlight_seconds: 20"));
    for (const int age : {0, 7, 19}) {
        const auto hall = hall_of(twelve_calls(noon - age));
        for (int second = 0; second < 20 - age; ++second)
            CHECK(lines(room, input_of(hall, at(noon + second)))[0] == "A112→1");
        CHECK(lines(room, input_of(hall, at(noon + 20 - age)))[0] == "A108→1");
    }
    // One that comes while another page is shown is there at once; a recall comes to the front, as the state has it.
    auto calls = twelve_calls(noon - 100);
    CHECK(lines(room, input_of(hall_of(calls), at(noon + 1)))[0] == "A104→1");
    auto recalled = calls[9];
    recalled.set_attempt(2);
    recalled.set_called_at_ms((noon + 1) * 1000);
    calls.erase(calls.begin() + 9);
    calls.insert(calls.begin(), recalled);
    CHECK(lines(room, input_of(hall_of(calls), at(noon + 1)))[0] == "A103→1");
    CHECK(room.find(input_of(hall_of(calls), at(noon + 1)), "A103")->colour() == red);
}

TEST_CASE("where more calls are new than a page has room for, the pages that have them take turns") {
    Room room(board_with("pages: true, seconds: 5, highlight_seconds: 200"));
    auto calls = twelve_calls(noon);
    calls[4].set_called_at_ms(noon * 1000);
    std::set<std::string> firsts;
    for (int second = 0; second < 60; ++second)
        firsts.insert(lines(room, input_of(hall_of(calls), at(noon + second)))[0]);
    CHECK(firsts == std::set<std::string>{"A112→1", "A108→1"});
}

TEST_CASE("over calls give way before there is a second page") {
    Room room(board_with("pages: true, seconds: 5, highlight_seconds: 0"));
    auto calls = twelve_calls(noon - 1000);
    for (std::size_t i = 0; i < 12; i += 2) calls[i].set_phase(v1::CALL_PHASE_FINISHED);
    calls.resize(8);
    for (int second = 0; second < 20; ++second)
        CHECK(lines(room, input_of(hall_of(calls), at(noon + second))) ==
              Lines{"A111→1", "A109→1", "A107→1", "A105→1"});
}

TEST_CASE("a new row blinks as often as the layout says, softly, and never more than three times a second") {
    const auto run = [](const std::string& times, const std::string& ground, bool reduced) {
        Room room(board_with("highlight_seconds: 20, blink: " + times + ground));
        auto input = input_of(hall_of({call_of("B002", 12, noon), call_of("A001", 3, noon - 60)}));
        input.reduced_motion = reduced;
        std::vector<int> alphas;
        for (int ms = 0; ms < 10'000; ++ms) {
            input.now = at(noon) + std::chrono::milliseconds(ms);
            for (const auto& item : room.screen->scene(input).items) {
                if (const auto* fill = std::get_if<picture::Fill>(&item.content)) alphas.push_back(fill->colour.alpha);
                const auto* text = std::get_if<picture::Text>(&item.content);
                if (ground.empty() && text && room.typesetter.said(text->paragraph.get()).text == "B002")
                    alphas.push_back(text->colour.alpha);
                if (text && room.typesetter.said(text->paragraph.get()).text == "A001")
                    CHECK(text->colour.alpha == 255);
            }
        }
        REQUIRE(alphas.size() == 10'000);
        int lows = 0, steepest = 0;
        for (std::size_t i = 1; i < alphas.size(); ++i) {
            lows += alphas[i] < 140 && alphas[i - 1] >= 140;
            steepest = std::max(steepest, std::abs(alphas[i] - alphas[i - 1]));
        }
        CHECK(*std::ranges::min_element(alphas) >= (reduced ? 255 : 127));
        CHECK(steepest <= 21);  // a twentieth of a cosine
        return lows;
    };
    const std::string ground = ", highlight_background: \"#ffd166\"";
    CHECK(run("1", ground, false) == 10);
    CHECK(run("1", "", false) == 10);
    CHECK(std::abs(run("10", ground, false) - 30) <= 1);
    CHECK(run("1", ground, true) == 0);
    Room room(board_with("highlight_seconds: 20, blink: 1" + ground));
    const auto hall = hall_of({call_of("B002", 12, noon)});
    CHECK(room.screen->still_for(input_of(hall, at(noon + 1))) <= 50ms);
    CHECK(room.screen->still_for(input_of(hall, at(noon + 20))) > 10min);
}

}  // namespace board_test
