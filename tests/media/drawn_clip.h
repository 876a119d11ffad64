// A clip that is drawn, not decoded: it does what a test wants of it, also what no file can be made to do.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>

#include "player/media/clip.h"
#include "player/media/samples.h"

namespace hallcast::media::test {

// A call that does not come back until it is opened.
class Gate {
  public:
    void open();
    void wait(const std::stop_token& stop);  // or until stopped

  private:
    std::mutex mutex_;
    std::condition_variable_any changed_;
    bool open_ = false;
};

struct DrawnRecipe {
    int first_number = 0;
    int pictures = 50;
    int fps = 25;
    bool length_known = true;         // from the beginning
    std::optional<int> fault_after;   // so many pictures
    std::optional<int> hang_after;    // so many pictures: the next call does not come back ...
    std::shared_ptr<Gate> gate = {};  // ... until this opens
    bool heeds_stop = true;           // or the clip is let go
    double tone_hz = 0;               // 0: no sound
    std::uint64_t concealed = 0;
};

class DrawnClip final : public Clip {
  public:
    DrawnClip(DrawnRecipe recipe, std::stop_token stop) : recipe_(std::move(recipe)), stop_(std::move(stop)) {}

    std::optional<ClipPicture> next_picture() override;
    bool has_sound() const override { return recipe_.tone_hz > 0; }
    std::optional<ClipSound> next_sound() override;
    bool read_ahead(std::chrono::nanoseconds time) override;
    std::chrono::nanoseconds extent() const override;
    bool extent_is_final() const override { return recipe_.length_known || next_ == recipe_.pictures; }
    bool is_still() const override { return false; }
    void hurry(bool) override {}
    ClipFacts facts() const override { return {"drawn", "there is nothing better", recipe_.concealed, 0}; }
    std::optional<Error> fault() const override { return fault_; }

  private:
    std::chrono::nanoseconds time_of_picture(int number) const;

    const DrawnRecipe recipe_;
    const std::stop_token stop_;
    int next_ = 0;
    Samples sound_ = 0;
    std::optional<Error> fault_;
};

}  // namespace hallcast::media::test
