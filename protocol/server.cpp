#include "protocol/server.h"

#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <thread>
#include <zmq.hpp>

#include "protocol/endpoints.h"
#include "protocol/master_end.h"
#include "protocol/pairing_socket.h"
#include "protocol/rebind.h"
#include "protocol/server_sockets.h"
#include "protocol/sessions.h"
#include "protocol/socket_counts.h"
#include "protocol/wake.h"
#include "protocol/zap.h"
#include "protocol/zmq_io.h"

namespace hallcast::wire {
namespace {

// Events that the core published and the server's thread has not taken: beyond it the oldest are lost, which players
// notice as a gap.
constexpr std::size_t max_published = HallLog::max_events;

// Between two looks at the folder of keys where the kernel does not tell of changes.
constexpr std::chrono::seconds look_at_keys_every{1};

// What other threads hand to the server's. Outlives the server as long as a reply is awaited.
struct Inbox {
    struct Reply {
        std::string key;  // in the CommandDesk
        std::string bytes;
        bool keep;
    };
    Wake wake;
    std::mutex mutex;
    std::vector<Reply> replies;            // protected by mutex; at most one for each command at the desk
    std::deque<v1::HallEvent> events;      // protected by mutex
    std::optional<std::uint64_t> content;  // protected by mutex
    std::vector<std::function<void(v1::PlayerList)>> players;  // who asks; protected by mutex
    bool closed = false;                                       // protected by mutex
};

// Each connection is an open file, and most systems give a program 1024 unless it asks for more.
void raise_file_limit() {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
    files.rlim_cur = std::min<rlim_t>(files.rlim_max, 65536);
    ::setrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_cur < 4096)
        spdlog::warn(
            "this master may open {} files at most, so that some {} players can connect; raise it with "
            "ulimit -n, or LimitNOFILE= in its systemd unit",
            files.rlim_cur, files.rlim_cur / 3);
}

class ZmqServer final : public Server {
  public:
    ZmqServer(zmq::context_t& context, ServerOptions options, ServerHandlers handlers,
              std::unique_ptr<AuthorizedClients> clients, ZapHandler zap, ServerSockets sockets)
        : command_(handlers.command),
          inbox_(std::make_shared<Inbox>()),
          keys_folder_(options.authorized.parent_path()),
          end_sessions_(options.end_sessions),
          public_key_(options.keys.public_key),
          clients_(std::move(clients)),
          zap_(std::move(zap)),
          sockets_(std::move(sockets)),
          pairing_(std::move(sockets_.pairing), public_key_, options.authorized, *clients_),
          counts_{SocketCounts(context, sockets_.sync, "sync"), SocketCounts(context, sockets_.events, "events"),
                  SocketCounts(context, sockets_.commands, "commands"),
                  SocketCounts(context, pairing_.socket(), "pairing")},
          end_(std::move(handlers), end_options(options)),
          thread_([this](const std::stop_token& stop) { run(stop); }) {}

    ~ZmqServer() override {
        {
            const std::lock_guard lock(inbox_->mutex);
            inbox_->closed = true;
        }
        thread_ = {};  // ended
        tell_players();
    }

    std::uint16_t port() const override { return sockets_.port; }

    void publish(const v1::HallEvent& event) override {
        {
            const std::lock_guard lock(inbox_->mutex);
            if (inbox_->events.size() >= max_published) inbox_->events.pop_front();
            inbox_->events.push_back(event);
        }
        inbox_->wake.wake();
    }

    void content_changed(std::uint64_t version) override {
        {
            const std::lock_guard lock(inbox_->mutex);
            inbox_->content = version;
        }
        inbox_->wake.wake();
    }

    void players(std::function<void(v1::PlayerList)> done) override {
        {
            const std::lock_guard lock(inbox_->mutex);
            inbox_->players.push_back(std::move(done));
        }
        inbox_->wake.wake();
    }

  private:
    using Frames = std::vector<zmq::message_t>;
    enum Counted { sync_counts, events_counts, commands_counts, pairing_counts, counted };

    MasterEndOptions end_options(const ServerOptions& options) {
        return {.authorized_file = options.authorized.string(),
                .count_sockets = [this](v1::WireMetrics& metrics) { count(metrics); },
                .pairings = [this] { return pairing_.list(Moment::read().steady); },
                .confirm_pairing =
                    [this](const std::string& by, const v1::ConfirmPairing& request, const std::string& ticket) {
                        pairing_.confirm(by, request, ticket, Moment::read().steady);
                    }};
    }

    void run(const std::stop_token& stop) {
        const std::stop_callback on_stop(stop, [this] { inbox_->wake.wake(); });
        try {
            while (!stop.stop_requested()) step();
        } catch (const zmq::error_t& error) {
            if (error.num() != ETERM) throw;  // the process ends
        }
    }

