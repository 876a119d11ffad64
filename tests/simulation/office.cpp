#include "tests/simulation/office.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "protocol/endpoints.h"
#include "protocol/hall_state.h"

namespace hallcast::simulation {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::int64_t first_wall_us = 1'795'600'000'000'000;  // a day in 2026
constexpr Microseconds second = 1'000'000;
constexpr std::size_t max_inbox = 1000;  // as the high-water marks of the sockets

class ForgetfulStore final : public queue::sample::StoreAround {
  public:
    using StoreAround::StoreAround;
    Expected<std::optional<v1::CommandReply>> reply_to(std::string_view) override { return std::nullopt; }
};

v1::Office sample_office(int counters) {
    v1::Office office;
    office.set_id("simulated");
    office.set_time_zone("Europe/Warsaw");
    office.add_languages("pl");
    office.add_halls()->set_id("main");
    for (const char* id : {"A", "B"}) {
        v1::Service& service = *office.add_services();
        service.set_id(id);
        (*service.mutable_name())["pl"] = id;
        (*service.mutable_name())["en"] = id;
    }
    for (int number = 1; number <= counters; ++number) office.add_counters()->set_number(std::uint32_t(number));
    return office;
}

}  // namespace

Office::Office(const Plan& plan) : plan_(plan), random_(plan.seed), network_(agenda_, random_) {
    for (int i = 0; i < plan.players; ++i) keys_.push_back({wire::Role::player, fmt::format("player-{}", i), ""});
    keys_.push_back({wire::Role::admin, "clerks", ""});
    start_master();
    for (int i = 0; i < plan.players; ++i) {
        auto player = std::make_unique<Player>();
        player->line.key = &keys_[std::size_t(i)];
        player->line.address = keys_[std::size_t(i)].name;
        player->rate = 1 + (int(random_() % 201) - 100) / 1e6;
        player->ahead = random_() % 100'000'000;
        players_.push_back(std::move(player));
        start_player(i);
    }
    for (int i = 0; i < plan.clerks; ++i) {
        auto clerk = std::make_unique<Clerk>();
        clerk->counter = std::uint32_t(i + 1);
        clerk->line.address = fmt::format("clerk-{}", i);
        clerk->line.key = &keys_.back();
        clerks_.push_back(std::move(clerk));
        Clerk& made = *clerks_.back();
        connect(made.line, [this, &made] { pump(made); });
    }
}

Office::~Office() = default;

wire::Moment Office::moment() const {
    return {std::chrono::steady_clock::time_point(microseconds(3600 * second + agenda_.now())),
            std::chrono::system_clock::time_point(microseconds(first_wall_us + agenda_.now()))};
}

wire::Moment Office::moment(const Player& player) const {
    const auto local = player.ahead + std::llround(double(agenda_.now()) * player.rate);
    return {std::chrono::steady_clock::time_point(microseconds(local)),
            std::chrono::system_clock::time_point(microseconds(first_wall_us - 7 * second + local))};
}

Microseconds Office::true_time(const Player& player, std::chrono::steady_clock::time_point local) const {
    if (local == std::chrono::steady_clock::time_point::max()) return agenda_.now() + 3600 * second;
    const auto us = std::chrono::duration_cast<microseconds>(local.time_since_epoch()).count();
    // Rounded up: a wait that ends just before its time would be followed by another.
    return std::max(agenda_.now(), Microseconds(std::ceil(double(us - player.ahead) / player.rate)) + 1);
}

// ---- the master

void Office::start_master() {
    std::unique_ptr<queue::Store> store = std::make_unique<queue::sample::MemoryStore>(disk_);
    if (!plan_.dedupe) store = std::make_unique<ForgetfulStore>(std::move(store));
    auto core = queue::open_core(std::move(store),
                                 {.now_ms = [this] { return (first_wall_us + agenda_.now()) / 1000; },
                                  .day = {},
                                  .publish = [this](const v1::HallEvent& event) { published_.push_back(event); },
                                  .privacy = {},
                                  .remembered_replies = plan_.dedupe ? std::size_t(4096) : std::size_t(0)});
    HALLCAST_ASSERT(core);
    core_ = std::move(*core);
    if (core_->halls().empty()) {
        v1::Command first;
        first.set_cmd_id("the first office");
        *first.mutable_apply_office()->mutable_office() = sample_office(plan_.clerks);
        HALLCAST_ASSERT(!core_->submit_and_wait(first).has_rejection());
    }
    published_.clear();
    wire::ServerHandlers handlers;
    handlers.snapshot = [this](const std::string& hall) { return core_->hall_state(hall); };
    handlers.receipts = [this](const std::string& player, const v1::ReceiptReport& report) {
        std::uint64_t last = 0;
        for (const v1::Receipt& receipt : report.receipts()) {
            receipts_.insert(fmt::format("{} {} {}", player, receipt.call_id(), receipt.attempt()));
            last = receipt.number();
        }
        return last;
    };
    master_ = std::make_unique<wire::MasterEnd>(std::move(handlers));
    ++master_life_;
    const auto state = core_->hall_state("");
    history_[{state->epoch(), state->seq()}] = wire::state_hash(*state);
    pump_master();
}

