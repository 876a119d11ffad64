// A text that takes turns in its languages.
#include <algorithm>
#include <optional>

#include "content/texts.h"
#include "player/screen/item_list.h"
#include "player/screen/languages.h"
#include "player/screen/opening_hours.h"

namespace hallcast::screen {

namespace {

// Where a language in turn has no phrase the one before it stays: then the others come when they do everywhere.
template <typename Map>
Phrase phrase_in(const Map& texts, const std::vector<std::string>& turns, std::size_t turn) {
    for (std::size_t back = 0; back < turns.size(); ++back)
        if (auto phrase = find_in(texts, turns[(turn + turns.size() - back) % turns.size()])) return *phrase;
    return find_or_fall_back(texts, turns);
}

// The hall's week may be another one tomorrow: `until` becomes midnight.
std::string hours_in(const std::string& language, const Moment& moment, WallTime& until) {
    const auto time = office_time(moment);
    if (!time) return {};
    until = std::min(until, minutes_on(moment, timetable::minutes_a_day - time->minute));
    return opening_hours(moment.hall()->profile(), time->date, language);
}

Phrase phrase_of(const layouts::Widget& widget, const Moment& moment, const std::vector<std::string>& turns,
                 std::size_t turn, WallTime& until) {
    if (widget.text_id.empty()) return phrase_in(widget.texts, turns, turn);
    if (widget.text_id == "office_name" || widget.text_id == "hall_name") {
        if (!moment.hall()) return {};
        const auto& profile = moment.hall()->profile();
        return phrase_in(widget.text_id == "office_name" ? profile.office_name() : profile.hall_name(), turns, turn);
    }
    if (widget.text_id == "office_hours") return {hours_in(turns[turn], moment, until), turns[turn]};
    return {std::string(content::text(widget.text_id, turns[turn])), turns[turn]};
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
    const auto languages = languages_of(widget, moment.input);
    const auto turn = turn_of(languages.size(), widget.seconds, moment.input.now);
    if (const auto phrase = phrase_of(widget, moment, languages, turn.index, shown.until); !phrase.text.empty()) {
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
