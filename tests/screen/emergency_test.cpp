// An emergency: the whole screen, every language at once, in the frame that knows of it, and nothing is lost behind it.
#include "tests/screen/screen_of_boxes.h"

namespace emergency_test {

using namespace screen_of_boxes;

const std::map<std::string, std::string> leave{
    {"pl", "Proszę opuścić budynek."}, {"uk", "Будь ласка, залиште будівлю."}, {"ar", "يرجى مغادرة المبنى."}};

v1::Notice emergency_of(const std::string& id, const std::map<std::string, std::string>& text, int seconds = 60) {
    v1::Notice notice;
    notice.set_id(id);
    for (const auto& [language, words] : text) (*notice.mutable_text())[language] = words;
    notice.set_urgent(true);
    notice.set_made_at_ms(noon * 1000);
    notice.set_expires_at_ms((noon + seconds) * 1000);
    return notice;
}

v1::HallState alarmed(const std::vector<v1::Notice>& notices, std::vector<std::string> languages = {"pl", "uk", "ar"}) {
    auto hall = hall_of({call_of("A001", 3, noon)}, languages);
    for (const auto& notice : notices) *hall.add_notices() = notice;
    return hall;
}

TEST_CASE("an emergency has the whole screen in the first frame that knows of it, in all languages at once") {
    for (const std::string name : {"hall", "bench", "slide"}) {
        INFO(name);
        const auto layout = *layouts::load_layout(name, {});
        for (const auto size : {picture::ScreenSize{1920, 1080}, {1080, 1920}, {640, 360}}) {
            BoxTypesetter typesetter;
            auto screen = std::move(*screen::make_screen(layout, size, typesetter));
            auto input = input_of(hall_of({call_of("A001", 3, noon)}));
            input.shown_call = screen::ShownCall{"call of A001", 1};
            const auto before = screen->scene(input);
            input.hall.state = std::make_shared<const v1::HallState>(alarmed({emergency_of("notice-1", leave)}));
            const auto scene = screen->scene(input);
            const auto& first = scene.items.at(0);
            CHECK(first.box == picture::ScreenRect{0, 0, size.width, size.height});
            REQUIRE(std::holds_alternative<picture::Fill>(first.content));
            CHECK(std::get<picture::Fill>(first.content).colour == picture::Colour{160, 0, 26, 255});
            std::map<std::string, picture::ScreenRect> said;
            for (const auto& item : scene.items)
                if (const auto* text = std::get_if<picture::Text>(&item.content))
                    said[typesetter.said(text->paragraph.get()).text] = item.box;
            CHECK(said.size() == leave.size() + 1);  // and the sign
            for (const auto& [language, text] : leave) CHECK(said.contains(text));
            CHECK(overlap(said[leave.at("pl")], said[leave.at("ar")]).empty());
            // No receipt says that a call was seen meanwhile.
            CHECK(screen->calls(input).empty());
            // When it is over all is as if it had not been.
            input.hall.state = std::make_shared<const v1::HallState>(hall_of({call_of("A001", 3, noon)}));
            CHECK(screen->scene(input).items == before.items);
        }
    }
}

TEST_CASE("behind an emergency films and texts go on, so that they are where they would be when it is over") {
    Room room(*layouts::load_layout("hall", {}));
    auto hall = hall_of({});
    hall.mutable_profile()->add_ticker();
    (*hall.mutable_profile()->mutable_ticker(0)->mutable_text())["pl"] = "Prosimy przygotować dokumenty.";
    auto told = hall;
    *told.add_notices() = emergency_of("notice-1", leave, 20);
    CHECK(room.screen->still_for(input_of(hall)) == 0ns);  // the line runs
    // But while nobody sees it, it wakes nobody.
    CHECK(room.screen->still_for(input_of(told)) > 10ms);
    auto late = input_of(told, at(noon + 20)), never = input_of(hall, at(noon + 20));
    late.motion = never.motion = 20s;
    CHECK(room.screen->scene(late).items == room.screen->scene(never).items);
    late.now = never.now = at(noon + 19);
    CHECK(room.screen->scene(late).items != room.screen->scene(never).items);
    CHECK(room.screen->still_for(late) <= 1s);
}

TEST_CASE("each language stands on its own side, the one that is spoken is marked, letters are as large as they fit") {
    Room room(*layouts::load_layout("hall", {}));
    auto input = input_of(alarmed({emergency_of("notice-1", leave)}));
    const auto arabic = *room.find(input, leave.at("ar"));
    CHECK(arabic.language == "ar");
    CHECK(arabic.align == text::Align::start);
    // What is spoken has a white edge.
    const auto marked = [&](const std::string& text) {
        const auto around = room.find(input, text)->item.box;
        const picture::ScreenRect box{around.x + around.width / 2, around.y + around.height / 2, 1, 1};
        const auto items = room.screen->scene(input).items;
        return std::ranges::any_of(items, [&](const picture::Item& item) {
            const auto* fill = std::get_if<picture::Fill>(&item.content);
            return fill && fill->colour == picture::Colour{255, 255, 255, 255} && overlap(item.box, box) == box;
        });
    };
    for (const auto& [language, text] : leave) CHECK_FALSE(marked(text));
    input.spoken_notice = screen::SpokenNotice{"notice-1", "uk", at(noon)};
    for (const auto& [language, text] : leave) CHECK(marked(text) == (language == "uk"));

    // Larger where there is less to say, but not by much on the same screen.
    const auto size_of = [&](const screen::ScreenInput& seen, const std::string& text) {
        return std::get<picture::Text>(room.find(seen, text)->item.content).paragraph->size_px;
    };
    for (const auto& [language, text] : leave) {
        CHECK(size_of(input, text) >= 80);
        CHECK(size_of(input, text) <= 1.5 * size_of(input, leave.at("uk")) + 1);
    }
    const auto alone = input_of(alarmed({emergency_of("notice-1", {{"uk", leave.at("uk")}})}));
    CHECK(size_of(alone, leave.at("uk")) >= size_of(input, leave.at("uk")));
    // A screen that is kept to one language says it in all, too.
    input.language = "uk";
    CHECK(room.says(input, leave.at("ar")));
    // An office that reads from the right has its own language at the right.
    auto mirrored = input_of(alarmed({emergency_of("notice-1", leave)}, {"ar", "pl", "uk"}));
    CHECK(room.find(mirrored, "!")->item.box.x > 1500);
}

TEST_CASE("of two emergencies each has its turns, the latest first; the one that is spoken is shown") {
    Room room(*layouts::load_layout("hall", {}));
    const auto hall =
        alarmed({emergency_of("notice-2", {{"pl", "Proszę wyjść."}}), emergency_of("notice-1", {{"pl", "Pożar."}})});
    std::string seen;
    for (int second = 0; second < 12; ++second) {
        const auto input = input_of(hall, at(noon + second));
        CHECK(room.says(input, "Pożar.") != room.says(input, "Proszę wyjść."));
        seen += room.says(input, "Pożar.") ? '1' : '2';
    }
    CHECK(seen == "222221111122");
    auto spoken = input_of(hall, at(noon));
    spoken.spoken_notice = screen::SpokenNotice{"notice-1", "pl", at(noon)};
    CHECK(room.says(spoken, "Pożar."));
}

}  // namespace emergency_test
