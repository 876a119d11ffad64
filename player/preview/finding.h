// What is wrong with a layout: where in its file, where on the screen, and what to do.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "layouts/layout.h"
#include "player/picture/scene.h"
#include "protocol/base/error.h"

namespace hallcast::preview {

enum class Severity : std::uint8_t { error, warning };
constexpr std::string_view name_of(Severity severity) { return severity == Severity::error ? "error" : "warning"; }

struct Finding {
    Severity severity = Severity::error;
    std::string rule;  // its id: "contrast"; see README.md for all of them
    std::string file;
    layouts::FilePlace place;
    std::string widget;   // its name; empty: the whole layout
    std::string message;  // the worst case, and what would be right
    // In which of those that were tried; empty: in all of them, or it does not depend on it.
    std::vector<std::string> languages, sizes, samples;
    picture::Scene scene;      // to be seen in; size 0 x 0: nowhere, the file could not be read
    picture::ScreenRect rect;  // what of it is meant
};

// The rule of what keeps a layout from being read, or a screen from being made of it.
inline constexpr std::string_view rule_layout = "layout";

// What the reader of layouts says, "FILE:LINE:COLUMN: MESSAGE" in each line. `file` is for what names none.
std::vector<Finding> findings_of(const Error& error, const std::string& file);

// "in pl, uk; at 1024x600; in the sample busy"; empty where all three are.
std::string where_of(const Finding& finding);
// "hall.yaml:12:5: error [contrast]: ... (in pl)", as compilers do.
std::string line_of(const Finding& finding);

}  // namespace hallcast::preview
