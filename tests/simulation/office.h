// A whole office on a simulated network: the real queue core and both real ends of the wire, 50 players and 10 clerks.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "player/queue/core.h"
#include "protocol/master_end.h"
#include "protocol/player_end.h"
#include "protocol/question.h"
#include "tests/queue/stores.h"
#include "tests/simulation/network.h"

namespace hallcast::simulation {

struct Plan {
    std::uint32_t seed = 1;
    int players = 50;
    int clerks = 10;
    wire::FollowRules rules;
    bool dedupe = true;  // off: the queue core forgets every command that it has carried out
};

// Runs until told; says what is wrong, or nothing. The numbers are for the report.
class Office {
  public:
    explicit Office(const Plan& plan);
    ~Office();

    void storm(Microseconds how_long);
    // Good weather until all players show what the master knows, at most `limit`. Returns what is wrong, if anything.
    std::string heal(Microseconds limit);
    std::string check_commands() const;  // each had exactly one effect, or none and nobody said that it had

    const FaultCount& faults() const { return network_.faults; }
    Microseconds longest_healing() const { return longest_healing_; }
    std::size_t commands_answered() const { return answered_; }
    std::size_t commands_given_up() const { return given_up_; }
    std::uint64_t hash_mismatches() const { return hash_mismatches_; }
    Microseconds worst_clock_error() const { return worst_clock_error_; }
    std::uint64_t events() const { return history_.size(); }
    std::size_t receipts() const { return receipts_.size(); }

  private:
    struct Line {  // between the master and one client
        std::string address;
        const wire::AuthorizedKey* key = nullptr;
        bool up = false;
        std::uint64_t connection = 0;  // what was sent on an earlier one is lost with it
        Microseconds cut_until = 0;    // what is sent meanwhile is lost, and nobody notices at once
    };
    struct Player {
        Line line;
        double rate = 1;         // of its clock
        Microseconds ahead = 0;  // of its clock, at true time 0
        std::unique_ptr<wire::PlayerEnd> end;
        std::shared_ptr<const wire::Followed> followed;
        Microseconds stalled_until = 0;
        std::vector<std::function<void()>> inbox;  // while it is stalled
        std::uint64_t wake = 0;                    // the latest planned
        std::set<std::string> shown;               // calls it has sent receipts for, in this life
    };
    struct Clerk {
        Line line;
        std::uint32_t counter = 0;
        std::optional<wire::Question> question;
        v1::Command command;
        std::uint64_t wake = 0;
    };
    struct Sent {
        v1::Command command;
        std::optional<v1::CommandReply> reply;
        bool given_up = false;
    };

    wire::Moment moment() const;                      // the master's
    wire::Moment moment(const Player& player) const;  // by its own clock
    Microseconds true_time(const Player& player, std::chrono::steady_clock::time_point local) const;

    void start_master();
    void stop_master();
    void pump_master();
    void reply(const std::string& key, const v1::CommandReply& reply);
    void connect(Line& line, const std::function<void()>& done);
    void drop(Line& line);
    bool arrives(const Line& line, std::uint64_t connection) const;

    void start_player(int number);
    void pump(Player& player);
    void look(Player& player);
    void to_player(Player& player, std::function<void(Player&)> what);

    void pump(Clerk& clerk);
    v1::Command next_command(Clerk& clerk);
    void disturb();
    void count_mismatches(const Player& player);
    std::string what_differs() const;

    Plan plan_;
    std::mt19937 random_;
    Agenda agenda_;
    Network network_;

    std::shared_ptr<queue::sample::Memory> disk_ = std::make_shared<queue::sample::Memory>();
    std::unique_ptr<queue::Core> core_;
    std::unique_ptr<wire::MasterEnd> master_;
    std::uint64_t master_life_ = 0;
    std::uint64_t master_wake_ = 0;
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::string>
        history_;                           // hash of each state that was, by epoch, seq
    std::vector<v1::HallEvent> published_;  // by the core, while it carries out a command

    std::vector<wire::AuthorizedKey> keys_;
    std::vector<std::unique_ptr<Player>> players_;
    std::vector<std::unique_ptr<Clerk>> clerks_;
    std::map<std::string, Sent> sent_;  // by cmd_id
    std::set<std::string> receipts_;    // that the master has
    bool stormy_ = false;
    std::string wrong_;  // the first thing

    Microseconds longest_healing_ = 0;
    Microseconds worst_clock_error_ = 0;
    std::size_t answered_ = 0, given_up_ = 0;
    std::uint64_t hash_mismatches_ = 0;
};

}  // namespace hallcast::simulation
