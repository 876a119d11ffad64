#include "content/texts.h"
#include "tests/screen/screen_of_boxes.h"

namespace call_test {

using namespace screen_of_boxes;

const std::string big = R"(canvas: [1000, 600]
stack:
  - {name: call, kind: call, box: [100, 0, 800, 600], text_size: 100, background: "#ffd166", colour: "#000000",
     highlight: "#c1121f"}
)";

std::string go_to(const std::string& language, const std::string& counter) {
    std::string text(content::text("please_go_to", language));
    const auto at = text.find("{counter}");
    if (at > 0 && text[at - 1] == ' ') return text.replace(at - 1, 10, "\u00a0" + counter);
    return text.replace(at, 9, counter);
}

screen::ScreenInput showing(const v1::HallState& hall, const std::string& ticket) {
    auto input = input_of(hall);
    input.shown_call = screen::ShownCall{"call of " + ticket, 1};
    return input;
}

TEST_CASE("a call is shown in the visitor's language and then in the office's") {
    Room room(big);
    const auto input = showing(hall_of({call_of("B002", 12, noon, "uk"), call_of("A001", 3, noon, "ka")}), "A001");
    CHECK(room.words(input) == std::vector<std::string>{"A001 → 3", go_to("ka", "3"), go_to("pl", "3")});
    const auto visitors = room.find(input, go_to("ka", "3")), office = room.find(input, go_to("pl", "3"));
    CHECK(visitors->language == "ka");
    CHECK(office->language == "pl");
    CHECK(visitors->item.box.bottom() <= office->item.box.y);
}

TEST_CASE("an Arabic call reads from the right edge") {
    Room room(big);
    const auto input = showing(hall_of({call_of("A001", 3, noon, "ar")}), "A001");
    const auto arabic = room.find(input, go_to("ar", "3"));
    REQUIRE(arabic);
    CHECK(std::get<picture::Text>(arabic->item.content).paragraph->right_to_left);
    CHECK(arabic->align == text::Align::start);  // which is right in a paragraph from right to left
    CHECK(room.find(input, "A001 → 3")->align == text::Align::end);
    CHECK(room.find(input, go_to("pl", "3"))->align == text::Align::start);
}

TEST_CASE("the counter's number stands out of the sentence in every language") {
    Room room(big);
    for (const auto language : content::shipped_languages()) {
        INFO(language);
        const auto input = showing(hall_of({call_of("A001", 12, noon, std::string(language))}), "A001");
        for (const auto& in : {std::string(language), std::string("pl")}) {
            const auto sentence = room.find(input, go_to(in, "12"));
            REQUIRE(sentence);
            CHECK(sentence->accented == "12");
            CHECK(sentence->accent() == picture::Colour{0xc1, 0x12, 0x1f});
            CHECK(sentence->colour() == picture::Colour{0, 0, 0});
        }
    }
}

TEST_CASE("one sentence is enough where the visitor's language is the office's") {
    Room room(big);
    CHECK(room.words(showing(hall_of({call_of("A001", 3, noon, "pl")}), "A001")) ==
          std::vector<std::string>{"A001 → 3", go_to("pl", "3")});
}

TEST_CASE("without a call to show there is nothing over the film") {
    Room room(big);
    const auto hall = hall_of({call_of("A001", 3, noon)});
    CHECK(room.screen->scene(input_of(hall)).items.empty());
    CHECK(room.screen->scene(showing(hall, "Z999")).items.empty());
    CHECK_FALSE(room.screen->scene(showing(hall, "A001")).items.empty());
}

TEST_CASE("a call is not announced as new while the master is not heard") {
    Room room(big);
    auto input = showing(hall_of({call_of("A001", 3, noon)}), "A001");
    CHECK(room.says(input, "A001"));
    input.hall.stale_since = at(noon);
    CHECK_FALSE(room.says(input, "A001"));
}

TEST_CASE("the big call says where its ticket and counter stand, while the visitor is awaited") {
    Room room(big);
    auto call = call_of("A001", 3, noon, "ka");
    auto input = showing(hall_of({call}), "A001");
    const auto seen = room.screen->calls(input);
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].call_id == "call of A001");
    CHECK(seen[0].attempt == 1);
    CHECK(seen[0].big);
    CHECK(seen[0].rect == room.find(input, "A001 → 3")->item.box);
    input.hall.stale_since = input.now;
    CHECK(room.screen->calls(input).empty());
    call.set_phase(v1::CALL_PHASE_SERVING);
    CHECK(room.screen->calls(showing(hall_of({call}), "A001")).empty());
    CHECK(room.screen->calls(input_of(hall_of({call}))).empty());
}

