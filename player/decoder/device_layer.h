// What decoding in hardware needs of libav's devices, behind an interface that tests can take the place of.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "player/decoder/libav.h"
#include "player/decoder/rung_memory.h"
#include "protocol/base/error.h"

namespace hallcast::decoder {

// Internally synchronized once open() was called for the last time.
class DeviceLayer {
  public:
    virtual ~DeviceLayer() = default;

    // Opens all files that decoding on this rung will need.
    virtual Expected<void> open(Rung rung) = 0;
    // The decoder of `codec` on an opened rung, or why there is none. libav owns it.
    virtual Expected<const AVCodec*> decoder(Rung rung, AVCodecID codec) = 0;
    // Before avcodec_open2.
    virtual Expected<void> configure(Rung rung, AVCodecContext& codec) = 0;
    // An ordinary picture, with what is said of it, of one that a decoder of this rung gave. Keeps nothing of the
    // device's memory.
    virtual Expected<Frame> map(Rung rung, Frame frame) = 0;
};

// `sandboxed`: without the decoders that open their device themselves, when a film begins (those of V4L2).
std::unique_ptr<DeviceLayer> make_libav_devices(bool sandboxed = true);

// The devices that were opened, and of the others why not. Internally synchronized.
class Devices {
  public:
    Devices(std::unique_ptr<DeviceLayer> layer, RungMemory* memory);

    DeviceLayer& layer() const { return *layer_; }
    // nullopt: it was opened.
    const std::optional<std::string>& refusal(Rung rung) const { return refusals_[std::size_t(rung)]; }

  private:
    std::unique_ptr<DeviceLayer> layer_;
    std::array<std::optional<std::string>, hardware_rungs.size()> refusals_;
};

// Tries every hardware rung that `memory` (null: none is known) does not know to be refused, and remembers there which
// were. To be called while files may still be opened: the ladder opens none later. What is opened does not survive a
// fork (CUDA's contexts cannot be used by a child), so each worker opens it for itself.
std::shared_ptr<const Devices> open_devices(std::unique_ptr<DeviceLayer> layer = make_libav_devices(),
                                            RungMemory* memory = nullptr);

}  // namespace hallcast::decoder
