#include "player/text/shaped_text.h"

#include <unicode/utf16.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "player/text/font_choice.h"

namespace hallcast::text {
namespace {

std::size_t index(std::int32_t position) { return static_cast<std::size_t>(position); }

void widen(Reach& reach, const Reach& other) {
    reach.above = std::max(reach.above, other.above);
    reach.below = std::max(reach.below, other.below);
}

void widen(LineReach& reach, const LineReach& other) {
    widen(reach.level, other.level);
    widen(reach.shifted, other.shifted);
}

Reach scaled(const Reach& reach, float scale) { return {reach.above * scale, reach.below * scale}; }

double sum_of_advances(const std::vector<ShapedGlyph>& glyphs) {
    double sum = 0;
    for (const ShapedGlyph& glyph : glyphs) sum += glyph.advance;
    return sum;
}

}  // namespace

ShapedText::ShapedText(const std::u16string& text, Styles styles, const FontLibrary& fonts, BreakIterators& breaks)
    : text_(text),
      styles_(std::move(styles)),
      fonts_(fonts),
      breaks_(breaks),
      shaper_(fonts),
      itemised_(itemise(text, styles_, fonts, breaks)),
      advance_before_(text.size() + 1, 0),
      safe_to_divide_(text.size() + 1, 1) {
    shaping_languages_.reserve(styles_.size());
    for (std::size_t i = 0; i < styles_.size(); ++i)
        shaping_languages_.push_back(shaping_language(styles_[i].language));
    runs_.reserve(itemised_.items.size());
    for (const Item& item : itemised_.items) {
        runs_.push_back(shaped(text_, item, item.start, item.end));
        measure(runs_.back());
    }
    find_turning_blanks();
    double sum = 0;
    for (double& advance : advance_before_) sum += std::exchange(advance, sum);
}

bool ShapedText::right_to_left_at(std::int32_t at) const {
    const auto& base = itemised_.directions.base;
    return ((index(at) < base.size() ? base[index(at)] : itemised_.directions.first_base) & 1) != 0;
}

const std::vector<std::int32_t>& ShapedText::line_breaks() {
    if (!line_breaks_) line_breaks_ = breaks_.line_breaks(text_, styles_.base().language.tag);
    return *line_breaks_;
}

ShapedText::Run ShapedText::shaped(const std::u16string& text, const Item& item, std::int32_t start, std::int32_t end) {
    Run run{item, {}, {}};
    shape(text, item, start, end, run.glyphs);
    run.reach = reach_of(item, run.glyphs);
    return run;
}

void ShapedText::shape(const std::u16string& text, const Item& item, std::int32_t start, std::int32_t end,
                       std::vector<ShapedGlyph>& glyphs) {
    shaper_.shape(text, item, start, end, shaping_languages_[item.style], styles_[item.style].scale, glyphs);
}

LineReach ShapedText::reach_of(const Item& item, const std::vector<ShapedGlyph>& glyphs) const {
    if (item.font == no_font) return {};
    const FontFace& face = fonts_.face(item.font);
    const float scale = styles_[item.style].scale;
    LineReach reach{scaled(face.line_reach(), scale), {}};
    for (const ShapedGlyph& glyph : glyphs) {
        const Reach ink = scaled(face.ink(glyph.glyph), scale);
        widen(glyph.y == 0 ? reach.level : reach.shifted, {ink.above + glyph.y, ink.below - glyph.y});
    }
    return reach;
}

// Puts each cluster's advance on its characters: on each of them a part, where a ligature stands for several.
void ShapedText::measure(const Run& run) {
    for (std::int32_t at = run.item.start + 1; at < run.item.end; ++at) safe_to_divide_[index(at)] = 0;
    const bool leftwards = (run.item.level & 1) != 0;
    const auto& glyphs = run.glyphs;
    std::int32_t cluster_end = run.item.end;
    for (std::size_t left = glyphs.size(); left > 0;) {  // in logical order, last cluster first
        const auto nth = [&](std::size_t n) -> const ShapedGlyph& {
            return leftwards ? glyphs[glyphs.size() - 1 - n] : glyphs[n];
        };
        const std::int32_t cluster = nth(left - 1).cluster;
        double advance = 0;
        bool safe = true;
        for (; left > 0 && nth(left - 1).cluster == cluster; --left) {
            advance += nth(left - 1).advance;
            safe = safe && nth(left - 1).safe_to_break;
        }
        if (cluster > run.item.start) safe_to_divide_[index(cluster)] = safe ? 1 : 0;
        const auto is_start = [&](std::int32_t at) { return at == cluster || starts_cluster(at); };
        int parts = 0;
        for (std::int32_t at = cluster; at < cluster_end; ++at) parts += is_start(at) ? 1 : 0;
        for (std::int32_t at = cluster; at < cluster_end; ++at) {
            if (is_start(at)) advance_before_[index(at)] = advance / parts;
        }
        cluster_end = cluster;
    }
}

std::size_t ShapedText::first_run_after(std::int32_t position) const {
    const auto run = std::ranges::upper_bound(runs_, position, {}, [](const Run& r) { return r.item.end; });
    return static_cast<std::size_t>(run - runs_.begin());
}

bool ShapedText::divides_well(const Run& run, std::int32_t at) const {
    return at <= run.item.start || at >= run.item.end || safe_to_divide_[index(at)] != 0;
}

void ShapedText::find_turning_blanks() {
    const Directions& directions = itemised_.directions;
    if (directions.one_way) return;
    const auto length = static_cast<std::int32_t>(text_.size());
    turning_.resize(text_.size() + 1);
    std::int32_t first = -1;
    for (std::int32_t i = 0; i <= length;) {
        const std::int32_t at = i;
        turning_[index(at)] = first < 0 ? at : first;
        if (at == length) break;
        UChar32 c = 0;
        U16_NEXT(text_.data(), i, length, c);
        if (i > at + 1) turning_[index(at + 1)] = at + 1;  // no line ends there
        if (!turns_at_line_end(c)) {
            first = -1;
        } else if (first < 0 && starts_cluster(at) && directions.levels[index(at)] != directions.base[index(at)]) {
            first = at;
        }
    }
}

std::int32_t ShapedText::turning_blanks(std::int32_t start, std::int32_t end) const {
    return turning_.empty() || end <= start ? end : std::max(start, turning_[index(end)]);
}

void ShapedText::divide(std::int32_t start, std::int32_t end, std::vector<Piece>& pieces) const {
    pieces.clear();
    const std::int32_t blanks = turning_blanks(start, end);
    for (std::size_t i = first_run_after(start); i < runs_.size() && runs_[i].item.start < end; ++i) {
        const Item& item = runs_[i].item;
        const std::int32_t from = std::max(start, item.start);
        const std::int32_t to = std::min(end, item.end);
        const std::int32_t middle = std::clamp(blanks, from, to);
        if (from < middle) pieces.push_back({&runs_[i], from, middle, item.level});
        if (middle < to) pieces.push_back({&runs_[i], middle, to, itemised_.directions.base[index(middle)]});
    }
}

void ShapedText::glyphs_of(const Piece& piece, std::vector<ShapedGlyph>& glyphs) {
    const Run& run = *piece.run;
    glyphs.clear();
    if (divides_well(run, piece.start) && divides_well(run, piece.end)) {
        // From left to right the clusters ascend, or descend where the run is right to left.
        const bool leftwards = (run.item.level & 1) != 0;
        const auto first = std::ranges::partition_point(run.glyphs, [&](const ShapedGlyph& glyph) {
            return leftwards ? glyph.cluster >= piece.end : glyph.cluster < piece.start;
        });
        const auto last = std::partition_point(first, run.glyphs.end(), [&](const ShapedGlyph& glyph) {
            return leftwards ? glyph.cluster >= piece.start : glyph.cluster < piece.end;
        });
        glyphs.assign(first, last);
    } else {
        shape(text_, run.item, piece.start, piece.end, glyphs);
    }
    // Only blanks turn, which are the same in both directions.
    if ((piece.level & 1) != (run.item.level & 1)) std::ranges::reverse(glyphs);
}

const ShapedText::Tail& ShapedText::tail_at(std::int32_t start, std::int32_t end, LineTail tail) {
    // In the font and the style of what it follows.
    const std::int32_t follows = std::max(start, end - 1);
    std::size_t run = first_run_after(follows);
    if (run == runs_.size() && run > 0) --run;
    const UScriptCode script = runs_.empty() ? styles_.base().language.script : runs_[run].item.script;
    const std::size_t number = styles_.at(follows);
    const auto [place, added] = tails_.try_emplace({tail, script, number});
    Tail& made = place->second;
    if (!added) return made;

    const PartStyle& style = styles_[number];
    FontChoice choice(fonts_);
    const auto choose = [&](std::u16string_view cluster) {
        return choice.choose(cluster, script, style.language.forms, style.weight);
    };
    made.text = tail == LineTail::ellipsis ? u"\u2026" : u"\u2010";
    FontChoice::Chosen chosen = choose(made.text);
    if (!chosen.complete) {
        made.text = tail == LineTail::ellipsis ? u"..." : u"-";
        chosen = choose(std::u16string_view(made.text).substr(0, 1));
    }
    const auto length = static_cast<std::int32_t>(made.text.size());
    made.run = shaped(made.text, {0, length, 0, script, chosen.font, number}, 0, length);
    made.width = sum_of_advances(made.run.glyphs);
    return made;
}

double ShapedText::near_width(std::int32_t start, std::int32_t end) const {
    return end <= start ? 0 : advance_before_[index(end)] - advance_before_[index(start)];
}

double ShapedText::width(std::int32_t start, std::int32_t end, LineTail tail) {
    double width = tail == LineTail::none ? 0 : tail_at(start, end, tail).width;
    if (end <= start) return width;
    if (safe_to_divide_[index(start)] != 0 && safe_to_divide_[index(end)] != 0 && turning_blanks(start, end) == end)
        return width + near_width(start, end);
    divide(start, end, pieces_);
    for (const Piece& piece : pieces_) {
        if (divides_well(*piece.run, piece.start) && divides_well(*piece.run, piece.end)) {
            width += near_width(piece.start, piece.end);
        } else {
            glyphs_of(piece, scratch_);
            width += sum_of_advances(scratch_);
        }
    }
    return width;
}

LineReach ShapedText::reach(std::int32_t start, std::int32_t end, LineTail tail) {
    LineReach reach;
    if (tail != LineTail::none) reach = tail_at(start, end, tail).run.reach;
    divide(start, end, pieces_);
    for (const Piece& piece : pieces_) {
        const Run& run = *piece.run;
        widen(reach, run.reach);
        if (divides_well(run, piece.start) && divides_well(run, piece.end)) continue;
        glyphs_of(piece, scratch_);
        widen(reach, reach_of(run.item, scratch_));
    }
    if (reach.level.above + reach.level.below > 0) return reach;
    // An empty line is as high as a letter of the language would make it.
    const PartStyle& style = styles_[styles_.at(start)];
    const FontChoice::Chosen usual =
        FontChoice(fonts_).choose(u" ", style.language.script, style.language.forms, style.weight);
    return {scaled(usual.font == no_font ? Reach{1, 0.25F} : fonts_.face(usual.font).line_reach(), style.scale), {}};
}

LineOfGlyphs ShapedText::line(std::int32_t start, std::int32_t end, LineTail tail) {
    LineOfGlyphs line;
    const auto place = [&](const Item& item, const std::vector<ShapedGlyph>& glyphs, auto&& ink_of) {
        const float scale = styles_[item.style].scale;
        for (const ShapedGlyph& glyph : glyphs) {
            line.glyphs.push_back({item.font, glyph.glyph, static_cast<float>(line.width) + glyph.x, glyph.y,
                                   glyph.cluster, scale, ink_of(glyph)});
            line.width += glyph.advance;
        }
    };
    const auto place_tail = [&] {
        if (tail == LineTail::none) return;
        const Run& run = tail_at(start, end, tail).run;
        const Ink ink = styles_[run.item.style].ink;
        place(run.item, run.glyphs, [ink](const ShapedGlyph&) { return ink; });
    };

    divide(start, end, pieces_);
    std::vector<UBiDiLevel> levels;
    levels.reserve(pieces_.size());
    for (const Piece& piece : pieces_) levels.push_back(piece.level);
    std::vector<std::int32_t> order(levels.size());
    if (!levels.empty()) ubidi_reorderVisual(levels.data(), static_cast<std::int32_t>(levels.size()), order.data());

    const bool leftwards = right_to_left_at(start);
    if (leftwards) place_tail();
    for (const std::int32_t nth : order) {
        const Piece& piece = pieces_[index(nth)];
        glyphs_of(piece, scratch_);
        place(piece.run->item, scratch_,
              [this](const ShapedGlyph& glyph) { return styles_[styles_.at(glyph.cluster)].ink; });
    }
    if (!leftwards) place_tail();
    return line;
}

}  // namespace hallcast::text
