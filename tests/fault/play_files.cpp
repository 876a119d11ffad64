// play_files: plays each file or stream's address named on its input as playback would, and says of each how it went.
//
//   ls FILES | play_files [--pictures N] [--decode worker|here]
//
// Through media::OpenClip: by a worker as the player does, or in this process (to compare, and to find what crashes).
// One line for each file:
//   RESULT <tab> PICTURES <tab> SLOWEST <tab> CALL <tab> MESSAGE
// RESULT is `played`, `skipped` (it could not be opened: MESSAGE says why) or `lost` (its decoder gave up or died in
// the middle: MESSAGE is the fault). SLOWEST is the longest time that playback would have waited for one call,
// milliseconds.
#include <spdlog/spdlog.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "player/decoder/open_clip.h"
#include "player/media/clip.h"
#include "player/media/decoder_host.h"

namespace {

using namespace hallcast;
using std::chrono::duration;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;

constexpr milliseconds patience{2000};  // playback's own
constexpr nanoseconds sound_ahead = std::chrono::seconds(1);
constexpr nanoseconds extent_ahead = milliseconds(1500);
constexpr milliseconds next_look{10};  // at a stream that had sent nothing

// The longest of many calls.
class Slowest {
  public:
    template <class Call>
    auto time(const char* name, Call call) {
        const auto begin = steady_clock::now();
        auto result = call();
        const auto took = steady_clock::now() - begin;
        if (took > took_) {
            took_ = took;
            name_ = name;
        }
        return result;
    }
    double ms() const { return duration<double, std::milli>(took_).count(); }
    const char* name() const { return name_; }

  private:
    nanoseconds took_{0};
    const char* name_ = "open";
};

struct Outcome {
    std::string result;
    std::size_t pictures = 0;
    std::string message;
};

// Reads what a painter would read: memory that is not there shows itself here, and not in the hall.
void look_at(const picture::VideoFrame& frame) {
    volatile unsigned seen = 0;
    for (std::size_t plane = 0; plane < frame.planes.size(); ++plane) {
        if (frame.planes[plane] == nullptr) continue;
        const auto shape = plane_shape(frame.format, plane, std::uint64_t(frame.width), std::uint64_t(frame.height));
        for (std::uint64_t row = 0; row < shape.rows; ++row) {
            const std::uint8_t* line = frame.planes[plane] + std::ptrdiff_t(row) * frame.strides[plane];
            for (std::uint64_t i = 0; i < shape.bytes; i += 64) seen = seen + line[i];
            seen = seen + line[shape.bytes - 1];
        }
    }
}

// The order in which ClipDecoder asks: the extent and the sound before the pictures that they go with.
Outcome play(const media::OpenClip& open, const std::string& file, std::size_t most_pictures, Slowest& slowest) {
    auto opened = slowest.time("open", [&] { return open({file, file, milliseconds(0)}, patience, {}); });
    if (!opened) return {"skipped", 0, opened.error().message};
    media::Clip& clip = **opened;
    clip.expect(2);  // as playback does
    Outcome outcome{"played", 0, {}};
    nanoseconds position{0}, sound_end{0};
    bool sound = clip.has_sound();
    while (outcome.pictures < most_pictures) {
        slowest.time("read_ahead", [&] { return clip.read_ahead(position + extent_ahead); });
        while (sound && sound_end < position + sound_ahead) {
            const auto heard = slowest.time("next_sound", [&] { return clip.next_sound(); });
            if (heard) sound_end = std::max(sound_end, heard->at) + nanoseconds(heard->samples.size() * 10'416);
            sound = heard.has_value() || clip.waits();
            if (!heard) break;
        }
        const auto picture = slowest.time("next_picture", [&] { return clip.next_picture(); });
        if (!picture && clip.waits()) {
            std::this_thread::sleep_for(next_look);
            continue;
        }
        if (!picture) break;
        look_at(*picture->frame);
        position = picture->at;
        ++outcome.pictures;
    }
    if (const auto fault = clip.fault()) outcome = {"lost", outcome.pictures, fault->message};
    return outcome;
}

}  // namespace

int main(int argc, char** argv) {
    std::size_t most_pictures = 60;
    bool here = false;
    for (int i = 1; i < argc; ++i) {
        const std::string_view option = argv[i];
        const std::string_view value = i + 1 < argc ? argv[++i] : "";
        bool known = false;
        if (option == "--pictures") {
            const auto parsed = std::from_chars(value.data(), value.data() + value.size(), most_pictures);
            known = parsed.ec == std::errc() && most_pictures > 0;
        } else if (option == "--decode") {
            here = value == "here";
            known = here || value == "worker";
        }
        if (!known) {
            std::fprintf(stderr, "usage: ls FILES | play_files [--pictures N] [--decode worker|here]\n");
            return 2;
        }
    }
    spdlog::set_level(spdlog::level::off);
    std::optional<media::DecoderHost> host;
    if (!here) host.emplace(media::DecoderHostOptions{});
    const media::OpenClip open = here ? decoder::decode_in_process() : host->opener();
    for (std::string file; std::getline(std::cin, file);) {
        Slowest slowest;
        Outcome outcome = play(open, file, most_pictures, slowest);
        for (char& c : outcome.message)
            if (c == '\n' || c == '\t') c = ' ';
        std::printf("%s\t%zu\t%.1f\t%s\t%s\n", outcome.result.c_str(), outcome.pictures, slowest.ms(), slowest.name(),
                    outcome.message.c_str());
        std::fflush(stdout);
    }
}
