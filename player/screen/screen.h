// A screen as a pure function: layout, hall state, what plays, and the time give a scene. The live screen, the preview
// and the golden pictures all come from here.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hallcast/v1/hall.pb.h"
#include "layouts/layout.h"
#include "player/picture/scene.h"
#include "player/text/typesetter.h"

namespace hallcast::screen {

using WallTime = std::chrono::system_clock::time_point;

// What a player knows of its hall.
struct HallView {
    std::shared_ptr<const v1::HallState> state;        // null: never connected
    std::optional<WallTime> stale_since;               // set while the master is not heard: the tickets may be old
    bool operator==(const HallView&) const = default;  // the same state, not an equal one
};

// A call that is to be shown big now. The runtime keeps the queue of them, so that many calls at once take turns.
struct ShownCall {
    std::string call_id;
    std::uint32_t attempt = 1;
    bool operator==(const ShownCall&) const = default;
};

// A notice that is spoken here at this moment, and in which language.
struct SpokenNotice {
    std::string id;
    std::string language;
    WallTime since;
    bool operator==(const SpokenNotice&) const = default;
};

// What was known and shown a moment ago, and until when: what a transition comes from.
struct Past {
    WallTime until;
    HallView hall;
    std::optional<ShownCall> shown_call;
    bool operator==(const Past&) const = default;
};

struct ScreenInput {
    HallView hall;
    picture::VideoFramePtr video;  // null: nothing to play yet
    picture::VideoFramePtr sign;   // of a call in a sign language; null: none is signed
    std::optional<ShownCall> shown_call;
    std::uint32_t counter = 0;                  // this screen's own, over which it hangs; 0: none
    std::string language;                       // forces one language on everything that rotates; empty: rotate
    std::optional<SpokenNotice> spoken_notice;  // none: the languages of what is told take turns
    std::chrono::milliseconds master_ahead{0};  // of `now`, by the master's clock: it says when a notice is over
    WallTime now;                               // wall clock: clock widget, rotations, highlights
    std::chrono::nanoseconds motion{0};         // monotonic time that moves the ticker
    std::vector<Past> past;                     // the latest first; see remember()
    bool reduced_motion = false;                // nothing fades, slides, grows, blinks or runs
};

// Takes over into `now` what of `before`, the input of the picture before, is still needed for transitions: that of the
// last `memory`, at most eight changes.
void remember(const ScreenInput& before, ScreenInput& now, std::chrono::milliseconds memory);

// Where a call that is in effect can be seen: the visitor is awaited, and the master heard.
struct SeenCall {
    std::string call_id;
    std::uint32_t attempt = 1;
    picture::ScreenRect rect;  // its ticket and counter, and nothing else unless something lies over them
    bool big = false;          // the announcement, not the board
    bool operator==(const SeenCall&) const = default;
};

// What a widget adds to a scene.
struct Part {
    std::string widget;  // its name in the layout, or that of the board under a notice; else empty
    picture::ScreenRect box;
    bool is_overlay = false;  // of what the program itself lays over the layout
    std::vector<picture::Item> items;
};

// Keeps only caches: the same input gives the same scene. Externally synchronized.
class Screen {
  public:
    virtual ~Screen() = default;

    virtual picture::Scene scene(const ScreenInput& input) = 0;
    // What scene(input) is made of, back to front, when nothing is on its way.
    virtual std::vector<Part> parts(const ScreenInput& input) = 0;
    // The calls that are to be seen in scene(input), from back to front; not those that are only just coming or going.
    virtual std::vector<SeenCall> calls(const ScreenInput& input) = 0;
    // How long the scene of `input` stays as it is when neither hall nor video change: zero while a ticker
    // moves and during a transition, the rest of the minute for a clock, ...
    virtual std::chrono::nanoseconds still_for(const ScreenInput& input) = 0;
    // How long ago something may have been that is still to be seen: the longest transition; zero where all is cut.
    virtual std::chrono::milliseconds memory() const = 0;
};

// The images that a layout names, decoded, by their file. Immutable.
using Images = std::map<std::string, picture::ImagePtr>;
// Fails when one cannot be read. Takes as long as decoding does: any thread.
Expected<Images> read_images(const layouts::Layout& layout);

// Fails when the layout names a text that there is not, or the like: all such mistakes, one in a line. Quick. `images`
// are that layout's; `typesetter` must outlive the screen.
Expected<std::unique_ptr<Screen>> make_screen(const layouts::Layout& layout, picture::ScreenSize size,
                                              text::Typesetter& typesetter, const Images& images);
// The same, with its images read here.
Expected<std::unique_ptr<Screen>> make_screen(const layouts::Layout& layout, picture::ScreenSize size,
                                              text::Typesetter& typesetter);

// The moment a state was made for, when the caller has no time of its own (`layout render` without --at): that of its
// newest call.
WallTime time_of(const v1::HallState& state);

}  // namespace hallcast::screen
