#include "player/sound/recorded_voice.h"

#include <algorithm>
#include <functional>

#include "player/sound/resample.h"
#include "player/sound/speech_level.h"
#include "player/sound/voice_pieces.h"
#include "player/sound/wav_file.h"
#include "protocol/base/file.h"

namespace hallcast::sound {

namespace {

constexpr std::size_t join_overlap = sample_rate / 200;     // both are faded over it
constexpr std::size_t comma_pause = sample_rate * 6 / 100;  // besides what is soft at the pieces' ends

// A word or two of where a sentence could not be composed.
std::string_view beginning(std::string_view text) {
    constexpr std::size_t enough = 40;
    return text.size() <= enough ? text : text.substr(0, std::min(text.find(' ', enough), text.size()));
}

// Adds a piece to what is spoken so far: their faded ends over each other, or a pause between.
void join(Pcm& spoken, const Pcm& piece, bool after_comma) {
    std::vector<float>& samples = spoken.samples;
    if (after_comma) samples.insert(samples.end(), comma_pause, 0.0f);
    const std::size_t overlap = after_comma ? 0 : std::min({join_overlap, samples.size(), piece.samples.size()});
    for (std::size_t i = 0; i < overlap; ++i) samples[samples.size() - overlap + i] += piece.samples[i];
    samples.insert(samples.end(), piece.samples.begin() + std::ptrdiff_t(overlap), piece.samples.end());
}

// The bytes of a piece's WAV file, by the piece's name.
using ReadPiece = std::function<Expected<std::string>(const std::string& name)>;

class RecordedVoice final : public Voice {
  public:
    RecordedVoice(VoiceFile file, ReadPiece read_piece)
        : file_(std::move(file)),
          read_piece_(std::move(read_piece)),
          pieces_(voice_pieces(file_.language, every_letter(file_.language))) {}

    Expected<Pcm> speak(const std::string& text, const std::string& language) override {
        const Composition composition = compose(text, pieces_);
        if (composition.uses.empty())
            return fail("the recorded voice for '{}' has no piece for '{}'", language, beginning(composition.rest));
        Pcm spoken;
        for (const PieceUse& use : composition.uses) {
            auto pcm = read(pieces_[use.piece]);
            if (!pcm) return pcm;
            join(spoken, *pcm, use.after_comma);
        }
        return spoken;
    }

  private:
    Expected<Pcm> read(const VoicePiece& piece) const {
        const auto recorded = file_.pieces.find(piece.name);
        if (recorded == file_.pieces.end())
            return fail("the recorded voice for '{}' lacks {}, '{}'; record it and make the pack again", file_.language,
                        piece.name, piece.text);
        if (recorded->second != piece.text)
            return fail("the recorded voice for '{}' says '{}' as {}, where '{}' is said now; record it anew",
                        file_.language, recorded->second, piece.name, piece.text);
        const auto bytes = read_piece_(piece.name);
        if (!bytes) return std::unexpected(bytes.error());
        const std::string name = piece.name + ".wav";
        const auto recording = parse_wav(name, *bytes);
        if (!recording) return std::unexpected(recording.error());
        // Trimmed again: a file that was replaced by hand must not click either.
        auto pcm = resampled(recording->samples, recording->rate);
        if (!pcm) return pcm;
        Pcm clip = trimmed(std::move(*pcm));
        if (clip.samples.empty()) return fail("{}: is silent; a call without it would be a wrong one", name);
        return clip;
    }

    const VoiceFile file_;
    const ReadPiece read_piece_;
    const std::vector<VoicePiece> pieces_;
};

}  // namespace

std::unique_ptr<Voice> make_recorded_voice(std::filesystem::path folder, VoiceFile file) {
    return std::make_unique<RecordedVoice>(std::move(file), [folder = std::move(folder)](const std::string& name) {
        return read_file(folder / (name + ".wav"));
    });
}

std::unique_ptr<Voice> make_recorded_voice(VoicePack pack) {
    VoiceFile file = pack.voice();
    auto shared = std::make_shared<const VoicePack>(std::move(pack));
    return std::make_unique<RecordedVoice>(
        std::move(file), [shared = std::move(shared)](const std::string& name) { return shared->read(name); });
}

}  // namespace hallcast::sound
