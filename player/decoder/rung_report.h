// How a worker tells its host that a rung failed: a message on a SOCK_SEQPACKET socket of its own. Both are of one
// build; the worker is not to be believed.
#pragma once

#include "player/decoder/rung_memory.h"
#include "protocol/base/descriptor.h"
#include "protocol/base/error.h"

namespace hallcast::decoder {

struct RungReportEnds {
    Descriptor host, worker;
};
Expected<RungReportEnds> make_rung_reports();

// From inside a worker; does not wait. What the host has no room for is lost, and found out again by the next clip.
void report_rung(int worker_end, const RungFailure& failure);

// The host's end. What a worker says can only make rungs of hardware unavailable, so many at most, and for as long as
// `memory` remembers.
class RungReports {
  public:
    static constexpr int most_reports = 12;  // a clip fails on each rung at most once, and so does each device

    explicit RungReports(Descriptor end) : end_(std::move(end)) {}
    // Takes what is there; does not wait.
    void take(RungMemory& memory);
    // False: it said enough, or nonsense, or is gone.
    bool listening() const { return bool(end_); }

  private:
    Descriptor end_;
    int taken_ = 0;
};

}  // namespace hallcast::decoder
