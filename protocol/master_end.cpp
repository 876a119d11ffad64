#include "protocol/master_end.h"

#include <algorithm>

#include "protocol/blob.h"
#include "protocol/cmd_id.h"
#include "protocol/endpoints.h"
#include "protocol/hall_state.h"
#include "protocol/parse.h"
#include "protocol/roles.h"
#include "protocol/version.h"

namespace hallcast::wire {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto heartbeat_interval = 1000ms;
// New listeners get a heartbeat this soon, all those that come in the meantime the same one.
constexpr auto greeting_delay = 20ms;

std::int64_t wall_us(Moment now) {
    return std::chrono::duration_cast<std::chrono::microseconds>(now.wall.time_since_epoch()).count();
}

std::string rejected(const v1::Command& command, v1::Rejection::Code code, std::string why) {
    v1::CommandReply reply;
    reply.set_cmd_id(command.cmd_id());
    reply.mutable_rejection()->set_code(code);
    reply.mutable_rejection()->set_message(std::move(why));
    return reply.SerializeAsString();
}

void set_error(v1::SyncReply& reply, v1::SyncError::Code code, std::string message) {
    reply.mutable_error()->set_code(code);
    reply.mutable_error()->set_message(std::move(message));
}

std::string other_version(std::uint32_t version) {
    return fmt::format(
        "this master speaks version {} of the protocol, not {}: install the hallcast of the master on the other "
        "machine, or update the master",
        protocol_version, version);
}

// A ticket holds what its reply needs.
std::string ticket_of(std::uint64_t request_id, const std::string& address) {
    return fmt::format("{} {}", request_id, address);
}

constexpr const char* revoked = "this key is not authorised any more";

}  // namespace

MasterEnd::MasterEnd(ServerHandlers handlers, MasterEndOptions options)
    : handlers_(std::move(handlers)), options_(std::move(options)) {
    know_hall("");  // so that the first hall's heartbeats begin without being asked for
}

std::optional<std::string> MasterEnd::sync(const Peer& peer, std::string_view bytes, Moment now) {
    v1::SyncRequest request;
    const bool is_request = parse(request, bytes);
    v1::SyncReply reply;
    reply.set_version(protocol_version);
    reply.set_minor(protocol_minor);
    reply.set_request_id(request.request_id());
    if (!is_request)
        set_error(reply, v1::SyncError::INVALID, "this is no SyncRequest");
    else if (!is_our_version(request.version()))
        set_error(reply, v1::SyncError::VERSION, other_version(request.version()));
    else if (peer.client == nullptr)
        set_error(reply, v1::SyncError::NOT_ALLOWED, revoked);
    else if (!may_ask(peer.client->role, request))
        set_error(reply, v1::SyncError::NOT_ALLOWED,
                  fmt::format("'{}' has the role {}, which may not ask this; an administrator can change that in {}",
                              peer.client->name, role_name(peer.client->role), options_.authorized_file));
    else if (request.has_confirm_pairing() && options_.confirm_pairing) {
        const std::string by = peer.client->name;
        options_.confirm_pairing(by, request.confirm_pairing(), ticket_of(request.request_id(), peer.address));
        return std::nullopt;
    } else if (const auto state = request.has_snapshot() ? state_of(request.snapshot().hall()) : nullptr)
        return snapshot_reply(*state, reply);
    else if (auto done = answer(peer, request, reply, now); !done)
        set_error(reply, v1::SyncError::NOT_FOUND, done.error().message);
    return reply.SerializeAsString();
}

// Fields of a message may come in any order, and in pieces: the reply's own ones, then the snapshot that many share.
std::string MasterEnd::snapshot_reply(const v1::HallState& state, const v1::SyncReply& head) {
    Serialised& kept = serialised_[state.hall()];
    const Position position{state.epoch(), state.seq()};
    if (kept.field.empty() || kept.position != position) {
        v1::SyncReply field;
        *field.mutable_snapshot() = state;
        kept = {position, field.SerializeAsString()};
        metrics_.set_snapshots_serialised(metrics_.snapshots_serialised() + 1);
    }
    metrics_.set_snapshots_sent(metrics_.snapshots_sent() + 1);
    return head.SerializeAsString() + kept.field;
}

