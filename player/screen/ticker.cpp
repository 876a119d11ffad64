// The line that runs along the screen: the hall's texts, each in every language, without end and without a jump.
#include <unicode/brkiter.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "player/screen/item_list.h"
#include "player/screen/languages.h"
#include "player/screen/letter_size.h"

namespace hallcast::screen {

namespace {

constexpr std::size_t max_pieces = 200;     // of a line; more would not come by within an hour
constexpr std::uint64_t cycles_apart = 64;  // two copies of a piece seen at once are nearer than this

template <typename Map>
void append_in_languages(const Map& texts, const std::vector<std::string>& languages, std::vector<Phrase>& phrases) {
    bool any = false;
    for (const auto& language : languages) {
        if (phrases.size() >= max_pieces) return;
        if (auto phrase = find_in(texts, language)) {
            phrases.push_back(*phrase);
            any = true;
        }
    }
    // A notice of the office must not vanish because nobody has translated it.
    if (!any) {
        if (auto phrase = find_or_fall_back(texts, languages); !phrase.text.empty())
            phrases.push_back(std::move(phrase));
    }
}

std::vector<Phrase> ticker_phrases(const layouts::Widget& widget, const Moment& moment) {
    const auto languages = listed_languages(widget, moment.input);
    std::vector<Phrase> phrases;
    if (!widget.texts.empty()) {
        append_in_languages(widget.texts, languages, phrases);
    } else if (moment.hall()) {
        for (const auto& text : moment.hall()->profile().ticker()) append_in_languages(text.text(), languages, phrases);
    }
    return phrases;
}

// Sets the pieces one after another on the line, all on one baseline.
class Line {
  public:
    Line(const Place& place, text::Typesetter& typesetter)
        : place_(place), typesetter_(typesetter), size_px_(place.widget.text_size * place.scale) {}

    void append(const Phrase& phrase, const layouts::Colour& colour) {
        auto paragraph = typesetter_.set(
            phrase.text,
            {float(size_px_), place_.widget.bold ? text::Weight::bold : text::Weight::regular, phrase.language},
            {.max_lines = 1});
        const int width = std::max(1, int(std::ceil(paragraph->width)));
        const int overhang = int(size_px_ / 8) + 1;
        const float top = float(top_of(*paragraph));
        rolling_.items.push_back({item_id(place_.id, "piece", rolling_.items.size()),
                                  {end_ - overhang, place_.box.y, width + 2 * overhang, place_.box.height},
                                  picture::Text{std::move(paragraph), float(end_), top, to_picture(colour)}});
        end_ += width + gap();
    }

    Rolling take() {
        // A short line keeps to once on the screen at a time.
        rolling_.length = rolling_.items.empty() ? 0 : std::max(end_, place_.box.width);
        rolling_.speed = place_.widget.speed * place_.scale;
        return std::move(rolling_);
    }

  private:
    int gap() const { return std::max(1, int(size_px_ * 0.6)); }

    // Capitals in the middle of the box, as long as the highest marks and the lowest tails stay inside.
    int top_of(const text::Paragraph& paragraph) const {
        const double baseline = place_.box.y + place_.box.height / 2.0 + capital_height / 2 * size_px_;
        const int spare = std::max(0, place_.box.height - int(std::ceil(paragraph.height)));
        return std::clamp(int(std::lround(baseline - paragraph.baseline)), place_.box.y, place_.box.y + spare);
    }

