// Lays a clip's decoded sound on the clip's time, sample by sample: gaps become silence, overlaps are dropped, and the
// small errors of a file's timestamps are passed over. Pure; externally synchronized.
#pragma once

#include <cstddef>
#include <deque>
#include <span>

#include "player/media/samples.h"

namespace hallcast::media {

class SoundTrack {
  public:
    // `at` is where the block belongs. Blocks come in order.
    void place(Samples at, std::span<const float> interleaved);
    // No more sound will come: silence from here on.
    void finish() { finished_ = true; }
    bool finished() const { return finished_; }

    // Copies what is known from position() on, at most up to `limit`, and returns how many frames that is.
    std::size_t peek(std::span<float> interleaved, Samples limit) const;
    void consume(std::size_t frames);
    Samples position() const { return position_; }  // the first sample that was not consumed
    Samples end() const { return end_; }            // how far the sound is known

  private:
    std::deque<float> samples_;  // from position_ to end_
    Samples position_ = 0;
    Samples end_ = 0;
    bool finished_ = false;
};

}  // namespace hallcast::media
