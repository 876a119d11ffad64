#include "player/text/break_lines.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <optional>

namespace hallcast::text {
namespace {

constexpr char16_t soft_hyphen = u'\u00ad';

// By how much, in em of the largest letters, dividing where the text has to be shaped again may make a line narrower
// than its near width says.
constexpr double slack_em = 1;

// Sums of floats differ in their last bits; a thousandth of a pixel is seen by nobody.
constexpr double tolerance = 1e-5;

std::int32_t find_line_end(const std::u16string& text, std::int32_t from) {
    const auto at = std::find_if(text.begin() + from, text.end(), is_line_end);
    return static_cast<std::int32_t>(at - text.begin());
}

std::int32_t without_blanks(const std::u16string& text, std::int32_t start, std::int32_t end) {
    while (end > start && is_trailing_blank(text[static_cast<std::size_t>(end - 1)])) --end;
    return end;
}

bool is_blank(const std::u16string& text, std::int32_t at) {
    return at >= 0 && at < static_cast<std::int32_t>(text.size()) &&
           is_trailing_blank(text[static_cast<std::size_t>(at)]);
}

// A dash between words ends the line before it, so that no line looks like an entry of a list.
bool begins_with_dash(const std::u16string& text, std::int32_t at) {
    const char16_t first = text[static_cast<std::size_t>(at)];
    return (first == u'\u2013' || first == u'\u2014') && is_blank(text, at - 1) && is_blank(text, at + 1);
}

// Prepositions and conjunctions such as Polish "w" and Ukrainian "\u0443" stay with the word after them.
bool ends_with_one_letter(const std::u16string& text, std::int32_t at) {
    return is_blank(text, at - 1) && at >= 2 && u_isalpha(text[static_cast<std::size_t>(at - 2)]) &&
           (at == 2 || !u_isalnum(text[static_cast<std::size_t>(at - 3)]));
}

class Breaker {
  public:
    Breaker(ShapedText& text, double width, Breaks breaks = Breaks::all)
        : text_(text),
          careful_(breaks == Breaks::careful),
          width_(width),
          limit_(width + width * tolerance + tolerance),
          near_limit_(limit_ + slack_em * text.largest_scale()) {}

    // The line that starts at `start`, in the stretch without line ends that ends at `content_end`.
    Line next(std::int32_t start, std::int32_t content_end) {
        Line line{start, content_end, content_end, LineTail::none, false};
        if (width_ <= 0) return line;
        line.end = without_blanks(text_.text(), start, content_end);
        // Only what may fit is worth the exact width, which shapes again.
        if (text_.near_width(start, line.end) <= near_limit_ && text_.width(start, line.end) <= limit_) return line;
        const auto allowed = allowed_breaks(start, content_end);
        if (careful_) {
            std::vector<std::int32_t> good = allowed;
            std::erase_if(good, [this](std::int32_t at) { return parts_badly(at); });
            if (auto between_words = latest_that_fits(start, good)) return *between_words;
        }
        if (auto between_words = latest_that_fits(start, allowed)) return *between_words;
        return inside_word(start, content_end);
    }

    std::optional<Line> latest_that_fits(std::int32_t start, const std::vector<std::int32_t>& ends,
                                         LineTail tail = LineTail::none) {
        const auto end = last_of(ends, [&](std::int32_t at) {
            const Line line = line_to(start, at, tail);
            return text_.near_width(start, line.end) <= near_limit_ &&
                   text_.width(line.start, line.end, line.tail) <= limit_;
        });
        if (!end) return std::nullopt;
        return line_to(start, *end, tail);
    }

    std::vector<std::int32_t> clusters_that_may_fit(std::int32_t start, std::int32_t content_end) const {
        std::vector<std::int32_t> ends;
        for (std::int32_t at = start + 1; at <= content_end; ++at) {
            if (!text_.starts_cluster(at)) continue;
            if (width_ > 0 && text_.near_width(start, at) > near_limit_ && !ends.empty()) break;
            ends.push_back(at);
        }
        return ends;
    }

