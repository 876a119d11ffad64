// Durable commands a second, one client and 64 at once, beside plain SQLite inserts of the same rows; and opening time.
//     bench_queue [FOLDER]      (a disk that syncs; default: the temporary folder)
#include <sqlite3.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>

#include "player/queue/core.h"
#include "player/queue/sqlite.h"
#include "protocol/cmd_id.h"

namespace {

using namespace hallcast;
using Clock = std::chrono::steady_clock;

double seconds_of(const std::function<void()>& work) {
    const auto begin = Clock::now();
    work();
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

template <typename T>
T or_exit(Expected<T> value) {
    if (value) return *std::move(value);
    fmt::print(stderr, "{}\n", value.error().message);
    std::exit(1);
}

// What any durable command must write: an event, and a reply under a random id.
double plain_inserts(const std::filesystem::path& file, int groups, int group_size) {
    const queue::Database database = or_exit(queue::open_queue_database(file));
    const queue::Statement event = or_exit(queue::prepare(database.get(), "INSERT INTO log (event) VALUES (?1)"));
    const queue::Statement reply = or_exit(queue::prepare(database.get(), "INSERT INTO reply VALUES (?1, ?2)"));
    const std::string bytes(60, 'x');
    return seconds_of([&] {
        for (int group = 0; group < groups; ++group) {
            if (!queue::execute(database.get(), "BEGIN IMMEDIATE")) std::exit(1);
            for (int i = 0; i < group_size; ++i) {
                const std::string id = wire::make_cmd_id();
                queue::bind_blob(event.get(), 1, bytes);
                queue::bind_blob(reply.get(), 1, id);
                queue::bind_blob(reply.get(), 2, bytes);
                for (sqlite3_stmt* statement : {event.get(), reply.get()}) {
                    if (sqlite3_step(statement) != SQLITE_DONE) std::exit(1);
                    sqlite3_reset(statement);
                }
            }
            if (!queue::execute(database.get(), "COMMIT")) std::exit(1);
        }
    });
}

v1::Command command() {
    v1::Command made;
    made.set_cmd_id(wire::make_cmd_id());
    made.set_actor("bench");
    return made;
}

void open_office(queue::Core& core) {
    v1::Command apply = command();
    v1::Office& office = *apply.mutable_apply_office()->mutable_office();
    office.add_languages("pl");
    office.add_halls()->set_id("main");
    office.add_services()->set_id("A");
    office.add_counters()->set_number(1);
    core.submit_and_wait(std::move(apply));
    v1::Command open = command();
    open.mutable_open_counter()->set_counter(1);
    core.submit_and_wait(std::move(open));
}

// Tickets and calls in turn, as an office has them.
v1::Command work(int i) {
    v1::Command made = command();
    if (i % 2 == 0)
        made.mutable_issue_ticket()->set_service("A");
    else
        made.mutable_call_next()->set_counter(1);
    return made;
}

double commands(const std::filesystem::path& file, int total, int clients) {
    const auto core = or_exit(queue::open_core(or_exit(queue::open_sqlite_store(file)), {}));
    open_office(*core);
    std::mutex mutex;
    std::condition_variable changed;
    int under_way = 0;
    return seconds_of([&] {
        for (int i = 0; i < total; ++i) {
            v1::Command next = work(i);
            {
                std::unique_lock lock(mutex);
                changed.wait(lock, [&] { return under_way < clients; });
                ++under_way;
            }
            core->submit(std::move(next), [&](const v1::CommandReply&) {
                const std::scoped_lock lock(mutex);
                --under_way;
                changed.notify_one();
            });
        }
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return under_way == 0; });
    });
}

}  // namespace

int main(int count, char** arguments) {
    const std::filesystem::path base = count > 1 ? arguments[1] : std::filesystem::temp_directory_path().string();
    const std::filesystem::path folder = base / ("hallcast-bench-queue-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    const double plain_single = 3000 / plain_inserts(folder / "plain1.db", 3000, 1);
    const double single = 3000 / commands(folder / "core1.db", 3000, 1);
    fmt::print("single:       plain {:7.0f}/s   hallcast {:7.0f}/s   {:.2f}\n", plain_single, single,
               single / plain_single);
    const double plain_grouped = 64000 / plain_inserts(folder / "plain64.db", 1000, 64);
    const double grouped = 64000 / commands(folder / "core64.db", 64000, 64);
    fmt::print("64 at once:   plain {:7.0f}/s   hallcast {:7.0f}/s   {:.2f}\n", plain_grouped, grouped,
               grouped / plain_grouped);
    for (const char* name : {"core1.db", "core64.db"}) {
        const double opening =
            seconds_of([&] { or_exit(queue::open_core(or_exit(queue::open_sqlite_store(folder / name)), {})); });
        fmt::print("opening {}: {:.1f} ms\n", name, opening * 1000);
    }
    std::filesystem::remove_all(folder);
    return 0;
}
