#include "player/sound/mixer.h"

#include <algorithm>

#include "tests/catch.h"
#include "tests/sound/sound_bench.h"

namespace mixer_test {

using namespace sound_bench;

constexpr std::size_t start_delay = std::size_t(duck_lead.count()) * sample_rate / 1000;

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
    CHECK(begin - first_changed <= sample_rate * 120 / 1000);
    CHECK(begin - first_changed >= sample_rate * 119 / 1000);  // the first sample's step is below a float's last bit
    for (std::size_t frame = begin; frame + 110 < end; frame += 110) {
        CHECK(20 * std::log10(gain_at(frame)) == Approx(-18).margin(0.2));
    }
    CHECK(20 * std::log10(gain_at(end + sample_rate * 298 / 1000 - 110)) == Approx(-18).margin(0.2));  // holds
    std::size_t last_changed = bench.left.size() - 1;
    while (bench.left[last_changed] == film_at(last_changed)) --last_changed;
    CHECK(last_changed - end <= sample_rate * 600 / 1000);
    CHECK(last_changed - end >= sample_rate * 599 / 1000);
    std::size_t wrong = 0;
    for (std::size_t i = end + sample_rate * 600 / 1000; i < bench.left.size(); ++i)
        wrong += bench.left[i] != film_at(i);
    CHECK(wrong == 0);

    // A click is a step that the tone itself does not have: its steepest is 0.125 * 2 pi 440 / 48000 = 0.0072.
    float steepest = 0;
    for (std::size_t i = 1; i < bench.left.size(); ++i) {
        steepest = std::max(steepest, std::abs(bench.left[i] - bench.left[i - 1]));
    }
    CHECK(steepest < 0.0073f);
}

// Of a film under a silent announcement, as it was heard.
struct HeardDuck {
    double before = 0, after = 0;  // seconds from its first change to the announcement, and from that to its last
    double depth_db = 0;           // under the announcement
};

HeardDuck heard_duck(Bench& bench) {
    const std::size_t from = bench.left.size();
    REQUIRE(bench.mixer->announce(1, constant_pcm(sample_rate / 2, 0.0f)));
    bench.run(200, 0.125f);
    const auto spoken = bench.mixer->poll_spoken();
    REQUIRE(spoken.size() == 2);
    const std::size_t begin = bench.frame_of(spoken[0].at), end = bench.frame_of(spoken[1].at);
    std::size_t first = from, last = bench.left.size() - 1;
    const auto changed = [&](std::size_t at) { return bench.left[at] != tone_at(at - limiter_delay); };
    while (!changed(first)) ++first;
    while (!changed(last)) --last;
    float loudest = 0;
    for (std::size_t i = begin; i < end; ++i) loudest = std::max(loudest, std::abs(bench.left[i]));
    return {double(begin - first) / sample_rate, double(last - end) / sample_rate, 20 * std::log10(loudest / 0.125f)};
}

float steepest_step(const Bench& bench, std::size_t from = 1) {
    float steepest = 0;
    for (std::size_t i = from; i < bench.left.size(); ++i)
        steepest = std::max(steepest, std::abs(bench.left[i] - bench.left[i - 1]));
    return steepest;
}

TEST_CASE("The duck is as deep, as early and as long as it is told to be, also while the mixer runs") {
    Bench bench;
    bench.mixer = make_mixer({.duck = {.depth_db = -6, .lead = 60ms, .hold = 100ms, .release = 50ms}});
    bench.run(50, 0.125f);
    const HeardDuck first = heard_duck(bench);
    CHECK(first.before == Approx(0.060).margin(0.001));
    CHECK(first.after == Approx(0.150).margin(0.001));
    CHECK(first.depth_db == Approx(-6).margin(0.05));

    // Longer than the usual 120 ms: the announcement waits for it.
    bench.mixer->set_duck({.depth_db = -30, .lead = 400ms, .hold = 500ms, .release = 600ms});
    const HeardDuck second = heard_duck(bench);
    CHECK(second.before == Approx(0.400).margin(0.002));
    CHECK(second.after == Approx(1.100).margin(0.001));
    CHECK(second.depth_db == Approx(-30).margin(0.05));

    bench.mixer->set_duck({.depth_db = 0});
    bench.run(1, 0.125f);
    const std::size_t unducked = bench.left.size();
    REQUIRE(bench.mixer->announce(1, constant_pcm(sample_rate / 2, 0.0f)));
    bench.run(100, 0.125f);
    std::size_t wrong = 0;
    for (std::size_t i = unducked; i < bench.left.size(); ++i) wrong += bench.left[i] != tone_at(i - limiter_delay);
    CHECK(wrong == 0);
    CHECK(steepest_step(bench) < 0.0073f);
}

