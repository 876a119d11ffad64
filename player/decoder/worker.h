// A worker process: one clip, decoded in the sandbox for the player that asks for it.
#pragma once

#include <functional>
#include <memory>

#include "player/decoder/device_layer.h"
#include "player/decoder/rung_memory.h"
#include "protocol/base/descriptor.h"

namespace hallcast::decoder {

struct WorkerHardware {
    std::function<std::unique_ptr<DeviceLayer>()> make_layer;
    std::shared_ptr<RungMemory> memory;  // what the host knows, as of the fork
};

// Answers requests (player/media/worker_wire.h) until the player goes away; returns the process's exit status. Enters
// the sandbox before it looks at the file. The process has one thread when it is called.
int serve_clip(const Descriptor& player, const WorkerHardware& hardware);

}  // namespace hallcast::decoder
