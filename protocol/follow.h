// What a player does to have its hall's state complete and in order: a state machine without sockets or clocks.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "hallcast/v1/wire.pb.h"
#include "protocol/client.h"
#include "protocol/speaker_role.h"

namespace hallcast::wire {

struct FollowRules {
    std::chrono::milliseconds stale_after{2500};
    // Off only in the tests that show that other tests would notice.
    bool detect_gaps = true;
    bool compare_hashes = true;
};

struct FollowStatistics {
    std::uint64_t events_applied = 0, gaps = 0, snapshots = 0, hash_mismatches = 0;
};

// Both clocks at one moment: the steady one for waiting, the wall's for what people and the master read.
struct Moment {
    std::chrono::steady_clock::time_point steady;
    std::chrono::system_clock::time_point wall;
    static Moment read() { return {std::chrono::steady_clock::now(), std::chrono::system_clock::now()}; }
};

// The rules: events are applied only in order, without a gap. Those ahead wait while a range (or a snapshot, where the
// master keeps them no more) is asked for. A higher epoch means a new master life: a snapshot is asked for, the old
// state stays until it is there. What is of a lower epoch is ignored. Heartbeats carry the hash of the master's state:
// a state of the same number that has another one is thrown away for a snapshot. The state is "fresh" at each moment at
// which it is known to be the master's latest; stale_since is the last such moment, told when it lies stale_after back.
// What another major version of the protocol says is not understood, but told as trouble. Each input may come late,
// twice, in any order, or not at all. One thread.
class HallFollow {
  public:
    HallFollow(std::string hall, FollowRules rules, Moment start, SpeakerRole role = {});

    // Inputs. connected: a socket reached a master, maybe another one. disconnected: no reply will come any more.
    void connected();
    void disconnected();
    void stream(const v1::StreamMessage& message, Moment now);
    void reply(const v1::SyncReply& reply, Moment now);
    void tick(Moment now);

    // Outputs. The request to send now, if any; it counts as sent. Ask after each input, when the sync socket is up.
    std::optional<v1::SyncRequest> take_request(Moment now);
    bool wants_request(Moment now) const;
    // When tick() (or take_request(), where a request can be sent at all) has something to do without any other input.
    std::chrono::steady_clock::time_point next(Moment now, bool can_ask) const;
    const std::string& hall() const { return hall_; }  // empty until the first snapshot when it was made so
    // Null before the first snapshot. Valid until the next input.
    const v1::HallState* state() const { return state_ ? &*state_ : nullptr; }
    const std::string& hash();  // of the state; empty without one
    std::uint64_t content_version() const { return content_version_; }
    const SpeakerRole& role() const { return role_; }
    const FollowStatistics& statistics() const { return statistics_; }
    // Null when nothing changed since the last call.
    std::shared_ptr<const Followed> take_changed();

  private:
    enum class Need { nothing, range, snapshot };
    Need need(Moment now) const;
    void event(const v1::HallEvent& event, Moment now);
    void heartbeat(const v1::Heartbeat& heartbeat, Moment now);
    void snapshot(const v1::HallState& snapshot, bool current, Moment now);
    void range(const v1::Range& range, bool current, Moment now);
    bool raise_epoch(std::uint64_t epoch);  // false: a lower one than known
    void apply_waiting(Moment now);
    void apply_next(const v1::HallEvent& event, Moment now);
    bool behind() const;
    void mark_fresh(Moment now);
    void compare_hash(const v1::Heartbeat& heartbeat, Moment now);
    void replace_state(const v1::HallState& state);
    void set_trouble(std::string trouble);

    static constexpr std::size_t max_waiting = 4096;

    FollowRules rules_;
    std::string hall_;
    std::optional<v1::HallState> state_;
    std::uint64_t epoch_ = 0;                         // the highest heard of
    std::uint64_t head_ = 0;                          // the highest seq heard of in epoch_
    std::map<std::uint64_t, v1::HallEvent> waiting_;  // of epoch_, ahead of the state, by seq
    bool range_was_refused_ = false;                  // the next question is for a snapshot
    bool verify_ = false;                             // ask even though nothing seems to be missing
    std::uint64_t last_request_ = 0;
    std::optional<std::uint64_t> outstanding_;            // id of the request whose reply is awaited
    std::chrono::steady_clock::time_point ask_again_at_;  // when it counts as lost, or when a fruitless one is repeated
    Moment fresh_;
    bool stale_ = false;
    std::uint64_t content_version_ = 0;
    SpeakerRole role_;
    std::string hash_;                                          // of the state; empty: not computed since it changed
    std::string profile_hash_;                                  // of its profile, likewise
    bool diverged_ = false;                                     // the state is not the master's
    std::chrono::steady_clock::time_point compare_again_at_{};  // after a mismatch, not at every heartbeat
    std::chrono::seconds compare_pause_{1};
    std::string trouble_;
    FollowStatistics statistics_;
    std::shared_ptr<const v1::HallState> shared_state_;
    bool state_changed_ = false;
    bool changed_ = false;
};

}  // namespace hallcast::wire
