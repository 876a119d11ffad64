#include "protocol/successor_search.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "hallcast/v1/pairing.pb.h"
#include "protocol/cmd_id.h"
#include "protocol/curve_socket.h"
#include "protocol/endpoints.h"
#include "protocol/pairing.h"
#include "protocol/parse.h"
#include "protocol/successor.h"
#include "protocol/zmq_io.h"

namespace hallcast::wire {
namespace {

constexpr std::chrono::seconds answer_limit{5};
constexpr int answers_at_once = 16;

}  // namespace

SuccessorSearch::SuccessorSearch(zmq::context_t& context, MasterAddress master, Credentials credentials,
                                 SearchRules rules)
    : context_(&context),
      master_(std::move(master)),
      credentials_(std::move(credentials)),
      rules_(rules),
      random_(random_seed()) {}

// Random, so that a thousand players do not ask in the same millisecond.
void SuccessorSearch::wait(Time now, std::chrono::milliseconds at_least) {
    link_.reset();
    ask_at_ = now + at_least +
              std::chrono::milliseconds(std::uniform_int_distribution<std::int64_t>(0, at_least.count() / 2)(random_));
}

void SuccessorSearch::service(Time now, bool turned_away) {
    const bool was_turned_away = std::exchange(turned_away_, turned_away);
    if (!turned_away) return link_.reset();
    if (!was_turned_away) wait(now, rules_.ask_after);
    if (!link_ && now >= ask_at_) {
        link_.emplace(*context_, LinkOptions{.type = zmq::socket_type::dealer,
                                             .endpoint = endpoint(master_, pairing_offset),
                                             .credentials = {pairing_keys().public_key, credentials_.client},
                                             .prepare = prepare_guest});
        ask_at_ = now + answer_limit;
    }
    if (!link_) return;
    link_->service(now);
    if (link_->take_came_up() && link_->socket() != nullptr) {
        v1::PairingMessage message;
        message.set_version(pairing_version);
        message.mutable_successor_request()->set_master_key(raw_key(credentials_.master_key));
        link_->socket()->send(zmq::message_t(), zmq::send_flags::sndmore | zmq::send_flags::dontwait);
        link_->socket()->send(zmq::buffer(message.SerializeAsString()), zmq::send_flags::dontwait);
    }
    receive(now);
    if (link_ && now >= ask_at_) wait(now, rules_.ask_again);
}

void SuccessorSearch::receive(Time now) {
    zmq::message_t frame;
    v1::PairingMessage message;
    for (int i = 0; i < answers_at_once && link_ && link_->socket() != nullptr; ++i) {
        if (!try_receive_last(*link_->socket(), frame)) return;
        if (!parse(message, frame.to_string_view())) continue;
        if (message.has_refused()) return wait(now, rules_.ask_again);
        if (!message.has_successor()) continue;
        const auto key = open_successor(message.successor(), credentials_.master_key, credentials_.client);
        if (!key) {
            spdlog::warn("{}: somebody there names a new key of the master, but cannot prove that it is the master's",
                         master_.text());
            return wait(now, rules_.ask_again);
        }
        found_ = Credentials{*key, credentials_.client};
        return wait(now, rules_.ask_again);
    }
}

void SuccessorSearch::add_to(std::vector<zmq::pollitem_t>& items) {
    if (link_) link_->add_to(items, false);
}

SuccessorSearch::Time SuccessorSearch::next() const {
    if (!turned_away_) return Time::max();
    return link_ ? std::min(ask_at_, link_->next()) : ask_at_;
}

}  // namespace hallcast::wire
