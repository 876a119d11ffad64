// Two hours of a hall at the rate of the busiest of eleven recorded offices, and sixty calls in one minute: what was
// spoken, how and how late. Real queue and wording; the mixer is arithmetic, so that hours pass in no time.
#include <iostream>
#include <map>
#include <random>

#include "player/sound/announcement_queue.h"
#include "tests/catch.h"
#include "tests/queue/wait_replay.h"
#include "tests/sanitized.h"
#include "tests/sound/fake_voice.h"

namespace rush_hour_test {

using namespace hallcast::sound;
using fake_voice::FakeVoice;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

// Only the times of a mixer: announcements one after the other, the first at once or `duck_lead` after it came.
class MixerOfTimes final : public Mixer {
  public:
    steady_clock::time_point now{1000s};

    void mix(std::span<float>, steady_clock::time_point) noexcept override {}
    std::size_t write_film(std::span<const float>) override { return 0; }
    std::chrono::nanoseconds film_played(steady_clock::time_point) const override { return {}; }
    void set_film_gain(float) override {}
    void set_speech_gain(float) override {}
    void set_duck(const DuckSettings&) override {}
    void cancel_announcements() override {}
    bool announce(std::uint64_t id, PcmPtr pcm, steady_clock::time_point not_after) override {
        add(id, *pcm, not_after, std::max(now + duck_lead, free_at_));
        return true;
    }
    bool begin(std::uint64_t id, PcmPtr chime, steady_clock::time_point not_after) override {
        add(id, *chime, not_after, std::max(now, free_at_));
        return true;
    }
    void finish(PcmPtr speech) override {
        if (!speech) return;
        cues_.back().until += speech->duration();
        free_at_ += speech->duration();
    }
    std::vector<Spoken> poll_spoken() override {
        std::vector<Spoken> spoken;
        while (!cues_.empty() && cues_.front().from <= now) {
            Cue& cue = cues_.front();
            const bool in_time = cue.from <= cue.not_after;
            if (in_time && !cue.started) spoken.push_back({cue.id, true, cue.from, 0});
            cue.started = in_time;
            if (in_time && now < cue.until) break;
            spoken.push_back({cue.id, false, in_time ? cue.until : cue.from, 0.01});
            cues_.pop_front();
        }
        return spoken;
    }

  private:
    struct Cue {
        std::uint64_t id;
        steady_clock::time_point from, until, not_after;
        bool started;
    };
    void add(std::uint64_t id, const Pcm& pcm, steady_clock::time_point not_after, steady_clock::time_point from) {
        cues_.push_back({id, from, from + pcm.duration(), not_after, false});
        free_at_ = cues_.back().until + announcement_gap;
    }

    std::deque<Cue> cues_;
    steady_clock::time_point free_at_{};
};

struct Outcome {
    int calls = 0, full = 0, brief = 0, chime = 0, expired = 0;
    std::vector<double> delay_s;  // from call to the first sample of the chime, sorted

