// One track of captions, from a film or from a file beside it: libav's packets in, overlays out.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "player/decoder/caption_setup.h"
#include "player/decoder/captions.h"
#include "player/decoder/libav.h"
#include "protocol/base/error.h"

namespace hallcast::decoder {

// Text that libav turns into ASS: subrip, webvtt, mov_text, ass. Pictures of text (DVD, Blu-ray) are not.
bool is_text_track(const AVCodecParameters& parameters);

// Externally synchronized.
class CaptionTrack {
  public:
    // Of a stream in a film; its packets follow by read().
    static Expected<std::unique_ptr<CaptionTrack>> open(const AVStream& stream, std::span<const CaptionFont> fonts,
                                                        const std::string& family);
    // A whole SRT, WebVTT or ASS file, in UTF-8 or UTF-16. Its times count from the film's first picture.
    static Expected<std::unique_ptr<CaptionTrack>> read(const CaptionFile& file, std::span<const CaptionFont> fonts,
                                                        const std::string& family);

    // What is corrupt is passed over.
    void read(const AVPacket& packet);

    // `time`: of the packets' own.
    OverlayPtr at(std::chrono::nanoseconds time, int display_width, int display_height) {
        return captions_.at(time, display_width, display_height);
    }
    std::size_t captions() const { return count_; }

  private:
    CaptionTrack(CodecContext codec, AVRational time_base, std::span<const CaptionFont> fonts,
                 const std::string& family);

    CodecContext codec_;
    AVRational time_base_;
    Captions captions_;
    std::size_t count_ = 0;
};

}  // namespace hallcast::decoder
