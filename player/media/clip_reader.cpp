#include "player/media/clip_reader.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace hallcast::media {
namespace {

using std::chrono::nanoseconds;

// Compressed packets kept while the other stream is searched for: 16 s of an 8 Mb/s film. Files worse interleaved than
// that lose sound, not memory.
constexpr std::size_t most_packet_bytes = 16 << 20;
constexpr std::size_t most_packets = 20'000;
constexpr int most_drain_errors = 64;
constexpr std::int64_t most_pixels = 64 << 20;

// AVFrame::duration came with lavu 57.30; what it replaced is gone in newer versions.
std::int64_t duration_ticks(const AVFrame& frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
    return frame.duration;
#else
    return frame.pkt_duration;
#endif
}

std::int64_t nominal_duration(AVFormatContext& format, AVStream& stream) {
    const AVRational rate = av_guess_frame_rate(&format, &stream, nullptr);
    if (rate.num <= 0 || rate.den <= 0) return std::max<std::int64_t>(1, av_rescale_q(40, {1, 1000}, stream.time_base));
    return std::max<std::int64_t>(1, av_rescale_q(1, av_inv_q(rate), stream.time_base));
}

double pixel_rate(const AVStream& stream) {
    const double rate = stream.avg_frame_rate.den > 0 ? av_q2d(stream.avg_frame_rate) : 0;
    return double(stream.codecpar->width) * stream.codecpar->height * (rate > 0 ? rate : 25);
}

}  // namespace

Expected<std::unique_ptr<ClipReader>> ClipReader::open(const std::filesystem::path& path,
                                                       std::chrono::milliseconds patience, std::stop_token stop) {
    std::unique_ptr<ClipReader> reader(new ClipReader());
    reader->interruption_->stop = std::move(stop);
    reader->interruption_->deadline = std::chrono::steady_clock::now() + patience;
    if (auto started = reader->start(path, patience); !started) return std::unexpected(started.error());
    return reader;
}

Expected<void> ClipReader::start(const std::filesystem::path& path, std::chrono::milliseconds patience) {
    auto file = MediaFile::open(path, [interruption = interruption_.get()] { return interruption->happened(); });
    if (!file) return std::unexpected(file.error());
    file_ = std::move(*file);
    std::string problem;
    video_.stream = &file_->video();
    video_.codec = open_codec(*video_.stream, file_->is_picture_format(), problem);
    if (!video_.codec) return fail("{}: its pictures cannot be decoded: {}", path.string(), problem);
    nominal_ticks_ = nominal_duration(file_->format(), *video_.stream);
    if (file_->sound() != nullptr) {
        sound_.stream = file_->sound();
        sound_.codec = open_codec(*sound_.stream, false, problem);
        if (!sound_.codec) spdlog::warn("{}: plays without its sound: {}", path.string(), problem);
    }
    first_ = decode_picture();
    if (!first_) {
        if (interruption_->happened()) return fail("{}: gave no picture within {} ms", path.string(), patience.count());
        return fail("{}: no picture of it can be decoded{}", path.string(),
                    picture_problem_.empty() ? "" : ": " + picture_problem_);
    }
    interruption_->deadline = std::chrono::steady_clock::time_point::max();
    return {};
}

CodecContext ClipReader::open_codec(const AVStream& stream, bool still, std::string& problem) {
    const AVCodec* decoder = avcodec_find_decoder(stream.codecpar->codec_id);
    if (decoder == nullptr) {
        problem = fmt::format("no decoder for {}", avcodec_get_name(stream.codecpar->codec_id));
        return nullptr;
    }
    CodecContext codec(avcodec_alloc_context3(decoder));
    HALLCAST_ASSERT(codec != nullptr);
    int error = avcodec_parameters_to_context(codec.get(), stream.codecpar);
    codec->pkt_timebase = stream.time_base;
    codec->max_pixels = most_pixels;
    // One thread decodes 1080p at 60 a second in a fifth of its time; each one more holds pictures more (3 MB of
    // 1080p).
    codec->thread_count = still || pixel_rate(stream) <= 1920 * 1088 * 61.0 ? 1 : 2;
    codec->thread_type = FF_THREAD_FRAME | FF_THREAD_SLICE;
    if (error >= 0) error = avcodec_open2(codec.get(), decoder, nullptr);
    if (error < 0) {
        problem = fmt::format("{}: {}", avcodec_get_name(stream.codecpar->codec_id), libav_message(error));
        return nullptr;
    }
    return codec;
}

bool ClipReader::demux() {
    if (demux_ended_) return false;
    Packet packet = make_packet();
    if (interruption_->happened() || !file_->read(*packet)) {
        demux_ended_ = true;
        return false;
    }
    const bool of_video = packet->stream_index == video_.stream->index;
    if (!of_video && !sound_.codec) return true;
    if (of_video) measure(*packet);
    Track& track = of_video ? video_ : sound_;
    track.bytes += std::size_t(packet->size);
    track.packets.push_back(std::move(packet));
    while (!of_video && (track.bytes > most_packet_bytes || track.packets.size() > most_packets)) {
        track.bytes -= std::size_t(track.packets.front()->size);
        track.packets.pop_front();
    }
    return true;
}

