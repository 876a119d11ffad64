// The host: forks a worker for each clip that the player asks for, and a receiver for each stream, and says how each
// worker ended.
#pragma once

#include "player/decoder/receiver.h"
#include "player/decoder/worker.h"
#include "protocol/base/descriptor.h"

namespace hallcast::decoder {

// Serves orders from `control` (player/media/decoder_host.h) until the player closes it; its workers end with it.
// Returns the process's exit status. Ignores the signals that end the player, and blocks SIGCHLD. The process has one
// thread, so that it can fork; a worker starts in a millisecond, with all libraries in place, and with all that earlier
// workers found out about the hardware. `receive` is what a receiver's process does: receive_stream().
int serve_workers(Descriptor control, WorkerHardware hardware, ReceiveStream receive);

}  // namespace hallcast::decoder
