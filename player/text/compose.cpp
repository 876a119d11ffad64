#include "player/text/compose.h"

#include <algorithm>
#include <cmath>

#include "player/text/break_lines.h"

namespace hallcast::text {
namespace {

constexpr float smallest_size_px = 1;
constexpr std::size_t most_balanced = 8;  // of more lines nobody sees it

// FreeType rounds outlines to 1/64 pixel; ink that reaches a pixel's edge may pass it by that much.
constexpr float drawing_error_px = 1.0F / 32;

// Baselines lie on whole pixels, so that lines look alike.
struct LineHeight {
    float above = 0;
    float below = 0;
    float total() const { return above + below; }
};

LineHeight height_of(const LineReach& reach, float size_px) {
    const auto pixels = [size_px](float level, float shifted) {
        return std::max({std::ceil(level * size_px + drawing_error_px),
                         shifted > 0 ? std::ceil(shifted * size_px + 0.5F + drawing_error_px) : 0.0F, 0.0F});
    };
    return {pixels(reach.level.above, reach.shifted.above), pixels(reach.level.below, reach.shifted.below)};
}

class Composer {
  public:
    Composer(ShapedText& text, float size_px, const Box& box, bool cut)
        : text_(text),
          box_(box),
          cut_(cut),
          length_(static_cast<std::int32_t>(text.text().size())),
          size_px_(bounded_size(size_px)) {}

    Paragraph compose() {
        if (box_.min_size_px > 0) size_px_ = largest_that_fits();
        std::vector<Line> lines = break_at(size_px_);
        std::vector<LineHeight> heights = heights_of(lines);
        std::size_t most = std::max<std::size_t>(1, lines_that_fit(heights));
        while (most < lines.size() || is_unfinished(lines)) {
            lines.resize(std::min(most, lines.size()));
            lines.back() = end_in_ellipsis(text_, lines.back().start, width_em(size_px_));
            paragraph_.truncated = true;
            // A font that only the last line's new end needs may be higher than those before.
            heights = heights_of(lines);
            most = std::max<std::size_t>(1, lines_that_fit(heights));
        }
        if (box_.balanced && !paragraph_.truncated) balance(lines, heights);
        place(lines, heights);
        return std::move(paragraph_);
    }

  private:
    double width_em(float size_px) const { return box_.width > 0 ? double{box_.width} / double{size_px} : 0; }

    std::vector<Line> break_at(float size_px) {
        const std::size_t most =
            box_.max_lines > 0 ? static_cast<std::size_t>(box_.max_lines) + 1 : text_.text().size() + 1;
        return break_lines(text_, width_em(size_px), most, breaks());
    }
    Breaks breaks() const { return box_.balanced ? Breaks::careful : Breaks::all; }

    // The narrowest lines that are no more than these, as CSS's `text-wrap: balance` has it; found to a part in 256.
    void balance(std::vector<Line>& lines, std::vector<LineHeight>& heights) {
        if (lines.size() < 2 || lines.size() > most_balanced || std::ranges::any_of(lines, &Line::inside_word)) return;
        double too_narrow = 0, wide_enough = width_em(size_px_);
        for (int i = 0; i < 8; ++i) {
            const double width = (too_narrow + wide_enough) / 2;
            auto narrower = break_lines(text_, width, lines.size() + 1, breaks());
            if (narrower.size() != lines.size() || narrower.back().next < length_ ||
                std::ranges::any_of(narrower, &Line::inside_word)) {
                too_narrow = width;
                continue;
            }
            wide_enough = width;
            auto its_heights = heights_of(narrower);
            if (lines_that_fit(its_heights) < narrower.size()) continue;  // other fonts stand beside one another
            lines = std::move(narrower);
            heights = std::move(its_heights);
        }
    }

    std::vector<LineHeight> heights_of(const std::vector<Line>& lines) { return heights_of(lines, size_px_); }
    std::vector<LineHeight> heights_of(const std::vector<Line>& lines, float size_px) {
        std::vector<LineHeight> heights;
        heights.reserve(lines.size());
        for (const Line& line : lines)
            heights.push_back(height_of(text_.reach(line.start, line.end, line.tail), size_px));
        return heights;
    }

