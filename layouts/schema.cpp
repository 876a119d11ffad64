#include "layouts/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "layouts/keys.h"

namespace hallcast::layouts {

namespace {

// As much of JSON as a schema needs; members keep their order.
class Json {
  public:
    using Members = std::vector<std::pair<std::string, Json>>;
    using Items = std::vector<Json>;

    Json(Members members) : value_(std::move(members)) {}              // NOLINT: it reads as JSON does
    Json(Items items) : value_(std::move(items)) {}                    // NOLINT
    Json(std::string_view text) : value_(quoted(text)) {}              // NOLINT
    Json(const std::string& text) : value_(quoted(text)) {}            // NOLINT
    Json(const char* text) : Json(std::string_view(text)) {}           // NOLINT
    Json(bool flag) : value_(std::string(flag ? "true" : "false")) {}  // NOLINT
    Json(double number) : value_(fmt::format("{}", number)) {}         // NOLINT
    Json(int number) : value_(fmt::format("{}", number)) {}            // NOLINT
    Json(std::size_t number) : value_(fmt::format("{}", number)) {}    // NOLINT

    void add(std::string name, Json value) {
        std::get<Members>(value_).emplace_back(std::move(name), std::move(value));
    }

    // What fits stands in one line.
    std::string printed(int indent = 0) const {
        constexpr std::size_t widest = 118;
        std::string line = in_line();
        if (line.size() + std::size_t(indent) <= widest || std::holds_alternative<std::string>(value_)) return line;
        const std::string inner(std::size_t(indent) + 2, ' '), outer(std::size_t(indent), ' ');
        std::string text;
        if (const auto* members = std::get_if<Members>(&value_)) {
            for (const auto& [name, value] : *members)
                text += fmt::format("{}\n{}{}: {}", text.empty() ? "" : ",", inner, quoted(name),
                                    value.printed(indent + 2));
            return fmt::format("{{{}\n{}}}", text, outer);
        }
        for (const Json& item : std::get<Items>(value_))
            text += fmt::format("{}\n{}{}", text.empty() ? "" : ",", inner, item.printed(indent + 2));
        return fmt::format("[{}\n{}]", text, outer);
    }

  private:
    static std::string quoted(std::string_view text) {
        std::string all = "\"";
        for (const char c : text) {
            if (c == '"' || c == '\\') all += '\\';
            all += c;
        }
        return all + '"';
    }
    std::string in_line() const {
        if (const auto* scalar = std::get_if<std::string>(&value_)) return *scalar;
        std::string text;
        if (const auto* members = std::get_if<Members>(&value_)) {
            for (const auto& [name, value] : *members)
                text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", quoted(name), value.in_line());
            return fmt::format("{{{}}}", text);
        }
        for (const Json& item : std::get<Items>(value_))
            text += fmt::format("{}{}", text.empty() ? "" : ", ", item.in_line());
        return fmt::format("[{}]", text);
    }

