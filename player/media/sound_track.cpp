#include "player/media/sound_track.h"

#include <algorithm>

#include "protocol/base/error.h"

namespace hallcast::media {
namespace {

// WebM rounds its times to milliseconds; nobody hears sound that is 40 ms from its picture, but everybody hears a
// click.
constexpr Samples tolerance = samples_per_second * 40 / 1000;
// A hole in a broken file; more of it comes as time goes on.
constexpr Samples longest_gap = samples_per_second * 10;

}  // namespace

void SoundTrack::place(Samples at, std::span<const float> interleaved) {
    HALLCAST_ASSERT(!finished_);
    auto frames = Samples(interleaved.size() / 2);
    const bool first = end_ == 0;
    const Samples error = at - end_;
    if (error > 0 && (first || error > tolerance)) {
        const Samples gap = std::min(error, longest_gap);
        samples_.insert(samples_.end(), std::size_t(gap) * 2, 0.0F);
        end_ += gap;
    } else if (error < 0 && (first || -error > tolerance)) {
        const Samples overlap = std::min(-error, frames);
        interleaved = interleaved.subspan(std::size_t(overlap) * 2);
        frames -= overlap;
    }
    samples_.insert(samples_.end(), interleaved.begin(), interleaved.begin() + frames * 2);
    end_ += frames;
}

std::size_t SoundTrack::peek(std::span<float> interleaved, Samples limit) const {
    const Samples until = finished_ ? limit : std::min(limit, end_);
    const auto frames = std::size_t(std::clamp<Samples>(until - position_, 0, Samples(interleaved.size() / 2)));
    const std::size_t known = std::min(frames * 2, samples_.size());
    std::copy_n(samples_.begin(), known, interleaved.begin());
    std::fill_n(interleaved.begin() + std::ptrdiff_t(known), frames * 2 - known, 0.0F);
    return frames;
}

void SoundTrack::consume(std::size_t frames) {
    const std::size_t known = std::min(frames * 2, samples_.size());
    samples_.erase(samples_.begin(), samples_.begin() + std::ptrdiff_t(known));
    position_ += Samples(frames);
}

}  // namespace hallcast::media
