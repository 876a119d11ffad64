// The layout language: variants, settings, styles, and the tree of containers and widgets.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "layouts/keys.h"
#include "layouts/read_condition.h"
#include "layouts/yaml_reader.h"

namespace hallcast::layouts {

namespace {

constexpr int deepest_node = 16;
constexpr std::size_t max_nodes = 400;      // of a variant, containers among them
constexpr std::size_t max_chain = 32;       // styles of one part, with those that they build on
constexpr std::size_t longest_aspect = 20;  // and its inverse

// Reads a value of the table into its member. True where it was there and right.
struct ReadValue {
    const MappingReader& reader;
    const Key& key;
    Widget& widget;

    bool operator()(double Widget::*member) const { return reader.number(key.name, widget.*member, key.low, key.high); }
    bool operator()(int Widget::*member) const {
        return reader.integer(key.name, widget.*member, int(key.low), int(key.high));
    }
    bool operator()(bool Widget::*member) const { return reader.flag(key.name, widget.*member); }
    bool operator()(Colour Widget::*member) const { return reader.colour(key.name, widget.*member); }
    bool operator()(std::string Widget::*member) const {
        return key.choices.empty() ? reader.text(key.name, widget.*member, std::size_t(key.high))
                                   : reader.choice(key.name, widget.*member, key.choices);
    }
    bool operator()(std::map<std::string, std::string> Widget::*member) const {
        return reader.texts(key.name, widget.*member);
    }
    bool operator()(std::vector<std::string> Widget::*member) const {
        return key.name == "languages" ? reader.languages(key.name, widget.*member)
                                       : reader.words(key.name, widget.*member, std::size_t(key.high));
    }
    bool operator()(std::vector<int> Widget::*member) const {
        return reader.integers(key.name, widget.*member, int(key.low), int(key.high));
    }
};

// One variant of a layout: the file's mapping with what the variant says in front.
class VariantReader {
  public:
    VariantReader(Reading& reading, const MappingReader& reader) : reading_(reading), reader_(reader) {}

    Variant read(const YAML::Node& base_styles, const YAML::Node& own_styles) {
        read_styles(base_styles);
        read_styles(own_styles);
        check_styles();
        read_settings();
        read_root();
        name_widgets();
        const auto shows_calls = [](const Widget& widget) {
            return widget.kind == WidgetKind::board || widget.kind == WidgetKind::call ||
                   widget.kind == WidgetKind::counter;
        };
        if (!variant_.settings.connection_notice && std::ranges::any_of(variant_.widgets, shows_calls))
            reader_.mistake("connection_notice", "must be true where calls are shown: they may be old");
        return std::move(variant_);
    }

  private:
    void read_styles(const YAML::Node& node) {
        if (!node.IsDefined() || node.IsNull()) return;
        const MappingReader given(reading_, node, "'styles'");
        for (const auto& field : given.fields()) styles_[field.key].push_back(field.value);
    }

    // Also those that no widget has.
    void check_styles() {
        std::vector<std::string_view> known{"style"};
        for (const Key& key : widget_keys()) known.push_back(key.name);
        for (const auto key : container_keys)
            if (std::ranges::find(known, key) == known.end()) known.push_back(key);
        for (const auto& [name, nodes] : styles_) {
            for (const auto& node : nodes) {
                const MappingReader style(reading_, node, "a style");
                style.allow_only(known);
                Widget any;
                for (const Key& key : widget_keys()) std::visit(ReadValue{style, key, any}, key.member);
                check_exclusions(style);
                Node container;
                read_division(style, container);
            }
            std::vector<std::string_view> path{name};
            std::vector<MappingReader> chain;
            for (const auto& node : nodes) add_styles(MappingReader(reading_, node, "a style"), chain, path);
        }
    }

