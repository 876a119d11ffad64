// The master of the wire benchmark: the real server, with a busy hall behind it.
#pragma once

#include <functional>
#include <vector>

#include "protocol/client.h"
#include "protocol/keys.h"
#include "tests/bench/wire_process.h"

namespace hallcast::bench {

// Runs until the channel's other side ends. Tells its base port first, then takes orders:
//   publish RATE SECONDS     one event each 1/RATE s          -> "published"; the next order is read after that
//   start RATE               the same until `halt`, meanwhile other orders are taken        -> "started"
//   halt                                                                                    -> "halted"
//   stuff N                  publishes N large events at once                               -> when that was done, ns
//   restart                  ends the server and starts another on the same port, an epoch higher -> when it is there,
//   ns
void run_master(Channel& channel, const std::filesystem::path& authorized, const wire::KeyPair& keys);

// The orders `publish`, `start` and `halt`; `other` is called with any other.
void run_publishing(Channel& channel, const std::function<void()>& publish_one,
                    const std::function<void(const std::string& order)>& other = {});

// `count` clerks who send commands, each on a connection and a thread of its own.
//   run RATE SECONDS     each clerk's commands a second    -> answer times, packed; a command without an answer is in
//   them
//                        with the 10 s after which it is given up
void run_clerks(Channel& channel, std::uint16_t port, const std::vector<wire::Credentials>& clerks);

}  // namespace hallcast::bench
