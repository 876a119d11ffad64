// The player's side of a pairing: a state machine without sockets or clocks.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "hallcast/v1/pairing.pb.h"
#include "protocol/pairing.h"

namespace hallcast::wire {

struct GuestRules {
    std::chrono::milliseconds say_every{1000};      // hello, or an answer whose confirmation did not come
    std::chrono::milliseconds number_holds{5000};   // without being told again: the master forgot it
    std::chrono::milliseconds answer_holds{10000};  // then the confirmation comes no more
    // Between a secret that was used up and the next code. It doubles: somebody who answers in the master's place can
    // guess as often as there are codes.
    std::chrono::milliseconds first_pause{5000};
    std::chrono::milliseconds longest_pause{3'600'000};
    bool check_tags = true;  // off only in the test that shows what it is for
};

// What comes of a pairing.
struct Paired {
    std::string master_key;  // Z85
    std::string name;        // what the player is called from now on
};

// Says hello until it has a number, shows number and secret as a code, and takes one offer for each secret. An offer
// that does not end in a right confirmation uses the secret up. Messages may come late, twice, in any order or not at
// all, and from anybody: the pairing socket's key is no secret. One thread.
class PairingGuest {
  public:
    using Time = std::chrono::steady_clock::time_point;
    using MakeSecret = std::function<std::string()>;  // six digits

    // `public_key` is the one that CURVE shows to the master. A name that is none is replaced by "player".
    PairingGuest(std::string public_key, std::string name, MakeSecret make_secret, GuestRules rules, Time now);

    // Inputs.
    void connected(Time now);  // anew: what was sent before may be lost
    void receive(const v1::PairingMessage& message, Time now);
    void tick(Time now);

    // Outputs. The message to send now, if any; it counts as sent.
    std::optional<v1::PairingMessage> take_message(Time now);
    Time next() const;  // when tick() or take_message() has something to do without any other input
    // What is to be shown; none while there is no master, and in a pause.
    std::optional<PairingCode> code() const;
    bool pausing() const { return state_ == State::pausing; }
    const std::string& refusal() const { return refusal_; }  // the master's last, for a person; empty: none
    const std::optional<Paired>& paired() const { return paired_; }

    // A secret from the kernel's randomness.
    static std::string random_secret();

  private:
    enum class State { asking, answered, pausing, paired };
    void offer(const v1::PairingOffer& offer, Time now);
    void done(const v1::PairingDone& done, Time now);
    void use_up(Time now);

    std::string public_key_;
    std::string name_;
    MakeSecret make_secret_;
    GuestRules rules_;
    State state_ = State::asking;
    std::string secret_;
    std::uint32_t number_ = 0;  // 0: none
    Time number_until_{};
    Time say_at_;
    Time until_{};     // of the answer, or of the pause
    int used_up_ = 0;  // secrets
    v1::PairingMessage answer_;
    std::string offered_share_;  // of the offer that was answered
    std::string master_key_;     // its
    std::string key_;            // its
    std::string refusal_;
    std::optional<Paired> paired_;
};

}  // namespace hallcast::wire
