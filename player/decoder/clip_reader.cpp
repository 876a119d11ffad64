#include "player/decoder/clip_reader.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace hallcast::decoder {
namespace {

using media::ClipPicture;
using media::ClipSound;
using std::chrono::nanoseconds;

// Compressed packets kept while the other stream is searched for: 16 s of an 8 Mb/s film. Files worse interleaved than
// that lose sound, not memory.
constexpr std::size_t most_packet_bytes = 16 << 20;
constexpr std::size_t most_packets = 20'000;

std::int64_t nominal_duration(AVFormatContext& format, AVStream& stream) {
    const AVRational rate = av_guess_frame_rate(&format, &stream, nullptr);
    if (rate.num <= 0 || rate.den <= 0) return std::max<std::int64_t>(1, av_rescale_q(40, {1, 1000}, stream.time_base));
    return std::max<std::int64_t>(1, av_rescale_q(1, av_inv_q(rate), stream.time_base));
}

}  // namespace

Expected<std::unique_ptr<ClipReader>> ClipReader::open(media::ClipFile file, ReaderOptions options) {
    std::unique_ptr<ClipReader> reader(new ClipReader(options.memory));
    reader->interruption_->stop = std::move(options.stop);
    reader->interruption_->deadline = std::chrono::steady_clock::now() + options.patience;
    if (auto started = reader->start(std::move(file), options); !started) return std::unexpected(started.error());
    return reader;
}

Expected<void> ClipReader::start(media::ClipFile opened, ReaderOptions& options) {
    const auto interrupted = [interruption = interruption_.get()] { return interruption->happened(); };
    auto file = options.is_stream ? MediaFile::open_stream(std::move(opened.descriptor), interrupted)
                                  : MediaFile::open(std::move(opened), interrupted);
    if (!file) return std::unexpected(file.error());
    file_ = std::move(*file);
    video_.stream = &file_->video();
    if (options.memory != nullptr)
        options.decoding.prepare_software = [memory = options.memory](AVCodecContext& codec) {
            memory->use_for(codec);
        };
    auto decoder = PictureDecoder::open(*video_.stream, file_->is_picture_format(), std::move(options.decoding));
    if (!decoder) return fail("its pictures cannot be decoded: {}", decoder.error().message);
    decoder_ = std::move(*decoder);
    filter_ = std::make_unique<PictureFilter>(*video_.stream);
    nominal_ticks_ = nominal_duration(file_->format(), *video_.stream);
    if (file_->sound() != nullptr) {
        sound_.stream = file_->sound();
        if (auto codec = open_decoder(*sound_.stream)) {
            sound_codec_ = std::move(*codec);
        } else {
            spdlog::warn("a film plays without its sound: {}", codec.error().message);
        }
    }
    captions_ = FilmCaptions::choose(*file_, options.captions);
    decode_first_picture();
    if (!first_) {
        if (const auto lost = fault()) return std::unexpected(*lost);
        if (interruption_->happened()) return fail("gave no picture within {} ms", options.patience.count());
        const std::string& problem = picture_problem_.empty() ? decoder_->problem() : picture_problem_;
        return fail("no picture of it can be decoded{}", problem.empty() ? "" : ": " + problem);
    }
    interruption_->deadline = std::chrono::steady_clock::time_point::max();
    return {};
}

void ClipReader::decode_first_picture() {
    do {
        waits_ = false;
        first_ = decode_picture();
        if (waits_ && !first_) file_->stream()->wait(std::chrono::milliseconds(50));
    } while (!first_ && waits_ && !interruption_->happened());
}

bool ClipReader::Track::is_full() const { return bytes > most_packet_bytes || packets.size() > most_packets; }

Packet ClipReader::Track::take() {
    if (packets.empty()) return nullptr;
    Packet packet = std::move(packets.front());
    packets.pop_front();
    bytes -= std::size_t(packet->size);
    return packet;
}