    void read_settings() {
        Settings& settings = variant_.settings;
        std::string about;
        reader_.text("about", about, max_text_bytes);
        if (const auto canvas = reader_.numbers("canvas", 2, "[width, height]")) {
            for (const double side : *canvas)
                if (side < 16 || side > 16384)
                    reader_.mistake("canvas", fmt::format("has sides of 16..16384, has {}", side));
            settings.width = std::clamp((*canvas)[0], 16.0, 16384.0);
            settings.height = std::clamp((*canvas)[1], 16.0, 16384.0);
        }
        reader_.colour("background", settings.background);
        reader_.number("safe", settings.safe, 0, std::min(settings.width, settings.height) / 4);
        reader_.flag("connection_notice", settings.connection_notice);
        static constexpr std::array<std::string_view, 2> motions{"full", "reduced"};
        std::string motion = "full";
        reader_.choice("motion", motion, motions);
        settings.reduced_motion = motion == "reduced";
        if (reader_.has("viewing")) {
            const MappingReader viewing(reading_, reader_.node("viewing"), "'viewing'");
            viewing.allow_only(std::array<std::string_view, 3>{"distance", "near", "diagonal"});
            if (viewing.require("distance") && viewing.require("diagonal")) {
                viewing.number("distance", settings.viewing.distance, 0.3, 100);
                viewing.number("diagonal", settings.viewing.diagonal, 5, 300);
                viewing.number("near", settings.viewing.near, 0.3, 100);
            }
        }
        for (const auto key : layout_keys)
            if (reader_.has(key)) settings.places.emplace(key, reader_.place(key));
    }

    void read_root() {
        const auto form = form_of(reader_);
        if (!form)
            return reading_.mistake(reader_.mark(),
                                    fmt::format("a layout needs one of {}", fmt::join(container_forms, ", ")));
        variant_.root.form = *form;
        variant_.root.place = reader_.place(word_of(*form));
        read_container(reader_, variant_.root, {}, 0);
    }

    static std::string_view word_of(Node::Form form) { return container_forms[std::size_t(form) - 1]; }

    std::optional<Node::Form> form_of(const MappingReader& reader) const {
        std::optional<Node::Form> form;
        for (std::size_t i = 0; i < container_forms.size(); ++i) {
            if (!reader.has(container_forms[i])) continue;
            if (form) reader.mistake(container_forms[i], fmt::format("and '{}' exclude each other", word_of(*form)));
            form = Node::Form(i + 1);
        }
        return form;
    }

    // How a container divides its area.
    static void read_division(const MappingReader& reader, Node& node) {
        reader.number("gap", node.gap, 0, 1000);
        reader.number("padding", node.padding, 0, 1000);
        reader.integer("across", node.across, 1, 12);
        for (const auto& [key, weights] :
             {std::pair("column_weights", &node.column_weights), {"row_weights", &node.row_weights}}) {
            const auto given = reader.numbers(key, 0, "a list of weights");
            if (!given) continue;
            if (std::ranges::any_of(*given, [](double weight) { return weight < 0.01 || weight > 1000; }))
                reader.mistake(key, "holds weights of 0.01..1000");
            else
                *weights = *given;
        }
    }

    void read_container(const MappingReader& reader, Node& node, const std::vector<Condition>& when, int depth) {
        read_division(reader, node);
        if (node.form == Node::Form::grid && node.column_weights.size() > std::size_t(node.across))
            reader.mistake("column_weights", fmt::format("has {} weights for the {} columns that 'across' gives",
                                                         node.column_weights.size(), node.across));
        for (const auto& child : reader.list(word_of(node.form), max_widgets))
            if (auto made = read_node(child, node, when, depth + 1)) node.children.push_back(std::move(*made));
    }

    std::optional<Node> read_node(const YAML::Node& written, const Node& in, const std::vector<Condition>& inherited,
                                  int depth) {
        if (++nodes_ > max_nodes || depth > deepest_node) {
            if (nodes_ == max_nodes + 1 || depth > deepest_node)
                reading_.mistake(written.Mark(),
                                 fmt::format("a layout has at most {} parts, {} deep", max_nodes, deepest_node));
            return std::nullopt;
        }
        const MappingReader any(reading_, written, "a part of a layout");
        if (!any.is_mapping()) return std::nullopt;
        Node node;
        node.place = any.place();
        auto when = inherited;
        for (auto& condition : read_conditions(reading_, any, "when")) when.push_back(std::move(condition));
        if (any.has("kind")) {
            if (!read_widget(written, any, node, std::move(when))) return std::nullopt;
        } else if (const auto form = form_of(any)) {
            node.form = *form;
            std::vector<std::string_view> keys(node_keys.begin(), node_keys.end());
            keys.insert(keys.end(), container_keys.begin(), container_keys.end());
            keys.insert(keys.end(), container_forms.begin(), container_forms.end());
            any.allow_only(keys);
            add_background(any, node, when);
            for (const MappingReader& style : styles_of(any)) read_division(style, node);
            read_container(any, node, when, depth);
        } else {
            reading_.mistake(any.mark(), fmt::format("a part of a layout needs 'kind', of a widget, or one of {}",
                                                     fmt::join(container_forms, ", ")));
            return std::nullopt;
        }
        read_place(any, in, node);
        return node;
    }

