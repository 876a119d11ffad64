// What the gallery shows: every shipped layout in every language and orientation, in each state of a hall.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "layouts/layout.h"
#include "player/picture/painter.h"
#include "player/screen/screen.h"
#include "player/text/font_set.h"

namespace gallery {

using namespace hallcast;

struct State {
    std::string name, about;
};
// Those whose pictures are kept: quiet, busy, closed, stale, emergency, forty calls at once. And the others, which are
// only looked at: a big call, a notice, ...
const std::vector<State>& kept_states();
const std::vector<State>& other_states();

// The shipped languages, each forced on the whole screen, and `turns`: none is, they take turns.
std::vector<std::string> tongues();

struct Orientation {
    std::string name;
    picture::ScreenSize size;
};
// 16:9 and 9:16, the longer side as long as that.
std::vector<Orientation> orientations(int longer_px);

screen::ScreenInput input_of(const std::string& state, const std::string& tongue);

// Paints one screen in whatever states it is shown. Externally synchronized.
class Camera {
  public:
    Camera();
    // Of the pictures after it.
    void mount(const layouts::Layout& layout, picture::ScreenSize size);
    // Opaque BGRA, until the next.
    const std::vector<std::uint8_t>& shoot(const screen::ScreenInput& input);
    // Of the last picture: what of its texts is missing or cut, in words; empty: nothing.
    const std::string& defects() const { return defects_; }

  private:
    std::unique_ptr<text::FontSet> fonts_;
    std::unique_ptr<text::Typesetter> typesetter_;
    std::unique_ptr<picture::MemoryPainter> painter_;
    std::unique_ptr<screen::Screen> screen_;
    std::string defects_;
};

}  // namespace gallery
