#include "player/media/slaved_sound.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "player/media/cadence_clock.h"
#include "player/media/playlist_clock.h"
#include "tests/catch.h"
#include "tests/sanitized.h"

namespace hallcast::media::slaved_sound_test {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using Moment = PlaylistClock::Moment;

constexpr Moment start{seconds(5000)};
constexpr nanoseconds refresh{16'666'667};

std::vector<float> tone(double hz, Samples from, Samples frames) {
    std::vector<float> sound;
    for (Samples i = from; i < from + frames; ++i)
        sound.insert(sound.end(), 2, float(0.5 * std::sin(2 * M_PI * hz * double(i) / samples_per_second)));
    return sound;
}

double decibels(double ratio) { return 20 * std::log10(ratio); }

TEST_CASE("resampled tones are tones still, also while the speed changes") {
    const double hz = GENERATE(440.0, 1000.0, 10'000.0, 15'000.0);
    const bool changes = GENERATE(false, true);
    const double fastest = GENERATE(1.001, 1.02, 0.98);
    Resampler resampler;
    resampler.set_step(fastest);
    std::mt19937 random(5);
    std::uniform_real_distribution<double> step(std::min(fastest, 2 - fastest), std::max(fastest, 2 - fastest));
    double worst = 0, squares = 0;
    Samples frames = 0;
    for (int chunk = 0; chunk < 200; ++chunk) {
        const double chosen = changes ? step(random) : fastest;
        resampler.set_step(chosen);
        const double from = resampler.position();
        std::vector<float> out;
        resampler.push(tone(hz, Samples(chunk) * 1024, 1024), out);
        if (chunk == 0) continue;
        for (std::size_t i = 0; i < out.size() / 2; ++i) {
            const double place = from + double(i) * chosen;
            const double error = out[i * 2] - 0.5 * std::sin(2 * M_PI * hz * place / samples_per_second);
            worst = std::max(worst, std::abs(error));
            squares += error * error;
            ++frames;
            REQUIRE(out[i * 2] == out[i * 2 + 1]);
        }
    }
    // Everything that is not the tone: harmonics, images, noise and steps of its phase.
    const double rms = decibels(std::sqrt(squares / double(frames)) / (0.5 / std::sqrt(2)));
    INFO(hz << " Hz: what is not the tone " << rms << " dB, at worst " << decibels(worst / 0.5) << " dB");
    CHECK(rms < -85);
    CHECK(decibels(worst / 0.5) < -75);
}

TEST_CASE("at its own speed sound passes to the bit and at once, and begins to be resampled without a step") {
    Resampler resampler;
    std::vector<float> out;
    const auto sound = tone(440, 0, 5000);
    resampler.push(std::span(sound).first(2000), out);
    REQUIRE(out.size() == 2000);
    resampler.push(std::span(sound).subspan(2000, 2000), out);
    CHECK(std::equal(out.begin(), out.end(), sound.begin()));
    resampler.set_step(1.0005);
    resampler.push(std::span(sound).subspan(4000), out);
    double largest = 0;
    for (std::size_t i = 2; i < out.size(); i += 2) largest = std::max(largest, double(std::abs(out[i] - out[i - 2])));
    CHECK(largest < 0.5 * 2 * M_PI * 440 / 48'000 * 1.01);
    // What waits for what follows comes when nothing does.
    const double held = 5000 - resampler.position();
    CHECK(held > 15);
    CHECK(held < 18);
    resampler.flush(out);
    CHECK(resampler.position() >= 5000);
    CHECK(resampler.position() < 5001.1);
}

TEST_CASE("the playlist's clock is the steady clock while the sound is near, and stands while the sound does") {
    PlaylistClock clock;
    CHECK(clock.at(start, nanoseconds(0)) == nanoseconds(0));
    CHECK(clock.at(start + milliseconds(100), nanoseconds(0)) == nanoseconds(0));
    // It begins with the sound, wherever that is ...
    CHECK(clock.at(start + milliseconds(200), milliseconds(30)) == milliseconds(30));
    // ... and does not follow its trembling.
    CHECK(clock.at(start + milliseconds(300), milliseconds(133)) == milliseconds(130));
    CHECK(clock.at(start + milliseconds(400), milliseconds(225)) == milliseconds(230));
    CHECK(clock.at(start + milliseconds(390), milliseconds(215)) == milliseconds(220));  // an earlier moment
    CHECK(clock.gave_way() == 0);
    // The sound has jumped, or was held up.
    CHECK(clock.at(start + milliseconds(500), milliseconds(400)) == milliseconds(400));
    CHECK(clock.at(start + milliseconds(600), milliseconds(450)) == milliseconds(450));
    CHECK(clock.gave_way() == 2);
    CHECK(clock.at(start + milliseconds(650), milliseconds(420)) == milliseconds(450));  // never back
    CHECK(clock.at(start + milliseconds(700), milliseconds(420)) == milliseconds(450));
    CHECK_FALSE(clock.runs());
}

TEST_CASE("the playlist's clock goes at its master's rate, within what the sound can follow") {
    PlaylistClock clock;
    clock.at(start, nanoseconds(0));
    clock.at(start + seconds(1), seconds(1));
    clock.set_rate(1.0001);
    const auto before = clock.at(start + seconds(2), seconds(2));
    CHECK(before == seconds(2) + std::chrono::microseconds(100));
    clock.set_rate(1.5);
    const auto after = clock.at(start + seconds(3), before + seconds(1));
    CHECK(std::chrono::abs(after - before - seconds(1) - std::chrono::microseconds(500)) < nanoseconds(10));
}

// A device whose clock is off, of which each reading trembles; sound is handed out half a second ahead, and what is
// shown goes by the display: a film of as many pictures a second.
struct Hall {
    double drift;
    double wander = 0;  // of the drift, to and fro in 20 s
    nanoseconds noise{1'000'000};
    seconds lock_in{1};  // the trembling of the first reading is where it began; a device's speed is to be learnt
    PlaylistClock clock{};
    CadenceClock cadence{refresh};
    DeviceSpeed device_speed{};
    SpeedControl control{};
    SoundMap map{0};
    std::mt19937_64 random{11};
    nanoseconds worst_sound{0};    // off the playlist's clock
    nanoseconds worst_picture{0};  // off the sound, truly
    double fastest = 0;
    double changed = 0;          // most, from one look to the next
    std::uint64_t gave_way = 0;  // these three after the lock-in
    std::uint64_t corrections = 0;
    int uneven = 0;  // pictures that stayed for no refresh, or for more than one

    void play(seconds length, bool compensate) {
        Samples given = 0;
        double place = 0, before = 0;
        std::int64_t picture = 0;
        nanoseconds half{0};
        std::uniform_int_distribution<std::int64_t> off(-noise.count(), noise.count());
        for (int i = 0; i * refresh < length; ++i) {
            const nanoseconds passed = i * refresh;
            const double now = double(passed.count()) / 1e9;
            const double wandered = wander * 20 / (2 * M_PI) * (1 - std::cos(2 * M_PI * now / 20));
            const double device = (now * (1 + drift) + wandered) * samples_per_second;
            const auto heard_at = [&](double frame) {
                return nanoseconds(std::llround(map.place(frame) * 1e9 / samples_per_second));
            };
            const nanoseconds heard = heard_at(device);
            const double reading = device + double(off(random)) * samples_per_second / 1e9;
            const nanoseconds read = heard_at(reading);
            const nanoseconds time = clock.at(start + passed, read);
            const nanoseconds shown = cadence.at(start + passed, time);
            if (compensate && i % 6 == 0) {
                const nanoseconds played = time_of(Samples(reading));
                device_speed.observe(start + passed, played);
                const nanoseconds at_last = time + device_speed.time_until(time_of(given) - played);
                control.observe(start + passed, at_last - heard_at(double(given)), device_speed.off());
                map.begin(given, place, 1 + control.speed());
                changed = std::max(changed, std::abs(control.speed() - before));
                before = control.speed();
            }
            const auto more = Samples(device) + samples_per_second / 2 - given;
            given += more;
            place += double(more) * map.step();
            fastest = std::max(fastest, std::abs(control.speed()));
            if (passed < lock_in) {
                gave_way = clock.gave_way();
                corrections = cadence.corrections();
                // From here on, counted from the middle of one.
                half = shown % refresh - refresh / 2;
                picture = (shown - half) / refresh;
                continue;
            }
            uneven += (shown - half) / refresh != ++picture;
            picture = (shown - half) / refresh;
            worst_sound = std::max(worst_sound, nanoseconds(std::chrono::abs(time - heard)));
            worst_picture = std::max(worst_picture, nanoseconds(std::chrono::abs(shown - heard)));
        }
        gave_way = clock.gave_way() - gave_way;
        corrections = cadence.corrections() - corrections;
    }
};

TEST_CASE("hours with a device that is off: picture and sound stay together, and no picture pays for it") {
    const double drift = GENERATE(-300e-6, -200e-6, 0.0, 200e-6, 300e-6);
    Hall hall{.drift = drift};
    hall.play(std::chrono::hours(tests::sanitized ? 1 : 8), true);
    CAPTURE(drift, hall.worst_sound.count(), hall.worst_picture.count(), hall.fastest);
    CHECK(hall.worst_sound < milliseconds(5));
    CHECK(hall.worst_picture < milliseconds(20));
    CHECK(hall.cadence.corrections() == 0);
    CHECK(hall.clock.gave_way() == 0);
    CHECK(hall.uneven == 0);
    CHECK(hall.fastest < 0.0007);
}

TEST_CASE("a device that is off by a hundredth and more is locked to within seconds, and no picture pays for it then") {
    const double drift = GENERATE(-0.015, 0.015);
    const double wander = GENERATE(0.0, 0.002);
    const auto compensate = GENERATE(true, false);
    Hall hall{.drift = drift, .wander = wander, .lock_in = seconds(15)};
    hall.play(compensate ? std::chrono::minutes(60) : std::chrono::minutes(2), compensate);
    CAPTURE(drift, wander, hall.worst_sound.count(), hall.worst_picture.count(), hall.fastest, hall.clock.gave_way());
    if (!compensate) {  // else the test shows nothing
        CHECK(hall.uneven > 50);
        CHECK(hall.gave_way > 50);
        return;
    }
    CHECK(hall.gave_way == 0);
    CHECK(hall.corrections == 0);
    CHECK(hall.uneven == 0);
    CHECK(hall.worst_sound < (wander == 0 ? milliseconds(5) : milliseconds(14)));
    CHECK(hall.worst_picture < milliseconds(wander == 0 ? 20 : 30));
    CHECK(hall.fastest < 0.02);
    CHECK(hall.changed < 0.00018);  // in a tenth of a second
    CHECK(hall.clock.gave_way() < 8);
}

TEST_CASE("without compensation the same device costs a picture every minute or so: else the test shows nothing") {
    Hall hall{.drift = 300e-6};
    hall.play(std::chrono::hours(1), false);
    CHECK(hall.cadence.corrections() > 30);
}

TEST_CASE("a device that is off by more than can be made good is followed by the pictures") {
    const double drift = GENERATE(-0.05, 0.05);
    Hall hall{.drift = drift};
    hall.play(std::chrono::minutes(10), true);
    CHECK(hall.worst_sound < milliseconds(19));
    CHECK(hall.worst_picture < milliseconds(40));
}

// Takes a little at a time, as a ring that is nearly full.
class NarrowSink final : public SoundSink {
  public:
    std::size_t write(std::span<const float> interleaved) override {
        const std::size_t frames = std::min(interleaved.size() / 2, room);
        room -= frames;
        written.insert(written.end(), interleaved.begin(), interleaved.begin() + std::ptrdiff_t(frames) * 2);
        return frames;
    }
    Timeline played(Moment) override { return {}; }

    std::size_t room = 0;
    std::vector<float> written;
};

TEST_CASE("slaved sound is heard where its map says, whatever the sink takes at once") {
    NarrowSink sink;
    SlavedSound slaved(sink, milliseconds(0));
    std::mt19937 random(3);
    std::uniform_int_distribution<std::size_t> room(0, 1500);
    Samples taken = 0;
    for (int round = 0; round < 400; ++round) {
        const auto passed = round * milliseconds(100);
        const auto off = milliseconds(round < 100 ? 0 : round % 200 < 100 ? 7 : -7);
        slaved.steer(start + passed, slaved.heard(passed) + off, passed);
        sink.room = room(random);
        taken += Samples(slaved.write(tone(440, taken, 1024)));
    }
    CHECK(std::abs(slaved.speed()) > 1e-5);
    sink.room = 10'000;
    slaved.flush();
    CHECK(std::abs(samples_at(slaved.heard(time_of(Samples(sink.written.size() / 2)))) - taken) <= 1);
    double worst = 0;
    // The latest half second, of which the map still knows where it is.
    for (auto frame = Samples(sink.written.size() / 2) - samples_per_second / 2;
         frame + 100 < Samples(sink.written.size() / 2); ++frame) {
        const double place = double(slaved.heard(time_of(frame)).count()) / 1e9;
        worst =
            std::max(worst, std::abs(sink.written[std::size_t(frame) * 2] - 0.5 * std::sin(2 * M_PI * 440 * place)));
    }
    CHECK(worst < 0.001);
}

TEST_CASE("a delay of the sound holds the pictures back; a negative one, the sound") {
    NarrowSink sink;
    sink.room = 100'000;
    SlavedSound late(sink, milliseconds(150));
    late.write(tone(440, 0, 1000));
    CHECK(sink.written[3] != 0);
    CHECK(late.heard(milliseconds(150)) == milliseconds(0));
    CHECK(late.heard(milliseconds(1150)) == seconds(1));

    NarrowSink other;
    other.room = 100'000;
    SlavedSound early(other, milliseconds(-100));
    early.write(tone(440, 0, 1000));
    REQUIRE(other.written.size() == (4800 + 1000) * 2);
    CHECK(other.written[4799 * 2] == 0);
    CHECK(other.written[4801 * 2] != 0);
    CHECK(early.heard(nanoseconds(0)) == nanoseconds(0));
    CHECK(early.heard(seconds(1)) == seconds(1));
}

}  // namespace hallcast::media::slaved_sound_test
