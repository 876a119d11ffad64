// Reads a YAML mapping field by field, so that every mistake in a file is told with its place and what would be right.
#pragma once

#include <yaml-cpp/yaml.h>

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "layouts/layout.h"

namespace hallcast::layouts {

// The first mistake of a file. Thrown inside this room only; parse_layout() makes an Error of it.
struct LayoutMistake {
    std::string message;
};

[[noreturn]] void mistake_at(const std::string& file, const YAML::Mark& mark, std::string_view message);

// One mapping of the file. Each getter leaves `value` alone when the key is absent, and throws LayoutMistake, placed at
// the key, when it is there and wrong. Externally synchronized.
class MappingReader {
  public:
    // `what` names the mapping in messages: "a board", "a layout". Throws when `node` is no mapping or has a key twice.
    MappingReader(const std::string& file, const YAML::Node& node, std::string what);

    const YAML::Mark& mark() const { return mark_; }
    bool has(std::string_view key) const { return find(key) != nullptr; }
    void require(std::string_view key) const;
    // Throws at the first key that is none of `known`, with the nearest known one and all of them.
    void allow_only(std::span<const std::string_view> known) const;

    // `limit` is in bytes.
    void text(std::string_view key, std::string& value, std::size_t limit = 200) const;
    void choice(std::string_view key, std::string& value, std::span<const std::string_view> choices) const;
    void number(std::string_view key, double& value, double low, double high) const;
    void integer(std::string_view key, int& value, int low, int high) const;
    void flag(std::string_view key, bool& value) const;
    void colour(std::string_view key, Colour& value) const;
    std::optional<std::vector<double>> numbers(std::string_view key, std::size_t count, std::string_view form) const;
    void languages(std::string_view key, std::vector<std::string>& value) const;
    void texts(std::string_view key, std::map<std::string, std::string>& value) const;
    // The items of a list; `limit` of them at most.
    std::vector<YAML::Node> list(std::string_view key, std::size_t limit) const;
    [[noreturn]] void mistake(std::string_view key, std::string_view message) const;

  private:
    struct Field {
        std::string key;
        YAML::Mark mark;
        YAML::Node value;
    };
    const Field* find(std::string_view key) const;

    std::string file_;
    std::string what_;
    YAML::Mark mark_;
    std::vector<Field> fields_;
};

// The one of `known` that `word` is most likely a slip of; empty when none is near.
std::string_view nearest_word(std::string_view word, std::span<const std::string_view> known);

}  // namespace hallcast::layouts