void Office::stop_master() {
    master_.reset();
    core_.reset();
    published_.clear();
    for (const auto& player : players_) {
        drop(player->line);
        player->end->disconnected();
        pump(*player);
        Player& again = *player;
        connect(again.line, [this, &again] {
            again.end->connected(moment(again));
            if (!again.end->hall().empty()) master_->subscribed(wire::topic_of(again.end->hall()), moment());
            pump(again);
            pump_master();
        });
    }
    for (const auto& clerk : clerks_) {
        drop(clerk->line);
        Clerk& again = *clerk;
        connect(again.line, [this, &again] {
            if (again.question) again.question->reconnected();
            pump(again);
        });
    }
}

void Office::pump_master() {
    if (!master_) return;
    for (v1::HallEvent& event : std::exchange(published_, {})) master_->publish(std::move(event));
    for (const wire::StreamOut& out : master_->take_stream(moment())) {
        const auto bytes = std::make_shared<const std::string>(out.bytes);
        for (const auto& player : players_)
            if (player->line.up && wire::topic_of(player->end->hall()) == out.topic)
                to_player(*player, [this, bytes](Player& reached) { reached.end->stream(*bytes, moment(reached)); });
    }
    const auto next = master_->next();
    const auto at = std::chrono::duration_cast<microseconds>(next.time_since_epoch()).count() - 3600 * second;
    agenda_.at(std::max(at, agenda_.now() + 1), [this, wake = ++master_wake_] {
        if (wake == master_wake_) pump_master();
    });
}

bool Office::arrives(const Line& line, std::uint64_t connection) const {
    return line.up && line.connection == connection && agenda_.now() >= line.cut_until;
}

void Office::drop(Line& line) {
    line.up = false;
    ++line.connection;
}

void Office::connect(Line& line, const std::function<void()>& done) {
    agenda_.after(50'000 + random_() % 500'000, [this, &line, done, connection = line.connection] {
        if (line.up || line.connection != connection) return;  // it did already, by another way
        if (!master_ || agenda_.now() < line.cut_until) return connect(line, done);
        line.up = true;
        done();
    });
}

