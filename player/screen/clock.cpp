// The hall's time, and its date in the languages in turn.
#include <unicode/smpdtfmt.h>
#include <unicode/timezone.h>
#include <unicode/udisplaycontext.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "player/screen/item_list.h"
#include "player/screen/languages.h"

namespace hallcast::screen {

namespace {

// The pattern's letters outside of quotes: "HHmm" of "HH:mm 'o''clock'".
std::string pattern_letters(const std::string& pattern) {
    std::string letters;
    bool quoted = false;
    for (const char c : pattern) {
        if (c == '\'') quoted = !quoted;
        if (!quoted && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) letters += c;
    }
    return letters;
}

bool has_any(const std::string& letters, std::string_view of) { return letters.find_first_of(of) != std::string::npos; }

WallTime next_multiple(WallTime now, WallTime::duration step) {
    auto past = now.time_since_epoch() % step;
    if (past < WallTime::duration::zero()) past += step;
    return now - past + step;
}

// Null when ICU cannot use the widget's pattern.
std::unique_ptr<icu::DateFormat> make_format(const layouts::Widget& widget, const std::string& language,
                                             const std::string& zone) {
    UErrorCode status = U_ZERO_ERROR;
    // Plain English as in Europe, the day before the month.
    auto locale = locale_of(language == "en" ? "en-150" : language, status);
    // The calendar of the office's letters and appointments, also in languages with one of their own (fa, th).
    locale.setKeywordValue("calendar", "gregorian", status);
    if (U_FAILURE(status)) return nullptr;
    std::unique_ptr<icu::DateFormat> format;
    if (widget.skeleton.empty()) {
        format = std::make_unique<icu::SimpleDateFormat>(icu::UnicodeString::fromUTF8(widget.format), locale, status);
    } else {
        format.reset(
            icu::DateFormat::createInstanceForSkeleton(icu::UnicodeString::fromUTF8(widget.skeleton), locale, status));
    }
    if (U_FAILURE(status)) return nullptr;
    format->adoptTimeZone(icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(zone)));
    format->setContext(UDISPCTX_CAPITALIZATION_FOR_STANDALONE, status);
    if (U_FAILURE(status)) return nullptr;
    return format;
}

// Kept: making one takes longer than all else of a scene, and a hall has a few in turn. Each thread has its own, since
// screens of several may be asked at once.
const icu::DateFormat* format_of(const layouts::Widget& widget, const std::string& language, const std::string& zone) {
    constexpr std::size_t most_known = 64;
    static thread_local std::map<std::array<std::string, 4>, std::unique_ptr<icu::DateFormat>> known;
    const std::array key{widget.skeleton, widget.format, language, zone};
    if (const auto found = known.find(key); found != known.end()) return found->second.get();
    if (known.size() >= most_known) known.clear();
    return (known[key] = make_format(widget, language, zone)).get();
}

std::optional<std::string> formatted(const layouts::Widget& widget, const std::string& language,
                                     const std::string& zone, WallTime time) {
    const icu::DateFormat* format = format_of(widget, language, zone);
    if (!format) return std::nullopt;
    UErrorCode status = U_ZERO_ERROR;
    using namespace std::chrono;
    icu::UnicodeString written;
    icu::FieldPositionIterator* no_positions = nullptr;
    format->format(UDate(duration_cast<milliseconds>(time.time_since_epoch()).count()), written, no_positions, status);
    if (U_FAILURE(status)) return std::nullopt;
    std::string utf8;
    return written.toUTF8String(utf8);
}

}  // namespace

bool can_be_a_clock(const layouts::Widget& widget) { return formatted(widget, "en", "UTC", WallTime{}).has_value(); }

Shown show_clock(const Place& place, const Moment& moment) {
    const auto& widget = place.widget;
    ItemList items(place, moment.typesetter);
    items.ground();
    Shown shown;
    // Before the hall's time zone is known no time is better than a wrong one.
    if (moment.hall()) {
        using namespace std::chrono_literals;
        const auto letters = pattern_letters(widget.skeleton.empty() ? widget.format : widget.skeleton);
        const auto languages = languages_of(widget, moment.input);
        // Figures alone stay in one font, and need no waking up for.
        const bool has_words = has_any(letters, "GELMcaBbzvVOqQ");
        const auto turn = has_words ? turn_of(languages.size(), widget.seconds, moment.input.now) : Turn{};
        const std::string language = has_words ? languages[turn.index] : "en";
        const auto& zone = moment.hall()->profile().time_zone();
        const auto text = formatted(widget, language, zone, moment.input.now).value_or("");
        items.text("clock", 0, inset(place.box, place.pixels(widget.padding), place.pixels(widget.padding)),
                   {.utf8 = text,
                    .language = language,
                    .size_px = widget.text_size * place.scale,
                    .bold = widget.bold,
                    .colour = to_picture(widget.colour),
                    // A clock stays at its side of the screen, whatever direction its language has.
                    .side = side_of(widget.align == "start" ? "left"
                                    : widget.align == "end" ? "right"
                                                            : widget.align,
                                    false)});
        const auto step = has_any(letters, "S")    ? WallTime::duration(100ms)
                          : has_any(letters, "sA") ? 1s
                                                   : WallTime::duration(1min);
        shown.until = std::min(turn.until, next_multiple(moment.input.now, step));
    }
    shown.items = items.take();
    return shown;
}

}  // namespace hallcast::screen
