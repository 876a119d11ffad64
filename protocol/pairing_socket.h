// A master's pairing socket: feeds the desk, and answers players that ask for the successor of the key they know.
#pragma once

#include <filesystem>
#include <string>
#include <vector>
#include <zmq.hpp>

#include "protocol/authorized_clients.h"
#include "protocol/pairing_desk.h"

namespace hallcast::wire {

// Every CURVE client may come here. What it costs is bounded: so many messages at a time, of at most 4 KiB, to a desk
// with so many places; files are read only for who is authorised. The server's thread.
class PairingSocket {
  public:
    using Time = PairingDesk::Time;

    // `socket` is a bound ROUTER (make_pairing_server), `authorized` the list of keys, which `clients` reads; the
    // master's former keys lie in master.previous beside it. `clients` must outlive it.
    PairingSocket(zmq::socket_t socket, const std::string& master_key, std::filesystem::path authorized,
                  AuthorizedClients& clients, PairingRules rules = {});

    zmq::socket_t& socket() { return socket_; }
    void serve(Time now);  // some of the messages that wait
    Time next() const { return desk_.next(); }

    // What administrators ask. `ticket` comes back with the outcome, a moment later.
    v1::PairingList list(Time now) const;
    void confirm(const std::string& by, const v1::ConfirmPairing& request, const std::string& ticket, Time now);
    std::vector<PairingDesk::Outcome> take_outcomes() { return desk_.take_outcomes(); }

    void master_key_changed(const std::string& master_key) { desk_.master_key_changed(master_key); }
    std::uint64_t malformed() const { return malformed_; }  // messages that could not be read

  private:
    void receive(std::vector<zmq::message_t>& frames, Time now);
    void successor(const std::string& route, const std::string& player_key, const v1::SuccessorRequest& request);
    void send(const std::string& route, const v1::PairingMessage& message);
    void send_messages();

    zmq::socket_t socket_;
    std::filesystem::path keys_folder_;
    AuthorizedClients* clients_;
    PairingDesk desk_;
    std::uint64_t malformed_ = 0;
};

// The list of keys as pairings use it: nobody's line is replaced, and who is on it already keeps name and role.
PairingBook book_of(const std::filesystem::path& authorized);

}  // namespace hallcast::wire
