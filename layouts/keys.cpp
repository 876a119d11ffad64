#include "layouts/keys.h"

#include <array>

namespace hallcast::layouts {

namespace {

using enum WidgetKind;

constexpr KindSet with_text{board, call, counter, ticker, waiting, clock, text, languages, message};
constexpr KindSet aligned{call, counter, clock, text, languages};
constexpr KindSet in_turn{board, call, waiting, clock, text, languages};
constexpr KindSet highlighting{board, call, counter, ticker, languages};

std::vector<Key> made_keys() {
    return {
        {"background", &Widget::background, KindSet::all(), "colour behind it; none if not given"},
        {"padding", &Widget::padding, KindSet::all(), "canvas units between its edge and what is in it", 0, 1000},
        {"radius", &Widget::radius, KindSet::all(), "of the background's corners, in canvas units", 0, 1000},
        {"transition",
         &Widget::transition,
         KindSet::all(),
         "how it comes, goes and changes",
         0,
         0,
         {"cut", "fade", "slide", "grow"}},
        {"transition_seconds", &Widget::transition_seconds, KindSet::all(), "how long that takes", 0.05, 3},
        {"colour", &Widget::colour, {board, call, counter, ticker, waiting, clock, text, languages, qr}, "of the text"},
        {"text_size", &Widget::text_size, with_text, "height of the letters' line, in canvas units", 8, 1000},
        {"bold", &Widget::bold, {board, call, counter, ticker, waiting, clock, text, languages}, "strong letters"},
        {"align",
         &Widget::align,
         aligned,
         "start and end are of reading, so that Arabic starts on the right",
         0,
         0,
         {"start", "centre", "end", "left", "right"}},
        {"valign", &Widget::valign, {text, languages}, "where in its height", 0, 0, {"top", "middle", "bottom"}},
        {"max_lines", &Widget::max_lines, {text}, "how many lines at most; 0: as many as fit", 0, 100},
        {"rows", &Widget::rows, {board, waiting}, "how many rows there is room for", 1, 12},
        {"group", &Widget::group, {board}, "calls of the same together", 0, 0, {"none", "service", "counter"}},
        {"pages", &Widget::pages, {board}, "what has no room comes in turn, each page for `seconds`"},
        {"services", &Widget::services, {board, waiting}, "ids of those that are shown; all if not given", 0, 40},
        {"counters", &Widget::counters, {board}, "numbers of those that are shown; all if not given", 1, 9999},
        {"blink",
         &Widget::blink,
         {board},
         "how often a second a new call's row blinks; more than 3 is refused by "
         "`layout check`",
         0,
         10},
        {"heading", &Widget::heading, {board, waiting}, "a line over the columns, in the languages in turn"},
        {"heading_size", &Widget::heading_size, {board, waiting}, "height of the heading's line", 8, 1000},
        {"highlight", &Widget::highlight, highlighting, "colour of what is new, or of the number"},
        {"highlight_background", &Widget::highlight_background, {board, counter, languages}, "behind what is new"},
        {"highlight_seconds", &Widget::highlight_seconds, {board, counter}, "how long a call is new", 0, 3600},
        {"divider", &Widget::divider, {board, waiting}, "colour of the line between rows"},
        {"way", &Widget::way, {call}, "where the counter is, as text and picture"},
        {"way_words", &Widget::way_words, {call}, "false: of the way its arrow alone, where there is room for it"},
        {"least_seconds",
         &Widget::least_seconds,
         {call},
         "how long a call stays big, at least, when others wait for their turn",
         0.5,
         60},
        {"estimates", &Widget::estimates, {waiting}, "how long, beside how many"},
        {"speed", &Widget::speed, {ticker}, "canvas units a second", 1, 2000},
        {"mark", &Widget::mark, {ticker}, "what stands between two texts", 0, 16},
        {"seconds", &Widget::seconds, in_turn,
         "how long a call stays big; else each language, or page, if not as long as the screen takes to read", 1, 3600},
        {"text",
         &Widget::text_id,
         {text},
         "office_name, hall_name, office_hours, or one of the program's own texts",
         0,
         200},
        {"texts",
         &Widget::texts,
         {text, ticker},
         "its own, by language: {pl: ..., en: ...}; a ticker's default is the hall's"},
        {"languages",
         &Widget::languages,
         {board, ticker, waiting, clock, text, languages},
         "list of languages, instead of the hall's"},
        {"format", &Widget::format, {clock}, "an ICU date pattern", 0, 200},
        {"skeleton",
         &Widget::skeleton,
         {clock},
         "instead of a format: its parts alone, which each language orders as it is used to",
         0,
         200},
        {"data", &Widget::data, {qr}, "what the code says, such as an address", 0, 1000},
        {"file", &Widget::file, {image}, "a PNG file in the layout's folder", 0, 200},
    };
}

constexpr std::array<KindWord, 15> words_of_kinds{{
    {board, "board", "a board", "the calls, the newest on top"},
    {call, "call", "a call", "the newest call, big, while it is new"},
    {counter, "counter", "a counter", "this screen's own counter, its number and whom it calls (--counter)"},
    {media, "media", "a media", "films, pictures and streams"},
    {sign, "sign", "a sign", "the call in sign language"},
    {ticker, "ticker", "a ticker", "texts that run along a line"},
    {waiting, "waiting", "a waiting", "how many wait for each service, and how long"},
    {clock, "clock", "a clock", "time or date"},
    {text, "text", "a text", "a text that takes turns in its languages"},
    {image, "image", "an image", "a still picture"},
    {qr, "qr", "a qr", "a QR code"},
    {languages, "languages", "a languages", "the languages that take turns, and whose turn it is"},
    {message, "message", "a message", "what staff tell everybody, while it holds"},
    {connection, "connection", "a connection", "that the numbers may be old, and what to do"},
    {panel, "panel", "a panel", "an area in its background colour"},
}};

}  // namespace

std::span<const KindWord> kind_words() { return words_of_kinds; }
std::string_view name_of(WidgetKind kind) { return words_of_kinds[std::size_t(kind)].word; }

std::span<const Key> widget_keys() {
    static const std::vector<Key> keys = made_keys();
    return keys;
}

std::vector<std::string_view> keys_of(WidgetKind kind) {
    std::vector<std::string_view> names{"kind"};
    names.insert(names.end(), node_keys.begin(), node_keys.end());
    for (const Key& key : widget_keys())
        if (key.kinds.has(kind)) names.push_back(key.name);
    return names;
}

}  // namespace hallcast::layouts
