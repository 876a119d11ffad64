// Keeps a player's library like its master's: when the content version changes, fetches what is missing over the sync
// socket and then takes over the list. What plays goes on meanwhile, and while the master is away.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "content/library.h"
#include "protocol/client.h"

namespace hallcast::runtime {

// Internally synchronized; one thread of its own.
class ContentSync {
  public:
    virtual ~ContentSync() = default;
    // The version the master has; 0 is unknown. Any thread.
    virtual void wanted(std::uint64_t version) = 0;
    // The master has another key: from the next try on. Any thread.
    virtual void learnt(wire::Credentials credentials) = 0;
};

// `library` and `context` must outlive it. `changed` is called from its thread when the library has a new list.
std::unique_ptr<ContentSync> make_content_sync(zmq::context_t& context, content::Library& library,
                                               wire::MasterAddress master, wire::Credentials credentials,
                                               std::function<void()> changed);

}  // namespace hallcast::runtime
