#include "protocol/requester.h"

#include "protocol/endpoints.h"
#include "protocol/zmq_io.h"

namespace hallcast::wire {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto first_resend = 500ms;
constexpr auto slowest_resend = 2000ms;  // a large piece over a slow line must not be asked for faster than it comes

LinkOptions dealer(const MasterAddress& master, int port_offset, const Credentials& credentials) {
    return {.type = zmq::socket_type::dealer,
            .endpoint = endpoint(master, port_offset),
            .credentials = credentials,
            .prepare = [](zmq::socket_t& socket) {
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
    const auto end = steady_clock::now() + deadline;
    auto send_at = steady_clock::time_point::min();
    std::chrono::milliseconds resend = first_resend;
    bool was_sent = false;
    link_.hurry();
    std::vector<zmq::pollitem_t> items;
    for (;;) {
        auto now = steady_clock::now();
        link_.service(now);
        if (link_.take_came_up()) send_at = now;  // what was sent before went with the old connection
        if (now >= send_at && send(bytes)) {
            was_sent = true;
            send_at = now + std::chrono::milliseconds(std::uniform_int_distribution<>(
                                int(resend.count() * 3 / 4), int(resend.count() * 5 / 4))(random_));
            resend = std::min<std::chrono::milliseconds>(slowest_resend, resend * 3 / 2);
        }
        if (receive(accept)) return {};
        now = steady_clock::now();
        if (now >= end) return std::unexpected(no_answer(deadline, was_sent));
        items.clear();
        link_.add_to(items, now >= send_at);
        auto until = std::min(end, link_.next());
        if (send_at > now) until = std::min(until, send_at);
        poll_until(items, until);
    }
}

}  // namespace hallcast::wire
