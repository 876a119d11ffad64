// How a screen is arranged: what a layout file says, and what becomes of it on a screen of a certain size.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "layouts/condition.h"
#include "protocol/base/error.h"

namespace hallcast::layouts {

// Limits of the language: a file from the world may not ask for more.
constexpr std::size_t max_file_bytes = 256 * 1024;
constexpr std::size_t max_widgets = 64;  // of a variant
constexpr std::size_t max_languages = 32;
constexpr std::size_t max_text_bytes = 4000;
constexpr std::size_t max_variants = 8;

struct Colour {
    std::uint8_t red = 0, green = 0, blue = 0, alpha = 255;
    bool operator==(const Colour&) const = default;
};

enum class WidgetKind : std::uint8_t {
    board,
    call,
    counter,
    media,
    sign,
    ticker,
    waiting,
    clock,
    text,
    image,
    qr,
    languages,
    message,
    connection,
    panel
};
std::string_view name_of(WidgetKind kind);

// In the layout's canvas units, which are scaled to whatever the screen has.
struct Box {
    double x = 0, y = 0, width = 0, height = 0;
    double right() const { return x + width; }
    double bottom() const { return y + height; }
    bool operator==(const Box&) const = default;
};

// What a layout says of one widget. Which kinds know which of these is said by the table in keys.cpp.
struct Widget {
    std::string name;  // unique in the layout; chooses the scene ids
    WidgetKind kind = WidgetKind::text;
    Box box;          // on an arranged screen
    FilePlace place;  // where in the file it stands
    // Where in the file each of its values stands that is not the default: its own key's, or that of its style.
    std::map<std::string, FilePlace, std::less<>> places;
    std::vector<Condition> when;           // it is shown while all of them hold
    Colour colour{255, 255, 255, 255};     // of its text
    Colour background{0, 0, 0, 0};         // alpha 0: none
    Colour highlight{255, 209, 102, 255};  // of what is new
    double text_size = 48;                 // canvas units
    double padding = 0;
    double radius = 0;
    bool bold = false;
    std::string align = "start";              // start, centre, end: of reading; left, right
    std::string valign = "middle";            // top, middle, bottom
    int max_lines = 0;                        // 0 is as many as fit
    int rows = 8;                             // board, waiting
    std::string group = "none";               // board: none, service, counter
    bool pages = false;                       // board: what has no room is shown in turn
    std::vector<std::string> services;        // board, waiting: ids; empty: all
    std::vector<int> counters;                // board: numbers; empty: all
    double blink = 0;                         // board: how often a second a new call's row does
    bool heading = false;                     // a line over the columns, in the languages in turn
    double heading_size = 36;                 // canvas units
    double highlight_seconds = 20;            // board: how long after it a call is new
    Colour highlight_background{0, 0, 0, 0};  // behind what is new
    Colour divider{0, 0, 0, 0};               // the line between rows
    bool way = false;                         // call: where the counter is, as text and picture
    bool way_words = true;                    // call: false: of the way its arrow alone, where there is room for it
    double least_seconds = 1.5;               // call: and at least for so long when others wait for their turn
    bool estimates = true;                    // waiting: how long, beside how many
    double speed = 200;                       // ticker, canvas units per second
    std::string mark = "\u2022";              // ticker: between two texts
    // call: how long a call stays big; else how long each language, or page, stays, where it is given: otherwise as
    // long as the screen's texts take to read.
    double seconds = 10;
    std::string text_id;  // text: of content/texts, or "office_name", "hall_name"
    // The widget's own, by language; a ticker's default is the hall's texts.
    std::map<std::string, std::string> texts;
    std::vector<std::string> languages;  // that rotate or run; empty: the hall's
    std::string format = "HH:mm";        // clock: ICU date pattern
    std::string skeleton;            // clock, instead: ICU skeleton, whose parts each language orders as it is used to
    std::string data;                // qr: what it says
    std::string file;                // image: a PNG file beside the layout; load_layout gives its whole path
    std::string transition = "cut";  // how it comes and goes, and changes: cut, fade, slide, grow
    double transition_seconds = 0.3;
};

// From how far a screen is read, for the checker.
struct Viewing {
    double distance = 0;  // metres, of numbers; 0: not said, nothing is checked
    double near = 0;      // metres, of all other texts; 0: a third of `distance`
    double diagonal = 0;  // inches, of the screen
};

struct Settings {
    double width = 1920, height = 1080;  // the canvas
    Colour background{11, 37, 69, 255};
    double safe = 0;  // canvas units at each side where a display may hide the picture's edge
    // Whether a lost or missing connection is written on the screen. Only a layout that shows no calls may say no.
    bool connection_notice = true;
    bool reduced_motion = false;  // nothing fades, slides or runs
    Viewing viewing;
    std::map<std::string, FilePlace, std::less<>> places;  // of what is said above
};

// A part of the arrangement: a widget, or what divides its area among its children.
struct Node {
    enum class Form : std::uint8_t { widget, rows, columns, stack, grid };
    Form form = Form::widget;
    FilePlace place;
    std::size_t widget = 0;  // index into Variant::widgets, of a widget or of a container's own background
    bool has_background = false;
    std::vector<Node> children;
    double gap = 0, padding = 0;                      // between and around the children, canvas units
    int across = 2;                                   // grid: cells in a row
    std::vector<double> column_weights, row_weights;  // grid: 1 for those that are not said

