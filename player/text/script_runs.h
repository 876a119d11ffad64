// The script of each character, with Common and Inherited ones given that of their surroundings (UAX #24).
#pragma once

#include <unicode/uscript.h>

#include <string>
#include <vector>

namespace hallcast::text {

// One script a UTF-16 unit. Marks take their base's script, a closing bracket that of its opening one, other common
// characters that of the text before them, or after them at the start, or `usual` where there is no letter at all.
std::vector<UScriptCode> resolve_scripts(const std::u16string& text, UScriptCode usual);

}  // namespace hallcast::text
