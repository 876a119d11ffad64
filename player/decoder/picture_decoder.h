// Decodes the pictures of one video track on the best rung of the ladder that can: hardware first, software at last.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "player/decoder/device_layer.h"
#include "player/decoder/rung_memory.h"

namespace hallcast::decoder {

struct DecodingOptions {
    std::shared_ptr<const Devices> devices;  // null: software only
    std::shared_ptr<RungMemory> memory;      // null: nothing is remembered
    // Called before a software decoder is opened: to say where its pictures shall lie (get_buffer2).
    std::function<void(AVCodecContext&)> prepare_software;
    // Packets kept for the next rung. Beyond it that one begins at the next keyframe.
    std::size_t most_backlog_bytes = 16 << 20;
};

// A rung of hardware is left for the next one when it gives no first picture, or after three errors. The packets from
// the last keyframe on whose pictures were not given yet are then decoded again, so that none is missing and none is
// given twice; which ones were given, their times tell. A film whose packets have no times is decoded in software.
// What software says of a packet is final: it is passed over. Externally synchronized.
class PictureDecoder {
  public:
    // `still`: the file is a picture, not a film.
    static Expected<std::unique_ptr<PictureDecoder>> open(const AVStream& stream, bool still, DecodingOptions options);

    // To be called until a picture comes: one step of work. Null: send() when hungry(), else call again.
    Frame next();
    bool hungry() const { return !ended_ && sent_ == packets_.size(); }
    bool finished() const { return finished_; }
    // Once finished(): lets go of the codec and of the pictures that it holds. next() and send() are over then.
    void close() { codec_.reset(); }
    void send(Packet packet);
    void end();  // no packet follows

    // Leaves out what no other picture needs.
    void hurry(bool on);

    std::string name() const;                                     // "vaapi h264"
    std::string why_not_better() const;                           // of the rungs above
    const std::string& problem() const { return problem_; }       // the latest; empty: there was none
    std::uint64_t lost_packets() const { return lost_packets_; }  // refused, or before the keyframe to begin again at

  private:
    PictureDecoder(const AVStream& stream, bool still, DecodingOptions options);
    Expected<void> climb_down(Rung from);
    Expected<CodecContext> open_rung(Rung rung);
    Expected<const AVCodec*> find_decoder(Rung rung) const;

    void feed();
    Expected<Frame> take_from_hardware(Frame frame, bool damaged);
    Frame examine(Frame frame);
    void refused(const std::string& reason);
    void step_failed(const std::string& reason);
    void give_up_rung(const std::string& reason, bool is_to_blame);
    void start_again();
    void keep_sent_packet();
    void forget_packets(std::size_t count);
    void forget_shown();
    void bound_backlog();
    void judge(bool damaged);

    bool in_hardware() const { return rung_ != Rung::software; }
    bool was_shown(std::int64_t time) const { return last_time_ && time <= *last_time_; }

    const AVStream& stream_;  // of the file, which lives longer
    const DecodingOptions options_;
    const bool still_;
    const bool transparent_;
    const FilmKind film_;

    Rung rung_ = Rung::software;
    CodecContext codec_;             // null: closed
    const AVCodec* used_ = nullptr;  // libav's; of codec_
    Frame spare_ = make_frame();
    std::string problem_;
    std::array<std::string, hardware_rungs.size()> why_not_;
    int errors_ = 0;          // of this rung
    bool proved_ = false;     // it gave a picture
    int silent_packets_ = 0;  // since its last picture
    bool hurry_ = false;
    bool untimed_ = false;  // a packet had no time

    // Those before sent_ are with the decoder and kept for the next rung, those behind it wait for the decoder.
    std::deque<Packet> packets_;
    std::size_t sent_ = 0;
    std::size_t backlog_bytes_ = 0;
    bool skip_to_keyframe_ = false;     // the backlog's beginning was given up, and what is sent now is not kept
    bool wait_for_keyframe_ = false;    // a new rung begins, which can make nothing of what comes before one
    std::vector<std::int64_t> unkept_;  // times of what was sent, and neither kept nor shown yet
    std::uint64_t lost_packets_ = 0;

    std::optional<std::int64_t> last_time_;  // of the picture given last, in the stream's ticks
    bool replaying_ = false;                 // pictures up to last_time_ were given already
    bool ended_ = false;
    bool draining_ = false;
    int drain_errors_ = 0;
    bool finished_ = false;

    // Rungs that failed in this film. The film may be what is broken: they are remembered when the next rung decodes
    // the same packets without complaint.
    std::vector<RungFailure> accused_;
    std::size_t trial_packets_ = 0;
};

}  // namespace hallcast::decoder
