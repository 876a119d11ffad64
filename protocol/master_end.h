// A master's end of the wire, without sockets, threads or clocks: what it answers, and what goes out on the stream.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "hallcast/v1/queue.pb.h"
#include "hallcast/v1/wire.pb.h"
#include "protocol/command_desk.h"
#include "protocol/follow.h"
#include "protocol/hall_log.h"
#include "protocol/keys.h"
#include "protocol/presence.h"
#include "protocol/server.h"
#include "protocol/speaker_election.h"

namespace hallcast::wire {

// Who asks: the address that the answer goes to, and the client as the list of keys has it at this moment; null when
// its key was removed since it connected.
struct Peer {
    std::string address;
    const AuthorizedKey* client = nullptr;
};

// What goes out on the stream: `bytes` to everybody who listens to `topic`.
struct StreamOut {
    std::string topic;
    std::string bytes;
};

// An answer that comes later than its question.
struct LateReply {
    std::string address;
    std::string bytes;
};

// What becomes of a command. Neither: it is one that waits already.
struct CommandStep {
    std::optional<std::string> reply;     // at once
    std::optional<v1::Command> admitted;  // for the queue core; its reply goes to replied() with `key`
    std::string key;
};

struct MasterEndOptions {
    std::string authorized_file;                          // named where a key's role is in the way
    std::function<void(v1::WireMetrics&)> count_sockets;  // adds what only their owner knows
    std::function<v1::PairingList()> pairings;            // the new players that wait
    // Of the administrator `by`; what becomes of it goes to pairing_ended() with `ticket`.
    std::function<void(const std::string& by, const v1::ConfirmPairing&, const std::string& ticket)> confirm_pairing;
};

// Bytes from clients may be anything. Everything that is kept is bounded. One thread; `handlers.command` is its
// owner's.
class MasterEnd {
  public:
    explicit MasterEnd(ServerHandlers handlers, MasterEndOptions options = {});

    // The answer; nothing where it comes later.
    std::optional<std::string> sync(const Peer& peer, std::string_view bytes, Moment now);
    CommandStep command(const Peer& peer, std::string_view bytes, Moment now);
    // The addresses that wait for the reply of an admitted command.
    // `keep` it for repetitions: not when it says "try again".
    std::vector<std::string> replied(const std::string& key, bool keep, const std::string& reply);

    static LateReply pairing_ended(const std::string& ticket, const Expected<v1::PairingResult>& result);

    // In order of (epoch, seq) per hall.
    void publish(v1::HallEvent event);
    void content_changed(std::uint64_t version);
    // The connection on which the client with this key reported is no more.
    void client_gone(const std::string& public_key, Moment now) { election_.gone(public_key, now.steady); }
    void subscribed(std::string_view topic, Moment now);
    v1::PlayerList players(Moment now) const { return presence_.list(now); }
    // What is to be sent by now: events first, then heartbeats, each second and for new listeners.
    std::vector<StreamOut> take_stream(Moment now);
    std::chrono::steady_clock::time_point next() const;

  private:
    // A snapshot as the bytes of its field in a SyncReply, made once for each sequence number.
    struct Serialised {
        Position position;
        std::string field;
    };
    Expected<void> answer(const Peer& peer, const v1::SyncRequest& request, v1::SyncReply& reply, Moment now);
    Expected<void> answer_range(const v1::RangeRequest& request, v1::SyncReply& reply);
    void answer_presence(const Peer& peer, const v1::PresenceReport& report, v1::SyncReply& reply, Moment now);
    v1::WireMetrics metrics_now(Moment now) const;
    std::string snapshot_reply(const v1::HallState& state, const v1::SyncReply& head);
    bool know_hall(const std::string& hall);  // "" stands for the first
    std::shared_ptr<const v1::HallState> state_of(const std::string& hall);
    StreamOut heartbeat(const std::string& hall, const HallLog& log, Moment now);
    void tell_speakers(Moment now);

    ServerHandlers handlers_;
    MasterEndOptions options_;
    std::map<std::string, HallLog> halls_;
    std::map<std::string, Serialised> serialised_;  // by hall
    CommandDesk desk_;
    Presence presence_;
    SpeakerElection election_;
    std::set<std::string> greeting_;  // halls with new listeners, or other speakers
    std::chrono::steady_clock::time_point greet_at_{};
    std::chrono::steady_clock::time_point next_heartbeat_{};
    std::uint64_t content_version_ = 0;
    bool heartbeat_now_ = false;
    v1::WireMetrics metrics_;
};

}  // namespace hallcast::wire