Expected<void> MasterEnd::answer(const Peer& peer, const v1::SyncRequest& request, v1::SyncReply& reply, Moment now) {
    switch (request.request_case()) {
        case v1::SyncRequest::kSnapshot:
            return fail("this master has no hall '{}'", request.snapshot().hall());
        case v1::SyncRequest::kRange:
            return answer_range(request.range(), reply);
        case v1::SyncRequest::kManifest:
            if (!handlers_.manifest) return fail("this master has no content");
            *reply.mutable_manifest() = handlers_.manifest();
            return {};
        case v1::SyncRequest::kBlob: {
            auto piece = read_piece(request.blob(), handlers_.blob);
            if (!piece) return std::unexpected(piece.error());
            *reply.mutable_blob() = std::move(*piece);
            return {};
        }
        case v1::SyncRequest::kOffice:
            if (!handlers_.office) return fail("this master has no office");
            *reply.mutable_office() = handlers_.office();
            return {};
        case v1::SyncRequest::kPresence:
            answer_presence(peer, request.presence(), reply, now);
            return {};
        case v1::SyncRequest::kReceipts:
            if (!handlers_.receipts) return fail("this master keeps no receipts");
            reply.mutable_receipts()->set_up_to(handlers_.receipts(peer.client->name, request.receipts()));
            return {};
        case v1::SyncRequest::kCalls:
            if (!handlers_.calls) return fail("this master keeps no calls");
            *reply.mutable_calls() = handlers_.calls(request.calls());
            return {};
        case v1::SyncRequest::kPlayers:
            *reply.mutable_players() = players(now);
            return {};
        case v1::SyncRequest::kPairings:
            if (!options_.pairings) return fail("this master pairs no players");
            *reply.mutable_pairings() = options_.pairings();
            return {};
        case v1::SyncRequest::kMetrics:
            *reply.mutable_metrics() = metrics_now(now);
            return {};
        default:
            return fail("this master does not know such a request: use the same hallcast on both");
    }
}

Expected<void> MasterEnd::answer_range(const v1::RangeRequest& request, v1::SyncReply& reply) {
    if (!know_hall(request.hall())) return fail("this master has no hall '{}'", request.hall());
    const auto log = halls_.find(request.hall());
    if (log == halls_.end()) return fail("a range is of a hall by its id");
    *reply.mutable_range() = log->second.range(request);
    return {};
}

void MasterEnd::answer_presence(const Peer& peer, const v1::PresenceReport& report, v1::SyncReply& reply, Moment now) {
    if (const auto state = state_of(report.hall()); state && state->epoch() == report.epoch() &&
                                                    state->seq() == report.applied_seq() &&
                                                    !presence_.knows(state->hall(), {state->epoch(), state->seq()}))
        presence_.state_is(state->hall(), {state->epoch(), state->seq()}, state_hash(*state));
    presence_.reported(peer.client->name, report, now);
    // A clerk's program that reports has no voice, whatever it says.
    if (peer.client->role == Role::player)
        election_.reported(peer.client->public_key, report, presence_.interval(), now.steady);
    v1::PresenceReply& answer = *reply.mutable_presence();
    answer.set_sent_us(report.sent_us());
    answer.set_received_us(wall_us(now));
    answer.set_replied_us(wall_us(now));
    const auto next = election_.is_speaker(peer.client->public_key)
                          ? std::min(election_.speakers_report(), presence_.interval())
                          : presence_.interval();
    answer.set_next_report_ms(std::uint32_t(next.count()));
}

v1::WireMetrics MasterEnd::metrics_now(Moment now) const {
    v1::WireMetrics metrics = metrics_;
    const auto count = presence_.count(now);
    metrics.set_players(count.live);
    metrics.set_players_out_of_step(count.out_of_step);
    if (options_.count_sockets) options_.count_sockets(metrics);
    return metrics;
}

CommandStep MasterEnd::command(const Peer& peer, std::string_view bytes, Moment now) {
    v1::Command command;
    const bool is_command = parse(command, bytes);
    const auto reject = [&](v1::Rejection::Code code, std::string why) {
        return CommandStep{.reply = rejected(command, code, std::move(why)), .admitted = {}, .key = {}};
    };
    if (is_command && !is_our_version(command.version()))
        return reject(v1::Rejection::VERSION, other_version(command.version()));
    if (!is_command || command.cmd_id().size() != cmd_id_bytes)
        return reject(v1::Rejection::INVALID, "this is no command with a cmd_id of 16 bytes and times before 2100");
    if (peer.client == nullptr) return reject(v1::Rejection::NOT_ALLOWED, revoked);
    if (!may_send(peer.client->role, command))
        return reject(v1::Rejection::NOT_ALLOWED,
                      fmt::format("'{}' has the role {}, which may not send this command; an administrator can change "
                                  "that in {}",
                                  peer.client->name, role_name(peer.client->role), options_.authorized_file));
    if (command.has_ping()) {
        v1::CommandReply reply;
        reply.set_cmd_id(command.cmd_id());
        reply.set_server_time_ms(wall_us(now) / 1000);
        reply.set_version(protocol_version);
        reply.set_minor(protocol_minor);
        return {.reply = reply.SerializeAsString(), .admitted = {}, .key = {}};
    }
    CommandStep step{.reply = {}, .admitted = {}, .key = peer.client->name + ' ' + command.cmd_id()};
    const auto admission = desk_.admit(step.key, peer.address, now.steady);
    switch (admission.entry) {
        case CommandDesk::Entry::repeated:
            metrics_.set_commands_repeated(metrics_.commands_repeated() + 1);
            break;
        case CommandDesk::Entry::answered:
            metrics_.set_commands_repeated(metrics_.commands_repeated() + 1);
            step.reply = *admission.reply;
            break;
        case CommandDesk::Entry::full:
            return reject(v1::Rejection::UNAVAILABLE, "too many commands wait; try again in a moment");
        case CommandDesk::Entry::admitted:
            metrics_.set_commands_handed_on(metrics_.commands_handed_on() + 1);
            step.admitted = std::move(command);
            break;
    }
    return step;
}

