// A recorded queue replayed through the wait estimator beside simpler estimates, without looking ahead.
//
// A row is what a hall screen showed of one queue every five minutes or so: last number called, how many wait, open
// counters. The number last issued is `last called + waiting`; the wait of the visitor who has it runs from the first
// row with that number to the first row where it is called. Series (a queue on a day) whose last-called number goes
// back are left out, and visitors who are never called.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "player/queue/wait_estimate.h"
#include "protocol/base/error.h"

namespace hallcast::queue::replay {

struct Row {
    std::string office, service, date;
    std::int64_t at_ms = 0;  // as if the local time were UTC
    std::uint32_t open_counters = 0;
    std::uint32_t waiting = 0;
    int last_called = -1;  // -1: nobody yet
    double service_minutes = 0;
};

// One visitor whose wait is known in the end, and what was said of it when it began.
struct Point {
    std::string office, service;
    std::int64_t at_ms = 0;
    std::uint32_t place = 0;
    double wait_s = 0;
    double expected_s = 0, low_s = 0, high_s = 0;
    std::optional<double> last_to_enter_s;  // none: nobody whose wait is known was called that day before
    double rate_of_30_minutes_s = 0;
    double queue_by_counters_s = 0;
};

// A line's fields; those in quotes may contain commas.
inline std::vector<std::string> fields_of(std::string_view line) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (const char c : line) {
        if (c == '"')
            quoted = !quoted;
        else if (c == ',' && !quoted)
            fields.emplace_back();
        else if (c != '\r' && c != '\n')
            fields.back() += c;
    }
    return fields;
}

