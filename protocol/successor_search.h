// A player's question to a master that it cannot reach any more: who has followed on the key that I know?
#pragma once

#include <chrono>
#include <optional>
#include <random>
#include <vector>
#include <zmq.hpp>

#include "protocol/client.h"
#include "protocol/link.h"

namespace hallcast::wire {

struct SearchRules {
    std::chrono::milliseconds ask_after{2000};   // it was turned away first, at least
    std::chrono::milliseconds ask_again{10000};  // while it is
};

// Most masters that cannot be reached are switched off or busy, not rotated: it asks only where connections are ended
// in the handshake (Link::turned_away), rarely, at a random moment, over a connection that it has only while it asks.
// In its user's loop, like a Link: add_to(), poll until next(), service(). One thread.
class SuccessorSearch {
  public:
    using Time = std::chrono::steady_clock::time_point;

    SuccessorSearch(zmq::context_t& context, MasterAddress master, Credentials credentials, SearchRules rules = {});

    // `turned_away`: by the master, whose connections are not up.
    void service(Time now, bool turned_away);
    void add_to(std::vector<zmq::pollitem_t>& items);
    Time next() const;
    // With the new key, once: whoever gets it saves it and makes its links and this anew.
    std::optional<Credentials> take_found() { return std::exchange(found_, std::nullopt); }

  private:
    void wait(Time now, std::chrono::milliseconds at_least);
    void receive(Time now);

    zmq::context_t* context_;
    MasterAddress master_;
    Credentials credentials_;
    SearchRules rules_;
    std::minstd_rand random_;
    std::optional<Link> link_;  // while it asks
    Time ask_at_;               // while it does not; then until when it waits for the answer
    bool turned_away_ = false;
    std::optional<Credentials> found_;
};

}  // namespace hallcast::wire
