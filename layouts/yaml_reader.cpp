#include "layouts/yaml_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

namespace hallcast::layouts {

namespace {

constexpr std::size_t max_fields = 100;  // of one mapping
constexpr std::size_t max_items = 64;    // of one list
constexpr std::size_t max_key_bytes = 100;
constexpr std::size_t max_mistakes = 50;
// Nine variants of 400 parts with some styles each cost a third of it.
constexpr std::size_t most_spent = 500'000;

std::string shown(const YAML::Node& node) {
    if (node.IsScalar()) {
        return node.Scalar().empty() ? "empty" : shortened(node.Scalar());
    }
    if (node.IsSequence()) return "a list";
    if (node.IsMap()) return "a mapping";
    return "empty";
}

// Locale-free and strict: all of the text must be the number.
template <typename T>
std::optional<T> parse_number(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// As yaml-cpp tells it.
bool is_quoted(const YAML::Node& node) { return node.Tag() == "!"; }

// What stands in quotes is a text, to YAML as to editors.
std::optional<double> finite_number(const YAML::Node& node) {
    return node.IsScalar() && !is_quoted(node) ? number_in(node.Scalar()) : std::nullopt;
}

std::optional<int> whole_number(const YAML::Node& node) {
    return node.IsScalar() && !is_quoted(node) ? parse_number<int>(node.Scalar()) : std::nullopt;
}

// Where a number was wanted.
std::string shown_as_number(const YAML::Node& node) {
    const bool is_in_quotes = node.IsScalar() && is_quoted(node) && number_in(node.Scalar());
    return is_in_quotes ? fmt::format("{} in quotes, which makes it a text", shown(node)) : shown(node);
}

std::optional<Colour> parse_colour(std::string_view text) {
    if (!text.starts_with('#') || (text.size() != 7 && text.size() != 9)) return std::nullopt;
    std::uint32_t bits = 0;
    const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), bits, 16);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    if (text.size() == 7) bits = bits << 8 | 255u;
    return Colour{std::uint8_t(bits >> 24), std::uint8_t(bits >> 16), std::uint8_t(bits >> 8), std::uint8_t(bits)};
}

// "pl", "zh", "pt-BR", "zh-Hant-TW".
bool is_language_tag(std::string_view text) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto is_part_character = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; };
    return text.size() >= 2 && text.size() <= 35 && is_letter(text[0]) && is_letter(text[1]) && text.back() != '-' &&
           std::ranges::all_of(text, is_part_character);
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0u);
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

}  // namespace

std::optional<double> number_in(std::string_view text) {
    const auto value = parse_number<double>(text);
    return value && std::isfinite(*value) ? value : std::nullopt;
}

std::string shortened(std::string_view text) {
    constexpr std::size_t most = 40;
    if (text.size() <= most) return std::string(text);
    std::size_t end = most;
    while (end > 0 && (text[end] & 0xc0) == 0x80) --end;
    return std::string(text.substr(0, end)) + "...";
}

std::string_view nearest_word(std::string_view word, std::span<const std::string_view> known) {
    std::string_view nearest;
    std::size_t nearest_distance = std::min<std::size_t>(3, word.size() / 3 + 1) + 1;
    for (const auto candidate : known) {
        // A word of the world may be long; its distance from a short one need not be computed.
        if (word.size() > candidate.size() + 3) continue;
        const std::size_t distance = edit_distance(word, candidate);
        if (distance < nearest_distance) {
            nearest = candidate;
            nearest_distance = distance;
        }
    }
    return nearest;
}

void Reading::mistake(const YAML::Mark& mark, std::string_view message) {
    // yaml-cpp counts from 0, editors from 1; of an empty file it knows no place.
    if (!is_hopeless())
        mistakes_.insert({std::max(mark.line, 0) + 1, std::max(mark.column, 0) + 1, std::string(message)});
}

bool Reading::is_hopeless() const { return mistakes_.size() >= max_mistakes || spent_ > most_spent; }

bool Reading::spend(const YAML::Mark& mark, std::size_t cost) {
    if (spent_ > most_spent) return false;
    if (spent_ + cost > most_spent)
        mistake(mark,
                "the parts of this layout stand in too many places (by & and *, variables, styles or variants) "
                "for all of them to be read");
    spent_ += cost;
    return spent_ <= most_spent;
}

