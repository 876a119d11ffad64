#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>

#include "player/decoder/clip_reader.h"
#include "tests/catch.h"
#include "tests/media/clips.h"

namespace hallcast::decoder::films_test {

using namespace media::test;
using picture::PixelFormat;

std::vector<media::ClipPicture> read(const std::filesystem::path& path) {
    auto reader = ClipReader::open(clip_file(path), {.patience = patience});
    INFO((reader ? "" : reader.error().message));
    REQUIRE(reader.has_value());
    std::vector<media::ClipPicture> pictures;
    while (auto picture = (*reader)->next_picture()) pictures.push_back(std::move(*picture));
    return pictures;
}

std::vector<int> numbers(const std::vector<media::ClipPicture>& pictures) {
    std::vector<int> read;
    for (const auto& picture : pictures) read.push_back(number_on(*picture.frame));
    return read;
}

int luma(const picture::VideoFrame& frame, int x, int y) {
    return frame.planes[0][std::ptrdiff_t(y) * frame.strides[0] + x];
}

std::string content(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::filesystem::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

// x' = a x + c y, y' = b x + d y; y points downwards.
struct Turn {
    int a, b, c, d;
};

// Into the header of the film's only track.
void set_matrix(const std::filesystem::path& path, const Turn& turn) {
    std::string bytes = content(path);
    const auto header = bytes.find("tkhd");
    REQUIRE(header != std::string::npos);
    const auto put = [&](std::size_t index, int value) {
        const std::size_t at = header + 44 + index * 4;
        bytes[at] = value < 0 ? '\xff' : '\0';
        bytes[at + 1] = value < 0 ? '\xff' : char(value);
        bytes[at + 2] = bytes[at + 3] = '\0';
    };
    put(0, turn.a);
    put(1, turn.b);
    put(3, turn.c);
    put(4, turn.d);
    write(path, bytes);
}

// Four quarters of four greys.
constexpr const char* quarters =
    "-f lavfi -i \"color=c=0x101010:s=160x96:d=0.2,drawbox=x=0:y=0:w=80:h=48:color=0xf0f0f0:t=fill,"
    "drawbox=x=80:y=0:w=80:h=48:color=0xa0a0a0:t=fill,drawbox=x=0:y=48:w=80:h=48:color=0x606060:t=fill\" ";

int grey_at(int x, int y) { return y < 0 ? (x < 0 ? 0xf0 : 0xa0) : (x < 0 ? 0x60 : 0x10); }

void check_turned(const picture::VideoFrame& frame, const Turn& turn) {
    const bool lying = turn.a == 0;
    REQUIRE(frame.width == (lying ? 96 : 160));
    REQUIRE(frame.height == (lying ? 160 : 96));
    for (const int x : {-1, 1}) {
        for (const int y : {-1, 1}) {
            const int to_x = turn.a * x + turn.c * y;
            const int to_y = turn.b * x + turn.d * y;
            INFO("the quarter at " << x << ',' << y);
            const int seen =
                luma(frame, frame.width / 2 + to_x * frame.width / 4, frame.height / 2 + to_y * frame.height / 4);
            const int full = frame.full_range ? seen : (seen - 16) * 255 / 219;
            CHECK(full == Approx(grey_at(x, y)).margin(6));
        }
    }
}

TEST_CASE("films are shown upright, whichever way their camera was held, mirrored ones mirrored back") {
    const TempFolder folder;
    ffmpeg(std::string(quarters) + "-c:v libx264 -pix_fmt yuv420p", folder / "film.mp4");
    const Turn turn = GENERATE(values<Turn>({{1, 0, 0, 1},
                                             {0, 1, -1, 0},
                                             {-1, 0, 0, -1},
                                             {0, -1, 1, 0},
                                             {-1, 0, 0, 1},
                                             {1, 0, 0, -1},
                                             {0, 1, 1, 0},
                                             {0, -1, -1, 0}}));
    INFO(turn.a << ' ' << turn.b << ' ' << turn.c << ' ' << turn.d);
    set_matrix(folder / "film.mp4", turn);
    const auto pictures = read(folder / "film.mp4");
    REQUIRE(pictures.size() == 5);
    for (const auto& picture : pictures) check_turned(*picture.frame, turn);
    CHECK(pictures[4].at == std::chrono::milliseconds(160));
}

TEST_CASE("a photograph is shown upright") {
    const TempFolder folder;
    ffmpeg(std::string(quarters) + "-frames:v 1", folder / "photo.jpg");
    // Exif: one entry, of the orientation; 6 is a quarter to the right.
    const std::string exif(
        "\xff\xe1\0\x22"
        "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0",
        36);
    const std::string bytes = content(folder / "photo.jpg");
    write(folder / "photo.jpg", bytes.substr(0, 2) + exif + bytes.substr(2));
    const auto pictures = read(folder / "photo.jpg");
    REQUIRE(pictures.size() == 1);
    check_turned(*pictures[0].frame, {0, 1, -1, 0});
}

TEST_CASE("a turned film of odd size and oblong pixels keeps its shape") {
    const TempFolder folder;
    ffmpeg("-f lavfi -i testsrc2=s=160x96:d=0.2 -vf scale=161:121,setsar=2/1 -pix_fmt yuv444p -c:v libx264",
           folder / "odd.mp4");
    set_matrix(folder / "odd.mp4", {0, 1, -1, 0});
    const auto pictures = read(folder / "odd.mp4");
    REQUIRE(pictures.size() == 5);
    CHECK(pictures[0].frame->width == 121);
    CHECK(pictures[0].frame->height == 161);
    CHECK(pictures[0].frame->display_width == 61);
    CHECK(pictures[0].frame->display_height == 161);
}

// How much lines differ from the next, on average.
double combing(const picture::VideoFrame& frame) {
    double sum = 0;
    for (int y = 8; y < frame.height - 8; ++y) {
        for (int x = 0; x < frame.width; ++x) sum += std::abs(luma(frame, x, y) - luma(frame, x, y - 1));
    }
    return sum / ((frame.height - 16) * frame.width);
}

TEST_CASE("interlaced films are made whole pictures, each at its time") {
    const TempFolder folder;
    // Upright bars that move by half their width, fifty times a second; two of them make a picture, line by line.
    const std::string bars =
        "-f lavfi -i \"nullsrc=s=160x96:r=50:d=0.8,format=yuv420p,geq=lum='16+219*mod(floor((X+8*N)/16),2)':cb=128:"
        "cr=128,tinterlace=interleave_top,fieldorder=tff\" -c:v mpeg2video -q:v 2 ";
    ffmpeg(bars + "-flags +ilme+ildct -top 1", folder / "interlaced.ts");
    const auto pictures = read(folder / "interlaced.ts");
    REQUIRE(pictures.size() == 20);
    for (const auto& picture : pictures) CHECK(combing(*picture.frame) < 20);
    ffmpeg(bars + "-top -1", folder / "called-progressive.ts");
    CHECK(combing(*read(folder / "called-progressive.ts")[5].frame) > 100);

    make_clip(folder / "numbered.mpg",
              {.pictures = 20, .video = "-c:v mpeg2video -q:v 3 -bf 2 -flags +ilme+ildct -top 1", .sound = ""});
    const auto numbered = read(folder / "numbered.mpg");
    CHECK(numbers(numbered) == range(0, 20));
    for (std::size_t i = 0; i < numbered.size(); ++i) {
        CHECK(double(numbered[i].at.count()) == Approx(4e7 * double(i)).margin(1e5));
        CHECK(double(numbered[i].duration.count()) == Approx(4e7).margin(1e5));
    }
}

TEST_CASE("pictures that need nothing are passed on, not copied") {
    const TempFolder folder;
    make_clip(folder / "film.mp4", {.pictures = 5, .sound = ""});
    auto file = MediaFile::open(clip_file(folder / "film.mp4"), [] { return false; });
    REQUIRE(file.has_value());
    PictureFilter filter((*file)->video());
    Frame frame = make_frame();
    frame->format = AV_PIX_FMT_YUV420P;
    frame->width = frame->height = 64;
    REQUIRE(av_frame_get_buffer(frame.get(), 0) >= 0);
    const AVFrame* same = frame.get();
    REQUIRE(filter.push(std::move(frame)));
    CHECK(filter.pull().get() == same);
    CHECK(filter.pull() == nullptr);
}

TEST_CASE("films with transparency have it, premultiplied") {
    const TempFolder folder;
    for (const char* codec : {"libvpx", "libvpx-vp9"}) {
        INFO(codec);
        const auto film = folder / (std::string(codec) + ".webm");
        ffmpeg(std::string("-f lavfi -i color=red@0.5:s=64x64:d=0.4,format=yuva420p -auto-alt-ref 0 -b:v 1M "
                           "-deadline realtime -c:v ") +
                   codec,
               film);
        const auto pictures = read(film);
        REQUIRE(pictures.size() == 10);
        for (const auto& picture : pictures) {
            REQUIRE(picture.frame->format == PixelFormat::bgra);
            const std::uint8_t* pixel = picture.frame->planes[0] + 32 * picture.frame->strides[0] + 32 * 4;
            CHECK(int(pixel[0]) == Approx(0).margin(4));
            CHECK(int(pixel[2]) == Approx(127).margin(4));
            CHECK(int(pixel[3]) == Approx(127).margin(3));
        }
    }
}

TEST_CASE("a film begins where its edit list says") {
    const TempFolder folder;
    make_clip(folder / "whole.mp4",
              {.pictures = 50, .video = "-c:v libx264 -g 50 -bf 2 -pix_fmt yuv420p", .sound = ""});
    ffmpeg("-ss 0.6 -i '" + (folder / "whole.mp4").string() + "' -c copy", folder / "cut.mp4");
    const auto pictures = read(folder / "cut.mp4");
    CHECK(numbers(pictures) == range(15, 35));
    CHECK(pictures.front().at == std::chrono::nanoseconds(0));
    CHECK(pictures.back().at == std::chrono::milliseconds(34 * 40));
}

TEST_CASE("pictures of a variable rate come at their times") {
    const TempFolder folder;
    make_clip(folder / "even.mkv",
              {.pictures = 40, .video = "-c:v libx264 -qp 10 -bf 2 -pix_fmt yuv420p", .sound = ""});
    ffmpeg("-i '" + (folder / "even.mkv").string() +
               "' -vf \"select='lt(mod(n,8),3)+eq(n,6)'\" -vsync vfr -enc_time_base 1/1000 -c:v libx264 -bf 2",
           folder / "uneven.mp4");
    const auto pictures = read(folder / "uneven.mp4");
    CHECK(numbers(pictures) == std::vector<int>{0, 1, 2, 6, 8, 9, 10, 16, 17, 18, 24, 25, 26, 32, 33, 34});
    for (const auto& picture : pictures) {
        const auto due = std::chrono::milliseconds(40 * number_on(*picture.frame));
        CHECK(std::abs(double((picture.at - due).count())) < 1.1e6);
    }
}

TEST_CASE("a film may change its size and its depth on the way") {
    const TempFolder folder;
    make_clip(folder / "a.ts", {.pictures = 10, .video = "-c:v libx264 -bf 2 -pix_fmt yuv420p", .sound = ""});
    make_clip(folder / "b.ts", {.first_number = 10,
                                .pictures = 10,
                                .video = "-c:v libx264 -bf 2 -pix_fmt yuv420p10le -output_ts_offset 0.5",
                                .sound = ""});
    ffmpeg("-i '" + (folder / "a.ts").string() + "' -vf pad=192:128 -c:v libx264 -output_ts_offset 1.0",
           folder / "c.ts");
    write(folder / "all.ts", content(folder / "a.ts") + content(folder / "b.ts") + content(folder / "c.ts"));
    const auto pictures = read(folder / "all.ts");
    std::vector<int> expected = range(0, 20);
    std::ranges::copy(range(0, 10), std::back_inserter(expected));
    CHECK(numbers(pictures) == expected);
    CHECK(pictures[5].frame->format == PixelFormat::i420);
    CHECK(pictures[15].frame->format == PixelFormat::i010);
    CHECK(pictures[25].frame->width == 192);
    CHECK(pictures[25].frame->height == 128);
}

}  // namespace hallcast::decoder::films_test
