// The memory in which one worker's pictures lie, as the player sees it: read only, and believed in nothing.
#pragma once

#include <memory>
#include <vector>

#include "player/media/worker_wire.h"
#include "player/picture/video_frame.h"
#include "protocol/base/descriptor.h"
#include "protocol/base/error.h"

namespace hallcast::media {

// The memory goes with the last picture in it, be its worker alive or not. It cannot be made smaller by anybody, so
// that no reading of it can fail; what a hostile worker can do is paint another picture.
class SharedPictures {
  public:
    // Sparse memory of `worker::pool_bytes`, sealed.
    static Expected<SharedPictures> make();

    int descriptor() const;  // to hand to the worker; owned here

    // A picture without a copy; an error when it lies outside, is not what its format needs, or is held already.
    // One thread; the picture may be let go of by any.
    Expected<std::shared_ptr<picture::VideoFrame>> picture(const worker::Picture& said);

    // Moves the numbers of pictures that were let go of into `request`.
    void tell_released(worker::Request& request);

  private:
    struct Memory;
    explicit SharedPictures(std::shared_ptr<Memory> memory) : memory_(std::move(memory)) {}

    std::shared_ptr<Memory> memory_;
};

}  // namespace hallcast::media