    // Calls come first, whatever else waits: after each piece of slower work the events are looked at again.
    void step() {
        std::vector<zmq::pollitem_t> items{
            {nullptr, inbox_->wake.descriptor(), ZMQ_POLLIN, 0}, {sockets_.commands.handle(), 0, ZMQ_POLLIN, 0},
            {zap_.socket().handle(), 0, ZMQ_POLLIN, 0},          {sockets_.events.handle(), 0, ZMQ_POLLIN, 0},
            {sockets_.sync.handle(), 0, ZMQ_POLLIN, 0},          {pairing_.socket().handle(), 0, ZMQ_POLLIN, 0},
            {nullptr, clients_->descriptor(), ZMQ_POLLIN, 0}};
        for (SocketCounts& counts : counts_) items.push_back({counts.socket().handle(), 0, ZMQ_POLLIN, 0});
        poll_until(items, std::min({end_.next(), pairing_.next(), rebind_.next()}));
        if (items[0].revents != 0) inbox_->wake.clear();
        send_stream();
        send_replies();
        for (int i = 0; i < 64 && receive(sockets_.commands, commands_counts); ++i) continue;
        for (int i = 0; i < 64 && zap_.answer(); ++i) continue;
        look_at_keys(items[6].revents != 0);
        for (int i = 0; i < 256 && subscription(); ++i) continue;
        for (int i = 0; i < 64 && receive(sockets_.sync, sync_counts); ++i) send_stream();
        pairing();
        tell_players();
        for (SocketCounts& counts : counts_) counts.read();
        look_at_ends();
    }

    // A player whose reports come no more does not speak any longer.
    void look_at_ends() {
        for (SocketCounts& counts : counts_)
            for (const int descriptor : counts.take_ended()) {
                const auto which = Counted(&counts - counts_.data());
                const std::string key = sessions_[which].ended(descriptor);
                if (!key.empty() && which == sync_counts) end_.client_gone(key, Moment::read());
            }
    }

    void tell_players() {
        decltype(Inbox::players) asked;
        {
            const std::lock_guard lock(inbox_->mutex);
            asked.swap(inbox_->players);
        }
        for (const auto& done : asked) done(end_.players(Moment::read()));
    }

    void pairing() {
        const auto now = Moment::read().steady;
        pairing_.serve(now);
        for (const auto& outcome : pairing_.take_outcomes()) {
            const LateReply late = MasterEnd::pairing_ended(outcome.ticket, outcome.result);
            send(sockets_.sync, sync_counts, late.address, late.bytes);
        }
    }

    void look_at_keys(bool told) {
        const auto now = Moment::read().steady;
        rebind_.service(now);
        if (!told && (clients_->descriptor() >= 0 || now < look_again_)) return;
        look_again_ = now + look_at_keys_every;
        if (clients_->take_changed() && end_sessions_)
            for (Sessions& sessions : sessions_)
                sessions_ended_ +=
                    sessions.end_unless([this](const std::string& key) { return clients_->with_key(key) != nullptr; });
        // Most masters of the tests have no such file; one that is half of a pair is whole in a moment.
        const auto keys = load_key_pair(keys_folder_ / "master.key");
        if (!keys || keys->public_key == public_key_) return;
        spdlog::info("the master has a new key, {}: all connections are made anew", keys->public_key);
        public_key_ = keys->public_key;
        pairing_.master_key_changed(public_key_);
        rebind_.begin({&sockets_.sync, &sockets_.events, &sockets_.commands}, *keys, now);
    }

    // One whole message of a ROUTER: address, empty delimiter, message. Others are thrown away.
    bool receive(zmq::socket_t& socket, Counted which) {
        Frames frames(1);
        if (!try_receive(socket, frames[0])) return false;
        while (frames.back().more()) {
            zmq::message_t frame;
            if (!try_receive(socket, frame)) break;
            const bool more = frame.more();
            if (frames.size() < 4) frames.push_back(std::move(frame));
            if (!more) break;
        }
        counts_[which].received();
        if (frames.size() != 3 || frames[1].size() != 0)
            counts_[which].malformed();
        else if (which == commands_counts)
            command(frames);
        else
            sync(frames);
        return true;
    }

    void send(zmq::socket_t& router, Counted which, const std::string& address, const std::string& bytes) {
        // A peer that is gone or does not read gets nothing; it asks again.
        if (!router.send(zmq::buffer(address), zmq::send_flags::sndmore | zmq::send_flags::dontwait)) return;
        router.send(zmq::message_t(), zmq::send_flags::sndmore | zmq::send_flags::dontwait);
        router.send(zmq::buffer(bytes), zmq::send_flags::dontwait);
        counts_[which].sent();
    }

    // The client that the ZAP handler let in, as the list of keys has it now: null when it was removed since.
    const AuthorizedKey* client_of(zmq::message_t& frame, Counted which) {
        const char* user = ::zmq_msg_gets(frame.handle(), "User-Id");
        const AuthorizedKey* client = user == nullptr ? nullptr : clients_->with_user_id(user);
        if (client != nullptr)
            sessions_[which].heard(frame, client->public_key);
        else if (end_sessions_)
            Sessions::end(frame);  // it was let in just before its key was revoked
        return client;
    }