TEST_CASE("A duck that changes while the film is down moves to its depth without a click, and keeps its way") {
    const auto db_at = [](const Bench& bench, std::size_t frame) {  // over one period of the tone
        float peak = 0;
        for (std::size_t i = frame; i < frame + 110; ++i) peak = std::max(peak, std::abs(bench.left[i]));
        return 20 * std::log10(peak / 0.125f);
    };
    // On the way down, while it is down, and on the way up.
    for (std::size_t blocks = 0; blocks < 60; blocks += 5) {
        Bench bench;
        bench.run(50, 0.125f);
        REQUIRE(bench.mixer->announce(1, constant_pcm(sample_rate / 2, 0.0f)));
        bench.run(blocks, 0.125f);
        bench.mixer->set_duck({.depth_db = -3, .lead = 50ms, .hold = 300ms, .release = 300ms});
        bench.run(30, 0.125f);
        bench.mixer->set_duck({.depth_db = -40, .lead = 500ms, .hold = 100ms, .release = 100ms});
        bench.run(100, 0.125f);
        INFO("changed after " << blocks << " blocks");
        if (blocks == 10) {  // it is down, and the announcement has 300 ms to go
            CHECK(db_at(bench, 66 * block) == Approx(-3).margin(0.05));
        }
        CHECK(steepest_step(bench) < 0.0073f);
        std::size_t wrong = 0;  // in the end it is as it was
        for (std::size_t i = bench.left.size() - 10 * block; i < bench.left.size(); ++i)
            wrong += bench.left[i] != tone_at(i - limiter_delay);
        CHECK(wrong == 0);
    }
}

TEST_CASE("An announcement that waits when the duck begins earlier than before waits for the film, too") {
    Bench bench;
    bench.run(50, 0.125f);
    REQUIRE(bench.mixer->announce(1, constant_pcm(sample_rate / 2, 0.0f)));
    bench.run(1, 0.125f);
    bench.mixer->set_duck({.depth_db = -18, .lead = 500ms});
    bench.run(100, 0.125f);
    const auto spoken = bench.mixer->poll_spoken();
    REQUIRE(spoken.size() == 2);
    CHECK(bench.frame_of(spoken[0].at) == 51 * block + sample_rate / 2 + limiter_delay);
}

