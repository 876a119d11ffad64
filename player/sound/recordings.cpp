#include "player/sound/recordings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <numeric>
#include <set>

#include "player/sound/resample.h"
#include "player/sound/speech_level.h"
#include "player/sound/voice_pack.h"
#include "protocol/base/file.h"

namespace hallcast::sound {

namespace {

constexpr int least_rate = 16000;  // below it consonants are lost
constexpr float full_scale = 0.99f;
constexpr std::size_t clipped_run = 3;     // samples at full scale one after another: no peak of speech is that flat
constexpr double least_level_db = -42.0;   // what 16 bits and a sound card add would be heard once it is amplified
constexpr double least_over_noise = 30.0;  // dB
// What a file's edge may have: it is soft, or no louder than the room.
constexpr double edge_below = 20.0, edge_over_noise = 8.0;  // dB

double decibels(double power) { return 10 * std::log10(std::max(power, 1e-12)); }

// A sound card's offset would be heard as a click at each join.
void remove_offset(std::vector<float>& samples) {
    const double sum = std::accumulate(samples.begin(), samples.end(), 0.0);
    for (float& sample : samples) sample -= float(sum / double(samples.size()));
}

struct Measured {
    double speech_db = -120, noise_db = -120, begin_db = -120, end_db = -120;
};

// In pieces of 10 ms. Speech: those within 20 dB of the loudest. Noise: the softest tenth.
Measured measure(const std::vector<float>& samples, int rate) {
    const std::size_t piece = std::size_t(rate) / 100;
    std::vector<double> powers;
    for (std::size_t at = 0; at + piece <= samples.size(); at += piece) {
        double sum = 0;
        for (std::size_t i = at; i < at + piece; ++i) sum += double(samples[i]) * samples[i];
        powers.push_back(sum / double(piece));
    }
    Measured measured;
    if (powers.empty()) return measured;
    measured.begin_db = decibels(powers.front());
    measured.end_db = decibels(powers.back());
    std::ranges::sort(powers);
    const double loud = powers.back() / 100;
    const auto mean = [](auto begin, auto end) {
        return begin == end ? 0.0 : std::accumulate(begin, end, 0.0) / double(end - begin);
    };
    measured.speech_db = decibels(mean(std::ranges::lower_bound(powers, loud), powers.end()));
    measured.noise_db = decibels(mean(powers.begin(), powers.begin() + std::ptrdiff_t(powers.size() + 9) / 10));
    return measured;
}

Expected<Recording> read_recording(const std::filesystem::path& file) {
    const auto bytes = read_file(file);
    if (!bytes) return std::unexpected(bytes.error());
    return parse_wav(file.filename().string(), *bytes);
}

// A recording, as it lies in a pack.
Expected<Pcm> prepared(Recording recording) {
    remove_offset(recording.samples);
    const double noise = std::pow(10.0, measure(recording.samples, recording.rate).noise_db / 20);
    auto pcm = resampled(recording.samples, recording.rate);
    if (!pcm) return pcm;
    return levelled(without_long_pauses(trimmed(std::move(*pcm), float(noise))));
}

}  // namespace

std::string recording_list(std::string_view language, std::string_view letters) {
    const auto pieces = voice_pieces(language, letters);
    std::string list = fmt::format(
        "# {} pieces of '{}'. One speaker, one room, one microphone; WAV, 48 kHz, mono, 16 or 24 bit, a file a piece.\n"
        "# Say the sentence on the right, at an even pace; keep of it the words in the middle, with a quarter of a "
        "second of\n"
        "# silence before and after them. Peaks at half of full scale: nothing may clip. Then: hallcast voice check "
        "DIR --language {}\n",
        pieces.size(), language, language);
    for (const VoicePiece& piece : pieces)
        fmt::format_to(std::back_inserter(list), "{}.wav\t{}\t{}\n", piece.name, piece.text, piece.example);
    return list;
}

namespace {

// What is wrong with the sound, wherever it was cut. Of a silent one nothing more is known.
struct Judged {
    std::vector<RecordingFault> faults;
    Measured measured;
    bool silent = false;
};

Judged judge_sound(std::string_view name, const Recording& recording) {
    Judged judged;
    const auto fault = [&](std::string reason, const char* advice) {
        judged.faults.push_back({std::string(name), std::move(reason), advice});
    };
    if (recording.rate < least_rate)
        fault(fmt::format("has only {} samples a second", recording.rate), "record it at 48 kHz");
    std::size_t run = 0;
    for (std::size_t i = 0; i < recording.samples.size(); ++i) {
        run = std::abs(recording.samples[i]) >= full_scale ? run + 1 : 0;
        if (run < clipped_run) continue;
        fault(fmt::format("is clipped at {:.2f} s", double(i) / recording.rate),
              "record it again with less gain, or further from the microphone");
        break;
    }
    std::vector<float> samples = recording.samples;
    if (!samples.empty()) remove_offset(samples);
    judged.measured = measure(samples, recording.rate);
    judged.silent = judged.measured.speech_db < -80;
    if (judged.silent)
        fault("is silent", "record it again; is the microphone on?");
    else if (judged.measured.speech_db < least_level_db)
        fault(fmt::format("is too quiet ({:.0f} dBFS)", judged.measured.speech_db),
              "record it again with more gain, or closer to the microphone");
    return judged;
}

// Reads and judges one; what cannot be read is its fault.
template <typename Judge>
std::vector<RecordingFault> faults_of(const std::string& name, const Expected<std::string>& bytes, Judge judge) {
    auto recording = bytes ? parse_wav(name, *bytes) : Expected<Recording>(std::unexpected(bytes.error()));
    if (recording) return judge(name, *recording);
    const std::string& why = recording.error().message;
    const std::string named = name + ": ";
    return {
        {name, why.substr(why.starts_with(named) ? named.size() : 0), "save it as WAV, 48 kHz, mono, 16 or 24 bit"}};
}

}  // namespace

std::vector<RecordingFault> judge_recording(std::string_view name, const Recording& recording) {
    auto [faults, measured, silent] = judge_sound(name, recording);
    if (silent) return std::move(faults);
    const auto fault = [&faults = faults, name](std::string reason, const char* advice) {
        faults.push_back({std::string(name), std::move(reason), advice});
    };
    const double edge = std::max(measured.speech_db - edge_below, measured.noise_db + edge_over_noise);
    const bool begins = measured.begin_db > edge, ends = measured.end_db > edge;
    // Cut at both ends it has no silence, and nothing is known of the noise.
    if (const double over_noise = measured.speech_db - measured.noise_db;
        over_noise < least_over_noise && !(begins && ends))
        fault(fmt::format("is noisy (speech only {:.0f} dB above it)", over_noise),
              "record it again in a quiet room, closer to the microphone");
    if (begins) fault("begins cut", "leave a quarter of a second of silence before it");
    if (ends) fault("ends cut", "leave a quarter of a second of silence after it");
    return faults;
}

std::vector<RecordingFault> check_recordings(const std::filesystem::path& folder, std::string_view language,
                                             std::string_view letters) {
    std::vector<RecordingFault> faults;
    std::set<std::string> known;
    std::error_code error;
    // A letter that was not asked for is a piece all the same.
    for (const VoicePiece& piece : voice_pieces(language, every_letter(language))) known.insert(piece.name + ".wav");
    for (const VoicePiece& piece : voice_pieces(language, letters)) {
        const std::string name = piece.name + ".wav";
        if (!std::filesystem::exists(folder / name, error)) {
            faults.push_back({name, "is missing", fmt::format("record \"{}\"", piece.text), true});
            continue;
        }
        std::ranges::move(faults_of(name, read_file(folder / name), judge_recording), std::back_inserter(faults));
    }
    std::set<std::string> strangers;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        const std::string name = entry.path().filename().string();
        if (entry.path().extension() == ".wav" && !known.contains(name)) strangers.insert(name);
    }
    for (const std::string& name : strangers)
        faults.push_back({name, "is no piece", "name it as `hallcast voice list` does, or take it out"});
    return faults;
}

