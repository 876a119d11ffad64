#include "player/queue/statistics_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace hallcast::queue {
namespace {

// One column: its name in the CSV, in the table, and what it says of a row.
struct Column {
    std::string csv, table;
    std::function<std::string(const Row&)> in_csv, in_table;
    bool key = false;
};

std::string seconds(const Summary& summary, std::int64_t ms) {
    return summary.count == 0 ? std::string() : fmt::format("{:.1f}", double(ms) / 1000.0);
}

std::vector<Column> columns(Grouping by) {
    std::vector<Column> all;
    const auto key = [&](bool wanted, const char* name, std::function<std::string(const Row&)> text) {
        if (wanted) all.push_back({name, name, text, text, true});
    };
    key(by.day, "day", [](const Row& row) { return text_of_day(row.key.day); });
    key(by.hour, "hour", [](const Row& row) { return std::to_string(row.key.hour); });
    key(by.service, "service", [](const Row& row) { return row.key.service; });
    key(by.counter, "counter", [](const Row& row) { return std::to_string(row.key.counter); });

    const std::pair<Count, const char*> counts[] = {
        {Count::arrived, "arrived"},         {Count::queued, "queued"},     {Count::called, "called"},
        {Count::served, "served"},           {Count::no_shows, "no_shows"}, {Count::reinstated, "reinstated"},
        {Count::cancelled, "cancelled"},     {Count::removed, "removed"},   {Count::expired, "expired"},
        {Count::transferred, "transferred"}, {Count::open, "open"}};
    for (const auto& [count, name] : counts) {
        const auto text = [count = count](const Row& row) { return std::to_string(row[count]); };
        all.push_back({name, name, text, text});
    }

    using Part = std::int64_t Summary::*;
    const auto time = [&](const std::string& csv, const std::string& table, Summary Row::*what, Part part) {
        all.push_back({csv, table, [=](const Row& row) { return seconds(row.*what, row.*what.*part); },
                       [=](const Row& row) {
                           return (row.*what).count == 0 ? std::string("-") : text_of_duration(row.*what.*part);
                       }});
    };
    time("wait_mean_s", "wait", &Row::wait, &Summary::mean_ms);
    time("wait_median_s", "median", &Row::wait, &Summary::median_ms);
    time("wait_p90_s", "p90", &Row::wait, &Summary::p90_ms);
    time("wait_max_s", "max", &Row::wait, &Summary::max_ms);
    time("service_mean_s", "service", &Row::service, &Summary::mean_ms);
    time("service_median_s", "median", &Row::service, &Summary::median_ms);
    time("service_p90_s", "p90", &Row::service, &Summary::p90_ms);
    time("call_to_start_mean_s", "to start", &Row::call_to_start, &Summary::mean_ms);
    time("call_to_start_median_s", "median", &Row::call_to_start, &Summary::median_ms);
    return all;
}

// As terminals count: bytes that go on with a character of UTF-8 take no room.
std::size_t width_of(std::string_view text) {
    return std::size_t(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace

std::string csv_field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string field = "\"";
    for (const char c : text) {
        if (c == '"') field += '"';
        field += c;
    }
    return field + '"';
}

std::string csv_of(std::span<const Row> rows, Grouping by) {
    const std::vector<Column> all = columns(by);
    std::string csv;
    const auto end_field = [&](const Column& column) { csv += &column == &all.back() ? "\r\n" : ","; };
    for (const Column& column : all) csv += column.csv, end_field(column);
    for (const Row& row : rows)
        for (const Column& column : all) csv += csv_field(column.in_csv(row)), end_field(column);
    return csv;
}

std::string table_of(std::span<const Row> rows, Grouping by) {
    std::vector<Column> shown = columns(by);
    std::erase_if(shown, [&](const Column& column) {
        return !column.key && column.table != "arrived" && std::ranges::all_of(rows, [&](const Row& row) {
            const std::string text = column.in_table(row);
            return text == "0" || text == "-";
        });
    });
    std::vector<std::vector<std::string>> lines(1);
    for (const Column& column : shown) lines.front().push_back(column.table);
    for (const Row& row : rows) {
        auto& line = lines.emplace_back();
        for (const Column& column : shown) line.push_back(column.in_table(row));
    }
    return aligned(lines, std::size_t(std::ranges::count_if(shown, &Column::key)));
}

std::string text_of_day(std::uint32_t day) {
    return fmt::format("{:04}-{:02}-{:02}", day / 10000, day / 100 % 100, day % 100);
}

std::string text_of_duration(std::int64_t ms) {
    const std::int64_t seconds = (ms + 500) / 1000;
    if (seconds >= 3600) return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
}

std::string aligned(const std::vector<std::vector<std::string>>& lines, std::size_t left) {
    std::vector<std::size_t> widths;
    for (const auto& line : lines) {
        widths.resize(std::max(widths.size(), line.size()));
        for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width_of(line[i]));
    }
    std::string text;
    for (const auto& line : lines) {
        std::string one;
        for (std::size_t i = 0; i < line.size(); ++i) {
            const std::string fill(widths[i] - width_of(line[i]), ' ');
            one += (i == 0 ? "" : "  ") + (i < left ? line[i] + fill : fill + line[i]);
        }
        one.erase(one.find_last_not_of(' ') + 1);
        text += one + '\n';
    }
    return text;
}

}  // namespace hallcast::queue
