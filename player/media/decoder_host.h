// The program that decodes for the player, so that no file can do to the player what it does to a decoder.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "player/media/caption_sources.h"
#include "player/media/playback.h"
#include "player/media/worker_clip.h"
#include "protocol/base/descriptor.h"
#include "protocol/base/error.h"

namespace hallcast::media {

struct DecoderHostOptions {
    // hallcast-decoder; empty: the one that belongs to this program (see find_decoder_program).
    std::filesystem::path program;
    std::chrono::milliseconds stall{2000};  // a worker that gives nothing for so long is ended
};

// Starts `hallcast-decoder` and asks it for a worker process a clip. A host that is gone is started again. Internally
// synchronized. Clips may outlive it: they end by a fault.
class DecoderHost {
  public:
    // Starts with the first clip, and fails with each if the program is not there.
    explicit DecoderHost(DecoderHostOptions options) : options_(std::move(options)) {}
    ~DecoderHost();  // its workers end with it
    DecoderHost(const DecoderHost&) = delete;
    DecoderHost& operator=(const DecoderHost&) = delete;

    // Opens each clip in a worker of its own; what an address names (stream_address.h) is received by one more process,
    // as long as the clip is there. The host must outlive the calls.
    OpenClip opener();

    // The hall's, in which captions of clips that are opened from now on are shown; none before the first call. Does
    // not wait: fonts are looked for when the next clip is opened, on its thread.
    void set_caption_languages(std::vector<std::string> languages);

    // The player's end of a socket to a new worker (see worker_wire.h).
    Expected<Descriptor> new_worker();

  private:
    Expected<void> order(std::string_view order, int given);
    Expected<Descriptor> new_receiver(const std::string& address);
    Expected<std::unique_ptr<Clip>> open_stream(const PlaylistEntry& entry, std::chrono::milliseconds patience,
                                                std::stop_token stop);
    Expected<void> start();
    CaptionSources captions();
    void add_captions(WorkerClipOptions& options, const std::filesystem::path& film);

    const DecoderHostOptions options_;
    std::mutex mutex_;
    // Protected by mutex_:
    std::vector<std::string> languages_;
    std::optional<CaptionSources> captions_;  // in those languages, once looked for
    Descriptor control_;
    int process_ = -1;
};

// Beside the running program, or in ../libexec/hallcast of it; HALLCAST_DECODER in the environment names another.
std::filesystem::path find_decoder_program();

}  // namespace hallcast::media
