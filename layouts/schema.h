// The layout language told to others, from the table that the parser reads by: to editors as JSON Schema, to people as
// tables. Pure.
#pragma once

#include <string>

namespace hallcast::layouts {

// Draft 7, which editors know. It accepts whatever parse_layout accepts; what it cannot say, such as that a variable
// exists, is left to parse_layout (tests/layouts/schema_agrees.py lists it).
std::string json_schema();

// Markdown: kinds, keys and conditions.
std::string key_tables();

}  // namespace hallcast::layouts
