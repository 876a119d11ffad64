#include "protocol/zap.h"

#include <spdlog/spdlog.h>

#include <vector>
#include <zmq_addon.hpp>

namespace hallcast::wire {
namespace {

enum ZapFrame { version, request_id, domain, address, routing_id, mechanism, key, frame_count };
constexpr std::size_t key_bytes = 32;

std::string z85(const zmq::message_t& bytes) {
    char text[41];
    ::zmq_z85_encode(text, bytes.data<std::uint8_t>(), bytes.size());
    return text;
}

}  // namespace

ZapHandler::ZapHandler(zmq::context_t& context, AuthorizedClients& clients)
    : socket_(context, zmq::socket_type::rep), clients_(&clients) {
    socket_.set(zmq::sockopt::linger, 0);
    socket_.bind("inproc://zeromq.zap.01");
}

bool ZapHandler::answer() {
    std::vector<zmq::message_t> frames;
    if (!zmq::recv_multipart(socket_, std::back_inserter(frames), zmq::recv_flags::dontwait)) return false;
    const AuthorizedKey* client = nullptr;
    const char* reason = "Only CURVE clients of hallcast are let in";
    if (frames.size() == frame_count && frames[version].to_string_view() == "1.0" &&
        frames[domain].to_string_view() == zap_domain && frames[mechanism].to_string_view() == "CURVE" &&
        frames[key].size() == key_bytes) {
        const std::string public_key = z85(frames[key]);
        client = clients_->with_key(public_key);
        if (client == nullptr) {
            reason = "This key is not authorised";
            spdlog::warn("{}: denied the key {}, which is not in the list of authorised keys",
                         frames[address].to_string(), public_key);
        }
    }
    const std::string user = client == nullptr ? "" : fmt::format("{} {}", role_name(client->role), client->name);
    const std::string id = frames.size() > request_id ? frames[request_id].to_string() : "";
    const std::vector<zmq::const_buffer> reply{
        zmq::str_buffer("1.0"),
        zmq::buffer(id),
        client == nullptr ? zmq::str_buffer("400") : zmq::str_buffer("200"),
        client == nullptr ? zmq::buffer(std::string_view(reason)) : zmq::str_buffer("OK"),
        zmq::buffer(user),
        zmq::const_buffer(),
    };
    zmq::send_multipart(socket_, reply, zmq::send_flags::dontwait);
    return true;
}

}  // namespace hallcast::wire
