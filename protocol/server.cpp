#include "protocol/server.h"

#include <spdlog/spdlog.h>

#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <zmq.hpp>

#include "protocol/blob.h"
#include "protocol/cmd_id.h"
#include "protocol/command_desk.h"
#include "protocol/endpoints.h"
#include "protocol/hall_log.h"
#include "protocol/roles.h"
#include "protocol/server_sockets.h"
#include "protocol/wake.h"
#include "protocol/zap.h"
#include "protocol/zmq_io.h"

namespace hallcast::wire {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto heartbeat_interval = 1000ms;
// New listeners get a heartbeat this soon, all those that come in the meantime the same one.
constexpr auto greeting_delay = 20ms;

// Replies of the queue core on their way to the server's thread. Outlives the server as long as a reply is awaited.
struct Outbox {
    struct Reply {
        std::string key;  // in the CommandDesk
        std::string bytes;
        bool keep;
    };
    Wake wake;
    std::mutex mutex;
    std::vector<Reply> replies;  // protected by mutex; at most one for each command at the desk
    bool closed = false;         // protected by mutex
};

class ZmqServer final : public Server {
  public:
    ZmqServer(ServerOptions options, ServerHandlers handlers, std::unique_ptr<AuthorizedClients> clients,
              ZapHandler zap, ServerSockets sockets)
        : options_(std::move(options)),
          handlers_(std::move(handlers)),
          outbox_(std::make_shared<Outbox>()),
          clients_(std::move(clients)),
          zap_(std::move(zap)),
          sockets_(std::move(sockets)),
          thread_([this](const std::stop_token& stop) { run(stop); }) {}

    ~ZmqServer() override {
        const std::lock_guard lock(outbox_->mutex);
        outbox_->closed = true;
    }

    std::uint16_t port() const override { return sockets_.port; }

    void publish(const v1::HallEvent& event) override {
        {
            const std::lock_guard lock(mutex_);
            halls_[event.hall()].append(event);
        }
        outbox_->wake.wake();
    }

    void content_changed(std::uint64_t version) override {
        {
            const std::lock_guard lock(mutex_);
            content_version_ = version;
            heartbeat_now_ = true;
        }
        outbox_->wake.wake();
    }

  private:
    using Frames = std::vector<zmq::message_t>;

    void run(const std::stop_token& stop) {
        const std::stop_callback on_stop(stop, [this] { outbox_->wake.wake(); });
        try {
            know_hall("");  // so that the first hall's heartbeats begin without being asked for
            while (!stop.stop_requested()) step();
        } catch (const zmq::error_t& error) {
            if (error.num() != ETERM) throw;  // the process ends
        }
    }

    // Calls come first, whatever else waits: after each piece of slower work the events are looked at again.
    void step() {
        std::vector<zmq::pollitem_t> items{{nullptr, outbox_->wake.descriptor(), ZMQ_POLLIN, 0},
                                           {sockets_.commands.handle(), 0, ZMQ_POLLIN, 0},
                                           {zap_.socket().handle(), 0, ZMQ_POLLIN, 0},
                                           {sockets_.events.handle(), 0, ZMQ_POLLIN, 0},
                                           {sockets_.sync.handle(), 0, ZMQ_POLLIN, 0}};
        poll_until(items, greeting_.empty() ? next_heartbeat_ : std::min(next_heartbeat_, greet_at_));
        if (items[0].revents != 0) outbox_->wake.clear();
        send_events();
        send_replies();
        for (int i = 0; i < 64 && receive(sockets_.commands, [this](Frames& frames) { command(frames); }); ++i)
            continue;
        for (int i = 0; i < 64 && zap_.answer(); ++i) continue;
        for (int i = 0; i < 256 && subscription(); ++i) continue;
        for (int i = 0; i < 16 && receive(sockets_.sync, [this](Frames& frames) { sync(frames); }); ++i) send_events();
        send_heartbeats();
    }

    // One whole message of a ROUTER: address, empty delimiter, message. Others are thrown away.
    template <typename Handle>
    static bool receive(zmq::socket_t& socket, Handle handle) {
        Frames frames(1);
        if (!try_receive(socket, frames[0])) return false;
        while (frames.back().more()) {
            zmq::message_t frame;
            if (!try_receive(socket, frame)) break;
            const bool more = frame.more();
            if (frames.size() < 4) frames.push_back(std::move(frame));
            if (!more) break;
        }
        if (frames.size() == 3 && frames[1].size() == 0) handle(frames);
        return true;
    }

    static void send(zmq::socket_t& router, const std::string& address, const std::string& bytes) {
        // A peer that is gone or does not read gets nothing; it asks again.
        if (!router.send(zmq::buffer(address), zmq::send_flags::sndmore | zmq::send_flags::dontwait)) return;
        router.send(zmq::message_t(), zmq::send_flags::sndmore | zmq::send_flags::dontwait);
        router.send(zmq::buffer(bytes), zmq::send_flags::dontwait);
    }

