// An emergency has the whole screen, in all languages of the hall at once, for as long as it holds: nobody waits for
// the turn of theirs. Nothing is stopped for it: what it covered is there again, where it would be by then.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "player/screen/told.h"

namespace hallcast::screen {

namespace {

using std::chrono::milliseconds;

constexpr layouts::Colour cell_ground{128, 0, 20, 255};  // white on it has 11:1
constexpr double emergency_frame_width = 14, cell_gap = 10, cell_padding = 20, cell_radius = 12,
                 spoken_edge = 6;  // canvas units; less on a bar
constexpr double smallest_emergency_letters = 12;
constexpr double most_larger = 1.5;  // than the smallest on the screen, where a text is short

// One of the emergencies that hold.
struct Emergency {
    const v1::Notice* notice = nullptr;
    std::vector<Phrase> phrases;
    milliseconds length() const {
        std::size_t longest = 0;
        for (const Phrase& phrase : phrases) longest = std::max(longest, phrase.text.size());
        return reading_time(longest);
    }
};

// Cells row by row, each row as high as its longest text needs; all texts fit them at `size_px`.
struct Grid {
    int columns = 1, rows = 1;
    double size_px = 0;
    std::vector<int> edges;  // of the rows, from the area's top: `rows` + 1
    // Mirrored, the first is at the right.
    picture::ScreenRect cell(const picture::ScreenRect& area, int number, bool mirrored, int gap) const {
        const int column = mirrored ? columns - 1 - number % columns : number % columns, row = number / columns;
        const auto edge = [&](int at) { return area.x + area.width * at / columns; };
        const int top = area.y + edges[std::size_t(row)], bottom = area.y + edges[std::size_t(row) + 1];
        return inset({edge(column), top, edge(column + 1) - edge(column), bottom - top}, gap / 2, gap / 2);
    }
};

// Sets the rows' edges for letters of `size_px`; false where they need more than the area, or a word is divided.
bool fit_rows(Grid& grid, const std::vector<Phrase>& phrases, const picture::ScreenRect& area, int around_text,
              double size_px, text::Typesetter& typesetter) {
    const int width = area.width / grid.columns - around_text;
    std::vector<int> heights(std::size_t(grid.rows), 0);
    for (std::size_t i = 0; i < phrases.size(); ++i) {
        const auto set = typesetter.set(phrases[i].text, {float(size_px), text::Weight::bold, phrases[i].language},
                                        {.width = float(width), .min_size_px = float(size_px * 0.8), .balanced = true});
        if (set->size_px < size_px - 0.5) return false;
        int& height = heights[i / std::size_t(grid.columns)];
        height = std::max(height, int(std::ceil(set->height)) + around_text);
    }
    const int spare = area.height - std::accumulate(heights.begin(), heights.end(), 0);
    if (spare < 0) return false;
    grid.size_px = size_px;
    grid.edges = {0};
    int end = 0;
    for (int row = 0; row < grid.rows; ++row)
        grid.edges.push_back((end += heights[std::size_t(row)]) + spare * (row + 1) / grid.rows);
    return true;
}

// The one of the largest letters.
Grid grid_for(const std::vector<Phrase>& phrases, const picture::ScreenRect& area, int around_text, double least_px,
              text::Typesetter& typesetter) {
    const int count = int(phrases.size());
    const double most_px = std::max(least_px, area.height / 2.0);
    Grid best;
    for (int columns = 1, rows_before = 0; columns <= count; ++columns) {
        const int rows = (count + columns - 1) / columns;
        if (rows == rows_before) continue;  // narrower, and no higher
        rows_before = rows;
        const int width = area.width / columns - around_text, height = area.height / rows - around_text;
        if (width <= 0 || height <= 0) continue;
        // Rows of one height first.
        double size_px = most_px;
        for (const Phrase& phrase : phrases) {
            const auto set = typesetter.set(
                phrase.text, {float(most_px), text::Weight::bold, phrase.language},
                {.width = float(width), .height = float(height), .min_size_px = float(least_px), .balanced = true});
            size_px = std::min(size_px, double(set->size_px));
        }
        Grid grid{columns, rows, size_px, {}};
        for (int row = 0; row <= rows; ++row) grid.edges.push_back(area.height * row / rows);
        constexpr double step = 1.03;
        while (fit_rows(grid, phrases, area, around_text, grid.size_px * step, typesetter)) {
        }
        if (grid.size_px > best.size_px) best = std::move(grid);
    }
    return best;
}

}  // namespace

Shown show_emergency(const Place& place, const Moment& moment) {
    const ScreenInput& input = moment.input;
    if (!moment.hall()) return {};
    const WallTime now = input.now + input.master_ahead;
    WallTime until = WallTime::max();
    std::vector<Emergency> emergencies;
    std::vector<milliseconds> lengths;
    for (const v1::Notice* notice : notices_at(*moment.hall(), now, until)) {
        if (!notice->urgent()) return {};
        Emergency emergency{notice, phrases_of(*notice, moment.hall()->profile())};
        if (emergency.phrases.empty()) continue;
        lengths.push_back(emergency.length());
        emergencies.push_back(std::move(emergency));
    }
    if (emergencies.empty()) return {};
    const auto& spoken = input.spoken_notice;
    const auto heard = std::ranges::find_if(
        emergencies, [&](const Emergency& one) { return spoken && one.notice->id() == spoken->id; });
    const WallTime latest = wall_time(emergencies[0].notice->made_at_ms());
    const Emergency& shown_now =
        heard != emergencies.end() ? *heard : emergencies[turn_at(lengths, latest, now, until)];

    ItemList items(place, moment.typesetter);
    const auto& colours = emergency_colours;
    const double scale = std::min(place.scale, std::min(place.box.width, place.box.height) / 1080.0);
    const auto pixels = [&](double canvas_units) { return int(std::lround(canvas_units * scale)); };
    items.fill("panel", 0, place.box, colours.ground);
    auto area = add_frame(items, place.box, std::max(1, pixels(emergency_frame_width)), colours,
                          wall_time(shown_now.notice->made_at_ms()), flash_on, now, until);
    const bool mirrored = screen_right_to_left(input);
    if (area.width > area.height) {
        const int sign = area.width / 14;
        add_sign(items, {mirrored ? area.right() - sign : area.x, area.y, sign, area.height}, colours);
        area.width -= sign;
        if (!mirrored) area.x += sign;
    } else {
        const int sign = area.height / 14;
        add_sign(items, {area.x, area.y, area.width, sign}, colours);
        area.y += sign, area.height -= sign;
    }
    const int gap = pixels(cell_gap), padding = pixels(cell_padding);
    area = inset(area, gap / 2, gap / 2);
    const double least_px = std::max(1.0, smallest_emergency_letters * place.scale);
    const Grid grid = grid_for(shown_now.phrases, area, gap + 2 * padding, least_px, moment.typesetter);
    for (int i = 0; i < int(shown_now.phrases.size()) && grid.size_px > 0; ++i) {
        const Phrase& phrase = shown_now.phrases[std::size_t(i)];
        const auto cell = grid.cell(area, i, mirrored, gap);
        // Marked by its edge alone: a whole cell that turned white and back would be a flash.
        const bool is_spoken = heard != emergencies.end() && spoken->language == phrase.language;
        if (is_spoken) items.fill("spoken", std::uint64_t(i), cell, colours.lettering, pixels(cell_radius));
        const int edge = is_spoken ? pixels(spoken_edge) : 0;
        items.fill("cell", std::uint64_t(i), inset(cell, edge, edge), is_spoken ? colours.ground : cell_ground,
                   pixels(cell_radius));
        const double most_px = grid.size_px * most_larger;
        items.text("text", std::uint64_t(i), inset(cell, padding, padding),
                   {.utf8 = phrase.text,
                    .language = phrase.language,
                    .size_px = most_px,
                    .bold = true,
                    .colour = to_picture(colours.lettering),
                    .max_lines = 0,
                    .smallest = std::min(1.0, least_px / most_px)});
    }
    Shown shown{.items = items.take(), .until = until, .rolling = {}, .calls = {}, .covers = place.box};
    if (until != WallTime::max()) shown.until = until - input.master_ahead;
    return shown;
}

}  // namespace hallcast::screen