std::string big_with_way() {
    std::string layout = big;
    return layout.replace(layout.find("highlight"), 0, "way: true, ");
}

v1::HallState hall_with_ways(const std::string& language = "ka") {
    auto hall = hall_of({call_of("A001", 3, noon, language), call_of("B002", 4, noon, language)});
    auto& third = *hall.mutable_profile()->add_counters();
    third.set_number(3);
    third.set_arrow("up_left");
    (*third.mutable_directions())["pl"] = "po lewej";
    (*third.mutable_directions())["ka"] = "მარცხნივ";
    hall.mutable_profile()->add_counters()->set_number(4);
    return hall;
}

TEST_CASE("the way is shown as an arrow, and in the visitor's language and then the office's") {
    Room room(big_with_way());
    const auto input = showing(hall_with_ways(), "A001");
    const auto arrow = room.find(input, "↖"), visitors = room.find(input, "მარცხნივ"),
               own = room.find(input, "po lewej");
    REQUIRE((arrow && visitors && own));
    CHECK(visitors->language == "ka");
    CHECK(own->language == "pl");
    CHECK(visitors->item.box.bottom() <= own->item.box.y + 1);
    CHECK(arrow->item.box.x < visitors->item.box.x);
    // Under the sentences, which are all there, too; what the receipt looks at is the number alone.
    CHECK(room.find(input, go_to("pl", "3"))->item.box.bottom() <= visitors->item.box.y);
    CHECK(room.screen->calls(input)[0].rect == room.find(input, "A001 → 3")->item.box);
}

TEST_CASE(
    "a way that points right has its arrow there, whatever is read, and who reads the office's language reads it "
    "once") {
    Room room(big_with_way());
    auto hall = hall_with_ways("pl");
    hall.mutable_profile()->mutable_counters(0)->set_arrow("right");
    const auto input = showing(hall, "A001");
    CHECK(room.words(input) == std::vector<std::string>{"→", "po lewej", "A001 → 3", go_to("pl", "3")});
    CHECK(room.find(input, "→")->item.box.x > room.find(input, "po lewej")->item.box.x);
}

TEST_CASE(
    "an arrow alone has no words beside it, stands in the middle, and gives way to sentences that need its room") {
    std::string layout = big_with_way();
    layout.replace(layout.find("way: true"), 0, "way_words: false, align: centre, ");
    Room room(layout);
    const auto input = showing(hall_with_ways(), "A001");
    const auto arrow = room.find(input, "↖");
    REQUIRE(arrow);
    CHECK_FALSE(room.says(input, "მარცხნივ"));
    CHECK_FALSE(room.says(input, "po lewej"));
    const auto own = room.find(input, go_to("pl", "3"));
    REQUIRE(own);
    CHECK(own->item.box.bottom() <= arrow->item.box.bottom());
    const auto middle = [](const picture::ScreenRect& box) { return box.x + box.width / 2; };
    CHECK(std::abs(middle(arrow->item.box) - middle(own->item.box)) <= 1);
    // In a low box what is read from afar would be too small beside it.
    const auto in_box_of = [&](const std::string& height) {
        std::string low = "viewing: {distance: 3, near: 3, diagonal: 55}\n" + layout;
        return low.replace(low.find("800, 600]"), 9, "800, " + height + "]");
    };
    CHECK(Room(in_box_of("120")).says(input, "↖"));
    Room low(in_box_of("80"));
    CHECK_FALSE(low.says(input, "↖"));
    CHECK(low.says(input, go_to("pl", "3")));
}

TEST_CASE("without a known way, or without being asked for it, a call is as it always was") {
    Room with(big_with_way()), without(big);
    const auto hall = hall_with_ways();
    CHECK(with.words(showing(hall, "B002")) == without.words(showing(hall, "B002")));
    CHECK(with.find(showing(hall, "B002"), "B002 → 4")->item.box ==
          without.find(showing(hall, "B002"), "B002 → 4")->item.box);
    CHECK_FALSE(without.says(showing(hall, "A001"), "po lewej"));
    auto odd = hall;
    odd.mutable_profile()->mutable_counters(0)->set_arrow("sideways");
    CHECK(with.words(showing(odd, "A001")).front() == "მარცხნივ");
}

}  // namespace call_test
