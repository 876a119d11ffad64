#include "player/sound/mixer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <optional>

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
constexpr int gain_frames = sample_rate * 20 / 1000;            // a new gain is reached within so many
constexpr std::uint64_t fade_frames = sample_rate * 20 / 1000;  // of what is cancelled

constexpr std::size_t most_announcements = 8;
// Between two announcements: long enough to tell them apart, short enough for a queue of them.
constexpr std::uint64_t announcement_gap_frames = announcement_gap.count() * sample_rate / 1000;
constexpr std::uint64_t least_start_delay_frames = duck_lead.count() * sample_rate / 1000;

std::uint64_t frames_in(std::chrono::milliseconds length) {
    return std::uint64_t(std::max<std::int64_t>(length.count(), 0)) * sample_rate / 1000;
}

// A gain that any thread sets and the audio thread moves to without a step. Exact when it has settled.
class Gain {
  public:
    void want(float gain) noexcept { wanted_.store(gain, std::memory_order_relaxed); }
    // The audio thread, once for each block.
    void follow() noexcept {
        const float wanted = wanted_.load(std::memory_order_relaxed);
        if (wanted == target_) return;
        target_ = wanted;
        left_ = gain_frames;
        step_ = (target_ - now_) / gain_frames;
    }
    float next() noexcept {
        if (left_ > 0) now_ = --left_ == 0 ? target_ : now_ + step_;
        return now_;
    }
    // As next(), for frames that nobody hears.
    void skip(std::uint64_t frames) noexcept {
        const int skipped = int(std::min(frames, std::uint64_t(left_)));
        left_ -= skipped;
        now_ = left_ == 0 ? target_ : now_ + step_ * float(skipped);
    }
    bool is_unity() const noexcept { return left_ == 0 && now_ == 1.0f; }

  private:
    std::atomic<float> wanted_{1.0f};
    float target_ = 1.0f, now_ = 1.0f, step_ = 0.0f;
    int left_ = 0;  // frames until `now_` is `target_`
};

// DuckSettings that any thread sets and the audio thread takes over.
class WantedDuck {
  public:
    explicit WantedDuck(const DuckSettings& settings) : wanted_(packed(settings)), taken_(wanted_.load()) {}
    void want(const DuckSettings& settings) noexcept { wanted_.store(packed(settings), std::memory_order_relaxed); }
    // The audio thread, once for each block: nothing where they are as they were.
    std::optional<DuckSettings> news() noexcept {
        const Packed wanted = wanted_.load(std::memory_order_relaxed);
        if (wanted == taken_) return std::nullopt;
        taken_ = wanted;
        using std::chrono::milliseconds;
        return DuckSettings{wanted.depth_db, milliseconds(wanted.lead), milliseconds(wanted.hold),
                            milliseconds(wanted.release)};
    }

  private:
    struct Packed {  // of one machine word, so that no lock is needed
        std::int16_t depth_db;
        std::uint16_t lead, hold, release;  // ms
        bool operator==(const Packed&) const = default;
    };
    static_assert(std::atomic<Packed>::is_always_lock_free);
    static Packed packed(const DuckSettings& settings) noexcept {
        HALLCAST_ASSERT(settings.depth_db >= -100 && settings.depth_db <= 0);
        const auto ms = [](std::chrono::milliseconds length) {
            HALLCAST_ASSERT(length.count() >= 0 && length < std::chrono::minutes(1));
            return std::uint16_t(length.count());
        };
        return {std::int16_t(settings.depth_db), ms(settings.lead), ms(settings.hold), ms(settings.release)};
    }

    std::atomic<Packed> wanted_;
    Packed taken_;  // of the audio thread
};

// Without a corner at either end: corners of a gain are heard as clicks.
float smooth(float x) { return x * x * (3.0f - 2.0f * x); }

// What the audio thread knows of an announcement. The samples belong to the thread that announced until it polled the
// end.
struct Cue {
    std::uint64_t id = 0;
    std::uint64_t number = 0;              // announcements are counted from 1
    std::span<const float> first, second;  // the second follows the first, after `pause` frames
    enum class Kind : std::uint8_t { whole, chime, rest } kind = Kind::whole;  // a rest is given to its chime's cue
    steady_clock::time_point not_after;
    // Of the audio thread, in mixed frames.
    bool open = false;           // a chime whose rest is still to come
    std::uint64_t earliest = 0;  // as far as it depends on nothing else
    std::uint64_t start = 0;
    std::uint64_t pause = 0;
    std::uint64_t cut = UINT64_MAX;        // that many frames are left of it, where it is cancelled or comes too late
    std::uint64_t fade_from = UINT64_MAX;  // frames of it that are heard before it fades
    bool begun = false, cancelled = false;
    double squares = 0;  // of the samples mixed so far, summed
    std::uint64_t mixed = 0;

