#include "player/decoder/picture_decoder.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace hallcast::decoder {
namespace {

constexpr std::int64_t most_pixels = 64 << 20;
constexpr int most_rung_errors = 3;
// Hardware that takes so much and gives nothing will not begin to: more than any codec delays pictures, three times.
constexpr int most_silent_packets = 64;

double pixel_rate(const AVStream& stream) {
    const double rate = stream.avg_frame_rate.den > 0 ? av_q2d(stream.avg_frame_rate) : 0;
    return double(stream.codecpar->width) * stream.codecpar->height * (rate > 0 ? rate : 25);
}

// WebM's way of saying that a second picture, of the alpha, comes with each packet. libvpx knows it, the decoder that
// libav itself has does not, and neither does hardware.
const char* decoder_of_alpha(const AVStream& stream) {
    const AVDictionaryEntry* mode = av_dict_get(stream.metadata, "alpha_mode", nullptr, 0);
    if (mode == nullptr || std::string_view(mode->value) != "1") return nullptr;
    if (stream.codecpar->codec_id == AV_CODEC_ID_VP8) return "libvpx";
    if (stream.codecpar->codec_id == AV_CODEC_ID_VP9) return "libvpx-vp9";
    return nullptr;
}

bool is_key(const AVPacket& packet) { return (packet.flags & AV_PKT_FLAG_KEY) != 0; }
// Outside of the file's edit list: decoded for others' sake, never shown.
bool is_hidden(const AVPacket& packet) { return (packet.flags & AV_PKT_FLAG_DISCARD) != 0; }

Rung below(Rung rung) { return Rung(int(rung) + 1); }

}  // namespace

Expected<std::unique_ptr<PictureDecoder>> PictureDecoder::open(const AVStream& stream, bool still,
                                                               DecodingOptions options) {
    std::unique_ptr<PictureDecoder> decoder(new PictureDecoder(stream, still, std::move(options)));
    if (auto opened = decoder->climb_down(hardware_rungs.front()); !opened) return std::unexpected(opened.error());
    return decoder;
}

PictureDecoder::PictureDecoder(const AVStream& stream, bool still, DecodingOptions options)
    : stream_(stream),
      options_(std::move(options)),
      still_(still),
      transparent_(decoder_of_alpha(stream) != nullptr),
      film_{stream.codecpar->codec_id, stream.codecpar->profile,
            std::int64_t(stream.codecpar->width) * stream.codecpar->height > 1920 * 1088} {}

Expected<const AVCodec*> PictureDecoder::find_decoder(Rung rung) const {
    if (rung == Rung::software) {
        const AVCodec* decoder = transparent_ ? avcodec_find_decoder_by_name(decoder_of_alpha(stream_)) : nullptr;
        if (decoder == nullptr) decoder = avcodec_find_decoder(stream_.codecpar->codec_id);
        if (decoder == nullptr) return fail("no decoder for {}", avcodec_get_name(stream_.codecpar->codec_id));
        return decoder;
    }
    if (!options_.devices) return fail("no devices were opened");
    if (still_) return fail("not worth it for one picture");
    if (transparent_) return fail("it would lose the transparency");
    if (untimed_) return fail("the film does not say the times of its pictures");
    if (const auto& refusal = options_.devices->refusal(rung)) return fail("{}", *refusal);
    if (options_.memory) {
        if (const auto reason = options_.memory->why_not(rung, film_)) return fail("{}", *reason);
    }
    return options_.devices->layer().decoder(rung, stream_.codecpar->codec_id);
}

Expected<CodecContext> PictureDecoder::open_rung(Rung rung) {
    const auto decoder = find_decoder(rung);
    if (!decoder) return std::unexpected(decoder.error());
    CodecContext codec(avcodec_alloc_context3(*decoder));
    HALLCAST_ASSERT(codec != nullptr);
    int error = avcodec_parameters_to_context(codec.get(), stream_.codecpar);
    codec->pkt_timebase = stream_.time_base;
    codec->max_pixels = most_pixels;
    codec->skip_frame = hurry_ ? AVDISCARD_NONREF : AVDISCARD_DEFAULT;
    if (rung == Rung::software) {
        // One thread decodes 1080p at 60 a second in a fifth of its time; each one more holds pictures more (3 MB of
        // 1080p).
        codec->thread_count = still_ || pixel_rate(stream_) <= 1920 * 1088 * 61.0 ? 1 : 2;
        codec->thread_type = FF_THREAD_FRAME | FF_THREAD_SLICE;
        if (options_.prepare_software) options_.prepare_software(*codec);
    } else {
        // HEVC's decoder keeps it to itself else that a picture failed. H.264's tells, and would with this refuse what
        // follows a keyframe and is shown before it.
        if (codec->codec_id == AV_CODEC_ID_HEVC) codec->err_recognition |= AV_EF_EXPLODE;
        if (auto configured = options_.devices->layer().configure(rung, *codec); !configured)
            return std::unexpected(configured.error());
    }
    if (error >= 0) error = avcodec_open2(codec.get(), *decoder, nullptr);
    if (error < 0) return fail("{}: {}", (*decoder)->name, libav_message(error));
    return codec;
}

