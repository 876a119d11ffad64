// What comes, goes or changes does so in a few pictures, and each of them is a function of its input.
#include "player/screen/transition.h"
#include "content/texts.h"
#include "player/picture/damage.h"
#include "tests/screen/screen_of_boxes.h"

namespace transition_test {

using namespace screen_of_boxes;

std::string changing(const std::string& transition) {
    return R"(canvas: [1000, 600]
stack:
  - {name: film, kind: media, box: [0, 0, 600, 500], background: "#000000"}
  - {name: call, kind: call, box: [0, 0, 600, 500], text_size: 100, background: "#ffd166", colour: "#000000",
     transition: )" +
           transition + R"(, transition_seconds: 0.4}
  - {name: board, kind: board, box: [600, 0, 400, 500], rows: 4, seconds: 10, text_size: 40, background: "#102030",
     highlight: "#ff0000", transition: )" +
           transition + R"(, transition_seconds: 0.4}
  - {name: name, kind: text, box: [0, 500, 1000, 50], text: office_name, languages: [pl, uk], seconds: 10,
     transition: )" +
           transition + R"(, transition_seconds: 0.4}
  - {name: morning, kind: text, box: [0, 550, 500, 50], texts: {pl: Rano}, when: {time: "08:00-14:00"}, background: "#ffffff",
     colour: "#000000", transition: )" +
           transition + R"(, transition_seconds: 0.4}
)";
}

// The office's clock, in Warsaw, is two hours ahead: 13:59 there.
constexpr std::int64_t before_two = 1'789'991'940;  // 2026-09-21T11:59:00Z
const std::vector<std::string> kinds{"fade", "slide", "grow"};

// A call that comes at `then`, as a player sees it: the state before is remembered.
screen::ScreenInput after_call(screen::WallTime then, std::chrono::milliseconds later, bool big = true) {
    const auto old = std::make_shared<const v1::HallState>(hall_of({call_of("A001", 3, before_two - 500)}));
    static std::map<std::int64_t, std::shared_ptr<const v1::HallState>> kept;
    auto& now = kept[then.time_since_epoch().count()];
    if (!now)
        now = std::make_shared<const v1::HallState>(
            hall_of({call_of("B002", 5, before_two - 300), call_of("A001", 3, before_two - 500)}));
    screen::ScreenInput input;
    input.hall.state = now;
    if (big) input.shown_call = screen::ShownCall{"call of B002", 1};
    input.now = then + later;
    input.past = {{then, {old, std::nullopt}, std::nullopt}};
    return input;
}

std::vector<picture::Item> items_in(const picture::Scene& scene, const picture::ScreenRect& box) {
    std::vector<picture::Item> items;
    for (const auto& item : scene.items)
        if (!picture::overlap(item.box, box).empty()) items.push_back(item);
    return items;
}

TEST_CASE(
    "a call comes within its transition's time, inside of its box, at the display's rate, and then all is still") {
    for (const auto& kind : kinds) {
        INFO(kind);
        Room room(changing(kind));
        const auto then = at(before_two + 5);
        auto settled = after_call(then, 400ms);
        const auto end = room.screen->scene(settled);
        settled.past.clear();
        CHECK(room.screen->scene(settled).items == end.items);
        CHECK(room.screen->still_for(settled) > 100ms);

        auto before = after_call(then, 0ms);
        before.hall = before.past[0].hall;
        before.shown_call.reset();
        auto previous = room.screen->scene(before);
        const picture::DamageRegion whole = picture::damage_between(previous, end);
        std::int64_t most = 0;
        for (int ms = 0; ms < 400; ms += 16) {
            const auto input = after_call(then, std::chrono::milliseconds(ms));
            CHECK(room.screen->still_for(input) == 0ns);
            const auto scene = room.screen->scene(input);
            const auto damage = picture::damage_between(previous, scene);
            CHECK(damage.extents().bottom() <= 500);  // neither the name nor the text below
            most = std::max(most, damage.area());
            previous = scene;
        }
        CHECK(most <= 600 * 500 + 400 * 500);
        CHECK(most > 1000);
        CHECK_FALSE(whole.empty());
        CHECK_FALSE(picture::damage_between(previous, end).empty());  // it went on to the end
    }
}

