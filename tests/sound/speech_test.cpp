// The real voice: that each language is spoken, and equally loud.
#include <algorithm>
#include <cmath>

#include "player/sound/announcer.h"
#include "player/sound/chime.h"
#include "player/sound/limiter.h"
#include "player/sound/render.h"
#include "player/sound/speech_level.h"
#include "tests/catch.h"
#include "tests/sound/fake_voice.h"

namespace speech_test {

using namespace hallcast::sound;

float peak(const Pcm& pcm) {
    float result = 0;
    for (const float sample : pcm.samples) result = std::max(result, std::abs(sample));
    return result;
}

double seconds(const Pcm& pcm) { return double(pcm.samples.size()) / sample_rate; }

TEST_CASE("Each language is really spoken, as long as a sentence is and as loud as the others") {
    auto voice = make_espeak_voice();
    REQUIRE(voice);
    std::vector<Pcm> all;
    for (const std::string& language : spoken_languages()) {
        INFO(language);
        for (const auto& [ticket, counter] : {std::pair{"A012", 3u}, {"W105", 12u}}) {
            auto raw = (*voice)->speak(sentence(language, ticket, counter), language);
            REQUIRE(raw);
            CHECK(seconds(*raw) > 0.8);
            CHECK(seconds(*raw) < 6.0);
            const Pcm pcm = levelled(std::move(*raw));
            CHECK(active_level_db(pcm) == Approx(speech_level_db).margin(1.0));
            CHECK(peak(pcm) <= ceiling);
            // Two voices would give the same samples only if one of them were not there.
            for (const Pcm& other : all) CHECK(other.samples != pcm.samples);
            all.push_back(pcm);
        }
    }
}

TEST_CASE("espeak-ng is had by one voice at a time, and again after that") {
    auto first = make_espeak_voice();
    REQUIRE(first);
    CHECK_FALSE(make_espeak_voice());
    first->reset();
    auto second = make_espeak_voice();
    REQUIRE(second);
    CHECK((*second)->speak("one", "en"));
    const auto silent = (*second)->speak("", "en");
    CHECK_FALSE(silent);
}

TEST_CASE("An announcement is the chime, then each language with pauses between") {
    fake_voice::FakeVoice voice;
    const Announcement two{"c", 1, "A012", 3, {"pl", "en"}, {}};
    const auto pcm = render(voice, two);
    REQUIRE(pcm);
    const Pcm gong = chime();
    const std::size_t first = gong.samples.size() + sample_rate / 20,
                      second = first + 3 * sample_rate + sample_rate / 4;
    REQUIRE(pcm->samples.size() == second + 3 * sample_rate);
    CHECK(std::equal(gong.samples.begin(), gong.samples.end(), pcm->samples.begin()));
    CHECK(pcm->samples[first - 1] == 0.0f);
    CHECK(pcm->samples[first] == Approx(0.1f).margin(0.01));
    for (std::size_t i = second - sample_rate / 4; i < second; ++i) REQUIRE(pcm->samples[i] == 0.0f);
    CHECK(pcm->samples[second] == Approx(0.1f).margin(0.01));

    CHECK(render(&voice, two, Wording::visitor_only)->samples.size() == first + 3 * sample_rate);
    CHECK(render(nullptr, two, Wording::chime_only)->samples == gong.samples);
    voice.works = false;
    CHECK(render(voice, two).error().message == "the fake voice is hoarse");
}

TEST_CASE("A real announcement in two languages is not clipped") {
    auto voice = make_espeak_voice();
    REQUIRE(voice);
    const auto pcm = render(**voice, {"c", 1, "A012", 3, {"pl", "en"}, {}});
    REQUIRE(pcm);
    CHECK(peak(*pcm) <= ceiling);
    CHECK(seconds(*pcm) > 0.9 + 1.0 + 1.0);
    CHECK(seconds(*pcm) < 12.0);
}

TEST_CASE("The chime is short, as loud as speech, and begins and ends in silence") {
    const Pcm pcm = chime();
    CHECK(seconds(pcm) == Approx(0.9).margin(0.1));
    CHECK(active_level_db(pcm) == Approx(speech_level_db).margin(1.0));
    CHECK(std::abs(pcm.samples.front()) < 1e-3f);
    CHECK(std::abs(pcm.samples.back()) < 1e-3f);
    float steepest = 0;
    for (std::size_t i = 1; i < pcm.samples.size(); ++i) {
        steepest = std::max(steepest, std::abs(pcm.samples[i] - pcm.samples[i - 1]));
    }
    CHECK(steepest < 0.1f);
}

TEST_CASE("Trimming keeps what is spoken, levelling keeps silence silent") {
    Pcm pcm;
    pcm.samples.assign(sample_rate, 0.0f);
    for (std::size_t i = 20000; i < 30000; ++i) pcm.samples[i] = 0.01f * float(std::sin(double(i) * 0.1));
    const Pcm cut = trimmed(pcm);
    CHECK(cut.samples.size() > 10000);
    CHECK(cut.samples.size() < 11100);
    CHECK(active_level_db(levelled(cut)) == Approx(speech_level_db).margin(0.7));
    CHECK(trimmed(Pcm{std::vector<float>(1000)}).samples.empty());
    CHECK(trimmed(Pcm{}).samples.empty());
    CHECK(levelled(Pcm{std::vector<float>(1000)}).samples == std::vector<float>(1000));
    CHECK(active_level_db(Pcm{}) == -120.0f);
}

}  // namespace speech_test