void Office::reply(const std::string& key, const v1::CommandReply& reply) {
    const std::string bytes = reply.SerializeAsString();
    const bool keep = reply.rejection().code() != v1::Rejection::UNAVAILABLE;
    for (const std::string& address : master_->replied(key, keep, bytes))
        for (const auto& clerk : clerks_)
            if (fmt::format("{}#{}", clerk->line.address, clerk->line.connection) == address)
                network_.carry(
                    [this, bytes, &line = clerk->line, &clerk = *clerk, connection = clerk->line.connection] {
                        v1::CommandReply got;
                        if (!arrives(line, connection) || !got.ParseFromString(bytes)) return;
                        if (!clerk.question || got.cmd_id() != clerk.command.cmd_id()) return;
                        if (got.rejection().code() == v1::Rejection::UNAVAILABLE) return;
                        Sent& sent = sent_[got.cmd_id()];
                        if (sent.reply && sent.reply->SerializeAsString() != bytes && wrong_.empty())
                            wrong_ = "one command was answered in two ways";
                        sent.reply = got;
                        ++answered_;
                        clerk.question.reset();
                        agenda_.after(50'000 + random_() % 1'000'000, [this, &clerk] { pump(clerk); });
                    });
}

// ---- players

void Office::start_player(int number) {
    Player& player = *players_[std::size_t(number)];
    if (player.end) count_mismatches(player);
    player.end = std::make_unique<wire::PlayerEnd>(
        wire::PlayerEndOptions{
            .hall = number % 3 == 0 ? "" : "main", .rules = plan_.rules, .program = "simulated", .seed = std::uint32_t(random_())},
        moment(player));
    player.followed = nullptr;
    player.shown.clear();
    player.inbox.clear();
    drop(player.line);
    connect(player.line, [this, &player] {
        player.end->connected(moment(player));
        if (!player.end->hall().empty()) master_->subscribed(wire::topic_of(player.end->hall()), moment());
        pump(player);
        pump_master();
    });
}

void Office::to_player(Player& player, std::function<void(Player&)> what) {
    network_.carry([this, &player, what = std::move(what), connection = player.line.connection] {
        if (!arrives(player.line, connection)) return;
        const auto take = [this, &player, what, connection] {
            if (player.line.connection != connection) return;
            what(player);
            pump(player);
        };
        if (agenda_.now() >= player.stalled_until) return take();
        if (player.inbox.size() < max_inbox) player.inbox.emplace_back(take);
    });
}

void Office::pump(Player& player) {
    if (agenda_.now() < player.stalled_until) return;
    player.end->tick(moment(player));
    const std::string hall_before = player.end->hall();
    while (player.line.up) {
        const auto request = player.end->take_request(moment(player));
        if (!request) break;
        network_.carry([this, &player, bytes = *request, connection = player.line.connection] {
            if (!master_ || !arrives(player.line, connection)) return;
            const auto answer = master_->sync({player.line.address, player.line.key}, bytes, moment());
            if (!answer) return;
            to_player(player, [this, answer](Player& reached) {
                const bool knew = !reached.end->hall().empty();
                reached.end->reply(*answer, moment(reached));
                if (!knew && !reached.end->hall().empty() && master_) {
                    master_->subscribed(wire::topic_of(reached.end->hall()), moment());
                    pump_master();
                }
            });
        });
    }
    look(player);
    agenda_.at(true_time(player, player.end->next(moment(player), player.line.up)),
               [this, &player, wake = ++player.wake] {
                   if (wake == player.wake) pump(player);
               });
}

// What a visitor would see.
void Office::look(Player& player) {
    auto changed = player.end->take_changed();
    if (!changed) return;
    const bool new_state = changed->state && (!player.followed || changed->state != player.followed->state);
    player.followed = std::move(changed);
    if (!new_state) return;
    const v1::HallState& state = *player.followed->state;
    const auto then = history_.find({state.epoch(), state.seq()});
    if (wrong_.empty() && (then == history_.end() || then->second != wire::state_hash(state)))
        wrong_ = fmt::format("{} shows a state (epoch {}, event {}) that was never the master's", player.line.address,
                             state.epoch(), state.seq());
    for (const v1::Call& call : state.calls()) {
        if (call.phase() != v1::CALL_PHASE_CALLED) continue;
        if (!player.shown.insert(fmt::format("{} {}", call.call_id(), call.attempt())).second) continue;
        v1::Receipt receipt;
        receipt.set_call_id(call.call_id());
        receipt.set_attempt(call.attempt());
        receipt.mutable_shown()->set_at_us(player.end->clock().master_us_at(moment(player).steady));
        player.end->add_receipt(std::move(receipt));
    }
}

void Office::count_mismatches(const Player& player) { hash_mismatches_ += player.end->statistics().hash_mismatches(); }

// ---- clerks

v1::Command Office::next_command(Clerk& clerk) {
    v1::Command command;
    std::string id(16, '\0');
    for (char& byte : id) byte = char(random_());
    command.set_cmd_id(id);
    command.set_version(1);
    const int dice = int(random_() % 100);
    if (sent_.empty() || dice < 8) {
        command.mutable_open_counter()->set_counter(clerk.counter);
    } else if (dice < 50) {
        command.mutable_issue_ticket()->set_service(random_() % 2 ? "A" : "B");
    } else if (dice < 75) {
        command.mutable_call_next()->set_counter(clerk.counter);
    } else if (dice < 82) {
        command.mutable_recall()->set_counter(clerk.counter);
    } else if (dice < 91) {
        command.mutable_start_service()->set_counter(clerk.counter);
    } else {
        command.mutable_finish_service()->set_counter(clerk.counter);
    }
    return command;
}

void Office::pump(Clerk& clerk) {
    const auto now = moment().steady;
    if (clerk.question && clerk.question->over(now)) {
        sent_[clerk.command.cmd_id()].given_up = true;
        ++given_up_;
        clerk.question.reset();
    }
    if (!clerk.question) {
        if (!stormy_) {
            agenda_.after(300'000, [this, &clerk, wake = ++clerk.wake] {
                if (wake == clerk.wake) pump(clerk);
            });
            return;
        }
        const Microseconds patience = 2 * second + random_() % (13 * second);
        clerk.command = next_command(clerk);
        clerk.command.set_deadline_ms((first_wall_us + agenda_.now() + patience) / 1000);
        clerk.question.emplace(clerk.command.SerializeAsString(), now + microseconds(patience), random_());
        sent_[clerk.command.cmd_id()].command = clerk.command;
    }
    if (clerk.line.up && clerk.question->due(now)) {
        clerk.question->sent(now);
        network_.carry([this, &clerk, bytes = clerk.question->bytes(), connection = clerk.line.connection] {
            if (!master_ || !arrives(clerk.line, connection)) return;
            const std::string address = fmt::format("{}#{}", clerk.line.address, connection);
            auto step = master_->command({address, clerk.line.key}, bytes, moment());
            v1::CommandReply answer;
            if (step.admitted) {
                answer = core_->submit_and_wait(*step.admitted);
                // As it was after each event, for whoever will show it.
                for (const v1::HallEvent& event : published_) {
                    if (&event == &published_.back()) {
                        const auto state = core_->hall_state("");
                        history_[{state->epoch(), state->seq()}] = wire::state_hash(*state);
                    } else {
                        wrong_ = "this simulation expects one event of a hall for each command";
                    }
                }
                pump_master();
                agenda_.after(500 + random_() % 20'000, [this, answer, key = step.key, life = master_life_] {
                    if (master_ && life == master_life_) reply(key, answer);
                });
            } else if (step.reply) {
                // At the desk already: it goes to this address only.
                network_.carry([this, &clerk, bytes = *step.reply, connection] {
                    v1::CommandReply got;
                    if (!arrives(clerk.line, connection) || !got.ParseFromString(bytes) || !clerk.question) return;
                    if (got.cmd_id() != clerk.command.cmd_id()) return;
                    if (got.rejection().code() == v1::Rejection::UNAVAILABLE) return;
                    sent_[got.cmd_id()].reply = got;
                    ++answered_;
                    clerk.question.reset();
                    agenda_.after(50'000 + random_() % 1'000'000, [this, &clerk] { pump(clerk); });
                });
            }
        });
    }
    const auto next = std::chrono::duration_cast<microseconds>(
                          (clerk.line.up ? clerk.question->next() : clerk.question->end()).time_since_epoch())
                          .count() -
                      3600 * second;
    agenda_.at(std::max(next, agenda_.now() + 1000), [this, &clerk, wake = ++clerk.wake] {
        if (wake == clerk.wake) pump(clerk);
    });
}

