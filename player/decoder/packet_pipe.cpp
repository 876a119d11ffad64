#include "player/decoder/packet_pipe.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <string_view>

namespace hallcast::decoder {
namespace {

constexpr std::size_t most_reason = 300;
constexpr const char* nonsense = "what received it said something that cannot be";

bool write_all(int fd, const char* bytes, std::size_t count) {
    while (count > 0) {
        const ssize_t written = ::write(fd, bytes, count);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes += written;
        count -= std::size_t(written);
    }
    return true;
}

// A cut-off one is left as it is: false.
template <typename T>
bool take(std::span<const char>& bytes, T& into) {
    if (bytes.size() < sizeof into) return false;
    std::memcpy(&into, bytes.data(), sizeof into);
    bytes = bytes.subspan(sizeof into);
    return true;
}

AVRational positive(std::int32_t num, std::int32_t den) {
    return num > 0 && den > 0 ? AVRational{num, den} : AVRational{0, 1};
}

wire::Stream described(const AVStream& stream) {
    const AVCodecParameters& codec = *stream.codecpar;
    wire::Stream said;
    said.codec = codec.codec_id;
    said.profile = codec.profile;
    said.level = codec.level;
    said.format = codec.format;
    said.codec_tag = codec.codec_tag;
    said.width = codec.width;
    said.height = codec.height;
    said.rate_num = stream.avg_frame_rate.num;
    said.rate_den = stream.avg_frame_rate.den;
    said.aspect_num = codec.sample_aspect_ratio.num;
    said.aspect_den = codec.sample_aspect_ratio.den;
    said.field_order = codec.field_order;
    said.sample_rate = codec.sample_rate;
    said.channels = codec.ch_layout.nb_channels;
    said.extradata_bytes = std::uint32_t(std::max(0, codec.extradata_size));
    return said;
}

// False: what it says cannot be.
bool describe(AVStream& stream, const wire::Stream& said, std::span<const char> extradata, AVMediaType type) {
    const auto within = [](std::int32_t value, std::int32_t most) { return value >= 0 && value <= most; };
    AVCodecParameters& codec = *stream.codecpar;
    codec.codec_id = AVCodecID(said.codec);
    codec.codec_type = avcodec_get_type(codec.codec_id);
    if (codec.codec_type != type || !within(said.width, 16'384) || !within(said.height, 16'384) ||
        !within(said.sample_rate, 384'000) || !within(said.channels, 64))
        return false;
    codec.profile = said.profile;
    codec.level = said.level;
    codec.codec_tag = said.codec_tag;
    codec.width = said.width;
    codec.height = said.height;
    codec.sample_aspect_ratio = positive(said.aspect_num, said.aspect_den);
    codec.field_order = within(said.field_order, AV_FIELD_BT) ? AVFieldOrder(said.field_order) : AV_FIELD_UNKNOWN;
    codec.sample_rate = said.sample_rate;
    if (said.channels > 0) av_channel_layout_default(&codec.ch_layout, said.channels);
    if (!extradata.empty()) {
        codec.extradata = static_cast<std::uint8_t*>(av_mallocz(extradata.size() + AV_INPUT_BUFFER_PADDING_SIZE));
        HALLCAST_ASSERT(codec.extradata != nullptr);
        std::memcpy(codec.extradata, extradata.data(), extradata.size());
        codec.extradata_size = int(extradata.size());
    }
    stream.time_base = wire::time_base;
    stream.avg_frame_rate = positive(said.rate_num, said.rate_den);
    stream.sample_aspect_ratio = codec.sample_aspect_ratio;
    return true;
}

}  // namespace

bool PacketWriter::write(wire::Record::Kind kind, std::vector<std::pair<const void*, std::size_t>> parts) {
    wire::Record record{kind, 0};
    std::size_t bytes = 0;
    for (const auto& [part, size] : parts) bytes += size;
    if (bytes > wire::most_record_bytes) return true;  // no picture is so large: it is left out
    record.bytes = std::uint32_t(bytes);
    parts.insert(parts.begin(), {&record, sizeof record});
    return std::ranges::all_of(parts, [this](const auto& part) {
        return write_all(pipe_.get(), static_cast<const char*>(part.first), part.second);
    });
}

bool PacketWriter::streams(const AVStream& pictures, const AVStream* sound, std::int64_t duration) {
    wire::Streams head;
    head.count = sound != nullptr ? 2 : 1;
    head.duration = duration;
    std::array<wire::Stream, wire::most_streams> said{described(pictures)};
    if (sound != nullptr) said[1] = described(*sound);
    std::vector<std::pair<const void*, std::size_t>> parts{{&head, sizeof head}};
    for (std::uint32_t i = 0; i < head.count; ++i) {
        parts.emplace_back(&said[i], sizeof said[i]);
        parts.emplace_back((i == 0 ? pictures : *sound).codecpar->extradata, said[i].extradata_bytes);
    }
    return write(wire::Record::Kind::streams, std::move(parts));
}

bool PacketWriter::packet(const AVPacket& packet) {
    wire::Packet head;
    head.stream = std::uint32_t(packet.stream_index);
    head.flags = std::uint32_t(packet.flags & (AV_PKT_FLAG_KEY | AV_PKT_FLAG_CORRUPT));
    if (packet.pts != AV_NOPTS_VALUE) head.pts = packet.pts;
    if (packet.dts != AV_NOPTS_VALUE) head.dts = packet.dts;
    head.duration = packet.duration;
    return write(wire::Record::Kind::packet, {{&head, sizeof head}, {packet.data, std::size_t(packet.size)}});
}

bool PacketWriter::end(const std::optional<std::string>& lost) {
    wire::End head;
    head.lost = lost ? 1 : 0;
    const std::string_view reason = lost ? *lost : std::string_view();
    return write(wire::Record::Kind::end, {{&head, sizeof head}, {reason.data(), reason.size()}});
}

bool PacketWriter::is_read() const {
    pollfd one{pipe_.get(), 0, 0};
    return ::poll(&one, 1, 0) == 0;
}

PacketReader::PacketReader(Descriptor pipe) : pipe_(std::move(pipe)), bytes_(sizeof(wire::Record)) {}

void PacketReader::wait(std::chrono::milliseconds limit) const {
    pollfd one{pipe_.get(), POLLIN, 0};
    ::poll(&one, 1, int(limit.count()));
}

void PacketReader::end(std::string lost) {
    ended_ = true;
    lost_ = std::move(lost);
}

bool PacketReader::fill(std::size_t bytes) {
    bytes_.resize(bytes);
    while (have_ < bytes) {
        const ssize_t got = ::read(pipe_.get(), bytes_.data() + have_, bytes - have_);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EAGAIN) return false;
        if (got <= 0) {
            end("what received it has ended by itself");
            return false;
        }
        have_ += std::size_t(got);
    }
    have_ = 0;
    return true;
}

const std::vector<char>* PacketReader::next(wire::Record::Kind& kind) {
    if (ended_) return nullptr;
    if (!in_body_) {
        if (!fill(sizeof record_)) return nullptr;
        std::memcpy(&record_, bytes_.data(), sizeof record_);
        if (record_.bytes > wire::most_record_bytes) {
            end(nonsense);
            return nullptr;
        }
        in_body_ = true;
    }
    if (!fill(record_.bytes)) return nullptr;
    in_body_ = false;
    std::swap(body_, bytes_);
    kind = record_.kind;
    return &body_;
}

void PacketReader::take_end(const std::vector<char>& body) {
    std::span<const char> rest(body);
    wire::End head;
    if (!take(rest, head)) return end(nonsense);
    end(head.lost != 0 ? std::string(rest.begin(), rest.begin() + std::ptrdiff_t(std::min(rest.size(), most_reason)))
                       : std::string());
}

Expected<FormatContext> PacketReader::take_streams(const std::vector<char>& body) {
    std::span<const char> rest(body);
    wire::Streams head;
    const bool is_whole = take(rest, head) && head.count >= 1 && head.count <= wire::most_streams;
    FormatContext format(avformat_alloc_context());
    HALLCAST_ASSERT(format != nullptr);
    for (std::uint32_t i = 0; is_whole && i < head.count; ++i) {
        wire::Stream said;
        AVStream* const stream = avformat_new_stream(format.get(), nullptr);
        HALLCAST_ASSERT(stream != nullptr);
        if (!take(rest, said) || said.extradata_bytes > rest.size() ||
            !describe(*stream, said, rest.first(said.extradata_bytes),
                      i == 0 ? AVMEDIA_TYPE_VIDEO : AVMEDIA_TYPE_AUDIO))
            return fail("{}", nonsense);
        rest = rest.subspan(said.extradata_bytes);
    }
    if (!is_whole) return fail("{}", nonsense);
    streams_ = head.count;
    format->duration = head.duration > 0 ? head.duration : AV_NOPTS_VALUE;
    return format;
}

Expected<FormatContext> PacketReader::open(const std::function<bool()>& interrupted) {
    while (!interrupted()) {
        wire::Record::Kind kind{};
        const auto* body = next(kind);
        if (body != nullptr && kind == wire::Record::Kind::streams) return take_streams(*body);
        if (body != nullptr && kind == wire::Record::Kind::end) take_end(*body);
        if (ended_) return fail("{}", lost_.empty() ? "has no pictures" : lost_);
        wait(std::chrono::milliseconds(50));
    }
    return fail("was not received in time; is its sender on, and does the network let it through?");
}

PacketReader::Got PacketReader::read(AVPacket& packet) {
    for (;;) {
        wire::Record::Kind kind{};
        const auto* body = next(kind);
        if (body == nullptr) return ended_ ? Got::end : Got::later;
        if (kind == wire::Record::Kind::end) {
            take_end(*body);
            return Got::end;
        }
        std::span<const char> rest(*body);
        wire::Packet head;
        if (kind != wire::Record::Kind::packet || !take(rest, head) || head.stream >= streams_) continue;
        if (av_new_packet(&packet, int(rest.size())) < 0) continue;
        std::ranges::copy(rest, packet.data);
        packet.stream_index = int(head.stream);
        packet.flags = int(head.flags) & (AV_PKT_FLAG_KEY | AV_PKT_FLAG_CORRUPT);
        packet.pts = head.pts == wire::no_time ? AV_NOPTS_VALUE : head.pts;
        packet.dts = head.dts == wire::no_time ? AV_NOPTS_VALUE : head.dts;
        packet.duration = std::max<std::int64_t>(0, head.duration);
        packet.time_base = wire::time_base;
        return Got::packet;
    }
}

}  // namespace hallcast::decoder
