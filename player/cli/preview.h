// What a screen with a layout and a hall state shows, without a window: the player's scene, painted in memory.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "player/picture/painter.h"
#include "player/runtime/call_replay.h"
#include "player/screen/screen.h"

namespace hallcast::cli {

// Externally synchronized.
class Preview {
  public:
    static Expected<Preview> open(picture::ScreenSize size);

    // What is shown from now on; after an error it is what was shown before. `input` is what does not change with time:
    // a call that is big in it stays so, else those of its hall are in their turn; until its `past` the hall is as that
    // says.
    Expected<void> show(const layouts::Layout& layout, screen::ScreenInput input);
    // Opaque BGRA, size.width * 4 bytes a row, valid until the next call. As a screen that has followed the hall all
    // along would show it at that moment; moments do not go back until the next show(). After show().
    const std::vector<std::uint8_t>& picture(screen::WallTime now, std::chrono::nanoseconds motion);

  private:
    void step_to(screen::WallTime now);

    picture::ScreenSize size_;
    std::unique_ptr<text::FontSet> fonts_;
    std::unique_ptr<text::Typesetter> typesetter_;
    std::unique_ptr<picture::MemoryPainter> painter_;
    std::unique_ptr<screen::Screen> screen_;
    screen::ScreenInput given_, shown_;         // shown_: of the last step
    std::optional<runtime::CallReplay> calls_;  // none: the big call is given
};

}  // namespace hallcast::cli
