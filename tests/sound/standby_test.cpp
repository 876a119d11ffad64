// Two screens of one acoustic zone: one speaks, the other stands by and goes on where the first stopped. The test is
// the clock, the devices and the master that tells who speaks.
#include <map>
#include <random>
#include <set>

#include "player/sound/announcement_queue.h"
#include "tests/catch.h"
#include "tests/sanitized.h"
#include "tests/sound/fake_voice.h"
#include "tests/sound/sound_bench.h"

namespace standby_test {

using namespace sound_bench;
using fake_voice::FakeVoice;
using std::chrono::milliseconds;

struct Screen {
    struct Told {
        std::string ticket;
        hallcast::sound::Heard how;
    };
    Bench bench;
    FakeVoice voice;
    std::vector<Told> begun, ended;  // of `begun` the time alone
    AnnouncementQueue queue{*bench.mixer,
                            [this](const Announcement& call, steady_clock::time_point at) {
                                begun.push_back({call.ticket, {.from = at}});
                            },
                            [this](const Announcement& call, const hallcast::sound::Heard& how) {
                                ended.push_back({call.ticket, how});
                            }};

    Screen(bool speaks) { queue.set_duty({.speaks = speaks}, now()); }
    steady_clock::time_point now() const { return bench.heard_at(bench.left.size()); }
    void call(const std::string& ticket, milliseconds valid = 60s) {
        queue.add({"call-" + ticket, 1, ticket, 3, {"uk", "pl"}, now() + valid}, now());
    }
    void step() {
        queue.step(now(), &voice);
        bench.pull();
    }
    void run(milliseconds time) {
        for (auto passed = 0ms; passed < time; passed += 20ms) step();
    }
    void duty(Duty duty) { queue.set_duty(duty, now()); }
    bool silent() const {
        return std::ranges::all_of(bench.left, [](float sample) { return sample == 0.0f; });
    }
    bool ended_with(const std::string& ticket) const {
        return std::ranges::find(ended, ticket, &Told::ticket) != ended.end();
    }
};

TEST_CASE("who stands by is not heard, does not duck its film and owes no receipt") {
    Screen screen(false);
    for (const char* ticket : {"A001", "B002"}) screen.call(ticket);
    screen.run(20s);
    CHECK(screen.silent());
    CHECK(screen.begun.empty());
    CHECK(screen.ended.empty());
    CHECK(screen.queue.report().announced == 2);
    CHECK(screen.queue.report().stood_by == 2);
    CHECK(screen.queue.report().spoken == 0);
    Screen film(false);
    film.call("A001");
    for (int i = 0; i < 200; ++i) {
        film.queue.step(film.now(), &film.voice);
        film.bench.run(1, 0.125f);
    }
    for (std::size_t frame = 48000; frame < film.bench.left.size(); ++frame)
        REQUIRE(film.bench.left[frame] == tone_at(frame - limiter_delay));
}

TEST_CASE("who stands by keeps the speaker's order and times") {
    Screen first(true), second(false);
    for (const char* ticket : {"A001", "B002", "C003"}) {
        first.call(ticket);
        second.call(ticket);
    }
    // In the middle of the second call.
    first.run(11s);
    second.run(11s);
    REQUIRE(first.begun.size() == 2);
    const auto taken_over = second.now();
    second.duty({.speaks = true});
    second.run(30s);
    REQUIRE(second.begun.size() == 2);
    CHECK(second.begun[0].ticket == "B002");
    CHECK(second.begun[0].how.from - taken_over < 300ms);
    CHECK(second.begun[1].ticket == "C003");
    CHECK(second.ended.size() == 2);
}

TEST_CASE(
    "what ended less than two seconds ago may not have been finished, and is said again; what ended before is not") {
    const auto [after, again] = GENERATE(std::pair{500ms, true}, std::pair{1900ms, true}, std::pair{2100ms, false});
    Screen screen(false);
    screen.call("A001");
    screen.step();
    while (screen.queue.report().stood_by == 0) screen.step();
    screen.run(after);
    screen.duty({.speaks = true});
    CHECK(screen.queue.report().stood_by == (again ? 0 : 1));
    screen.run(10s);
    CHECK(screen.ended_with("A001") == again);
}

TEST_CASE("who is the speaker no longer ends its sentence, and is silent then") {
    Screen screen(true);
    for (const char* ticket : {"A001", "B002"}) screen.call(ticket);
    screen.run(3s);
    screen.duty({.speaks = false});
    screen.run(30s);
    REQUIRE(screen.ended.size() == 1);
    CHECK(screen.ended[0].ticket == "A001");
    CHECK(screen.ended[0].how.until - screen.ended[0].how.from > 7s);
    CHECK(screen.begun.size() == 1);
    CHECK(screen.queue.report().stood_by == 1);
    // And takes the word again.
    screen.call("C003");
    screen.run(1s);
    screen.duty({.speaks = true});
    screen.run(10s);
    CHECK(screen.ended_with("C003"));
}

// The speaker is killed, or hangs, at any moment of a busy time; the other is told within two seconds.
TEST_CASE("a killed speaker's calls are spoken to their end by the other, the broken one within three seconds") {
    const auto seed = std::random_device()();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const auto some = [&](int below) { return int(random() % unsigned(below)); };
    for (int round = 0; round < (hallcast::tests::sanitized ? 3 : 12); ++round) {
        INFO("round " << round);
        Screen first(true), second(false);
        // The second hears of each call up to 100 ms later.
        struct Call {
            milliseconds at;
            std::string ticket;
        };
        std::vector<Call> calls;
        milliseconds at{0};
        for (int i = 0; i < 6; ++i, at += milliseconds(some(7000))) calls.push_back({at, fmt::format("A{:03}", i)});
        const milliseconds lag(20 * some(6));
        const milliseconds killed(20 * some(2000));
        const milliseconds noticed = some(2) == 0 ? milliseconds(40) : milliseconds(20 * some(100));
        const auto killed_at = first.bench.start + killed;
        const auto takes_over = killed + noticed;
        for (auto time = 0ms; time < 150s; time += 20ms) {
            for (const Call& call : calls) {
                if (time < killed && time - 20ms < call.at && call.at <= time) first.call(call.ticket, 120s);
                if (time - 20ms < call.at + lag && call.at + lag <= time) second.call(call.ticket, 120s);
            }
            if (time < killed) first.step();
            if (time - 20ms < takes_over && takes_over <= time) second.duty({.speaks = true});
            second.step();
        }
        first.queue.step(first.now(), &first.voice);
        for (const Call& call : calls) {
            INFO(call.ticket << " killed at " << killed.count() << " noticed after " << noticed.count());
            CHECK((first.ended_with(call.ticket) || second.ended_with(call.ticket)));
        }
        std::map<std::string, int> times;
        for (const Screen::Told& told : second.begun) ++times[told.ticket];
        for (const auto& [ticket, count] : times) CHECK(count == 1);
        CHECK(second.queue.report().expired == 0);
        // The one that was broken off.
        if (!first.begun.empty() && !first.ended_with(first.begun.back().ticket)) {
            const auto again = std::ranges::find(second.begun, first.begun.back().ticket, &Screen::Told::ticket);
            REQUIRE(again != second.begun.end());
            const auto silence = again->how.from - killed_at;
            // After two seconds the other may take the one after it for the one that was broken off.
            if (noticed == 40ms && killed_at - first.begun.back().how.from > 200ms)
                CHECK(again == second.begun.begin());
            if (again == second.begun.begin()) CHECK(silence < 3s);
        }
    }
}

TEST_CASE("in quiet hours nothing is spoken nor chimed; a receipt says so, and the sentence that sounds is ended") {
    Screen screen(true);
    screen.call("A001");
    screen.run(2s);
    screen.duty({.speaks = true, .quiet = true});
    screen.call("B002");
    screen.run(10s);
    REQUIRE(screen.ended.size() == 2);
    const auto& [ticket, how] = screen.ended[0];
    CHECK(ticket == "B002");
    CHECK(how.quiet);
    CHECK(how.from == how.until);
    CHECK(how.level_dbfs == silence_dbfs);
    CHECK(how.languages.empty());
    CHECK(screen.ended[1].ticket == "A001");
    CHECK_FALSE(screen.ended[1].how.quiet);
    CHECK(screen.queue.report().quiet == 1);
    CHECK(screen.queue.report().spoken == 1);
    screen.duty({.speaks = true});
    screen.call("C003");
    screen.run(10s);
    CHECK(screen.ended_with("C003"));
    // Another's receipt is enough.
    Screen other(false);
    other.duty({.speaks = false, .quiet = true});
    other.call("A001");
    other.run(1s);
    CHECK(other.ended.empty());
    CHECK(other.queue.report().quiet == 1);
}

TEST_CASE("the end of an announcement tells in which languages it was spoken, and whether it was shortened") {
    Screen screen(true);
    screen.call("A001");
    screen.run(10s);
    for (int i = 0; i < 12; ++i) screen.call(fmt::format("B{:03}", i));
    screen.run(60s);
    screen.voice.works = false;
    screen.call("C003");
    screen.run(3s);
    REQUIRE(screen.ended.size() > 3);
    CHECK(screen.ended[0].how.languages == std::vector<std::string>{"uk", "pl"});
    CHECK_FALSE(screen.ended[0].how.brief);
    CHECK(screen.ended[1].how.languages == std::vector<std::string>{"uk"});
    CHECK(screen.ended[1].how.brief);
    CHECK(screen.ended.back().ticket == "C003");
    CHECK(screen.ended.back().how.languages.empty());
    CHECK(screen.ended.back().how.brief);
}

}  // namespace standby_test
