// The two connections of a player, and the state machine that they feed.
#pragma once

#include <optional>
#include <string>
#include <vector>
#include <zmq.hpp>

#include "protocol/client.h"
#include "protocol/link.h"
#include "protocol/player_end.h"
#include "protocol/successor_search.h"

namespace hallcast::wire {

// One thread. In its loop: add_to() the poll items, poll until next() at most, then step(). Many may share a thread.
class PlayerLines {
  public:
    using Time = std::chrono::steady_clock::time_point;

    PlayerLines(zmq::context_t& context, FollowerOptions options);

    void step();
    void add_to(std::vector<zmq::pollitem_t>& items);
    Time next() const;
    PlayerEnd& end() { return end_; }
    bool up() const { return events_->up() && sync_->up(); }

  private:
    void connect();
    void look_for_successor(Moment now);
    void tell_denial();
    void receive();
    void subscribe(bool new_socket);
    bool ask(Moment now);
    void end_silent(Moment now);
    Time events_silent_at() const;  // max(): it is not, or nobody could tell
    Time sync_silent_at() const;

    zmq::context_t* context_;
    FollowerOptions options_;
    PlayerEnd end_;
    std::optional<Link> events_;  // always there; made anew when the master has another key
    std::optional<Link> sync_;
    std::optional<SuccessorSearch> search_;
    std::uint64_t connections_before_ = 0;  // of links that were
    std::uint64_t denials_before_ = 0;
    std::string subscribed_;  // the hall whose topic is subscribed to
    bool was_denied_ = false;
    bool can_ask_ = false;
    Time heard_{};               // something on the events' socket, or it came up
    std::optional<Time> asked_;  // since then no question has an answer
};

}  // namespace hallcast::wire
