// Between a stream's receiver and its worker: times that go on, delay that stays bounded, packets through a pipe.
#include <fcntl.h>

#include <random>
#include <thread>

#include "player/decoder/packet_pipe.h"
#include "player/decoder/packet_queue.h"
#include "player/decoder/stream_times.h"
#include "tests/catch.h"
#include "tests/media/clips.h"

namespace hallcast::decoder::stream_test {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::int64_t frame = 40'000;  // microseconds

TEST_CASE("times begin at nothing and go on where the sender's jump") {
    StreamTimes times;
    CHECK(times.place(95'000'000, frame).shift == -95'000'000);
    CHECK(times.place(95'000'000 + frame, frame).shift == -95'000'000);
    SECTION("a lost second stays a second: pictures stay with the sender") {
        const auto place = times.place(96'000'000 + frame, frame);
        CHECK_FALSE(place.broke);
        CHECK(place.shift == -95'000'000);
    }
    SECTION("a sender that began again, or was lost for long, follows at once") {
        const std::int64_t jump = GENERATE(std::int64_t(0), std::int64_t(7'000'000'000), std::int64_t(-4'000'000));
        CAPTURE(jump);
        const auto place = times.place(jump, frame);
        CHECK(place.broke);
        CHECK(jump + place.shift == 2 * frame);
        // The other stream's last packets before the jump are still on their way.
        const auto late = times.place(95'000'000 + frame, frame);
        CHECK_FALSE(late.broke);
        CHECK(late.shift == -95'000'000);
        CHECK_FALSE(times.place(jump + frame, frame).broke);
    }
}

TEST_CASE("delay that is never used is found after half a minute, and what a stream began with is its own") {
    DelayBound bound;
    DelayBound::Moment now{};
    const auto watch = [&](milliseconds least, milliseconds most) {
        microseconds excess{0};
        for (int i = 0; i <= 30; ++i) {
            excess = bound.observe(now, i % 6 == 0 ? least : most);
            if (i < 30) CHECK(excess == microseconds(0));
            now += seconds(1);
        }
        return excess;
    };
    // Segments of six seconds, two of them always there.
    CHECK(watch(seconds(12), seconds(18)) == microseconds(0));
    CHECK(watch(milliseconds(13'900), seconds(20)) == microseconds(0));
    CHECK(watch(milliseconds(14'100), seconds(20)) == milliseconds(2100));
    CHECK(watch(seconds(12), seconds(18)) == microseconds(0));
    CHECK(bound.observe(now, seconds(61)) == seconds(49));
}

Packet packet(int stream, std::int64_t dts, bool key, std::int64_t pts = AV_NOPTS_VALUE) {
    Packet made = make_packet();
    REQUIRE(av_new_packet(made.get(), 100) == 0);
    made->stream_index = stream;
    made->dts = dts;
    made->pts = pts == AV_NOPTS_VALUE ? dts : pts;
    made->flags = key ? AV_PKT_FLAG_KEY : 0;
    return made;
}

TEST_CASE("a sender that is too fast is caught up with at a keyframe, and times go on without a gap") {
    PacketQueue queue(true);
    DelayBound::Moment now{};
    std::int64_t sent = 0, taken_end = 0;
    const auto send = [&] {
        const bool key = sent % 25 == 0;
        // The two pictures after a keyframe are shown before it.
        const std::int64_t early = sent % 25 == 1 || sent % 25 == 2 ? 3 * frame : 0;
        queue.put(packet(0, sent * frame, key, sent * frame - early + 2 * frame), now);
        queue.put(packet(1, sent * frame, true), now);
        ++sent;
    };
    int pictures = 0;
    const auto take = [&] {
        const Packet one = queue.take(milliseconds(0));
        REQUIRE(one);
        if (one->stream_index != 0) return;
        ++pictures;
        // Two pictures may be missing after a keyframe at which it went on.
        CHECK(one->dts >= taken_end);
        CHECK(one->dts <= taken_end + 3 * frame);
        taken_end = one->dts;
    };
    // A fiftieth too fast, for an hour.
    for (int i = 0; i < 90'000; ++i) {
        send();
        if (i % 50 == 0) send();
        take();
        take();
        now += microseconds(frame);
    }
    CHECK(queue.left_out() >= seconds(60));
    // It was ahead by 72 s in all.
    const auto waiting = microseconds(sent * frame) - queue.left_out() - microseconds(taken_end);
    CHECK(waiting <= DelayBound::most_gained + seconds(2));
    // Fewer than sounds by those that referred back to what was left out.
    CHECK(pictures >= 89'900);
}

TEST_CASE("of what has an end nothing is left out: its sender waits") {
    PacketQueue queue(false);
    std::thread sender([&] {
        for (int i = 0; i < 2000; ++i) queue.put(packet(0, i * frame, i % 25 == 0), DelayBound::Moment(seconds(i)));
        queue.end(std::nullopt);
    });
    int count = 0;
    while (!queue.ended()) {
        const Packet one = queue.take(milliseconds(1000));
        if (!one) continue;
        CHECK(one->dts == count * frame);
        ++count;
    }
    sender.join();
    CHECK(count == 2000);
    CHECK(queue.left_out() == microseconds(0));
}

struct Pipe {
    Descriptor reading, writing;
    Pipe() {
        std::array<int, 2> ends{};
        REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
        reading = Descriptor(ends[0]);
        writing = Descriptor(ends[1]);
        REQUIRE(::fcntl(reading.get(), F_SETFL, O_NONBLOCK) == 0);
    }
};

bool never() { return false; }

TEST_CASE("packets come out of the pipe as they went in, and what is not there yet is not waited for") {
    Pipe pipe;
    PacketWriter writer(std::move(pipe.writing));
    PacketReader reader(std::move(pipe.reading));
    const FormatContext format(avformat_alloc_context());
    AVStream& film = *avformat_new_stream(format.get(), nullptr);
    film.codecpar->codec_type = AVMEDIA_TYPE_VIDEO;
    film.codecpar->codec_id = AV_CODEC_ID_H264;
    film.codecpar->width = 1280;
    film.codecpar->height = 720;
    film.avg_frame_rate = {25, 1};
    REQUIRE(writer.streams(film, nullptr, 0));
    auto opened = reader.open(never);
    REQUIRE(opened.has_value());
    CHECK((*opened)->nb_streams == 1);
    CHECK((*opened)->streams[0]->codecpar->codec_id == AV_CODEC_ID_H264);
    CHECK((*opened)->streams[0]->codecpar->width == 1280);
    const Packet got = make_packet();
    CHECK(reader.read(*got) == PacketReader::Got::later);
    const Packet sent = packet(0, 7 * frame, true, AV_NOPTS_VALUE);
    for (int i = 0; i < sent->size; ++i) sent->data[i] = std::uint8_t(i);
    REQUIRE(writer.packet(*sent));
    REQUIRE(reader.read(*got) == PacketReader::Got::packet);
    CHECK(got->dts == sent->dts);
    CHECK(got->flags == AV_PKT_FLAG_KEY);
    CHECK(std::equal(got->data, got->data + got->size, sent->data, sent->data + sent->size));
    av_packet_unref(got.get());
    const std::string why = "its sender is away";
    REQUIRE(writer.end(why));
    CHECK(reader.read(*got) == PacketReader::Got::end);
    CHECK(reader.lost() == why);
    CHECK(reader.read(*got) == PacketReader::Got::end);
}

TEST_CASE("a receiver that is gone, or says what cannot be, ends the stream and nothing else") {
    const unsigned seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 dice(seed);
    for (int round = 0; round < 300; ++round) {
        Pipe pipe;
        {
            const Descriptor writing = std::move(pipe.writing);
            std::vector<std::uint32_t> words(dice() % 64);
            // Kinds that there are, and lengths that fit, more often than chance has them.
            for (auto& word : words) word = dice() % 3 == 0 ? std::uint32_t(dice()) : std::uint32_t(dice() % 40);
            REQUIRE(::write(writing.get(), words.data(), words.size() * 4) == ssize_t(words.size() * 4));
        }
        PacketReader reader(std::move(pipe.reading));
        const auto opened = reader.open(never);
        if (!opened) {
            CHECK_FALSE(opened.error().message.empty());
            continue;
        }
        const Packet got = make_packet();
        while (reader.read(*got) == PacketReader::Got::packet) av_packet_unref(got.get());
    }
}

}  // namespace hallcast::decoder::stream_test
