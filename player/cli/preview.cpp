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

Expected<void> Preview::show(const layouts::Layout& layout, screen::ScreenInput input) {
    auto screen = screen::make_screen(layout, size_, *typesetter_);
    if (!screen) return std::unexpected(screen.error());
    screen_ = std::move(*screen);
    calls_.reset();
    if (input.hall.state && !input.shown_call) calls_.emplace(runtime::dwell_of(layout));
    given_ = std::move(input);
    shown_ = {};
    return {};
}

void Preview::step_to(screen::WallTime now) {
    screen::ScreenInput next = given_;
    next.now = now;
    next.past.clear();
    if (!given_.past.empty()) {
        const screen::Past& past = given_.past.front();
        // The change is a step of its own, so that transitions begin with it and not with the next picture.
        if (shown_.now != screen::WallTime{} && shown_.now < past.until && past.until < now) step_to(past.until);
        if (now < past.until) next.hall = past.hall, next.shown_call = past.shown_call;
    }
    if (calls_) next.shown_call = calls_->shown(*next.hall.state, now);
    screen::remember(shown_, next, screen_->memory());
    shown_ = std::move(next);
}

const std::vector<std::uint8_t>& Preview::picture(screen::WallTime now, std::chrono::nanoseconds motion) {
    constexpr std::chrono::milliseconds refresh{20};
    // What came and went a moment ago may still be on its way.
    if ((calls_ || !given_.past.empty()) && shown_.now == screen::WallTime{})
        for (auto before = now - screen_->memory(); before < now; before += refresh) step_to(before);
    step_to(now);
    shown_.motion = motion;
    painter_->paint(screen_->scene(shown_));
    return painter_->pixels();
}

}  // namespace hallcast::cli
