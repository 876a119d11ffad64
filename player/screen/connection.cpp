// The word about a lost or missing connection: old tickets must never pass for new ones. It stands where the layout has
// a `connection`, else over each board; every board is veiled in any case.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "content/texts.h"
#include "player/screen/item_list.h"
#include "player/screen/languages.h"

namespace hallcast::screen {

namespace {

constexpr layouts::Colour veil{11, 20, 33, 150};   // over the old numbers: there, but plainly not alive
constexpr layouts::Colour lost{138, 22, 22, 255};  // white on it has 9:1
constexpr layouts::Colour connecting{6, 24, 47, 255};
constexpr picture::Colour notice_lettering{255, 255, 255, 255};
constexpr double seconds_each = 6;

// The newest old number stays to be seen, veiled: whoever was just called need not start over. No row is cut in half.
int panel_top(const Place& place) {
    const auto first = board_row(place, 0);
    return first.bottom() - place.box.y <= place.box.height * 45 / 100 ? first.bottom() : place.box.y;
}

constexpr std::size_t most_at_once = 3;
constexpr double largest = 42, usual_least = 28, least = 16;  // canvas units
constexpr double larger_than_needed = 1.2;
constexpr int band = 4;  // so many times as wide as high: columns side by side have room for sentences

// Which `count` languages are said at once. Those that are listed: the office's and English always, the others in turn;
// where there is no room for that, these two take turns with them. On a screen of a forced language that one, then the
// office's, then English, as many as have room.
struct Saying {
    Saying(const std::vector<std::string>& listed, const std::string& own, const std::string& forced,
           std::size_t count) {
        always.push_back(own);
        if (base_language(own) != "en") always.emplace_back("en");
        if (!forced.empty()) {
            if (std::ranges::find(always, forced) == always.end()) always.push_back(forced);
            while (always.size() > count) always.erase(always.end() - (always.back() == forced ? 2 : 1));
            return;
        }
        for (const auto& language : listed)
            if (std::ranges::find(always, language) == always.end()) in_turn.push_back(language);
        while (always.size() + in_turn.size() > count && always.size() >= count) {
            in_turn.insert(in_turn.begin(), always.back());
            always.pop_back();
        }
    }
    std::size_t turns() const { return std::max<std::size_t>(1, in_turn.size()); }
    std::vector<std::string> at(std::size_t turn) const {
        auto said = always;
        if (!in_turn.empty()) said.push_back(in_turn[turn]);
        return said;
    }
    std::vector<std::string> always, in_turn;
};

// The texts of one moment in a box: under one another, as on a board, or side by side, as in a band.
class Words {
  public:
    Words(const std::vector<std::string>& languages, const std::string& own, const std::string& text_id, bool in_row,
          const picture::ScreenRect& box, const Place& place)
        : in_row_(in_row), box_(box), place_(place) {
        for (const auto& language : languages)
            said_.push_back({content::text(text_id, language), language, language == own, 0});
    }

    // The largest size at which all of them fit, with a gap of half a line between.
    double common_size(text::Typesetter& typesetter) {
        const double most = std::max(largest * place_.scale, place_.near_letters_px * larger_than_needed);
        const double lowest = least * place_.scale;
        for (double size_px = most;; size_px -= place_.scale)
            if (fit(size_px, typesetter) || size_px <= lowest) return size_px;
    }

    // What room is left is shared out between them. `size_px` is at most the common size.
    void show(ItemList& items, double size_px, text::Typesetter& typesetter) {
        fit(size_px, typesetter);
        int spare = box_.height;
        for (const auto& one : said_) spare -= one.height;
        const int gap = std::max(0, spare) / int(said_.size() + 1);
        int top = box_.y + gap;
        for (std::size_t i = 0; i < said_.size(); ++i) {
            const int width = column_width(), left = box_.x + int(i) * (width + column_gap());
            const picture::ScreenRect own_box = in_row_ ? picture::ScreenRect{left, box_.y, width, box_.height}
                                                        : picture::ScreenRect{box_.x, top, width, said_[i].height};
            items.text("word", i, own_box,
                       {.utf8 = said_[i].text,
                        .language = said_[i].language,
                        .size_px = size_px,
                        .bold = said_[i].bold,
                        .colour = notice_lettering,
                        .max_lines = 0,
                        .smallest = 0.3});
            top += said_[i].height + gap;
        }
    }

