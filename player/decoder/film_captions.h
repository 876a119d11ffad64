// The captions of one film: which of its tracks and files is shown, and what of it lies over each picture.
#pragma once

#include <chrono>
#include <memory>

#include "player/decoder/caption_setup.h"
#include "player/decoder/caption_track.h"
#include "player/decoder/media_file.h"

namespace hallcast::decoder {

// Externally synchronized.
class FilmCaptions {
  public:
    // None are shown.
    FilmCaptions() = default;

    // By choose_caption_track(), of the files beside the film before the tracks in it. What cannot be read is left out,
    // and logged: the next choice takes its place.
    static FilmCaptions choose(MediaFile& film, const CaptionSetup& setup);

    // They are among the film's packets.
    bool in_film() const { return stream_ >= 0; }
    // True: the packet is one of captions.
    bool take(const AVPacket& packet);

    // The picture with what is to be read at `at` of the clip's time, which begins at `origin` of the file's.
    picture::VideoFramePtr over(picture::VideoFramePtr picture, std::chrono::nanoseconds at,
                                std::chrono::nanoseconds origin);

  private:
    std::unique_ptr<CaptionTrack> track_;
    int stream_ = -1;  // in the film; -1: the track is from a file, whose times are the clip's
};

}  // namespace hallcast::decoder
