// Finds what is wrong with a layout before it hangs in a hall: it makes the screens that the layout would give, in made
// states of a hall, and looks at every text in them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "player/preview/finding.h"
#include "player/text/font_set.h"

namespace hallcast::preview {

struct LintOptions {
    std::vector<picture::ScreenSize> sizes;  // empty: usual_sizes()
    std::vector<std::string> languages;      // the office's own first; empty: usual_languages()
    // What the office has, by their ids and numbers; empty: not known, and not looked at.
    std::vector<std::string> services;
    std::vector<int> counters;
};

// The canvas' own size, usual ones, upright ones where there is a variant for those, and one for each other variant.
std::vector<picture::ScreenSize> usual_sizes(const layouts::Layout& layout);

// In the order of their places; one for all languages, sizes and samples in which a thing is wrong. Without clocks and
// chance: the same layout, fonts and options give the same findings.
std::vector<Finding> lint(const layouts::Layout& layout, const text::FontSet& fonts, const LintOptions& options = {});

}  // namespace hallcast::preview
