// Durable commands a second beside plain SQLite inserts of the same rows; answer times; a day replayed; a year opened.
//     bench_queue FOLDER [commands|pace|day|year]...      (a disk that syncs; default: all)
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "player/queue/apply.h"
#include "player/queue/core.h"
#include "player/queue/decide.h"
#include "player/queue/snapshot.h"
#include "player/queue/sqlite.h"
#include "protocol/cmd_id.h"

namespace {

using namespace hallcast;
using Clock = std::chrono::steady_clock;
namespace fs = std::filesystem;

double seconds_of(const std::function<void()>& work) {
    const auto begin = Clock::now();
    work();
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

void or_exit(const Expected<void>& done) {
    if (done) return;
    fmt::print(stderr, "{}\n", done.error().message);
    std::exit(1);
}
template <typename T>
T or_exit(Expected<T> value) {
    if (value) return *std::move(value);
    fmt::print(stderr, "{}\n", value.error().message);
    std::exit(1);
}

// Of this process, all threads: what no other program can spoil.
double processor_seconds() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& time) { return double(time.tv_sec) + double(time.tv_usec) / 1e6; };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

void remove_database(const fs::path& file) {
    for (const char* suffix : {"", "-wal", "-shm", ".lock"}) fs::remove(file.string() + suffix);
}

v1::Command command() {
    v1::Command made;
    made.set_cmd_id(wire::make_cmd_id());
    made.set_actor("counter 1");
    return made;
}
v1::Command apply_office() {
    v1::Command made = command();
    v1::Office& office = *made.mutable_apply_office()->mutable_office();
    office.set_time_zone("Europe/Warsaw");
    office.add_languages("pl");
    office.add_halls()->set_id("main");
    v1::Service& service = *office.add_services();
    service.set_id("A");
    service.set_last_number(999'999'999);
    office.add_counters()->set_number(1);
    return made;
}
v1::Command open_counter() {
    v1::Command made = command();
    made.mutable_open_counter()->set_counter(1);
    return made;
}
// Tickets and calls in turn, as an office has them.
v1::Command work(std::size_t i) {
    v1::Command made = command();
    if (i % 2 == 0)
        made.mutable_issue_ticket()->set_service("A");
    else
        made.mutable_call_next()->set_counter(1);
    return made;
}

std::unique_ptr<queue::Core> open_office(const fs::path& file) {
    auto core = or_exit(queue::open_core(or_exit(queue::open_sqlite_store(file)), {}));
    for (const v1::Command& first : {apply_office(), open_counter()}) {
        const v1::CommandReply reply = core->submit_and_wait(first);
        if (reply.has_rejection()) or_exit(Expected<void>(fail("{}", reply.rejection().message())));
    }
    return core;
}

// --- Durable commands a second

enum class Clients { on_own_thread, in_callback };

// Seconds that the core needs for these, of which so many are under way at any time: a client sends its next command
// when it has its answer, over a thread of its own or in the answer's callback.
double commands(const fs::path& file, std::size_t total, std::size_t clients, Clients where) {
    std::vector<v1::Command> ready;
    for (std::size_t i = 0; i < total; ++i) ready.push_back(work(i));
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t under_way = 0, next = 0;       // protected by mutex
    const auto core = open_office(file);       // ends before what its answers use
    std::function<void()> submit_next = [&] {  // of those in a callback; in turn, on the core's thread
        core->submit(std::move(ready[next++]), [&](const v1::CommandReply&) {
            if (next < total) return submit_next();
            const std::scoped_lock lock(mutex);
            if (--under_way == 0) changed.notify_one();
        });
    };
    const auto in_callback = [&] {
        std::unique_lock lock(mutex);
        under_way = clients;
        // The first ones at once: none is answered before all of them wait.
        core->submit(open_counter(), [&](const v1::CommandReply&) {
            for (std::size_t i = 0; i < clients; ++i) submit_next();
        });
        changed.wait(lock, [&] { return under_way == 0; });
    };
    const auto on_own_thread = [&] {
        for (v1::Command& command : ready) {
            {
                std::unique_lock lock(mutex);
                changed.wait(lock, [&] { return under_way < clients; });
                ++under_way;
            }
            core->submit(std::move(command), [&](const v1::CommandReply&) {
                const std::scoped_lock lock(mutex);
                if (under_way-- == clients || under_way == 0) changed.notify_one();
            });
        }
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return under_way == 0; });
    };
    return where == Clients::in_callback ? seconds_of(in_callback) : seconds_of(on_own_thread);
}

// What one command wrote.
struct Rows {
    std::vector<std::string> events;
    std::string cmd_id, reply;
};

