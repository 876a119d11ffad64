// A whole text shaped once, at no particular size: how wide each part of it is, and the glyphs of any line of it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "player/text/shape.h"
#include "player/text/styles.h"
#include "player/text/unicode_text.h"

namespace hallcast::text {

// A glyph in a line, in em: from the line's left end and the baseline, y upwards.
struct LineGlyph {
    FontId font = no_font;
    std::uint32_t glyph = 0;
    float x = 0;
    float y = 0;
    std::int32_t at = 0;  // the first UTF-16 unit it stands for; of a tail, in the tail's own text
    float scale = 1;      // of its size; x and y count it already
    Ink ink = Ink::usual;
};

// How far a line reaches from its baseline, by the fonts used and by the ink of their glyphs. Glyphs that are shifted
// up or down count on their own: they are put on whole pixels, which may move them by half of one.
struct LineReach {
    Reach level;
    Reach shifted;
};

struct LineOfGlyphs {
    std::vector<LineGlyph> glyphs;  // from left to right
    double width = 0;
};

// What is drawn at a line's end though it is not in the text.
enum class LineTail : std::uint8_t { none, hyphen, ellipsis };

// Externally synchronized. All lengths in em of the paragraph's size, all positions in UTF-16 units.
class ShapedText {
  public:
    // `text`, `fonts` and `breaks` must outlive it.
    ShapedText(const std::u16string& text, Styles styles, const FontLibrary& fonts, BreakIterators& breaks);
    ShapedText(const std::u16string& text, const Language& language, Weight weight, const FontLibrary& fonts,
               BreakIterators& breaks)
        : ShapedText(text, Styles({language, weight}), fonts, breaks) {}

    const std::u16string& text() const { return text_; }
    const Language& language() const { return styles_.base().language; }
    float largest_scale() const { return styles_.largest_scale(); }
    int missing() const { return itemised_.missing; }
    bool starts_cluster(std::int32_t at) const { return itemised_.cluster_starts[static_cast<std::size_t>(at)] != 0; }
    // The base direction at that place, or of the whole when the text is empty.
    bool right_to_left_at(std::int32_t at) const;

    // Ascending; the end included. Computed at the first call.
    const std::vector<std::int32_t>& line_breaks();

    // Exact where the text may be divided without shaping again, else near.
    double near_width(std::int32_t start, std::int32_t end) const;
    // Exact: as wide as line() will be.
    double width(std::int32_t start, std::int32_t end, LineTail tail = LineTail::none);
    LineReach reach(std::int32_t start, std::int32_t end, LineTail tail = LineTail::none);
    LineOfGlyphs line(std::int32_t start, std::int32_t end, LineTail tail = LineTail::none);

  private:
    struct Run {
        Item item;
        std::vector<ShapedGlyph> glyphs;
        LineReach reach;
    };
    struct Tail {
        std::u16string text;
        Run run;
        double width = 0;
    };

    // A part of a run, in a line.
    struct Piece {
        const Run* run;
        std::int32_t start;
        std::int32_t end;
        UBiDiLevel level;  // the run's, but for the blanks at the line's end
    };

    Run shaped(const std::u16string& text, const Item& item, std::int32_t start, std::int32_t end);
    LineReach reach_of(const Item& item, const std::vector<ShapedGlyph>& glyphs) const;
    void measure(const Run& run);
    std::size_t first_run_after(std::int32_t position) const;  // the first that ends after it
    bool divides_well(const Run& run, std::int32_t at) const;
    // The line's pieces in logical order.
    void divide(std::int32_t start, std::int32_t end, std::vector<Piece>& pieces) const;
    void find_turning_blanks();
    // Where the blanks begin that have another level at the end of this line than they had in the text; `end` for none.
    std::int32_t turning_blanks(std::int32_t start, std::int32_t end) const;
    void glyphs_of(const Piece& piece, std::vector<ShapedGlyph>& glyphs);
    void shape(const std::u16string& text, const Item& item, std::int32_t start, std::int32_t end,
               std::vector<ShapedGlyph>& glyphs);
    const Tail& tail_at(std::int32_t start, std::int32_t end, LineTail tail);

    const std::u16string& text_;
    Styles styles_;
    std::vector<hb_language_t> shaping_languages_;  // of each style
    const FontLibrary& fonts_;
    BreakIterators& breaks_;
    Shaper shaper_;
    Itemised itemised_;
    std::vector<Run> runs_;                     // in logical order
    std::vector<double> advance_before_;        // of each unit, and the end: the sum of all advances before it
    std::vector<std::uint8_t> safe_to_divide_;  // before that unit
    std::vector<std::int32_t> turning_;         // turning_blanks() of a line that ends there; empty where none turn
    std::optional<std::vector<std::int32_t>> line_breaks_;
    std::map<std::tuple<LineTail, UScriptCode, std::size_t>, Tail> tails_;  // by kind, script and style
    std::vector<ShapedGlyph> scratch_;
    std::vector<Piece> pieces_;
};

}  // namespace hallcast::text