Expected<void> PictureDecoder::climb_down(Rung from) {
    for (rung_ = from;; rung_ = below(rung_)) {
        auto codec = open_rung(rung_);
        if (codec) {
            codec_ = std::move(*codec);
            used_ = codec_->codec;
            errors_ = 0;
            proved_ = false;
            return {};
        }
        if (!in_hardware()) return std::unexpected(codec.error());
        why_not_[std::size_t(rung_)] = codec.error().message;
    }
}

Frame PictureDecoder::next() {
    if (finished_) return nullptr;
    const int received = avcodec_receive_frame(codec_.get(), spare_.get());
    if (received >= 0) return examine(std::exchange(spare_, make_frame()));
    if (received == AVERROR(EAGAIN)) {
        feed();
    } else if (received != AVERROR_EOF) {
        refused(libav_message(received));
        if (draining_ && !in_hardware() && ++drain_errors_ > most_drain_errors) finished_ = true;
    } else if (in_hardware() && !proved_) {
        step_failed("gave no picture");
    } else {
        finished_ = true;
        if (proved_) judge(false);
    }
    return nullptr;
}

void PictureDecoder::feed() {
    if (sent_ == packets_.size()) {
        if (!ended_) return;
        if (!std::exchange(draining_, true)) {
            avcodec_send_packet(codec_.get(), nullptr);
        } else if (in_hardware()) {
            step_failed("does not end");
        } else {
            finished_ = true;
        }
        return;
    }
    const AVPacket& packet = *packets_[sent_];
    if (wait_for_keyframe_ && !is_key(packet)) {
        if (!is_hidden(packet) && !was_shown(packet.pts)) ++lost_packets_;
        packets_.pop_front();
        return;
    }
    wait_for_keyframe_ = false;
    const int error = avcodec_send_packet(codec_.get(), &packet);
    if (trial_packets_ > 0) --trial_packets_;
    if (in_hardware()) {
        if (error < 0) return refused(libav_message(error));
        if (!is_hidden(packet)) ++silent_packets_;
        keep_sent_packet();
        if (silent_packets_ > most_silent_packets) step_failed(fmt::format("took {} packets", silent_packets_));
        return;
    }
    if (error < 0) {
        // What the decoder refuses is corrupt: the next packet may be good again.
        refused(libav_message(error));
        ++lost_packets_;
    }
    packets_.pop_front();
}

void PictureDecoder::refused(const std::string& reason) {
    if (in_hardware()) return step_failed(reason);
    problem_ = reason;
    judge(true);
}

Expected<Frame> PictureDecoder::take_from_hardware(Frame frame, bool damaged) {
    if (damaged) return fail("gave a damaged picture");
    if (frame->pts == AV_NOPTS_VALUE) return fail("gave a picture without its time");
    if (proved_ && replaying_ && was_shown(frame->pts)) return frame;
    return options_.devices->layer().map(rung_, std::move(frame));
}

Frame PictureDecoder::examine(Frame frame) {
    silent_packets_ = 0;
    const bool damaged = is_damaged(*frame);
    if (in_hardware()) {
        auto mapped = take_from_hardware(std::move(frame), damaged);
        if (!mapped) {
            step_failed(mapped.error().message);
            return nullptr;
        }
        frame = std::move(*mapped);
    }
    proved_ = true;
    judge(damaged);
    const bool timed = frame->pts != AV_NOPTS_VALUE;
    if (replaying_ && timed && was_shown(frame->pts)) return nullptr;
    replaying_ = false;
    if (timed) {
        last_time_ = frame->pts;
        forget_shown();
    }
    return frame;
}

