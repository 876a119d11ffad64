#include "player/sound/render.h"

#include <spdlog/spdlog.h>

#include <span>

#include "player/sound/chime.h"
#include "player/sound/speech_level.h"

namespace hallcast::sound {

namespace {

constexpr std::size_t after_chime = sample_rate * 50 / 1000;  // its own decay is a pause already
constexpr std::size_t between_languages = sample_rate * 250 / 1000;
constexpr std::size_t most_languages = 4;

}  // namespace

Expected<Pcm> render(Voice* voice, const Announcement& announcement, Wording wording) {
    Pcm pcm = chime();
    if (wording == Wording::chime_only) return pcm;
    HALLCAST_ASSERT(voice != nullptr);
    static const std::vector<std::string> english{"en"};
    std::span<const std::string> languages = announcement.languages.empty() ? english : announcement.languages;
    languages = languages.first(std::min(languages.size(), wording == Wording::full ? most_languages : 1));
    std::size_t pause = after_chime;
    Error last;
    for (const std::string& language : languages) {
        auto speech = voice->speak(sentence(language, announcement.ticket, announcement.counter), language);
        if (!speech) {
            spdlog::warn("{}", speech.error().message);
            last = speech.error();
            continue;
        }
        const Pcm spoken = levelled(std::move(*speech));
        pcm.samples.insert(pcm.samples.end(), pause, 0.0f);
        pcm.samples.insert(pcm.samples.end(), spoken.samples.begin(), spoken.samples.end());
        pause = between_languages;
    }
    if (pause == after_chime) return std::unexpected(last);
    return pcm;
}

Expected<Pcm> render(Voice& voice, const Announcement& announcement) {
    return render(&voice, announcement, Wording::full);
}

}  // namespace hallcast::sound
