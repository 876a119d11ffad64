// Which role may send which command.
#pragma once

#include <optional>

#include "hallcast/v1/queue.pb.h"
#include "protocol/keys.h"

namespace hallcast::wire {

// A clerk works a counter, a kiosk issues tickets, an admin may do all; players and content editors send no commands.
// A command of no known action is for admins (the queue core says what is wrong with it).
bool may_send(Role role, const v1::Command& command);

}  // namespace hallcast::wire
