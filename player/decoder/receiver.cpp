#include "player/decoder/receiver.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <string_view>
#include <thread>

#include "player/decoder/packet_pipe.h"
#include "player/decoder/packet_queue.h"
#include "player/decoder/sandbox.h"
#include "player/decoder/stream_times.h"
#include "protocol/base/stream_address.h"

namespace hallcast::decoder {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::int64_t stream_probe_bytes = 2 << 20;
constexpr std::int64_t stream_probe_microseconds = 1'500'000;
constexpr seconds open_limit{5};      // until the streams are known
constexpr seconds silence_limit{5};   // between two packets
constexpr seconds segment_limit{30};  // the same of HLS, which comes in segments
constexpr int most_stream_tracks = 64;
constexpr std::int64_t most_variant_pixels = 1920 * 1088;  // of the variants of a stream, the best up to here
constexpr const char* certificates = "/etc/ssl/certs/ca-certificates.crt";

constexpr std::array<StreamReach, 5> reaches{{
    {"http", "http,https,tls,tcp,crypto", "hls,mpegts,mov,mp4,aac,ac3,eac3,mp3", segment_limit},
    {"https", "https,tls,tcp,crypto", "hls,mpegts,mov,mp4,aac,ac3,eac3,mp3", segment_limit},
    {"rtsp", "rtp,udp,tcp", "rtsp,sdp", silence_limit},
    {"udp", "udp", "mpegts", silence_limit},
    {"rtp", "rtp,udp", "rtp,sdp,mpegts", silence_limit},
}};

struct StreamOptions {
    AVDictionary* dictionary = nullptr;
    StreamOptions() = default;
    StreamOptions(const StreamOptions&) = delete;
    StreamOptions& operator=(const StreamOptions&) = delete;
    ~StreamOptions() { av_dict_free(&dictionary); }
    void set(const char* name, const std::string& value) { av_dict_set(&dictionary, name, value.c_str(), 0); }
};

// What av_read_frame() and its kin say, for those who run the office.
std::string in_words(int error, bool timed_out, seconds limit, std::string_view scheme) {
    if (timed_out)
        return fmt::format("sent nothing for {} s; is its sender on, and does the network let it through?",
                           limit.count());
    switch (error) {
        case AVERROR_EOF:
            return "was ended by its sender";
        case AVERROR_EXIT:
        case AVERROR(EIO):
            return fmt::format("cannot be reached; is its host's name right, is the network up{}?",
                               scheme == "https" ? ", and does this machine trust its certificate" : "");
        case AVERROR(ECONNREFUSED):
            return "cannot be reached: nobody answers there; is its sender on, and its port right?";
        case AVERROR_HTTP_UNAUTHORIZED:
        case AVERROR_HTTP_FORBIDDEN:
            return "is not given to us: its sender wants another name and password (scheme://NAME:PASSWORD@host/...)";
        case AVERROR_HTTP_NOT_FOUND:
            return "is not there; is its address right?";
        case AVERROR_INVALIDDATA:
            return "is nothing that can be received here: HLS, MPEG-TS or RTSP, from where its address says";
        default:
            return fmt::format("cannot be received: {}; is its sender on, and the network up?", libav_message(error));
    }
}

class Receiver {
  public:
    Receiver(Descriptor pipe, const StreamReach& reach) : reach_(reach), writer_(std::move(pipe)) {}

    void run(const std::string& address) {
        if (const int error = open(address); error < 0) {
            writer_.end(in_words(error, timed_out_, open_limit, reach_.scheme));
            return;
        }
        const std::int64_t length = duration();
        if (video_ == nullptr) {
            writer_.end("has no pictures that can be found in time");
            return;
        }
        if (!writer_.streams(*video_, sound_, length)) return;
        PacketQueue queue(length == 0);
        std::thread writing([this, &queue] { write(queue); });
        const int error = receive(queue);
        const bool whole = error == AVERROR_EOF && length > 0;
        const std::string reason = error == AVERROR(EIO) && !timed_out_
                                       ? "was lost; is its sender on, and is the network up?"
                                       : in_words(error, timed_out_, limit_, reach_.scheme);
        queue.end(whole ? std::nullopt : std::optional(reason));
        writing.join();
    }