std::string Reading::mistakes() const {
    std::string all;
    for (const Mistake& one : mistakes_)
        all += fmt::format("{}{}:{}:{}: {}", all.empty() ? "" : "\n", file_, one.line, one.column, one.message);
    if (mistakes_.size() >= max_mistakes) all += fmt::format("\n{}: and perhaps more", file_);
    return all;
}

void Reading::set_variables(const YAML::Node& base, const YAML::Node& over) {
    variables_.clear();
    for (const YAML::Node& node : {base, over}) {
        if (!node.IsDefined() || node.IsNull()) continue;
        const MappingReader given(*this, node, "'variables'");
        for (const auto& field : given.fields()) {
            // Told here, and not wherever the name stands.
            if (field.value.IsNull())
                mistake(field.mark, fmt::format("the variable '{}' is empty; a colour stands in quotes, since # begins "
                                                "a comment",
                                                shortened(field.key)));
            // Not assigned: that would change the node of the file which the name stood for.
            variables_.erase(field.key);
            variables_.emplace(field.key, field.value);
        }
    }
}

YAML::Node Reading::resolve(const YAML::Node& node) {
    YAML::Node found = node;
    for (int depth = 0; found.IsScalar() && found.Scalar().starts_with('$'); ++depth) {
        const std::string name = found.Scalar().substr(1);
        if (name.starts_with('$')) {
            YAML::Node text(name);
            text.SetTag("!");  // as if in quotes
            return text;
        }
        const auto variable = variables_.find(name);
        if (variable == variables_.end() || depth == 8) {
            std::vector<std::string_view> known;
            for (const auto& [word, value] : variables_) known.push_back(word);
            const auto nearest = nearest_word(name, known);
            mistake(node.Mark(), depth == 8
                                     ? fmt::format("the variable '{}' stands for itself", shortened(name))
                                     : fmt::format("there is no variable '{}'{}", shortened(name),
                                                   nearest.empty() ? "; a text that begins with $ is written $$"
                                                                   : fmt::format(", did you mean '{}'?", nearest)));
            return YAML::Node(YAML::NodeType::Undefined);  // told; whoever reads it says no more
        }
        found.reset(variable->second);
    }
    return found;
}

MappingReader::MappingReader(Reading& reading, const YAML::Node& written, std::string what)
    : reading_(&reading), what_(std::move(what)), mark_(written.Mark()) {
    const YAML::Node node = reading.resolve(written);
    is_mapping_ = node.IsMap();
    if (!is_mapping_) {
        if (node.IsDefined())
            reading.mistake(mark_, fmt::format("{} is a mapping of keys to values, is {}", what_, shown(node)));
        return;
    }
    if (node.size() > max_fields) {
        reading.mistake(mark_, fmt::format("{} has at most {} keys, has {}", what_, max_fields, node.size()));
        return;
    }
    if (!reading.spend(mark_, 1 + node.size())) return;
    for (const auto& pair : node) {
        if (!pair.first.IsScalar() || pair.first.Scalar().size() > max_key_bytes) {
            reading.mistake(pair.first.Mark(), fmt::format("a key is a word of at most {} bytes, is {}", max_key_bytes,
                                                           shown(pair.first)));
            continue;
        }
        const std::string& key = pair.first.Scalar();
        if (const Field* first = find(key))
            reading.mistake(pair.first.Mark(),
                            fmt::format("'{}' is given twice, first in line {}", key, first->mark.line + 1));
        else
            fields_.push_back({key, pair.first.Mark(), pair.second});
    }
}

MappingReader::MappingReader(const MappingReader& base, const YAML::Node& over, std::string what)
    : MappingReader(*base.reading_, over, std::move(what)) {
    for (const Field& field : base.fields_)
        if (!find(field.key)) fields_.push_back(field);
}

const MappingReader::Field* MappingReader::find(std::string_view key) const {
    const auto found = std::ranges::find(fields_, key, &Field::key);
    return found == fields_.end() ? nullptr : &*found;
}

FilePlace MappingReader::place(std::string_view key) const {
    const Field* field = find(key);
    return place_of(field ? field->mark : mark_);
}

void MappingReader::drop(std::span<const std::string_view> keys) {
    // Not erase_if: it assigns, and to assign a YAML::Node changes the file's tree.
    std::vector<Field> kept;
    for (const Field& field : fields_)
        if (std::ranges::find(keys, field.key) == keys.end()) kept.push_back(field);
    fields_.swap(kept);
}