    double percentile(int of) const {
        return delay_s.empty() ? 0 : delay_s[(delay_s.size() - 1) * std::size_t(of) / 100];
    }
    std::string text() const {
        return fmt::format(
            "{} calls: {} in full, {} briefly, {} by the chime alone, {} expired; delay p50 {:.1f} s, p95 {:.1f} s, "
            "max {:.1f} s",
            calls, full, brief, chime, expired, percentile(50), percentile(95), percentile(100));
    }
};

// `calls`: milliseconds from the beginning, ascending. Each is checked to be spoken once, before it expired, in order.
Outcome speak(const std::vector<milliseconds>& calls, milliseconds valid, milliseconds sentence) {
    MixerOfTimes mixer;
    FakeVoice voice;
    voice.length = sentence;
    Outcome outcome;
    std::map<std::string, steady_clock::time_point> called;
    std::vector<std::string> spoken;
    AnnouncementQueue queue(
        mixer,
        [&](const Announcement& call, steady_clock::time_point at) {
            CHECK(at <= call.expires_at);
            outcome.delay_s.push_back(std::chrono::duration<double>(at - called.at(call.call_id)).count());
            spoken.push_back(call.call_id);
        },
        [&](const Announcement&, const Heard& heard) {
            ++(!heard.brief ? outcome.full : heard.languages.empty() ? outcome.chime : outcome.brief);
        });
    const auto begin = mixer.now;
    std::size_t next = 0;
    for (milliseconds time{0}; next < calls.size() || time <= calls.back() + valid + 30s; time += 20ms) {
        mixer.now = begin + time;
        for (; next < calls.size() && calls[next] <= time; ++next) {
            const std::string id = fmt::format("call-{:05}", next);
            called[id] = mixer.now;
            queue.add({id,
                       1,
                       fmt::format("A{:03}", next % 1000),
                       std::uint32_t(next % 20 + 1),
                       {"uk", "pl"},
                       mixer.now + valid},
                      mixer.now);
        }
        queue.step(mixer.now, &voice);
    }
    CHECK(std::ranges::is_sorted(spoken));
    CHECK(std::ranges::adjacent_find(spoken) == spoken.end());
    outcome.calls = int(calls.size());
    outcome.expired = int(queue.report().expired);
    CHECK(outcome.full + outcome.brief + outcome.chime == int(spoken.size()));
    CHECK(spoken.size() + std::size_t(outcome.expired) == calls.size());  // nothing is lost
    std::ranges::sort(outcome.delay_s);
    return outcome;
}

TEST_CASE("Sixty calls in one minute: none is lost, none is late, and the speech shortens") {
    std::vector<milliseconds> calls;
    for (int i = 0; i < 60; ++i) calls.push_back(milliseconds(i * 1000));
    const Outcome outcome = speak(calls, 60s, 2500ms);
    std::cout << "sixty calls in a minute, valid for one: " << outcome.text() << '\n';
    CHECK(outcome.expired == 0);
    CHECK(outcome.full < 20);
    CHECK(outcome.brief + outcome.chime > 40);
    // Where even chimes cannot be in time, the rest expires unspoken rather than late.
    const Outcome hopeless = speak(std::vector<milliseconds>(60, 0ms), 30s, 2500ms);
    CHECK(hopeless.expired > 0);
    CHECK(hopeless.chime >= 20);
}

struct Window {
    std::string office, date;
    int worst = 0;                                    // calls of its worst five minutes
    std::vector<std::pair<std::int64_t, int>> calls;  // minutes of two hours: from when, how many until the next row
};

// How far the last numbers of an office's queues moved between two rows of five minutes; jumps of more than thirty are
// new series. The two hours around its worst five minutes.
Window worst_window(const std::vector<hallcast::queue::replay::Row>& rows) {
    std::map<std::pair<std::string, std::string>, std::map<std::int64_t, int>> days;  // office, date -> ms -> calls
    std::map<std::tuple<std::string, std::string, std::string>, const hallcast::queue::replay::Row*> last;
    for (const auto& row : rows) {
        if (row.last_called < 0) continue;
        auto& before = last[{row.office, row.date, row.service}];
        if (before != nullptr && row.at_ms - before->at_ms <= 6 * 60'000) {
            const int moved = row.last_called - before->last_called;
            if (moved > 0 && moved <= 30) days[{row.office, row.date}][row.at_ms] += moved;
        }
        before = &row;
    }
    Window window;
    std::int64_t worst_at = 0;
    for (const auto& [day, calls] : days)
        for (const auto& [at, count] : calls)
            if (count > window.worst) window = {day.first, day.second, count, {}}, worst_at = at;
    for (const auto& [at, count] : days[{window.office, window.date}])
        if (at > worst_at - 60 * 60'000 && at <= worst_at + 60 * 60'000) window.calls.emplace_back(at, count);
    return window;
}

TEST_CASE("Two hours at the rate of Warsaw's rush hour: nothing is lost, nothing is spoken too late") {
    const std::vector<std::string> busiest{"UD_Wola"};
    const auto rows = hallcast::queue::replay::recorded_rows(busiest);
    if (!rows) {
        WARN("left out: there is no ../shared/data/warsaw-queues.csv.gz");
        return;
    }
    const auto seed = std::random_device()();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const Window window = worst_window(*rows);
    REQUIRE(window.worst >= 60);
    std::vector<milliseconds> calls;
    for (const auto& [at, count] : window.calls)
        for (int i = 0; i < count; ++i)
            calls.push_back(milliseconds(at - window.calls.front().first + std::int64_t(random() % 300'000)));
    std::ranges::sort(calls);
    REQUIRE(calls.size() > 200);
    // As long as two sentences of espeak-ng are (Ukrainian, Polish), and as long as a slow reader's.
    for (const milliseconds sentence : {2500ms, 4000ms}) {
        if (hallcast::tests::sanitized && sentence > 3s) continue;
        const Outcome outcome = speak(calls, 60s, sentence);
        std::cout << fmt::format(
            "{} {}, two hours, {} calls in its worst five minutes, sentences of {} s, seed {}: {}\n", window.office,
            window.date, window.worst, double(sentence.count()) / 1000, seed, outcome.text());
        CHECK(outcome.expired == 0);
        CHECK(outcome.chime < outcome.brief);
    }
}

}  // namespace rush_hour_test
