// Knows the commands that wait for their reply, so that a repeated one reaches the queue core once.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hallcast::wire {

// Commands are known by client and cmd_id. What makes "once" durable is the queue core, which knows every cmd_id of its
// log; the desk keeps clients that repeat their question to a busy master from adding to its load. One thread.
class CommandDesk {
  public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::size_t max_waiting = 4096;
    static constexpr std::size_t max_answered = 4096;
    static constexpr std::chrono::seconds forget_after{60};  // without a reply

    enum class Entry { admitted, repeated, answered, full };
    struct Admission {
        Entry entry;
        std::shared_ptr<const std::string> reply;  // of an answered one
    };
    // admitted: hand it on, its reply comes later. repeated: it was handed on already; `address` gets the reply too.
    Admission admit(const std::string& key, const std::string& address, Time now);
    // The addresses that wait for this reply. `keep` it for repetitions that come later: not when it says "try again".
    std::vector<std::string> answer(const std::string& key, const std::string& reply, bool keep);
    void forget_old(Time now);

  private:
    struct Waiting {
        std::vector<std::string> addresses;
        Time since;
    };
    std::map<std::string, Waiting> waiting_;
    std::map<std::string, std::shared_ptr<const std::string>> answered_;
    std::deque<std::string> answered_order_;
};

}  // namespace hallcast::wire