    std::uint64_t frames() const { return std::min<std::uint64_t>(first.size() + pause + second.size(), cut); }
    std::uint64_t end() const { return start + frames(); }
    float sample(std::uint64_t at) const {
        if (at < first.size()) return first[at];
        at -= first.size();
        return at < pause ? 0.0f : second[at - pause];
    }
};

class BusMixer final : public Mixer {
  public:
    explicit BusMixer(const MixerOptions& options)
        : duck_lead_(frames_in(options.duck.lead)),
          duck_hold_(frames_in(options.duck.hold)),
          start_delay_(start_delay_of(duck_lead_)),
          speech_only_(options.speech_only),
          wanted_duck_(options.duck),
          duck_(options.duck) {}

    void mix(std::span<float> interleaved, steady_clock::time_point heard_at) noexcept override;

    std::size_t write_film(std::span<const float> interleaved) override {
        const std::size_t frames = std::min(interleaved.size(), film_.space()) / channels;
        return film_.write(interleaved.first(frames * channels)) / channels;
    }
    std::chrono::nanoseconds film_played(steady_clock::time_point now) const override { return clock_.at(now); }

    bool announce(std::uint64_t id, PcmPtr pcm, steady_clock::time_point not_after) override;
    bool begin(std::uint64_t id, PcmPtr chime, steady_clock::time_point not_after) override;
    void finish(PcmPtr speech) override;
    std::vector<Spoken> poll_spoken() override;

    void cancel_announcements() override {
        cancelled_.store(announced_, std::memory_order_release);
        if (speech_only_ != nullptr) speech_only_->cancel_announcements();
    }

    void set_film_gain(float gain) override { film_gain_.want(gain); }
    void set_speech_gain(float gain) override { speech_gain_.want(gain); }
    void set_duck(const DuckSettings& settings) override {
        wanted_duck_.want(settings);
        if (speech_only_ != nullptr) speech_only_->set_duck(settings);  // whose announcements begin as this one's do
    }
    bool idle() const override { return film_.empty() && cues_.empty() && resting_.load(std::memory_order_acquire); }

  private:
    std::size_t mix_film(std::span<float> out) noexcept;
    void apply_film_gain(std::span<float> out) noexcept;
    bool lend(std::uint64_t id, PcmPtr pcm, Cue::Kind kind, steady_clock::time_point not_after);
    static std::uint64_t start_delay_of(std::uint64_t lead) noexcept {
        return std::max(least_start_delay_frames, lead);
    }
    void take_duck() noexcept;
    void take_cues() noexcept;
    void take_rest(const Cue& rest) noexcept;
    void place_cues() noexcept;
    void duck_film(std::span<float> out) noexcept;
    void mix_cues(std::span<float> out, steady_clock::time_point heard_at) noexcept;
    void mix_cue(Cue& cue, std::uint64_t from, std::uint64_t to, std::span<float> out) noexcept;
    bool wants_duck(std::uint64_t frame) const noexcept;
    std::uint64_t next_duck_change(std::uint64_t frame) const noexcept;

    std::uint64_t duck_lead_, duck_hold_, start_delay_;  // frames; of the audio thread
    Mixer* const speech_only_;                           // of the thread that announces

    // Between threads.
    SpscRing<float> film_{film_frames * channels};
    SpscRing<Cue> cues_{most_announcements * 2 +
                        1};  // a chime and its rest of each, and a rest whose chime was cancelled
    SpscRing<Spoken> spoken_{most_announcements * 2};  // start and end of each: never full
    Gain film_gain_, speech_gain_;
    WantedDuck wanted_duck_;
    std::atomic<std::uint64_t> cancelled_{0};  // announcements up to this number
    std::atomic<bool> resting_{true};
    FilmClock clock_;

    // Of the thread that announces: what the audio thread may be reading, in order.
    struct Lent {
        std::uint64_t id, number;
        PcmPtr pcm, rest;
    };
    std::deque<Lent> lent_;
    bool unfinished_ = false, unfinished_there_ = false;  // begun and not finished, here and in `speech_only_`
    std::uint64_t announced_ = 0;

