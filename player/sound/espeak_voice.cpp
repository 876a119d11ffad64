// espeak-ng as a Voice: 22 kHz mono from it, 48 kHz to the mixer.
#include <espeak-ng/speak_lib.h>

#include <atomic>

#include "player/sound/announcer.h"
#include "player/sound/resample.h"
#include "player/sound/speech_level.h"
#include "player/sound/voice_table.h"

namespace hallcast::sound {

namespace {

// espeak-ng keeps everything in globals of its own, so that the process can have it once; this mirrors that.
std::atomic<bool> espeak_open{false};

// A minute: no call is longer; a voice that does not stop must not exhaust memory.
constexpr std::size_t most_samples = 60 * sample_rate;

int collect(short* wav, int count, espeak_EVENT* events) {
    if (wav == nullptr || count <= 0) return 0;
    auto& samples = *static_cast<std::vector<float>*>(events->user_data);
    if (samples.size() + std::size_t(count) > most_samples) return 1;
    for (int i = 0; i < count; ++i) samples.push_back(float(wav[i]) / 32768.0f);
    return 0;
}

// The samples a second it speaks at, negative if it cannot. Once a process.
int start_espeak() {
    static const int rate = [] {
        // DONT_EXIT: it would end the whole program where its data is missing.
        const int started = espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 200, nullptr, espeakINITIALIZE_DONT_EXIT);
        espeak_SetSynthCallback(collect);
        return started;
    }();
    return rate;
}

// By the name of its file, or else, as the command espeak-ng does it, as a language: "en-gb" is only that.
bool select_voice(const std::string& name) {
    if (espeak_SetVoiceByName(name.c_str()) == EE_OK) return true;
    espeak_VOICE wanted{};
    wanted.languages = name.c_str();
    return espeak_SetVoiceByProperties(&wanted) == EE_OK;
}

class EspeakVoice final : public Voice {
  public:
    explicit EspeakVoice(int rate) : rate_(rate) {}
    EspeakVoice(const EspeakVoice&) = delete;
    EspeakVoice& operator=(const EspeakVoice&) = delete;
    // espeak_Terminate() is never called: after a second espeak_Initialize() it waits for its own thread for ever
    // (1.51).
    ~EspeakVoice() override { espeak_open.store(false, std::memory_order_release); }

    Expected<Pcm> speak(const std::string& text, const std::string& language) override {
        const VoiceTable& table = voice_table(language);
        if (table.voice != current_) {
            if (!select_voice(table.voice)) {
                current_.clear();
                return fail("speech: espeak-ng has no voice '{}' for language '{}'; install espeak-ng-data",
                            table.voice, language);
            }
            current_ = table.voice;
        }
        espeak_SetParameter(espeakRATE, table.rate, 0);
        std::vector<float> samples;
        const espeak_ERROR error =
            espeak_Synth(text.c_str(), text.size() + 1, 0, POS_CHARACTER, 0, espeakCHARS_UTF8, nullptr, &samples);
        if (error != EE_OK) return fail("speech: espeak-ng failed ({}) on '{}'", int(error), text);
        auto pcm = resampled(samples, rate_);
        if (!pcm) return pcm;
        Pcm spoken = trimmed(std::move(*pcm));
        if (spoken.samples.empty())
            return fail("speech: espeak-ng's voice '{}' says nothing for '{}'", table.voice, text);
        return spoken;
    }

  private:
    int rate_;
    std::string current_;
};

}  // namespace

Expected<std::unique_ptr<Voice>> make_espeak_voice() {
    if (espeak_open.exchange(true, std::memory_order_acquire)) {
        return fail("speech: espeak-ng is in use already, and a process can have it only once");
    }
    const int rate = start_espeak();
    if (rate <= 0) {
        espeak_open.store(false, std::memory_order_release);
        return fail("speech: espeak-ng cannot start ({}); is the package espeak-ng-data installed?", rate);
    }
    return std::make_unique<EspeakVoice>(rate);
}

}  // namespace hallcast::sound