YAML::Node MappingReader::node(std::string_view key) const {
    const Field* field = find(key);
    return field ? reading_->resolve(field->value) : YAML::Node();
}

void MappingReader::mistake(std::string_view key, std::string_view message) const {
    const Field* field = find(key);
    reading_->mistake(field ? field->mark : mark_, fmt::format("'{}' {}", key, message));
}

bool MappingReader::require(std::string_view key) const {
    if (is_mapping_ && !find(key)) reading_->mistake(mark_, fmt::format("{} needs '{}'", what_, key));
    return find(key) != nullptr;
}

void MappingReader::allow_only(std::span<const std::string_view> known) const {
    for (const auto& field : fields_) {
        if (std::ranges::find(known, field.key) != known.end() || reading_->is_hopeless()) continue;
        const auto nearest = nearest_word(field.key, known);
        const std::string hint = nearest.empty() ? "" : fmt::format(", did you mean '{}'?", nearest);
        reading_->mistake(field.mark, fmt::format("unknown key '{}' for {}{} Known: {}", shortened(field.key), what_,
                                                  hint.empty() ? "." : hint, fmt::join(known, ", ")));
    }
}

bool MappingReader::text(std::string_view key, std::string& value, std::size_t limit) const {
    if (!find(key)) return false;
    const YAML::Node node = this->node(key);
    if (!node.IsDefined()) return false;
    if (!node.IsScalar()) return mistake(key, fmt::format("is a text, is {}", shown(node))), false;
    const std::string& text = node.Scalar();
    if (text.empty()) return mistake(key, "is empty"), false;
    if (text.size() > limit)
        return mistake(key, fmt::format("has at most {} bytes, has {}", limit, text.size())), false;
    if (!reading_->spend(mark_, text.size() / 64)) return false;
    value = text;
    return true;
}

bool MappingReader::choice(std::string_view key, std::string& value, std::span<const std::string_view> choices) const {
    std::string chosen;
    if (!text(key, chosen)) return false;
    if (std::ranges::find(choices, chosen) == choices.end()) {
        const auto nearest = nearest_word(chosen, choices);
        mistake(key, fmt::format("is one of {}; is '{}'{}", fmt::join(choices, ", "), shortened(chosen),
                                 nearest.empty() ? "" : fmt::format(", did you mean '{}'?", nearest)));
        return false;
    }
    value = chosen;
    return true;
}

bool MappingReader::number(std::string_view key, double& value, double low, double high) const {
    if (!find(key)) return false;
    const YAML::Node node = this->node(key);
    if (!node.IsDefined()) return false;
    if (!node.IsScalar())
        return mistake(key, fmt::format("must be one number, {}..{}, is {}", low, high, shown(node))), false;
    const auto number = finite_number(node);
    if (!number || *number < low || *number > high)
        return mistake(key, fmt::format("must be {}..{}, is {}", low, high, shown_as_number(node))), false;
    value = *number;
    return true;
}

bool MappingReader::integer(std::string_view key, int& value, int low, int high) const {
    if (!find(key)) return false;
    const YAML::Node node = this->node(key);
    if (!node.IsDefined()) return false;
    const auto number = whole_number(node);
    if (!number || *number < low || *number > high)
        return mistake(key, fmt::format("must be a whole number of {}..{}, is {}", low, high, shown_as_number(node))),
               false;
    value = *number;
    return true;
}

bool MappingReader::flag(std::string_view key, bool& value) const {
    if (!find(key)) return false;
    const YAML::Node node = this->node(key);
    if (!node.IsDefined()) return false;
    const std::string text = node.IsScalar() && !is_quoted(node) ? node.Scalar() : "";
    if (text != "true" && text != "false")
        return mistake(key, fmt::format("must be true or false, is {}", shown(node))), false;
    value = text == "true";
    return true;
}

bool MappingReader::colour(std::string_view key, Colour& value) const {
    if (!find(key)) return false;
    const YAML::Node node = this->node(key);
    if (!node.IsDefined()) return false;
    const auto colour = node.IsScalar() ? parse_colour(node.Scalar()) : std::nullopt;
    if (!colour) {
        // Without quotes YAML takes "#..." for a comment: the commonest slip of all.
        mistake(key, fmt::format("must be \"#rrggbb\" or \"#rrggbbaa\", in quotes, is {}", shown(node)));
        return false;
    }
    value = *colour;
    return true;
}