  private:
    struct Said {
        std::string_view text;
        std::string language;
        bool bold = false;
        int height = 0;  // pixels, at the size that was tried last
    };

    int column_gap() const { return place_.pixels(24); }
    int column_width() const {
        const int count = in_row_ ? int(said_.size()) : 1;
        return std::max(1, (box_.width - (count - 1) * column_gap()) / count);
    }

    bool fit(double size_px, text::Typesetter& typesetter) {
        int all = int(size_px * 0.6) * int(said_.size() - 1), tallest = 0;
        bool whole = true;
        for (auto& one : said_) {
            const auto weight = one.bold ? text::Weight::bold : text::Weight::regular;
            const auto set =
                typesetter.set(one.text, {float(size_px), weight, one.language},
                               {.width = float(column_width()), .min_size_px = float(size_px * 0.8), .balanced = true});
            // Shrunk: a word is wider than its column. One that is so even then is shrunk when it is shown.
            whole = whole && (set->truncated || set->size_px > size_px - 0.5);
            one.height = int(std::ceil(set->height)) + 1;
            all += one.height;
            tallest = std::max(tallest, one.height);
        }
        return whole && (in_row_ ? tallest : all) <= box_.height;
    }

    std::vector<Said> said_;
    bool in_row_;
    picture::ScreenRect box_;
    const Place& place_;
};

// As many languages at once as have letters that are large enough, whoever's turn it is: the others wait for theirs.
// All turns have letters of the same size.
void say(ItemList& items, const Place& place, const Moment& moment, const std::string& text_id,
         const picture::ScreenRect& box, WallTime& until) {
    const auto own = office_language(moment.input);
    const auto listed = listed_languages(place.widget, moment.input);
    const double needed = place.near_letters_px > 0 ? place.near_letters_px : usual_least * place.scale;
    const bool is_wide = box.width >= band * box.height;
    for (std::size_t count = most_at_once; count > 0; --count) {
        const Saying saying(listed, own, moment.input.language, count);
        for (const bool in_row : {is_wide, !is_wide}) {
            const auto words_of = [&](std::size_t turn) {
                return Words(saying.at(turn), own, text_id, in_row, box, place);
            };
            double size_px = words_of(0).common_size(moment.typesetter);
            for (std::size_t turn = 1; turn < saying.turns() && (size_px >= needed || count == 1); ++turn)
                size_px = std::min(size_px, words_of(turn).common_size(moment.typesetter));
            if (size_px < needed && (count > 1 || in_row == is_wide)) continue;
            const auto turn = turn_of(saying.turns(), seconds_each, moment.input.now);
            if (saying.turns() > 1) until = turn.until;
            return words_of(turn.index).show(items, size_px, moment.typesetter);
        }
    }
}

}  // namespace

Shown show_veil(const Place& place, const Moment& moment) {
    if (!moment.hall() || !moment.stale()) return {};
    ItemList items(place, moment.typesetter);
    items.fill("veil", 0, place.box, veil);
    return {.items = items.take()};
}

Shown show_connection(const Place& place, const Moment& moment) {
    const bool connected_once = moment.hall() != nullptr;
    if (connected_once && !moment.stale()) return {};
    Shown shown;
    ItemList items(place, moment.typesetter);
    const bool over_board = place.widget.kind == layouts::WidgetKind::board;
    const int top = over_board && connected_once ? panel_top(place) : place.box.y;
    const picture::ScreenRect panel{place.box.x, top, place.box.width, place.box.bottom() - top};
    items.fill("panel", 0, panel, connected_once ? lost : connecting, place.pixels(12));
    const auto inside = inset(panel, place.pixels(24), place.pixels(20));
    say(items, place, moment, connected_once ? "stale" : "not_connected", inside, shown.until);
    shown.items = items.take();
    return shown;
}

}  // namespace hallcast::screen
