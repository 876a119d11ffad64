// Stores that fail, forget or lie, around one that keeps everything in memory.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "player/queue/store.h"

namespace hallcast::queue::sample {

// What outlives a MemoryStore, as a disk does. One core at a time, so read it only when none runs or all was answered.
struct Memory {
    std::vector<v1::Event> log;
    std::map<std::string, v1::CommandReply, std::less<>> replies;
    std::optional<Snapshot> snapshot;
    std::uint64_t epoch = 0;
    std::vector<std::size_t> groups;  // commands in each commit
};

class MemoryStore : public Store {
  public:
    explicit MemoryStore(std::shared_ptr<Memory> memory) : memory_(std::move(memory)) {}

    Expected<void> replay(std::uint64_t after_log_seq, const std::function<void(const v1::Event&)>& apply) override {
        for (std::size_t i = after_log_seq; i < memory_->log.size(); ++i) apply(memory_->log[i]);
        return {};
    }
    Expected<std::optional<Snapshot>> snapshot() override { return memory_->snapshot; }
    Expected<void> keep_snapshot(const Snapshot& snapshot) override {
        memory_->snapshot = snapshot;
        return {};
    }
    Expected<std::optional<v1::CommandReply>> reply_to(std::string_view cmd_id) override {
        const auto found = memory_->replies.find(cmd_id);
        if (found == memory_->replies.end()) return std::nullopt;
        return found->second;
    }
    Expected<void> commit(std::span<const Outcome> outcomes) override {
        for (const Outcome& outcome : outcomes) {
            memory_->log.insert(memory_->log.end(), outcome.events.begin(), outcome.events.end());
            memory_->replies[outcome.cmd_id] = outcome.reply;
        }
        memory_->groups.push_back(outcomes.size());
        return {};
    }
    Expected<std::uint64_t> next_epoch() override { return ++memory_->epoch; }

  private:
    std::shared_ptr<Memory> memory_;
};

// Does what another does; those below override what they do badly.
class StoreAround : public Store {
  public:
    explicit StoreAround(std::unique_ptr<Store> store) : store_(std::move(store)) {}

    Expected<void> replay(std::uint64_t after_log_seq, const std::function<void(const v1::Event&)>& apply) override {
        return store_->replay(after_log_seq, apply);
    }
    Expected<std::optional<Snapshot>> snapshot() override { return store_->snapshot(); }
    Expected<void> keep_snapshot(const Snapshot& snapshot) override { return store_->keep_snapshot(snapshot); }
    Expected<std::optional<v1::CommandReply>> reply_to(std::string_view cmd_id) override {
        return store_->reply_to(cmd_id);
    }
    Expected<void> commit(std::span<const Outcome> outcomes) override { return store_->commit(outcomes); }
    Expected<std::uint64_t> next_epoch() override { return store_->next_epoch(); }

  private:
    std::unique_ptr<Store> store_;
};

// Fails where it is told to.
struct Faults {
    std::atomic<bool> commit{false};       // nothing is kept
    std::atomic<bool> late_commit{false};  // everything is kept, and an error given all the same
    std::atomic<bool> replay{false};
    std::atomic<bool> reply_to{false};
    std::atomic<bool> next_epoch{false};
    std::atomic<bool> snapshot{false};  // neither kept nor read
};

class FailingStore final : public StoreAround {
  public:
    FailingStore(std::unique_ptr<Store> store, std::shared_ptr<Faults> faults)
        : StoreAround(std::move(store)), faults_(std::move(faults)) {}

    Expected<void> replay(std::uint64_t after_log_seq, const std::function<void(const v1::Event&)>& apply) override {
        if (faults_->replay) return fail("queue.db: cannot be read. Check the disk");
        return StoreAround::replay(after_log_seq, apply);
    }
    Expected<std::optional<Snapshot>> snapshot() override {
        if (faults_->snapshot) return fail("queue.db: cannot be read. Check the disk");
        return StoreAround::snapshot();
    }
    Expected<void> keep_snapshot(const Snapshot& snapshot) override {
        if (faults_->snapshot) return fail("queue.db: the disk is full. Free some disk space");
        return StoreAround::keep_snapshot(snapshot);
    }
    Expected<std::optional<v1::CommandReply>> reply_to(std::string_view cmd_id) override {
        if (faults_->reply_to) return fail("queue.db: cannot be read. Check the disk");
        return StoreAround::reply_to(cmd_id);
    }
    Expected<void> commit(std::span<const Outcome> outcomes) override {
        if (faults_->commit) return fail("queue.db: the disk is full. Free some disk space");
        if (auto done = StoreAround::commit(outcomes); !done || !faults_->late_commit) return done;
        return fail("queue.db: the sync failed. Check the disk");
    }
    Expected<std::uint64_t> next_epoch() override {
        if (faults_->next_epoch) return fail("queue.db: the disk is full. Free some disk space");
        return StoreAround::next_epoch();
    }

  private:
    std::shared_ptr<Faults> faults_;
};

// Holds every commit until it is let through, so that commands gather behind it.
class GatedStore final : public StoreAround {
  public:
    struct Gate {
        std::mutex mutex;
        std::condition_variable changed;
        bool closed = false;
        bool waiting = false;
    };
    GatedStore(std::unique_ptr<Store> store, std::shared_ptr<Gate> gate)
        : StoreAround(std::move(store)), gate_(std::move(gate)) {}

    Expected<void> commit(std::span<const Outcome> outcomes) override {
        std::unique_lock lock(gate_->mutex);
        gate_->waiting = true;
        gate_->changed.notify_all();
        gate_->changed.wait(lock, [this] { return !gate_->closed; });
        gate_->waiting = false;
        return StoreAround::commit(outcomes);
    }

  private:
    std::shared_ptr<Gate> gate_;
};

// The safety off: no command was ever answered before.
class ForgetfulStore final : public StoreAround {
  public:
    using StoreAround::StoreAround;
    Expected<std::optional<v1::CommandReply>> reply_to(std::string_view) override { return std::nullopt; }
};

// The other safety off: says "durable" at once, and writes some commands later.
class HastyStore final : public StoreAround {
  public:
    using StoreAround::StoreAround;
    Expected<void> commit(std::span<const Outcome> outcomes) override {
        held_.insert(held_.end(), outcomes.begin(), outcomes.end());
        if (held_.size() < 50) return {};
        auto done = StoreAround::commit(held_);
        held_.clear();
        return done;
    }

  private:
    std::vector<Outcome> held_;
};

}  // namespace hallcast::queue::sample
