// Mean errors of the wait estimate on recorded queues, beside simpler estimates on the same points, in minutes.
//     zcat ../shared/data/warsaw-queues.csv.gz | bench_wait -        (or the name of an unpacked file)
#include <cstdio>
#include <cstring>
#include <set>

#include "tests/queue/wait_replay.h"

int main(int count, char** arguments) {
    using namespace hallcast::queue::replay;
    if (count != 2 || std::strcmp(arguments[1], "--help") == 0) {
        std::puts("usage: bench_wait FILE|-\nExample: zcat ../shared/data/warsaw-queues.csv.gz | bench_wait -");
        return count == 2 ? 0 : 2;
    }
    std::FILE* file = std::strcmp(arguments[1], "-") == 0 ? stdin : std::fopen(arguments[1], "r");
    if (file == nullptr) {
        fmt::print(stderr, "{}: cannot be read: {}\n", arguments[1], std::strerror(errno));
        return 1;
    }
    const std::vector<Point> points = replay(read_rows(file));
    if (file != stdin) std::fclose(file);
    std::set<std::string> offices;
    for (const Point& point : points) offices.insert(point.office);

    fmt::print("{:<20} {:>7} {:>6} | {:>6} {:>6} {:>7} {:>6} | {:>6} {:>8} {:>9} | {:>8}\n", "office", "points", "wait",
               "ours", "bias", "inside", "width", "LES", "rate 30", "q x t / c", "ours/LES");
    const auto print = [&](const std::string& name, const Errors& e) {
        fmt::print(
            "{:<20} {:>7} {:>6.1f} | {:>6.2f} {:>6.2f} {:>5.1f} % {:>6.1f} | {:>6.2f} {:>8.2f} {:>9.2f} | {:>8.3f}\n",
            name, e.points, e.wait, e.ours, e.bias, 100 * e.inside, e.width, e.last_to_enter, e.rate, e.by_counters,
            e.ours / e.last_to_enter);
    };
    for (const std::string& office : offices) print(office, errors_of(points, office));
    const Errors all = errors_of(points);
    print("all", all);
    fmt::print("{} points; {} of them, without a last-to-enter-service, are in none of these lines\n", points.size(),
               points.size() - all.points);
    return 0;
}