    // Its place in the container `in`.
    void read_place(const MappingReader& reader, const Node& in, Node& node) {
        if (reader.has("size")) {
            const YAML::Node size = reader.node("size");
            const std::string text = size.IsScalar() ? size.Scalar() : "";
            double value = 0;
            node.percent = text.ends_with('%');
            if (node.percent) {
                if (const auto number = number_in(std::string_view(text).substr(0, text.size() - 1));
                    number && *number >= 1 && *number <= 100)
                    node.size = *number;
                else
                    reader.mistake("size",
                                   fmt::format("is canvas units like 300, or 1%..100% of the container; is '{}'",
                                               shortened(text)));
            } else if (reader.number("size", value, 1, 16384)) {
                node.size = value;
            }
        }
        node.has_weight = reader.number("weight", node.weight, 0.01, 1000);
        reader.number("min", node.least, 0, 16384);
        reader.number("max", node.most, 1, 16384);
        if (node.most < node.least) reader.mistake("max", "is less than 'min'");
        if (reader.has("size") && reader.has("weight")) reader.mistake("weight", "and 'size' exclude each other");
        if (reader.has("aspect")) read_aspect(reader, node.aspect);
        if (const auto span = reader.numbers("span", 2, "[cells across, cells down]")) {
            node.span_across = int(std::clamp((*span)[0], 1.0, 12.0));
            node.span_down = int(std::clamp((*span)[1], 1.0, 12.0));
            if (node.span_across != (*span)[0] || node.span_down != (*span)[1])
                reader.mistake("span", "holds whole numbers of 1..12");
            else if (in.form == Node::Form::grid && node.span_across > in.across)
                reader.mistake("span",
                               fmt::format("is {} cells across, and the grid has {}", node.span_across, in.across));
        }
        const bool along = in.form == Node::Form::rows || in.form == Node::Form::columns;
        for (const std::string_view key : {"size", "weight", "min", "max"})
            if (reader.has(key) && !along) reader.mistake(key, "is for parts of rows and columns");
        if (reader.has("span") && in.form != Node::Form::grid) reader.mistake("span", "is for parts of a grid");
        if (reader.has("box")) {
            if (in.form != Node::Form::stack)
                reader.mistake("box", "is for parts of a stack; in rows and columns say 'size' or 'weight'");
            read_box(reader, node);
        }
    }

    void read_aspect(const MappingReader& reader, double& aspect) {
        std::string text;
        if (!reader.text("aspect", text)) return;
        const auto colon = text.find(':');
        const auto across = number_in(std::string_view(text).substr(0, colon));
        const auto down =
            colon == std::string::npos ? std::optional(1.0) : number_in(std::string_view(text).substr(colon + 1));
        const double ratio = across && down && *across > 0 && *down > 0 ? *across / *down : 0;
        if (ratio >= 1.0 / longest_aspect && ratio <= longest_aspect)
            aspect = ratio;
        else
            reader.mistake("aspect", fmt::format("is width:height like 16:9, from 1:{0} to {0}:1; is '{1}'",
                                                 longest_aspect, shortened(text)));
    }

    void read_box(const MappingReader& reader, Node& node) {
        const auto edges = reader.numbers("box", 4, "[x, y, width, height]");
        if (!edges) return;
        const Box box{(*edges)[0], (*edges)[1], (*edges)[2], (*edges)[3]};
        const Settings& canvas = variant_.settings;
        if (box.width <= 0 || box.height <= 0)
            reader.mistake("box", "has a width and a height above 0");
        else if (box.x < 0 || box.y < 0 || box.right() > canvas.width || box.bottom() > canvas.height)
            reader.mistake("box", fmt::format("must lie inside the canvas of {} x {}, reaches from {},{} to {},{}",
                                              canvas.width, canvas.height, box.x, box.y, box.right(), box.bottom()));
        node.box = box;
    }

