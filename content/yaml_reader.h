// Reads YAML that people write: every error names file, line and column and says what is allowed there.
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/error.h"

namespace hallcast::content {

// Whether the text goes on behind the first document that YAML::Load would give. Throws YAML::Exception. YAML::LoadAll
// must not be asked: of some texts it makes documents for ever.
bool has_second_document(const std::string& yaml);

// Thrown by the readers and caught where the file's reading began, as yaml-cpp's own exceptions are: a file is read by
// many small functions that could do nothing with an error but hand it on.
struct YamlRefused {
    Error error;
};

// A node, and the file it is from. Copies are cheap; the document lives as long as any of its nodes.
class YamlPlace {
  public:
    YamlPlace(YAML::Node node, const std::string& file) : node_(std::move(node)), file_(&file) {}

    template <typename... Args>
    [[noreturn]] void refuse(fmt::format_string<Args...> format, Args&&... args) const {
        throw YamlRefused{Error{where() + fmt::format(format, std::forward<Args>(args)...)}};
    }

    // A text of one line, neither empty nor longer than `limit` bytes. `what` names it in errors.
    std::string line(std::string_view what, std::size_t limit) const;
    // A whole number of low..high.
    unsigned number(std::string_view what, unsigned low, unsigned high) const;
    // The same with a sign.
    int signed_number(std::string_view what, int low, int high) const;
    // The entries of a list of 1..limit.
    std::vector<YamlPlace> list(std::string_view what, std::size_t limit) const;
    // The entries of a mapping in the file's order, no key twice; the first of each pair is the key's place.
    std::vector<std::pair<YamlPlace, YamlPlace>> pairs(std::string_view what, std::size_t limit) const;

  private:
    std::string where() const;
    template <typename Number>
    Number whole(std::string_view what, Number low, Number high) const;

    YAML::Node node_;
    const std::string* file_;
};

// A mapping whose keys are known beforehand.
class YamlRecord {
  public:
    // Refuses every key that is not in `known`. `what` names the record in errors: "a service".
    YamlRecord(const YamlPlace& place, std::string_view what, const std::vector<std::string_view>& known);

    const YamlPlace& need(std::string_view key) const;  // refuses the record when it is missing
    const YamlPlace* find(std::string_view key) const;  // null when it is missing

  private:
    YamlPlace place_;
    std::string what_;
    std::map<std::string, YamlPlace, std::less<>> entries_;
};

// "pl, en or uk": for errors that list what is allowed.
std::string alternatives(const std::vector<std::string_view>& words);

}  // namespace hallcast::content