    const Place& place_;
    text::Typesetter& typesetter_;
    double size_px_;
    int end_ = 0;
    Rolling rolling_;
};

// A text that stands, for who cannot read one that runs.
Wording standing(std::string_view utf8, const std::string& language, const Place& place) {
    return {.utf8 = utf8,
            .language = language,
            .size_px = place.widget.text_size * place.scale,
            .bold = place.widget.bold,
            .colour = to_picture(place.widget.colour),
            .side = Side::centre,
            .max_lines = 0,
            .smallest = 0.6};
}

bool has_room(const Wording& wording, const picture::ScreenRect& box, text::Typesetter& typesetter) {
    return !typesetter
                .set(wording.utf8, style_of(wording),
                     {float(box.width), float(box.height), wording.max_lines, text::Align::centre,
                      float(wording.size_px * wording.smallest)})
                ->truncated;
}

// The text in as few parts as have room, cut where a line may end.
std::vector<std::string> parts_of(const Phrase& phrase, const Place& place, const picture::ScreenRect& box,
                                  text::Typesetter& typesetter) {
    const auto fits = [&](const std::string& part) {
        return has_room(standing(part, phrase.language, place), box, typesetter);
    };
    if (fits(phrase.text)) return {phrase.text};
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<icu::BreakIterator> breaks(
        icu::BreakIterator::createLineInstance(icu::Locale(phrase.language.c_str()), status));
    if (U_FAILURE(status)) return {phrase.text};
    const auto text = icu::UnicodeString::fromUTF8(phrase.text);
    breaks->setText(text);
    std::vector<std::int32_t> ends;
    for (auto end = breaks->next(); end != icu::BreakIterator::DONE; end = breaks->next()) ends.push_back(end);
    std::vector<std::string> parts;
    std::int32_t begin = 0;
    for (auto end = ends.begin(); end != ends.end();) {
        const auto part = [&](std::int32_t until) {
            std::string utf8;
            return text.tempSubStringBetween(begin, until).trim().toUTF8String(utf8);
        };
        auto beyond = std::partition_point(end, ends.end(), [&](std::int32_t until) { return fits(part(until)); });
        if (beyond == end) ++beyond;  // one word alone is cut
        parts.push_back(part(*std::prev(beyond)));
        begin = *std::prev(beyond);
        end = beyond;
    }
    return parts;
}

// Which of them, one after another since 1970, stands at `now`, and until when. Not empty.
const Phrase& standing_at(const std::vector<Phrase>& phrases, WallTime now, WallTime& until) {
    std::chrono::milliseconds all{0};
    for (const Phrase& one : phrases) all += reading_time(one.text.size());
    until = now - now.time_since_epoch() % WallTime::duration(all);
    for (const Phrase& one : phrases) {
        until += reading_time(one.text.size());
        if (now < until) return one;
    }
    return phrases.back();
}

// One text after another, each for as long as it takes to read.
Shown show_standing(const Place& place, const Moment& moment) {
    ItemList items(place, moment.typesetter);
    items.ground();
    Shown shown;
    const auto phrases = ticker_phrases(place.widget, moment);
    const auto box = inset(place.box, place.pixels(place.widget.padding + place.widget.text_size / 2),
                           place.pixels(place.widget.padding));
    if (!phrases.empty() && !box.empty()) {
        const Phrase& phrase = standing_at(phrases, moment.input.now, shown.until);
        const auto parts = parts_of(phrase, place, box, moment.typesetter);
        const auto length = reading_time(phrase.text.size()) / std::int64_t(parts.size());
        const WallTime begin = shown.until - reading_time(phrase.text.size());
        const auto part =
            std::clamp<std::int64_t>((moment.input.now - begin) / length, 0, std::int64_t(parts.size()) - 1);
        if (part + 1 < std::int64_t(parts.size())) shown.until = std::min(shown.until, begin + length * (part + 1));
        items.text("standing", 0, box, standing(parts[std::size_t(part)], phrase.language, place));
    }
    shown.items = items.take();
    return shown;
}

}  // namespace

Shown show_ticker(const Place& place, const Moment& moment) {
    if (moment.reduced_motion) return show_standing(place, moment);
    ItemList items(place, moment.typesetter);
    items.ground();
    Line line(place, moment.typesetter);
    for (const auto& phrase : ticker_phrases(place.widget, moment)) {
        line.append(phrase, place.widget.colour);
        line.append({place.widget.mark, "en"}, place.widget.highlight);
    }
    return {.items = items.take(), .until = WallTime::max(), .rolling = line.take()};
}

void roll(const Rolling& rolling, const picture::ScreenRect& box, std::chrono::nanoseconds motion,
          std::vector<picture::Item>& items) {
    if (rolling.length <= 0) return;
    // Doubles hold nanoseconds of ten years to the microsecond: far below a pixel.
    const double way = std::floor(double(motion.count()) * 1e-9 * rolling.speed);
    const double cycle = std::floor(way / rolling.length);
    const int offset = int(way - cycle * rolling.length);
    // One copy to the left of the first: its last piece may stand over the line's end.
    for (int copy = -1; copy * rolling.length - offset <= box.width + rolling.length; ++copy) {
        const int shift = box.x + copy * rolling.length - offset;
        const auto turn = std::uint64_t(std::int64_t(cycle) + copy) % cycles_apart;
        for (const auto& piece : rolling.items) {
            picture::Item item = {piece.id, piece.box, {}};
            item.box.x += shift;
            item.box = intersection(item.box, box);
            if (item.box.empty()) continue;
            auto text = std::get<picture::Text>(piece.content);
            text.x += float(shift);
            item.id = item_id(piece.id, "turn", turn);
            item.content = std::move(text);
            items.push_back(std::move(item));
        }
    }
}

}  // namespace hallcast::screen
