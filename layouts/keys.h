// The words of the layout language, in one table: the parser, the JSON Schema and the error messages come from it.
#pragma once

#include <array>
#include <initializer_list>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "layouts/layout.h"

namespace hallcast::layouts {

class KindSet {
  public:
    constexpr KindSet(std::initializer_list<WidgetKind> kinds) {
        for (const WidgetKind kind : kinds) bits_ |= 1u << unsigned(kind);
    }
    static constexpr KindSet all() {
        KindSet set{};
        set.bits_ = ~0u;
        return set;
    }
    constexpr bool has(WidgetKind kind) const { return bits_ >> unsigned(kind) & 1u; }

  private:
    unsigned bits_ = 0;
};

struct KindWord {
    WidgetKind kind;
    std::string_view word, with_article, about;
};
std::span<const KindWord> kind_words();  // in the order of WidgetKind

using WidgetMember = std::variant<double Widget::*, int Widget::*, bool Widget::*, Colour Widget::*,
                                  std::string Widget::*, std::map<std::string, std::string> Widget::*,
                                  std::vector<std::string> Widget::*, std::vector<int> Widget::*>;

// A value that a widget, or a style, may have.
struct Key {
    std::string_view name;
    WidgetMember member;
    KindSet kinds;
    std::string_view about;
    double low = 0, high = 0;                 // of numbers; of texts: at most `high` bytes
    std::vector<std::string_view> choices{};  // of words
};
std::span<const Key> widget_keys();
std::vector<std::string_view> keys_of(WidgetKind kind);

struct KeyWord {
    std::string_view name, about;
};
template <std::size_t count>
constexpr std::array<std::string_view, count> names_of(const std::array<KeyWord, count>& words) {
    std::array<std::string_view, count> names;
    for (std::size_t i = 0; i < count; ++i) names[i] = words[i].name;
    return names;
}

// What every part of an arrangement may have beside that,
inline constexpr std::array node_words{
    KeyWord{"style", "name of a style, or a list of names, of which the last says the most"},
    KeyWord{"when", "conditions that must all hold for it to be shown; those of containers hold for their parts too"},
    KeyWord{"size", "in rows and columns: canvas units like 300, or a share of the container like 25%"},
    KeyWord{"weight", "in rows and columns: share of what is left by those with a size; 1 if not given"},
    KeyWord{"min", "in rows and columns: at least so many canvas units"},
    KeyWord{"max", "in rows and columns: at most so many canvas units"},
    KeyWord{"aspect", "width:height like 16:9; it stands in the middle of its place"},
    KeyWord{"span", "in a grid: [cells across, cells down]"},
    KeyWord{"box", "in a stack: [x, y, width, height] in canvas units from the stack's corner; else all of the stack"},
    KeyWord{"name", "unique in the layout; messages and damage go by it"},
};
// a container,
inline constexpr std::array container_words{
    KeyWord{"gap", "canvas units between its parts"},
    KeyWord{"padding", "canvas units around its parts"},
    KeyWord{"background", "colour behind its parts; none if not given"},
    KeyWord{"radius", "of the background's corners, in canvas units"},
    KeyWord{"across", "grid: how many cells a row has"},
    KeyWord{"column_weights", "grid: list of the columns' shares of the width; 1 for those not given"},
    KeyWord{"row_weights", "grid: list of the rows' shares of the height; 1 for those not given"},
    KeyWord{"transition", "how its background comes, goes and changes"},
    KeyWord{"transition_seconds", "how long that takes"},
};
inline constexpr std::array container_form_words{
    KeyWord{"rows", "a container: list of parts, one under the other"},
    KeyWord{"columns", "a container: list of parts, side by side, the first on the left"},
    KeyWord{"stack", "a container: list of parts, one over the other, the last in front"},
    KeyWord{"grid", "a container: list of parts that fill cells, row by row"},
};
// and the whole layout, which is a container too.
inline constexpr std::array layout_words{
    KeyWord{"about", "what the layout is for; shown by nothing"},
    KeyWord{"canvas", "[width, height], the units of everything; the screen's shorter side decides how large one is"},
    KeyWord{"background", "colour of the screen"},
    KeyWord{"safe", "canvas units at each side where a display may hide the picture's edge: `layout check` warns"},
    KeyWord{"connection_notice", "false: no word about a lost connection; only where no calls are shown"},
    KeyWord{"motion", "reduced: nothing fades, slides or runs"},
    KeyWord{"viewing", "from how far the screen is read; `layout check` then says which letters are too small"},
    KeyWord{"variables", "names for values: $name stands for the value, wherever a value is"},
    KeyWord{"styles", "named sets of values, for `style`; a style may build on others"},
    KeyWord{"variants", "other arrangements or values for other screens; the first whose `for` fits is taken"},
};
// In a condition's mapping.
inline constexpr std::array condition_figure_words{
    KeyWord{"time", "a part of the office's day like \"08:00-15:30\", also over midnight"},
    KeyWord{"days", "list of days of the week"},
    KeyWord{"waiting", "[least, most] people who wait in the hall"},
    KeyWord{"any", "list of conditions, of which one must hold"},
    KeyWord{"not", "conditions that must not all hold"},
};
inline constexpr std::array<std::string_view, 7> day_words{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
inline constexpr std::array<std::string_view, 5> whole_container_keys{"gap", "padding", "across", "column_weights",
                                                                      "row_weights"};
inline constexpr auto node_keys = names_of(node_words);
inline constexpr auto container_keys = names_of(container_words);
inline constexpr auto container_forms = names_of(container_form_words);
inline constexpr auto layout_keys = names_of(layout_words);

}  // namespace hallcast::layouts