TEST_CASE("halfway a big call that fades is half there, ground and letters, and the film is behind it") {
    Room room(changing("fade"));
    const auto input = after_call(at(before_two + 5), 200ms);
    const auto number = room.find(input, "B002 → 5");
    REQUIRE(number);
    CHECK(std::abs(number->colour().alpha - 128) <= 1);
    const auto scene = room.screen->scene(input);
    CHECK(std::ranges::any_of(scene.items, [](const picture::Item& item) {
        const auto* fill = std::get_if<picture::Fill>(&item.content);
        return fill && fill->colour == picture::Colour{255, 209, 102, 128};
    }));
    CHECK(scene.items[0].box == picture::ScreenRect{0, 0, 600, 500});
    // Smoothly: slow at its ends.
    const auto alpha = [&](int ms) {
        const auto seen = room.find(after_call(at(before_two + 5), std::chrono::milliseconds(ms)), "B002 → 5");
        return seen ? int(seen->colour().alpha) : 0;
    };
    CHECK(alpha(0) == 0);
    CHECK(alpha(40) < 12);
    CHECK(255 - alpha(360) < 12);
    for (int ms = 10; ms < 400; ms += 10) CHECK(alpha(ms) >= alpha(ms - 10));
}

TEST_CASE("one big call becomes the next without a picture that has none, and without a film between") {
    for (const auto& kind : kinds) {
        INFO(kind);
        Room room(changing(kind));
        auto input = after_call(at(before_two + 5), 0ms);
        input.past = {{at(before_two + 5), input.hall, screen::ShownCall{"call of A001", 1}}};
        for (int ms = 0; ms < 400; ms += 10) {
            input.now = at(before_two + 5) + std::chrono::milliseconds(ms);
            const auto scene = room.screen->scene(input);
            // The ground stands through it all: opaque and whole.
            CHECK(std::ranges::count_if(scene.items, [](const picture::Item& item) {
                      return item.box == picture::ScreenRect{0, 0, 600, 500} &&
                             item.content == decltype(item.content){picture::Fill{{255, 209, 102, 255}, 0}};
                  }) == 1);
            CHECK((room.says(input, "A001 → 3") || room.says(input, "B002 → 5")));
        }
    }
}

TEST_CASE("a row that slides comes from above, pushes the others down, and no row is ever out of the board") {
    Room room(changing("slide"));
    const auto then = at(before_two + 5);
    int previous = -1000;
    for (int ms = 0; ms <= 400; ms += 10) {
        const auto input = after_call(then, std::chrono::milliseconds(ms), false);
        const auto old = room.find(input, "A001");
        REQUIRE(old);
        CHECK(old->item.box.y >= previous);
        previous = old->item.box.y;
        if (const auto fresh = room.find(input, "B002")) {
            CHECK(fresh->item.box.y >= 0);
            CHECK(fresh->item.box.bottom() <= old->item.box.y + 1);
        }
        for (const auto& item : items_in(room.screen->scene(input), {600, 0, 400, 500})) CHECK(item.box.x >= 590);
    }
    CHECK(previous == 125);
    CHECK(room.find(after_call(then, 0ms, false), "A001")->item.box.y == 0);
}

TEST_CASE("the turn of a language and the hour of a widget are transitions, too, that come from the clock alone") {
    for (const auto& kind : kinds) {
        INFO(kind);
        Room room(changing(kind));
        auto input = input_of(hall_of({}), at(before_two + 60));  // both at once
        CHECK(room.screen->still_for(input) == 0ns);
        input.now += 200ms;
        const auto pl = room.find(input, "Urząd"), uk = room.find(input, "Установа");
        REQUIRE((pl && uk));
        CHECK(room.says(input, "Rano"));
        input.now += 200ms;
        CHECK(room.says(input, "Urząd") != room.says(input, "Установа"));
        CHECK_FALSE(room.says(input, "Rano"));
        CHECK(room.screen->still_for(input) == 9600ms);
        input.now -= 401ms;
        CHECK(room.says(input, "Rano"));
        CHECK(room.screen->still_for(input) == 1ms);
    }
}

