#include "player/signs/sign_playback.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>

namespace hallcast::signs {
namespace {

using std::chrono::nanoseconds;

constexpr std::size_t clips_ahead = 2;  // that are open: the one that is shown, and the next
constexpr std::chrono::milliseconds clip_patience{2000};
constexpr std::size_t pictures_shown = 5;  // decoded, of the one that is shown
constexpr std::size_t sound_piece = 1024;

}  // namespace

SignPlayback::SignPlayback(media::OpenClip open, std::function<void()> wake)
    : open_(std::move(open)), wake_(std::move(wake)) {}

SignPlayback::~SignPlayback() {
    // All at once, then each is waited for.
    for (auto& decoder : decoders_) decoder->request_stop();
}

void SignPlayback::add(std::vector<std::filesystem::path> clips, Moment expires) {
    if (clips.empty()) return;
    calls_.push_back({{clips.begin(), clips.end()}, expires});
}

picture::VideoFramePtr SignPlayback::picture_at(Moment now) {
    std::erase_if(leaving_, [](const auto& decoder) { return decoder->ended(); });
    progressed_ = false;
    next_change_ = Moment::max();
    while (begin_call(now) && play(now)) {
    }
    return shown_;
}

// False: nothing is to be signed.
bool SignPlayback::begin_call(Moment now) {
    while (!call_ && !calls_.empty()) {
        if (calls_.front().expires > now) {
            call_ = std::move(calls_.front());
            waited_ = true;
        }
        calls_.pop_front();
    }
    if (call_) prepare();
    return call_.has_value();
}

void SignPlayback::prepare() {
    while (decoders_.size() < clips_ahead && !call_->clips.empty()) {
        const std::filesystem::path clip = std::move(call_->clips.front());
        call_->clips.pop_front();
        decoders_.push_back(
            std::make_unique<media::ClipDecoder>(media::PlaylistEntry{.id = clip.string(), .file = clip},
                                                 media::ClipDecoderOptions{open_, clip_patience, [this](bool) {
                                                                               progressed_ = true;
                                                                               wake_();
                                                                           }}));
    }
}

// True: the clip, or the call, is over, and what follows is to be shown at the same moment.
bool SignPlayback::play(Moment now) {
    if (decoders_.empty()) {  // its last clip is over
        call_.reset();
        shown_ = nullptr;
        return true;
    }
    media::ClipDecoder& decoder = *decoders_.front();
    switch (decoder.state()) {
        case media::ClipDecoder::State::opening:
            waited_ = true;
            return false;
        case media::ClipDecoder::State::failed:
            leave_call(decoder.error());
            return true;
        case media::ClipDecoder::State::ready:
            break;
    }
    decoder.set_capacity(pictures_shown);
    if (!begun_) begun_ = std::exchange(waited_, false) ? now : joins_;
    if (const auto fault = decoder.fault(Moment::clock::now())) {
        leave_call(*fault);
        return true;
    }
    const auto length = decoder.length();
    const Moment end = length ? *begun_ + media::time_of(*length) : Moment::max();
    if (now >= end) {
        joins_ = end;
        forget_front();
        return true;
    }
    const nanoseconds time = now - *begun_;
    const auto view = decoder.picture_at(time);
    if (view.frame) shown_ = view.frame;
    take_sound(time);
    // Where more is to come that is not decoded yet, its decoder wakes: to look at the end would be to leave it out.
    const Moment next = view.next ? std::min(end, *begun_ + *view.next) : view.last ? end : Moment::max();
    next_change_ = std::min(next, now + look_again);
    return false;
}

void SignPlayback::leave_call(const Error& why) {
    spdlog::warn("signs: {}: {}; the rest of the call is not signed", decoders_.front()->entry().id, why.message);
    while (!decoders_.empty()) forget_front();
    call_.reset();
    shown_ = nullptr;
}

// A decoder whose sound nobody takes would wait for that.
void SignPlayback::take_sound(nanoseconds until) {
    std::array<float, sound_piece * 2> thrown_away{};
    while (heard_ < media::samples_at(until)) {
        const std::size_t taken = decoders_.front()->peek_sound(thrown_away);
        if (taken == 0) return;
        decoders_.front()->consume_sound(taken);
        heard_ += media::Samples(taken);
    }
}

void SignPlayback::forget_front() {
    decoders_.front()->request_stop();
    leaving_.push_back(std::move(decoders_.front()));
    decoders_.pop_front();
    begun_.reset();
    heard_ = 0;
}

}  // namespace hallcast::signs