    // Of the audio thread.
    std::uint64_t position_ = 0;  // frames mixed
    std::uint64_t film_taken_ = 0;
    bool film_running_ = false;
    int film_waited_blocks_ = 0;
    std::array<float, channels> film_last_{};  // the last frame before it ran dry ...
    int tail_left_ = 0;                        // ... which fades away for so many frames more
    int rise_left_ = 0;                        // frames until a film that starts again is up
    bool film_was_dry_ = false;
    Duck duck_;
    Limiter limiter_;
    std::array<Cue, most_announcements> waiting_{};  // by start; the first may be sounding
    std::size_t waiting_count_ = 0;
    std::uint64_t cancelled_seen_ = 0;
    std::uint64_t last_end_ = 0;     // of all scheduled so far; 0: none yet
    std::uint64_t sounded_end_ = 0;  // of the last that is over; 0: none yet
};

bool BusMixer::lend(std::uint64_t id, PcmPtr pcm, Cue::Kind kind, steady_clock::time_point not_after) {
    HALLCAST_ASSERT(pcm && !unfinished_);
    // Also keeps every ring that announcements go through from ever being full.
    if (lent_.size() == most_announcements) return false;
    Cue cue;
    cue.id = id;
    cue.number = ++announced_;
    cue.first = pcm->samples;
    cue.kind = kind;
    cue.not_after = not_after;
    lent_.push_back({id, announced_, std::move(pcm), nullptr});
    HALLCAST_ASSERT(cues_.write({&cue, 1}) == 1);
    return true;
}

bool BusMixer::announce(std::uint64_t id, PcmPtr pcm, steady_clock::time_point not_after) {
    if (!lend(id, pcm, Cue::Kind::whole, not_after)) return false;
    if (speech_only_ != nullptr) speech_only_->announce(id, std::move(pcm), not_after);
    return true;
}

bool BusMixer::begin(std::uint64_t id, PcmPtr chime, steady_clock::time_point not_after) {
    if (!lend(id, chime, Cue::Kind::chime, not_after)) return false;
    unfinished_ = true;
    unfinished_there_ = speech_only_ != nullptr && speech_only_->begin(id, std::move(chime), not_after);
    return true;
}

void BusMixer::finish(PcmPtr speech) {
    HALLCAST_ASSERT(unfinished_);
    unfinished_ = false;
    if (std::exchange(unfinished_there_, false)) speech_only_->finish(speech);
    Cue rest;
    rest.number = announced_;
    rest.kind = Cue::Kind::rest;
    if (speech) rest.second = speech->samples;
    // Its end may have been told already, where it was cancelled.
    if (!lent_.empty() && lent_.back().number == announced_) lent_.back().rest = std::move(speech);
    HALLCAST_ASSERT(cues_.write({&rest, 1}) == 1);
}

std::vector<Spoken> BusMixer::poll_spoken() {
    if (speech_only_ != nullptr) speech_only_->poll_spoken();  // frees them there
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
    film_gain_.follow();
    if (film_gain_.is_unity()) return;
    for (std::size_t at = 0; at < out.size(); at += channels) {
        const float gain = film_gain_.next();
        for (int channel = 0; channel < channels; ++channel) out[at + channel] *= gain;
    }
}

void BusMixer::take_duck() noexcept {
    const auto settings = wanted_duck_.news();
    if (!settings) return;
    duck_.set(*settings);
    duck_lead_ = frames_in(settings->lead);
    duck_hold_ = frames_in(settings->hold);
    start_delay_ = start_delay_of(duck_lead_);
    for (Cue& cue : std::span(waiting_).first(waiting_count_))
        if (!cue.begun && !cue.open) cue.earliest = std::max(cue.earliest, position_ + start_delay_);
    place_cues();
}

void BusMixer::take_cues() noexcept {
    const std::uint64_t cancelled = cancelled_.load(std::memory_order_acquire);
    bool news = cancelled != cancelled_seen_;
    cancelled_seen_ = cancelled;
    for (Cue cue; cues_.read({&cue, 1}) == 1; news = true) {
        if (cue.kind == Cue::Kind::rest) {
            take_rest(cue);
            continue;
        }
        cue.open = cue.kind == Cue::Kind::chime;
        cue.earliest = position_ + (cue.open ? 0 : start_delay_);
        waiting_[waiting_count_++] = cue;  // no more are lent than there is room for
    }
    if (news) place_cues();
}

void BusMixer::take_rest(const Cue& rest) noexcept {
    for (Cue& cue : std::span(waiting_).first(waiting_count_)) {
        if (cue.number != rest.number) continue;
        cue.open = false;
        cue.second = rest.second;
        if (cue.begun && !cue.second.empty() && position_ > cue.start + cue.first.size())
            cue.pause = position_ - cue.start - cue.first.size();
    }
}

