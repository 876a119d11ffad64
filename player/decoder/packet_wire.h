// What a stream's receiver writes into the pipe that a decoder worker reads: records of plain structs, in which packets
// come as the network gave them. Both ends are of one build and on one machine. A container would do the same with a
// demuxer more to attack, and cannot be read without waiting: these records are whole or not there yet.
//
// First `streams`, then packets in the order of their decoding, at last `end`. Times are microseconds on one clock for
// all streams, which begins at 0 and goes on without jumps whatever the sender's did (see stream_times.h).
#pragma once

#include <cstdint>

namespace hallcast::decoder::wire {

constexpr std::uint32_t most_record_bytes = 16 << 20;
constexpr std::uint32_t most_streams = 2;  // one of pictures, then perhaps one of sound
constexpr std::int64_t no_time = INT64_MIN;

struct Record {
    enum class Kind : std::uint32_t { streams, packet, end };
    Kind kind = Kind::streams;
    std::uint32_t bytes = 0;  // that follow
};

struct Streams {
    std::uint32_t count = 0;
    std::uint32_t reserved = 0;
    std::int64_t duration = 0;  // microseconds, of what has an end; 0: live, or not known
};

// Behind Streams, each with its extradata.
struct Stream {
    std::int32_t codec = 0, profile = 0, level = 0, format = 0;
    std::uint32_t codec_tag = 0;
    std::int32_t width = 0, height = 0;
    std::int32_t rate_num = 0, rate_den = 0, aspect_num = 0, aspect_den = 0;
    std::int32_t field_order = 0;
    std::int32_t sample_rate = 0, channels = 0;
    std::uint32_t extradata_bytes = 0;
};

// Behind it the packet's bytes.
struct Packet {
    std::uint32_t stream = 0;
    std::uint32_t flags = 0;  // AV_PKT_FLAG_KEY, AV_PKT_FLAG_CORRUPT
    std::int64_t pts = no_time, dts = no_time, duration = 0;
};

// Behind it the reason, in words; none where the stream came to the end that it had announced.
struct End {
    std::uint32_t lost = 0;
    std::uint32_t reserved = 0;
};

}  // namespace hallcast::decoder::wire