  private:
    static int is_interrupted(void* opaque) {
        auto& self = *static_cast<Receiver*>(opaque);
        if (!self.writer_.is_read()) return 1;
        if (Clock::now() < self.deadline_) return 0;
        self.timed_out_ = true;
        return 1;
    }

    // Of everything that is opened, playlists' segments and keys included: nobody may take the sender's place.
    static int open_verified(AVFormatContext* format, AVIOContext** io, const char* url, int flags,
                             AVDictionary** options) {
        AVDictionary* own = nullptr;
        if (options == nullptr) options = &own;
        av_dict_set(options, "tls_verify", "1", 0);
        av_dict_set(options, "ca_file", certificates, 0);
        const int error = static_cast<Receiver*>(format->opaque)->open_io_(format, io, url, flags, options);
        av_dict_free(&own);
        return error;
    }

    void allow(seconds limit) {
        limit_ = limit;
        deadline_ = Clock::now() + limit;
    }

    int open(const std::string& address) {
        allow(open_limit);
        AVFormatContext* raw = avformat_alloc_context();
        HALLCAST_ASSERT(raw != nullptr);
        raw->interrupt_callback = {is_interrupted, this};
        raw->probesize = stream_probe_bytes;
        raw->max_analyze_duration = stream_probe_microseconds;
        raw->max_streams = most_stream_tracks;
        raw->protocol_whitelist = av_strdup(reach_.protocols);
        raw->format_whitelist = av_strdup(reach_.formats);
        raw->codec_whitelist = av_strdup("none");  // what needs decoding to be known is the worker's business
        raw->opaque = this;
        open_io_ = std::exchange(raw->io_open, open_verified);
        StreamOptions options;
        options.set("user_agent", "hallcast");
        options.set("rw_timeout", std::to_string(std::chrono::microseconds(silence_limit).count()));
        options.set("fpsprobesize", "3");
        if (reach_.scheme == "rtsp") options.set("rtsp_flags", "prefer_tcp");
        if (reach_.scheme == "udp") {
            options.set("overrun_nonfatal", "1");
            options.set("buffer_size", "1048576");
            // The same stream, connected to again while the last receiver of it is still going.
            options.set("reuse", "1");
        }
        int error = avformat_open_input(&raw, address.c_str(), nullptr, &options.dictionary);  // frees it when it fails
        if (error < 0) return error;
        format_.reset(raw);
        error = avformat_find_stream_info(raw, nullptr);
        if (error < 0 || timed_out_) return timed_out_ ? AVERROR_EXIT : error;
        choose_streams();
        return 0;
    }

    // Of variants of different sizes the largest that a hall's screen shows whole; what is not chosen is not received.
    void choose_streams() {
        const auto pixels = [](const AVStream& stream) {
            return std::int64_t(stream.codecpar->width) * stream.codecpar->height;
        };
        const auto is_better = [&](const AVStream& one, const AVStream& than) {
            const bool fits = pixels(one) <= most_variant_pixels, other_fits = pixels(than) <= most_variant_pixels;
            if (fits != other_fits) return fits;
            return fits ? pixels(one) > pixels(than) : pixels(one) < pixels(than);
        };
        for (unsigned i = 0; i < format_->nb_streams; ++i) {
            AVStream* const stream = format_->streams[i];
            const bool is_film = stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO &&
                                 (stream->disposition & AV_DISPOSITION_ATTACHED_PIC) == 0;
            if (is_film && (video_ == nullptr || is_better(*stream, *video_))) video_ = stream;
        }
        if (video_ == nullptr) return;
        const int sound = av_find_best_stream(format_.get(), AVMEDIA_TYPE_AUDIO, -1, video_->index, nullptr, 0);
        if (sound >= 0) sound_ = format_->streams[sound];
        for (unsigned i = 0; i < format_->nb_streams; ++i) {
            AVStream* const stream = format_->streams[i];
            if (stream != video_ && stream != sound_) stream->discard = AVDISCARD_ALL;
        }
    }