    std::variant<std::string, Members, Items> value_;
};
using Object = Json::Members;
using List = Json::Items;

constexpr int max_items_of_lists = 64;
constexpr int max_names = 100;  // of variables, of styles
constexpr int max_name_bytes = 100;

Json reference(std::string_view definition) { return Object{{"$ref", fmt::format("#/definitions/{}", definition)}}; }

Json any_of(List forms) { return Object{{"anyOf", std::move(forms)}}; }
Json or_variable(Json form) { return any_of({std::move(form), reference("variable")}); }

Json number_form(double low, double high) {
    return or_variable(Object{{"type", "number"}, {"minimum", low}, {"maximum", high}});
}
Json integer_form(double low, double high) {
    return or_variable(Object{{"type", "integer"}, {"minimum", low}, {"maximum", high}});
}
Json flag_form() { return or_variable(Object{{"type", "boolean"}}); }
// A number without quotes is a text too, where a text is wanted.
Json text_form(double longest) {
    return or_variable(Object{{"type", List{"string", "number", "boolean"}}, {"minLength", 1}, {"maxLength", longest}});
}
Json choice_form(std::span<const std::string_view> choices) {
    return or_variable(Object{{"enum", List(choices.begin(), choices.end())}});
}
// Of these, each with what it means.
Json told_choice(std::span<const KeyWord> choices) {
    List all;
    for (const auto& word : choices) all.push_back(Object{{"const", word.name}, {"description", word.about}});
    all.push_back(reference("variable"));
    return any_of(std::move(all));
}
Json list_form(Json item, std::size_t most) {
    return or_variable(Object{{"type", "array"}, {"items", std::move(item)}, {"minItems", 1}, {"maxItems", most}});
}
// Of exactly these.
Json tuple(List items) {
    const std::size_t count = items.size();
    return or_variable(
        Object{{"type", "array"}, {"items", std::move(items)}, {"minItems", count}, {"maxItems", count}});
}
Json object(Object properties) {
    return Object{{"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
}

Json described(std::string_view about, Json form) {
    form.add("description", about);
    return form;
}

// The form of a value of the table.
struct FormOf {
    const Key& key;
    Json operator()(double Widget::*) const { return number_form(key.low, key.high); }
    Json operator()(int Widget::*) const { return integer_form(key.low, key.high); }
    Json operator()(bool Widget::*) const { return flag_form(); }
    Json operator()(Colour Widget::*) const { return any_of({reference("colour")}); }
    Json operator()(std::string Widget::*) const {
        return key.choices.empty() ? text_form(key.high) : choice_form(key.choices);
    }
    Json operator()(std::map<std::string, std::string> Widget::*) const { return any_of({reference("texts")}); }
    Json operator()(std::vector<std::string> Widget::*) const {
        return key.name == "languages" ? any_of({reference("languages")})
                                       : list_form(text_form(key.high), max_items_of_lists);
    }
    Json operator()(std::vector<int> Widget::*) const {
        return list_form(integer_form(key.low, key.high), max_items_of_lists);
    }
};
Json form_of(const Key& key) { return std::visit(FormOf{key}, key.member); }

Json form_of_widget_key(std::string_view name) { return form_of(*std::ranges::find(widget_keys(), name, &Key::name)); }

// Those that read_place, read_division and read_settings read.
Json form_of_word(std::string_view name) {
    const auto parts = [](std::string_view definition) { return list_form(reference(definition), max_widgets); };
    const Json weights = list_form(number_form(0.01, 1000), max_items_of_lists);
    if (name == "style") return any_of({text_form(100), list_form(text_form(100), max_items_of_lists)});
    if (name == "when") return any_of({reference("condition")});
    if (name == "size")
        return any_of({Object{{"type", "number"}, {"minimum", 1}, {"maximum", 16384}},
                       Object{{"type", "string"}, {"pattern", "^(\\$(?!\\$)|[+]?[0-9.]+([eE][-+]?[0-9]+)?%$)"}}});
    if (name == "weight") return number_form(0.01, 1000);
    if (name == "min") return number_form(0, 16384);
    if (name == "max") return number_form(1, 16384);
    if (name == "aspect")
        return any_of({Object{{"type", "number"}, {"minimum", 0.05}, {"maximum", 20}},
                       Object{{"type", "string"}, {"pattern", "^(\\$(?!\\$)|[-+0-9.eE]+(:[-+0-9.eE]+)?$)"}}});
    if (name == "span") return tuple({integer_form(1, 12), integer_form(1, 12)});
    if (name == "box")
        return tuple({number_form(0, 16384), number_form(0, 16384), number_form(0, 16384), number_form(0, 16384)});
    if (name == "name") return text_form(60);
    if (name == "gap") return number_form(0, 1000);
    if (name == "across") return integer_form(1, 12);
    if (name == "column_weights" || name == "row_weights") return weights;
    if (name == "rows" || name == "columns") return parts("part_of_rows_or_columns");
    if (name == "stack") return parts("part_of_stack");
    if (name == "grid") return parts("part_of_grid");
    if (name == "about") return text_form(max_text_bytes);
    if (name == "canvas") return tuple({number_form(16, 16384), number_form(16, 16384)});
    if (name == "safe") return number_form(0, 4096);
    if (name == "connection_notice") return flag_form();
    if (name == "motion") return choice_form(std::array<std::string_view, 2>{"full", "reduced"});
    if (name == "viewing") return any_of({reference("viewing")});
    if (name == "variables")
        return Object{{"type", List{"object", "null"}},
                      {"maxProperties", max_names},
                      {"propertyNames", Object{{"maxLength", max_name_bytes}}},
                      {"additionalProperties", Object{{"not", Object{{"type", "null"}}}}}};
    if (name == "styles") return any_of({reference("styles")});
    if (name == "variants") return list_form(any_of({reference("variant"), reference("variable")}), max_variants);
    return form_of_widget_key(name);
}

// Each word is defined once, by the table it stands in.
void define_words(Object& all, std::string_view table, std::span<const KeyWord> defined) {
    for (const auto& word : defined)
        all.emplace_back(fmt::format("{}_{}", table, word.name), described(word.about, form_of_word(word.name)));
}

void add_words(Object& properties, std::string_view table, std::span<const KeyWord> added) {
    for (const auto& word : added)
        properties.emplace_back(word.name, reference(fmt::format("{}_{}", table, word.name)));
}

void add_key(Object& properties, const Key& key) {
    properties.emplace_back(key.name, reference(fmt::format("value_{}", key.name)));
}

Json required(std::string_view name) { return Object{{"required", List{name}}}; }
Json not_both(std::string_view one, std::string_view other) {
    return Object{{"not", Object{{"required", List{one, other}}}}};
}

// Exactly one way of arranging; none too where `or_none`.
Json one_form(bool or_none) {
    List forms;
    for (const auto name : container_forms) forms.push_back(required(name));
    List all = forms;
    if (or_none) all.push_back(Object{{"not", any_of(forms)}});
    return all;
}

Json widget(const KindWord& kind) {
    Object properties{{"kind", Object{{"const", kind.word}}}};
    add_words(properties, "part", node_words);
    for (const Key& key : widget_keys())
        if (key.kinds.has(kind.kind)) add_key(properties, key);
    Json made = object(std::move(properties));
    made.add("description", kind.about);
    // A style may give what is needed.
    if (kind.kind == WidgetKind::text)
        made.add("allOf",
                 List{not_both("text", "texts"), any_of({required("text"), required("texts"), required("style")})});
    if (kind.kind == WidgetKind::clock) made.add("allOf", List{not_both("format", "skeleton")});
    if (kind.kind == WidgetKind::qr) made.add("anyOf", List{required("data"), required("style")});
    if (kind.kind == WidgetKind::image) made.add("anyOf", List{required("file"), required("style")});
    return made;
}

Json container() {
    Object properties;
    add_words(properties, "part", node_words);
    add_words(properties, "container", container_words);
    add_words(properties, "container", container_form_words);
    Json made = object(std::move(properties));
    made.add("oneOf", one_form(false));
    return made;
}

// A widget by its kind, or a container.
Json part() {
    std::vector<KeyWord> kinds;
    for (const auto& kind : kind_words()) kinds.push_back({kind.word, kind.about});
    List cases;
    const auto is_object_with = [](Json what) {
        Json made = Object{{"type", "object"}};
        made.add("allOf", List{std::move(what)});
        return made;
    };
    for (const auto& kind : kind_words())
        cases.push_back(
            Object{{"if", is_object_with(Object{{"required", List{"kind"}},
                                                {"properties", Object{{"kind", Object{{"const", kind.word}}}}}})},
                   {"then", reference(fmt::format("widget_{}", kind.word))}});
    cases.push_back(
        Object{{"if", is_object_with(Object{{"not", required("kind")}})}, {"then", reference("container")}});
    cases.push_back(not_both("size", "weight"));
    return Object{{"type", List{"object", "string"}},
                  {"pattern", "^\\$(?!\\$)"},
                  {"properties", Object{{"kind", described("which widget it is", told_choice(kinds))}}},
                  {"allOf", std::move(cases)}};
}

Json part_without(std::initializer_list<std::string_view> keys) {
    Object none;
    for (const auto key : keys) none.emplace_back(key, false);
    return Object{{"allOf", List{reference("part"), Object{{"properties", std::move(none)}}}}};
}

Json style() {
    Object properties;
    properties.emplace_back("style",
                            described("name of a style it builds on, or a list of names", form_of_word("style")));
    for (const Key& key : widget_keys()) add_key(properties, key);
    const auto is_new = [](const KeyWord& word) {
        return std::ranges::find(widget_keys(), word.name, &Key::name) == widget_keys().end();
    };
    for (const auto& word : container_words)
        if (is_new(word)) add_words(properties, "container", std::span(&word, 1));
    Json made = object(std::move(properties));
    made.add("allOf", List{not_both("text", "texts"), not_both("format", "skeleton")});
    return or_variable(std::move(made));
}

Json condition() {
    List forms;
    for (const auto& word : condition_words) forms.push_back(Object{{"const", word.word}, {"description", word.about}});
    List negated;
    for (const auto& word : condition_words) negated.push_back(fmt::format("not {}", word.word));
    forms.push_back(Object{{"enum", std::move(negated)}});
    forms.push_back(reference("variable"));
    const Json conditions = list_form(reference("condition"), 16);
    Object figures;
    for (const auto& word : condition_figure_words) {
        const auto form = [&]() -> Json {
            if (word.name == "time")
                return any_of({Object{{"type", "string"},
                                      {"pattern",
                                       "^(\\$(?!\\$)|([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|"
                                       "24:00)$)"}}});
            if (word.name == "days") return list_form(choice_form(day_words), max_items_of_lists);
            if (word.name == "waiting") return tuple({integer_form(0, 1e6), integer_form(0, 1e6)});
            if (word.name == "any") return conditions;
            return any_of({reference("condition")});
        };
        figures.emplace_back(word.name, described(word.about, form()));
    }
    Json mapping = object(std::move(figures));
    mapping.add("minProperties", 1);
    forms.push_back(std::move(mapping));
    forms.push_back(conditions);
    return any_of(std::move(forms));
}

Object whole() {
    Object properties;
    add_words(properties, "layout", layout_words);
    const auto is_of_screen = [](const KeyWord& word) {
        return std::ranges::find(whole_container_keys, word.name) == whole_container_keys.end();
    };
    for (const auto& word : container_words)
        if (!is_of_screen(word)) add_words(properties, "container", std::span(&word, 1));
    add_words(properties, "container", container_form_words);
    return properties;
}

Json variant() {
    Object properties = whole();
    std::erase_if(properties, [](const auto& property) { return property.first == "variants"; });
    const auto range = [](std::string_view about) {
        return described(about, tuple({number_form(0, 1e9), number_form(0, 1e9)}));
    };
    Json shapes = object({{"aspect", range("[least, most], width divided by height")},
                          {"width", range("[least, most] pixels")},
                          {"height", range("[least, most] pixels")}});
    shapes.add("minProperties", 1);
    properties.emplace_back(
        "for", described("which screens it is for", any_of({Object{{"enum", List{"portrait", "landscape"}}},
                                                            reference("variable"), std::move(shapes)})));
    Json made = object(std::move(properties));
    made.add("required", List{"for"});
    made.add("oneOf", one_form(true));
    return made;
}

Json definitions() {
    Object all;
    all.emplace_back("variable", Object{{"type", "string"},
                                        {"pattern", "^\\$(?!\\$)"},
                                        {"description", "$name: the value of the variable `name`"}});
    all.emplace_back("colour", Object{{"type", "string"},
                                      {"pattern", "^(\\$(?!\\$)|#([0-9a-fA-F]{6}|[0-9a-fA-F]{8})$)"},
                                      {"description", "\"#rrggbb\" or \"#rrggbbaa\", in quotes"}});
    const std::string tag = "[A-Za-z]{2}[A-Za-z0-9-]{0,33}$";
    all.emplace_back("languages",
                     or_variable(Object{{"type", "array"},
                                        {"minItems", 1},
                                        {"maxItems", max_languages},
                                        {"uniqueItems", true},
                                        {"items", Object{{"type", List{"string", "boolean"}},
                                                         {"pattern", fmt::format("^(\\$(?!\\$)|{})", tag)}}}}));
    all.emplace_back("texts", or_variable(Object{{"type", "object"},
                                                 {"minProperties", 1},
                                                 {"maxProperties", max_languages},
                                                 {"propertyNames", Object{{"pattern", fmt::format("^{}", tag)}}},
                                                 {"additionalProperties", text_form(max_text_bytes)}}));
    all.emplace_back("condition", condition());
    Json viewing =
        object({{"distance", described("metres, of numbers", number_form(0.3, 100))},
                {"near", described("metres, of all other texts; a third of it if not given", number_form(0.3, 100))},
                {"diagonal", described("inches, of the screen", number_form(5, 300))}});
    viewing.add("required", List{"distance", "diagonal"});
    all.emplace_back("viewing", or_variable(std::move(viewing)));
    all.emplace_back("style", style());
    all.emplace_back("styles", or_variable(Object{{"type", List{"object", "null"}},
                                                  {"maxProperties", max_names},
                                                  {"propertyNames", Object{{"maxLength", max_name_bytes}}},
                                                  {"additionalProperties", reference("style")}}));
    define_words(all, "part", node_words);
    define_words(all, "container", container_words);
    define_words(all, "container", container_form_words);
    define_words(all, "layout", layout_words);
    for (const Key& key : widget_keys())
        all.emplace_back(fmt::format("value_{}", key.name), described(key.about, form_of(key)));
    for (const auto& kind : kind_words()) all.emplace_back(fmt::format("widget_{}", kind.word), widget(kind));
    all.emplace_back("container", container());
    all.emplace_back("part", part());
    all.emplace_back("part_of_rows_or_columns", part_without({"span", "box"}));
    all.emplace_back("part_of_stack", part_without({"size", "weight", "min", "max", "span"}));
    all.emplace_back("part_of_grid", part_without({"size", "weight", "min", "max", "box"}));
    all.emplace_back("variant", variant());
    return all;
}

}  // namespace

std::string json_schema() {
    Json schema = Object{{"$schema", "http://json-schema.org/draft-07/schema#"},
                         {"title", "hallcast layout"},
                         {"description", "How a screen of a public office is arranged; see layouts/README.md"}};
    schema.add("type", "object");
    schema.add("additionalProperties", false);
    schema.add("properties", whole());
    schema.add("oneOf", one_form(false));
    schema.add("definitions", definitions());
    return schema.printed() + "\n";
}

}  // namespace hallcast::layouts