// ---- good and bad times

void Office::disturb() {
    if (!stormy_) return;
    const int dice = int(random_() % 100);
    Player& player = *players_[random_() % players_.size()];
    if (dice < 45) {
        Line& line = dice < 35 ? player.line : clerks_[random_() % clerks_.size()]->line;
        line.cut_until = agenda_.now() + 200'000 + random_() % (12 * second);
        ++network_.faults.partitions;
        // Both sides notice when nothing was heard for a while.
        agenda_.after(3 * second, [this, &line, &player, connection = line.connection, is_player = dice < 35] {
            if (!line.up || line.connection != connection || agenda_.now() >= line.cut_until) return;
            drop(line);
            if (is_player) {
                player.end->disconnected();
                pump(player);
                connect(line, [this, &player] {
                    player.end->connected(moment(player));
                    if (!player.end->hall().empty()) master_->subscribed(wire::topic_of(player.end->hall()), moment());
                    pump(player);
                    pump_master();
                });
                return;
            }
            for (const auto& clerk : clerks_)
                if (&clerk->line == &line)
                    connect(line, [this, clerk = clerk.get()] {
                        if (clerk->question) clerk->question->reconnected();
                        pump(*clerk);
                    });
        });
    } else if (dice < 75) {
        ++network_.faults.stalls;
        player.stalled_until = agenda_.now() + random_() % (6 * second);
        agenda_.at(player.stalled_until, [this, &player] {
            if (agenda_.now() < player.stalled_until) return;
            for (auto& take : std::exchange(player.inbox, {})) take();
            pump(player);
        });
    } else if (dice < 97) {
        ++network_.faults.restarts;
        start_player(int(random_() % players_.size()));
    } else if (master_) {
        ++network_.faults.restarts;
        stop_master();
        agenda_.after(random_() % (4 * second), [this] { start_master(); });
    }
    agenda_.after(20'000 + random_() % 200'000, [this] { disturb(); });
}

