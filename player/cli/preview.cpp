#include "player/cli/preview.h"

#include <utility>

namespace hallcast::cli {

Expected<Preview> Preview::open(picture::ScreenSize size) {
    Preview preview;
    preview.size_ = size;
    auto fonts = text::open_system_fonts();
    if (!fonts) return std::unexpected(fonts.error());
    preview.fonts_ = std::move(*fonts);
    preview.typesetter_ = text::make_typesetter(*preview.fonts_);
    preview.painter_ = picture::make_memory_painter(*preview.fonts_);
    return preview;
}

Expected<void> Preview::show(const layouts::Layout& layout, std::shared_ptr<const v1::HallState> state,
                             std::string language) {
    auto screen = screen::make_screen(layout, size_, *typesetter_);
    if (!screen) return std::unexpected(screen.error());
    screen_ = std::move(*screen);
    calls_.emplace(runtime::dwell_of(layout));
    input_ = {};
    input_.hall.state = std::move(state);
    input_.language = std::move(language);
    return {};
}

const std::vector<std::uint8_t>& Preview::picture(screen::WallTime now, std::chrono::nanoseconds motion) {
    input_.now = now;
    input_.motion = motion;
    if (input_.hall.state) input_.shown_call = calls_->shown(*input_.hall.state, now);
    painter_->paint(screen_->scene(input_));
    return painter_->pixels();
}

}  // namespace hallcast::cli
