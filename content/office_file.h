// The office as a YAML file, for `hallcast office apply` and `export`, and the sample office of the demo.
#pragma once

#include <string>
#include <string_view>

#include "hallcast/v1/office.pb.h"
#include "protocol/base/error.h"

namespace hallcast::content {

// Errors name file, line, column and what is allowed: `office.yaml:12:5: service 'A' is there twice`.
// `name` is the file's, for the errors.
Expected<v1::Office> parse_office(std::string_view yaml, const std::string& name);
std::string format_office(const v1::Office& office);  // parse_office(format_office(x)) == x

// A voivodeship's office for foreigners: six services, eight counters, one hall, nine languages.
const v1::Office& sample_office();

}  // namespace hallcast::content