void Office::storm(Microseconds how_long) {
    stormy_ = true;
    network_.weather = {.lost = int(random_() % 120), .twice = int(random_() % 80), .late = int(random_() % 80)};
    agenda_.after(0, [this] { disturb(); });
    agenda_.run_until(agenda_.now() + how_long);
}

std::string Office::what_differs() const {
    if (!master_) return "the master has not come back";
    const auto state = core_->hall_state("");
    const std::string hash = wire::state_hash(*state);
    for (const auto& player : players_) {
        const std::string& name = player->line.address;
        if (!player->followed || !player->followed->state) return name + " has no state";
        if (player->followed->stale_since) return name + " says that its state is old";
        if (wire::state_hash(*player->followed->state) != hash)
            return fmt::format("{} is at epoch {} event {}, the master at {} {}", name,
                               player->followed->state->epoch(), player->followed->state->seq(), state->epoch(),
                               state->seq());
    }
    return "";
}

std::string Office::heal(Microseconds limit) {
    stormy_ = false;
    network_.weather = {};
    for (const auto& player : players_) player->line.cut_until = agenda_.now();
    for (const auto& clerk : clerks_) clerk->line.cut_until = agenda_.now();
    for (const auto& player : players_) {
        if (player->stalled_until <= agenda_.now()) continue;
        player->stalled_until = agenda_.now();
        for (auto& take : std::exchange(player->inbox, {})) take();
        pump(*player);
    }
    const Microseconds start = agenda_.now();
    std::string differs = what_differs();
    while (!differs.empty() && agenda_.now() - start < limit) {
        agenda_.run_until(agenda_.now() + 100'000);
        differs = what_differs();
    }
    longest_healing_ = std::max(longest_healing_, agenda_.now() - start);
    if (!differs.empty()) return fmt::format("{} s after the network was mended {}", limit / second, differs);
    // Time for the clocks, for what clerks still wait for, and for receipts.
    agenda_.run_until(agenda_.now() + 20 * second);
    if (differs = what_differs(); !differs.empty()) return "later " + differs;
    for (const auto& player : players_) {
        const auto reading = player->end->clock();
        const auto local = moment(*player).steady;
        const Microseconds error = std::abs(reading.master_us_at(local) - (first_wall_us + agenda_.now()));
        if (!reading.measured) return player->line.address + " does not know the master's clock";
        if (error > reading.error_us_at(local))
            return fmt::format("{} is {} us off the master's clock and says {}", player->line.address, error,
                               reading.error_us_at(local));
        worst_clock_error_ = std::max(worst_clock_error_, error);
        for (const std::string& shown : player->shown)
            if (!receipts_.contains(player->line.address + ' ' + shown) &&
                player->end->statistics().receipts_dropped() == 0)
                return fmt::format("the receipt of {} for {} never reached the master", player->line.address, shown);
    }
    return wrong_;
}

std::string Office::check_commands() const {
    struct Effects {
        int tickets = 0, calls = 0, repeats = 0, starts = 0, finishes = 0, opens = 0;
        std::int64_t at_ms = 0;
    };
    std::map<std::string, Effects> effects;
    std::set<std::string> tickets;
    for (const v1::Event& event : disk_->log) {
        Effects& of = effects[event.cmd_id()];
        of.tickets += event.has_ticket_issued();
        of.calls += event.has_ticket_called();
        of.repeats += event.has_call_repeated();
        of.starts += event.has_service_started();
        of.opens += event.has_counter_opened();
        of.at_ms = event.at_ms();
        if (event.has_ticket_issued() && !tickets.insert(event.ticket_issued().ticket()).second)
            return "ticket " + event.ticket_issued().ticket() + " was given out twice";
    }
    for (const auto& [id, sent] : sent_) {
        const auto found = effects.find(id);
        const Effects of = found == effects.end() ? Effects() : found->second;
        const std::string what = sent.command.ShortDebugString();
        for (const int count : {of.tickets, of.calls, of.repeats, of.starts, of.opens})
            if (count > 1) return "more than one effect: " + what;
        if (found != effects.end() && of.at_ms > sent.command.deadline_ms())
            return "an effect after its deadline: " + what;
        if (!sent.reply) continue;
        const v1::CommandReply& reply = *sent.reply;
        if (reply.has_rejection()
                ? found != effects.end()
                : (reply.has_ticket() && of.tickets != 1) || (reply.has_call() && of.calls + of.repeats != 1))
            return "the effect is not what was answered: " + what;
    }
    return "";
}

}  // namespace hallcast::simulation
