// What a painter showed last, and with that what it has to draw next.
#pragma once

#include "player/picture/damage.h"
#include "player/picture/painter.h"

namespace hallcast::picture {

// Externally synchronized.
class SceneHistory {
  public:
    // What of `scene` must be drawn on a target that still holds the scene before.
    DamageRegion damage(const Scene& scene) const {
        if (!known_) return DamageRegion({0, 0, scene.size.width, scene.size.height});
        return damage_between(shown_, scene);
    }
    void shown(const Scene& scene) {
        shown_ = scene;
        known_ = true;
    }
    void forget() { known_ = false; }
    bool known() const { return known_; }

    // Counts a picture, or that none was needed.
    void count(const DamageRegion& damage) {
        if (damage.empty()) {
            ++statistics_.unchanged;
        } else {
            ++statistics_.pictures;
            statistics_.damaged_pixels += std::uint64_t(damage.area());
        }
    }
    const PaintStatistics& statistics() const { return statistics_; }

  private:
    Scene shown_;
    bool known_ = false;
    PaintStatistics statistics_;
};

}  // namespace hallcast::picture