    // From the one that others build on to the nearest.
    std::vector<MappingReader> styles_of(const MappingReader& reader) {
        std::vector<MappingReader> chain;
        std::vector<std::string_view> path;
        add_styles(reader, chain, path);
        return chain;
    }

    // `path`: the styles that led here.
    void add_styles(const MappingReader& reader, std::vector<MappingReader>& chain,
                    std::vector<std::string_view>& path) {
        if (!reader.has("style")) return;
        std::vector<std::string> names;
        if (reader.node("style").IsSequence())
            reader.words("style", names, 100);
        else if (std::string name; reader.text("style", name, 100))
            names.push_back(std::move(name));
        for (const auto& name : names) {
            const auto found = styles_.find(name);
            if (found == styles_.end()) {
                tell_unknown_style(reader, name);
            } else if (std::ranges::find(path, name) != path.end()) {
                reader.mistake("style",
                               fmt::format("'{}' builds on itself: {}, {}", name, fmt::join(path, ", "), name));
            } else if (chain.size() + path.size() >= max_chain) {
                reader.mistake("style", fmt::format("makes more than {} styles of one part, with those that they "
                                                    "build on",
                                                    max_chain));
                return;
            } else {
                path.push_back(found->first);
                for (const auto& node : found->second) {
                    const MappingReader style(reading_, node, "a style");
                    add_styles(style, chain, path);
                    chain.push_back(style);
                }
                path.pop_back();
            }
        }
    }

    void tell_unknown_style(const MappingReader& reader, const std::string& name) const {
        std::vector<std::string_view> known;
        for (const auto& [word, nodes] : styles_) known.push_back(word);
        const auto nearest = nearest_word(name, known);
        reader.mistake("style", fmt::format("'{}' is no style of this layout{} There are: {}", shortened(name),
                                            nearest.empty() ? "." : fmt::format(", did you mean '{}'?", nearest),
                                            known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", "))));
    }

    // Of values that exclude each other the nearest is what holds.
    static void read_values(const MappingReader& reader, Widget& widget) {
        const auto replace = [&](std::string_view given, std::string_view other, auto& value) {
            if (!reader.has(given)) return;
            value = {};
            if (const auto place = widget.places.find(other); place != widget.places.end()) widget.places.erase(place);
        };
        if (widget.kind == WidgetKind::text) {
            replace("text", "texts", widget.texts);
            replace("texts", "text", widget.text_id);
        }
        if (widget.kind == WidgetKind::clock) replace("format", "skeleton", widget.skeleton);
        for (const Key& key : widget_keys())
            if (key.kinds.has(widget.kind) && std::visit(ReadValue{reader, key, widget}, key.member))
                widget.places.insert_or_assign(std::string(key.name), reader.place(key.name));
    }

    bool read_widget(const YAML::Node& written, const MappingReader& any, Node& node, std::vector<Condition> when) {
        std::vector<std::string_view> names;
        for (const auto& kind : kind_words()) names.push_back(kind.word);
        std::string word;
        if (!any.choice("kind", word, names)) return false;
        const KindWord& kind = *std::ranges::find(kind_words(), std::string_view(word), &KindWord::word);
        const MappingReader reader(reading_, written, std::string(kind.with_article));
        reader.allow_only(keys_of(kind.kind));
        Widget widget;
        widget.kind = kind.kind;
        widget.place = reader.place();
        widget.when = std::move(when);
        for (const MappingReader& style : styles_of(reader)) read_values(style, widget);
        read_values(reader, widget);
        for (const auto key : node_keys)
            if (reader.has(key)) widget.places.insert_or_assign(std::string(key), reader.place(key));
        read_name(reader, widget);
        check_whole(reader, widget);
        return add_widget(reader.mark(), std::move(widget), node);
    }

    void read_name(const MappingReader& reader, Widget& widget) {
        if (!reader.text("name", widget.name, 60)) return;
        const auto [taken, is_new] = names_.emplace(widget.name, widget.place.line);
        if (!is_new)
            reader.mistake("name", fmt::format("'{}' is taken by the one in line {}", widget.name, taken->second));
    }