TEST_CASE("Speech alone is heard at the same time on a second output, unducked films and their gain apart") {
    const auto speech = make_mixer();
    Bench bench;
    bench.mixer = make_mixer({.speech_only = speech.get()});
    std::vector<float> loop;
    const auto run = [&](std::size_t blocks) {
        for (std::size_t i = 0; i < blocks; ++i) {
            bench.run(1, 0.125f);
            std::vector<float> out(block * channels);
            speech->mix(out, bench.heard_at(loop.size()));
            for (std::size_t at = 0; at < out.size(); at += channels) loop.push_back(out[at]);
        }
    };
    auto sine = Pcm{std::vector<float>(sample_rate)};
    for (std::size_t i = 0; i < sine.samples.size(); ++i) sine.samples[i] = tone_at(i + 1, 0.25f, 700);
    const auto pcm = std::make_shared<const Pcm>(sine);
    bench.mixer->set_speech_gain(0.25f);  // the hall's
    run(10);
    for (std::uint64_t id = 1; id <= 2; ++id) REQUIRE(bench.mixer->announce(id, pcm));
    run(100);
    bench.mixer->cancel_announcements();
    run(10);
    const auto spoken = bench.mixer->poll_spoken();
    REQUIRE(spoken.size() == 4);
    const auto begin = std::ptrdiff_t(bench.frame_of(spoken[0].at)),
               second = std::ptrdiff_t(bench.frame_of(spoken[2].at));
    CHECK(std::equal(pcm->samples.begin(), pcm->samples.end(), loop.begin() + begin));
    CHECK(std::all_of(loop.begin(), loop.begin() + begin, [](float sample) { return sample == 0; }));
    const std::ptrdiff_t cut = 110 * block + limiter_delay;
    CHECK(std::equal(loop.begin() + second, loop.begin() + cut, pcm->samples.begin()));
    CHECK(std::all_of(loop.begin() + cut + block, loop.end(), [](float sample) { return sample == 0; }));
    CHECK(pcm.use_count() == 1);

    // A loop whose device stands still keeps nobody from speaking.
    for (std::uint64_t id = 3; id <= 30; ++id) {
        REQUIRE(bench.mixer->announce(id, constant_pcm(100, 0.1f)));
        bench.run(40, 0);
        REQUIRE(bench.mixer->poll_spoken().size() == 2);
    }
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
    CHECK(begin == start_delay + limiter_delay);
    CHECK(std::equal(pcm.samples.begin(), pcm.samples.end(), bench.left.begin() + std::ptrdiff_t(begin)));
    bench.run(60, 0);
    CHECK(bench.mixer->idle());
}

TEST_CASE("The end of an announcement has the mean square of its own samples, the film's left out") {
    Bench bench;
    bench.run(50, 0.125f);
    auto sine = Pcm{std::vector<float>(sample_rate)};
    for (std::size_t i = 0; i < sine.samples.size(); ++i) sine.samples[i] = tone_at(i, 0.5f, 1000);
    REQUIRE(bench.mixer->announce(1, std::make_shared<const Pcm>(sine)));
    REQUIRE(bench.mixer->announce(2, constant_pcm(1000, 0.25f)));
    bench.run(150, 0.125f);
    const auto spoken = bench.mixer->poll_spoken();
    REQUIRE(spoken.size() == 4);
    CHECK(spoken[0].mean_square == 0);
    // A sine of full scale has -3.01 dBFS, one of half of it 6.02 less.
    CHECK(10 * std::log10(spoken[1].mean_square) == Approx(-9.03).margin(0.01));
    CHECK(spoken[3].mean_square == Approx(0.0625));
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
        above += !(std::abs(sample) <= 0.8912509f);
        loud += std::abs(sample) > 0.8f;
    }
    CHECK(above == 0);
    CHECK(loud > 1000);  // it was needed
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

TEST_CASE(
    "The voice's gain changes without a step, is exact when it has settled, and counts in what is told of the level") {
    Bench bench;
    auto sine = Pcm{std::vector<float>(sample_rate)};
    for (std::size_t i = 0; i < sine.samples.size(); ++i) sine.samples[i] = tone_at(i, 0.125f);
    const auto pcm = std::make_shared<const Pcm>(sine);
    REQUIRE(bench.mixer->announce(1, pcm));
    bench.run(30, 0);
    bench.mixer->set_speech_gain(2.0f);
    bench.run(60, 0);
    const auto first = bench.mixer->poll_spoken();
    REQUIRE(first.size() == 2);
    const std::size_t begin = bench.frame_of(first[0].at), changed = 30 * block;
    std::size_t wrong = 0;
    for (std::size_t i = begin; i < begin + sample_rate; ++i) {
        const float sample = pcm->samples[i - begin];
        if (i < changed + limiter_delay) wrong += bench.left[i] != sample;
        if (i >= changed + limiter_delay + block) wrong += bench.left[i] != 2 * sample;
    }
    CHECK(wrong == 0);
    float steepest = 0;
    for (std::size_t i = 1; i < bench.left.size(); ++i) {
        steepest = std::max(steepest, std::abs(bench.left[i] - bench.left[i - 1]));
    }
    CHECK(steepest < 0.25f * 0.0576f * 1.01f);  // that of the louder tone itself

    REQUIRE(bench.mixer->announce(2, pcm));
    bench.run(90, 0);
    const auto second = bench.mixer->poll_spoken();
    REQUIRE(second.size() == 2);
    CHECK(10 * std::log10(second[1].mean_square) == Approx(20 * std::log10(0.25) - 3.01).margin(0.01));
}

