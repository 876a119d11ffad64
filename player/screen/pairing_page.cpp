#include "player/screen/pairing_page.h"

#include <algorithm>
#include <array>

#include "content/texts.h"
#include "player/screen/item_list.h"

namespace hallcast::screen {
namespace {

constexpr std::array page_languages{"pl", "uk", "en"};
constexpr double canvas_width = 1920, canvas_height = 1080;
constexpr picture::Colour ground{6, 24, 47, 255};
constexpr picture::Colour page_lettering{255, 255, 255, 255};
constexpr picture::Colour highlight{255, 209, 102, 255};

// Positions in canvas units, of a canvas in the middle of the screen.
class Page {
  public:
    Page(picture::ScreenSize size, text::Typesetter& typesetter) : items_(place_, typesetter) {
        place_.box = {0, 0, size.width, size.height};
        place_.scale = std::min(size.width / canvas_width, size.height / canvas_height);
        place_.id = item_id(0, "pairing");
        left_ = (size.width - place_.pixels(canvas_width)) / 2;
        top_ = (size.height - place_.pixels(canvas_height)) / 2;
    }

    void line(std::string_view part, std::uint64_t number, double y, double height, Wording wording) {
        wording.side = Side::centre;
        wording.level = Level::middle;
        wording.size_px *= place_.scale;
        items_.text(part, number,
                    {left_ + place_.pixels(80), top_ + place_.pixels(y), place_.pixels(canvas_width - 160),
                     place_.pixels(height)},
                    wording);
    }
    // A shipped text in each language, one under the other.
    void lines(std::string_view id, double y, double size_px) {
        for (std::size_t i = 0; i < page_languages.size(); ++i)
            line(id, i, y + double(i) * size_px * 1.5, size_px * 1.5,
                 {.utf8 = content::text(id, page_languages[i]),
                  .language = page_languages[i],
                  .size_px = size_px,
                  .bold = i == 0,
                  .colour = page_lettering});
    }
    std::vector<picture::Item> take() { return items_.take(); }

  private:
    Place place_;
    ItemList items_;
    int left_ = 0;
    int top_ = 0;
};

}  // namespace

picture::Scene pairing_page(const PairingPage& page, picture::ScreenSize size, text::Typesetter& typesetter) {
    Page shown(size, typesetter);
    shown.lines("pairing_new", 90, 46);
    if (page.code.empty()) {
        shown.lines(page.wrong ? "pairing_wrong" : "not_connected", 520, 40);
    } else {
        shown.line("code", 0, 308, 396, {.utf8 = page.code, .size_px = 300, .bold = true, .colour = highlight});
        shown.lines("pairing_type", 710, 36);
        shown.line("command", 0, 890, 110,
                   {.utf8 = "hallcast pair " + page.code, .size_px = 64, .bold = true, .colour = page_lettering});
    }
    return {size, ground, shown.take()};
}

}  // namespace hallcast::screen
