#include "tests/media/drawn_clip.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace hallcast::media::test {
namespace {

constexpr int width = 160, height = 96;

// With its number in the first nine blocks of 16 pixels, as number_on() reads it.
picture::VideoFramePtr draw(int number) {
    auto pixels = std::make_shared<std::vector<std::uint8_t>>(width * height * 3 / 2, 128);
    for (int bit = 0; bit < 9; ++bit)
        for (int y = 0; y < 16; ++y)
            std::fill_n(pixels->begin() + y * width + bit * 16, 16, (number >> bit) & 1 ? 235 : 16);
    auto frame = std::make_shared<picture::VideoFrame>();
    frame->width = frame->display_width = width;
    frame->height = frame->display_height = height;
    frame->planes = {pixels->data(), pixels->data() + width * height, pixels->data() + width * height * 5 / 4};
    frame->strides = {width, width / 2, width / 2};
    frame->keep = pixels;
    return frame;
}

}  // namespace

void Gate::open() {
    const std::scoped_lock lock(mutex_);
    open_ = true;
    changed_.notify_all();
}

void Gate::wait(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [this] { return open_; });
}

std::chrono::nanoseconds DrawnClip::time_of_picture(int number) const {
    return std::chrono::nanoseconds(std::int64_t(number) * 1'000'000'000 / recipe_.fps);
}

std::optional<ClipPicture> DrawnClip::next_picture() {
    if (recipe_.hang_after && next_ >= *recipe_.hang_after)
        recipe_.gate->wait(recipe_.heeds_stop ? stop_ : std::stop_token{});
    if (recipe_.fault_after && next_ >= *recipe_.fault_after) fault_ = Error{"drawn: its decoder crashed"};
    if (fault_ || next_ >= recipe_.pictures) return std::nullopt;
    ClipPicture picture;
    picture.frame = draw(recipe_.first_number + next_);
    picture.at = time_of_picture(next_);
    picture.duration = time_of_picture(1);
    ++next_;
    return picture;
}

std::optional<ClipSound> DrawnClip::next_sound() {
    const Samples end = samples_at(time_of_picture(recipe_.pictures));
    if (sound_ >= end) return std::nullopt;
    ClipSound sound;
    sound.at = time_of(sound_);
    for (const Samples until = std::min(end, sound_ + 960); sound_ < until; ++sound_) {
        const auto value = float(0.5 * std::sin(2 * M_PI * recipe_.tone_hz * double(sound_) / samples_per_second));
        sound.samples.insert(sound.samples.end(), 2, value);
    }
    return sound;
}

bool DrawnClip::read_ahead(std::chrono::nanoseconds) { return false; }

std::chrono::nanoseconds DrawnClip::extent() const {
    return time_of_picture(recipe_.length_known ? recipe_.pictures : std::min(next_ + 25, recipe_.pictures));
}

}  // namespace hallcast::media::test
