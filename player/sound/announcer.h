// Calls people: chime, ticket and counter in the visitor's language, then the office's, one call after the other.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "player/sound/mixer.h"
#include "protocol/base/error.h"

namespace hallcast::sound {

// What to say of one call, or a notice. Dedupe is on (call_id, attempt).
struct Announcement {
    std::string call_id;
    std::uint32_t attempt = 1;
    std::string ticket;  // "A012"
    std::uint32_t counter = 0;
    std::vector<std::string> languages;  // in order, without repeats: the visitor's, the office's
    std::chrono::steady_clock::time_point expires_at;
    // A notice: what staff tell everybody, by `languages`; `call_id` is the notice's, a repetition is another attempt.
    // It is spoken in its turn, signal and first text, then text by text. An urgent one comes before all calls, also in
    // quiet hours; its first attempt interrupts what is spoken, which is spoken again afterwards; another attempt is
    // left out while one before it is still spoken.
    std::vector<std::string> texts = {};
    bool urgent = false;
    std::size_t part = 0;  // which of the texts, where the announcer tells of it

    bool is_notice() const { return !texts.empty(); }
};

// What the sentence is for: the first call of a ticket, a call after the first, as few words as will do.
enum class Phrase : std::uint8_t { call, recall, brief };
inline constexpr std::array phrases{Phrase::call, Phrase::recall, Phrase::brief};

// The sentence as it is handed to the voice: "Number eigh twelve, please go to counter three." Letters by name, numbers
// by ICU's spell-out rules. The tables are content/voices/LANGUAGE.yaml. Falls back to English for an unknown language.
// The first sentence of a language reads its table and ICU's rules: 1 to 10 ms, Russian up to 40; any thread.
std::string sentence(const std::string& language, const std::string& ticket, std::uint32_t counter,
                     Phrase phrase = Phrase::call);
std::vector<std::string> spoken_languages();  // sorted

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

// What a player has to do with the calls of its hall at this moment.
struct Duty {
    // False: another player of its acoustic zone speaks. This one stands by: it keeps the same order and times without
    // a sound, so that it can go on where the other stopped.
    bool speaks = true;
    bool quiet = false;  // quiet hours: calls are neither spoken nor chimed
    friend bool operator==(const Duty&, const Duty&) = default;
};

// Internally synchronized; one thread of its own renders. Under load the speech shortens (all languages, then the
// brief phrase in one, then the chime alone) so that none is spoken after it expired.
class Announcer {
  public:
    virtual ~Announcer() = default;
    virtual void announce(Announcement announcement) = 0;
    // When it becomes the speaker it speaks what another may not have finished, from its beginning: what that one was
    // in the middle of, or ended in the last two seconds. When it is the speaker no longer it ends the sentence that it
    // is in.
    virtual void set_duty(Duty duty) = 0;
    // The notice is over: what sounds of it fades out, what waits of it is left out.
    virtual void withdraw(std::string notice) = 0;
    // Other voices are there now: they are opened anew (AnnouncerOptions::open_voice), before anything else is said.
    virtual void open_voice_again() = 0;
    // Of calls. announced: taken, each (call_id, attempt) once. Each of them ends as spoken (its sound began, be it the
    // chime alone), stood_by (another player spoke it, as far as known), quiet, expired, or failed where too many
    // waited. A call that the voice failed at is both failed and, by its chime, spoken.
    struct Report {
        std::uint64_t announced = 0, spoken = 0, expired = 0, duplicate = 0, failed = 0, stood_by = 0, quiet = 0;
    };
    virtual Report report() const = 0;
};

// How an announcement was heard, as counted in the mix.
struct Heard {
    std::chrono::steady_clock::time_point from;
    std::chrono::steady_clock::time_point until;
    double level_dbfs = 0;               // RMS; a full-scale sine: -3.01
    std::vector<std::string> languages;  // in which it was spoken, in order; none: the chime alone, or nothing
    bool brief = false;                  // shortened, since many waited
    bool quiet = false;                  // quiet hours: nothing sounded; `from` and `until` are when its turn came
};
constexpr double silence_dbfs = -120;  // the least level that is told

struct AnnouncerOptions {
    // Called at the beginning, and for open_voice_again(), on the announcer's own thread; the one before it is closed
    // then.
    std::function<Expected<std::unique_ptr<Voice>>()> open_voice = make_espeak_voice;
    // A call, or a text of a notice, began to be heard at that moment. From the announcer's thread.
    std::function<void(const Announcement&, std::chrono::steady_clock::time_point)> spoken;
    // It was heard to its end, or left out in quiet hours: for its receipt. Not one that expired, failed or was another
    // player's to speak. From the announcer's thread.
    std::function<void(const Announcement&, const Heard&)> finished;
};
// `mixer` must outlive the announcer, and nobody else may announce() on it.
std::unique_ptr<Announcer> make_announcer(Mixer& mixer, AnnouncerOptions options = {});

}  // namespace hallcast::sound