std::optional<std::vector<double>> MappingReader::numbers(std::string_view key, std::size_t count,
                                                          std::string_view form) const {
    if (!find(key)) return std::nullopt;
    const YAML::Node node = this->node(key);
    if (!node.IsDefined()) return std::nullopt;
    std::vector<double> values;
    if (node.IsSequence() && (node.size() == count || (count == 0 && node.size() <= max_items)) &&
        reading_->spend(mark_, node.size())) {
        for (const auto& item : node) {
            if (const auto number = finite_number(reading_->resolve(item))) values.push_back(*number);
        }
    }
    if (values.empty() || values.size() != node.size()) {
        mistake(key, fmt::format("must be {}, all numbers, is {}", form, shown(node)));
        return std::nullopt;
    }
    return values;
}

bool MappingReader::languages(std::string_view key, std::vector<std::string>& value) const {
    std::vector<std::string> tags;
    for (const auto& item : list(key, max_languages)) {
        if (!item.IsDefined()) continue;
        if (!item.IsScalar() || !is_language_tag(item.Scalar())) {
            reading_->mistake(item.Mark(),
                              fmt::format("'{}' holds language tags like pl or zh, has {}", key, shown(item)));
        } else if (std::ranges::find(tags, item.Scalar()) != tags.end()) {
            reading_->mistake(item.Mark(), fmt::format("'{}' has {} twice", key, item.Scalar()));
        } else {
            tags.push_back(item.Scalar());
        }
    }
    if (tags.empty()) return false;
    value = tags;
    return true;
}

bool MappingReader::texts(std::string_view key, std::map<std::string, std::string>& value) const {
    const Field* field = find(key);
    if (!field) return false;
    const MappingReader by_language(*reading_, field->value, fmt::format("'{}'", key));
    if (!by_language.is_mapping_) return false;
    if (by_language.fields_.empty()) return mistake(key, "is empty"), false;
    if (by_language.fields_.size() > max_languages)
        return mistake(key, fmt::format("has more than {} languages", max_languages)), false;
    value.clear();
    for (const auto& entry : by_language.fields_) {
        if (!is_language_tag(entry.key))
            reading_->mistake(entry.mark, fmt::format("'{}' is keyed by language tags like pl or zh, has '{}'", key,
                                                      shortened(entry.key)));
        else
            by_language.text(entry.key, value[entry.key], max_text_bytes);
    }
    return true;
}

bool MappingReader::words(std::string_view key, std::vector<std::string>& value, std::size_t limit) const {
    std::vector<std::string> words;
    for (const auto& item : list(key, max_items)) {
        if (!item.IsDefined()) continue;
        if (!item.IsScalar() || item.Scalar().empty() || item.Scalar().size() > limit)
            reading_->mistake(item.Mark(),
                              fmt::format("'{}' holds words of 1..{} bytes, has {}", key, limit, shown(item)));
        else
            words.push_back(item.Scalar());
    }
    if (words.empty()) return false;
    value = words;
    return true;
}

bool MappingReader::integers(std::string_view key, std::vector<int>& value, int low, int high) const {
    std::vector<int> integers;
    for (const auto& item : list(key, max_items)) {
        if (!item.IsDefined()) continue;
        const auto number = whole_number(item);
        if (!number || *number < low || *number > high)
            reading_->mistake(item.Mark(), fmt::format("'{}' holds whole numbers of {}..{}, has {}", key, low, high,
                                                       shown_as_number(item)));
        else
            integers.push_back(*number);
    }
    if (integers.empty()) return false;
    value = integers;
    return true;
}

std::vector<YAML::Node> MappingReader::list(std::string_view key, std::size_t limit) const {
    if (!find(key)) return {};
    const YAML::Node node = this->node(key);
    if (!node.IsDefined()) return {};
    if (!node.IsSequence()) {
        mistake(key, fmt::format("is a list, is {}", shown(node)));
    } else if (node.size() == 0) {
        mistake(key, "is empty");
    } else if (node.size() > limit) {
        mistake(key, fmt::format("has at most {} items, has {}", limit, node.size()));
    } else if (reading_->spend(mark_, node.size())) {
        std::vector<YAML::Node> items;
        for (const auto& item : node) items.push_back(reading_->resolve(item));
        return items;
    }
    return {};
}

}  // namespace hallcast::layouts
