// A master is killed at random moments: what it had acknowledged is there afterwards, once.
#include <signal.h>
#include <sys/wait.h>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <random>

#include "player/queue/core.h"
#include "tests/queue/acknowledged.h"
#include "tests/queue/sample.h"
#include "tests/queue/stores.h"
#include "tests/sanitized.h"
#include "tests/seed.h"

namespace hallcast::queue::crash_test {

using namespace sample;

struct PipeEnd {
    int descriptor = -1;
    PipeEnd() = default;
    PipeEnd(const PipeEnd&) = delete;
    PipeEnd& operator=(const PipeEnd&) = delete;
    ~PipeEnd() { close(); }
    void close() {
        if (descriptor >= 0) ::close(descriptor);
        descriptor = -1;
    }
};

// One message with its size in front, in one write each: short enough for a pipe to take it whole.
void send(int descriptor, const v1::CommandReply& reply) {
    const std::string bytes = reply.SerializeAsString();
    const std::uint32_t size = std::uint32_t(bytes.size());
    std::string frame(reinterpret_cast<const char*>(&size), sizeof(size));
    frame += bytes;
    if (::write(descriptor, frame.data(), frame.size()) != ssize_t(frame.size())) ::_exit(3);
}

bool read_whole(int descriptor, char* into, std::size_t size) {
    while (size > 0) {
        const ssize_t got = ::read(descriptor, into, size);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        into += got;
        size -= std::size_t(got);
    }
    return true;
}

std::optional<v1::CommandReply> receive(int descriptor) {
    std::uint32_t size = 0;
    if (!read_whole(descriptor, reinterpret_cast<char*>(&size), sizeof(size))) return std::nullopt;
    std::string bytes(size, '\0');
    v1::CommandReply reply;
    if (!read_whole(descriptor, bytes.data(), size) || !reply.ParseFromString(bytes)) return std::nullopt;
    return reply;
}

// The child: a master whose clerks never rest, until it is killed.
[[noreturn]] void run_master(const std::filesystem::path& file, std::uint64_t seed, int acknowledged, bool hasty) {
    auto store = open_sqlite_store(file);
    if (!store) ::_exit(4);
    if (hasty) store = std::make_unique<HastyStore>(*std::move(store));
    auto core = open_core(*std::move(store), {});
    if (!core) ::_exit(5);
    std::mt19937_64 random(seed);
    const auto random_id = [&](v1::Command command) {
        std::string id(wire::cmd_id_bytes, '\0');
        for (char& byte : id) byte = char(random());
        command.set_cmd_id(id);
        return command;
    };
    (*core)->submit_and_wait(random_id(apply_office(office())));
    for (std::uint32_t counter = 1; counter <= 4; ++counter) (*core)->submit_and_wait(random_id(open(counter)));
    std::mutex mutex;
    std::condition_variable changed;
    int under_way = 0;
    for (;;) {
        const std::uint32_t counter = 1 + std::uint32_t(random() % 4);
        const v1::Command choices[] = {issue("A"),         issue("B"),      issue("C"),
                                       call_next(counter), recall(counter), start(counter)};
        {
            std::unique_lock lock(mutex);
            changed.wait(lock, [&] { return under_way < 8; });
            ++under_way;
        }
        (*core)->submit(random_id(choices[random() % std::size(choices)]), [&](const v1::CommandReply& reply) {
            if (reply.log_seq() != 0) send(acknowledged, reply);
            const std::scoped_lock lock(mutex);
            --under_way;
            changed.notify_one();
        });
    }
}

// Kills a master after some acknowledgements; gives all that it sent before it died.
std::vector<v1::CommandReply> kill_one(const std::filesystem::path& file, std::mt19937_64& random, bool hasty) {
    PipeEnd read_end, write_end;
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    read_end.descriptor = ends[0];
    write_end.descriptor = ends[1];
    const std::uint64_t child_seed = random();
    const std::size_t kill_after = random() % 150;
    const std::chrono::microseconds later(random() % 1000);  // somewhere between two acknowledgements
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        read_end.close();
        run_master(file, child_seed, write_end.descriptor, hasty);
    }
    write_end.close();
    std::vector<v1::CommandReply> acknowledged;
    while (acknowledged.size() < kill_after) {
        auto reply = receive(read_end.descriptor);
        if (!reply) break;
        acknowledged.push_back(*std::move(reply));
    }
    const auto kill_at = std::chrono::steady_clock::now() + later;
    while (std::chrono::steady_clock::now() < kill_at) continue;
    ::kill(child, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    INFO("the master ended by itself with status " << status);
    REQUIRE(WIFSIGNALED(status));
    while (auto reply = receive(read_end.descriptor)) acknowledged.push_back(*std::move(reply));
    return acknowledged;
}

// HALLCAST_KILLS=1000: as many rounds.
int rounds() {
    const char* wanted = std::getenv("HALLCAST_KILLS");
    return wanted ? std::atoi(wanted) : tests::sanitized ? 8 : 30;
}

TEST_CASE("masters killed on one log: every acknowledged command is there, and no number twice") {
    constexpr int rounds_a_log = 50;  // each looks at all that was acknowledged before it
    const std::uint64_t seed = tests::seed_of_run();
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    std::size_t all = 0;
    for (int round = 0; round < rounds();) {
        const TemporaryFolder folder;
        std::vector<v1::CommandReply> acknowledged;
        for (int end = std::min(round + rounds_a_log, rounds()); round < end; ++round) {
            INFO("round " << round);
            const auto now = kill_one(folder.file(), random, false);
            acknowledged.insert(acknowledged.end(), now.begin(), now.end());
            REQUIRE(integrity_of(folder.file()) == "ok");
            const auto fault = fault_of_file(folder.file(), acknowledged);
            INFO(fault.value_or(""));
            REQUIRE(!fault);
        }
        all += acknowledged.size();
        std::set<std::string> tickets;
        for (const v1::CommandReply& reply : acknowledged)
            if (reply.has_ticket()) CHECK(tickets.insert(reply.ticket().number()).second);
    }
    spdlog::info("killed {} times, seed {}: {} commands were acknowledged, none is lost", rounds(), seed, all);
    CHECK(all > std::size_t(rounds()) * 10);
}

TEST_CASE("a master that acknowledges before it wrote is found out") {
    const std::uint64_t seed = tests::seed_of_run();
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    bool found = false;
    for (int round = 0; round < 5 && !found; ++round) {
        const TemporaryFolder folder;
        const auto acknowledged = kill_one(folder.file(), random, true);
        found = fault_of_file(folder.file(), acknowledged).has_value();
    }
    CHECK(found);
}

}  // namespace hallcast::queue::crash_test