Expected<std::size_t> pack_recordings(const std::filesystem::path& folder, std::string_view language,
                                      std::string_view letters, const std::filesystem::path& pack, bool partial) {
    auto faults = check_recordings(folder, language, letters);
    if (partial) std::erase_if(faults, &RecordingFault::missing);
    if (auto right = refuse_faults(folder.string(), faults); !right) return std::unexpected(right.error());
    std::error_code error;
    if (std::filesystem::exists(pack, error))
        return fail("{}: is there already; remove it, or name another file", pack.string());
    if (pack.has_parent_path()) std::filesystem::create_directories(pack.parent_path(), error);
    VoiceFile voice;
    std::map<std::string, std::string> wavs;
    voice.language = language;
    for (const VoicePiece& piece : voice_pieces(language, every_letter(language))) {
        const std::string name = piece.name + ".wav";
        if (!std::filesystem::exists(folder / name, error)) continue;
        auto recording = read_recording(folder / name);
        if (!recording) return std::unexpected(recording.error());
        const auto pcm = prepared(std::move(*recording));
        if (!pcm) return std::unexpected(pcm.error());
        auto wav = format_wav(*pcm);
        if (!wav) return std::unexpected(wav.error());
        wavs.emplace(piece.name, *std::move(wav));
        voice.pieces.emplace(piece.name, piece.text);
    }
    if (auto written = write_voice_pack(pack, voice, wavs); !written) return std::unexpected(written.error());
    return voice.pieces.size();
}

Expected<std::vector<RecordingFault>> check_pack(const std::filesystem::path& file) {
    const auto pack = VoicePack::open(file);
    if (!pack) return std::unexpected(pack.error());
    const std::string& language = pack->voice().language;
    std::map<std::string, std::string> said;
    for (VoicePiece& piece : voice_pieces(language, every_letter(language)))
        said.emplace(std::move(piece.name), std::move(piece.text));
    const bool of_use = std::ranges::any_of(pack->voice().pieces, [&](const auto& piece) {
        const auto now = said.find(piece.first);
        return now != said.end() && now->second == piece.second;
    });
    if (!of_use) return fail("has no piece that is said in '{}' now; see `hallcast voice list`", language);
    std::vector<RecordingFault> faults;
    for (const auto& [piece, text] : pack->voice().pieces) {
        const std::string name = piece + ".wav";
        if (pack->has(piece))
            std::ranges::move(faults_of(name, pack->read(piece),
                                        [](const auto& of, const auto& wav) { return judge_sound(of, wav).faults; }),
                              std::back_inserter(faults));
        else
            faults.push_back({name, "is missing", "make the pack again", true});
    }
    return faults;
}

Expected<void> refuse_faults(std::string_view name, const std::vector<RecordingFault>& faults) {
    if (faults.empty()) return {};
    return fail("{}: {} faults, the first: {} {}; see `hallcast voice check`", name, faults.size(), faults[0].file,
                faults[0].reason);
}

}  // namespace hallcast::sound
