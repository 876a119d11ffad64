// Which voice speaks: recorded ones, commands, espeak-ng; and what is spoken only once.
#include "player/sound/voices.h"

#include <algorithm>

#include "player/sound/command_voice.h"
#include "player/sound/recorded_voice.h"
#include "player/sound/recordings.h"
#include "player/sound/speech_cache.h"
#include "player/sound/speech_level.h"
#include "protocol/base/file.h"
#include "tests/catch.h"
#include "tests/sound/fake_voice.h"
#include "tests/sound/made_recordings.h"

namespace voices_test {

using namespace hallcast::sound;
using namespace made_recordings;
using fake_voice::FakeVoice;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

TEST_CASE("The first voice of the language that can say it speaks; what was said once is not made again") {
    auto polish = std::make_unique<FakeVoice>(), all = std::make_unique<FakeVoice>();
    FakeVoice &first = *polish, &last = *all;
    std::vector<NamedVoice> named;
    named.push_back({"first", "pl", std::move(polish)});
    named.push_back({"last", "", std::move(all)});
    const auto voices = make_voices(std::move(named));
    const auto one = voices->speak("jeden", "pl-PL");
    REQUIRE(one);
    CHECK(first.said.size() == 1);
    CHECK(first.said[0].language == "pl");
    CHECK(voices->speak("jeden", "pl")->samples == one->samples);
    CHECK(first.said.size() == 1);
    REQUIRE(voices->speak("jeden", "uk"));
    CHECK(last.said.size() == 1);
    first.works = false;
    REQUIRE(voices->speak("jeden", "pl"));  // still known
    CHECK(last.said.size() == 1);
    REQUIRE(voices->speak("dwa", "pl"));
    CHECK(last.said.size() == 2);
    last.works = false;
    REQUIRE(voices->speak("dwa", "pl"));
    CHECK(voices->speak("trzy", "pl").error().message == "the fake voice is hoarse");
}

TEST_CASE("Speech is kept up to so many bytes; what was not used for longest goes") {
    const auto samples = [](std::size_t count) { return Pcm{std::vector<float>(count, 0.5f)}; };
    SpeechCache cache(1000 * sizeof(float));
    cache.put({"v", "pl", "a"}, samples(400));
    cache.put({"v", "pl", "b"}, samples(400));
    CHECK(cache.find({"w", "pl", "a"}) == nullptr);
    CHECK(cache.find({"v", "uk", "a"}) == nullptr);
    REQUIRE(cache.find({"v", "pl", "a"}) != nullptr);
    cache.put({"v", "pl", "c"}, samples(300));
    CHECK(cache.find({"v", "pl", "b"}) == nullptr);
    CHECK(cache.find({"v", "pl", "a"}) != nullptr);
    CHECK(cache.bytes() == 700 * sizeof(float));
    cache.put({"v", "pl", "long"}, samples(1001));
    CHECK(cache.find({"v", "pl", "long"}) == nullptr);
    cache.put({"v", "pl", "all"}, samples(1000));
    CHECK(cache.bytes() == 1000 * sizeof(float));
    for (int i = 0; i < 1000; ++i) {
        cache.put({"v", "pl", std::to_string(i)}, samples(std::size_t(i)));
        if (cache.bytes() > 1000 * sizeof(float)) FAIL(cache.bytes() << " bytes after " << i);
    }
}

// Commands of every machine stand in for synthesisers.
struct Commands {
    Folder folder;
    std::string wav = (folder.path / "said.wav").string();
    Commands() { REQUIRE(write_wav(wav, Pcm{made({.noise = 0, .seconds = 1.0, .offset = 0}).samples})); }
    static VoiceFile file(std::vector<std::string> command) {
        VoiceFile voice;
        voice.language = "pl";
        voice.command = std::move(command);
        return voice;
    }
    // What it fails with, or how long it speaks.
    static std::string outcome(std::vector<std::string> command, std::chrono::seconds timeout = 5s) {
        VoiceFile voice = file(std::move(command));
        voice.timeout = timeout;
        const auto spoken = make_command_voice(voice)->speak("jeden", "pl");
        return spoken ? fmt::format("{:.1f} s", double(spoken->samples.size()) / sample_rate) : spoken.error().message;
    }
};

TEST_CASE("A command speaks through its {wav} or its stdout, and reads the text") {
    const Commands with;
    CHECK(Commands::outcome({"/bin/cp", with.wav, "{wav}"}) == "1.0 s");
    CHECK(Commands::outcome({"/bin/cat", with.wav}) == "1.0 s");
    const std::string heard = (with.folder.path / "heard").string();
    CHECK(Commands::outcome({"/bin/sh", "-c", "cat > " + heard + "; cp " + with.wav + " {wav}"}) == "1.0 s");
    CHECK(*hallcast::read_file(heard) == "jeden\n");
}

TEST_CASE("A command that hangs is killed; one that fails says why") {
    const Commands with;
    CHECK(Commands::outcome({"/bin/sleep", "1000"}, 1s) == "/bin/sleep: was killed, since it took longer than 1 s");
    CHECK(Commands::outcome({"/bin/sh", "-c", "echo no model >&2; exit 3"}) == "/bin/sh: failed (3): no model");
    CHECK(Commands::outcome({"/bin/true", "{wav}"}) == "/bin/true: wrote no {wav}");
    CHECK(Commands::outcome({"/bin/true"}) == "/bin/true's output: is no WAV file");
    CHECK(Commands::outcome({"/bin/cat", "/dev/zero"}) == "/bin/cat: was killed, since it wrote too much");
    CHECK(Commands::outcome({"/no/such/program"}).find("could not be started") != std::string::npos);
    REQUIRE(write_wav(with.wav, Pcm{std::vector<float>(1000)}));
    CHECK(Commands::outcome({"/bin/cat", with.wav}) == "/bin/cat: says nothing for 'jeden'");
}

TEST_CASE("After it failed a command is left alone for a minute, so that no call waits for it again") {
    const Commands with;
    steady_clock::time_point now{};
    const std::string broken = (with.folder.path / "broken").string();
    write_text(broken, "");
    const auto voice = make_command_voice(
        Commands::file({"/bin/sh", "-c", "if [ -e " + broken + " ]; then exit 1; fi; cat " + with.wav}),
        [&] { return now; });
    CHECK_FALSE(voice->speak("jeden", "pl"));
    std::filesystem::remove(broken);
    now += rest_after_failure - 1ms;
    CHECK(voice->speak("jeden", "pl").error().message == "/bin/sh: is left alone for 60 s after it failed");
    now += 1ms;
    CHECK(voice->speak("jeden", "pl"));
}

TEST_CASE("A folder's voices are opened, wrong ones left out, and espeak-ng speaks what they cannot") {
    const Commands with;
    const auto add = [&](const char* name, const std::string& yaml) {
        std::filesystem::create_directories(with.folder.path / "voices" / name);
        write_text(with.folder.path / "voices" / name / "voice.yaml", yaml);
    };
    add("a-command", "language: pl\ncommand: [/bin/cat, " + with.wav + "]\n");
    add("hangs", "language: uk\ncommand: [/bin/sleep, '1000']\ntimeout: 1\n");
    add("wrong", "language: pl\n");
    record(with.folder.path / "recorded", voice_pieces("pl", "A"));
    REQUIRE(pack_recordings(with.folder.path / "recorded", "pl", "A", with.folder.path / "voices" / "recorded.voice"));
    const auto voices = open_voices(with.folder.path / "voices");
    REQUIRE(voices);
    const auto seconds = [&](const char* ticket, const char* language) {
        const auto spoken = (*voices)->speak(sentence(language, ticket, 3), language);
        REQUIRE(spoken);
        return double(spoken->samples.size()) / sample_rate;
    };
    CHECK(seconds("A012", "pl") > 1.2);                        // of pieces
    CHECK(seconds("B012", "pl") == Approx(1.0).margin(0.05));  // the command
    CHECK(seconds("A012", "uk") > 1.2);                        // espeak-ng, after a second
    CHECK(seconds("A012", "en") > 1.2);
}

TEST_CASE("Without a folder espeak-ng is alone") {
    auto voices = open_voices("/no/such/folder");
    REQUIRE(voices);
    CHECK((*voices)->speak("one", "en"));
    voices->reset();
    CHECK(open_voices(""));
}

TEST_CASE("A voice's file is read strictly, and what is wrong is said with its place") {
    const auto error = [](const char* yaml) {
        const auto voice = parse_voice_file("voice.yaml", yaml);
        return voice ? "" : voice.error().message;
    };
    CHECK(error("language: pl\ncommand: [/usr/bin/piper, '{wav}']\ntimeout: 10\n") == "");
    CHECK(error("language: pl\npieces: {number-1: jeden}\n") == "");
    CHECK(error("language: pl\n") == "voice.yaml:1:1: a voice has either 'pieces' or a 'command'");
    CHECK(error("language: tlh\ncommand: [/bin/cat]\n")
              .starts_with("voice.yaml:1:11: there is no table content/voices/tlh.yaml"));
    CHECK(error("language: pl\ncommand: [piper]\n") ==
          "voice.yaml:2:10: 'piper' must be the program's whole path, such as /usr/bin/piper");
    CHECK(error("language: pl\npieces: {../x: jeden}\n").starts_with("voice.yaml:2:10: '../x' is no piece's name"));
    CHECK(error("language: pl\npieces: {number-1: jeden}\ntimeout: 3\n").find("only a command") != std::string::npos);
    CHECK(error("language: pl\ncommand: [/bin/cat]\ntimeout: 31\n") != "");
    CHECK(error("language: pl\ncommand: []\n") != "");
    CHECK(error("language: pl\nvoice: x\n") != "");
    CHECK(error("[") != "");
    CHECK(error("") != "");
    VoiceFile voice;
    voice.language = "uk";
    voice.pieces = {{"number-5", "п'ять"}, {"call-1", "\"Номер\\"}};
    const auto again = parse_voice_file("voice.yaml", format_voice_file(voice));
    REQUIRE(again);
    CHECK(again->pieces == voice.pieces);
}

}  // namespace voices_test
