// Which role may send which command.
#pragma once

#include <optional>

#include "hallcast/v1/queue.pb.h"
#include "hallcast/v1/wire.pb.h"
#include "protocol/keys.h"

namespace hallcast::wire {

// A clerk works a counter. A kiosk issues tickets, and books what the public may: it finds, holds, confirms, moves and
// cancels appointments in public places, checks visitors in and enters them in draws, but sees no case file. An admin
// may do all. Players and content editors send no commands.
// A command of no known action is for admins (the queue core says what is wrong with it).
bool may_send(Role role, const v1::Command& command);

// Which role may ask what of the sync socket. Everybody may follow a hall and say that it is there; players bring
// receipts, players and content editors fetch files; who watches over halls sees calls, players and metrics; pairing is
// an admin's.
bool may_ask(Role role, const v1::SyncRequest& request);

}  // namespace hallcast::wire
