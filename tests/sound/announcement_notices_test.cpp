// Notices between calls: in their turn, text by text; urgent ones before all else, again and again, and what they
// interrupted is spoken again. The test is the clock, the device and the voice.
#include <algorithm>
#include <set>

#include "player/sound/announcement_queue.h"
#include "player/sound/chime.h"
#include "player/sound/notice_speech.h"
#include "player/sound/speech_level.h"
#include "tests/catch.h"
#include "tests/sanitized.h"
#include "tests/sound/fake_voice.h"
#include "tests/sound/sound_bench.h"

namespace announcement_notices_test {

using namespace sound_bench;
using fake_voice::FakeVoice;

struct Hall {
    Bench bench;
    FakeVoice voice;
    struct Heard {
        std::string what;  // "A001", "notice-1 uk"
        steady_clock::time_point at;
    };
    std::vector<Heard> heard;
    std::vector<std::string> finished;
    AnnouncementQueue queue{
        *bench.mixer,
        [this](const Announcement& one, steady_clock::time_point at) {
            heard.push_back({name_of(one), at});
        },
        [this](const Announcement& one, const hallcast::sound::Heard&) { finished.push_back(name_of(one)); }};

    static std::string name_of(const Announcement& one) {
        return one.is_notice() ? one.call_id + " " + one.languages[one.part] : one.ticket;
    }
    steady_clock::time_point now() const { return bench.heard_at(bench.left.size()); }
    void call(const std::string& ticket, std::chrono::milliseconds valid = 60s) {
        queue.add({"call-" + ticket, 1, ticket, 3, {"uk", "pl"}, now() + valid}, now());
    }
    void tell(const std::string& id, std::vector<std::string> languages = {"pl", "uk"}, bool urgent = false,
              std::uint32_t attempt = 1, std::chrono::milliseconds valid = 60s) {
        Announcement notice;
        notice.call_id = id;
        notice.attempt = attempt;
        notice.urgent = urgent;
        notice.languages = std::move(languages);
        for (const auto& language : notice.languages) notice.texts.push_back(id + " in " + language);
        notice.expires_at = now() + valid;
        queue.add(std::move(notice), now());
    }
    void run(std::chrono::milliseconds time) {
        for (auto passed = 0ms; passed < time; passed += 20ms) {
            queue.step(now(), &voice);
            bench.pull();
        }
        queue.step(now(), &voice);
    }
    std::string order() const {
        std::string all;
        for (const Heard& one : heard) all += one.what + "; ";
        return all;
    }
};

TEST_CASE("A notice is spoken once, in its turn among the calls: chime and text, then text by text") {
    Hall hall;
    hall.call("A001");
    hall.tell("notice-1");
    hall.tell("notice-1");  // known
    hall.call("B002");
    hall.run(30s);
    CHECK(hall.order() == "A001; notice-1 pl; notice-1 uk; B002; ");
    REQUIRE(hall.voice.said.size() == 6);
    CHECK(hall.voice.said[2].text == "notice-1 in pl");
    CHECK(hall.voice.said[3].language == "uk");
    // Chime and 3 s, a short pause, 3 s without another chime.
    const auto first = hall.heard[2].at - hall.heard[1].at, second = hall.heard[3].at - hall.heard[2].at;
    CHECK((first > 4.3s && first < 4.7s));
    CHECK((second > 3.3s && second < 3.6s));
    CHECK(hall.finished == std::vector<std::string>{"A001", "notice-1 pl", "notice-1 uk", "B002"});
    CHECK(hall.queue.report().announced == 2);
    CHECK(hall.queue.report().spoken == 2);
}

TEST_CASE("An urgent notice begins in the middle of a call, which is spoken again afterwards") {
    Hall hall;
    hall.call("A001");
    hall.call("B002");
    hall.run(6s);  // A001 sounds, B002 is with the mixer already
    const auto told = hall.now();
    hall.tell("notice-1", {"pl", "uk"}, true);
    hall.run(40s);
    CHECK(hall.order() == "A001; notice-1 pl; notice-1 uk; A001; B002; ");
    CHECK(hall.heard[1].at - told < 700ms);
    CHECK(hall.heard[1].at - told > 0ms);
    CHECK(hall.finished == std::vector<std::string>{"notice-1 pl", "notice-1 uk", "A001", "B002"});
    CHECK(hall.queue.report().spoken == 2);
    CHECK(hall.queue.report().expired == 0);
}

TEST_CASE("A call that expired while an urgent notice was spoken is not spoken again") {
    Hall hall;
    hall.call("A001", 5s);
    hall.call("B002", 8s);
    hall.run(2s);
    hall.tell("notice-1", {"pl", "uk"}, true);
    hall.run(20s);
    CHECK(hall.order() == "A001; notice-1 pl; notice-1 uk; ");
    CHECK(hall.queue.report().spoken == 1);
    CHECK(hall.queue.report().expired == 1);
}

TEST_CASE("A repetition waits for a call's end and comes before the next one; one under way leaves it out") {
    Hall hall;
    hall.tell("notice-1", {"pl"}, true);
    hall.run(6s);
    hall.call("A001");
    hall.call("B002");
    hall.run(1s);
    hall.tell("notice-1", {"pl"}, true, 2);
    hall.run(500ms);
    hall.tell("notice-1", {"pl"}, true, 3);  // the second waits still
    hall.run(30s);
    CHECK(hall.order() == "notice-1 pl; A001; notice-1 pl; B002; ");
    hall.tell("notice-1", {"pl"}, true, 4);
    hall.run(10s);
    CHECK(hall.heard.size() == 5);
}

TEST_CASE("Two urgent notices are spoken one after the other, and interrupt no urgent one") {
    Hall hall;
    hall.tell("notice-1", {"pl", "uk"}, true);
    hall.run(2s);
    hall.tell("notice-2", {"pl"}, true);
    hall.run(20s);
    CHECK(hall.order() == "notice-1 pl; notice-1 uk; notice-2 pl; ");
}

TEST_CASE("An urgent notice that sounds is spoken to its end, the call behind it after the next urgent one") {
    Hall hall;
    hall.tell("notice-1", {"pl"}, true);
    hall.call("A001");
    hall.run(3s);  // A001 is with the mixer already
    hall.tell("notice-2", {"pl"}, true);
    hall.run(20s);
    CHECK(hall.order() == "notice-1 pl; notice-2 pl; A001; ");
    CHECK(hall.finished == std::vector<std::string>{"notice-1 pl", "notice-2 pl", "A001"});
}

TEST_CASE("A usual notice that is interrupted goes on with the text that was cut") {
    Hall hall;
    hall.tell("notice-1", {"pl", "uk", "en"});
    hall.run(6s);  // in the middle of "uk"
    hall.tell("notice-2", {"pl"}, true);
    hall.run(20s);
    CHECK(hall.order() == "notice-1 pl; notice-1 uk; notice-2 pl; notice-1 uk; notice-1 en; ");
}

TEST_CASE("A notice that is over falls silent at once, and calls go on") {
    Hall hall;
    hall.tell("notice-1", {"pl", "uk"}, true);
    hall.run(2s);
    hall.call("A001");
    hall.queue.withdraw("notice-1");
    hall.run(500ms);
    const std::size_t quiet_from = hall.bench.left.size();
    hall.queue.withdraw("call-A001");  // is no notice
    hall.run(10s);
    CHECK(hall.order() == "notice-1 pl; A001; ");
    CHECK(hall.heard[1].at - hall.bench.heard_at(quiet_from) < 500ms);
    CHECK(hall.finished == std::vector<std::string>{"A001"});
    Hall later;
    later.call("A001");
    later.tell("notice-1");
    later.run(2s);
    later.queue.withdraw("notice-1");
    later.run(20s);
    CHECK(later.order() == "A001; ");
    // With the mixer already: the call before it is not cut.
    Hall last;
    last.call("A001");
    last.tell("notice-1");
    last.call("B002");
    last.run(6500ms);
    last.queue.withdraw("notice-1");
    last.run(20s);
    CHECK(last.order() == "A001; B002; ");
    CHECK(last.finished == std::vector<std::string>{"A001", "B002"});
}

TEST_CASE("Who takes over in a notice says its texts once and in order, from the one that may have been cut") {
    const bool urgent = GENERATE(false, true);
    const std::vector<std::string> all{"notice-1 pl; ", "notice-1 uk; ", "notice-1 en; "};
    std::set<std::size_t> said;
    for (auto at = 0ms; at < 14s; at += hallcast::tests::sanitized ? 900ms : 300ms) {
        INFO(at.count() << " ms");
        Hall hall;
        hall.queue.set_duty({.speaks = false}, hall.now());
        hall.tell("notice-1", {"pl", "uk", "en"}, urgent);
        hall.call("A001");
        hall.run(at);
        REQUIRE(hall.heard.empty());
        hall.queue.set_duty({.speaks = true}, hall.now());
        hall.run(30s);
        std::string rest = hall.order();
        const auto call = rest.find("A001; ");
        REQUIRE(call != std::string::npos);
        rest.erase(call, 6);
        CHECK(rest.find("A001") == std::string::npos);
        const std::size_t texts = std::size_t(std::ranges::count(rest, ';'));
        REQUIRE(texts <= 3);
        said.insert(texts);
        std::string wanted;
        for (std::size_t i = 3 - texts; i < 3; ++i) wanted += all[i];
        CHECK(rest == wanted);
    }
    CHECK(said == std::set<std::size_t>{0, 1, 2, 3});
}

TEST_CASE("What is left of a notice when its time is over is not spoken") {
    Hall hall;
    hall.tell("notice-1", {"pl", "uk"}, false, 1, 3s);
    hall.run(20s);
    CHECK(hall.order() == "notice-1 pl; ");
}

TEST_CASE("Where the voice fails a notice has its signal still, and the queue goes on") {
    Hall hall;
    hall.voice.works = false;
    hall.tell("notice-1", {"pl", "uk", "en"});
    hall.tell("notice-2", {"pl"}, true);
    hall.run(5s);
    CHECK(hall.order() == "notice-2 pl; notice-1 pl; ");
    hall.voice.works = true;
    hall.call("A001");
    hall.run(10s);
    CHECK(hall.heard.size() == 3);
}

// The share of a sound's energy in a tone, by Goertzel.
double share_of(const Pcm& pcm, double frequency) {
    double re = 0, im = 0, all = 0;
    for (std::size_t i = 0; i < pcm.samples.size(); ++i) {
        const double phase = 2 * 3.14159265358979 * frequency * double(i) / sample_rate;
        re += pcm.samples[i] * std::cos(phase);
        im += pcm.samples[i] * std::sin(phase);
        all += double(pcm.samples[i]) * pcm.samples[i];
    }
    return 2 * (re * re + im * im) / all / double(pcm.samples.size());
}

TEST_CASE("The urgent signal is nothing like a call's chime: other tones, four of them, no decay, no louder") {
    const Pcm urgent = urgent_signal(), usual = chime();
    CHECK(urgent.duration() == 1s);
    CHECK(active_level_db(urgent) == Approx(active_level_db(usual)).margin(0.5));
    for (const double frequency : {659.26, 523.25})
        CHECK(share_of(usual, frequency) > 10 * share_of(urgent, frequency));
    for (const double frequency : {622.25, 932.33})
        CHECK(share_of(urgent, frequency) > 10 * share_of(usual, frequency));
    // Loud stretches, in 10 ms.
    int tones = 0;
    bool loud = false;
    for (std::size_t at = 0; at + 480 <= urgent.samples.size(); at += 480) {
        double peak = 0;
        for (std::size_t i = at; i < at + 480; ++i) peak = std::max(peak, double(std::abs(urgent.samples[i])));
        if ((peak > 0.05) != loud) loud = !loud, tones += loud;
    }
    CHECK(tones == 4);
    // Nothing clicks: no step between samples is steeper than the tones themselves.
    float steepest = 0;
    for (std::size_t i = 1; i < urgent.samples.size(); ++i)
        steepest = std::max(steepest, std::abs(urgent.samples[i] - urgent.samples[i - 1]));
    CHECK(steepest < 0.12f);
}

}  // namespace announcement_notices_test
