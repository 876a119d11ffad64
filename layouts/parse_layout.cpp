// The layout language: which keys there are, for which kind of widget, and what they may hold.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "layouts/yaml_reader.h"

namespace hallcast::layouts {

namespace {

using namespace std::string_view_literals;

struct Kind {
    std::string_view name;
    std::string_view with_article;
    WidgetKind kind;
    std::vector<std::string_view> keys;  // beside those that every widget has
};

constexpr std::array common_keys{"name"sv, "kind"sv, "box"sv, "background"sv, "padding"sv, "radius"sv};
constexpr std::array layout_keys{"canvas"sv, "background"sv, "connection_notice"sv, "widgets"sv};
constexpr std::array aligns{"start"sv, "centre"sv, "end"sv, "left"sv, "right"sv};
constexpr std::array valigns{"top"sv, "middle"sv, "bottom"sv};

const std::array<Kind, 7>& kinds() {
    static const std::array<Kind, 7> all{{
        {"board",
         "a board",
         WidgetKind::board,
         {"colour", "text_size", "bold", "rows", "highlight", "highlight_background", "highlight_seconds", "heading",
          "heading_size", "divider", "languages", "seconds"}},
        {"call", "a call", WidgetKind::call, {"colour", "text_size", "bold", "align", "highlight", "seconds"}},
        {"media", "a media", WidgetKind::media, {}},
        {"ticker",
         "a ticker",
         WidgetKind::ticker,
         {"colour", "text_size", "bold", "highlight", "speed", "mark", "languages", "texts"}},
        {"clock",
         "a clock",
         WidgetKind::clock,
         {"colour", "text_size", "bold", "align", "format", "skeleton", "languages", "seconds"}},
        {"text",
         "a text",
         WidgetKind::text,
         {"colour", "text_size", "bold", "align", "valign", "max_lines", "text", "texts", "languages", "seconds"}},
        {"image", "an image", WidgetKind::image, {"file"}},
    }};
    return all;
}

const Kind& kind_of(const MappingReader& reader) {
    std::vector<std::string_view> names;
    for (const auto& kind : kinds()) names.push_back(kind.name);
    std::string name;
    reader.choice("kind", name, names);
    return *std::ranges::find(kinds(), std::string_view(name), &Kind::name);
}

void read_box(const MappingReader& reader, const Layout& layout, Box& box) {
    const auto edges = reader.numbers("box", 4, "[x, y, width, height]");
    if (!edges) return;
    box = {(*edges)[0], (*edges)[1], (*edges)[2], (*edges)[3]};
    if (box.width <= 0 || box.height <= 0) reader.mistake("box", "has a width and a height above 0");
    if (box.x < 0 || box.y < 0 || box.x + box.width > layout.width || box.y + box.height > layout.height) {
        reader.mistake("box",
                       fmt::format("must lie inside the canvas of {} x {}, reaches from {},{} to {},{}", layout.width,
                                   layout.height, box.x, box.y, box.x + box.width, box.y + box.height));
    }
}

void read_style(const MappingReader& reader, Widget& widget) {
    reader.colour("colour", widget.colour);
    reader.colour("background", widget.background);
    reader.colour("highlight", widget.highlight);
    reader.colour("highlight_background", widget.highlight_background);
    reader.colour("divider", widget.divider);
    reader.number("text_size", widget.text_size, 8, 1000);
    reader.number("heading_size", widget.heading_size, 8, 1000);
    reader.number("padding", widget.padding, 0, 1000);
    reader.number("radius", widget.radius, 0, 1000);
    reader.flag("bold", widget.bold);
    reader.choice("align", widget.align, aligns);
    reader.choice("valign", widget.valign, valigns);
}

void read_behaviour(const MappingReader& reader, Widget& widget) {
    reader.integer("rows", widget.rows, 1, 12);
    reader.flag("heading", widget.heading);
    reader.number("highlight_seconds", widget.highlight_seconds, 0, 3600);
    reader.number("speed", widget.speed, 1, 2000);
    reader.text("mark", widget.mark, 16);
    reader.number("seconds", widget.seconds, 1, 3600);
    reader.integer("max_lines", widget.max_lines, 0, 100);
    reader.text("text", widget.text_id);
    reader.texts("texts", widget.texts);
    reader.languages("languages", widget.languages);
    reader.text("format", widget.format);
    reader.text("skeleton", widget.skeleton);
    reader.text("file", widget.file);
}

// What no single key can say.
void check_whole(const MappingReader& reader, const Widget& widget) {
    if (widget.kind == WidgetKind::text) {
        if (reader.has("text") && reader.has("texts")) reader.mistake("texts", "and 'text' exclude each other");
        if (!reader.has("text")) reader.require("texts");
    }
    if (reader.has("format") && reader.has("skeleton")) reader.mistake("skeleton", "and 'format' exclude each other");
    if (widget.kind == WidgetKind::image) {
        reader.require("file");
        const std::filesystem::path path(widget.file);
        if (path.is_absolute() || std::ranges::find(path, "..") != path.end()) {
            reader.mistake("file",
                           "names a PNG file in the layout's own folder, without '/' in front and without '..'");
        }
    }
    if (2 * widget.padding >= std::min(widget.box.width, widget.box.height)) {
        reader.mistake("padding", "leaves nothing of the box");
    }
}

Widget read_widget(const std::string& file, const YAML::Node& node, const Layout& layout) {
    const MappingReader any(file, node, "a widget");
    any.require("kind");
    const Kind& kind = kind_of(any);
    const MappingReader reader(file, node, std::string(kind.with_article));
    std::vector<std::string_view> keys(common_keys.begin(), common_keys.end());
    keys.insert(keys.end(), kind.keys.begin(), kind.keys.end());
    reader.allow_only(keys);
    reader.require("name");
    reader.require("box");

    Widget widget;
    widget.kind = kind.kind;
    widget.line = reader.mark().line + 1;
    reader.text("name", widget.name, 60);
    for (const auto& other : layout.widgets) {
        if (other.name == widget.name) {
            reader.mistake("name", fmt::format("'{}' is taken by the widget in line {}", widget.name, other.line));
        }
    }
    read_box(reader, layout, widget.box);
    read_style(reader, widget);
    read_behaviour(reader, widget);
    check_whole(reader, widget);
    return widget;
}

void read_canvas(const MappingReader& reader, Layout& layout) {
    const auto canvas = reader.numbers("canvas", 2, "[width, height]");
    if (!canvas) return;
    for (const double side : *canvas) {
        if (side < 16 || side > 16384) reader.mistake("canvas", fmt::format("has sides of 16..16384, has {}", side));
    }
    layout.width = (*canvas)[0];
    layout.height = (*canvas)[1];
}

bool shows_calls(const Widget& widget) { return widget.kind == WidgetKind::board || widget.kind == WidgetKind::call; }

Layout read_layout(const YAML::Node& root, const std::string& file) {
    const MappingReader reader(file, root, "a layout");
    reader.allow_only(layout_keys);
    reader.require("widgets");
    Layout layout;
    layout.file = file;
    layout.name = std::filesystem::path(file).stem().string();
    read_canvas(reader, layout);
    reader.colour("background", layout.background);
    reader.flag("connection_notice", layout.connection_notice);
    for (const auto& node : reader.list("widgets", max_widgets)) {
        layout.widgets.push_back(read_widget(file, node, layout));
    }
    if (!layout.connection_notice && std::ranges::any_of(layout.widgets, shows_calls)) {
        reader.mistake("connection_notice", "must be true where calls are shown: they may be old");
    }
    return layout;
}

}  // namespace

Expected<Layout> parse_layout(std::string_view yaml, const std::string& file) {
    if (yaml.size() > max_file_bytes) {
        return fail("{}:1:1: a layout has at most {} bytes, this has {}", file, max_file_bytes, yaml.size());
    }
    try {
        return read_layout(YAML::Load(std::string(yaml)), file);
    } catch (const LayoutMistake& mistake) {
        return std::unexpected(Error{mistake.message});
    } catch (const YAML::Exception& exception) {
        return fail("{}:{}:{}: not readable as YAML: {}", file, std::max(exception.mark.line, 0) + 1,
                    std::max(exception.mark.column, 0) + 1, exception.msg);
    }
}

}  // namespace hallcast::layouts
