// A document as a clip: each page a still, one after the other.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "player/decoder/document_pages.h"
#include "player/media/clip.h"

namespace hallcast::decoder {

constexpr std::chrono::milliseconds usual_page_time{10'000};

class DocumentReader final : public media::Clip {
  public:
    // Draws the first page; fails when that took longer than `patience`. `page_time` 0: the usual one.
    static Expected<std::unique_ptr<DocumentReader>> open(std::unique_ptr<DocumentPages> pages,
                                                          std::chrono::milliseconds page_time,
                                                          std::chrono::milliseconds patience);

    std::optional<media::ClipPicture> next_picture() override;
    bool has_sound() const override { return false; }
    std::optional<media::ClipSound> next_sound() override { return std::nullopt; }
    bool read_ahead(std::chrono::nanoseconds) override { return false; }
    std::chrono::nanoseconds extent() const override { return page_time_ * pages_->count(); }
    bool extent_is_final() const override { return true; }
    bool is_still() const override { return pages_->count() == 1; }
    bool has_pages() const override { return pages_->count() > 1; }
    void hurry(bool) override {}
    media::ClipFacts facts() const override { return facts_; }

  private:
    DocumentReader(std::unique_ptr<DocumentPages> pages, std::chrono::milliseconds page_time)
        : pages_(std::move(pages)), page_time_(page_time) {}

    std::unique_ptr<DocumentPages> pages_;
    std::chrono::nanoseconds page_time_;
    int next_ = 0;
    picture::VideoFramePtr first_;  // drawn by open()
    media::ClipFacts facts_;
};

}  // namespace hallcast::decoder
