// Unicode's own test files, as Debian's package unicode-data installs them.
#pragma once

#include <unicode/uchar.h>
#include <unicode/utf16.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/catch.h"
#include "tests/sanitized.h"

namespace text_test {

// Of the lines of Unicode's suites: every so manyth only.
inline constexpr std::size_t sanitizer_stride = hallcast::tests::sanitized ? 29 : 1;

// Calls `use` with each line that is neither empty nor a comment. False, after a warning, where the file is missing or
// belongs to another version of Unicode than ICU's.
inline bool for_each_line(const std::string& name, const std::function<void(std::string_view)>& use) {
    const std::filesystem::path path = std::filesystem::path("/usr/share/unicode") / name;
    std::ifstream file(path);
    if (!file) {
        WARN("skipped: there is no " << path << "; run: apt-get install unicode-data");
        return false;
    }
    UVersionInfo version{};
    u_getUnicodeVersion(version);
    std::string line;
    std::string head;
    for (int i = 0; i < 8 && std::getline(file, line); ++i) head += line + "\n";
    const std::string ours = std::to_string(version[0]) + "." + std::to_string(version[1]);
    if (head.find("-" + ours + ".") == std::string::npos && head.find("Version: " + ours) == std::string::npos) {
        WARN("skipped: " << path << " is not of Unicode " << ours << ", which this ICU knows");
        return false;
    }
    file.seekg(0);
    while (std::getline(file, line)) {
        if (!line.empty() && line[0] != '#') use(line);
    }
    return true;
}

inline std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of(separators), text.size());
        if (end > 0) parts.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

inline UChar32 code_point(std::string_view hex) {
    std::uint32_t value = 0;
    std::from_chars(hex.data(), hex.data() + hex.size(), value, 16);
    return static_cast<UChar32>(value);
}

inline void append(std::u16string& text, UChar32 c) {
    if (U_IS_BMP(c)) {
        text.push_back(static_cast<char16_t>(c));
    } else {
        text.push_back(U16_LEAD(c));
        text.push_back(U16_TRAIL(c));
    }
}

// "÷ 0061 × 0308 ÷": a text, and where in it (UTF-16 units, the end included) a division is allowed.
struct BreakCase {
    std::u16string text;
    std::vector<std::int32_t> allowed;
};

inline BreakCase parse_breaks(std::string_view line) {
    BreakCase result;
    for (const std::string_view part : split(line.substr(0, line.find('#')), " \t")) {
        const auto at = static_cast<std::int32_t>(result.text.size());
        if (part == "÷") {
            if (at > 0) result.allowed.push_back(at);
        } else if (part != "×") {
            append(result.text, code_point(part));
        }
    }
    return result;
}

// Counts what differs from the suite by the reason why it may. What has none is a failure.
class Deviations {
  public:
    // `reason` empty: there is none.
    void add(std::string_view reason, std::string_view line) {
        ++counts_[std::string(reason)];
        if (reason.empty() && counts_[""] <= most_shown) unlisted_lines_ += "\n      " + std::string(line);
    }
    int of(std::string_view reason) const {
        const auto found = counts_.find(std::string(reason));
        return found == counts_.end() ? 0 : found->second;
    }
    int unlisted() const { return of(""); }
    std::string report() const {
        std::string text;
        for (const auto& [reason, count] : counts_)
            text += "\n  " + std::to_string(count) + ": " + (reason.empty() ? "no reason" + unlisted_lines_ : reason);
        return text;
    }

  private:
    static constexpr int most_shown = 12;
    std::map<std::string, int> counts_;
    std::string unlisted_lines_;
};

}  // namespace text_test
