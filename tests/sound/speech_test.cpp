// The real voice: that each language is spoken, and equally loud.
#include <espeak-ng/speak_lib.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "player/sound/announcer.h"
#include "player/sound/chime.h"
#include "player/sound/limiter.h"
#include "player/sound/render.h"
#include "player/sound/speech_level.h"
#include "tests/catch.h"
#include "tests/sanitized.h"
#include "tests/sound/fake_voice.h"
#include "tests/sound/heard.h"

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
            CHECK(heard::lufs(pcm.samples) == Approx(speech_lufs).margin(0.5));
            CHECK(peak(pcm) <= ceiling);
            // Two voices would give the same samples only if one of them were not there.
            for (const Pcm& other : all) CHECK(other.samples != pcm.samples);
            all.push_back(pcm);
        }
    }
}

// What the voice makes of a text, in IPA without stress and length: a word is stressed differently alone and in a
// sentence. As `espeak-ng --ipa` prints it; "(en)" in it: the voice gave up and reads by English rules.
std::string phonemes(Voice& voice, const std::string& language, const std::string& text) {
    REQUIRE(voice.speak("1", language));  // selects it
    std::string all;
    const void* rest = text.c_str();
    while (rest != nullptr) {
        if (const char* clause = espeak_TextToPhonemes(&rest, espeakCHARS_UTF8, 0x02)) all += clause;
        all += ' ';
    }
    for (const char* mark : {"ˈ", "ˌ", "ː"}) {
        for (std::size_t at = 0; (at = all.find(mark, at)) != std::string::npos;) all.erase(at, 2);
    }
    return all;
}

TEST_CASE("The voice says the number's words, by ear of its phonemes") {
    auto voice = make_espeak_voice();
    REQUIRE(voice);
    struct Heard {
        const char* language;
        unsigned number;
        std::vector<const char*> words, sounds;
    };
    // The sounds are a dictionary's (Wiktionary's IPA), of a part that espeak-ng writes alike.
    const Heard all[] = {
        {"pl", 12, {"dwanaście"}, {"dvanaɕtɕɛ"}},
        {"pl", 521, {"pięćset", "dwadzieścia", "jeden"}, {"ɛɲtɕsɛ", "dvadʑɛɕtɕa", "jɛdɛn"}},
        {"pl", 999, {"dziewięćset", "dziewięćdziesiąt", "dziewięć"}, {"ɛɲtɕsɛ", "dʑɛɕɔn"}},
        {"uk", 12, {"дванадцять"}, {"dvan"}},
        {"uk", 305, {"триста", "п'ять"}, {"trista", "pjat"}},
        {"uk", 741, {"сімсот", "сорок", "один"}, {"simsot", "rok", "din"}},
        {"de", 12, {"zwölf"}, {"tsvœlf"}},
        {"de", 321, {"dreihunderteinundzwanzig"}, {"hʊndɜt", "ʊnttsvantsɪç"}},
        {"de", 999, {"neunhundertneunundneunzig"}, {"hʊndɜt", "tsɪç"}},
    };
    for (const Heard& heard : all) {
        const std::string text = sentence(heard.language, fmt::format("B{:03}", heard.number), 3);
        const std::string said = phonemes(**voice, heard.language, text);
        INFO(text << " /" << said << "/");
        for (const char* word : heard.words) {
            std::string alone = phonemes(**voice, heard.language, word);
            // Without the end, which takes the voice of the next word's beginning: "pięćset" is "-sed" before "dw-".
            alone.erase(alone.find_last_not_of(' '));
            INFO(word << " /" << alone << "/");
            CHECK(said.find(alone) != std::string::npos);
        }
        for (const char* sound : heard.sounds) {
            INFO(sound);
            CHECK(said.find(sound) != std::string::npos);
        }
    }
}