// The rows that a core has written, command by command.
std::vector<Rows> rows_of(const fs::path& file, std::size_t last) {
    const queue::Database database = or_exit(queue::open_queue_reader(file));
    const auto log = or_exit(queue::prepare(database.get(), "SELECT event FROM log ORDER BY log_seq"));
    const auto reply = or_exit(queue::prepare(database.get(), "SELECT reply FROM reply WHERE cmd_id = ?1"));
    std::vector<Rows> rows;
    while (sqlite3_step(log.get()) == SQLITE_ROW) {
        const std::string bytes(queue::column_blob(log.get(), 0));
        v1::Event event;
        event.ParseFromString(bytes);
        if (rows.empty() || rows.back().cmd_id != event.cmd_id()) {
            Rows& made = rows.emplace_back();
            made.cmd_id = event.cmd_id();
            const queue::ResetOnExit reset{reply.get()};
            queue::bind_blob(reply.get(), 1, made.cmd_id);
            if (sqlite3_step(reply.get()) != SQLITE_ROW) std::exit(1);
            made.reply = queue::column_blob(reply.get(), 0);
        }
        rows.back().events.push_back(bytes);
    }
    if (rows.size() < last)
        or_exit(Expected<void>(fail("{}: only {} commands had an effect", file.string(), rows.size())));
    rows.erase(rows.begin(), rows.end() - std::ptrdiff_t(last));
    return rows;
}

// Seconds that SQLite alone, as durable and otherwise as it comes, needs to write the very same rows.
double plain_inserts(const fs::path& file, const std::vector<Rows>& rows, std::size_t group) {
    sqlite3* handle = nullptr;
    sqlite3_open(file.c_str(), &handle);
    const queue::Database database(handle);
    or_exit(queue::execute(handle,
                           "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                           "CREATE TABLE log (log_seq INTEGER PRIMARY KEY, event BLOB NOT NULL);"
                           "CREATE TABLE reply (cmd_id BLOB PRIMARY KEY, reply BLOB NOT NULL) WITHOUT ROWID"));
    const auto begin = or_exit(queue::prepare(database.get(), "BEGIN IMMEDIATE"));
    const auto commit = or_exit(queue::prepare(database.get(), "COMMIT"));
    const auto event = or_exit(queue::prepare(database.get(), "INSERT INTO log (event) VALUES (?1)"));
    const auto reply = or_exit(queue::prepare(database.get(), "INSERT INTO reply VALUES (?1, ?2)"));
    const auto step = [](const queue::Statement& statement) {
        if (sqlite3_step(statement.get()) != SQLITE_DONE) std::exit(1);
        sqlite3_reset(statement.get());
    };
    return seconds_of([&] {
        for (std::size_t first = 0; first < rows.size(); first += group) {
            step(begin);
            for (std::size_t i = first; i < std::min(first + group, rows.size()); ++i) {
                for (const std::string& bytes : rows[i].events) {
                    queue::bind_blob(event.get(), 1, bytes);
                    step(event);
                }
                queue::bind_blob(reply.get(), 1, rows[i].cmd_id);
                queue::bind_blob(reply.get(), 2, rows[i].reply);
                step(reply);
            }
            step(commit);
        }
    });
}

// In turns, several times, since a disk has moods; the medians.
void compare_commands(const fs::path& folder, std::size_t total, std::size_t clients, Clients where) {
    constexpr int turns = 5;
    std::vector<double> ours, plain, ratios, our_work, plain_work;
    for (int turn = 0; turn < turns; ++turn) {
        for (const char* name : {"core.db", "plain.db"}) remove_database(folder / name);
        double before = processor_seconds();
        ours.push_back(double(total) / commands(folder / "core.db", total, clients, where));
        our_work.push_back((processor_seconds() - before) / double(total) * 1e6);
        const std::vector<Rows> rows = rows_of(folder / "core.db", total);
        before = processor_seconds();
        plain.push_back(double(total) / plain_inserts(folder / "plain.db", rows, clients));
        plain_work.push_back((processor_seconds() - before) / double(total) * 1e6);
        ratios.push_back(ours.back() / plain.back());
    }
    for (auto* values : {&ours, &plain, &ratios, &our_work, &plain_work}) std::ranges::sort(*values);
    fmt::print(
        "{:2} at once, {}: plain {:6.0f}/s   hallcast {:6.0f}/s   {:.2f} ({:.2f} to {:.2f}); "
        "processor {:.0f} and {:.0f} us a command\n",
        clients, where == Clients::in_callback ? "sent in the callback" : "over another thread ", plain[turns / 2],
        ours[turns / 2], ratios[turns / 2], ratios.front(), ratios.back(), plain_work[turns / 2], our_work[turns / 2]);
}

// --- Answer times at an even pace, whether answers come or not

void pace(const fs::path& folder) {
    constexpr std::size_t total = 10'000;  // 1000 a second
    remove_database(folder / "pace.db");
    const auto core = open_office(folder / "pace.db");
    std::vector<double> took(total);
    std::vector<v1::Command> ready;
    for (std::size_t i = 0; i < total; ++i) ready.push_back(work(i));
    std::atomic<std::size_t> answered{0};
    const auto begin = Clock::now();
    for (std::size_t i = 0; i < total; ++i) {
        const auto due = begin + std::chrono::milliseconds(i);
        std::this_thread::sleep_until(due);
        core->submit(std::move(ready[i]), [&took, &answered, i, due](const v1::CommandReply&) {
            took[i] = std::chrono::duration<double, std::milli>(Clock::now() - due).count();
            ++answered;
        });
    }
    while (answered < total) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::ranges::sort(took);
    fmt::print("1000 commands/s: answered after p50 {:.2f}  p99 {:.2f}  longest {:.2f} ms\n", took[total / 2],
               took[total * 99 / 100], took.back());
}

