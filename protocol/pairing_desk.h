// The master's side of pairings: who waits, and what becomes of the codes that administrators type. Without sockets or
// clocks.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hallcast/v1/pairing.pb.h"
#include "protocol/pairing.h"

namespace hallcast::wire {

struct PairingRules {
    std::size_t max_waiting = 32;
    std::size_t max_per_address = 4;
    std::chrono::milliseconds forget_after{5000};    // without a hello
    std::chrono::milliseconds answer_within{5000};   // an offer
    std::chrono::milliseconds repeat_done{20000};    // a confirmation, to a player that did not get it
    std::chrono::milliseconds repeat_result{60000};  // a result, to an administrator whose question comes again
    bool check_tags = true;                          // off only in the test that shows what it is for
};

// What the desk asks of whoever keeps the list of keys. Called inside the desk's inputs.
struct PairingBook {
    // What the player will be called: `wanted` by the administrator, or where that is empty `called` as by itself.
    std::function<Expected<std::string>(const std::string& wanted, const std::string& called, const std::string& key)>
        name_for;
    std::function<Expected<void>(const std::string& name, const std::string& key)> authorize;
};

// An offer goes to exactly the player whose number was typed, once; then the secret is used up, whatever comes of it. A
// key is authorised only after its owner has proved that it knows the secret. Players are known by their CURVE keys, so
// that a lost connection takes nothing from them. One thread.
class PairingDesk {
  public:
    using Time = std::chrono::steady_clock::time_point;

    struct Player {
        std::string public_key;  // Z85, as CURVE proved it
        std::string address;     // IP
        std::string route;       // where messages to it go; the latest counts
    };
    struct Message {
        std::string route;
        v1::PairingMessage message;
    };
    // Of a ConfirmPairing, which ends some time after it came.
    struct Outcome {
        std::string ticket;
        Expected<v1::PairingResult> result;
    };

    PairingDesk(std::string master_key, PairingBook book, PairingRules rules = {})
        : master_key_(std::move(master_key)), book_(std::move(book)), rules_(rules) {}

    // Inputs.
    void receive(const Player& from, const v1::PairingMessage& message, Time now);
    // `by` is the administrator's name. The same request again gets the same outcome, under the last ticket.
    void confirm(const std::string& by, const v1::ConfirmPairing& request, const std::string& ticket, Time now);
    void tick(Time now);
    // Offers on their way end with the key that they began with; the player then asks for its successor.
    void master_key_changed(std::string master_key) { master_key_ = std::move(master_key); }

    // Outputs.
    std::vector<Message> take_messages() { return std::exchange(messages_, {}); }
    std::vector<Outcome> take_outcomes() { return std::exchange(outcomes_, {}); }
    Time next() const;  // when tick() has something to do
    std::size_t waiting() const { return waiting_.size(); }
    v1::PairingList list(Time now, std::int64_t wall_clock_ms) const;

  private:
    struct Offer {
        cpace::Side side;
        v1::PairingMessage message;
        std::string name;     // for the player
        std::string request;  // identifies the ConfirmPairing
        std::string ticket;
        Time until;
    };
    struct Waiting {
        Player player;
        std::string name;  // as it calls itself
        Time since;
        Time heard;
        std::optional<Offer> offer;
    };
    struct Finished {
        std::string key;
        std::string answer;  // serialised
        v1::PairingMessage done;
        Time until;
    };
    struct Recent {
        std::string request;
        Expected<v1::PairingResult> result;
        Time until;
    };
    using Place = std::map<std::uint32_t, Waiting>::iterator;  // by number

    Place find(const std::string& key);
    void hello(const Player& from, const v1::PairingHello& hello, Time now);
    void answer(const Player& from, const v1::PairingAnswer& answer, Time now);
    void end(Place place, Expected<v1::PairingResult> result, const std::string& message_to_player, Time now);
    void send(const std::string& route, v1::PairingMessage message);
    void refuse(const std::string& route, std::string why);

    std::string master_key_;
    PairingBook book_;
    PairingRules rules_;
    std::map<std::uint32_t, Waiting> waiting_;
    std::deque<Finished> finished_;  // at most max_kept, each
    std::deque<Recent> recent_;
    std::vector<Message> messages_;  // at most one for each input, and one for each that waits
    std::vector<Outcome> outcomes_;
};

}  // namespace hallcast::wire
