#include "player/sound/mixer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>

#include "player/sound/duck.h"
#include "player/sound/film_clock.h"
#include "player/sound/limiter.h"
#include "player/sound/spsc_ring.h"

namespace hallcast::sound {

namespace {

using std::chrono::steady_clock;

constexpr std::size_t film_frames = sample_rate;  // the ring holds one second
// A film that starts, or starts again after it ran dry, waits for this much or for this many callbacks: the decoder's
// first packet alone would run dry at once.
constexpr std::size_t film_prebuffer_frames = sample_rate * 50 / 1000;
constexpr int film_patience_blocks = 3;
constexpr int declick_frames = sample_rate * 3 / 1000;
constexpr float gain_step = 1.0f / (sample_rate * 20 / 1000);  // a new film gain is reached within 20 ms

constexpr std::size_t most_announcements = 8;
// Between two announcements: long enough to tell them apart, short enough for a queue of them.
constexpr std::uint64_t announcement_gap_frames = announcement_gap.count() * sample_rate / 1000;

// What the audio thread knows of an announcement. The samples belong to the thread that announced until it polled the
// end.
struct Cue {
    std::uint64_t id = 0;
    const float* samples = nullptr;
    std::uint64_t frames = 0;
    std::uint64_t start = 0;  // in mixed frames; set by the audio thread
    steady_clock::time_point not_after;

    std::uint64_t end() const { return start + frames; }
};

class BusMixer final : public Mixer {
  public:
    void mix(std::span<float> interleaved, steady_clock::time_point heard_at) noexcept override;

    std::size_t write_film(std::span<const float> interleaved) override {
        const std::size_t frames = std::min(interleaved.size(), film_.space()) / channels;
        return film_.write(interleaved.first(frames * channels)) / channels;
    }
    std::chrono::nanoseconds film_played(steady_clock::time_point now) const override { return clock_.at(now); }

    bool announce(std::uint64_t id, PcmPtr pcm, steady_clock::time_point not_after) override;
    std::vector<Spoken> poll_spoken() override;

    void set_film_gain(float gain) override { film_gain_wanted_.store(gain, std::memory_order_relaxed); }
    bool idle() const override { return film_.empty() && cues_.empty() && resting_.load(std::memory_order_acquire); }

  private:
    std::size_t mix_film(std::span<float> out) noexcept;
    void apply_film_gain(std::span<float> out) noexcept;
    void take_cues() noexcept;
    void duck_film(std::span<float> out) noexcept;
    void mix_cues(std::span<float> out, steady_clock::time_point heard_at) noexcept;
    bool wants_duck(std::uint64_t frame) const noexcept;
    std::uint64_t next_duck_change(std::uint64_t frame) const noexcept;

    // Between threads.
    SpscRing<float> film_{film_frames * channels};
    SpscRing<Cue> cues_{most_announcements};
    SpscRing<Spoken> spoken_{most_announcements * 2};  // start and end of each: never full
    std::atomic<float> film_gain_wanted_{1.0f};
    std::atomic<bool> resting_{true};
    FilmClock clock_;

    // Of the thread that announces: what the audio thread may be reading, in order.
    struct Lent {
        std::uint64_t id;
        PcmPtr pcm;
    };
    std::deque<Lent> lent_;

