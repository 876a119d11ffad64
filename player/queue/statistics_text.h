// Statistics as text: a table for a terminal, and CSV for a spreadsheet.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "player/queue/statistics.h"

namespace hallcast::queue {

// RFC 4180: a header, then a record a row, each ended by CR LF; UTF-8. First what the rows are grouped by
// ("2026-11-24"; the hour 0 to 23; the service's id; the counter, 0 where none), then the counts, then times in seconds
// with one decimal, empty where none was measured.
std::string csv_of(std::span<const Row> rows, Grouping by);
// A field as RFC 4180 has it: quoted where it has a comma, a quote or a line's end.
std::string csv_field(std::string_view text);

// The same, shorter: columns that are all zero are left out, times are written as 1:02:03 or 2:03.
std::string table_of(std::span<const Row> rows, Grouping by);

std::string text_of_day(std::uint32_t day);     // 20261124 as "2026-11-24"
std::string text_of_duration(std::int64_t ms);  // "1:02:03", "2:03"

// Lines of cells with each column as wide as its widest cell; all but the first `left` columns stand to the right.
std::string aligned(const std::vector<std::vector<std::string>>& lines, std::size_t left);

}  // namespace hallcast::queue
