#include "protocol/zap.h"

#include <spdlog/spdlog.h>

#include <vector>
#include <zmq_addon.hpp>

namespace hallcast::wire {

ZapHandler::ZapHandler(zmq::context_t& context, AuthorizedClients& clients)
    : socket_(context, zmq::socket_type::rep), clients_(&clients) {
    socket_.set(zmq::sockopt::linger, 0);
    socket_.bind("inproc://zeromq.zap.01");
}

bool ZapHandler::answer() {
    std::vector<zmq::message_t> frames;
    if (!zmq::recv_multipart(socket_, std::back_inserter(frames), zmq::recv_flags::dontwait)) return false;
    std::vector<std::string_view> views;
    for (const zmq::message_t& frame : frames) views.push_back(frame.to_string_view());
    const ZapDecision decision = decide_zap(views, [this](const std::string& key) { return clients_->with_key(key); });
    if (!decision.denied_key.empty())
        spdlog::warn("{}: denied the key {}, which is not in the list of authorised keys", decision.address,
                     decision.denied_key);
    const std::vector<zmq::const_buffer> reply{
        zmq::str_buffer("1.0"),
        zmq::buffer(decision.request_id),
        decision.let_in ? zmq::str_buffer("200") : zmq::str_buffer("400"),
        zmq::buffer(decision.reason),
        zmq::buffer(decision.user),
        zmq::const_buffer(),
    };
    zmq::send_multipart(socket_, reply, zmq::send_flags::dontwait);
    return true;
}

}  // namespace hallcast::wire