TEST_CASE("nothing moves where the layout, the player, an emergency or a lost master says so") {
    const auto then = at(before_two + 5);
    const auto is_cut = [&](Room& room, const screen::ScreenInput& input) {
        auto settled = input;
        settled.past.clear();
        return room.screen->still_for(input) > 100ms &&
               room.screen->scene(input).items == room.screen->scene(settled).items;
    };
    Room room(changing("fade"));
    auto input = after_call(then, 200ms);
    CHECK_FALSE(is_cut(room, input));
    SECTION("the player's option") {
        input.reduced_motion = true;
        CHECK(is_cut(room, input));
    }
    SECTION("the layout") {
        Room reduced("motion: reduced\n" + changing("fade"));
        CHECK(is_cut(reduced, input));
        CHECK(reduced.screen->memory() == 0ms);
    }
    SECTION("cut") {
        Room cut(changing("cut"));
        CHECK(is_cut(cut, input));
        CHECK(cut.screen->memory() == 0ms);
    }
    SECTION("a lost master") {
        input.hall.stale_since = then;
        CHECK(is_cut(room, input));
        CHECK_FALSE(room.says(input, "B002 → 5"));
    }
    SECTION("an emergency, from its first picture on") {
        v1::HallState hall = *input.hall.state;
        auto& notice = *hall.add_notices();
        notice.set_id("fire");
        notice.set_urgent(true);
        (*notice.mutable_text())["pl"] = "Proszę wyjść";
        notice.set_made_at_ms((before_two + 5) * 1000);
        notice.set_expires_at_ms((before_two + 50) * 1000);
        const auto state = std::make_shared<const v1::HallState>(hall);
        for (int ms = 0; ms < 400; ms += 20) {
            auto now = after_call(then, std::chrono::milliseconds(ms));
            now.hall.state = state;
            auto settled = now;
            settled.past.clear();
            CHECK(room.screen->scene(now).items == room.screen->scene(settled).items);
            CHECK(room.says(now, "Proszę wyjść"));
        }
    }
}

TEST_CASE("what is only just coming gets no receipt: the call is seen when it is there") {
    Room room(changing("fade"));
    const auto then = at(before_two + 5);
    const auto ids = [&](std::chrono::milliseconds later) {
        std::vector<std::string> all;
        for (const auto& call : room.screen->calls(after_call(then, later)))
            all.push_back(call.call_id + (call.big ? " big" : ""));
        return all;
    };
    CHECK(ids(0ms).empty());  // that below moves
    CHECK(ids(399ms).empty());
    CHECK(ids(400ms) == std::vector<std::string>{"call of B002 big", "call of B002", "call of A001"});
}

TEST_CASE("a still picture fades, and a film never does") {
    const picture::Item image{1, {0, 0, 4, 4}, picture::Picture{std::make_shared<picture::Image>()}};
    CHECK(std::get<picture::Picture>(screen::faded(image, 0.25).content).alpha == 64);
    Room room(R"(canvas: [400, 400]
stack:
  - {name: film, kind: media, box: [0, 0, 400, 400], when: call, transition: fade}
)");
    CHECK(room.screen->memory() == 0ms);
    auto input = after_call(at(before_two + 5), 100ms);
    input.video = std::make_shared<picture::VideoFrame>();
    CHECK(room.screen->still_for(input) > 100ms);
}

TEST_CASE("what a player remembers is the last changes, none older than the longest transition, and at most eight") {
    Room room(changing("fade"));
    CHECK(room.screen->memory() == 400ms);
    screen::ScreenInput before, now;
    now.now = at(noon);
    screen::remember(before, now, 400ms);
    CHECK(now.past.empty());  // nothing was shown before the first picture
    for (int change = 1; change <= 12; ++change) {
        before = std::move(now);
        now = {};
        now.now = before.now + 20ms;
        now.shown_call = screen::ShownCall{std::to_string(change), 1};
        screen::remember(before, now, 400ms);
        CHECK(now.past.size() == std::size_t(std::min(change, 8)));
        CHECK(now.past[0].until == now.now);
        CHECK(now.past[0].shown_call == before.shown_call);
    }
    before = std::move(now);
    now = {};
    now.now = before.now + 300ms;
    now.shown_call = before.shown_call;
    screen::remember(before, now, 400ms);
    CHECK(now.past.size() == 5);  // 300 to 380 ms ago
    screen::ScreenInput back = before;
    back.now -= std::chrono::hours(1);  // a clock that was set back: no change is still to come
    screen::remember(before, back, 400ms);
    CHECK(back.past.empty());
    screen::remember(before, now, 0ms);
    CHECK(now.past.empty());
}

}  // namespace transition_test
