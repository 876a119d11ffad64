// Markdown tables of the language's words, for layouts/README.md and `hallcast layout keys`.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "layouts/keys.h"
#include "layouts/schema.h"

namespace hallcast::layouts {

namespace {

struct ValueOf {
    const Key& key;
    std::string operator()(double Widget::*) const { return fmt::format("{}..{}", key.low, key.high); }
    std::string operator()(int Widget::*) const { return fmt::format("{}..{}, whole", key.low, key.high); }
    std::string operator()(bool Widget::*) const { return "true or false"; }
    std::string operator()(Colour Widget::*) const { return "colour"; }
    std::string operator()(std::string Widget::*) const {
        return key.choices.empty() ? "text" : fmt::format("{}", fmt::join(key.choices, ", "));
    }
    std::string operator()(std::map<std::string, std::string> Widget::*) const { return "texts by language"; }
    std::string operator()(std::vector<std::string> Widget::*) const { return "list"; }
    std::string operator()(std::vector<int> Widget::*) const { return "list of numbers"; }
};

std::string kinds_with(const Key& key) {
    std::string all;
    bool everywhere = true;
    for (const auto& kind : kind_words()) {
        if (key.kinds.has(kind.kind))
            all += fmt::format("{}{}", all.empty() ? "" : ", ", kind.word);
        else
            everywhere = false;
    }
    return everywhere ? "all" : all;
}

std::string table_of(std::string_view head, std::span<const KeyWord> rows) {
    std::string table = fmt::format("| {} | |\n| --- | --- |\n", head);
    for (const auto& word : rows) table += fmt::format("| `{}` | {} |\n", word.name, word.about);
    return table;
}

}  // namespace

std::string key_tables() {
    std::string tables = "| kind | what it shows |\n| --- | --- |\n";
    for (const auto& kind : kind_words()) tables += fmt::format("| `{}` | {} |\n", kind.word, kind.about);
    tables += "\n| key of a widget | value | kinds | |\n| --- | --- | --- | --- |\n";
    for (const Key& key : widget_keys())
        tables += fmt::format("| `{}` | {} | {} | {} |\n", key.name, std::visit(ValueOf{key}, key.member),
                              kinds_with(key), key.about);
    tables += "\n" + table_of("key of any part, widget or container", node_words);
    tables += "\n" + table_of("key of a container", container_form_words);
    for (const auto& word : container_words) tables += fmt::format("| `{}` | {} |\n", word.name, word.about);
    tables += "\n" + table_of("key of the whole layout, beside those of its container", layout_words);
    tables += "\n| condition | holds while |\n| --- | --- |\n";
    for (const auto& word : condition_words) tables += fmt::format("| `{}` | {} |\n", word.word, word.about);
    for (const auto& word : condition_figure_words) tables += fmt::format("| `{}:` | {} |\n", word.name, word.about);
    return tables;
}

}  // namespace hallcast::layouts
