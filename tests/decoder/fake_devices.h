// Hardware of all kinds that is none: libav's software decoders, failing as a test wants it.
#pragma once

#include <array>
#include <random>
#include <set>

#include "player/decoder/device_layer.h"

namespace hallcast::decoder::test {

struct RungFaults {
    bool refuses_to_open = false;
    bool has_no_decoder = false;
    bool gives_nothing = false;   // takes packets, silently
    std::set<int> failing_maps;   // of all of the rung, counted from 1
    int maps_until_failure = -1;  // all after so many fail; -1: none does
    double map_errors = 0;        // how likely, each time
    double decode_errors = 0;
};

class FakeDevices final : public DeviceLayer {
  public:
    // `seed` of what is left to chance.
    explicit FakeDevices(std::array<RungFaults, 3> faults, unsigned seed = 1) : random_(seed) {
        for (std::size_t i = 0; i < faults.size(); ++i) rungs_[i].faults = std::move(faults[i]);
        for (State& state : rungs_) state.random = &random_;
    }

    Expected<void> open(Rung rung) override {
        ++of(rung).opened;
        if (of(rung).faults.refuses_to_open) return fail("no such card");
        return {};
    }
    Expected<const AVCodec*> decoder(Rung rung, AVCodecID codec) override {
        if (of(rung).faults.has_no_decoder) return fail("no decoder");
        return avcodec_find_decoder(codec);
    }
    Expected<void> configure(Rung rung, AVCodecContext& codec) override {
        ++of(rung).configured;
        codec.thread_count = 1;
        codec.opaque = &of(rung);
        codec.get_buffer2 = give_buffer;
        if (of(rung).faults.gives_nothing) codec.skip_frame = AVDISCARD_ALL;
        return {};
    }
    Expected<Frame> map(Rung rung, Frame frame) override {
        State& state = of(rung);
        ++state.maps;
        const RungFaults& faults = state.faults;
        if (faults.failing_maps.contains(state.maps) || state.by_chance(faults.map_errors) ||
            (faults.maps_until_failure >= 0 && state.maps > faults.maps_until_failure)) {
            return fail("picture {} cannot be read", state.maps);
        }
        return frame;
    }

    int opened(Rung rung) const { return rungs_.at(std::size_t(rung)).opened; }
    int configured(Rung rung) { return of(rung).configured; }
    int maps(Rung rung) { return of(rung).maps; }

  private:
    struct State {
        RungFaults faults;
        std::mt19937* random = nullptr;
        int opened = 0;
        int configured = 0;
        int maps = 0;
        bool by_chance(double likely) { return std::bernoulli_distribution(likely)(*random); }
    };

    static int give_buffer(AVCodecContext* codec, AVFrame* frame, int flags) {
        auto& state = *static_cast<State*>(codec->opaque);
        if (state.by_chance(state.faults.decode_errors)) return AVERROR_EXTERNAL;
        return avcodec_default_get_buffer2(codec, frame, flags);
    }

    State& of(Rung rung) { return rungs_.at(std::size_t(rung)); }

    std::mt19937 random_;
    std::array<State, 3> rungs_;
};

}  // namespace hallcast::decoder::test
