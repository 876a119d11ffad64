// A player's end of the wire, without sockets or clocks: it follows its hall, says that it is there, compares the
// clocks and brings receipts.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "hallcast/v1/player.pb.h"
#include "protocol/follow.h"
#include "protocol/master_clock.h"
#include "protocol/resend.h"

namespace hallcast::wire {

struct PlayerEndOptions {
    std::string hall;   // empty: the first
    std::string key{};  // its public one, by which heartbeats name who speaks; empty: it speaks
    std::string zone{};
    FollowRules rules;
    std::string program;     // "hallcast 0.1.0"
    std::uint32_t seed = 0;  // of its pauses
};

// Bytes from the network may be anything. Everything that waits is bounded. One thread.
class PlayerEnd {
  public:
    static constexpr std::size_t max_receipts = 256;
    static constexpr int receipts_at_once = 32;

    PlayerEnd(PlayerEndOptions options, Moment start);

    // Inputs. connected: a socket reached a master, maybe another one. disconnected: no reply will come any more.
    void connected(Moment now);
    void disconnected();
    void stream(std::string_view message, Moment now);
    void reply(std::string_view message, Moment now);
    void tick(Moment now) { follow_.tick(now); }
    void add_receipt(v1::Receipt receipt);
    void report(v1::PlayerStatistics statistics);
    void can_speak(bool can);
    void count_connections(std::uint64_t connections, std::uint64_t denials);

    // Outputs. The request to send now, if any; it counts as sent. Ask until there is none, while the sync socket is
    // up.
    std::optional<std::string> take_request(Moment now);
    bool wants_request(Moment now) const;
    // When there is something to do without any other input.
    std::chrono::steady_clock::time_point next(Moment now, bool can_ask) const;
    std::shared_ptr<const Followed> take_changed() { return follow_.take_changed(); }
    const std::string& hall() const { return follow_.hall(); }
    const v1::HallState* state() const { return follow_.state(); }
    bool speaks() const { return follow_.role().speaks(); }
    ClockReading clock() const { return clock_.reading(); }
    v1::LinkStatistics statistics() const;

  private:
    std::string presence(Moment now);
    std::string receipts(Moment now);
    bool wants_presence(Moment now) const { return now.steady >= report_at_; }
    bool wants_receipts(Moment now) const;
    void presence_answered(const v1::SyncReply& reply, Moment now);
    void receipts_answered(const v1::SyncReply& reply);

    HallFollow follow_;
    MasterClock clock_;
    std::string program_;
    v1::PlayerStatistics statistics_;
    v1::LinkStatistics link_;
    bool can_speak_ = false;

    std::uint64_t last_request_ = 0;
    std::chrono::steady_clock::time_point report_at_{};
    std::optional<std::uint64_t> report_outstanding_;
    Moment reported_;
    int quick_reports_ = 0;  // still to send soon after a connection: the clock is needed

    std::deque<v1::Receipt> receipts_;  // by number
    std::uint64_t last_receipt_ = 0;
    std::optional<std::uint64_t> receipts_outstanding_;
    Resend resend_receipts_;
};

}  // namespace hallcast::wire
