// Waiting and receiving that a signal does not disturb (cppzmq's own throw when a signal interrupts them).
#pragma once

#include <chrono>
#include <vector>
#include <zmq.hpp>

namespace hallcast::wire {

// Fills the items' revents; returns at `until` at the latest. time_point::max(): waits for ever.
void poll_until(std::vector<zmq::pollitem_t>& items, std::chrono::steady_clock::time_point until);
// Takes a frame if there is one. Throws zmq::error_t when the context ends.
bool try_receive(zmq::socket_ref socket, zmq::message_t& frame);
// The same for a whole message, of which the last frame is kept. A message is there whole, or not at all.
bool try_receive_last(zmq::socket_ref socket, zmq::message_t& last);

}  // namespace hallcast::wire
