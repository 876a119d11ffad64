// Reads a YAML mapping field by field, so that every mistake in a file is told with its place and what would be right.
#pragma once

#include <yaml-cpp/yaml.h>

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "layouts/layout.h"

namespace hallcast::layouts {

// What is known while a file is read: its variables, and its mistakes so far.
class Reading {
  public:
    explicit Reading(std::string file) : file_(std::move(file)) {}

    void mistake(const YAML::Mark& mark, std::string_view message);
    bool is_right() const { return mistakes_.empty(); }
    // Whether so many are known that no more are looked for.
    bool is_hopeless() const;
    // Parts of a file may stand in many places, by YAML's & and *, by variables, styles and variants: each reading of a
    // value costs. False, and a mistake, when a file has spent what one may.
    bool spend(const YAML::Mark& mark, std::size_t cost);
    // All of them, in the order of their lines, one in a line.
    std::string mistakes() const;

    // `over` in front of `base`; empty nodes have none.
    void set_variables(const YAML::Node& base, const YAML::Node& over);
    // What stands for "$name": the variable's value. Everything else stands for itself.
    YAML::Node resolve(const YAML::Node& node);

  private:
    struct Mistake {
        int line, column;
        std::string message;
        auto operator<=>(const Mistake&) const = default;
    };
    std::string file_;
    std::set<Mistake> mistakes_;
    std::size_t spent_ = 0;
    std::map<std::string, YAML::Node, std::less<>> variables_;
};

// One mapping of the file. Each getter leaves `value` alone when the key is absent or wrong; what is wrong is a mistake
// of the reading, placed at the key. Externally synchronized.
class MappingReader {
  public:
    // `what` names the mapping in messages: "a board", "a layout".
    MappingReader(Reading& reading, const YAML::Node& node, std::string what);
    // What `over` says goes before what `base` says.
    MappingReader(const MappingReader& base, const YAML::Node& over, std::string what);

    struct Field {
        std::string key;
        YAML::Mark mark;
        YAML::Node value;
    };
    const std::vector<Field>& fields() const { return fields_; }
    const YAML::Mark& mark() const { return mark_; }
    FilePlace place() const { return place_of(mark_); }
    bool is_mapping() const { return is_mapping_; }
    bool has(std::string_view key) const { return find(key) != nullptr; }
    FilePlace place(std::string_view key) const;
    bool require(std::string_view key) const;
    // A mistake at each key that is none of `known`, with the nearest known one and all of them.
    void allow_only(std::span<const std::string_view> known) const;

    // True where the key was there and right. `limit` is in bytes.
    bool text(std::string_view key, std::string& value, std::size_t limit = 200) const;
    bool choice(std::string_view key, std::string& value, std::span<const std::string_view> choices) const;
    bool number(std::string_view key, double& value, double low, double high) const;
    bool integer(std::string_view key, int& value, int low, int high) const;
    bool flag(std::string_view key, bool& value) const;
    bool colour(std::string_view key, Colour& value) const;
    std::optional<std::vector<double>> numbers(std::string_view key, std::size_t count, std::string_view form) const;
    bool languages(std::string_view key, std::vector<std::string>& value) const;
    bool texts(std::string_view key, std::map<std::string, std::string>& value) const;
    bool words(std::string_view key, std::vector<std::string>& value, std::size_t limit) const;
    bool integers(std::string_view key, std::vector<int>& value, int low, int high) const;
    // The items of a list; `limit` of them at most.
    std::vector<YAML::Node> list(std::string_view key, std::size_t limit) const;
    // Its value, variables resolved; a null node where there is none.
    YAML::Node node(std::string_view key) const;
    void mistake(std::string_view key, std::string_view message) const;
    void drop(std::span<const std::string_view> keys);

    static FilePlace place_of(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

  private:
    const Field* find(std::string_view key) const;

    Reading* reading_;
    std::string what_;
    YAML::Mark mark_;
    std::vector<Field> fields_;
    bool is_mapping_ = true;
};

// All of the text as a finite number, whatever the locale.
std::optional<double> number_in(std::string_view text);

// For messages: at most 40 bytes of it, whole characters.
std::string shortened(std::string_view text);

// The one of `known` that `word` is most likely a slip of; empty when none is near.
std::string_view nearest_word(std::string_view word, std::span<const std::string_view> known);

}  // namespace hallcast::layouts