void ClipReader::measure(const AVPacket& packet) {
    if ((packet.flags & AV_PKT_FLAG_DISCARD) != 0) return;  // outside of the file's edit list: decoded, never shown
    ++video_packets_;
    if (packet.pts == AV_NOPTS_VALUE) {
        packets_are_timed_ = false;
        return;
    }
    const std::int64_t end = packet.pts + (packet.duration > 0 ? packet.duration : nominal_ticks_);
    packets_end_ = std::max(packets_end_.value_or(end), end);
}

Frame ClipReader::next_frame(Track& track) {
    Frame frame = make_frame();
    while (!track.finished && !interruption_->happened()) {
        const int received = avcodec_receive_frame(track.codec.get(), frame.get());
        if (received >= 0) return frame;
        if (received == AVERROR_EOF) break;
        if (received != AVERROR(EAGAIN)) {
            picture_problem_ = libav_message(received);
            if (track.flushing && ++track.drain_errors > most_drain_errors) break;
        }
        while (track.packets.empty() && !demux_ended_) {
            // Sound far behind the pictures in the file: do without, rather than keep the whole film in memory.
            if (&track == &sound_ && (video_.bytes > most_packet_bytes || video_.packets.size() > most_packets)) break;
            demux();
        }
        if (!track.packets.empty()) {
            // What the decoder refuses is corrupt: the next packet may be good again.
            const int sent = avcodec_send_packet(track.codec.get(), track.packets.front().get());
            if (sent < 0 && sent != AVERROR(EAGAIN)) picture_problem_ = libav_message(sent);
            if (sent != AVERROR(EAGAIN)) {
                track.bytes -= std::size_t(track.packets.front()->size);
                track.packets.pop_front();
            }
        } else if (!track.flushing) {
            track.flushing = true;
            avcodec_send_packet(track.codec.get(), nullptr);
        }
    }
    track.finished = true;
    return nullptr;
}

std::optional<ClipPicture> ClipReader::decode_picture() {
    while (Frame frame = next_frame(video_)) {
        const std::int64_t length = duration_ticks(*frame) > 0 ? duration_ticks(*frame) : nominal_ticks_;
        std::int64_t ticks = frame->best_effort_timestamp;
        if (ticks == AV_NOPTS_VALUE) ticks = last_ticks_ ? *last_ticks_ + nominal_ticks_ : 0;
        if (last_ticks_ && ticks <= *last_ticks_) continue;  // a picture twice, or from before: time goes on
        const AVRational aspect = av_guess_sample_aspect_ratio(&file_->format(), video_.stream, frame.get());
        auto picture = pictures_.convert(std::move(frame), aspect);
        if (!picture) {
            picture_problem_ = picture.error().message;
            continue;
        }
        if (!origin_) origin_ = ticks;
        last_ticks_ = ticks;
        const nanoseconds at = to_time(ticks - *origin_, video_.stream->time_base);
        decoded_end_ = to_time(ticks + length - *origin_, video_.stream->time_base);
        return ClipPicture{std::move(*picture), at, decoded_end_ - at};
    }
    return std::nullopt;
}

std::optional<ClipPicture> ClipReader::next_picture() {
    if (first_) return std::exchange(first_, std::nullopt);
    return decode_picture();
}

std::optional<ClipSound> ClipReader::next_sound() {
    if (!sound_.codec) return std::nullopt;
    while (Frame frame = next_frame(sound_)) {
        const nanoseconds held_back = resampler_.held_back();
        auto samples = resampler_.convert(*frame);
        if (!samples) {
            spdlog::warn("{}", samples.error().message);
            break;
        }
        std::int64_t ticks = frame->best_effort_timestamp;
        if (ticks == AV_NOPTS_VALUE) ticks = frame->pts;
        ClipSound sound;
        if (ticks != AV_NOPTS_VALUE) {
            const nanoseconds origin = to_time(*origin_, video_.stream->time_base);
            sound.at = to_time(ticks, sound_.stream->time_base) - origin - held_back;
        } else {
            sound.at = sound_end_.value_or(nanoseconds(0));
        }
        sound.samples = std::move(*samples);
        sound_end_ = sound.at + nanoseconds(std::int64_t(sound.samples.size() / 2) * 62'500 / 3);
        if (!sound.samples.empty()) return sound;
    }
    sound_.finished = true;
    ClipSound rest{sound_end_.value_or(nanoseconds(0)), resampler_.drain()};
    if (rest.samples.empty()) return std::nullopt;
    return rest;
}

bool ClipReader::read_ahead(nanoseconds time) {
    while (!demux_ended_ && extent() < time) {
        if (video_.bytes > most_packet_bytes || video_.packets.size() > most_packets) return false;
        // Packets cannot tell: the decoded pictures will.
        if (!packets_are_timed_ && video_.packets.size() > 64) return false;
        demux();
    }
    return !demux_ended_;
}

nanoseconds ClipReader::extent() const {
    if (!origin_ || (video_packets_ <= 1 && !demux_ended_)) return nanoseconds(0);
    if (!packets_are_timed_ || !packets_end_) return decoded_end_;
    return std::max(to_time(*packets_end_ - *origin_, video_.stream->time_base), decoded_end_);
}

bool ClipReader::extent_is_final() const {
    return demux_ended_ && ((packets_are_timed_ && packets_end_) || video_.finished);
}

bool ClipReader::is_still() const {
    return file_->is_picture_format() || (video_packets_ <= 1 && sound_.codec == nullptr);
}

void ClipReader::hurry(bool on) { video_.codec->skip_frame = on ? AVDISCARD_NONREF : AVDISCARD_DEFAULT; }

}  // namespace hallcast::media
