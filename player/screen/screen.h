// A screen as a pure function: layout, hall state, what plays, and the time give a scene. The live screen, the preview
// and the golden pictures all come from here.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "hallcast/v1/hall.pb.h"
#include "layouts/layout.h"
#include "player/picture/scene.h"
#include "player/text/typesetter.h"

namespace hallcast::screen {

using WallTime = std::chrono::system_clock::time_point;

// What a player knows of its hall.
struct HallView {
    std::shared_ptr<const v1::HallState> state;  // null: never connected
    std::optional<WallTime> stale_since;         // set while the master is not heard: the tickets may be old
};

// A call that is to be shown big now. The runtime keeps the queue of them, so that many calls at once take turns.
struct ShownCall {
    std::string call_id;
    std::uint32_t attempt = 1;
    bool operator==(const ShownCall&) const = default;
};

struct ScreenInput {
    HallView hall;
    picture::VideoFramePtr video;  // null: nothing to play yet
    std::optional<ShownCall> shown_call;
    std::string language;                // forces one language on everything that rotates; empty: rotate
    WallTime now;                        // wall clock: clock widget, rotations, highlights
    std::chrono::nanoseconds motion{0};  // monotonic time that moves the ticker
};

// Keeps only caches: the same input gives the same scene. Externally synchronized.
class Screen {
  public:
    virtual ~Screen() = default;

    virtual picture::Scene scene(const ScreenInput& input) = 0;
    // How long the scene of `input` stays as it is when neither hall nor video change: zero while a ticker moves,
    // the rest of the minute for a clock, ...
    virtual std::chrono::nanoseconds still_for(const ScreenInput& input) = 0;
};

// Fails when the layout names an image that cannot be read. `typesetter` must outlive the screen.
Expected<std::unique_ptr<Screen>> make_screen(const layouts::Layout& layout, picture::ScreenSize size,
                                              text::Typesetter& typesetter);

// The moment a state was made for, when the caller has no time of its own (`layout render` without --at): that of its
// newest call.
WallTime time_of(const v1::HallState& state);

}  // namespace hallcast::screen
