#include "player/sound/render.h"

#include <spdlog/spdlog.h>

#include <span>

#include "player/sound/chime.h"
#include "player/sound/speech_level.h"

namespace hallcast::sound {

namespace {

// Both with what is soft at the ends of chime and speech: no silence in an announcement is longer than 120 ms.
constexpr std::size_t after_chime = sample_rate * 30 / 1000;
constexpr std::size_t between_languages = sample_rate * 80 / 1000;
constexpr std::size_t most_languages = 4;

}  // namespace

Expected<Speech> render_speech(Voice& voice, const Announcement& announcement, Wording wording) {
    Speech all;
    std::vector<float>& samples = all.pcm.samples;
    static const std::vector<std::string> english{"en"};
    std::span<const std::string> languages = announcement.languages.empty() ? english : announcement.languages;
    languages = languages.first(std::min(languages.size(), wording == Wording::full ? most_languages : 1));
    const Phrase phrase = wording != Wording::full   ? Phrase::brief
                          : announcement.attempt > 1 ? Phrase::recall
                                                     : Phrase::call;
    std::size_t pause = after_chime;
    Error last;
    for (const std::string& language : languages) {
        auto speech = voice.speak(sentence(language, announcement.ticket, announcement.counter, phrase), language);
        if (!speech) {
            spdlog::warn("{}", speech.error().message);
            last = speech.error();
            continue;
        }
        const Pcm spoken = levelled(without_long_pauses(std::move(*speech)));
        samples.insert(samples.end(), pause, 0.0f);
        samples.insert(samples.end(), spoken.samples.begin(), spoken.samples.end());
        all.languages.push_back(language);
        pause = between_languages;
    }
    if (all.languages.empty()) return std::unexpected(last);
    return all;
}

Expected<Pcm> render(Voice* voice, const Announcement& announcement, Wording wording) {
    Pcm pcm = chime();
    if (wording == Wording::chime_only) return pcm;
    HALLCAST_ASSERT(voice != nullptr);
    const auto speech = render_speech(*voice, announcement, wording);
    if (!speech) return std::unexpected(speech.error());
    pcm.samples.insert(pcm.samples.end(), speech->pcm.samples.begin(), speech->pcm.samples.end());
    return pcm;
}

Expected<Pcm> render(Voice& voice, const Announcement& announcement) {
    return render(&voice, announcement, Wording::full);
}

}  // namespace hallcast::sound
