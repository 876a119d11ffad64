#include <vector>

#include "player/media/sound_track.h"
#include "tests/catch.h"

namespace hallcast::media::sound_test {

std::vector<float> block(int frames, float value) { return std::vector<float>(std::size_t(frames) * 2, value); }

std::vector<float> take(SoundTrack& track, int frames, Samples limit = 1'000'000) {
    std::vector<float> out(std::size_t(frames) * 2, -9.0F);
    const std::size_t got = track.peek(out, limit);
    track.consume(got);
    out.resize(got * 2);
    return out;
}

TEST_CASE("sound from before the pictures is cut, to the sample") {
    SoundTrack track;
    track.place(-100, block(60, 0.1F));
    track.place(-40, block(60, 0.2F));
    CHECK(track.end() == 20);
    CHECK(take(track, 100) == block(20, 0.2F));
}

TEST_CASE("sound that begins later, has a hole or ends early is filled with silence") {
    SoundTrack track;
    track.place(10, block(10, 0.5F));
    track.place(20'000, block(10, 0.6F));
    track.finish();
    CHECK(take(track, 10) == block(10, 0.0F));
    CHECK(take(track, 10) == block(10, 0.5F));
    CHECK(take(track, 19'980) == block(19'980, 0.0F));
    CHECK(take(track, 10) == block(10, 0.6F));
    CHECK(take(track, 50, 20'030) == block(20, 0.0F));  // up to the clip's end, no further
    CHECK(take(track, 50, 20'030).empty());
    CHECK(track.position() == 20'030);
}

TEST_CASE("timestamps that are rounded to milliseconds tear no holes") {
    SoundTrack track;
    for (int i = 0; i < 100; ++i) track.place(i * 1000 + (i % 3 - 1) * 40, block(1000, 0.5F));
    // The very first block is taken at its word: it began 40 samples early.
    CHECK(track.end() == 100'000 - 40);
    CHECK(take(track, 100'000) == block(100'000 - 40, 0.5F));
}

TEST_CASE("nothing is given that is not known yet") {
    SoundTrack track;
    CHECK(take(track, 10).empty());
    track.place(0, block(5, 0.5F));
    CHECK(take(track, 10).size() == 10);
    CHECK(take(track, 10).empty());
}

}  // namespace hallcast::media::sound_test
