// A text that takes turns in its languages.
#include <algorithm>
#include <optional>

#include "content/texts.h"
#include "player/screen/item_list.h"
#include "player/screen/languages.h"
#include "player/screen/opening_hours.h"

namespace hallcast::screen {

namespace {

// One phrase for each language that has one; else the one to fall back to.
template <typename Map>
std::vector<Phrase> phrases_in(const Map& texts, const std::vector<std::string>& languages) {
    std::vector<Phrase> phrases;
    for (const auto& language : languages) {
        if (auto phrase = find_in(texts, language)) phrases.push_back(*phrase);
    }
    if (phrases.empty()) phrases.push_back(find_or_fall_back(texts, languages));
    return phrases;
}

std::optional<OfficeTime> office_time_of(const Moment& moment) {
    using namespace std::chrono;
    const auto now = floor<milliseconds>(moment.input.now + moment.input.master_ahead);
    return office_time(moment.hall()->profile(), now.time_since_epoch().count());
}

// The hall's week may be another one tomorrow.
std::vector<Phrase> phrases_of_hours(const std::vector<std::string>& languages, const Moment& moment, WallTime& until) {
    std::vector<Phrase> phrases;
    const auto time = moment.hall() ? office_time_of(moment) : std::nullopt;
    if (!time) return phrases;
    const std::chrono::minutes left(timetable::minutes_a_day - time->minute);
    until = std::min(until, WallTime(std::chrono::floor<std::chrono::minutes>(moment.input.now) + left));
    for (const auto& language : languages) {
        if (auto text = opening_hours(moment.hall()->profile(), time->date, language); !text.empty())
            phrases.push_back({std::move(text), language});
    }
    return phrases;
}

// `until` becomes earlier where they change by themselves.
std::vector<Phrase> phrases_of(const layouts::Widget& widget, const Moment& moment, WallTime& until) {
    // A widget with its own texts shows all of them, unless it or the hall chooses.
    const auto languages = languages_of(widget, moment.input);
    if (widget.text_id.empty()) return phrases_in(widget.texts, languages);
    if (widget.text_id == "office_name" || widget.text_id == "hall_name") {
        if (!moment.hall()) return {};
        const auto& profile = moment.hall()->profile();
        return phrases_in(widget.text_id == "office_name" ? profile.office_name() : profile.hall_name(), languages);
    }
    if (widget.text_id == "office_hours") return phrases_of_hours(languages, moment, until);
    std::vector<Phrase> phrases;
    for (const auto& language : languages) {
        phrases.push_back({std::string(content::text(widget.text_id, language)), language});
    }
    return phrases;
}

Level level_of(const std::string& valign) {
    return valign == "top" ? Level::top : valign == "bottom" ? Level::bottom : Level::middle;
}

}  // namespace

Shown show_text(const Place& place, const Moment& moment) {
    const auto& widget = place.widget;
    ItemList items(place, moment.typesetter);
    items.ground();
    Shown shown;
    if (const auto phrases = phrases_of(widget, moment, shown.until); !phrases.empty()) {
        const auto turn = turn_of(phrases.size(), widget.seconds, moment.input.now);
        const auto& phrase = phrases[turn.index];

        const Side side = side_of(widget.align, is_right_to_left(phrase.language));
        items.text("text", 0, inset(place.box, place.pixels(widget.padding), place.pixels(widget.padding)),
                   {.utf8 = phrase.text,
                    .language = phrase.language,
                    .size_px = widget.text_size * place.scale,
                    .bold = widget.bold,
                    .colour = to_picture(widget.colour),
                    .side = side,
                    .level = level_of(widget.valign),
                    .max_lines = widget.max_lines});
        shown.until = std::min(shown.until, turn.until);
    }
    shown.items = items.take();
    return shown;
}

}  // namespace hallcast::screen
