// Shows calls in a sign language: the clips of one after another, each whole, once, then those of the next call.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "player/media/clip_decoder.h"
#include "player/picture/video_frame.h"

namespace hallcast::signs {

// Externally synchronized; its decoders have threads of their own, which no call waits for, but the end does. Silent:
// what sound the clips have is thrown away.
class SignPlayback {
  public:
    using Moment = std::chrono::steady_clock::time_point;

    // `wake` is called from a decoder's thread when there is something that picture_at() lacked; it must not call this.
    SignPlayback(media::OpenClip open, std::function<void()> wake);
    ~SignPlayback();
    SignPlayback(const SignPlayback&) = delete;
    SignPlayback& operator=(const SignPlayback&) = delete;

    // The clips of a call, in their order, behind those of the calls before. A call that has not begun at `expires` is
    // left out. So is, from there on, one of whose clips cannot be played: without it it would be another call. Nothing
    // begins before the next picture_at().
    void add(std::vector<std::filesystem::path> clips, Moment expires);

    // What to show at that moment, which grows. Null: nothing is signed. Within a call the last picture stays until the
    // next clip is there.
    picture::VideoFramePtr picture_at(Moment now);
    // When picture_at() will give another one, or is to be asked whether it does; Moment::max(): not by itself, as far
    // as known; Moment::min(): at once, since a decoder came further (`wake` was called).
    Moment next_change() const { return progressed_ ? Moment::min() : next_change_; }
    static constexpr std::chrono::milliseconds look_again{200};  // a clip that stalls wakes nobody
    bool idle() const { return !call_ && calls_.empty(); }       // nothing is signed, and nothing waits

  private:
    struct Call {
        std::deque<std::filesystem::path> clips;  // that no decoder was made for yet
        Moment expires;
    };

    bool begin_call(Moment now);
    void prepare();
    bool play(Moment now);
    void leave_call(const Error& why);
    void take_sound(std::chrono::nanoseconds until);
    void forget_front();

    const media::OpenClip open_;
    const std::function<void()> wake_;
    std::atomic<bool> progressed_{false};                       // a decoder, since picture_at(); it outlives them
    std::deque<Call> calls_;                                    // that wait
    std::optional<Call> call_;                                  // that is signed
    std::deque<std::unique_ptr<media::ClipDecoder>> decoders_;  // of the clip that is shown, and of the next
    std::vector<std::unique_ptr<media::ClipDecoder>> leaving_;  // over; their threads are about to end
    std::optional<Moment> begun_;                               // when the clip's first picture was due
    Moment joins_{};                                            // when the clip before it was over
    bool waited_ = false;                                       // for the clip, beyond that
    media::Samples heard_ = 0;                                  // of the clip's sound
    picture::VideoFramePtr shown_;
    Moment next_change_ = Moment::max();
};

}  // namespace hallcast::signs
