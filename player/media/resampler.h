// Plays sound a little faster or slower than it is, without anybody hearing that: a windowed sinc at a moving place.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "player/media/samples.h"

namespace hallcast::media {

// For steps within a fiftieth of 1, so that nothing that is heard can fold over: there is no low-pass to speak of. A
// step of exactly 1 from the start gives the sound to the bit. Pure; externally synchronized.
class Resampler {
  public:
    // Frames of the sound to a frame heard. May change at any time: the place moves on from where it is.
    void set_step(double step) { step_ = step; }
    // What is given is what comes out, at once.
    bool is_exact() const { return step_ == 1 && fraction_ == 0; }

    // Appends to `out` what can be heard of stereo sound that goes on; a third of a millisecond waits for what follows.
    void push(std::span<const float> interleaved, std::vector<float>& out);
    // The same when silence follows; what is pushed next begins after it.
    void flush(std::vector<float>& out);

    // Of the next frame to come out, in frames of the sound since the start.
    double position() const { return double(whole_) + fraction_; }

  private:
    void produce(Samples until, std::vector<float>& out);
    void forget();

    double step_ = 1;
    Samples whole_ = 0;  // place of the next frame
    double fraction_ = 0;
    std::vector<float> sound_;  // from first_ on
    Samples first_ = 0;
    Samples end_ = 0;
};

}  // namespace hallcast::media
