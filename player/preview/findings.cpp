#include "player/preview/findings.h"

#include <algorithm>
#include <utility>

namespace hallcast::preview {
namespace {

std::vector<std::string> unless_all(const std::vector<std::string>& some, const std::vector<std::string>& all) {
    return some.size() < all.size() ? some : std::vector<std::string>{};
}

}  // namespace

void Findings::saw(const std::string& widget, const Where& where) { add(seen_[widget], where); }

void Findings::add(Finding finding, double measure, const Where& where) {
    auto& known = found_[{finding.place.line, finding.place.column, finding.rule, finding.widget, finding.severity}];
    add(known.where, where);
    if (!known.finding || measure < known.measure - 1e-6) {
        known.finding = std::move(finding);
        known.measure = measure;
    }
}

std::vector<Finding> Findings::take() {
    std::vector<Finding> findings;
    for (auto& [key, known] : found_) {
        auto& finding = *known.finding;
        // Of what is an error nobody needs a warning too.
        auto error_key = key;
        std::get<4>(error_key) = Severity::error;
        if (finding.severity == Severity::warning && found_.contains(error_key)) continue;
        const auto& seen = seen_[finding.widget];
        finding.languages = unless_all(known.where.languages, seen.languages);
        finding.sizes = unless_all(known.where.sizes, seen.sizes);
        // A language has its turn in some samples only: they say no more then.
        if (finding.languages.empty()) finding.samples = unless_all(known.where.samples, seen.samples);
        findings.push_back(std::move(finding));
    }
    return findings;
}

void Findings::add(Sets& sets, const Where& where) {
    const auto insert = [](std::vector<std::string>& set, const std::string& one) {
        if (!one.empty() && std::ranges::find(set, one) == set.end()) set.push_back(one);
    };
    insert(sets.languages, where.language);
    insert(sets.sizes, where.size);
    insert(sets.samples, where.sample);
}

}  // namespace hallcast::preview