TEST_CASE("A cancelled announcement fades within 20 ms, those behind it never begin, and the next one is heard whole") {
    Bench bench;
    auto sine = Pcm{std::vector<float>(sample_rate)};
    for (std::size_t i = 0; i < sine.samples.size(); ++i) sine.samples[i] = tone_at(i, 0.5f);
    const auto pcm = std::make_shared<const Pcm>(sine);
    for (std::uint64_t id = 1; id <= 3; ++id) REQUIRE(bench.mixer->announce(id, pcm));
    bench.run(30, 0);
    bench.mixer->cancel_announcements();
    bench.run(1, 0);
    auto spoken = bench.mixer->poll_spoken();
    REQUIRE(spoken.size() == 4);
    CHECK((spoken[0].id == 1 && spoken[0].started));
    CHECK((spoken[1].id == 1 && !spoken[1].started && spoken[1].cancelled));
    CHECK(bench.frame_of(spoken[1].at) == 31 * block + limiter_delay);
    // What it was until then: a sine of half of full scale, faded in its last of 25 blocks.
    CHECK(10 * std::log10(spoken[1].mean_square) == Approx(-9.03).margin(0.2));
    for (std::size_t i : {2u, 3u}) CHECK((spoken[i].id == i && !spoken[i].started && spoken[i].cancelled));
    CHECK(pcm.use_count() == 1);

    REQUIRE(bench.mixer->announce(4, pcm));
    bench.run(100, 0);
    for (std::size_t i = 31 * block + limiter_delay; i < 31 * block + limiter_delay + sample_rate / 4; ++i) {
        REQUIRE(bench.left[i] == 0.0f);
    }
    float steepest = 0;
    for (std::size_t i = 1; i < bench.left.size(); ++i) {
        steepest = std::max(steepest, std::abs(bench.left[i] - bench.left[i - 1]));
    }
    CHECK(steepest < 0.5f * 0.0576f * 1.01f);
    spoken = bench.mixer->poll_spoken();
    REQUIRE(spoken.size() == 2);
    CHECK((spoken[1].id == 4 && !spoken[1].cancelled));
    const std::size_t begin = bench.frame_of(spoken[0].at);
    CHECK(begin - (31 * block + limiter_delay) == std::size_t(announcement_gap.count()) * sample_rate / 1000);
    CHECK(std::equal(pcm->samples.begin(), pcm->samples.end(), bench.left.begin() + std::ptrdiff_t(begin)));
}

TEST_CASE("What is announced after a cancellation is not cancelled, though the device learns of all of it at once") {
    Bench bench;
    REQUIRE(bench.mixer->announce(1, constant_pcm(sample_rate, 0.1f)));
    bench.mixer->cancel_announcements();
    REQUIRE(bench.mixer->announce(2, constant_pcm(960, 0.1f)));
    bench.run(20, 0);
    const auto spoken = bench.mixer->poll_spoken();
    REQUIRE(spoken.size() == 3);
    CHECK((spoken[0].id == 1 && !spoken[0].started && spoken[0].cancelled));
    CHECK((spoken[1].id == 2 && spoken[1].started));
    CHECK(bench.frame_of(spoken[1].at) == start_delay + limiter_delay);
}