    void add_background(const MappingReader& reader, Node& node, const std::vector<Condition>& when) {
        Widget panel;
        panel.kind = WidgetKind::panel;
        panel.place = reader.place();
        panel.when = when;
        for (const MappingReader& style : styles_of(reader)) read_values(style, panel);
        read_values(reader, panel);
        read_name(reader, panel);
        panel.padding = 0;  // the container's own
        if (panel.background.alpha > 0) node.has_background = add_widget(reader.mark(), std::move(panel), node);
    }

    bool add_widget(const YAML::Mark& mark, Widget widget, Node& node) {
        if (variant_.widgets.size() == max_widgets) {
            if (!has_too_many_)
                reading_.mistake(
                    mark,
                    fmt::format("a layout has at most {} widgets, backgrounds of containers included", max_widgets));
            has_too_many_ = true;
            return false;
        }
        node.widget = variant_.widgets.size();
        variant_.widgets.push_back(std::move(widget));
        return true;
    }

    static void check_exclusions(const MappingReader& reader) {
        if (reader.has("text") && reader.has("texts")) reader.mistake("texts", "and 'text' exclude each other");
        if (reader.has("format") && reader.has("skeleton"))
            reader.mistake("skeleton", "and 'format' exclude each other");
    }

    // What no single key can say.
    static void check_whole(const MappingReader& reader, const Widget& widget) {
        check_exclusions(reader);
        if (widget.kind == WidgetKind::text && widget.text_id.empty() && widget.texts.empty() && !reader.has("text"))
            reader.require("texts");
        if (widget.kind == WidgetKind::qr && widget.data.empty()) reader.require("data");
        if (widget.kind == WidgetKind::image && (!widget.file.empty() || reader.require("file"))) {
            const std::filesystem::path path(widget.file);
            if (path.is_absolute() || std::ranges::find(path, "..") != path.end())
                reader.mistake("file",
                               "names a PNG file in the layout's own folder, without '/' in front and without '..'");
        }
        if (const auto box = reader.has("box") ? reader.numbers("box", 4, "[x, y, width, height]") : std::nullopt;
            box && widget.padding > 0 && 2 * widget.padding >= std::min((*box)[2], (*box)[3]))
            reader.mistake("padding", "leaves nothing of the box");
    }

    // "board", "board 2", ...: stable as long as the order of the widgets of one kind is.
    void name_widgets() {
        for (auto& widget : variant_.widgets) {
            if (!widget.name.empty()) continue;
            widget.name = name_of(widget.kind);
            for (int number = 2; !names_.emplace(widget.name, widget.place.line).second; ++number)
                widget.name = fmt::format("{} {}", name_of(widget.kind), number);
        }
    }

    Reading& reading_;
    const MappingReader& reader_;
    Variant variant_;
    std::map<std::string, std::vector<YAML::Node>, std::less<>> styles_;
    std::map<std::string, int> names_;  // of widgets, and the lines that give them
    std::size_t nodes_ = 0;
    bool has_too_many_ = false;
};

std::vector<std::string_view> keys_of_whole() {
    std::vector<std::string_view> keys(layout_keys.begin(), layout_keys.end());
    keys.insert(keys.end(), container_forms.begin(), container_forms.end());
    keys.insert(keys.end(), whole_container_keys.begin(), whole_container_keys.end());
    return keys;
}

Shapes read_shapes(Reading& reading, const MappingReader& variant) {
    Shapes shapes;
    if (!variant.require("for")) return shapes;
    const YAML::Node node = variant.node("for");
    if (!node.IsDefined()) return shapes;  // told
    if (node.IsScalar()) {
        static constexpr std::array<std::string_view, 2> orientations{"portrait", "landscape"};
        std::string word;
        variant.choice("for", word, orientations);
        if (word == "portrait") shapes.most_aspect = 1;
        if (word == "landscape") shapes.least_aspect = 1;
        return shapes;
    }
    const MappingReader reader(reading, node, "a variant's 'for'");
    reader.allow_only(std::array<std::string_view, 3>{"aspect", "width", "height"});
    if (reader.is_mapping() && reader.fields().empty()) variant.mistake("for", "says no shape of screens");
    const auto range = [&](std::string_view key, double& least, double& most) {
        const auto both = reader.numbers(key, 2, "[least, most]");
        if (!both) return;
        if ((*both)[0] < 0 || (*both)[1] < (*both)[0])
            reader.mistake(key, "is [least, most], its least number first and none below 0");
        least = (*both)[0], most = (*both)[1];
    };
    range("aspect", shapes.least_aspect, shapes.most_aspect);
    range("width", shapes.least_width, shapes.most_width);
    range("height", shapes.least_height, shapes.most_height);
    return shapes;
}