    // The client that the ZAP handler let in, as the list of keys has it now: null when it was removed since.
    const AuthorizedKey* client_of(zmq::message_t& frame) {
        const char* user = ::zmq_msg_gets(frame.handle(), "User-Id");
        if (user == nullptr) return nullptr;
        const std::string text = user;  // "role name"
        const std::size_t blank = text.find(' ');
        return blank == std::string::npos ? nullptr : clients_->with_name(text.substr(blank + 1));
    }

    void send_events() {
        std::vector<std::pair<std::string, std::string>> messages;
        {
            const std::lock_guard lock(mutex_);
            for (auto& [hall, log] : halls_)
                for (std::string& bytes : log.take_unsent()) messages.emplace_back(topic_of(hall), std::move(bytes));
        }
        for (const auto& [topic, bytes] : messages) broadcast(topic, bytes);
    }

    // The frames are handed to libzmq once; its connections share them.
    void broadcast(const std::string& topic, const std::string& bytes) {
        sockets_.events.send(zmq::buffer(topic), zmq::send_flags::sndmore | zmq::send_flags::dontwait);
        sockets_.events.send(zmq::buffer(bytes), zmq::send_flags::dontwait);
    }

    void send_replies() {
        std::vector<Outbox::Reply> replies;
        {
            const std::lock_guard lock(outbox_->mutex);
            replies.swap(outbox_->replies);
        }
        for (const Outbox::Reply& reply : replies)
            for (const std::string& address : desk_.answer(reply.key, reply.bytes, reply.keep))
                send(sockets_.commands, address, reply.bytes);
    }

    void reject(const std::string& address, const v1::Command& command, v1::Rejection::Code code, std::string message) {
        v1::CommandReply reply;
        reply.set_cmd_id(command.cmd_id());
        reply.mutable_rejection()->set_code(code);
        reply.mutable_rejection()->set_message(std::move(message));
        send(sockets_.commands, address, reply.SerializeAsString());
    }

    void command(Frames& frames) {
        const std::string address = frames[0].to_string();
        v1::Command command;
        if (!command.ParseFromArray(frames[2].data(), int(frames[2].size())) || command.cmd_id().size() != cmd_id_bytes)
            return reject(address, command, v1::Rejection::INVALID, "this is no command with a cmd_id of 16 bytes");
        const AuthorizedKey* client = client_of(frames[2]);
        if (client == nullptr)
            return reject(address, command, v1::Rejection::NOT_ALLOWED, "this key is not authorised any more");
        if (!may_send(client->role, command))
            return reject(
                address, command, v1::Rejection::NOT_ALLOWED,
                fmt::format("'{}' has the role {}, which may not send this command; an administrator can change "
                            "that in {}",
                            client->name, role_name(client->role), options_.authorized.string()));
        const std::string key = client->name + ' ' + command.cmd_id();
        const auto admission = desk_.admit(key, address, steady_clock::now());
        switch (admission.entry) {
            case CommandDesk::Entry::repeated:
                return;
            case CommandDesk::Entry::answered:
                return send(sockets_.commands, address, *admission.reply);
            case CommandDesk::Entry::full:
                return reject(address, command, v1::Rejection::UNAVAILABLE,
                              "too many commands wait; try again in a moment");
            case CommandDesk::Entry::admitted:
                break;
        }
        if (!handlers_.command) return post(*outbox_, key, unavailable(command.cmd_id()));
        handlers_.command(std::move(command),
                          [outbox = outbox_, key](const v1::CommandReply& reply) { post(*outbox, key, reply); });
    }

    static v1::CommandReply unavailable(const std::string& cmd_id) {
        v1::CommandReply reply;
        reply.set_cmd_id(cmd_id);
        reply.mutable_rejection()->set_code(v1::Rejection::UNAVAILABLE);
        reply.mutable_rejection()->set_message("this master takes no commands");
        return reply;
    }

    // Any thread.
    static void post(Outbox& outbox, const std::string& key, const v1::CommandReply& reply) {
        const bool try_again = reply.rejection().code() == v1::Rejection::UNAVAILABLE;
        std::string bytes = reply.SerializeAsString();
        {
            const std::lock_guard lock(outbox.mutex);
            if (outbox.closed) return;
            outbox.replies.push_back({key, std::move(bytes), !try_again});
        }
        outbox.wake.wake();
    }

    bool subscription() {
        zmq::message_t frame;
        if (!try_receive_last(sockets_.events, frame)) return false;
        const std::string_view text = frame.to_string_view();
        constexpr std::string_view prefix = "\1hall/";
        if (!text.starts_with(prefix) || !text.ends_with('/') || text.size() <= prefix.size() + 1) return true;
        const std::string hall(text.substr(prefix.size(), text.size() - prefix.size() - 1));
        if (!know_hall(hall)) return true;
        if (greeting_.empty()) greet_at_ = steady_clock::now() + greeting_delay;
        greeting_.insert(hall);
        return true;
    }

    // Whether the master has this hall; from then on it has heartbeats. "" stands for the first.
    bool know_hall(const std::string& hall) {
        {
            const std::lock_guard lock(mutex_);
            if (halls_.contains(hall)) return true;
        }
        return snapshot(hall) != nullptr;
    }