    std::size_t lines_that_fit(const std::vector<LineHeight>& heights) const {
        const std::size_t allowed = box_.max_lines > 0 ? static_cast<std::size_t>(box_.max_lines) : heights.size();
        float height = 0;
        std::size_t lines = 0;
        while (lines < heights.size() && lines < allowed) {
            height += heights[lines].total();
            if (box_.height > 0 && height > box_.height) break;
            ++lines;
        }
        return lines;
    }

    bool is_unfinished(const std::vector<Line>& lines) const {
        if (lines.empty() || lines.back().tail == LineTail::ellipsis) return false;
        return cut_ || lines.back().next < length_;
    }

    // All of the text, and no word divided but where it may be.
    bool fits(float size_px) {
        const std::vector<Line> lines = break_at(size_px);
        if (std::ranges::any_of(lines, &Line::inside_word) || is_unfinished(lines)) return false;
        return lines_that_fit(heights_of(lines, size_px)) == lines.size();
    }

    // The size asked for, or a whole number of pixels below it, or the smallest one that is allowed.
    float largest_that_fits() {
        const float smallest = std::clamp(box_.min_size_px, smallest_size_px, size_px_);
        if (fits(size_px_)) return size_px_;
        int fitting = static_cast<int>(std::floor(smallest));
        int too_large = static_cast<int>(std::ceil(size_px_));
        while (too_large - fitting > 1) {
            const int middle = (fitting + too_large) / 2;
            (fits(static_cast<float>(middle)) ? fitting : too_large) = middle;
        }
        return std::max(smallest, static_cast<float>(fitting));
    }

    void place(const std::vector<Line>& lines, const std::vector<LineHeight>& heights) {
        paragraph_.size_px = size_px_;
        paragraph_.missing = text_.missing();
        paragraph_.right_to_left = text_.right_to_left_at(0);
        paragraph_.lines = static_cast<int>(lines.size());

        std::vector<LineOfGlyphs> placed;
        placed.reserve(lines.size());
        double widest = 0;
        for (const Line& line : lines) {
            placed.push_back(text_.line(line.start, line.end, line.tail));
            widest = std::max(widest, placed.back().width);
        }
        paragraph_.width = static_cast<float>(widest * size_px_);
        const float room = box_.width > 0 ? box_.width : paragraph_.width;

        float top = 0;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            const float baseline = top + heights[i].above;
            if (i == 0) paragraph_.baseline = baseline;
            const float left = left_of(lines[i], room - static_cast<float>(placed[i].width * size_px_));
            for (const LineGlyph& glyph : placed[i].glyphs) {
                paragraph_.glyphs.push_back(
                    {.font = static_cast<std::uint16_t>(glyph.font),
                     .ink = glyph.ink,
                     .glyph = glyph.glyph,
                     .size_px = std::min(size_px_ * glyph.scale, largest_size_px),  // rounded, it may be above
                     .x = left + glyph.x * size_px_,
                     .y = baseline - std::round(glyph.y * size_px_)});
            }
            top += heights[i].total();
        }
        paragraph_.height = top;
    }

    float left_of(const Line& line, float free) const {
        switch (box_.align) {
            case Align::centre:
                return free / 2;
            case Align::end:
                return text_.right_to_left_at(line.start) ? 0 : free;
            case Align::start:
                break;
        }
        return text_.right_to_left_at(line.start) ? free : 0;
    }

    ShapedText& text_;
    Box box_;
    bool cut_;
    std::int32_t length_;
    float size_px_;
    Paragraph paragraph_;
};

}  // namespace

float bounded_size(float size_px) {
    return std::isnan(size_px) ? Style{}.size_px : std::clamp(size_px, smallest_size_px, largest_size_px);
}

Paragraph compose(ShapedText& text, float size_px, const Box& box, bool cut) {
    return Composer(text, size_px, box, cut).compose();
}

}  // namespace hallcast::text
