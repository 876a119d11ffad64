// The words of the layout language, in one table: the parser, the JSON Schema and the error messages come from it.
#pragma once

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

// What every part of an arrangement may have beside that, what a container may, and what the whole layout may.
inline constexpr std::array<std::string_view, 10> node_keys{"style", "when",   "size", "weight", "min",
                                                            "max",   "aspect", "span", "box",    "name"};
inline constexpr std::array<std::string_view, 9> container_keys{"gap",         "padding",    "background",
                                                                "radius",      "across",     "column_weights",
                                                                "row_weights", "transition", "transition_seconds"};
inline constexpr std::array<std::string_view, 4> container_forms{"rows", "columns", "stack", "grid"};
inline constexpr std::array<std::string_view, 10> layout_keys{
    "about",  "canvas",  "background", "safe",   "connection_notice",
    "motion", "viewing", "variables",  "styles", "variants"};

}  // namespace hallcast::layouts