    std::shared_ptr<const v1::HallState> snapshot(const std::string& hall) {
        auto state = handlers_.snapshot ? handlers_.snapshot(hall) : nullptr;
        if (!state) return nullptr;
        const std::lock_guard lock(mutex_);
        halls_[state->hall()].learn({state->epoch(), state->seq()});
        return state;
    }

    void sync(Frames& frames) {
        v1::SyncRequest request;
        v1::SyncReply reply;
        const bool is_request = request.ParseFromArray(frames[2].data(), int(frames[2].size()));
        reply.set_version(1);
        reply.set_request_id(request.request_id());
        if (!is_request)
            reply.mutable_error()->set_message("this is no SyncRequest");
        else if (request.version() != 1)
            reply.mutable_error()->set_message(
                fmt::format("this master speaks version 1 of the protocol, not {}: use the same hallcast on both",
                            request.version()));
        else if (client_of(frames[2]) == nullptr)
            reply.mutable_error()->set_message("this key is not authorised any more");
        else if (auto done = answer(request, reply); !done)
            reply.mutable_error()->set_message(done.error().message);
        send(sockets_.sync, frames[0].to_string(), reply.SerializeAsString());
    }

    Expected<void> answer(const v1::SyncRequest& request, v1::SyncReply& reply) {
        switch (request.request_case()) {
            case v1::SyncRequest::kSnapshot: {
                const auto state = snapshot(request.snapshot().hall());
                if (!state) return fail("this master has no hall '{}'", request.snapshot().hall());
                *reply.mutable_snapshot() = *state;
                return {};
            }
            case v1::SyncRequest::kRange: {
                if (!know_hall(request.range().hall()))
                    return fail("this master has no hall '{}'", request.range().hall());
                const std::lock_guard lock(mutex_);
                const auto log = halls_.find(request.range().hall());
                if (log == halls_.end()) return fail("a range is of a hall by its id");
                *reply.mutable_range() = log->second.range(request.range());
                return {};
            }
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
            case v1::SyncRequest::REQUEST_NOT_SET:
                break;
        }
        return fail("this master does not know such a request: use the same hallcast on both");
    }

    void send_heartbeats() {
        const auto now = steady_clock::now();
        bool all = now >= next_heartbeat_;
        if (all) {
            next_heartbeat_ = now + heartbeat_interval;
            desk_.forget_old(now);
        }
        const bool greet = !greeting_.empty() && now >= greet_at_;
        std::vector<std::pair<std::string, std::string>> messages;
        {
            const std::lock_guard lock(mutex_);
            all = all || std::exchange(heartbeat_now_, false);
            if (!all && !greet) return;
            for (const auto& [hall, log] : halls_)
                if (all || greeting_.contains(hall)) messages.emplace_back(topic_of(hall), heartbeat(hall, log));
        }
        for (const auto& [topic, bytes] : messages) broadcast(topic, bytes);
        if (greet) greeting_.clear();
    }

    // Under the lock.
    std::string heartbeat(const std::string& hall, const HallLog& log) const {
        v1::StreamMessage message;
        auto& heartbeat = *message.mutable_heartbeat();
        heartbeat.set_hall(hall);
        heartbeat.set_epoch(log.head().epoch);
        heartbeat.set_head_seq(log.head().seq);
        heartbeat.set_server_time_ms(
            std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
                .count());
        heartbeat.set_content_version(content_version_);
        return message.SerializeAsString();
    }

    const ServerOptions options_;
    const ServerHandlers handlers_;
    const std::shared_ptr<Outbox> outbox_;

    std::mutex mutex_;
    std::map<std::string, HallLog> halls_;  // protected by mutex_
    std::uint64_t content_version_ = 0;     // protected by mutex_
    bool heartbeat_now_ = false;            // protected by mutex_

    // The thread's own.
    std::unique_ptr<AuthorizedClients> clients_;
    ZapHandler zap_;
    ServerSockets sockets_;
    CommandDesk desk_;
    std::set<std::string> greeting_;  // halls with new listeners
    steady_clock::time_point greet_at_{};
    steady_clock::time_point next_heartbeat_{};

    std::jthread thread_;  // last: ends before what it uses
};

}  // namespace

Expected<std::unique_ptr<Server>> make_server(zmq::context_t& context, ServerOptions options, ServerHandlers handlers) {
    if (!is_key(options.keys.public_key) || !is_key(options.keys.secret_key)) return fail("the master has no keys");
    auto clients = std::make_unique<AuthorizedClients>(options.authorized);
    try {
        // First of all: libzmq lets every key in as long as nobody answers for it.
        ZapHandler zap(context, *clients);
        auto sockets = bind_server_sockets(context, options);
        if (!sockets) return std::unexpected(sockets.error());
        return std::make_unique<ZmqServer>(std::move(options), std::move(handlers), std::move(clients), std::move(zap),
                                           std::move(*sockets));
    } catch (const zmq::error_t& error) {
        return fail("the master's sockets cannot be made: {} (one process can be one master)", error.what());
    }
}

}  // namespace hallcast::wire