// What has not begun finds its place anew: what was before it may have been cancelled, or has become longer.
void BusMixer::place_cues() noexcept {
    last_end_ = sounded_end_;
    for (Cue& cue : std::span(waiting_).first(waiting_count_)) {
        if (cue.number <= cancelled_seen_ && !cue.cancelled) {
            cue.cancelled = true;
            cue.open = false;
            cue.fade_from = position_ - std::min(cue.start, position_);
            cue.cut = cue.begun ? cue.fade_from + fade_frames : 0;
        }
        if (!cue.begun)
            cue.start = cue.cancelled ? position_
                                      : std::max(cue.earliest, last_end_ > 0 ? last_end_ + announcement_gap_frames : 0);
        if (cue.frames() > 0) last_end_ = std::max(cue.end(), cue.open ? position_ : 0);
    }
}

bool BusMixer::wants_duck(std::uint64_t frame) const noexcept {
    if (sounded_end_ > 0 && frame < sounded_end_ + duck_hold_) return true;
    for (const Cue& cue : std::span(waiting_).first(waiting_count_)) {
        if (cue.frames() == 0 || frame + duck_lead_ < cue.start) continue;
        if (cue.open || frame < cue.end() + duck_hold_) return true;
    }
    return false;
}

std::uint64_t BusMixer::next_duck_change(std::uint64_t frame) const noexcept {
    std::uint64_t next = UINT64_MAX;
    const auto consider = [&](std::uint64_t change) {
        if (change > frame) next = std::min(next, change);
    };
    consider(sounded_end_ + duck_hold_);
    for (std::size_t i = 0; i < waiting_count_; ++i) {
        consider(waiting_[i].start - duck_lead_);
        consider(waiting_[i].end() + duck_hold_);
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
    speech_gain_.follow();
    std::uint64_t gain_at = position_;  // as far as the speech gain has come
    while (waiting_count_ > 0 && waiting_[0].start < block_end) {
        Cue& cue = waiting_[0];
        const std::uint64_t from = std::max(cue.start, position_);
        if (!cue.begun && !cue.cancelled) {
            if (heard(from) > cue.not_after) {
                cue.cut = 0;  // the device stood still for too long: silence is better than a call that is no more
                cue.open = false;
            } else {
                cue.begun = true;
                const Spoken start{cue.id, true, heard(from), 0, false};
                spoken_.write({&start, 1});
            }
        }
        const std::uint64_t to = std::min(std::max(cue.end(), from), block_end);
        if (cue.begun) {
            speech_gain_.skip(from - gain_at);
            gain_at = to;
            mix_cue(cue, from, to, out.subspan((from - position_) * channels));
        }
        if (cue.open || cue.end() > block_end) break;
        const double mean_square = cue.mixed > 0 ? cue.squares / double(cue.mixed) : 0;
        const Spoken end{cue.id, false, heard(to), mean_square, cue.cancelled};
        spoken_.write({&end, 1});
        if (cue.begun) sounded_end_ = to;
        std::move(waiting_.begin() + 1, waiting_.begin() + std::ptrdiff_t(waiting_count_), waiting_.begin());
        --waiting_count_;
    }
    speech_gain_.skip(block_end - gain_at);
}

// `out` begins with frame `from`.
void BusMixer::mix_cue(Cue& cue, std::uint64_t from, std::uint64_t to, std::span<float> out) noexcept {
    std::size_t at = 0;
    for (std::uint64_t frame = from - cue.start; frame < to - cue.start; ++frame, at += channels) {
        float sample = cue.sample(frame) * speech_gain_.next();
        if (frame >= cue.fade_from) sample *= smooth(1.0f - float(frame - cue.fade_from + 1) / float(fade_frames));
        cue.squares += double(sample) * double(sample);
        out[at] += sample;
        out[at + 1] += sample;
    }
    cue.mixed += to - from;
}

void BusMixer::mix(std::span<float> out, steady_clock::time_point heard_at) noexcept {
    // What goes into the limiter now comes out that much later.
    heard_at += std::chrono::nanoseconds(std::int64_t(Limiter::delay_frames) * 1'000'000'000 / sample_rate);
    const std::size_t taken = mix_film(out);
    clock_.heard(heard_at, film_taken_, taken, out.size() / channels);
    film_taken_ += taken;
    apply_film_gain(out);
    take_duck();
    take_cues();
    duck_film(out);
    mix_cues(out, heard_at);
    limiter_.process(out);
    position_ += out.size() / channels;
    resting_.store(!film_running_ && waiting_count_ == 0 && tail_left_ == 0 && duck_.open() && limiter_.silent(),
                   std::memory_order_release);
}

}  // namespace

std::unique_ptr<Mixer> make_mixer(const MixerOptions& options) { return std::make_unique<BusMixer>(options); }

}  // namespace hallcast::sound