TEST_CASE("No voice falls back to English, and none says two letters alike") {
    auto voice = make_espeak_voice();
    REQUIRE(voice);
    for (const std::string& language : spoken_languages()) {
        std::set<std::string> heard;
        for (char letter = 'A'; letter <= 'Z'; ++letter) {
            const std::string text = sentence(language, letter + std::string("987"), unsigned(letter - 'A') + 1);
            const std::string said = phonemes(**voice, language, text);
            INFO(language << ": " << text << " /" << said << "/");
            CHECK(said.find('(') == std::string::npos);
            const std::string same = phonemes(**voice, language, sentence(language, letter + std::string("6"), 1));
            CHECK(heard.insert(same).second);
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
    constexpr std::size_t between = sample_rate * 80 / 1000;
    const std::size_t first = gong.samples.size() + sample_rate * 30 / 1000, second = first + 3 * sample_rate + between;
    REQUIRE(pcm->samples.size() == second + 3 * sample_rate);
    CHECK(std::equal(gong.samples.begin(), gong.samples.end(), pcm->samples.begin()));
    CHECK(pcm->samples[first - 1] == 0.0f);
    CHECK(pcm->samples[first] == Approx(0.141f).margin(0.01));
    for (std::size_t i = second - between; i < second; ++i) REQUIRE(pcm->samples[i] == 0.0f);
    CHECK(pcm->samples[second] == Approx(0.141f).margin(0.01));

    CHECK(voice.said.back().text == sentence("en", "A012", 3, Phrase::call));

    CHECK(render(&voice, two, Wording::visitor_only)->samples.size() == first + 3 * sample_rate);
    CHECK(voice.said.back().text == sentence("pl", "A012", 3, Phrase::brief));
    CHECK(render(nullptr, two, Wording::chime_only)->samples == gong.samples);
    REQUIRE(render(voice, {"c", 2, "A012", 3, {"pl"}, {}}));
    CHECK(voice.said.back().text == sentence("pl", "A012", 3, Phrase::recall));
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

// In two languages, as most calls are; a film is not in the recording.
TEST_CASE("A real announcement in any language has one loudness, no long silence and no click") {
    auto voice = make_espeak_voice();
    REQUIRE(voice);
    for (const std::string& language : spoken_languages()) {
        for (const auto& [ticket, counter, attempt] :
             {std::tuple{"A012", 3u, 1u}, {"W105", 12u, 1u}, {"K730", 28u, 2u}}) {
            if (hallcast::tests::sanitized && attempt == 1 && counter == 3) continue;
            const auto pcm = render(**voice, {"c", attempt, ticket, counter, {language, "pl"}, {}});
            REQUIRE(pcm);
            INFO(language << " " << ticket);
            const double lufs = heard::lufs(pcm->samples);
            CHECK(lufs == Approx(speech_lufs).margin(1.0));
            const auto silence = heard::longest_silence(pcm->samples);
            INFO("silence at " << silence.begin << " s");
            CHECK(silence.seconds <= 0.12);
            for (const double at : heard::clicks(pcm->samples)) FAIL_CHECK("click at " << at << " s");
        }
    }
}

TEST_CASE("The chime is short, as loud as speech, and begins and ends in silence") {
    const Pcm pcm = chime();
    CHECK(seconds(pcm) == Approx(0.9).margin(0.1));
    CHECK(heard::lufs(pcm.samples) == Approx(speech_lufs).margin(1.0));
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
    CHECK(loudness(levelled(cut)) == Approx(speech_lufs).margin(0.2));
    CHECK(trimmed(Pcm{std::vector<float>(1000)}).samples.empty());
    CHECK(trimmed(Pcm{}).samples.empty());
    CHECK(levelled(Pcm{std::vector<float>(1000)}).samples == std::vector<float>(1000));
    CHECK(active_level_db(Pcm{}) == -120.0f);
    CHECK(loudness(Pcm{}) == least_lufs);
    CHECK(loudness(Pcm{std::vector<float>(1000)}) == least_lufs);
}

TEST_CASE("A long pause becomes a tenth of a second, a short one stays, and nothing breaks at its seam") {
    Pcm pcm;
    const auto add = [&](std::size_t frames, float level) {
        const std::size_t begin = pcm.samples.size();
        for (std::size_t i = 0; i < frames; ++i) {
            const float soft = std::min({1.0f, float(i) / 480, float(frames - i) / 480});
            pcm.samples.push_back(level * soft * float(std::sin(double(begin + i) * 0.05)));
        }
    };
    add(24000, 0.1f);
    add(4320, 0.0005f);
    add(24000, 0.1f);
    add(24000, 0.0005f);
    add(24000, 0.1f);
    const Pcm shorter = without_long_pauses(pcm);
    CHECK(pcm.samples.size() - shorter.samples.size() == Approx(24000 - longest_pause).margin(1500));
    CHECK(heard::longest_silence(shorter.samples, 0.002).seconds <= 0.11);
    CHECK(heard::longest_silence(shorter.samples, 0.002).seconds >= 0.08);
    CHECK(heard::clicks(shorter.samples).empty());
    CHECK(without_long_pauses(Pcm{}).samples.empty());
    CHECK(without_long_pauses(Pcm{std::vector<float>(30000)}).samples.size() <= 30000);
}

}  // namespace speech_test
