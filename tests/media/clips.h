// Test clips whose every picture carries its number, a sound sink whose clock the test turns, and a spectator.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "player/decoder/open_clip.h"
#include "player/media/clip_file.h"
#include "player/media/playback.h"
#include "player/media/samples.h"

namespace hallcast::media::test {

// Long enough for a loaded machine under a sanitizer; a test that works never waits so long.
constexpr std::chrono::seconds patience{60};

class TempFolder {
  public:
    TempFolder();
    ~TempFolder();
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

  private:
    std::filesystem::path path_;
};

// Runs ffmpeg (Debian's package) and fails the test when it fails.
void ffmpeg(const std::string& arguments, const std::filesystem::path& out);

// Opened, or the test fails.
ClipFile clip_file(const std::filesystem::path& path);

struct ClipRecipe {
    int first_number = 0;  // 9 bits
    int pictures = 25;
    int fps = 25;
    std::string video = "-c:v libx264 -preset ultrafast -bf 2 -pix_fmt yuv420p";
    std::string sound = "-c:a pcm_s16le";  // empty: none; a 440 Hz tone else
    double sound_seconds = 0;              // 0: as long as the pictures
};
// 160x96 pictures.
void make_clip(const std::filesystem::path& out, const ClipRecipe& recipe);
int number_on(const picture::VideoFrame& frame);

class TestSink final : public SoundSink {
  public:
    std::size_t write(std::span<const float> interleaved) override;
    Timeline played(std::chrono::steady_clock::time_point now) override;

    // Closed, it takes nothing, as a mixer that is full.
    void close(bool closed);
    // Turns the clock once so much is written; false when that never came.
    bool advance(Samples by);
    bool is_closed() const;
    Samples ahead() const;  // written, but not yet played
    Samples clock() const;
    static Samples told();  // what played() last answered to this thread
    std::vector<float> written() const;

  private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<float> written_;
    Samples clock_ = 0;
    bool closed_ = false;
};

// Watches as a screen does: asks for the picture, waits until the next is due or until woken.
class Spectator {
  public:
    explicit Spectator(PlaybackOptions options = {.wake = {}, .failed = {}, .patience = patience},
                       OpenClip open = decoder::decode_in_process());

    struct Seen {
        int number = 0;
        Samples at = 0;  // on the sink's clock
    };
    // Until `done`; false when nothing happened for too long. Steps are as long as the pictures, at most `longest`.
    bool watch(const std::function<bool()>& done, Samples longest = 4800);
    std::vector<int> numbers() const;
    std::size_t reports() const {
        const std::scoped_lock lock(mutex_);
        return reports_;
    }
    std::map<std::string, std::string> failures() const;
    // Waits until so many entries were reported.
    bool wait_for_failures(std::size_t count);

    TestSink sink;
    std::vector<Seen> seen;
    bool was_black = false;  // no picture, after there had been one
    std::uint64_t most_waiting = 0;
    bool time_flies = false;  // while the next picture is not known: else the clock waits for the decoders

  private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t wakes_ = 0;
    std::map<std::string, std::string> failures_;
    std::size_t reports_ = 0;
    picture::VideoFramePtr last_;

  public:
    std::unique_ptr<Playback> playback;  // last: its threads report to the rest
};

std::vector<int> range(int first, int count);

}  // namespace hallcast::media::test
