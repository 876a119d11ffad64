#include "player/preview/finding.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <utility>

namespace hallcast::preview {

std::string where_of(const Finding& finding) {
    std::vector<std::string> parts;
    if (!finding.languages.empty()) parts.push_back(fmt::format("in {}", fmt::join(finding.languages, ", ")));
    if (!finding.sizes.empty()) parts.push_back(fmt::format("at {}", fmt::join(finding.sizes, ", ")));
    if (!finding.samples.empty())
        parts.push_back(
            fmt::format("in the sample{} {}", finding.samples.size() > 1 ? "s" : "", fmt::join(finding.samples, ", ")));
    return fmt::format("{}", fmt::join(parts, "; "));
}

std::string line_of(const Finding& finding) {
    const std::string where = where_of(finding);
    return fmt::format("{}:{}:{}: {} [{}]: {}{}", finding.file, finding.place.line, finding.place.column,
                       name_of(finding.severity), finding.rule, finding.message,
                       where.empty() ? "" : fmt::format(" ({})", where));
}

std::vector<Finding> findings_of(const Error& error, const std::string& file) {
    std::vector<Finding> findings;
    std::string_view rest = error.message;
    while (!rest.empty()) {
        const auto end = rest.find('\n');
        std::string_view line = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        Finding finding{.rule = std::string(rule_layout), .file = file, .place = {1, 1}};
        // A path may have a colon itself.
        for (auto colon = line.find(':'); colon != line.npos; colon = line.find(':', colon + 1)) {
            layouts::FilePlace place;
            const char* const end_of_line = line.data() + line.size();
            const auto [column, no_line] = std::from_chars(line.data() + colon + 1, end_of_line, place.line);
            if (no_line != std::errc() || column == end_of_line || *column != ':') continue;
            const auto [past, no_column] = std::from_chars(column + 1, end_of_line, place.column);
            if (no_column != std::errc() || past == end_of_line || *past != ':') continue;
            finding.file = line.substr(0, colon);
            finding.place = place;
            line.remove_prefix(std::size_t(past + 1 - line.data()));
            while (line.starts_with(' ')) line.remove_prefix(1);
            break;
        }
        finding.message = line;
        findings.push_back(std::move(finding));
    }
    return findings;
}

}  // namespace hallcast::preview
