#include "player/preview/finding.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

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

}  // namespace hallcast::preview
