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
    std::string name;                 // unique in the layout; chooses the scene ids
    WidgetKind kind = WidgetKind::text;
    Box box;
    int line = 0;                     // where in the file it stands, for errors found later
    Colour colour{255, 255, 255, 255};       // of its text
    Colour background{0, 0, 0, 0};           // alpha 0: none
    Colour highlight{255, 209, 102, 255};    // of what is new
    double text_size = 48;            // canvas units
    double padding = 0;
    double radius = 0;
    bool bold = false;
    std::string align = "start";      // start, centre, end
    int rows = 8;                     // board
    double speed = 200;               // ticker, canvas units per second
    double seconds = 10;              // call: how long a call stays big; text: how long each language stays
    std::string text_id;              // text: of content/texts, or "office_name", "hall_name"
    std::map<std::string, std::string> texts;  // text, ticker: the widget's own, by language; a ticker's default is the hall's texts
    std::vector<std::string> languages;        // that rotate or run; empty: the hall's
    std::string format = "HH:mm";     // clock: ICU date pattern
    std::string file;                 // image: a path beside the layout
};

struct Layout {
    std::string name;
    double width = 1920, height = 1080;  // the canvas
    Colour background{11, 37, 69, 255};
    std::vector<Widget> widgets;      // back to front
};

// `file` is for the errors: `hall.yaml:12:5: 'rows' must be 1..12, is 40`.
Expected<Layout> parse_layout(std::string_view yaml, const std::string& file);

// `name` is that of a layout in `directory` (NAME.yaml), else of a shipped one, or a path when it contains '/' or ends in
// .yaml. The error lists the layouts there are.
Expected<Layout> load_layout(const std::string& name, const std::filesystem::path& directory);
std::vector<std::string> shipped_layout_names();

}  // namespace hallcast::layouts
