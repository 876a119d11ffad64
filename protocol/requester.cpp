#include "protocol/requester.h"

#include "protocol/endpoints.h"
#include "protocol/question.h"
#include "protocol/zmq_io.h"

namespace hallcast::wire {
namespace {

using std::chrono::steady_clock;

LinkOptions dealer(const MasterAddress& master, int port_offset, const Credentials& credentials) {
    return {.type = zmq::socket_type::dealer,
            .endpoint = endpoint(master, port_offset),
            .credentials = credentials,
            .prepare = [](zmq::socket_t& socket) {
                ping(socket);
                socket.set(zmq::sockopt::sndhwm, 8);
                socket.set(zmq::sockopt::rcvhwm, 64);
                // Nothing waits inside libzmq for a master that comes back later: an old question is asked by nobody.
                socket.set(zmq::sockopt::immediate, true);
            }};
}

}  // namespace

Requester::Requester(zmq::context_t& context, const MasterAddress& master, int port_offset,
                     const Credentials& credentials)
    : master_(master),
      endpoint_(endpoint(master, port_offset)),
      random_(std::uint32_t(steady_clock::now().time_since_epoch().count())),
      link_(context, dealer(master, port_offset, credentials)) {}

bool Requester::receive(const std::function<bool(const zmq::message_t&)>& accept) {
    zmq::socket_t* socket = link_.socket();
    zmq::message_t frame;
    while (socket != nullptr && try_receive_last(*socket, frame))
        if (accept(frame)) return true;
    return false;
}

bool Requester::send(const std::string& bytes) {
    zmq::socket_t* socket = link_.socket();
    if (socket == nullptr || !link_.up()) return false;
    if (!socket->send(zmq::message_t(), zmq::send_flags::sndmore | zmq::send_flags::dontwait)) return false;
    return socket->send(zmq::buffer(bytes), zmq::send_flags::none).has_value();
}

Error Requester::no_answer(std::chrono::milliseconds waited, bool was_sent) const {
    if (link_.denied())
        return {
            fmt::format("{}: the master refuses this key: is it in the master's DIR/keys/authorized, one line with "
                        "role, name and public key?",
                        endpoint_)};
    if (was_sent)
        return {fmt::format("{}: the master is connected, but gave no answer within {} ms: look into its log",
                            endpoint_, waited.count())};
    return {
        fmt::format("{}: no master answers within {} ms: is it running on {}, is the port open, and is 'master' in "
                    "the credentials its public key (DIR/keys/master.pub there)?",
                    endpoint_, waited.count(), master_.host)};
}

Expected<void> Requester::ask(const std::string& bytes, const std::function<bool(const zmq::message_t&)>& accept,
                              std::chrono::milliseconds deadline) {
    Question question(bytes, steady_clock::now() + deadline, std::uint32_t(random_()));
    link_.hurry();
    std::vector<zmq::pollitem_t> items;
    for (;;) {
        auto now = steady_clock::now();
        link_.service(now);
        if (link_.take_came_up()) question.reconnected();
        if (question.due(now) && send(question.bytes())) question.sent(now);
        if (receive(accept)) return {};
        now = steady_clock::now();
        if (question.over(now)) return std::unexpected(no_answer(deadline, question.was_sent()));
        items.clear();
        const bool waits_to_send = question.due(now);
        link_.add_to(items, waits_to_send);
        // What is due but cannot be sent waits for the socket, not for the time.
        poll_until(items, std::min(link_.next(), waits_to_send ? question.end() : question.next()));
    }
}

}  // namespace hallcast::wire