    // Microseconds, of what has an end; 0: it is live.
    std::int64_t duration() const {
        const bool is_said =
            format_->duration > 0 && format_->duration_estimation_method != AVFMT_DURATION_FROM_BITRATE;
        return is_said ? format_->duration : 0;
    }

    // Returns why it ended.
    int receive(PacketQueue& queue) {
        for (;;) {
            // A film's sender is made to wait for us: its silence is ours.
            allow(reach_.silence);
            Packet packet = make_packet();
            const int error = av_read_frame(format_.get(), packet.get());
            if (error == AVERROR(EAGAIN) && !timed_out_) continue;
            if (error < 0) return error;
            if (prepare(*packet)) queue.put(std::move(packet), Clock::now());
        }
    }

    // False: it is not wanted.
    bool prepare(AVPacket& packet) {
        const bool is_picture = packet.stream_index == video_->index;
        if (!is_picture && (sound_ == nullptr || packet.stream_index != sound_->index)) return false;
        av_packet_rescale_ts(&packet, format_->streams[packet.stream_index]->time_base, wire::time_base);
        packet.stream_index = is_picture ? 0 : 1;
        const std::int64_t time = packet.dts != AV_NOPTS_VALUE ? packet.dts : packet.pts;
        StreamTimes::Place place{times_.shift(), false};
        if (time != AV_NOPTS_VALUE) place = times_.place(time, packet.duration);
        for (std::int64_t* const one : {&packet.pts, &packet.dts})
            if (*one != AV_NOPTS_VALUE) *one += place.shift;
        // Pictures before a keyframe refer to what never came.
        if (place.broke) wait_for_keyframe_ = true;
        if (is_picture && (packet.flags & AV_PKT_FLAG_KEY) != 0) {
            if (wait_for_keyframe_) pictures_from_ = packet.pts;
            wait_for_keyframe_ = false;
            begun_ = true;
        }
        if (!begun_ || (is_picture && wait_for_keyframe_)) return false;
        return !is_picture || packet.pts == AV_NOPTS_VALUE || pictures_from_ == AV_NOPTS_VALUE ||
               packet.pts >= pictures_from_;
    }

    void write(PacketQueue& queue) {
        for (;;) {
            if (const Packet packet = queue.take(milliseconds(500))) {
                if (!writer_.packet(*packet)) ::_exit(0);
            } else if (queue.ended()) {
                writer_.end(queue.reason());
                return;
            }
            // Whatever the network is waited for: a stream that nobody watches is not received.
            if (!writer_.is_read()) ::_exit(0);
        }
    }

    const StreamReach reach_;
    PacketWriter writer_;
    FormatContext format_;
    decltype(AVFormatContext::io_open) open_io_ = nullptr;
    AVStream* video_ = nullptr;  // owned by format_
    AVStream* sound_ = nullptr;
    Clock::time_point deadline_;
    seconds limit_{0};
    std::atomic<bool> timed_out_ = false;
    StreamTimes times_;
    bool begun_ = false;
    bool wait_for_keyframe_ = true;
    std::int64_t pictures_from_ = AV_NOPTS_VALUE;
};

}  // namespace

Expected<StreamReach> reach_of_stream(const std::string& address) {
    const auto scheme = scheme_of_stream(address);
    if (!scheme) return std::unexpected(scheme.error());
    const auto reach = std::ranges::find(reaches, *scheme, &StreamReach::scheme);
    HALLCAST_ASSERT(reach != reaches.end());
    return *reach;
}

Expected<void> enter_receiver_sandbox() { return enter_network_sandbox({.private_memory = std::size_t(256) << 20}); }

void receive_within(const StreamReach& reach, Descriptor pipe, const std::string& address) {
    // It names addresses, and with them passwords.
    av_log_set_level(AV_LOG_QUIET);
    Receiver(std::move(pipe), reach).run(address);
}

void receive_stream(Descriptor pipe, const std::string& address) {
    const auto reach = reach_of_stream(address);
    const auto sandboxed = enter_receiver_sandbox();
    if (!reach || !sandboxed)
        PacketWriter(std::move(pipe)).end(!reach ? reach.error().message : sandboxed.error().message);
    else
        receive_within(*reach, std::move(pipe), address);
}

}  // namespace hallcast::decoder
