#include "protocol/pairing_socket.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "protocol/parse.h"
#include "protocol/successor.h"
#include "protocol/zmq_io.h"

namespace hallcast::wire {
namespace {

constexpr int guests_at_once = 16;
constexpr std::string_view guest_prefix = "pairing ";

// The key that CURVE proved, of a guest as ZapHandler names it; empty: not one.
std::string guest_key(zmq::message_t& frame) {
    const char* user = ::zmq_msg_gets(frame.handle(), "User-Id");
    const std::string_view text = user == nullptr ? "" : user;
    if (!text.starts_with(guest_prefix)) return "";
    std::string key(text.substr(guest_prefix.size()));
    return is_key(key) ? key : "";
}

std::string address_of(zmq::message_t& frame) {
    const char* address = ::zmq_msg_gets(frame.handle(), "Peer-Address");
    return address == nullptr ? "" : address;
}

std::int64_t wall_clock_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace

PairingBook book_of(const std::filesystem::path& authorized) {
    const auto name_for = [authorized](const std::string& wanted, const std::string& called,
                                       const std::string& key) -> Expected<std::string> {
        auto list = load_authorized(authorized);
        if (!list) return std::unexpected(list.error());
        const std::string& name = wanted.empty() ? called : wanted;
        for (const AuthorizedKey& other : *list) {
            if (other.public_key == key && (wanted.empty() || wanted == other.name)) return other.name;
            if (other.public_key == key)
                return fail(
                    "this player is known already, as '{}': pair it without --name, or first: hallcast keys "
                    "revoke {}",
                    other.name, other.name);
            if (other.name == name)
                return fail(
                    "there is a '{}' already, with another key: choose another with --name, or first: hallcast "
                    "keys revoke {}",
                    name, name);
        }
        if (!is_client_name(name)) return fail("'{}': a name has 1 to 64 characters and no blanks", name);
        return name;
    };
    const auto authorize = [authorized](const std::string& name, const std::string& key) -> Expected<void> {
        auto list = load_authorized(authorized);
        if (!list) return std::unexpected(list.error());
        const auto known = std::ranges::find(*list, key, &AuthorizedKey::public_key);
        if (known != list->end() && known->name == name) return {};
        return authorize_new(authorized, {{Role::player, name, key}});
    };
    return {name_for, authorize};
}

PairingSocket::PairingSocket(zmq::socket_t socket, const std::string& master_key, std::filesystem::path authorized,
                             AuthorizedClients& clients, PairingRules rules)
    : socket_(std::move(socket)),
      keys_folder_(authorized.parent_path()),
      clients_(&clients),
      desk_(master_key, book_of(authorized), rules) {}

void PairingSocket::serve(Time now) {
    for (int i = 0; i < guests_at_once; ++i) {
        std::vector<zmq::message_t> frames(1);
        if (!try_receive(socket_, frames[0])) break;
        while (frames.back().more()) {
            zmq::message_t frame;
            if (!try_receive(socket_, frame)) break;
            const bool more = frame.more();
            if (frames.size() < 4) frames.push_back(std::move(frame));
            if (!more) break;
        }
        receive(frames, now);
    }
    desk_.tick(now);
    send_messages();
}

void PairingSocket::receive(std::vector<zmq::message_t>& frames, Time now) {
    v1::PairingMessage message;
    if (frames.size() != 3 || frames[1].size() != 0 || !parse(message, frames[2].to_string_view())) {
        ++malformed_;
        return;
    }
    const std::string key = guest_key(frames[2]);
    if (key.empty()) return;
    const std::string route = frames[0].to_string();
    if (message.has_successor_request()) return successor(route, key, message.successor_request());
    desk_.receive({key, address_of(frames[2]), route}, message, now);
}

void PairingSocket::successor(const std::string& route, const std::string& player_key,
                              const v1::SuccessorRequest& request) {
    v1::PairingMessage message;
    message.set_version(pairing_version);
    message.mutable_refused()->set_message("no other key follows on this one here");
    if (const AuthorizedKey* player = clients_->with_key(player_key)) {
        const std::string name = player->name;
        const auto keys = load_master_keys(keys_folder_);
        if (!keys) spdlog::error("{}", keys.error().message);
        if (const auto found = keys ? make_successor(request, player_key, *keys) : std::nullopt) {
            *message.mutable_successor() = *found;
            spdlog::info("'{}' asked for the master's new key and gets it", name);
        }
    }
    send(route, message);
}

void PairingSocket::send(const std::string& route, const v1::PairingMessage& message) {
    // A guest that is gone or does not read gets nothing; it asks again.
    if (!socket_.send(zmq::buffer(route), zmq::send_flags::sndmore | zmq::send_flags::dontwait)) return;
    socket_.send(zmq::message_t(), zmq::send_flags::sndmore | zmq::send_flags::dontwait);
    socket_.send(zmq::buffer(message.SerializeAsString()), zmq::send_flags::dontwait);
}

void PairingSocket::send_messages() {
    for (const auto& message : desk_.take_messages()) send(message.route, message.message);
}

v1::PairingList PairingSocket::list(Time now) const { return desk_.list(now, wall_clock_ms()); }

void PairingSocket::confirm(const std::string& by, const v1::ConfirmPairing& request, const std::string& ticket,
                            Time now) {
    desk_.confirm(by, request, ticket, now);
    send_messages();
}

}  // namespace hallcast::wire