    void send_stream() {
        std::deque<v1::HallEvent> events;
        {
            const std::lock_guard lock(inbox_->mutex);
            events.swap(inbox_->events);
            if (inbox_->content) end_.content_changed(*std::exchange(inbox_->content, std::nullopt));
        }
        for (v1::HallEvent& event : events) end_.publish(std::move(event));
        // The frames are handed to libzmq once; its connections share them.
        for (const StreamOut& out : end_.take_stream(Moment::read())) {
            sockets_.events.send(zmq::buffer(out.topic), zmq::send_flags::sndmore | zmq::send_flags::dontwait);
            sockets_.events.send(zmq::buffer(out.bytes), zmq::send_flags::dontwait);
            counts_[events_counts].sent();
        }
    }

    void send_replies() {
        std::vector<Inbox::Reply> replies;
        {
            const std::lock_guard lock(inbox_->mutex);
            replies.swap(inbox_->replies);
        }
        for (const Inbox::Reply& reply : replies)
            for (const std::string& address : end_.replied(reply.key, reply.keep, reply.bytes))
                send(sockets_.commands, commands_counts, address, reply.bytes);
    }

    void command(Frames& frames) {
        const std::string address = frames[0].to_string();
        CommandStep step =
            end_.command({address, client_of(frames[2], commands_counts)}, frames[2].to_string_view(), Moment::read());
        if (step.reply) return send(sockets_.commands, commands_counts, address, *step.reply);
        if (!step.admitted) return;
        if (!command_) return post(*inbox_, step.key, unavailable(step.admitted->cmd_id()));
        command_(std::move(*step.admitted),
                 [inbox = inbox_, key = step.key](const v1::CommandReply& reply) { post(*inbox, key, reply); });
    }

    static v1::CommandReply unavailable(const std::string& cmd_id) {
        v1::CommandReply reply;
        reply.set_cmd_id(cmd_id);
        reply.mutable_rejection()->set_code(v1::Rejection::UNAVAILABLE);
        reply.mutable_rejection()->set_message("this master takes no commands");
        return reply;
    }

    // Any thread.
    static void post(Inbox& inbox, const std::string& key, const v1::CommandReply& reply) {
        const bool try_again = reply.rejection().code() == v1::Rejection::UNAVAILABLE;
        std::string bytes = reply.SerializeAsString();
        {
            const std::lock_guard lock(inbox.mutex);
            if (inbox.closed) return;
            inbox.replies.push_back({key, std::move(bytes), !try_again});
        }
        inbox.wake.wake();
    }

    bool subscription() {
        zmq::message_t frame;
        if (!try_receive_last(sockets_.events, frame)) return false;
        counts_[events_counts].received();
        const std::string_view text = frame.to_string_view();
        client_of(frame, events_counts);
        if (text.starts_with('\1')) end_.subscribed(text.substr(1), Moment::read());
        return true;
    }

    void sync(Frames& frames) {
        const std::string address = frames[0].to_string();
        if (const auto reply =
                end_.sync({address, client_of(frames[2], sync_counts)}, frames[2].to_string_view(), Moment::read()))
            send(sockets_.sync, sync_counts, address, *reply);
    }

    void count(v1::WireMetrics& metrics) {
        for (const SocketCounts& counts : counts_) *metrics.add_sockets() = counts.counts();
        metrics.set_sessions_ended(sessions_ended_);
        rlimit files{};
        if (::getrlimit(RLIMIT_NOFILE, &files) == 0) metrics.set_open_files_limit(files.rlim_cur);
    }

    const decltype(ServerHandlers::command) command_;
    const std::shared_ptr<Inbox> inbox_;

    const std::filesystem::path keys_folder_;
    const bool end_sessions_;

    // The thread's own.
    std::string public_key_;  // the master's
    std::unique_ptr<AuthorizedClients> clients_;
    ZapHandler zap_;
    ServerSockets sockets_;
    PairingSocket pairing_;
    std::array<Sessions, counted> sessions_;  // by socket
    std::uint64_t sessions_ended_ = 0;
    Rebind rebind_;
    std::chrono::steady_clock::time_point look_again_{};
    std::array<SocketCounts, counted> counts_;
    MasterEnd end_;

    std::jthread thread_;  // last: ends before what it uses
};

}  // namespace

Expected<std::unique_ptr<Server>> make_server(zmq::context_t& context, ServerOptions options, ServerHandlers handlers) {
    if (!is_key(options.keys.public_key) || !is_key(options.keys.secret_key)) return fail("the master has no keys");
    raise_file_limit();
    auto clients = std::make_unique<AuthorizedClients>(options.authorized);
    try {
        // One for the commands alone: see server_sockets.cpp. Without effect where the context has sockets already.
        context.set(zmq::ctxopt::io_threads, 2);
        // First of all: libzmq lets every key in as long as nobody answers for it.
        ZapHandler zap(context, *clients);
        auto sockets = bind_server_sockets(context, options);
        if (!sockets) return std::unexpected(sockets.error());
        return std::make_unique<ZmqServer>(context, std::move(options), std::move(handlers), std::move(clients),
                                           std::move(zap), std::move(*sockets));
    } catch (const zmq::error_t& error) {
        return fail("the master's sockets cannot be made: {} (one process can be one master)", error.what());
    }
}

}  // namespace hallcast::wire