    // Of the audio thread.
    std::uint64_t position_ = 0;  // frames mixed
    std::uint64_t film_taken_ = 0;
    bool film_running_ = false;
    int film_waited_blocks_ = 0;
    std::array<float, channels> film_last_{};  // the last frame before it ran dry ...
    int tail_left_ = 0;                        // ... which fades away for so many frames more
    int rise_left_ = 0;                        // frames until a film that starts again is up
    bool film_was_dry_ = false;
    float film_gain_ = 1.0f;
    Duck duck_;
    Limiter limiter_;
    std::array<Cue, most_announcements> waiting_{};  // by start; the first may be sounding
    std::size_t waiting_count_ = 0;
    std::uint64_t last_end_ = 0;     // of all scheduled so far; 0: none yet
    std::uint64_t sounded_end_ = 0;  // of the last that is over; 0: none yet
};

bool BusMixer::announce(std::uint64_t id, PcmPtr pcm, steady_clock::time_point not_after) {
    HALLCAST_ASSERT(pcm);
    // Also keeps every ring that announcements go through from ever being full.
    if (lent_.size() == most_announcements) return false;
    const Cue cue{id, pcm->samples.data(), pcm->samples.size(), 0, not_after};
    lent_.push_back({id, std::move(pcm)});
    HALLCAST_ASSERT(cues_.write({&cue, 1}) == 1);
    return true;
}

std::vector<Spoken> BusMixer::poll_spoken() {
    std::vector<Spoken> result(spoken_.available());
    result.resize(spoken_.read(result));
    for (const Spoken& spoken : result) {
        if (spoken.started) continue;
        HALLCAST_ASSERT(!lent_.empty() && lent_.front().id == spoken.id);
        lent_.pop_front();
    }
    return result;
}

std::size_t BusMixer::mix_film(std::span<float> out) noexcept {
    const std::size_t available = film_.available() / channels;
    if (!film_running_ && available > 0) {
        film_running_ = available >= film_prebuffer_frames || ++film_waited_blocks_ >= film_patience_blocks;
        if (film_running_) rise_left_ = film_was_dry_ ? declick_frames : 0;
    }
    std::size_t taken = 0;
    if (film_running_) {
        taken = film_.read(out) / channels;
        film_waited_blocks_ = 0;
    }
    std::fill(out.begin() + std::ptrdiff_t(taken * channels), out.end(), 0.0f);
    for (std::size_t frame = 0; frame < taken && rise_left_ > 0; ++frame, --rise_left_) {
        const float gain = 1.0f - float(rise_left_) / declick_frames;
        for (int channel = 0; channel < channels; ++channel) out[frame * channels + channel] *= gain;
    }
    if (taken > 0) {
        std::copy_n(out.begin() + std::ptrdiff_t((taken - 1) * channels), channels, film_last_.begin());
        tail_left_ = declick_frames;
    }
    if (film_running_ && taken * channels < out.size()) {
        film_running_ = false;
        film_was_dry_ = true;
    }
    for (std::size_t frame = taken; frame * channels < out.size() && tail_left_ > 0; ++frame, --tail_left_) {
        const float gain = float(tail_left_) / (declick_frames + 1);
        for (int channel = 0; channel < channels; ++channel)
            out[frame * channels + channel] = film_last_[channel] * gain;
    }
    return taken;
}

void BusMixer::apply_film_gain(std::span<float> out) noexcept {
    const float wanted = film_gain_wanted_.load(std::memory_order_relaxed);
    if (film_gain_ == wanted && wanted == 1.0f) return;
    for (std::size_t at = 0; at < out.size(); at += channels) {
        film_gain_ += std::clamp(wanted - film_gain_, -gain_step, gain_step);
        for (int channel = 0; channel < channels; ++channel) out[at + channel] *= film_gain_;
    }
}

void BusMixer::take_cues() noexcept {
    while (waiting_count_ < waiting_.size()) {
        Cue& cue = waiting_[waiting_count_];
        if (cues_.read({&cue, 1}) == 0) return;
        cue.start = position_ + duck_lead_frames;
        if (last_end_ > 0) cue.start = std::max(cue.start, last_end_ + announcement_gap_frames);
        last_end_ = cue.end();
        ++waiting_count_;
    }
}

bool BusMixer::wants_duck(std::uint64_t frame) const noexcept {
    if (sounded_end_ > 0 && frame < sounded_end_ + duck_hold_frames) return true;
    for (std::size_t i = 0; i < waiting_count_; ++i) {
        if (frame + duck_lead_frames >= waiting_[i].start && frame < waiting_[i].end() + duck_hold_frames) return true;
    }
    return false;
}

std::uint64_t BusMixer::next_duck_change(std::uint64_t frame) const noexcept {
    std::uint64_t next = UINT64_MAX;
    const auto consider = [&](std::uint64_t change) {
        if (change > frame) next = std::min(next, change);
    };
    consider(sounded_end_ + duck_hold_frames);
    for (std::size_t i = 0; i < waiting_count_; ++i) {
        consider(waiting_[i].start - duck_lead_frames);
        consider(waiting_[i].end() + duck_hold_frames);
    }
    return next;
}

void BusMixer::duck_film(std::span<float> out) noexcept {
    const std::uint64_t end = position_ + out.size() / channels;
    for (std::uint64_t frame = position_; frame < end;) {
        const std::uint64_t until = std::min(end, next_duck_change(frame));
        duck_.apply(out.subspan((frame - position_) * channels, (until - frame) * channels), wants_duck(frame));
        frame = until;
    }
}

void BusMixer::mix_cues(std::span<float> out, steady_clock::time_point heard_at) noexcept {
    const std::uint64_t block_end = position_ + out.size() / channels;
    const auto heard = [&](std::uint64_t frame) {
        return heard_at + std::chrono::nanoseconds(std::int64_t(frame - position_) * 1'000'000'000 / sample_rate);
    };
    while (waiting_count_ > 0 && waiting_[0].start < block_end) {
        Cue& cue = waiting_[0];
        const std::uint64_t from = std::max(cue.start, position_);
        bool over = cue.end() <= block_end;
        Spoken ended{cue.id, false, heard(std::max(from, std::min(cue.end(), block_end)))};
        if (from == cue.start && heard(from) > cue.not_after) {
            over = true;  // the device stood still for too long: silence is better than a call that is no more
            ended.at = heard(from);
        } else {
            if (from == cue.start) {
                const Spoken started{cue.id, true, heard(from)};
                spoken_.write({&started, 1});
            }
            const std::uint64_t to = std::min(cue.end(), block_end);
            for (std::uint64_t frame = from; frame < to; ++frame) {
                const float sample = cue.samples[frame - cue.start];
                for (int channel = 0; channel < channels; ++channel) {
                    out[(frame - position_) * channels + channel] += sample;
                }
            }
        }
        if (!over) return;
        spoken_.write({&ended, 1});
        sounded_end_ = std::min(cue.end(), block_end);
        std::move(waiting_.begin() + 1, waiting_.begin() + std::ptrdiff_t(waiting_count_), waiting_.begin());
        --waiting_count_;
    }
}

void BusMixer::mix(std::span<float> out, steady_clock::time_point heard_at) noexcept {
    // What goes into the limiter now comes out that much later.
    heard_at += std::chrono::nanoseconds(std::int64_t(Limiter::delay_frames) * 1'000'000'000 / sample_rate);
    const std::size_t taken = mix_film(out);
    clock_.heard(heard_at, film_taken_, taken, out.size() / channels);
    film_taken_ += taken;
    apply_film_gain(out);
    take_cues();
    duck_film(out);
    mix_cues(out, heard_at);
    limiter_.process(out);
    position_ += out.size() / channels;
    resting_.store(!film_running_ && waiting_count_ == 0 && tail_left_ == 0 && duck_.open() && limiter_.silent(),
                   std::memory_order_release);
}

}  // namespace

std::unique_ptr<Mixer> make_mixer() { return std::make_unique<BusMixer>(); }

}  // namespace hallcast::sound
