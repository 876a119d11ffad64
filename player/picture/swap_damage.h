// What a window's next buffer lacks of the picture, when buffers take turns (EGL_EXT_buffer_age).
#pragma once

#include <deque>

#include "player/picture/damage.h"

namespace hallcast::picture {

// Externally synchronized.
class SwapDamage {
  public:
    // The picture was changed there since the last present.
    void drawn(const DamageRegion& damage) { pending_.add(damage); }
    // The window, or its context, is a new one: nothing is known of its buffers.
    void forget() { presented_.clear(); }

    // What has to be brought into the buffer that comes next, which is shown then. `age`: how many presents ago it was
    // shown itself, 0: nobody knows what is in it.
    DamageRegion present(int age, ScreenSize size) {
        const ScreenRect all{0, 0, size.width, size.height};
        DamageRegion lacking = pending_;
        if (age <= 0 || std::size_t(age) > presented_.size() + 1 || size != size_) {
            lacking = DamageRegion(all);
        } else {
            for (std::size_t i = 0; i + 1 < std::size_t(age); ++i) lacking.add(presented_[i]);
            lacking.intersect(all);
        }
        if (size != size_) presented_.clear();
        size_ = size;
        presented_.push_front(std::move(pending_));
        if (presented_.size() > most_buffers) presented_.pop_back();
        pending_ = DamageRegion();
        return lacking;
    }

  private:
    // Drivers have two or three.
    static constexpr std::size_t most_buffers = 4;

    DamageRegion pending_;
    std::deque<DamageRegion> presented_;  // the last in front
    ScreenSize size_;
};

}  // namespace hallcast::picture
