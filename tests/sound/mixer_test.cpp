#include "player/sound/mixer.h"

#include <algorithm>

#include "player/sound/duck.h"
#include "player/sound/limiter.h"
#include "tests/catch.h"
#include "tests/sound/sound_bench.h"

namespace mixer_test {

using namespace sound_bench;

TEST_CASE("A film without an announcement is heard to the bit") {
    Bench bench;
    bench.run(100, 0.8f);
    std::size_t wrong = 0;
    for (std::size_t i = 0; i + limiter_delay < bench.left.size(); ++i) {
        wrong += bench.left[i + limiter_delay] != tone_at(i, 0.8f);
    }
    CHECK(wrong == 0);
}

TEST_CASE("The film is down before the announcement begins, stays down under it, and comes back to the bit") {
    Bench bench;
    bench.run(50, 0.125f);
    constexpr std::size_t length = sample_rate;
    REQUIRE(bench.mixer->announce(7, constant_pcm(length, 0.0f)));  // silent: what is heard is the film alone
    bench.run(200, 0.125f);

    const auto spoken = bench.mixer->poll_spoken();
    REQUIRE(spoken.size() == 2);
    CHECK(spoken[0].id == 7);
    CHECK(spoken[0].started);
    CHECK_FALSE(spoken[1].started);
    const std::size_t begin = bench.frame_of(spoken[0].at), end = bench.frame_of(spoken[1].at);
    CHECK(end - begin == length);

    const auto film_at = [](std::size_t heard) { return tone_at(heard - limiter_delay); };
    const auto gain_at = [&](std::size_t frame) {  // over one period of the tone
        float peak = 0;
        for (std::size_t i = frame; i < frame + 110; ++i) peak = std::max(peak, std::abs(bench.left[i]));
        return peak / 0.125f;
    };
    std::size_t first_changed = limiter_delay;
    while (bench.left[first_changed] == film_at(first_changed)) ++first_changed;
    CHECK(begin - first_changed >= sample_rate * 100 / 1000);
    CHECK(begin - first_changed <= sample_rate * 130 / 1000);
    for (std::size_t frame = begin; frame + 110 < end; frame += 110) {
        CHECK(20 * std::log10(gain_at(frame)) == Approx(-18).margin(0.2));
    }
    CHECK(20 * std::log10(gain_at(end + sample_rate / 4)) == Approx(-18).margin(0.2));  // holds
    std::size_t wrong = 0;
    for (std::size_t i = end + sample_rate; i < bench.left.size(); ++i) wrong += bench.left[i] != film_at(i);
    CHECK(wrong == 0);

    // A click is a step that the tone itself does not have: its steepest is 0.125 * 2 pi 440 / 48000 = 0.0072.
    float steepest = 0;
    for (std::size_t i = 1; i < bench.left.size(); ++i) {
        steepest = std::max(steepest, std::abs(bench.left[i] - bench.left[i - 1]));
    }
    CHECK(steepest < 0.0073f);
}

TEST_CASE("An announcement is heard to the bit when no film plays, after the same lead") {
    Bench bench;
    auto pcm = Pcm{std::vector<float>(5000)};
    for (std::size_t i = 0; i < pcm.samples.size(); ++i) pcm.samples[i] = tone_at(i + 1, 0.5f, 700);
    REQUIRE(bench.mixer->announce(1, std::make_shared<const Pcm>(pcm)));
    CHECK_FALSE(bench.mixer->idle());
    bench.run(20, 0);
    const auto spoken = bench.mixer->poll_spoken();
    REQUIRE(spoken.size() == 2);
    const std::size_t begin = bench.frame_of(spoken[0].at);
    CHECK(begin == std::size_t(duck_lead_frames) + limiter_delay);
    CHECK(std::equal(pcm.samples.begin(), pcm.samples.end(), bench.left.begin() + std::ptrdiff_t(begin)));
    bench.run(60, 0);
    CHECK(bench.mixer->idle());
}

TEST_CASE("Announcements are heard one after the other, in order, with the film down all the time between") {
    Bench bench;
    bench.run(10, 0.125f);
    for (std::uint64_t id = 1; id <= 3; ++id) REQUIRE(bench.mixer->announce(id, constant_pcm(9000, 0.0f)));
    std::vector<Spoken> spoken;
    for (int i = 0; i < 150; ++i) {
        bench.run(1, 0.125f);
        for (const Spoken& one : bench.mixer->poll_spoken()) spoken.push_back(one);
    }
    REQUIRE(spoken.size() == 6);
    for (std::size_t i = 0; i < 6; ++i) {
        CHECK(spoken[i].id == i / 2 + 1);
        CHECK(spoken[i].started == (i % 2 == 0));
        if (i % 2 == 0 && i > 0) CHECK(spoken[i].at - spoken[i - 1].at >= announcement_gap - 1us);
    }
    float loudest = 0;
    for (std::size_t i = bench.frame_of(spoken[0].at); i < bench.frame_of(spoken[5].at); ++i) {
        loudest = std::max(loudest, std::abs(bench.left[i]));
    }
    CHECK(loudest < 0.125f * 0.13f);
}

TEST_CASE("The sum never exceeds the ceiling, and broken samples never reach the loudspeaker") {
    Bench bench;
    REQUIRE(bench.mixer->announce(1, constant_pcm(sample_rate, 1.5f)));
    bench.run(60, 3.0f);
    std::vector<float> broken(block * channels, std::numeric_limits<float>::quiet_NaN());
    broken[7] = std::numeric_limits<float>::infinity();
    bench.mixer->write_film(broken);
    bench.run(80, 3.0f);
    std::size_t above = 0, loud = 0;
    for (const float sample : bench.left) {
        above += !(std::abs(sample) <= ceiling);
        loud += std::abs(sample) > 0.8f;
    }
    CHECK(above == 0);
    CHECK(loud > 1000);  // it was needed
}

TEST_CASE("What is below the ceiling is not limited, what is above is turned down without a step") {
    Limiter limiter;
    std::vector<float> wave;
    for (std::size_t i = 0; i < sample_rate; ++i) {
        wave.insert(wave.end(), 2, tone_at(i, i > 10000 && i < 20000 ? 2.0f : 0.5f, 100));
    }
    const std::vector<float> before = wave;
    limiter.process(wave);
    std::size_t above = 0;
    for (const float sample : wave) above += std::abs(sample) > ceiling;
    CHECK(above == 0);
    for (std::size_t i = 0; i < 2 * 9900; ++i) REQUIRE(wave[i + 2 * Limiter::delay_frames] == before[i]);
    for (std::size_t i = 2 * 40000; i < 2 * 47000; ++i) REQUIRE(wave[i + 2 * Limiter::delay_frames] == before[i]);
}

// The short cut for blocks that need no limiting, against the long way, which the same wave in single frames takes
// nearly never and in long blocks often.
TEST_CASE("The limiter gives the same sound however it is cut into blocks") {
    std::vector<float> wave;
    for (std::size_t i = 0; i < 2 * sample_rate; ++i) {
        wave.insert(wave.end(), 2, tone_at(i, i / 7001 % 3 == 1 ? 1.7f : i / 7001 % 3 == 2 ? 0.0f : 0.6f, 300));
    }
    const auto cut = [&](std::size_t frames) {
        std::vector<float> result = wave;
        Limiter limiter;
        for (std::size_t at = 0; at < result.size(); at += frames * 2) {
            limiter.process(std::span(result).subspan(at, std::min(frames * 2, result.size() - at)));
        }
        return result;
    };
    const auto whole = cut(wave.size());
    CHECK(cut(1) == whole);
    CHECK(cut(37) == whole);
    CHECK(cut(960) == whole);
}

TEST_CASE("A film that runs dry fades instead of clicking, and its clock stands until it goes on") {
    Bench bench;
    bench.run(20, 0.5f);
    for (int i = 0; i < 200; ++i) bench.pull();
    const auto stopped = bench.mixer->film_played(bench.heard_at(bench.left.size()));
    CHECK(double(stopped.count()) == Approx(double(bench.film_written) / sample_rate * 1e9).margin(1000));
    CHECK(bench.mixer->film_played(bench.heard_at(bench.left.size()) + 10s) == stopped);
    CHECK(bench.mixer->idle());

    const std::size_t resumed = bench.left.size();
    bench.run(20, 0.5f);
    float steepest = 0;
    for (std::size_t i = 1; i < bench.left.size(); ++i) {
        steepest = std::max(steepest, std::abs(bench.left[i] - bench.left[i - 1]));
    }
    CHECK(steepest < 0.5f * 0.0576f * 1.2f + 0.5f / 144);
    auto last = stopped;
    for (std::size_t frame = resumed; frame < bench.left.size(); frame += 48) {
        const auto played = bench.mixer->film_played(bench.heard_at(frame));
        REQUIRE(played >= last);
        REQUIRE(played - last <= 1100us);
        last = played;
    }
    CHECK(last > stopped + 300ms);
}

TEST_CASE("The film's gain changes without a step and is exact when it has settled") {
    Bench bench;
    bench.run(20, 0.125f);
    bench.mixer->set_film_gain(0.0f);
    bench.run(20, 0.125f);
    float loudest = 0, steepest = 0;
    for (std::size_t i = 30 * block; i < 40 * block; ++i) loudest = std::max(loudest, std::abs(bench.left[i]));
    for (std::size_t i = 1; i < bench.left.size(); ++i) {
        steepest = std::max(steepest, std::abs(bench.left[i] - bench.left[i - 1]));
    }
    CHECK(loudest == 0.0f);
    CHECK(steepest < 0.0075f);
}

TEST_CASE("Too many announcements are refused, and heard ones make room and are freed") {
    Bench bench;
    const auto pcm = constant_pcm(960, 0.1f);
    std::uint64_t taken = 0;
    while (bench.mixer->announce(taken + 1, pcm)) ++taken;
    CHECK(taken == 8);
    CHECK(pcm.use_count() == 9);
    for (int i = 0; i < 400; ++i) bench.pull();
    CHECK_FALSE(bench.mixer->announce(99, pcm));  // not polled yet
    CHECK(bench.mixer->poll_spoken().size() == 16);
    CHECK(pcm.use_count() == 1);
    CHECK(bench.mixer->announce(99, pcm));
}

TEST_CASE("An announcement that the device is too late for is left out, and the next one is heard") {
    Bench bench;
    REQUIRE(bench.mixer->announce(1, constant_pcm(960, 0.1f), bench.heard_at(0) + 50ms));  // the lead alone is 120 ms
    REQUIRE(bench.mixer->announce(2, constant_pcm(960, 0.1f), bench.heard_at(0) + 10s));
    bench.run(60, 0);
    const auto spoken = bench.mixer->poll_spoken();
    REQUIRE(spoken.size() == 3);
    CHECK((spoken[0].id == 1 && !spoken[0].started));
    CHECK((spoken[1].id == 2 && spoken[1].started));
}

TEST_CASE("A film that is too long for the ring is taken in part") {
    Bench bench;
    const std::vector<float> two_seconds(2 * sample_rate * channels);
    CHECK(bench.mixer->write_film(two_seconds) == std::size_t(sample_rate));
    CHECK(bench.mixer->write_film(two_seconds) == 0);
}

TEST_CASE("A film shorter than the ring's start-up is played all the same") {
    Bench bench;
    const std::vector<float> little(200 * channels, 0.25f);
    REQUIRE(bench.mixer->write_film(little) == 200);
    for (int i = 0; i < 5; ++i) bench.pull();
    CHECK(std::ranges::count(bench.left, 0.25f) == 200);
}

}  // namespace mixer_test
