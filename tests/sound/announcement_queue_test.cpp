// The announcer without its thread: the test is the clock, the device and the voice.
#include "player/sound/announcement_queue.h"

#include "tests/catch.h"
#include "tests/sound/fake_voice.h"
#include "tests/sound/sound_bench.h"

namespace announcement_queue_test {

using namespace sound_bench;
using fake_voice::FakeVoice;

struct Hall {
    Bench bench;
    FakeVoice voice;
    struct Heard {
        std::string ticket;
        std::uint32_t attempt;
        steady_clock::time_point at;
    };
    std::vector<Heard> heard;
    struct Finished {
        std::string ticket;
        std::uint32_t attempt;
        hallcast::sound::Heard how;
    };
    std::vector<Finished> finished;
    AnnouncementQueue queue{*bench.mixer,
                            [this](const Announcement& call, steady_clock::time_point at) {
                                heard.push_back({call.ticket, call.attempt, at});
                            },
                            [this](const Announcement& call, const hallcast::sound::Heard& how) {
                                finished.push_back({call.ticket, call.attempt, how});
                            }};

    steady_clock::time_point now() const { return bench.heard_at(bench.left.size()); }
    void call(const std::string& ticket, std::uint32_t attempt = 1, std::chrono::milliseconds valid = 60s) {
        queue.add({"call-" + ticket, attempt, ticket, 3, {"uk", "pl"}, now() + valid}, now());
    }
    void run(std::chrono::milliseconds time) {
        for (auto passed = 0ms; passed < time; passed += 20ms) {
            queue.step(now(), &voice);
            bench.pull();
        }
        queue.step(now(), &voice);
    }
};

TEST_CASE("Calls are spoken in order, each in the visitor's language and then the office's, and none over another") {
    Hall hall;
    for (const char* ticket : {"A001", "B002", "C003"}) hall.call(ticket);
    hall.run(40s);
    REQUIRE(hall.heard.size() == 3);
    CHECK(hall.heard[0].ticket == "A001");
    CHECK(hall.heard[1].ticket == "B002");
    CHECK(hall.heard[2].ticket == "C003");
    REQUIRE(hall.voice.said.size() == 6);
    CHECK(hall.voice.said[0].language == "uk");
    CHECK(hall.voice.said[0].text == sentence("uk", "A001", 3));
    CHECK(hall.voice.said[1].language == "pl");
    // Chime, two sentences of 3 s and their pauses; then the gap, without a pause for rendering.
    for (int i : {0, 1}) {
        const auto between = hall.heard[std::size_t(i) + 1].at - hall.heard[std::size_t(i)].at;
        CHECK(between > 7.3s);
        CHECK(between < 7.8s);
    }
    CHECK(hall.queue.report().announced == 3);
    CHECK(hall.queue.report().spoken == 3);
}

TEST_CASE("The next call is ready before the one that is spoken ends") {
    Hall hall;
    hall.call("A001");
    hall.call("B002");
    hall.run(6500ms);
    CHECK(hall.heard.size() == 1);
    CHECK(hall.voice.said.size() == 4);
}

TEST_CASE("The same call is spoken once, a recall is a new attempt and is spoken again") {
    Hall hall;
    for (int i = 0; i < 5; ++i) hall.call("A001");
    hall.run(10s);
    hall.call("A001");
    hall.call("A001", 2);
    hall.run(20s);
    REQUIRE(hall.heard.size() == 2);
    CHECK(hall.heard[1].attempt == 2);
    CHECK(hall.queue.report().duplicate == 5);
}

TEST_CASE("The memory for duplicates is bounded: it keeps the last thousand calls") {
    Hall hall;
    for (int i = 0; i < 1100; ++i) {
        hall.queue.add({"call" + std::to_string(i), 1, "A001", 1, {"pl"}, hall.now() - 1s}, hall.now());
        hall.queue.step(hall.now(), &hall.voice);
    }
    const auto again = [&](int i) {
        hall.queue.add({"call" + std::to_string(i), 1, "A001", 1, {"pl"}, hall.now() - 1s}, hall.now());
    };
    again(1099);
    again(100);
    CHECK(hall.queue.report().duplicate == 2);
    again(3);
    CHECK(hall.queue.report().duplicate == 2);
    CHECK(hall.queue.report().expired == 1100);
}

TEST_CASE("The end of an announcement tells when it was heard and how loud, by what was mixed") {
    Hall hall;
    hall.call("A001");
    hall.run(4s);
    CHECK(hall.finished.empty());  // it sounds still
    hall.call("B002", 2);
    hall.run(20s);
    REQUIRE(hall.finished.size() == 2);
    CHECK(hall.finished[1].ticket == "B002");
    CHECK(hall.finished[1].attempt == 2);
    for (std::size_t i = 0; i < 2; ++i) {
        const auto from = hall.finished[i].how.from, until = hall.finished[i].how.until;
        const double level_dbfs = hall.finished[i].how.level_dbfs;
        CHECK(from == hall.heard[i].at);
        // No film plays: what the loudspeaker got between the two is the announcement and nothing else.
        double squares = 0;
        const std::size_t begin = hall.bench.frame_of(from), end = hall.bench.frame_of(until);
        REQUIRE(end > begin + 3 * sample_rate);
        for (std::size_t frame = begin; frame < end; ++frame)
            squares += double(hall.bench.left[frame]) * double(hall.bench.left[frame]);
        CHECK(level_dbfs == Approx(10 * std::log10(squares / double(end - begin))).margin(0.01));
        CHECK(level_dbfs > -40);
        CHECK(level_dbfs < -10);
    }
}

TEST_CASE("What expired or was never heard to its end has no end to tell of") {
    Hall hall;
    hall.call("A001", 1, 5s);
    hall.queue.step(hall.now(), &hall.voice);  // handed to the mixer
    hall.bench.start += 10s;                   // whose device stands still meanwhile
    hall.call("B002", 1, -1s);
    hall.run(2s);
    hall.call("C003");
    hall.run(2s);
    REQUIRE(hall.heard.size() == 1);
    CHECK(hall.heard[0].ticket == "C003");  // and sounds still
    CHECK(hall.finished.empty());
}

TEST_CASE("A call that expired is not spoken") {
    Hall hall;
    hall.call("A001", 1, -1s);
    hall.call("B002", 1, 50ms);  // sooner than the film can duck
    hall.call("C003");
    hall.run(10s);
    REQUIRE(hall.heard.size() == 1);
    CHECK(hall.heard[0].ticket == "C003");
    CHECK(hall.queue.report().expired == 2);
}

TEST_CASE("A call that expires while the device stands still is not spoken when it goes on") {
    Hall hall;
    hall.call("A001", 1, 5s);
    hall.queue.step(hall.now(), &hall.voice);  // handed to the mixer
    hall.bench.start += 10s;
    hall.call("B002", 1, 60s);
    hall.run(15s);
    REQUIRE(hall.heard.size() == 1);
    CHECK(hall.heard[0].ticket == "B002");
    CHECK(hall.queue.report().expired == 1);
}

TEST_CASE("Under load speech shortens, and each of sixty calls is spoken in time or not at all") {
    const auto valid = GENERATE(30s, 60s, 180s, 600s);
    Hall hall;
    const auto begin = hall.now();
    for (int i = 0; i < 60; ++i) hall.call(fmt::format("A{:03}", i), 1, valid);
    hall.run(std::chrono::duration_cast<std::chrono::milliseconds>(valid) + 30s);
    const auto& report = hall.queue.report();
    CHECK(report.announced == 60);
    CHECK(report.spoken + report.expired == 60);
    CHECK(report.spoken == hall.heard.size());
    for (const Hall::Heard& one : hall.heard) CHECK(one.at <= begin + valid);
    for (std::size_t i = 1; i < hall.heard.size(); ++i) CHECK(hall.heard[i].ticket > hall.heard[i - 1].ticket);
    if (valid == 30s) CHECK(report.spoken >= 20);  // chimes alone, 1.3 s each
    if (valid == 60s) CHECK(report.spoken >= 42);
    if (valid == 180s) CHECK(report.spoken == 60);
    if (valid == 180s) CHECK(hall.voice.said.size() < 60);
    if (valid == 600s) CHECK(report.spoken == 60);
    if (valid == 600s) {
        // All in the visitor's language; the other one as well only at the end, when few still wait.
        CHECK(std::ranges::count(hall.voice.said, "uk", &FakeVoice::Said::language) == 60);
        CHECK(std::ranges::count(hall.voice.said, "pl", &FakeVoice::Said::language) < 10);
    }
}

TEST_CASE("A voice that fails leaves the chime") {
    Hall hall;
    hall.voice.works = false;
    hall.call("A001");
    hall.run(5s);
    CHECK(hall.heard.size() == 1);
    CHECK(hall.queue.report().failed == 1);
    CHECK(hall.queue.report().spoken == 1);
}

TEST_CASE("Without work the queue asks for no time, and more calls than it holds are counted as failed") {
    Hall hall;
    CHECK(hall.queue.step(hall.now(), &hall.voice) == steady_clock::time_point::max());
    for (int i = 0; i < 300; ++i) hall.call(std::to_string(i));
    CHECK(hall.queue.report().failed == 44);
    CHECK(hall.queue.step(hall.now(), &hall.voice) == hall.now() + 50ms);
}

}  // namespace announcement_queue_test
