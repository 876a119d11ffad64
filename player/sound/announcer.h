// Calls people: chime, ticket and counter in the visitor's language, then the office's, one call after the other.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "player/sound/mixer.h"
#include "protocol/base/error.h"

namespace hallcast::sound {

// What to say of one call. Dedupe is on (call_id, attempt).
struct Announcement {
    std::string call_id;
    std::uint32_t attempt = 1;
    std::string ticket;  // "A012"
    std::uint32_t counter = 0;
    std::vector<std::string> languages;  // in order, without repeats: the visitor's, the office's
    std::chrono::steady_clock::time_point expires_at;
};

// The sentence as it is handed to the voice: "Number A, twelve. Counter three." Letters by name, numbers by ICU's
// spell-out rules. The tables are content/voices/LANGUAGE.yaml. Falls back to English for an unknown language.
std::string sentence(const std::string& language, const std::string& ticket, std::uint32_t counter);
std::vector<std::string> spoken_languages();

// Text to speech, one at a time. Not thread-safe; espeak-ng allows one per process.
class Voice {
  public:
    virtual ~Voice() = default;
    virtual Expected<Pcm> speak(const std::string& text, const std::string& language) = 0;
};
Expected<std::unique_ptr<Voice>> make_espeak_voice();

// Chime, then each language with a pause between; normalised to one loudness. What `hallcast say` writes and the
// announcer plays.
Expected<Pcm> render(Voice& voice, const Announcement& announcement);

// Internally synchronized; one thread of its own renders. Under load the speech shortens (all languages, then the
// number and counter in one, then the chime alone) so that none is spoken after it expired.
class Announcer {
  public:
    virtual ~Announcer() = default;
    virtual void announce(Announcement announcement) = 0;
    // announced: taken, each (call_id, attempt) once. Each of them ends as spoken (its sound began, be it the chime
    // alone), expired, or failed where too many waited. A call that the voice failed at is both failed and, by its
    // chime, spoken.
    struct Report {
        std::uint64_t announced = 0, spoken = 0, expired = 0, duplicate = 0, failed = 0;
    };
    virtual Report report() const = 0;
};

struct AnnouncerOptions {
    // Called once, on the announcer's own thread.
    std::function<Expected<std::unique_ptr<Voice>>()> open_voice = make_espeak_voice;
    // A call began to be heard at that moment: for its receipt. From the announcer's thread.
    std::function<void(const Announcement&, std::chrono::steady_clock::time_point)> spoken;
};
// `mixer` must outlive the announcer, and nobody else may announce() on it.
std::unique_ptr<Announcer> make_announcer(Mixer& mixer, AnnouncerOptions options = {});

}  // namespace hallcast::sound