TEST_CASE(
    "A chime is heard from the next block on, and speech follows it without a seam, or at once where it is late") {
    Bench bench;
    const auto chime = constant_pcm(10000, 0.1f), speech = constant_pcm(5000, 0.2f);
    bench.run(10, 0);
    REQUIRE(bench.mixer->begin(1, chime));
    bench.run(5, 0);
    bench.mixer->finish(speech);
    bench.run(60, 0);
    auto spoken = bench.mixer->poll_spoken();
    REQUIRE(spoken.size() == 2);
    std::size_t begin = bench.frame_of(spoken[0].at);
    CHECK(begin == 10 * block + limiter_delay);
    CHECK(bench.frame_of(spoken[1].at) == begin + 15000);
    CHECK(
        std::all_of(bench.left.begin() + begin, bench.left.begin() + begin + 10000, [](float x) { return x == 0.1f; }));
    CHECK(std::all_of(bench.left.begin() + begin + 10000, bench.left.begin() + begin + 15000,
                      [](float x) { return x == 0.2f; }));
    CHECK(spoken[1].mean_square == Approx((10000 * 0.01 + 5000 * 0.04) / 15000));
    CHECK(speech.use_count() == 1);

    const std::size_t second = bench.left.size() / block;
    REQUIRE(bench.mixer->begin(2, chime));
    bench.run(30, 0);
    CHECK(bench.mixer->poll_spoken().size() == 1);  // it is not over
    bench.mixer->finish(speech);
    REQUIRE(bench.mixer->announce(3, speech));
    bench.run(60, 0);
    spoken = bench.mixer->poll_spoken();
    REQUIRE(spoken.size() == 3);
    const std::size_t late = (second + 30) * block + limiter_delay;
    CHECK(bench.left[late - 1] == 0.0f);
    CHECK(std::all_of(bench.left.begin() + late, bench.left.begin() + late + 5000, [](float x) { return x == 0.2f; }));
    CHECK(bench.frame_of(spoken[0].at) == late + 5000);
    CHECK(spoken[0].mean_square == Approx((10000 * 0.01 + 5000 * 0.04) / 15000));
    CHECK(bench.frame_of(spoken[1].at) == late + 5000 + std::size_t(announcement_gap.count()) * sample_rate / 1000);

    REQUIRE(bench.mixer->begin(4, chime));  // and nothing else
    bench.mixer->finish(nullptr);
    bench.run(100, 0);
    spoken = bench.mixer->poll_spoken();
    REQUIRE(spoken.size() == 2);
    CHECK(spoken[1].at - spoken[0].at == chime->duration());
}

TEST_CASE("A chime that is cancelled before its speech came fades, and the speech is never heard") {
    const auto speech = make_mixer();
    Bench bench;
    bench.mixer = make_mixer({.speech_only = speech.get()});
    std::vector<float> out(block * channels);
    const auto rest = constant_pcm(5000, 0.2f);
    for (const bool heard_of_end : {false, true}) {
        REQUIRE(bench.mixer->begin(1, constant_pcm(10000, 0.1f)));
        bench.run(5, 0);
        for (int i = 0; i < 5; ++i) speech->mix(out, bench.heard_at(0));
        bench.mixer->cancel_announcements();
        if (heard_of_end) {
            bench.run(1, 0);
            REQUIRE(bench.mixer->poll_spoken().size() == 2);
        }
        bench.mixer->finish(rest);
        const std::size_t from = bench.left.size();
        bench.run(60, 0);
        for (int i = 0; i < 60; ++i) speech->mix(out, bench.heard_at(0));
        CHECK(*std::max_element(bench.left.begin() + std::ptrdiff_t(from), bench.left.end()) <= 0.1f);
        if (!heard_of_end) CHECK(bench.mixer->poll_spoken().size() == 2);
        CHECK(bench.mixer->poll_spoken().empty());
        CHECK(rest.use_count() == 1);
    }
}

TEST_CASE("Announcements that come one after the other do not put off the first") {
    Bench bench;
    std::size_t taken = 0;
    std::vector<Spoken> spoken;
    for (std::uint64_t id = 1; spoken.empty(); ++id) {
        if (id <= 6) taken += bench.mixer->announce(id, constant_pcm(100, 0.1f));
        bench.run(1, 0);
        spoken = bench.mixer->poll_spoken();
        REQUIRE(id < 20);
    }
    CHECK(taken == 6);
    CHECK(bench.frame_of(spoken[0].at) == start_delay + limiter_delay);
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