Layout read_layout(Reading& reading, const YAML::Node& root, const std::string& file) {
    const MappingReader base(reading, root, "a layout");
    Layout layout;
    layout.file = file;
    layout.name = std::filesystem::path(file).stem().string();
    if (!base.is_mapping()) return layout;
    base.allow_only(keys_of_whole());
    const YAML::Node variables = base.node("variables");
    reading.set_variables(variables, YAML::Node());
    const YAML::Node styles = base.node("styles");
    auto variant_keys = keys_of_whole();
    std::erase(variant_keys, "variants");
    variant_keys.push_back("for");
    for (const auto& node : base.list("variants", max_variants)) {
        const MappingReader own(reading, node, "a variant");
        own.allow_only(variant_keys);
        reading.set_variables(variables, own.node("variables"));
        // Its own arrangement goes in place of the file's.
        MappingReader file_without = base;
        const auto gives = [&](std::string_view form) { return own.has(form); };
        if (std::ranges::any_of(container_forms, gives)) {
            file_without.drop(container_forms);
            file_without.drop(whole_container_keys);
        }
        const MappingReader whole(file_without, node, "a variant");
        Variant variant = VariantReader(reading, whole).read(styles, own.node("styles"));
        variant.shapes = read_shapes(reading, own);
        layout.variants.push_back(std::move(variant));
    }
    reading.set_variables(variables, YAML::Node());
    layout.variants.push_back(VariantReader(reading, base).read(styles, YAML::Node()));
    return layout;
}

// Its line, from 1; 0: there is none. Not YAML::LoadAll, which for some broken files never ends (yaml-cpp 0.7, ",a").
int second_document(std::string_view yaml) {
    bool begun = false;
    for (int line = 1; !yaml.empty(); ++line) {
        const auto end = std::min(yaml.find('\n'), yaml.size());
        const std::string_view text = yaml.substr(0, end);
        yaml.remove_prefix(std::min(end + 1, yaml.size()));
        const bool divides = text.starts_with("---") && (text.size() == 3 || text[3] == ' ' || text[3] == '\r');
        if (divides && begun) return line;
        const auto first = text.find_first_not_of(" \t\r");
        if (divides || (first != std::string_view::npos && text[first] != '#' && text[first] != '%')) begun = true;
    }
    return 0;
}

// What goes wrong most often, in the words of who writes layouts.
std::string_view advice(std::string_view message) {
    if (message.contains("illegal map value") || message.contains("end of map"))
        return "a text with a colon stands in quotes; parts of a list are indented alike";
    if (message.contains("tab")) return "indent with spaces, not with tabs";
    return "see to the indents, colons, brackets and quotes there";
}

}  // namespace

Expected<Layout> parse_layout(std::string_view yaml, const std::string& file) {
    if (yaml.size() > max_file_bytes) {
        return fail("{}:1:1: a layout has at most {} bytes, this has {}", file, max_file_bytes, yaml.size());
    }
    try {
        Reading reading(file);
        if (const int line = second_document(yaml); line > 0)
            return fail("{}:{}:1: a file holds one layout; after '---' begins a second", file, line);
        Layout layout = read_layout(reading, YAML::Load(std::string(yaml)), file);
        if (!reading.is_right()) return std::unexpected(Error{reading.mistakes()});
        return layout;
    } catch (const YAML::Exception& exception) {
        return fail("{}:{}:{}: not readable as YAML: {}; {}", file, std::max(exception.mark.line, 0) + 1,
                    std::max(exception.mark.column, 0) + 1, exception.msg, advice(exception.msg));
    }
}

}  // namespace hallcast::layouts