inline int number_in(std::string_view text) {
    int number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

// Days since 1970 (the civil calendar from 1 March on, so that leap days come last).
inline std::int64_t days_of(int year, int month, int day) {
    if (month <= 2) --year, month += 12;
    return 365LL * year + year / 4 - year / 100 + year / 400 + (153 * (month - 3) + 2) / 5 + day - 1 - 719'468;
}

// Columns as ../shared/SOURCES.md has them; the first line names them. Rows of other offices than `offices` are left
// out where it is not empty. In the order of offices, then time; stable. Rows that make no sense are left out.
inline std::vector<Row> read_rows(std::FILE* file, std::span<const std::string> offices = {}) {
    std::vector<Row> rows;
    char* line = nullptr;
    std::size_t room = 0;
    bool first = true;
    for (ssize_t size = 0; (size = ::getline(&line, &room, file)) > 0;) {
        if (std::exchange(first, false)) continue;
        const std::string_view text(line, std::size_t(size));
        const auto office =
            text.substr(0, text.find(','));  // first, since taking apart half a million lines takes long
        if (!offices.empty() && std::ranges::find(offices, office) == offices.end()) continue;
        const std::vector<std::string> field = fields_of(text);
        if (field.size() < 10 || field[1].size() != 10 || field[2].size() < 5) continue;
        const std::string_view date = field[1], time = field[2];
        Row& row = rows.emplace_back();
        row.office = field[0];
        row.date = field[1];
        row.service = field[3];
        row.at_ms =
            (days_of(number_in(date.substr(0, 4)), number_in(date.substr(5, 2)), number_in(date.substr(8))) * 1440 +
             number_in(time.substr(0, 2)) * 60 + number_in(time.substr(3, 2))) *
            60'000;
        row.open_counters = std::uint32_t(number_in(field[6]));
        row.waiting = std::uint32_t(number_in(field[7]));
        const std::size_t digits = field[8].find_first_of("0123456789");
        if (digits != std::string::npos) row.last_called = number_in(std::string_view(field[8]).substr(digits));
        row.service_minutes = std::strtod(field[9].c_str(), nullptr);
    }
    std::free(line);
    std::ranges::stable_sort(rows, {}, [](const Row& row) { return std::tie(row.office, row.at_ms); });
    return rows;
}

// The rows recorded in Warsaw (../shared beside the repository), of those offices; all where it is empty. Nothing where
// they are not there. Throws where they cannot be unpacked.
inline std::optional<std::vector<Row>> recorded_rows(std::span<const std::string> offices = {}) {
    const char* source = std::getenv("HALLCAST_SOURCE");  // as ctest sets it
    const std::filesystem::path file =
        std::filesystem::path(source == nullptr ? "." : source).parent_path() / "shared/data/warsaw-queues.csv.gz";
    if (!std::filesystem::exists(file)) return std::nullopt;
    std::FILE* unzipped = ::popen(("zcat '" + file.string() + "'").c_str(), "r");
    if (unzipped == nullptr) throw std::runtime_error("zcat does not start");
    std::vector<Row> rows = read_rows(unzipped, offices);
    if (::pclose(unzipped) != 0) throw std::runtime_error("zcat fails at " + file.string());
    return rows;
}

// One queue on one day.
struct Day {
    std::string date;
    int last_called = -1;
    int last_issued = -1;
    std::map<int, std::int64_t> came_ms;                       // by number
    std::map<int, std::pair<std::size_t, std::int64_t>> open;  // points whose wait goes on: which, and since when
    std::deque<std::pair<std::int64_t, int>> calls;            // when, how many
    std::optional<double> last_to_enter_s;
};

inline bool goes_back(std::span<const Row* const> series) {
    int last = -1;
    for (const Row* row : series)
        if (row->last_called < std::exchange(last, row->last_called)) return true;
    return false;
}

// What an estimator says of the visitor whose wait begins in this row, given what ours says.
using Say = std::function<WaitForecast(const Row& row, const WaitForecast& ours)>;

// Rows as read_rows gives them.
inline std::vector<Point> replay(std::span<const Row> rows, const Say& say = {}) {
    using Key = std::tuple<std::string, std::string, std::string>;
    std::map<Key, std::vector<const Row*>> series;
    for (const Row& row : rows) series[{row.office, row.service, row.date}].push_back(&row);
    std::erase_if(series, [](const auto& one) { return goes_back(one.second); });

    struct Queue {
        ServiceWaits waits;
        Day day;
    };
    std::vector<Point> points;
    std::vector<bool> known;  // of each point: it was called
    std::string office;
    OfficeWaits shared;
    std::map<std::string, Queue> queues;
    for (const Row& row : rows) {
        if (!series.contains({row.office, row.service, row.date})) continue;
        if (office != row.office) {
            office = row.office;
            shared = {};
            queues.clear();
        }
        auto& [waits, day] = queues[row.service];
        if (day.date != row.date) {
            day = {};
            day.date = row.date;
            waits.followed.clear();
            observe(shared, waits, row.at_ms, 0, 0, false);
        }
        if (row.last_called < 0) continue;

        if (day.last_called >= 0) {
            for (int number = day.last_called + 1; number <= row.last_called; ++number) {
                called(shared, waits, std::uint64_t(number), row.at_ms);
                if (const auto came = day.came_ms.find(number); came != day.came_ms.end()) {
                    day.last_to_enter_s = double(row.at_ms - came->second) / 1000;
                    day.came_ms.erase(came);
                }
                if (const auto point = day.open.find(number); point != day.open.end()) {
                    points[point->second.first].wait_s = double(row.at_ms - point->second.second) / 1000;
                    known[point->second.first] = true;
                    day.open.erase(point);
                }
            }
            if (row.last_called > day.last_called) day.calls.emplace_back(row.at_ms, row.last_called - day.last_called);
        }
        day.last_called = row.last_called;
        while (!day.calls.empty() && day.calls.front().first <= row.at_ms - 30 * 60'000) day.calls.pop_front();

        const int issued = row.last_called + int(row.waiting);
        for (int number = std::max(day.last_issued, row.last_called) + 1; number <= issued; ++number)
            day.came_ms[number] = row.at_ms;
        if (issued > day.last_issued && row.waiting > 0) {
            observe(shared, waits, row.at_ms, row.waiting - 1, row.open_counters, false);
            const Newcomer newcomer{row.at_ms, row.waiting, false};
            const WaitForecast ours = forecast(shared, waits, newcomer);
            const WaitForecast said = say ? say(row, ours) : ours;
            follow(shared, waits, std::uint64_t(issued), newcomer);
            int calls = 0;
            for (const auto& [when, count] : day.calls) calls += count;
            day.open[issued] = {points.size(), row.at_ms};
            points.push_back(
                {.office = row.office,
                 .service = row.service,
                 .at_ms = row.at_ms,
                 .place = row.waiting,
                 .wait_s = 0,
                 .expected_s = double(said.expected_s),
                 .low_s = double(said.low_s),
                 .high_s = double(said.high_s),
                 .last_to_enter_s = day.last_to_enter_s,
                 .rate_of_30_minutes_s = row.waiting * 1800.0 / std::max(1, calls),
                 .queue_by_counters_s = row.waiting * row.service_minutes * 60 / std::max(1u, row.open_counters)});
            known.push_back(false);
        }
        observe(shared, waits, row.at_ms, row.waiting, row.open_counters, false);
        day.last_issued = std::max(day.last_issued, issued);
    }
    std::size_t kept = 0;
    for (std::size_t i = 0; i < points.size(); ++i)
        if (known[i]) points[kept++] = points[i];
    points.resize(kept);
    return points;
}

// Mean errors in minutes over the points that have a last-to-enter-service.
struct Errors {
    std::size_t points = 0;
    double wait = 0, ours = 0, bias = 0, inside = 0, width = 0, last_to_enter = 0, rate = 0, by_counters = 0;
};

inline Errors errors_of(std::span<const Point> points, const std::string& office = {}) {
    Errors sums;
    for (const Point& point : points) {
        if (!point.last_to_enter_s || (!office.empty() && office != point.office)) continue;
        ++sums.points;
        sums.wait += point.wait_s / 60;
        sums.ours += std::abs(point.expected_s - point.wait_s) / 60;
        sums.bias += (point.expected_s - point.wait_s) / 60;
        sums.inside += point.low_s <= point.wait_s && point.wait_s <= point.high_s ? 1 : 0;
        sums.width += (point.high_s - point.low_s) / 60;
        sums.last_to_enter += std::abs(*point.last_to_enter_s - point.wait_s) / 60;
        sums.rate += std::abs(point.rate_of_30_minutes_s - point.wait_s) / 60;
        sums.by_counters += std::abs(point.queue_by_counters_s - point.wait_s) / 60;
    }
    const double count = double(std::max<std::size_t>(1, sums.points));
    for (double* sum : {&sums.wait, &sums.ours, &sums.bias, &sums.inside, &sums.width, &sums.last_to_enter, &sums.rate,
                        &sums.by_counters})
        *sum /= count;
    return sums;
}

// What is asked of the estimate, on these points; the first thing that does not hold.
inline std::optional<std::string> fault_of(const Errors& errors) {
    if (errors.ours > 0.8 * errors.last_to_enter)
        return fmt::format("mean error {:.2f} minutes is more than 0.8 of last-to-enter-service's {:.2f}", errors.ours,
                           errors.last_to_enter);
    if (errors.inside < 0.75 || errors.inside > 0.85)
        return fmt::format("the 80 % interval holds {:.1f} % of the waits", 100 * errors.inside);
    return std::nullopt;
}

}  // namespace hallcast::queue::replay
