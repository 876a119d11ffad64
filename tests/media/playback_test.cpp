#include "player/media/playback.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "player/decoder/open_clip.h"
#include "tests/catch.h"
#include "tests/media/clips.h"

namespace hallcast::media::playback_test {

using namespace test;

// A 440 Hz tone obeys x[n+1] = 2 cos(w) x[n] - x[n-1]: where it does not, a sample is missing, twice, or not of the
// tone.
std::vector<std::size_t> clicks(const std::vector<float>& stereo, double tolerance) {
    const double turn = 2 * std::cos(2 * M_PI * 440 / 48'000);
    std::vector<std::size_t> found;
    for (std::size_t i = 2; i + 2 < stereo.size(); i += 2) {
        if (std::abs(stereo[i + 2] - turn * stereo[i] + stereo[i - 2]) > tolerance) found.push_back(i / 2);
    }
    return found;
}

double loudest(const std::vector<float>& stereo, Samples from, Samples to) {
    REQUIRE(to <= Samples(stereo.size() / 2));
    double most = 0;
    for (Samples i = from * 2; i < to * 2; ++i) most = std::max(most, double(std::abs(stereo[std::size_t(i)])));
    return most;
}

TEST_CASE("three clips, looped five times: every picture once, in order, and one unbroken tone") {
    const TempFolder folder;
    // Whole periods of 440 Hz, so that the tone goes on over the joins.
    make_clip(folder / "a.mkv", {.first_number = 0, .pictures = 30, .fps = 25});
    make_clip(folder / "b.mov", {.first_number = 100, .pictures = 12, .fps = 30});
    make_clip(folder / "c.mkv", {.first_number = 200, .pictures = 20, .fps = 25});
    std::vector<int> expected;
    std::vector<Samples> begins;
    Samples length = 0;
    for (int loop = 0; loop < 5; ++loop) {
        for (const auto& [first, count, samples] : {std::tuple{0, 30, 57'600}, {100, 12, 19'200}, {200, 20, 38'400}}) {
            for (int i = 0; i < count; ++i) {
                expected.push_back(first + i);
                begins.push_back(length + Samples(samples) * i / count);
            }
            length += samples;
        }
    }

    Spectator hall;
    hall.playback->set_playlist(
        {{"a", folder / "a.mkv", {}}, {"b", folder / "b.mov", {}}, {"c", folder / "c.mkv", {}}});
    REQUIRE(hall.watch([&] { return hall.seen.size() >= expected.size(); }, GENERATE(48, 480, 4800)));
    CHECK(hall.numbers() == expected);
    for (std::size_t i = 0; i < std::min(begins.size(), hall.seen.size()); ++i) {
        INFO("picture " << i << " at " << hall.seen[i].at << ", due at " << begins[i]);
        // One sample of rounding, 2 of the clock's grain, 50 of Matroska's milliseconds; never so much later as a step.
        CHECK(std::abs(hall.seen[i].at - begins[i]) <= 53);
    }
    const auto statistics = hall.playback->statistics();
    CHECK(statistics.dropped == 0);
    CHECK(statistics.late == 0);
    CHECK(statistics.failed_items == 0);
    CHECK(statistics.playing == "c");
    CHECK_FALSE(hall.was_black);
    CHECK(hall.most_waiting <= 12);

    const auto written = hall.sink.written();
    // The last picture has been seen from its beginning: its sound is there so far, and more where the machine is
    // quick.
    const Samples heard = std::min(length, hall.sink.clock());
    CHECK(heard >= length - 1920 - 53);
    CHECK(Samples(written.size() / 2) >= heard);
    CHECK(clicks(written, 0.0003) == std::vector<std::size_t>{});
    CHECK(loudest(written, 0, heard) > 0.08);
}

TEST_CASE("AAC loops without a hole") {
    const TempFolder folder;
    make_clip(folder / "film.mp4", {.pictures = 25, .sound = "-c:a aac -b:a 128k"});
    Spectator hall;
    hall.playback->set_playlist({{"film", folder / "film.mp4", {}}});
    REQUIRE(hall.watch([&] { return hall.seen.size() > 25 * 3; }));
    REQUIRE(hall.sink.clock() >= 3 * 48'000 - 3);
    CHECK(hall.numbers()[25] == 0);
    const auto written = hall.sink.written();
    for (Samples at = 2400; at + 240 < 3 * 48'000 - 3; at += 240) {
        INFO("at sample " << at);
        CHECK(loudest(written, at, at + 240) > 0.04);
    }
}

TEST_CASE("a clip is as long as its pictures: sound is cut, or silence follows") {
    const TempFolder folder;
    make_clip(folder / "long.mkv", {.pictures = 20, .sound_seconds = 3});
    make_clip(folder / "short.mkv", {.first_number = 100, .pictures = 20, .sound_seconds = 0.3});
    make_clip(folder / "silent.mp4", {.first_number = 200, .pictures = 20, .sound = ""});
    Spectator hall;
    hall.playback->set_playlist({{"long", folder / "long.mkv", {}},
                                 {"short", folder / "short.mkv", {}},
                                 {"silent", folder / "silent.mp4", {}}});
    REQUIRE(hall.watch([&] { return hall.seen.size() >= 62; }));  // and so a picture's time of sound more
    std::vector<int> expected = range(0, 20);
    for (const int first : {100, 200}) {
        const auto more = range(first, 20);
        expected.insert(expected.end(), more.begin(), more.end());
    }
    expected.insert(expected.end(), {0, 1});
    CHECK(hall.numbers() == expected);
    const Samples clip = 38'400;  // 0.8 s
    CHECK(std::abs(hall.seen[20].at - clip) <= 53);
    CHECK(std::abs(hall.seen[60].at - 3 * clip) <= 53);
    const auto written = hall.sink.written();
    CHECK(loudest(written, 37'000, clip) > 0.08);
    CHECK(loudest(written, clip + 100, clip + 14'000) > 0.08);
    CHECK(loudest(written, clip + 14'500, 3 * clip) == 0.0);
    CHECK(loudest(written, 3 * clip, 3 * clip + 1000) > 0.08);
}

TEST_CASE("stills stay as long as they are told, in silence that keeps the time") {
    const TempFolder folder;
    make_clip(folder / "one.png", {.first_number = 1, .pictures = 1, .video = "-frames:v 1", .sound = ""});
    make_clip(folder / "two.jpg", {.first_number = 2, .pictures = 1, .video = "-frames:v 1 -q:v 2", .sound = ""});
    Spectator hall;
    hall.time_flies = true;
    using std::chrono::milliseconds;
    hall.playback->set_playlist({{"one", folder / "one.png", milliseconds(3000)}, {"two", folder / "two.jpg", {}}});
    REQUIRE(hall.watch([&] { return hall.seen.size() >= 3; }, 2400));
    CHECK(hall.numbers() == std::vector<int>{1, 2, 1});
    CHECK(double(hall.seen[1].at) == Approx(3 * 48'000).margin(2401));
    CHECK(double(hall.seen[2].at) == Approx(13 * 48'000).margin(2401));  // 10 s where nothing is said
    CHECK_FALSE(hall.was_black);
}

TEST_CASE("a new playlist takes over when its first picture is there, and never before") {
    const TempFolder folder;
    make_clip(folder / "old.mp4", {.first_number = 0, .pictures = 100});
    make_clip(folder / "new.mp4", {.first_number = 200, .pictures = 20});
    Spectator hall;
    hall.playback->set_playlist({{"old", folder / "old.mp4", {}}});
    REQUIRE(hall.watch([&] { return hall.seen.size() == 10; }));
    // No more sound goes out: so the old clip ends where its sound does, whatever time the new one takes to open.
    hall.sink.close(true);
    const Samples handed_out = hall.sink.clock() + hall.sink.ahead();
    hall.playback->set_playlist({{"new", folder / "new.mp4", {}}});
    REQUIRE(hall.watch([&] { return hall.seen.back().number == 200; }));
    hall.sink.close(false);
    REQUIRE(hall.watch([&] { return hall.seen.back().number == 219; }));
    const auto numbers = hall.numbers();
    const auto change = std::ranges::find_if(numbers, [](int number) { return number >= 200; });
    const auto kept = int(change - numbers.begin());
    CHECK(std::vector<int>(numbers.begin(), change) == range(0, kept));
    CHECK(std::vector<int>(change, numbers.end()) == range(200, 20));
    CHECK_FALSE(hall.was_black);
    CHECK(hall.seen[std::size_t(kept)].at == handed_out);
    CHECK(kept > 10);
    CHECK(hall.playback->statistics().playing == "new");
}

TEST_CASE("an entry that is in the new list too plays to its end") {
    const TempFolder folder;
    make_clip(folder / "a.mp4", {.first_number = 0, .pictures = 60});
    make_clip(folder / "b.mp4", {.first_number = 100, .pictures = 10});
    make_clip(folder / "c.mp4", {.first_number = 200, .pictures = 10});
    const PlaylistEntry a{"a", folder / "a.mp4", {}};
    const PlaylistEntry b{"b", folder / "b.mp4", {}};
    const PlaylistEntry c{"c", folder / "c.mp4", {}};
    Spectator hall;
    hall.playback->set_playlist({a, b});
    REQUIRE(hall.watch([&] { return hall.seen.size() == 10; }));
    hall.playback->set_playlist({b, a, c});
    REQUIRE(hall.watch([&] { return hall.seen.size() == 80; }));
    std::vector<int> expected = range(0, 60);
    for (const int first : {200, 100}) {
        const auto more = range(first, 10);
        expected.insert(expected.end(), more.begin(), more.end());
    }
    CHECK(hall.numbers() == expected);
}

TEST_CASE("an emptied playlist keeps its last picture, and a new one follows it") {
    const TempFolder folder;
    make_clip(folder / "a.mp4", {.first_number = 0, .pictures = 100});
    Spectator hall;
    hall.time_flies = true;
    hall.playback->set_playlist({{"a", folder / "a.mp4", {}}});
    REQUIRE(hall.watch([&] { return hall.seen.size() == 3; }));
    hall.playback->set_playlist({});
    hall.playback->set_playlist({{"again", folder / "a.mp4", {}}});
    REQUIRE(hall.watch([&] { return hall.seen.size() > 5 && hall.seen.back().number == 2; }));
    CHECK_FALSE(hall.was_black);
    CHECK(hall.playback->statistics().playing == "again");
}

TEST_CASE("a slow spectator skips pictures, and time goes on without one") {
    const TempFolder folder;
    make_clip(folder / "a.mp4", {.first_number = 0, .pictures = 50});
    Spectator hall;
    hall.playback->set_playlist({{"a", folder / "a.mp4", {}}});
    REQUIRE(hall.watch([&] { return hall.seen.size() == 1; }));
    // Ten seconds in which nobody asks for a picture.
    for (int i = 0; i < 200; ++i) REQUIRE(hall.sink.advance(2400));
    REQUIRE(hall.watch([&] { return hall.seen.size() == 3; }));
    CHECK(hall.playback->statistics().dropped > 50);  // those that it did not even decode do not count
}

// Notices a thread that does not sleep: each of its rounds asks for the time.
class AskedSink final : public SoundSink {
  public:
    std::size_t write(std::span<const float>) override { return 0; }
    Timeline played(std::chrono::steady_clock::time_point) override {
        const std::scoped_lock lock(mutex_);
        ++asked_;
        changed_.notify_all();
        return Timeline(0);
    }
    bool is_asked(int times, std::chrono::milliseconds within) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, within, [&] { return asked_ >= times; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int asked_ = 0;
};

TEST_CASE("with nothing to play, playback sleeps") {
    AskedSink sink;
    const auto playback = make_playback(sink, decoder::decode_in_process(), {});
    playback->set_playlist({});
    REQUIRE(sink.is_asked(2, patience));  // the first by the constructor
    CHECK_FALSE(sink.is_asked(100, std::chrono::milliseconds(300)));
}

TEST_CASE("playback ends cleanly at any moment of its decoders' work") {
    const TempFolder folder;
    make_clip(folder / "a.mp4", {.pictures = 50, .sound = "-c:a aac"});
    make_clip(folder / "b.png", {.pictures = 1, .video = "-frames:v 1", .sound = ""});
    for (std::size_t pictures = 0; pictures < 12; ++pictures) {
        Spectator hall;
        hall.playback->set_playlist({{"a", folder / "a.mp4", {}}, {"b", folder / "b.png", {}}});
        if (pictures > 1) REQUIRE(hall.watch([&] { return hall.seen.size() >= pictures; }));
    }
    SUCCEED();
}

}  // namespace hallcast::media::playback_test