void PictureDecoder::step_failed(const std::string& reason) {
    problem_ = fmt::format("{}: {}", name(), reason);
    if (proved_ && ++errors_ < most_rung_errors) {
        if (auto codec = open_rung(rung_)) {
            codec_ = std::move(*codec);
            return start_again();
        }
    }
    give_up_rung(reason, true);
}

void PictureDecoder::give_up_rung(const std::string& reason, bool is_to_blame) {
    why_not_[std::size_t(rung_)] = reason;
    // Hardware may well fail at what does not begin with a keyframe.
    if (is_to_blame && !packets_.empty() && is_key(*packets_.front())) accused_.push_back({rung_, film_, reason});
    spdlog::info("a film is no longer decoded by {}: {}", name(), reason);
    if (auto opened = climb_down(below(rung_)); !opened) {
        problem_ = opened.error().message;
        finished_ = true;
        return;
    }
    start_again();
}

void PictureDecoder::start_again() {
    av_frame_unref(spare_.get());
    sent_ = 0;
    backlog_bytes_ = 0;
    silent_packets_ = 0;
    draining_ = false;
    replaying_ = last_time_.has_value();
    trial_packets_ = packets_.size();
    lost_packets_ += unkept_.size();
    unkept_.clear();
    wait_for_keyframe_ = std::exchange(skip_to_keyframe_, false) || wait_for_keyframe_;
}

// Sent without complaint: it may be needed by the next rung.
void PictureDecoder::keep_sent_packet() {
    const AVPacket& packet = *packets_[sent_];
    if (is_key(packet)) skip_to_keyframe_ = false;
    backlog_bytes_ += std::size_t(packet.size);
    ++sent_;
    if (skip_to_keyframe_) {
        forget_packets(sent_);
    } else if (backlog_bytes_ > options_.most_backlog_bytes) {
        bound_backlog();
    }
}

void PictureDecoder::forget_packets(std::size_t count) {
    for (; count > 0; --count, --sent_) {
        const AVPacket& packet = *packets_.front();
        if (!is_hidden(packet) && !was_shown(packet.pts)) unkept_.push_back(packet.pts);
        backlog_bytes_ -= std::size_t(packet.size);
        packets_.pop_front();
    }
}

void PictureDecoder::bound_backlog() {
    const auto sent_end = packets_.begin() + std::ptrdiff_t(sent_);
    const auto key = std::find_if(packets_.begin() + 1, sent_end, [](const Packet& one) { return is_key(*one); });
    skip_to_keyframe_ = key == sent_end;
    forget_packets(std::size_t(key - packets_.begin()));
}

// What comes before a keyframe that was shown is not needed any more. Pictures that are decoded after it and shown
// before it have been shown by then, too.
void PictureDecoder::forget_shown() {
    std::erase_if(unkept_, [&](std::int64_t time) { return was_shown(time); });
    for (std::size_t i = sent_; i-- > 1;) {
        if (is_key(*packets_[i]) && was_shown(packets_[i]->pts)) return forget_packets(i);
    }
}

void PictureDecoder::judge(bool damaged) {
    // Software complains too: it is the film that is broken, and no rung is to blame.
    if (damaged) return accused_.clear();
    if (trial_packets_ > 0 && !finished_) return;
    for (const RungFailure& failure : accused_) {
        if (options_.memory) options_.memory->remember(failure);
    }
    accused_.clear();
}

void PictureDecoder::send(Packet packet) {
    untimed_ = untimed_ || packet->pts == AV_NOPTS_VALUE;
    packets_.push_back(std::move(packet));
    if (untimed_ && in_hardware()) give_up_rung("the film does not say the times of its pictures", false);
}

void PictureDecoder::end() { ended_ = true; }

void PictureDecoder::hurry(bool on) {
    hurry_ = on;
    if (codec_) codec_->skip_frame = on ? AVDISCARD_NONREF : AVDISCARD_DEFAULT;
}

std::string PictureDecoder::name() const { return fmt::format("{} {}", name_of(rung_), used_->name); }

std::string PictureDecoder::why_not_better() const {
    if (!options_.devices) return "no devices were opened";
    std::string reasons;
    for (const Rung rung : hardware_rungs) {
        if (rung == rung_) break;
        reasons += fmt::format("{}{}: {}", reasons.empty() ? "" : "; ", name_of(rung), why_not_[std::size_t(rung)]);
    }
    return reasons;
}

}  // namespace hallcast::decoder