// --- Days of 5000 visits, each issued, called, served and finished

class Days {
  public:
    explicit Days(const fs::path& file) : store_(or_exit(queue::open_sqlite_store(file))) { step(apply_office()); }

    void add(std::size_t visits) {
        ++day_;
        now_ms_ += 24 * 3'600'000;
        step(open_counter());
        for (std::size_t i = 0; i < visits; ++i) {
            step(work(0));
            step(work(1));
            v1::Command start = command();
            start.mutable_start_service()->set_counter(1);
            step(start);
        }
        commit();
    }
    void keep_snapshot() { or_exit(store_->keep_snapshot({state_.log_seq, queue::pack(state_)})); }
    const queue::State& state() const { return state_; }

  private:
    void step(const v1::Command& command) {
        queue::Decision decision = queue::decide(state_, command, {now_ms_ += 1000, 60'000, day_});
        for (const v1::Event& event : decision.events) queue::apply(state_, event);
        if (decision.reply.has_rejection()) or_exit(Expected<void>(fail("{}", decision.reply.rejection().message())));
        if (decision.events.empty()) return;
        outcomes_.push_back({command.cmd_id(), std::move(decision.events), std::move(decision.reply)});
        if (outcomes_.size() == 4096) commit();
    }
    void commit() {
        or_exit(store_->commit(outcomes_));
        outcomes_.clear();
    }

    std::unique_ptr<queue::Store> store_;
    std::vector<queue::Outcome> outcomes_;
    queue::State state_;
    std::int64_t now_ms_ = 1'700'000'000'000;
    std::uint32_t day_ = 20261124;
};

void execute(const fs::path& file, const char* sql) {
    const queue::Database database = or_exit(queue::open_queue_database(file));
    or_exit(queue::execute(database.get(), sql));
}

// Opens in a process of its own: how long, and the most memory that it ever had.
void open_once(const fs::path& file, const std::string& what) {
    std::fflush(stdout);
    const pid_t child = ::fork();
    if (child == 0) {
        const auto store = or_exit(queue::open_sqlite_store(file));
        queue::Loaded loaded;
        const double took = seconds_of([&] { loaded = or_exit(queue::load_state(*store)); });
        fmt::print("{}: {} events, {} of them replayed: {:.0f} ms", what, loaded.state.log_seq,
                   loaded.state.log_seq - loaded.from_log_seq, took * 1000);
        std::fflush(stdout);
        ::_exit(0);
    }
    int status = 0;
    rusage used{};
    ::wait4(child, &status, 0, &used);
    fmt::print(", {:.1f} MB at most\n", double(used.ru_maxrss) / 1024);
}

void day(const fs::path& folder) {
    const fs::path file = folder / "day.db";
    remove_database(file);
    {
        Days days(file);
        days.add(5000);
        std::string bytes;
        const double packing = seconds_of([&] { bytes = queue::pack(days.state()); });
        const double keeping = seconds_of([&] { days.keep_snapshot(); });
        fmt::print("a snapshot of {} visits: {:.1f} MB, packed in {:.1f} ms, kept in {:.1f} ms with that\n",
                   days.state().visits.size(), double(bytes.size()) / 1e6, packing * 1000, keeping * 1000);
    }
    execute(file, "DELETE FROM snapshot");
    open_once(file, "a day of 5000 visits");
}

void year(const fs::path& folder) {
    constexpr std::uint64_t events = 2'000'000, after_snapshot = 20'000;
    const fs::path file = folder / "year.db";
    remove_database(file);
    {
        Days days(file);
        while (days.state().log_seq < events - after_snapshot) days.add(5000);
        days.keep_snapshot();
        days.add(after_snapshot / 4 - 1);
    }
    open_once(file, "a year, the latest snapshot long ago");
    or_exit(queue::open_core(or_exit(queue::open_sqlite_store(file)), {}));  // its stop keeps a snapshot
    open_once(file, "a year, after a clean stop");
    execute(file, "UPDATE snapshot SET state = x'00'");
    open_once(file, "a year, after an update of hallcast");
    remove_database(file);
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 2) return fmt::print(stderr, "bench_queue FOLDER [commands|pace|day|year]...\n"), 2;
    const fs::path folder = arguments[1];
    fs::create_directories(folder);
    std::set<std::string> chosen(arguments + 2, arguments + count);
    if (chosen.empty()) chosen = {"commands", "pace", "day", "year"};
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    if (chosen.contains("commands")) {
        for (const Clients where : {Clients::in_callback, Clients::on_own_thread}) {
            compare_commands(folder, 400, 1, where);
            compare_commands(folder, 12800, 64, where);
        }
    }
    if (chosen.contains("pace")) pace(folder);
    if (chosen.contains("day")) day(folder);
    if (chosen.contains("year")) year(folder);
    return 0;
}
