// How a screen is arranged: widgets with boxes and styles, read from YAML.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/error.h"

namespace hallcast::layouts {

// Limits of the language: a file from the world may not ask for more.
constexpr std::size_t max_file_bytes = 256 * 1024;
constexpr std::size_t max_widgets = 64;
constexpr std::size_t max_languages = 32;
constexpr std::size_t max_text_bytes = 4000;

struct Colour {
    std::uint8_t red = 0, green = 0, blue = 0, alpha = 255;
    bool operator==(const Colour&) const = default;
};

enum class WidgetKind : std::uint8_t { board, call, media, ticker, clock, text, image };

// In the layout's canvas units, which are scaled to whatever the screen has.
struct Box {
    double x = 0, y = 0, width = 0, height = 0;
};

struct Widget {
    std::string name;  // unique in the layout; chooses the scene ids
    WidgetKind kind = WidgetKind::text;
    Box box;
    int line = 0;                          // where in the file it stands, for errors found later
    Colour colour{255, 255, 255, 255};     // of its text
    Colour background{0, 0, 0, 0};         // alpha 0: none
    Colour highlight{255, 209, 102, 255};  // of what is new
    double text_size = 48;                 // canvas units
    double padding = 0;
    double radius = 0;
    bool bold = false;
    std::string align = "start";              // start, centre, end: of reading; left, right
    std::string valign = "middle";            // text: top, middle, bottom
    int max_lines = 0;                        // text: 0 is as many as fit
    int rows = 8;                             // board
    bool heading = false;                     // board: a line over the columns, in the languages in turn
    double heading_size = 36;                 // board, canvas units
    double highlight_seconds = 20;            // board: how long after it a call is new
    Colour highlight_background{0, 0, 0, 0};  // board: behind a new call's row
    Colour divider{0, 0, 0, 0};               // board: the line between rows
    double speed = 200;                       // ticker, canvas units per second
    std::string mark = "\u2022";              // ticker: between two texts
    double seconds = 10;  // call: how long a call stays big; board, text, clock: how long each language stays
    std::string text_id;  // text: of content/texts, or "office_name", "hall_name"
    std::map<std::string, std::string>
        texts;  // text, ticker: the widget's own, by language; a ticker's default is the hall's texts
    std::vector<std::string> languages;  // that rotate or run; empty: the hall's
    std::string format = "HH:mm";        // clock: ICU date pattern
    std::string skeleton;  // clock, instead: ICU skeleton, whose parts each language orders as it is used to

    std::string file;  // image: a PNG file beside the layout; load_layout gives its whole path
};

struct Layout {
    std::string name;
    double width = 1920, height = 1080;  // the canvas
    Colour background{11, 37, 69, 255};
    // Whether a lost or missing connection is written on the screen. Only a layout that shows no calls may say no.
    bool connection_notice = true;
    std::string file;             // where it was read from, for errors found later
    std::vector<Widget> widgets;  // back to front
};

// `file` is for the errors: `hall.yaml:12:5: 'rows' must be 1..12, is 40`.
Expected<Layout> parse_layout(std::string_view yaml, const std::string& file);

// `name` is that of a layout in `directory` (NAME.yaml), else of a shipped one, or a path when it contains '/' or ends
// in .yaml. The error lists the layouts there are.
Expected<Layout> load_layout(const std::string& name, const std::filesystem::path& directory);
std::vector<std::string> shipped_layout_names();

}  // namespace hallcast::layouts
