#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <set>
#include <span>

#include "player/decoder/clip_reader.h"
#include "player/decoder/media_file.h"
#include "player/decoder/picture_decoder.h"
#include "tests/catch.h"
#include "tests/decoder/fake_devices.h"
#include "tests/media/clips.h"
#include "tests/seed.h"

extern "C" {
#include <libavutil/pixdesc.h>
}

namespace hallcast::decoder::ladder_test {

using namespace media::test;
using test::FakeDevices;
using test::RungFaults;

struct Seen {
    std::int64_t time = 0;
    std::uint64_t checksum = 0;
    bool operator==(const Seen&) const = default;
};

std::uint64_t checksum(const AVFrame& frame) {
    std::uint64_t sum = 14695981039346656037U;
    const AVPixFmtDescriptor* format = av_pix_fmt_desc_get(AVPixelFormat(frame.format));
    for (int plane = 0; plane < 3; ++plane) {
        const int rows = plane == 0 ? frame.height : AV_CEIL_RSHIFT(frame.height, format->log2_chroma_h);
        const int columns = plane == 0 ? frame.width : AV_CEIL_RSHIFT(frame.width, format->log2_chroma_w);
        for (int y = 0; y < rows; ++y) {
            const std::uint8_t* row = frame.data[plane] + std::ptrdiff_t(y) * frame.linesize[plane];
            for (int x = 0; x < columns; ++x) sum = (sum ^ row[x]) * 1099511628211U;
        }
    }
    return sum;
}

struct Decoded {
    std::vector<Seen> pictures;
    std::string name, why_not_better;
    std::uint64_t lost = 0;
};

// `missing`: so many packets at the film's beginning are. `hurried`: whether to hurry after so many pictures.
Decoded decode(const std::filesystem::path& path, DecodingOptions options, int missing = 0,
               const std::function<bool(std::size_t)>& hurried = {}) {
    auto file = MediaFile::open(clip_file(path), [] { return false; });
    REQUIRE(file.has_value());
    const AVStream& stream = (*file)->video();
    auto opened = PictureDecoder::open(stream, (*file)->is_picture_format(), std::move(options));
    REQUIRE(opened.has_value());
    PictureDecoder& decoder = **opened;
    Decoded decoded;
    while (!decoder.finished()) {
        if (hurried) decoder.hurry(hurried(decoded.pictures.size()));
        if (const Frame frame = decoder.next()) {
            decoded.pictures.push_back({frame->pts, checksum(*frame)});
        } else if (decoder.hungry()) {
            Packet packet = make_packet();
            if ((*file)->read(*packet) != MediaFile::Got::packet) {
                decoder.end();
            } else if (packet->stream_index == stream.index && missing-- <= 0) {
                decoder.send(std::move(packet));
            }
        }
    }
    decoded.name = decoder.name();
    decoded.why_not_better = decoder.why_not_better();
    decoded.lost = decoder.lost_packets();
    return decoded;
}

// Owned by the Devices.
struct Hardware {
    explicit Hardware(std::array<RungFaults, 3> faults, unsigned seed = 1) {
        auto layer = std::make_unique<FakeDevices>(std::move(faults), seed);
        fake = layer.get();
        options.devices = open_devices(std::move(layer));
        options.memory = std::make_shared<RungMemory>();
    }
    FakeDevices* fake = nullptr;
    DecodingOptions options;
};

const RungFaults absent{.refuses_to_open = true};

// Keyframes every twelve pictures, pictures that refer past them to both sides.
std::filesystem::path make_film(const TempFolder& folder, const std::string& name, int pictures = 60) {
    std::string video = "-c:v libx264 -preset fast -pix_fmt yuv420p -x264-params keyint=12:bframes=3:open-gop=1";
    if (name == "hevc.mp4") video = "-c:v libx265 -x265-params log-level=none:keyint=12:bframes=3";
    if (name == "mpeg2.ts") video = "-c:v mpeg2video -q:v 3 -g 12 -bf 2";
    if (name == "vp9.webm") video = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 12 -auto-alt-ref 1 -b:v 1M";
    make_clip(folder / name, {.pictures = pictures, .video = video, .sound = ""});
    return folder / name;
}

TEST_CASE("whatever hardware does, the pictures are those of software, in order and each once") {
    const TempFolder folder;
    const auto first = unsigned(hallcast::tests::seed_of_run());
    for (const char* name : {"h264.mp4", "hevc.mp4", "mpeg2.ts", "vp9.webm"}) {
        const auto film = make_film(folder, name);
        const Decoded software = decode(film, {});
        REQUIRE(software.pictures.size() == 60);
        int left_midway = 0;
        for (unsigned seed = first; seed < first + 30; ++seed) {
            INFO(name << ", HALLCAST_SEED=" << seed);
            std::mt19937 random(seed);
            const auto chance = [&](int one_in) { return random() % unsigned(one_in) == 0; };
            std::array<RungFaults, 3> faults;
            for (RungFaults& one : faults) {
                one.refuses_to_open = chance(5);
                one.has_no_decoder = chance(8);
                one.gives_nothing = chance(10);
                if (chance(3)) one.maps_until_failure = int(random() % 70);
                if (chance(2)) one.map_errors = double(random() % 100) / 500;
                if (chance(2)) one.decode_errors = double(random() % 100) / 1000;
            }
            Hardware hardware(faults, seed);
            const Decoded decoded = decode(film, hardware.options);
            REQUIRE(decoded.pictures == software.pictures);
            REQUIRE(decoded.lost == 0);
            for (const Rung rung : hardware_rungs) left_midway += hardware.fake->maps(rung) > 1 ? 1 : 0;
        }
        CHECK(left_midway > 5);
    }
}

TEST_CASE("the best rung that can decodes, and says why none better does") {
    const TempFolder folder;
    const auto film = make_film(folder, "h264.mp4", 20);
    CHECK(decode(film, {}).name == "software h264");
    CHECK(decode(film, {}).why_not_better == "no devices were opened");
    CHECK(decode(film, Hardware({}).options).name == "vaapi h264");
    CHECK(decode(film, Hardware({}).options).why_not_better.empty());
    const Decoded third = decode(film, Hardware({absent, {.has_no_decoder = true}, {}}).options);
    CHECK(third.name == "cuda h264");
    CHECK(third.why_not_better == "vaapi: no such card; drm: no decoder");
}

TEST_CASE("a rung that gives no picture is tried once in a process") {
    const TempFolder folder;
    const auto film = make_film(folder, "h264.mp4");
    Hardware hardware({RungFaults{.maps_until_failure = 0}, {.gives_nothing = true}, {}});
    for (int time = 0; time < 3; ++time) {
        const Decoded decoded = decode(film, hardware.options);
        CHECK(decoded.name == "cuda h264");
        CHECK(decoded.why_not_better == "vaapi: picture 1 cannot be read; drm: gave no picture");
        CHECK(hardware.fake->configured(Rung::vaapi) == 1);
        CHECK(hardware.fake->configured(Rung::drm) == 1);
        CHECK(hardware.fake->configured(Rung::cuda) == time + 1);
    }
    CHECK(hardware.options.memory->failures().size() == 2);
    // Of another kind of film nothing is known.
    decode(make_film(folder, "mpeg2.ts", 20), hardware.options);
    CHECK(hardware.fake->configured(Rung::vaapi) == 2);
}

TEST_CASE("a rung may fail twice in a film") {
    const TempFolder folder;
    const auto film = make_film(folder, "h264.mp4");
    const Decoded software = decode(film, {});
    Hardware twice({RungFaults{.failing_maps = {20, 33}}, absent, absent});
    Decoded decoded = decode(film, twice.options);
    CHECK(decoded.name == "vaapi h264");
    CHECK(decoded.pictures == software.pictures);
    CHECK(twice.options.memory->failures().empty());

    Hardware thrice({RungFaults{.failing_maps = {20, 33, 50}}, absent, absent});
    decoded = decode(film, thrice.options);
    CHECK(decoded.name == "software h264");
    CHECK(decoded.pictures == software.pictures);
    REQUIRE(thrice.options.memory->failures().size() == 1);
    CHECK(thrice.options.memory->failures()[0].reason == "picture 50 cannot be read");
    CHECK(thrice.fake->configured(Rung::vaapi) == 3);
    decode(film, thrice.options);
    CHECK(thrice.fake->configured(Rung::vaapi) == 3);
}

TEST_CASE("a broken film is no fault of the hardware") {
    const TempFolder folder;
    const auto film = make_film(folder, "mpeg2.ts");
    // The payload of some packets in the middle, not the packets' heads.
    std::fstream bytes(film, std::ios::in | std::ios::out | std::ios::binary);
    const auto packets = std::filesystem::file_size(film) / 188;
    for (auto i = packets / 3; i < packets / 3 + 12; ++i) {
        bytes.seekp(std::streamoff(i * 188 + 60));
        bytes << std::string(100, '\x5a');
    }
    bytes.close();
    Hardware hardware({RungFaults{}, absent, absent});
    const Decoded decoded = decode(film, hardware.options);
    CHECK(decoded.name == "software mpeg2video");
    CHECK(decoded.pictures == decode(film, {}).pictures);
    CHECK(hardware.options.memory->failures().empty());
}

TEST_CASE("hardware that fails at a film without a beginning is not to blame") {
    const TempFolder folder;
    const auto film = make_film(folder, "h264.mp4");
    Hardware hardware({RungFaults{.maps_until_failure = 0}, absent, absent});
    const Decoded decoded = decode(film, hardware.options, 1);
    CHECK(decoded.name == "software h264");
    CHECK(decoded.pictures == decode(film, {}, 1).pictures);
    CHECK(decoded.pictures.size() > 40);
    CHECK(hardware.options.memory->failures().empty());
}

TEST_CASE("hurrying while rungs fail leaves out what no other picture needs, and nothing comes twice") {
    const TempFolder folder;
    const auto film = make_film(folder, "h264.mp4");
    const Decoded software = decode(film, {});
    REQUIRE(software.pictures.size() == 60);
    constexpr std::size_t from = 12, to = 24;  // pictures given
    const auto hurried = [](std::size_t given) { return given >= from && given < to; };
    for (const std::set<int>& failing : {std::set<int>{}, {from + 2}, {from + 1, from + 4, from + 6}}) {
        INFO(failing.size() << " failures");
        Hardware hardware({RungFaults{.failing_maps = failing}, absent, absent});
        const Decoded decoded = decode(film, hardware.options, 0, hurried);
        CHECK(decoded.name == (failing.size() < 3 ? "vaapi h264" : "software h264"));
        CHECK(decoded.lost == 0);
        CHECK(decoded.pictures.size() < 60);
        CHECK(std::ranges::adjacent_find(decoded.pictures, std::greater_equal(), &Seen::time) ==
              decoded.pictures.end());
        for (const Seen& picture : decoded.pictures) REQUIRE(std::ranges::count(software.pictures, picture) == 1);
        // Before, and once what was skipped on its way through the decoder is over, none is missing.
        REQUIRE(decoded.pictures.size() > to + 10);
        CHECK(std::ranges::equal(std::span(decoded.pictures).first(from), std::span(software.pictures).first(from)));
        CHECK(std::ranges::equal(std::span(decoded.pictures).last(10), std::span(software.pictures).last(10)));
    }
}

TEST_CASE("packets are kept for the next rung up to a bound, and what that loses is counted") {
    const TempFolder folder;
    const auto film = folder / "closed.mp4";
    make_clip(film, {.pictures = 60,
                     .video = "-c:v libx264 -preset fast -pix_fmt yuv420p -x264-params keyint=12:bframes=3:open-gop=0",
                     .sound = ""});
    const Decoded software = decode(film, {});
    Hardware hardware({RungFaults{.failing_maps = {20}}, absent, absent});
    hardware.options.most_backlog_bytes = 1;
    const Decoded decoded = decode(film, hardware.options);
    CHECK(decoded.name == "vaapi h264");
    CHECK(decoded.lost > 0);
    CHECK(decoded.lost <= 12);  // from keyframe to keyframe
    REQUIRE(decoded.pictures.size() + decoded.lost == software.pictures.size());
    const auto gap = std::ranges::mismatch(decoded.pictures, software.pictures);
    CHECK(std::equal(gap.in1, decoded.pictures.end(), gap.in2 + std::ptrdiff_t(decoded.lost)));
}

TEST_CASE("what hardware cannot do right is left to software") {
    const TempFolder folder;
    Hardware hardware({});
    make_clip(folder / "untimed.h264", {.pictures = 20, .video = "-c:v libx264 -bf 2 -pix_fmt yuv420p", .sound = ""});
    const Decoded untimed = decode(folder / "untimed.h264", hardware.options);
    CHECK(untimed.name == "software h264");
    CHECK(untimed.pictures == decode(folder / "untimed.h264", {}).pictures);
    ffmpeg("-f lavfi -i color=red@0.5:s=64x64:d=0.2,format=yuva420p -c:v libvpx-vp9 -deadline realtime",
           folder / "alpha.webm");
    CHECK(decode(folder / "alpha.webm", hardware.options).name == "software libvpx-vp9");
    ffmpeg("-f lavfi -i color=red:s=40x30 -frames:v 1", folder / "photo.jpg");
    CHECK(decode(folder / "photo.jpg", hardware.options).name == "software mjpeg");
    CHECK(hardware.options.memory->failures().empty());
}

TEST_CASE("software decoders are prepared before they are opened, hardware is not") {
    const TempFolder folder;
    const auto film = make_film(folder, "h264.mp4", 20);
    int prepared = 0;
    Hardware hardware({RungFaults{.failing_maps = {3, 5, 7}}, absent, absent});
    hardware.options.prepare_software = [&](AVCodecContext& codec) {
        CHECK(avcodec_is_open(&codec) == 0);
        ++prepared;
    };
    CHECK(decode(film, hardware.options).name == "software h264");
    CHECK(prepared == 1);
}

TEST_CASE("the devices of this machine are tried, and refuse in words") {
    const TempFolder folder;
    const auto film = make_film(folder, "h264.mp4", 20);
    for (const bool sandboxed : {true, false}) {
        DecodingOptions options{.devices = open_devices(make_libav_devices(sandboxed)),
                                .memory = std::make_shared<RungMemory>()};
        auto reader = ClipReader::open(clip_file(film), {.patience = patience, .decoding = options});
        REQUIRE(reader.has_value());
        std::vector<int> numbers;
        while (const auto picture = (*reader)->next_picture()) numbers.push_back(number_on(*picture->frame));
        CHECK(numbers == range(0, 20));
        const auto facts = (*reader)->facts();
        std::cout << "decoded by " << facts.decoder << "; " << facts.why_not_better << "\n";
        for (const Rung rung : hardware_rungs) {
            if (options.devices->refusal(rung)) CHECK(options.devices->refusal(rung)->size() > 20);
        }
        if (!std::filesystem::exists("/dev/dri")) {
            CHECK(options.devices->refusal(Rung::vaapi)->find("/dev/dri") != std::string::npos);
            CHECK(facts.why_not_better.find("vaapi: no /dev/dri") == 0);
        }
    }
}

}  // namespace hallcast::decoder::ladder_test