  private:
    // The last of `ends`, which ascend, that fits. The near widths have left a few candidates; the exact one decides,
    // from the widest down, since widths need not ascend with the ends. Thousands are left where characters have no
    // width: then by halves, as shaping the line again for each takes a time that grows with the square.
    template <typename Fits>
    static std::optional<std::int32_t> last_of(const std::vector<std::int32_t>& ends, Fits fits) {
        constexpr std::size_t most_one_by_one = 64;
        const std::size_t few = ends.size() - std::min(ends.size(), most_one_by_one);
        for (std::size_t i = ends.size(); i-- > few;)
            if (fits(ends[i])) return ends[i];
        std::optional<std::int32_t> found;
        for (std::size_t first = 0, last = few; first < last;) {
            const std::size_t middle = first + (last - first) / 2;
            if (fits(ends[middle])) {
                found = ends[middle];
                first = middle + 1;
            } else {
                last = middle;
            }
        }
        return found;
    }

    bool parts_badly(std::int32_t at) const {
        return begins_with_dash(text_.text(), at) ||
               (text_.language().keeps_one_letter_words && ends_with_one_letter(text_.text(), at));
    }

    Line line_to(std::int32_t start, std::int32_t at, LineTail tail) const {
        Line line{start, without_blanks(text_.text(), start, at), at, tail, false};
        if (tail == LineTail::none && at > start && text_.text()[static_cast<std::size_t>(at - 1)] == soft_hyphen) {
            line.tail = LineTail::hyphen;
        }
        return line;
    }

    std::vector<std::int32_t> allowed_breaks(std::int32_t start, std::int32_t content_end) {
        const std::vector<std::int32_t>& all = text_.line_breaks();
        std::vector<std::int32_t> ends;
        for (auto at = std::ranges::upper_bound(all, start); at != all.end() && *at < content_end; ++at) {
            if (!text_.starts_cluster(*at)) continue;
            if (text_.near_width(start, without_blanks(text_.text(), start, *at)) > near_limit_) break;
            ends.push_back(*at);
        }
        return ends;
    }

    Line inside_word(std::int32_t start, std::int32_t content_end) {
        const std::vector<std::int32_t> ends = clusters_that_may_fit(start, content_end);
        const auto fits = [&](std::int32_t at) { return text_.width(start, at) <= limit_; };
        const std::int32_t end = last_of(ends, fits).value_or(ends.front());
        return {start, end, end, LineTail::none, true};
    }

    ShapedText& text_;
    bool careful_;
    double width_;
    double limit_;
    double near_limit_;
};

}  // namespace

std::vector<Line> break_lines(ShapedText& text, double width, std::size_t most, Breaks breaks) {
    std::vector<Line> lines;
    Breaker breaker(text, width, breaks);
    const auto length = static_cast<std::int32_t>(text.text().size());
    std::int32_t content_end = -1;
    for (std::int32_t start = 0; start < length && lines.size() < most;) {
        if (content_end < start) content_end = find_line_end(text.text(), start);
        Line line = breaker.next(start, content_end);
        // What is left of a paragraph may be its line end only, which then belongs to the line before it.
        if (line.next >= content_end) line.next = std::min(content_end + 1, length);
        start = line.next;
        lines.push_back(line);
    }
    return lines;
}

Line end_in_ellipsis(ShapedText& text, std::int32_t start, double width) {
    const std::int32_t content_end = find_line_end(text.text(), start);
    const auto length = static_cast<std::int32_t>(text.text().size());
    Breaker breaker(text, width);
    Line line{start, start, length, LineTail::ellipsis, false};
    if (width <= 0) {
        line.end = without_blanks(text.text(), start, content_end);
    } else if (const auto longest = breaker.latest_that_fits(start, breaker.clusters_that_may_fit(start, content_end),
                                                             LineTail::ellipsis)) {
        line.end = longest->end;
    }
    return line;
}

}  // namespace hallcast::text
