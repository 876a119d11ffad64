// The two ends of the pipe between a stream's receiver and the worker that decodes it (packet_wire.h).
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "player/decoder/libav.h"
#include "player/decoder/packet_wire.h"
#include "protocol/base/descriptor.h"
#include "protocol/base/error.h"

namespace hallcast::decoder {

namespace wire {
constexpr AVRational time_base{1, 1'000'000};
}

// Waits while the pipe is full. False: nobody reads any more. Externally synchronized.
class PacketWriter {
  public:
    explicit PacketWriter(Descriptor pipe) : pipe_(std::move(pipe)) {}
    // duration: microseconds; 0: live, or not known.
    bool streams(const AVStream& pictures, const AVStream* sound, std::int64_t duration);
    bool packet(const AVPacket& packet);               // its times are microseconds, its stream 0 or 1
    bool end(const std::optional<std::string>& lost);  // none: it came to its end
    bool is_read() const;                              // does not wait

  private:
    bool write(wire::Record::Kind kind, std::vector<std::pair<const void*, std::size_t>> parts);

    const Descriptor pipe_;
};

// Believes in nothing that it reads. Externally synchronized.
class PacketReader {
  public:
    explicit PacketReader(Descriptor pipe);

    // Waits for the streams until `interrupted`. The context has no demuxer: its packets come from read(). Errors do
    // not name the stream.
    Expected<FormatContext> open(const std::function<bool()>& interrupted);
    // later: none has come yet. Does not wait.
    enum class Got : std::uint8_t { packet, later, end };
    Got read(AVPacket& packet);
    // Until there may be more, at most `limit`.
    void wait(std::chrono::milliseconds limit) const;
    // Why it ended before its end, once read() said so; empty: it did not.
    const std::string& lost() const { return lost_; }

  private:
    // The next record's body, valid until the next call; null: not there yet, or at the end.
    const std::vector<char>* next(wire::Record::Kind& kind);
    bool fill(std::size_t bytes);
    void end(std::string lost);
    void take_end(const std::vector<char>& body);
    Expected<FormatContext> take_streams(const std::vector<char>& body);

    const Descriptor pipe_;
    std::vector<char> bytes_;  // of the record that is coming
    std::vector<char> body_;
    std::size_t have_ = 0;
    bool in_body_ = false;
    wire::Record record_;
    std::uint32_t streams_ = 0;
    bool ended_ = false;
    std::string lost_;
};

}  // namespace hallcast::decoder
