// From recordings to a voice that speaks: of tones, so that a seam would be seen.
#include "player/sound/recordings.h"

#include <algorithm>
#include <random>
#include <set>

#include "content/child.h"
#include "player/sound/recorded_voice.h"
#include "player/sound/render.h"
#include "player/sound/speech_level.h"
#include "player/sound/voices.h"
#include "protocol/base/file.h"
#include "tests/catch.h"
#include "tests/sound/fake_voice.h"
#include "tests/sound/heard.h"
#include "tests/sound/made_recordings.h"

namespace recordings_test {

using namespace hallcast::sound;
using namespace made_recordings;

std::string reasons(const Take& take) {
    std::string all;
    for (const auto& fault : judge_recording("a.wav", made(take))) {
        CHECK_FALSE(fault.advice.empty());
        CHECK_FALSE(fault.missing);
        all += fault.reason + "|";
    }
    return all;
}

TEST_CASE("A recording's faults are found, and none in a good one") {
    CHECK(reasons({}) == "");
    CHECK(reasons({.level = 0.9, .noise = 0.002}) == "");
    CHECK(reasons({.level = 0.02, .noise = 0.00005, .offset = 0.1}) == "");
    CHECK(reasons({.noise = 0, .offset = 0}) == "");  // an editor's silence
    CHECK(reasons({.seconds = 0.1, .rate = 44100}) == "");
    CHECK(reasons({.level = 1.5}) == "is clipped at 0.27 s|");
    CHECK(reasons({.level = 0.005, .noise = 0.00001}) == "is too quiet (-53 dBFS)|");
    CHECK(reasons({.level = 0.2, .noise = 0.01}).starts_with("is noisy (speech only "));
    CHECK(reasons({.level = 0.0, .noise = 0.00001}) == "is silent|");
    CHECK(reasons({.level = 0.0, .noise = 0.1}) == "is noisy (speech only 1 dB above it)|");
    CHECK(reasons({.silence = 0}) == "begins cut|ends cut|");
    CHECK(reasons({.rate = 8000}) == "has only 8000 samples a second|");
    CHECK(reasons({.silence = 0, .seconds = 0}) == "is silent|");

    auto half = made({});
    half.samples.erase(half.samples.begin(), half.samples.begin() + int(0.3 * sample_rate));
    REQUIRE(judge_recording("a.wav", half).size() == 1);
    CHECK(judge_recording("a.wav", half)[0].reason == "begins cut");
    std::ranges::reverse(half.samples);
    REQUIRE(judge_recording("a.wav", half).size() == 1);
    CHECK(judge_recording("a.wav", half)[0].reason == "ends cut");
}

TEST_CASE("The list has every piece with its file, its words and a sentence") {
    const std::string list = recording_list("uk", "AB");
    CHECK(list.find("\nletter-A.wav\tа\tНомер а дванадцять, запрошуємо до віконця номер три.\n") != std::string::npos);
    CHECK(list.find("\ncounter-30.wav\tтридцять.\t") != std::string::npos);
    CHECK(list.find("letter-C") == std::string::npos);
    CHECK(std::ranges::count(list, '\n') == std::ptrdiff_t(voice_pieces("uk", "AB").size()) + 3);
}

TEST_CASE("A folder is checked: what is missing, unreadable, faulty or unknown") {
    const Folder folder;
    record(folder.path, voice_pieces("pl"));
    CHECK(check_recordings(folder.path, "pl").empty());
    CHECK(check_recordings(folder.path, "pl", "AĄ").size() == 1);  // no Ą; the letters that are not wanted do no harm
    std::filesystem::remove(folder.path / "number-7.wav");
    write_text(folder.path / "number-8.wav", "RIFF but no more");
    write_text(folder.path / "hello.wav", "");
    REQUIRE(write_wav(folder.path / "counter-3.wav", Pcm{made({.silence = 0}).samples}));
    std::string said;
    for (const auto& fault : check_recordings(folder.path, "pl"))
        said += fault.file + ": " + fault.reason + "; " + fault.advice + "\n";
    CHECK(said ==
          "number-7.wav: is missing; record \"siedem\"\n"
          "number-8.wav: is no WAV file; save it as WAV, 48 kHz, mono, 16 or 24 bit\n"
          "counter-3.wav: begins cut; leave a quarter of a second of silence before it\n"
          "counter-3.wav: ends cut; leave a quarter of a second of silence after it\n"
          "hello.wav: is no piece; name it as `hallcast voice list` does, or take it out\n");
    const auto packed = pack_recordings(folder.path, "pl", latin_letters, folder.path / "pack", true);
    REQUIRE_FALSE(packed);
    CHECK(packed.error().message.find("4 faults, the first: number-8.wav") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(folder.path / "pack"));
}

TEST_CASE("A pack speaks every call in one loudness, without a seam and without long pauses") {
    const Folder folder;
    const std::string language = GENERATE(as<std::string>{}, "uk", "de", "zh");
    INFO(language);
    const auto pieces = voice_pieces(language);
    record(folder.path / "recorded", pieces);
    const auto file = folder.path / "voices" / "v.voice";
    const auto packed = pack_recordings(folder.path / "recorded", language, latin_letters, file);
    REQUIRE(packed);
    CHECK(*packed == pieces.size());
    CHECK_FALSE(pack_recordings(folder.path / "recorded", language, latin_letters, file));
    const auto faults = check_pack(file);
    REQUIRE(faults);
    for (const RecordingFault& fault : *faults) FAIL(fault.file << ' ' << fault.reason);
    const auto pack = VoicePack::open(file);
    REQUIRE(pack);
    for (const VoicePiece& piece : pieces) {
        const auto bytes = pack->read(piece.name);
        REQUIRE(bytes);
        const auto clip = parse_wav(piece.name, *bytes);
        REQUIRE(clip);
        if (std::abs(loudness(Pcm{clip->samples}) - speech_lufs) > 0.5)
            FAIL(piece.name << loudness(Pcm{clip->samples}));
    }
    const auto voice = open_voices(folder.path / "voices");
    REQUIRE(voice);
    for (unsigned i = 0; i < heard::calls; ++i) {
        const Announcement call{"c",   1 + i % 2,  fmt::format("{}{:03}", char('A' + i % 26), i * 37 % 1000),
                                i + 1, {language}, {}};
        INFO(call.ticket);
        const auto pcm = render(**voice, call);
        REQUIRE(pcm);
        CHECK(heard::lufs(pcm->samples) == Approx(speech_lufs).margin(1.0));
        const auto silence = heard::longest_silence(pcm->samples);
        INFO(silence.begin);
        CHECK(silence.seconds <= 0.12);
        CHECK(heard::clicks(pcm->samples) == std::vector<double>{});
    }
}

// As of an editor who cut them too close and put them into the pack by hand.
TEST_CASE("Clips that begin and end within the wave are joined without a click") {
    const Folder folder;
    VoiceFile file;
    file.language = "pl";
    for (const VoicePiece& piece : voice_pieces("pl")) {
        Pcm clip;
        const double frequency = 200 + 2 * double(file.pieces.size());
        for (std::size_t i = 0; i < 10'000 + 10 * file.pieces.size(); ++i)
            clip.samples.push_back(0.2f * float(std::cos(2 * std::numbers::pi * frequency * double(i) / sample_rate)));
        REQUIRE(write_wav(folder.path / (piece.name + ".wav"), clip));
        file.pieces.emplace(piece.name, piece.text);
    }
    const auto voice = make_recorded_voice(folder.path, file);
    for (unsigned i = 0; i < heard::calls; ++i) {
        const std::string text = sentence("pl", fmt::format("{}{:03}", char('A' + i % 26), i * 33), i + 1);
        INFO(text);
        const auto spoken = voice->speak(text, "pl");
        REQUIRE(spoken);
        CHECK(heard::clicks(spoken->samples) == std::vector<double>{});
    }
}

// By the system's own tar, which an administrator would take.
void tar(const std::vector<std::string>& arguments) {
    std::vector<std::string> command{"/bin/tar"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const auto done = hallcast::content::run_child(command, {});
    REQUIRE(done);
    INFO(done->errors);
    REQUIRE(done->code == 0);
}

void unpack(const std::filesystem::path& pack, const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    tar({"-xf", pack.string(), "-C", folder.string()});
}

TEST_CASE("A pack is what tar makes of its folder, too; a wrong one is refused with what is wrong") {
    const Folder folder;
    record(folder.path / "recorded", voice_pieces("uk", "A"));
    const auto file = folder.path / "uk.voice", unpacked = folder.path / "unpacked";
    REQUIRE(pack_recordings(folder.path / "recorded", "uk", "A", file));
    unpack(file, unpacked);
    const std::string made = *hallcast::read_file(file), yaml = *hallcast::read_file(unpacked / voice_yaml);
    // What is wrong with the folder as tar packs it; the folder is as it was afterwards.
    const auto fault_of = [&](auto change, const std::vector<std::string>& how = {"--format=gnu"}) -> std::string {
        change();
        std::vector<std::string> arguments{"-cf", (folder.path / "again.voice").string()};
        arguments.insert(arguments.end(), how.begin(), how.end());
        arguments.insert(arguments.end(), {"-C", unpacked.string(), "."});
        tar(arguments);
        std::filesystem::remove_all(unpacked);
        unpack(file, unpacked);
        const auto faults = check_pack(folder.path / "again.voice");
        if (!faults) return faults.error().message;
        const auto refused = refuse_faults("uk.voice", *faults);
        return refused ? "none" : refused.error().message;
    };
    for (const char* format : {"gnu", "ustar", "pax"}) {
        INFO(format);
        CHECK(fault_of([] {}, {std::string("--format=") + format}) == "none");
    }
    const auto voice = open_voices("", {folder.path / "again.voice"});
    REQUIRE(voice);
    const std::string text = sentence("uk", "A012", 3);
    CHECK((*voice)->speak(text, "uk")->samples ==
          make_recorded_voice(*VoicePack::open(file))->speak(text, "uk")->samples);

    CHECK(fault_of([&] { std::filesystem::remove(unpacked / "number-7.wav"); }) ==
          "uk.voice: 1 faults, the first: number-7.wav is missing; see `hallcast voice check`");
    CHECK(fault_of([&] { write_text(unpacked / "number-7.wav", "no sound"); }) ==
          "uk.voice: 1 faults, the first: number-7.wav is no WAV file; see `hallcast voice check`");
    CHECK(fault_of([&] { REQUIRE(write_wav(unpacked / "letter-A.wav", Pcm{std::vector<float>(9000)})); }) ==
          "uk.voice: 1 faults, the first: letter-A.wav is silent; see `hallcast voice check`");
    CHECK(fault_of([&] { std::filesystem::remove(unpacked / voice_yaml); }) == "has no voice.yaml");
    CHECK(fault_of([&] {
              write_text(unpacked / voice_yaml, "language: tlh\npieces: {call-1: x}\n");
          }).find("voice.yaml:1:11: there is no table") == 0);
    CHECK(fault_of([&] { write_text(unpacked / voice_yaml, "language: uk\npieces: {call-1: x}\n"); }) ==
          "has no piece that is said in 'uk' now; see `hallcast voice list`");
    // What comes from elsewhere must not choose what runs here.
    CHECK(fault_of([&] {
              write_text(unpacked / voice_yaml, "language: uk\ncommand: [/bin/sh, -c, reboot]\n");
          }).find("its voice.yaml is a command") != std::string::npos);
    // Nor what is read here.
    CHECK(fault_of([&] {
              std::filesystem::create_symlink("/etc/passwd", unpacked / "link.wav");
          }).find("'link.wav', which is no file") != std::string::npos);
    CHECK(fault_of([&] {
              std::filesystem::create_directory(unpacked / "more");
              write_text(unpacked / "more" / "number-1.wav", "");
          }).find("'more/number-1.wav', which is no file of one folder") != std::string::npos);
    CHECK(fault_of([&] { write_text(unpacked / std::string(120, 'n'), ""); }).find("which is no file") !=
          std::string::npos);

    // Cut off anywhere, or with one bit of a header turned: never taken, never read beyond.
    const auto seed = std::random_device()();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    for (int i = 0; i < 20; ++i) {
        write_text(folder.path / "cut.voice", made.substr(0, random() % (made.size() - 1024)));
        CHECK_FALSE(check_pack(folder.path / "cut.voice"));
        std::string turned = made;
        turned[random() % 148] ^= char(1 << random() % 8);
        write_text(folder.path / "turned.voice", turned);
        CHECK_FALSE(check_pack(folder.path / "turned.voice"));
    }
    CHECK_FALSE(check_pack(folder.path));
    CHECK_FALSE(check_pack("/no/such/file"));
}

TEST_CASE("A pack with a piece missing or changed is silent about what needs it, and names it") {
    const Folder folder;
    record(folder.path / "recorded", voice_pieces("uk", "A"));
    std::filesystem::remove(folder.path / "recorded" / "number-7.wav");
    const auto pack = folder.path / "pack", file = folder.path / "pack.voice";
    CHECK_FALSE(pack_recordings(folder.path / "recorded", "uk", "A", file));
    REQUIRE(pack_recordings(folder.path / "recorded", "uk", "A", file, true));
    unpack(file, pack);
    const auto open = [&] {
        auto voice = parse_voice_file("voice.yaml", *hallcast::read_file(pack / "voice.yaml"));
        REQUIRE(voice);
        return make_recorded_voice(pack, *voice);
    };
    const auto error = [&](const char* ticket) {
        const auto spoken = open()->speak(sentence("uk", ticket, 3), "uk");
        return spoken ? "" : spoken.error().message;
    };
    CHECK(error("A012") == "");
    CHECK(error("A007") == "the recorded voice for 'uk' lacks number-7, 'сім'; record it and make the pack again");
    CHECK(error("B012") == "the recorded voice for 'uk' lacks letter-B, 'бе'; record it and make the pack again");
    CHECK(error("ß012") == "the recorded voice for 'uk' has no piece for 'ß дванадцять, запрошуємо'");
    auto yaml = *hallcast::read_file(pack / "voice.yaml");
    const std::string was = "number-12: \"дванадцять";
    yaml.replace(yaml.find(was), was.size(), "number-12: \"дюжина");
    write_text(pack / "voice.yaml", yaml);
    CHECK(error("A012") ==
          "the recorded voice for 'uk' says 'дюжина' as number-12, where 'дванадцять' is said now; record it anew");
    REQUIRE(write_wav(pack / "number-6.wav", Pcm{std::vector<float>(10'000)}));
    CHECK(error("A006").find("number-6.wav: is silent") != std::string::npos);
    std::filesystem::remove(pack / "number-5.wav");
    CHECK(error("A005").find("number-5.wav: cannot be opened") != std::string::npos);
}

}  // namespace recordings_test