    // Of its own place in rows and columns: along them.
    std::optional<double> size;  // canvas units or, as `percent`, of the container
    bool percent = false;
    double weight = 1;  // of what is left by those with a size
    bool has_weight = false;
    double least = 0, most = std::numeric_limits<double>::infinity();  // canvas units
    double aspect = 0;                                                 // width / height; 0: any
    int span_across = 1, span_down = 1;                                // grid: cells
    std::optional<Box> box;  // stack: canvas units from the stack's corner, stretched as the canvas is
};

// Which screens a variant is for. Sides in pixels of the upright picture.
struct Shapes {
    double least_aspect = 0, most_aspect = std::numeric_limits<double>::infinity();
    double least_width = 0, most_width = std::numeric_limits<double>::infinity();
    double least_height = 0, most_height = std::numeric_limits<double>::infinity();
    bool have(int width_px, int height_px) const;
};

struct Variant {
    Shapes shapes;
    Settings settings;
    Node root;
    std::vector<Widget> widgets;  // back to front; without boxes
};

struct Layout {
    std::string name;
    std::string file;               // where it was read from, for errors found later
    std::vector<Variant> variants;  // the first whose shapes have the screen is taken; the last is for all others
    const Variant& base() const { return variants.back(); }
    const Variant& variant_for(int width_px, int height_px) const;
};

// Something that is wrong with a layout on a screen of a certain size.
struct ArrangementProblem {
    FilePlace place;
    std::string message;
};

// A layout on a screen: all widgets have their boxes.
struct Arrangement {
    std::string name, file;
    Settings settings;  // width and height: the screen's, in canvas units
    double scale = 1;   // pixels in a canvas unit
    std::vector<Widget> widgets;
    std::vector<ArrangementProblem> problems;
};
// Pure. Letters keep their shape on every screen: the canvas grows at the sides where the screen has more room than it.
Arrangement arrange(const Layout& layout, int width_px, int height_px);

// `file` is for the errors, one in a line: `hall.yaml:12:5: 'rows' must be 1..12, is 40`.
Expected<Layout> parse_layout(std::string_view yaml, const std::string& file);

// `name` is that of a layout in `directory` (NAME.yaml), else of a shipped one, or a path when it contains '/' or ends
// in .yaml. The error lists the layouts there are.
Expected<Layout> load_layout(const std::string& name, const std::filesystem::path& directory);
// The file that load_layout looks for before the shipped layouts, whether or not it is there; empty: none.
std::filesystem::path own_layout_file(const std::string& name, const std::filesystem::path& directory);
std::vector<std::string> shipped_layout_names();

}  // namespace hallcast::layouts
