// The power goes at any moment, or there is no room left: what was acknowledged is there, and work goes on afterwards.
#include <spdlog/spdlog.h>

#include <condition_variable>
#include <mutex>
#include <random>

#include "player/queue/core.h"
#include "tests/queue/acknowledged.h"
#include "tests/queue/power_loss_vfs.h"
#include "tests/queue/sample.h"
#include "tests/sanitized.h"
#include "tests/seed.h"

namespace hallcast::queue::power_loss_test {

using namespace sample;
using power_loss::PowerLossDisk;

// One office on a disk whose power goes again and again.
class PowerCuts {
  public:
    PowerCuts(std::uint64_t seed, bool ignore_syncs) : random_(seed), disk_(seed) { disk_.ignore_syncs(ignore_syncs); }

    // Works until the power goes, or for a while and then stops. Says what is wrong with the file afterwards.
    std::optional<std::string> round() {
        disk_.cut_after(1 + below(std::size_t(1) << below(14)));
        auto fault = work();
        cuts_ += disk_.is_cut();
        disk_.restore_power();
        if (fault) return fault;
        if (const std::string found = integrity_of(folder_.file()); found != "ok") return found;
        return fault_of_file(folder_.file(), acknowledged_);
    }
    std::size_t cuts() const { return cuts_; }
    std::size_t acknowledged() const { return acknowledged_.size(); }

  private:
    std::optional<std::string> work() {
        auto store = open_sqlite_store(folder_.file());
        if (!store) return disk_.is_cut() ? std::nullopt : std::optional(store.error().message);
        CoreOptions options;
        options.snapshot_every = 1 + below(200);
        auto core = open_core(*std::move(store), options);
        if (!core) return disk_.is_cut() ? std::nullopt : std::optional(core.error().message);
        submit(**core, apply_office(office()));
        for (std::uint32_t counter = 1; counter <= 4; ++counter) submit(**core, open(counter));
        for (std::size_t i = 10 + below(1500); i > 0 && !disk_.is_cut(); --i) {
            const std::uint32_t counter = std::uint32_t(1 + below(4));
            const v1::Command choices[] = {issue("A"),         issue("B"),      issue("C"),
                                           call_next(counter), recall(counter), start(counter)};
            submit(**core, choices[below(std::size(choices))]);
        }
        core->reset();
        return std::nullopt;
    }

    void submit(Core& core, v1::Command command) {
        command.set_cmd_id(random_id());
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [&] { return under_way_ < 8; });
            ++under_way_;
        }
        core.submit(std::move(command), [&](const v1::CommandReply& reply) {
            const std::scoped_lock lock(mutex_);
            if (reply.log_seq() != 0) acknowledged_.push_back(reply);
            --under_way_;
            changed_.notify_one();
        });
    }

    std::string random_id() {
        std::string id(wire::cmd_id_bytes, '\0');
        for (char& byte : id) byte = char(random_());
        return id;
    }
    std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_); }

    std::mt19937_64 random_;
    const TemporaryFolder folder_;  // for the lock; the database is on the disk
    PowerLossDisk disk_;
    std::size_t cuts_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
    int under_way_ = 0;                           // protected by mutex_
    std::vector<v1::CommandReply> acknowledged_;  // protected by mutex_ while a core runs
};

// HALLCAST_POWER_CUTS=500: as many.
std::size_t wanted_cuts() {
    const char* wanted = std::getenv("HALLCAST_POWER_CUTS");
    return wanted ? std::size_t(std::atoi(wanted)) : tests::sanitized ? 10 : 40;
}

TEST_CASE("when the power goes, nothing that was acknowledged goes with it") {
    const std::uint64_t seed = tests::seed_of_run();
    std::size_t cuts = 0, acknowledged = 0, rounds = 0;
    for (std::uint64_t world = 0; cuts < wanted_cuts(); ++world) {
        PowerCuts office(seed + world, false);
        for (int round = 0; round < 10; ++round, ++rounds) {
            const auto fault = office.round();
            INFO("seed " << seed << " world " << world << " round " << round);
            INFO(fault.value_or(""));
            REQUIRE(!fault);
        }
        cuts += office.cuts();
        acknowledged += office.acknowledged();
    }
    spdlog::info("power cut {} times in {} rounds, seed {}: {} commands were acknowledged, none is lost", cuts, rounds,
                 seed, acknowledged);
    CHECK(acknowledged > cuts * 5);
}

TEST_CASE("a store that does not sync is found out when the power goes") {
    const std::uint64_t seed = tests::seed_of_run();
    int found = 0;
    for (std::uint64_t world = 0; world < 10; ++world) {
        PowerCuts office(seed + world, true);
        for (int round = 0; round < 5; ++round) {
            const auto fault = office.round();
            if (!fault) continue;
            ++found;
            spdlog::info("without syncs: {}", fault->substr(0, 120));
            break;
        }
    }
    INFO("seed " << seed);
    CHECK(found >= 5);
}

TEST_CASE("a full disk is told to clerks, and work goes on when there is room again") {
    const TemporaryFolder folder;
    PowerLossDisk disk(1);
    std::vector<v1::CommandReply> acknowledged;
    {
        auto core = open_core(open_store(folder.file()), {}).value();
        const auto carry_out = [&](const v1::Command& command) {
            acknowledged.push_back(core->submit_and_wait(command));
            return acknowledged.back();
        };
        REQUIRE(carry_out(apply_office(office())).has_office());
        REQUIRE(carry_out(issue("A")).ticket().number() == "A001");
        disk.fill(true);
        const v1::Command lost = issue("A");
        for (int i = 0; i < 3; ++i) {
            const v1::CommandReply refused = core->submit_and_wait(lost);
            INFO(refused.ShortDebugString());
            REQUIRE(refused.rejection().code() == v1::Rejection::UNAVAILABLE);
            CHECK(contains(refused.rejection().message(), "Free some disk space"));
        }
        CHECK(core->hall_state("main")->services(0).waiting() == 1);
        disk.fill(false);
        CHECK(carry_out(lost).ticket().number() == "A002");
        CHECK(carry_out(issue("A")).ticket().number() == "A003");
        disk.fill(true);
    }
    {
        const auto opened = open_core(open_store(folder.file()), {});
        REQUIRE(!opened);
        INFO(opened.error().message);
        CHECK(contains(opened.error().message, "Free some disk space"));
    }
    disk.fill(false);
    const auto fault = fault_of_file(folder.file(), acknowledged);
    INFO(fault.value_or(""));
    CHECK(!fault);
}

}  // namespace hallcast::queue::power_loss_test
