#include "content/yaml_reader.h"

#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <sstream>

namespace hallcast::content {

namespace {

// The parser's events, heard by nobody.
class Deaf final : public YAML::EventHandler {
    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
    void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
    void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
    void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnMapEnd() override {}
};

}  // namespace

bool has_second_document(const std::string& yaml) {
    std::istringstream text(yaml);
    YAML::Parser parser(text);
    Deaf nobody;
    return parser.HandleNextDocument(nobody) && parser.HandleNextDocument(nobody);
}

std::string YamlPlace::where() const {
    const YAML::Mark mark = node_.Mark();
    if (mark.is_null()) return *file_ + ": ";
    return fmt::format("{}:{}:{}: ", *file_, mark.line + 1, mark.column + 1);
}

std::string YamlPlace::line(std::string_view what, std::size_t limit) const {
    if (node_.IsNull()) refuse("{} is empty", what);
    if (!node_.IsScalar()) refuse("{} must be a text", what);
    const std::string& text = node_.Scalar();
    if (text.find_first_not_of(" \t\r\n") == std::string::npos) refuse("{} is empty", what);
    if (text.size() > limit) refuse("{} must be at most {} bytes long, is {}", what, limit, text.size());
    if (std::any_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < 0x20) || c == 0x7F; }))
        refuse("{} must be one line, without tabs and other control characters", what);
    return text;
}

template <typename Number>
Number YamlPlace::whole(std::string_view what, Number low, Number high) const {
    if (!node_.IsScalar()) refuse("{} must be a whole number of {}..{}", what, low, high);
    const std::string& text = node_.Scalar();
    Number value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < low || value > high)
        refuse("{} must be a whole number of {}..{}, is '{}'", what, low, high, text);
    return value;
}

unsigned YamlPlace::number(std::string_view what, unsigned low, unsigned high) const { return whole(what, low, high); }

int YamlPlace::signed_number(std::string_view what, int low, int high) const { return whole(what, low, high); }

std::vector<YamlPlace> YamlPlace::list(std::string_view what, std::size_t limit) const {
    if (!node_.IsSequence()) refuse("{} must be a list: [a, b], or lines that begin with '- '", what);
    if (node_.size() == 0) refuse("{} is an empty list; give at least one entry", what);
    if (node_.size() > limit) refuse("{} may have at most {} entries, has {}", what, limit, node_.size());
    std::vector<YamlPlace> entries;
    for (const YAML::Node& entry : node_) entries.emplace_back(entry, *file_);
    return entries;
}

std::vector<std::pair<YamlPlace, YamlPlace>> YamlPlace::pairs(std::string_view what, std::size_t limit) const {
    if (!node_.IsMap()) refuse("{} must be a mapping: lines of 'key: value'", what);
    if (node_.size() > limit) refuse("{} may have at most {} entries, has {}", what, limit, node_.size());
    std::vector<std::pair<YamlPlace, YamlPlace>> entries;
    std::set<std::string> seen;
    for (const auto& entry : node_) {
        const YamlPlace key(entry.first, *file_);
        if (!entry.first.IsScalar()) key.refuse("a key in {} must be a word", what);
        if (!seen.insert(entry.first.Scalar()).second) key.refuse("'{}' is there twice", entry.first.Scalar());
        entries.emplace_back(key, YamlPlace(entry.second, *file_));
    }
    return entries;
}

YamlRecord::YamlRecord(const YamlPlace& place, std::string_view what, const std::vector<std::string_view>& known)
    : place_(place), what_(what) {
    for (const auto& [key, value] : place.pairs(what, 100)) {
        const std::string name = key.line("a key", 100);
        if (std::find(known.begin(), known.end(), name) == known.end())
            key.refuse("'{}' is not known in {}; it may have {}", name, what, alternatives(known));
        entries_.emplace(name, value);
    }
}

const YamlPlace& YamlRecord::need(std::string_view key) const {
    const YamlPlace* found = find(key);
    if (!found) place_.refuse("{} needs '{}'", what_, key);
    return *found;
}

const YamlPlace* YamlRecord::find(std::string_view key) const {
    const auto found = entries_.find(key);
    return found == entries_.end() ? nullptr : &found->second;
}

std::string alternatives(const std::vector<std::string_view>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
        text += words[i];
    }
    return text;
}

}  // namespace hallcast::content
