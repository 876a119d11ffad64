#include "player/decoder/device_layer.h"

namespace hallcast::decoder {

std::string_view name_of(Rung rung) {
    switch (rung) {
        case Rung::vaapi:
            return "vaapi";
        case Rung::drm:
            return "drm";
        case Rung::cuda:
            return "cuda";
        case Rung::software:
            break;
    }
    return "software";
}

Devices::Devices(std::unique_ptr<DeviceLayer> layer, RungMemory* memory) : layer_(std::move(layer)) {
    for (const Rung rung : hardware_rungs) {
        auto& refusal = refusals_[std::size_t(rung)];
        if (memory != nullptr) refusal = memory->why_not(rung, {});
        if (refusal) continue;
        if (auto opened = layer_->open(rung); !opened) {
            refusal = opened.error().message;
            if (memory != nullptr) memory->remember({rung, {}, *refusal});
        }
    }
}

std::shared_ptr<const Devices> open_devices(std::unique_ptr<DeviceLayer> layer, RungMemory* memory) {
    route_libav_log();
    return std::make_shared<const Devices>(std::move(layer), memory);
}

}  // namespace hallcast::decoder