std::vector<std::string> MasterEnd::replied(const std::string& key, bool keep, const std::string& bytes) {
    return desk_.answer(key, bytes, keep);
}

LateReply MasterEnd::pairing_ended(const std::string& ticket, const Expected<v1::PairingResult>& result) {
    const std::size_t blank = ticket.find(' ');
    HALLCAST_ASSERT(blank != std::string::npos);
    v1::SyncReply reply;
    reply.set_version(protocol_version);
    reply.set_minor(protocol_minor);
    reply.set_request_id(std::stoull(ticket.substr(0, blank)));
    if (result)
        *reply.mutable_pairing() = *result;
    else
        set_error(reply, v1::SyncError::INVALID, result.error().message);
    return {ticket.substr(blank + 1), reply.SerializeAsString()};
}

void MasterEnd::publish(v1::HallEvent event) {
    metrics_.set_events_published(metrics_.events_published() + 1);
    HallLog& log = halls_[event.hall()];
    log.append(std::move(event));
}

void MasterEnd::content_changed(std::uint64_t version) {
    content_version_ = version;
    heartbeat_now_ = true;
}

void MasterEnd::subscribed(std::string_view topic, Moment now) {
    constexpr std::string_view prefix = "hall/";
    if (!topic.starts_with(prefix) || !topic.ends_with('/') || topic.size() <= prefix.size() + 1) return;
    const std::string hall(topic.substr(prefix.size(), topic.size() - prefix.size() - 1));
    if (!know_hall(hall)) return;
    if (greeting_.empty()) greet_at_ = now.steady + greeting_delay;
    greeting_.insert(hall);
}

bool MasterEnd::know_hall(const std::string& hall) { return halls_.contains(hall) || state_of(hall) != nullptr; }

std::shared_ptr<const v1::HallState> MasterEnd::state_of(const std::string& hall) {
    auto state = handlers_.snapshot ? handlers_.snapshot(hall) : nullptr;
    if (state) halls_[state->hall()].learn({state->epoch(), state->seq()});
    return state;
}

// Who speaks is known at once: a call may be in the middle of its sentence.
void MasterEnd::tell_speakers(Moment now) {
    election_.tick(now.steady);
    for (const std::string& hall : election_.take_changed()) {
        if (!halls_.contains(hall)) continue;
        greeting_.insert(hall);
        greet_at_ = now.steady;
    }
}

std::vector<StreamOut> MasterEnd::take_stream(Moment now) {
    std::vector<StreamOut> out;
    tell_speakers(now);
    for (auto& [hall, log] : halls_)
        for (std::string& bytes : log.take_unsent()) out.push_back({topic_of(hall), std::move(bytes)});
    const bool all = now.steady >= next_heartbeat_ || std::exchange(heartbeat_now_, false);
    if (now.steady >= next_heartbeat_) {
        next_heartbeat_ = now.steady + heartbeat_interval;
        desk_.forget_old(now.steady);
    }
    const bool greet = !greeting_.empty() && now.steady >= greet_at_;
    if (!all && !greet) return out;
    for (const auto& [hall, log] : halls_)
        if (all || greeting_.contains(hall)) out.push_back(heartbeat(hall, log, now));
    if (greet) greeting_.clear();
    return out;
}

StreamOut MasterEnd::heartbeat(const std::string& hall, const HallLog& log, Moment now) {
    v1::StreamMessage message;
    v1::Heartbeat& heartbeat = *message.mutable_heartbeat();
    heartbeat.set_hall(hall);
    heartbeat.set_epoch(log.head().epoch);
    heartbeat.set_head_seq(log.head().seq);
    heartbeat.set_server_time_ms(wall_us(now) / 1000);
    heartbeat.set_content_version(content_version_);
    heartbeat.set_version(protocol_version);
    heartbeat.set_minor(protocol_minor);
    for (v1::Speaker& speaker : election_.speakers_of(hall)) *heartbeat.add_speakers() = std::move(speaker);
    // The state may be a step ahead of what was published: its hash is of its own seq.
    if (const auto state = handlers_.snapshot ? handlers_.snapshot(hall) : nullptr;
        state && state->epoch() == log.head().epoch) {
        const Position position{state->epoch(), state->seq()};
        if (!presence_.knows(hall, position)) presence_.state_is(hall, position, state_hash(*state));
        heartbeat.set_hash_seq(position.seq);
        heartbeat.set_state_hash(*presence_.hash_of(hall, position));
    }
    return {topic_of(hall), message.SerializeAsString()};
}

steady_clock::time_point MasterEnd::next() const {
    return std::min({next_heartbeat_, election_.next(), greeting_.empty() ? next_heartbeat_ : greet_at_});
}

}  // namespace hallcast::wire
