// The clients that ask and command (declared in client.h).
#include <zmq.hpp>

#include "protocol/cmd_id.h"
#include "protocol/endpoints.h"
#include "protocol/requester.h"

namespace hallcast::wire {
namespace {

template <typename Message>
bool parse(Message& message, const zmq::message_t& frame) {
    return message.ParseFromArray(frame.data(), int(frame.size()));
}

class ZmqCommandClient final : public CommandClient {
  public:
    ZmqCommandClient(zmq::context_t& context, const MasterAddress& master, const Credentials& credentials)
        : requester_(context, master, commands_offset, credentials) {}

    Expected<v1::CommandReply> send(v1::Command command, std::chrono::milliseconds deadline) override {
        if (command.cmd_id().empty()) command.set_cmd_id(make_cmd_id());
        v1::CommandReply reply;
        const auto is_ours = [&](const zmq::message_t& frame) {
            return parse(reply, frame) && reply.cmd_id() == command.cmd_id();
        };
        if (auto done = requester_.ask(command.SerializeAsString(), is_ours, deadline); !done)
            return std::unexpected(done.error());
        return reply;
    }

  private:
    Requester requester_;
};

class ZmqSyncClient final : public SyncClient {
  public:
    ZmqSyncClient(zmq::context_t& context, const MasterAddress& master, const Credentials& credentials)
        : requester_(context, master, sync_offset, credentials) {}

    Expected<v1::SyncReply> ask(v1::SyncRequest request, std::chrono::milliseconds deadline) override {
        request.set_version(1);
        request.set_request_id(++last_id_);
        v1::SyncReply reply;
        const auto is_ours = [&](const zmq::message_t& frame) {
            return parse(reply, frame) && reply.request_id() == last_id_;
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
