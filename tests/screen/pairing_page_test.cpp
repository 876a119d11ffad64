#include "player/screen/pairing_page.h"

#include <set>

#include "content/texts.h"
#include "tests/screen/screen_of_boxes.h"

namespace pairing_page_test {

using namespace screen_of_boxes;

std::set<std::string> said_on(const screen::PairingPage& page, picture::ScreenSize size = {1920, 1080}) {
    BoxTypesetter typesetter;
    std::set<std::string> said;
    std::set<std::uint64_t> ids;
    const picture::Scene scene = screen::pairing_page(page, size, typesetter);
    for (const auto& item : scene.items) {
        CHECK(ids.insert(item.id).second);
        CHECK(item.box.x >= 0);
        CHECK(item.box.y >= 0);
        CHECK(item.box.right() <= size.width);
        CHECK(item.box.bottom() <= size.height);
        if (const auto* text = std::get_if<picture::Text>(&item.content)) {
            CHECK(text->y + text->paragraph->height <= float(item.box.bottom()) + 1);
            said.insert(typesetter.said(text->paragraph.get()).text);
        }
    }
    return said;
}

bool says(const std::set<std::string>& said, const char* id) {
    for (const char* language : {"pl", "uk", "en"})
        if (!said.contains(std::string(content::text(id, language)))) return false;
    return true;
}

TEST_CASE("a new player shows its code, what it is and what to do with it, in three languages, on every screen") {
    for (const picture::ScreenSize size :
         {picture::ScreenSize{1920, 1080}, {3840, 2160}, {1080, 1920}, {800, 600}, {320, 240}}) {
        INFO(size.width << "x" << size.height);
        const auto said = said_on({.code = "17-483920"}, size);
        CHECK(said.contains("17-483920"));
        CHECK(said.contains("hallcast pair 17-483920"));
        CHECK(says(said, "pairing_new"));
        CHECK(says(said, "pairing_type"));
    }
}

TEST_CASE("without a code it says that it connects, or that the code was wrong") {
    CHECK(says(said_on({}), "not_connected"));
    const auto wrong = said_on({.code = "", .wrong = true});
    CHECK(says(wrong, "pairing_wrong"));
    CHECK_FALSE(says(wrong, "pairing_type"));
}

}  // namespace pairing_page_test
