// hallcast office statistics and what-if: the master's log in figures, read beside it while it runs.
#include "player/cli/statistics.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "player/queue/log_reader.h"
#include "player/queue/statistics_text.h"
#include "player/queue/what_if.h"
#include "protocol/base/file.h"
#include "protocol/timetable.h"

namespace hallcast::cli {
namespace {

constexpr const char* usual_directory = "/var/lib/hallcast";

struct StatisticsOptions {
    std::string directory = usual_directory;
    std::string from, to;
    std::vector<std::string> by{"service"};
    std::string csv;
};

struct WhatIfOptions {
    std::string directory = usual_directory;
    std::string day;
    queue::Change change;
    std::uint64_t seed = 0;
    std::string service;
};

// "2026-11-24" as 20261124.
std::uint32_t parse_day(const std::string& option, const std::string& text) {
    if (!timetable::parse_date(text))
        throw CLI::ValidationError(option, "must be a date that exists, for example 2026-11-24; is '" + text + "'");
    return std::uint32_t(std::stoul(text.substr(0, 4) + text.substr(5, 2) + text.substr(8, 2)));
}

void print_statistics(const StatisticsOptions& options) {
    const std::uint32_t from = options.from.empty() ? 0 : parse_day("--from", options.from);
    const std::uint32_t to = options.to.empty() ? 99991231 : parse_day("--to", options.to);
    if (from > to)
        throw CLI::ValidationError("--to", options.to + " is before " + options.from + ", where the period begins");
    queue::Grouping by;
    for (const std::string& what : options.by) {
        by.day |= what == "day";
        by.hour |= what == "hour";
        by.service |= what == "service";
        by.counter |= what == "counter";
    }
    queue::Statistics grouped(by, from, to), total({}, from, to);
    need(queue::read_log(options.directory, [&](const v1::Event& event) {
        if (options.csv.empty()) total.add(event);
        return grouped.add(event);
    }));
    const std::vector<queue::Row> rows = grouped.rows();
    if (!options.csv.empty()) {
        const std::string csv = queue::csv_of(rows, by);
        if (options.csv != "-") return need(replace_file(options.csv, csv));
        std::fwrite(csv.data(), 1, csv.size(), stdout);
        return;
    }
    std::fputs(queue::table_of(rows, by).c_str(), stdout);
    std::printf("\nall\n%s", queue::table_of(total.rows(), {}).c_str());
}

std::vector<std::string> line_of(const std::string& name, const queue::Row& row, std::uint64_t not_served) {
    std::vector<std::string> line{name};
    for (const std::int64_t ms : {row.wait.mean_ms, row.wait.median_ms, row.wait.p90_ms, row.wait.max_ms})
        line.push_back(row.wait.count == 0 ? "-" : queue::text_of_duration(ms));
    line.push_back(std::to_string(row.wait.count));
    line.push_back(std::to_string(not_served));
    return line;
}

// The lines of one day; `only` one service where it is not empty.
std::vector<std::vector<std::string>> lines_of(const queue::DayFigures& figures, const std::string& only) {
    std::vector<std::vector<std::string>> lines;
    std::uint64_t all_not_served = 0;
    for (const queue::Row& row : figures.services) {
        const auto left = figures.not_served.find(row.key.service);
        const std::uint64_t not_served = left == figures.not_served.end() ? 0 : left->second;
        all_not_served += not_served;
        if (only.empty() || row.key.service == only) lines.push_back(line_of("  " + row.key.service, row, not_served));
    }
    if (only.empty()) lines.push_back(line_of("  all", figures.total, all_not_served));
    return lines;
}

void print_what_if(const WhatIfOptions& options) {
    const std::uint32_t day = parse_day("--day", options.day);
    if (options.change.like != 0 && options.change.counters < 0)
        throw CLI::ValidationError("--like", "goes with --counters +1; with -1 say --without");
    if (options.change.without != 0 && options.change.counters > 0)
        throw CLI::ValidationError("--without", "goes with --counters -1; with +1 say --like");
    queue::DayLog log(day);
    need(queue::read_log(options.directory, [&](const v1::Event& event) { return log.add(event); }));
    if (log.events().empty()) {
        std::string others;
        for (const std::uint32_t other : {log.day_before(), log.day_after()})
            if (other != 0) others += (others.empty() ? ". Days nearby: " : ", ") + queue::text_of_day(other);
        throw Failure({options.directory + ": the log has nothing of " + options.day + others});
    }
    const queue::WhatIf answer = need(queue::what_if(log, options.change));
    std::vector<std::vector<std::string>> lines{
        {"waits of those called", "mean", "median", "p90", "max", "called", "not served"}};
    const std::pair<std::string, const queue::DayFigures*> days[] = {
        {"as it was", &answer.day}, {"replayed", &answer.baseline}, {"replayed, " + answer.change, &answer.variant}};
    for (const auto& [name, figures] : days) {
        const auto more = lines_of(*figures, options.service);
        if (more.empty()) throw Failure({options.day + ": nobody came for service '" + options.service + "'"});
        lines.push_back({name});
        lines.insert(lines.end(), more.begin(), more.end());
    }
    std::printf(
        "%s, %s%s\n\n%s\n", options.day.c_str(), answer.change.c_str(),
        options.change.seed ? fmt::format(", service times drawn with seed {}", *options.change.seed).c_str() : "",
        queue::aligned(lines, 1).c_str());
    std::printf(
        "Replayed with the day's own counters, a visitor's first wait differs from the real one by %s on average: the\n"
        "smaller, the truer the replay. What the change does is the difference between the two replays.\n",
        queue::text_of_duration(answer.mean_error_ms).c_str());
}

void add_directory(CLI::App& command, std::string& directory) {
    command.add_option("--dir", directory, "the master's folder; it may be running")->capture_default_str();
}

}  // namespace

void add_statistics(CLI::App& office) {
    auto options = std::make_shared<StatisticsOptions>();
    CLI::App& statistics =
        *office.add_subcommand("statistics", "visits, waits, services and no-shows, counted from the master's log");
    add_directory(statistics, options->directory);
    statistics.add_option("--from", options->from, "first day, for example 2026-11-01; the log's first if not given");
    statistics.add_option("--to", options->to, "last day; the log's last if not given");
    statistics.add_option("--by", options->by, "a row for each day, hour, service, counter; several with commas")
        ->delimiter(',')
        ->check(CLI::IsMember({"day", "hour", "service", "counter"}))
        ->capture_default_str();
    statistics.add_option("--csv", options->csv, "write CSV to this file, or to the terminal with -");
    statistics.footer(
        "A wait runs from the arrival, or the end of the service before, to the call. Times are exact; counter 0 is "
        "the\n"
        "queue. No figure is about a person.\n"
        "Example: hallcast office statistics --from 2026-11-01 --to 2026-11-30 --by day,service --csv november.csv");
    statistics.callback([options] { print_statistics(*options); });

    auto change = std::make_shared<WhatIfOptions>();
    CLI::App& what_if = *office.add_subcommand("what-if", "a day replayed with one counter more or less: the waits");
    add_directory(what_if, change->directory);
    what_if.add_option("--day", change->day, "the day, for example 2026-11-24")->required();
    what_if.add_option("--counters", change->change.counters, "+1 or -1")
        ->required()
        ->type_name("+1|-1")
        ->check(CLI::IsMember({1, -1}).description(""));
    auto* like =
        what_if.add_option("--like", change->change.like, "+1: a copy of this counter; of the busiest if not given");
    what_if.add_option("--without", change->change.without, "-1: this counter; the least used if not given")
        ->excludes(like);
    what_if.add_option("--service", change->service, "only this service's waits");
    auto* seed = what_if.add_option("--seed", change->seed,
                                    "draw everybody's time from those of the day; if not given, each takes as long as "
                                    "they did");
    what_if.footer(
        "Visitors come and leave as they did; whom a counter calls is decided by the queue's own rules.\n"
        "Example: hallcast office what-if --day 2026-11-24 --counters +1 --like 3");
    what_if.callback([change, seed] {
        if (seed->count() != 0) change->change.seed = change->seed;
        print_what_if(*change);
    });
}

}  // namespace hallcast::cli
