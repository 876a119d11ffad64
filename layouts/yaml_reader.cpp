#include "layouts/yaml_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

namespace hallcast::layouts {

namespace {

constexpr std::size_t max_fields = 64;  // of one mapping

std::string shown(const YAML::Node& node) {
    if (node.IsScalar()) {
        const auto& text = node.Scalar();
        return text.size() > 40 ? text.substr(0, 40) + "..." : text;
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

std::optional<double> finite_number(const YAML::Node& node) {
    if (!node.IsScalar()) return std::nullopt;
    const auto value = parse_number<double>(node.Scalar());
    return value && std::isfinite(*value) ? value : std::nullopt;
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
    const auto is_part_character = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    };
    return text.size() >= 2 && text.size() <= 35 && text.front() != '-' && text.back() != '-' &&
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

void mistake_at(const std::string& file, const YAML::Mark& mark, std::string_view message) {
    // yaml-cpp counts from 0, editors from 1; of an empty file it knows no place.
    throw LayoutMistake{
        fmt::format("{}:{}:{}: {}", file, std::max(mark.line, 0) + 1, std::max(mark.column, 0) + 1, message)};
}

MappingReader::MappingReader(const std::string& file, const YAML::Node& node, std::string what)
    : file_(file), what_(std::move(what)), mark_(node.Mark()) {
    if (!node.IsMap())
        mistake_at(file_, mark_, fmt::format("{} is a mapping of keys to values, is {}", what_, shown(node)));
    if (node.size() > max_fields) mistake_at(file_, mark_, fmt::format("{} has more than {} keys", what_, max_fields));
    for (const auto& pair : node) {
        if (!pair.first.IsScalar()) mistake_at(file_, pair.first.Mark(), "a key is a word");
        const std::string& key = pair.first.Scalar();
        if (find(key)) {
            mistake_at(file_, pair.first.Mark(),
                       fmt::format("'{}' is given twice, first in line {}", key, find(key)->mark.line + 1));
        }
        fields_.push_back({key, pair.first.Mark(), pair.second});
    }
}

const MappingReader::Field* MappingReader::find(std::string_view key) const {
    const auto found = std::ranges::find(fields_, key, &Field::key);
    return found == fields_.end() ? nullptr : &*found;
}

void MappingReader::mistake(std::string_view key, std::string_view message) const {
    const Field* field = find(key);
    mistake_at(file_, field ? field->mark : mark_, fmt::format("'{}' {}", key, message));
}

void MappingReader::require(std::string_view key) const {
    if (!find(key)) mistake_at(file_, mark_, fmt::format("{} needs '{}'", what_, key));
}

void MappingReader::allow_only(std::span<const std::string_view> known) const {
    for (const auto& field : fields_) {
        if (std::ranges::find(known, field.key) != known.end()) continue;
        const auto nearest = nearest_word(field.key, known);
        const std::string hint = nearest.empty() ? "" : fmt::format(", did you mean '{}'?", nearest);
        mistake_at(file_, field.mark,
                   fmt::format("unknown key '{}' for {}{} Known: {}", field.key.substr(0, 40), what_,
                               hint.empty() ? "." : hint, fmt::join(known, ", ")));
    }
}

void MappingReader::text(std::string_view key, std::string& value, std::size_t limit) const {
    const Field* field = find(key);
    if (!field) return;
    if (!field->value.IsScalar()) mistake(key, fmt::format("is a text, is {}", shown(field->value)));
    const std::string& text = field->value.Scalar();
    if (text.empty()) mistake(key, "is empty");
    if (text.size() > limit) mistake(key, fmt::format("has at most {} bytes, has {}", limit, text.size()));
    value = text;
}

void MappingReader::choice(std::string_view key, std::string& value, std::span<const std::string_view> choices) const {
    std::string chosen = value;
    text(key, chosen);
    if (!has(key)) return;
    if (std::ranges::find(choices, chosen) == choices.end()) {
        const auto nearest = nearest_word(chosen, choices);
        mistake(key, fmt::format("is one of {}; is '{}'{}", fmt::join(choices, ", "), chosen.substr(0, 40),
                                 nearest.empty() ? "" : fmt::format(", did you mean '{}'?", nearest)));
    }
    value = chosen;
}

void MappingReader::number(std::string_view key, double& value, double low, double high) const {
    const Field* field = find(key);
    if (!field) return;
    const auto number = finite_number(field->value);
    if (!number || *number < low || *number > high) {
        mistake(key, fmt::format("must be {}..{}, is {}", low, high, shown(field->value)));
    }
    value = *number;
}

void MappingReader::integer(std::string_view key, int& value, int low, int high) const {
    const Field* field = find(key);
    if (!field) return;
    const auto number = field->value.IsScalar() ? parse_number<int>(field->value.Scalar()) : std::nullopt;
    if (!number || *number < low || *number > high) {
        mistake(key, fmt::format("must be {}..{}, is {}", low, high, shown(field->value)));
    }
    value = *number;
}

void MappingReader::flag(std::string_view key, bool& value) const {
    const Field* field = find(key);
    if (!field) return;
    const std::string text = field->value.IsScalar() ? field->value.Scalar() : "";
    if (text != "true" && text != "false")
        mistake(key, fmt::format("must be true or false, is {}", shown(field->value)));
    value = text == "true";
}

void MappingReader::colour(std::string_view key, Colour& value) const {
    const Field* field = find(key);
    if (!field) return;
    const auto colour = field->value.IsScalar() ? parse_colour(field->value.Scalar()) : std::nullopt;
    if (!colour) {
        // Without quotes YAML takes "#..." for a comment: the commonest slip of all.
        mistake(key, fmt::format("must be \"#rrggbb\" or \"#rrggbbaa\", in quotes, is {}", shown(field->value)));
    }
    value = *colour;
}

std::optional<std::vector<double>> MappingReader::numbers(std::string_view key, std::size_t count,
                                                          std::string_view form) const {
    const Field* field = find(key);
    if (!field) return std::nullopt;
    std::vector<double> values;
    if (field->value.IsSequence() && field->value.size() == count) {
        for (const auto& item : field->value) {
            if (const auto number = finite_number(item)) values.push_back(*number);
        }
    }
    if (values.size() != count) mistake(key, fmt::format("must be {}, all numbers, is {}", form, shown(field->value)));
    return values;
}

void MappingReader::languages(std::string_view key, std::vector<std::string>& value) const {
    std::vector<std::string> tags;
    for (const auto& item : list(key, max_languages)) {
        if (!item.IsScalar() || !is_language_tag(item.Scalar())) {
            mistake_at(file_, item.Mark(),
                       fmt::format("'{}' holds language tags like pl or zh, has {}", key, shown(item)));
        }
        if (std::ranges::find(tags, item.Scalar()) != tags.end()) {
            mistake_at(file_, item.Mark(), fmt::format("'{}' has {} twice", key, item.Scalar()));
        }
        tags.push_back(item.Scalar());
    }
    if (has(key)) value = tags;
}

void MappingReader::texts(std::string_view key, std::map<std::string, std::string>& value) const {
    const Field* field = find(key);
    if (!field) return;
    const MappingReader by_language(file_, field->value, fmt::format("'{}'", key));
    if (by_language.fields_.empty()) mistake(key, "is empty");
    if (by_language.fields_.size() > max_languages)
        mistake(key, fmt::format("has more than {} languages", max_languages));
    value.clear();
    for (const auto& entry : by_language.fields_) {
        if (!is_language_tag(entry.key)) {
            mistake_at(
                file_, entry.mark,
                fmt::format("'{}' is keyed by language tags like pl or zh, has '{}'", key, entry.key.substr(0, 40)));
        }
        by_language.text(entry.key, value[entry.key], max_text_bytes);
    }
}

std::vector<YAML::Node> MappingReader::list(std::string_view key, std::size_t limit) const {
    const Field* field = find(key);
    if (!field) return {};
    if (!field->value.IsSequence()) mistake(key, fmt::format("is a list, is {}", shown(field->value)));
    if (field->value.size() == 0) mistake(key, "is empty");
    if (field->value.size() > limit)
        mistake(key, fmt::format("has at most {} items, has {}", limit, field->value.size()));
    return {field->value.begin(), field->value.end()};
}

}  // namespace hallcast::layouts
