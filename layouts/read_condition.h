// Reads `when`.
#pragma once

#include "layouts/yaml_reader.h"

namespace hallcast::layouts {

// All of them must hold. A word, "not" and a word, a mapping of figures, or a list of such.
std::vector<Condition> read_conditions(Reading& reading, const MappingReader& reader, std::string_view key);

}  // namespace hallcast::layouts
