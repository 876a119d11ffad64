// The clients that ask and command (declared in client.h).
#include <zmq.hpp>

#include "protocol/cmd_id.h"
#include "protocol/endpoints.h"
#include "protocol/parse.h"
#include "protocol/requester.h"
#include "protocol/version.h"

namespace hallcast::wire {
namespace {

using std::chrono::steady_clock;

class ZmqCommandClient final : public CommandClient {
  public:
    ZmqCommandClient(zmq::context_t& context, const MasterAddress& master, const Credentials& credentials)
        : requester_(context, master, commands_offset, credentials) {}

    Expected<v1::CommandReply> send(v1::Command command, std::chrono::milliseconds deadline) override {
        const auto end = steady_clock::now() + deadline;
        if (command.cmd_id().empty()) command.set_cmd_id(make_cmd_id());
        command.set_version(protocol_version);
        if (command.deadline_ms() == 0 && !clock_.reading().measured) {
            if (auto done = compare_clocks(deadline); !done) return std::unexpected(done.error());
        }
        // Nobody waits for it later: then it must not happen any more. (A master of version 1.0 tells no time.)
        if (command.deadline_ms() == 0 && clock_.reading().measured)
            command.set_deadline_ms(clock_.reading().master_ms_at(end) + clock_.reading().error_us_at(end) / 1000);
        std::optional<v1::CommandReply> busy;
        auto reply = ask(command, std::chrono::ceil<std::chrono::milliseconds>(end - steady_clock::now()), busy);
        if (!reply && busy) return *busy;
        return reply;
    }

  private:
    // `busy`: the last reply that said "not now", after which the same is asked again.
    Expected<v1::CommandReply> ask(const v1::Command& command, std::chrono::milliseconds deadline,
                                   std::optional<v1::CommandReply>& busy) {
        v1::CommandReply reply;
        const auto is_final = [&](const zmq::message_t& frame) {
            if (!parse(reply, frame.to_string_view()) || reply.cmd_id() != command.cmd_id()) return false;
            if (reply.rejection().code() != v1::Rejection::UNAVAILABLE) return true;
            busy = reply;
            return false;
        };
        if (auto done = requester_.ask(command.SerializeAsString(), is_final, deadline); !done)
            return std::unexpected(done.error());
        return reply;
    }

    Expected<void> compare_clocks(std::chrono::milliseconds deadline) {
        v1::Command ping;
        ping.set_cmd_id(make_cmd_id());
        ping.set_version(protocol_version);
        ping.mutable_ping();
        const auto sent = steady_clock::now();
        std::optional<v1::CommandReply> busy;
        auto reply = ask(ping, deadline, busy);
        if (!reply) return std::unexpected(reply.error());
        if (reply->server_time_ms() == 0) return {};
        const std::int64_t master_us = reply->server_time_ms() * 1000;
        clock_.add({sent, master_us, master_us, steady_clock::now()});
        return {};
    }

    Requester requester_;
    MasterClock clock_;
};

class ZmqSyncClient final : public SyncClient {
  public:
    ZmqSyncClient(zmq::context_t& context, const MasterAddress& master, const Credentials& credentials)
        : requester_(context, master, sync_offset, credentials) {}

    Expected<v1::SyncReply> ask(v1::SyncRequest request, std::chrono::milliseconds deadline) override {
        request.set_version(protocol_version);
        request.set_minor(protocol_minor);
        request.set_request_id(++last_id_);
        v1::SyncReply reply;
        const auto is_ours = [&](const zmq::message_t& frame) {
            return parse(reply, frame.to_string_view()) && reply.request_id() == last_id_;
        };
        if (auto done = requester_.ask(request.SerializeAsString(), is_ours, deadline); !done)
            return std::unexpected(done.error());
        return reply;
    }

  private:
    Requester requester_;
    std::uint64_t last_id_ = 0;
};

}  // namespace

std::unique_ptr<CommandClient> make_command_client(zmq::context_t& context, const MasterAddress& master,
                                                   const Credentials& credentials) {
    return std::make_unique<ZmqCommandClient>(context, master, credentials);
}

std::unique_ptr<SyncClient> make_sync_client(zmq::context_t& context, const MasterAddress& master,
                                             const Credentials& credentials) {
    return std::make_unique<ZmqSyncClient>(context, master, credentials);
}

}  // namespace hallcast::wire