bool ClipReader::demux() {
    if (demux_ended_) return false;
    Packet packet = make_packet();
    const auto got = interruption_->happened() ? MediaFile::Got::end : file_->read(*packet);
    demux_ended_ = got == MediaFile::Got::end;
    waits_ = got == MediaFile::Got::later;
    if (got != MediaFile::Got::packet) return false;
    const AVStream* stream = file_->format().streams[packet->stream_index];
    if (packet->dts != AV_NOPTS_VALUE)
        packets_reached_ = std::max(packets_reached_, to_time(packet->dts, stream->time_base));
    if (captions_.take(*packet)) return true;
    const bool of_video = packet->stream_index == video_.stream->index;
    if (!of_video && !sound_codec_) return true;
    if (of_video) measure(*packet);
    Track& track = of_video ? video_ : sound_;
    track.bytes += std::size_t(packet->size);
    track.packets.push_back(std::move(packet));
    while (!of_video && track.is_full()) track.take();
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

Frame ClipReader::next_picture_frame() {
    while (!interruption_->happened()) {
        if (Frame frame = filter_->pull()) return frame;
        if (decoder_->finished()) {
            if (std::exchange(video_finished_, true)) return nullptr;
            decoder_->close();
            filter_->end();
            continue;
        }
        if (Frame frame = decoder_->next()) {
            if (is_damaged(*frame)) ++concealed_;
            frame->sample_aspect_ratio = av_guess_sample_aspect_ratio(&file_->format(), video_.stream, frame.get());
            if (auto taken = filter_->push(std::move(frame)); !taken) picture_problem_ = taken.error().message;
        } else if (decoder_->hungry()) {
            while (video_.packets.empty() && demux()) continue;
            if (Packet packet = video_.take()) {
                decoder_->send(std::move(packet));
            } else if (waits_) {
                return nullptr;
            } else {
                decoder_->end();
            }
        }
    }
    video_finished_ = true;
    return nullptr;
}

Frame ClipReader::next_sound_frame() {
    Frame frame = make_frame();
    while (!sound_finished_ && !interruption_->happened()) {
        const int received = avcodec_receive_frame(sound_codec_.get(), frame.get());
        if (received >= 0) return frame;
        if (received == AVERROR_EOF) break;
        if (sound_draining_ && (received == AVERROR(EAGAIN) || ++sound_drain_errors_ > most_drain_errors)) break;
        // Sound far behind the pictures in the file: do without, rather than keep the whole film in memory.
        while (sound_.packets.empty() && !video_.is_full() && demux()) continue;
        if (const Packet packet = sound_.take()) {
            // What the decoder refuses is corrupt: the next packet may be good again.
            avcodec_send_packet(sound_codec_.get(), packet.get());
        } else if (waits_) {
            return nullptr;
        } else if (!std::exchange(sound_draining_, true)) {
            avcodec_send_packet(sound_codec_.get(), nullptr);
        }
    }
    sound_finished_ = true;
    return nullptr;
}

std::optional<ClipPicture> ClipReader::decode_picture() {
    while (Frame frame = next_picture_frame()) {
        const std::int64_t length = duration_of(*frame) > 0 ? duration_of(*frame) : nominal_ticks_;
        std::int64_t ticks = frame->best_effort_timestamp;
        if (ticks == AV_NOPTS_VALUE) ticks = last_ticks_ ? *last_ticks_ + nominal_ticks_ : 0;
        if (last_ticks_ && ticks <= *last_ticks_) continue;  // a picture twice, or from before: time goes on
        const AVRational aspect = frame->sample_aspect_ratio;
        auto picture = pictures_.convert(std::move(frame), aspect);
        if (!picture) {
            picture_problem_ = picture.error().message;
            continue;
        }
        if (!origin_) origin_ = ticks;
        last_ticks_ = ticks;
        const nanoseconds at = to_time(ticks - *origin_, video_.stream->time_base);
        decoded_end_ = to_time(ticks + length - *origin_, video_.stream->time_base);
        const nanoseconds origin = to_time(*origin_, video_.stream->time_base);
        // Packets are in the order of their decoding: until one of a later time comes, a caption may.
        while (captions_.in_film() && packets_reached_ <= at + origin && !video_.is_full() && demux()) continue;
        return ClipPicture{captions_.over(std::move(*picture), at, origin), at, decoded_end_ - at};
    }
    return std::nullopt;
}

std::optional<ClipPicture> ClipReader::next_picture() {
    waits_ = false;
    if (first_) return std::exchange(first_, std::nullopt);
    return decode_picture();
}

std::optional<ClipSound> ClipReader::next_sound() {
    waits_ = false;
    if (!sound_codec_) return std::nullopt;
    while (Frame frame = next_sound_frame()) {
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
    if (waits_) return std::nullopt;
    sound_finished_ = true;
    ClipSound rest{sound_end_.value_or(nanoseconds(0)), resampler_.drain()};
    if (rest.samples.empty()) return std::nullopt;
    return rest;
}

bool ClipReader::read_ahead(nanoseconds time) {
    waits_ = false;
    while (!demux_ended_ && extent() < time) {
        if (video_.is_full()) return false;
        // Packets cannot tell: the decoded pictures will.
        if (!packets_are_timed_ && video_.packets.size() > 64) return false;
        if (!demux() && waits_) break;
    }
    return !demux_ended_;
}

nanoseconds ClipReader::extent() const {
    if (!origin_ || (video_packets_ <= 1 && !demux_ended_)) return nanoseconds(0);
    if (!packets_are_timed_ || !packets_end_) return decoded_end_;
    return std::max(to_time(*packets_end_ - *origin_, video_.stream->time_base), decoded_end_);
}

bool ClipReader::extent_is_final() const {
    return demux_ended_ && ((packets_are_timed_ && packets_end_) || video_finished_);
}

bool ClipReader::is_still() const {
    return file_->is_picture_format() || (video_packets_ <= 1 && sound_codec_ == nullptr);
}

std::optional<Error> ClipReader::fault() const {
    const bool is_lost = video_finished_ && file_->stream() != nullptr && !file_->stream()->lost().empty();
    if (!is_lost) return std::nullopt;
    return Error{file_->stream()->lost()};
}

void ClipReader::hurry(bool on) { decoder_->hurry(on); }

media::ClipFacts ClipReader::facts() const {
    return {decoder_->name(), decoder_->why_not_better(), concealed_, decoder_->lost_packets(), file_->duration()};
}

}  // namespace hallcast::decoder
