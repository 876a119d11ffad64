// A clip that a worker process decodes: asks it, and believes nothing without looking.
#pragma once

#include <deque>
#include <stop_token>

#include "player/media/clip.h"
#include "player/media/clip_file.h"
#include "player/media/shared_pictures.h"
#include "player/media/worker_wire.h"

namespace hallcast::media {

struct WorkerClipOptions {
    std::chrono::milliseconds patience{2000};  // for the first picture
    std::chrono::milliseconds stall{2000};     // for each later answer
    std::chrono::milliseconds page_time{0};    // of each page of a document; 0: the usual
    bool is_stream = false;                    // the file is the pipe of a stream's receiver
    // Descriptors of fonts and caption files, and the text that says which is which (see worker_wire.h).
    std::vector<Descriptor> caption_descriptors;
    std::string caption_text;
};

// What a worker does, or does not do, costs this clip and nothing else: it ends with a fault. Pictures outlive it.
class WorkerClip final : public Clip {
  public:
    // `worker`: see DecoderHost::new_worker().
    static Expected<std::unique_ptr<Clip>> open(Descriptor worker, ClipFile file, WorkerClipOptions options,
                                                std::stop_token stop);
    ~WorkerClip() override;  // ends the worker; does not wait for it

    std::optional<ClipPicture> next_picture() override;
    bool has_sound() const override { return state_.has_sound != 0; }
    std::optional<ClipSound> next_sound() override;
    bool read_ahead(std::chrono::nanoseconds time) override;
    std::chrono::nanoseconds extent() const override { return std::chrono::nanoseconds(state_.extent); }
    bool extent_is_final() const override { return state_.extent_is_final != 0; }
    bool is_still() const override { return state_.is_still != 0; }
    bool has_pages() const override { return state_.has_pages != 0; }
    bool is_live() const override { return is_live_; }
    bool waits() const override { return waits_; }
    void expect(std::size_t pictures) override;
    void hurry(bool on) override { hurry_ = on; }
    ClipFacts facts() const override;
    std::optional<Error> fault() const override { return fault_; }

  private:
    WorkerClip(Descriptor worker, std::string name, SharedPictures pictures, const WorkerClipOptions& options,
               std::stop_token stop);
    Expected<void> start(const ClipFile& file, const WorkerClipOptions& options);
    // Sends it and waits for the answer. False: the clip is at an end, fault_ says why.
    bool ask(worker::Request request, std::chrono::milliseconds limit, std::string_view text = {},
             std::span<const int> descriptors = {});
    bool await(std::chrono::steady_clock::time_point deadline, std::chrono::milliseconds limit);
    bool wait_readable(std::chrono::steady_clock::time_point deadline);
    bool take_answer(const worker::Reply& answer, long length);
    bool take_pictures();
    bool take_overlay(picture::VideoFrame& frame, const worker::Overlay& said);
    bool give_up(std::string reason);
    // False: the answer is that there is none, for now or for good.
    bool gave(worker::Reply::Kind wanted);

    const Descriptor worker_;
    const std::string name_;
    SharedPictures pictures_;
    const std::chrono::milliseconds stall_;
    const bool is_live_;
    const std::stop_token stop_;
    const Descriptor stopped_;  // an eventfd
    Descriptor process_;        // the worker's pidfd, once it has one
    bool hurry_ = false;
    bool waits_ = false;
    std::size_t expected_ = 1;                         // pictures to ask for
    worker::Reply state_;                              // the last answer that can be
    std::shared_ptr<const picture::Overlay> overlay_;  // over the last picture
    std::vector<float> rest_;                          // of the last answer: sound, or worker::ShownPicture
    std::optional<Error> fault_;
    std::deque<ClipPicture> ready_;  // given by the worker, not asked for yet
};

}  // namespace hallcast::media
