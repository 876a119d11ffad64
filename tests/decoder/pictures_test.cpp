#include <fstream>
#include <sstream>

#include "player/decoder/clip_reader.h"
#include "player/decoder/open_clip.h"
#include "tests/catch.h"
#include "tests/media/clips.h"
#include "tests/media/probe.h"

namespace hallcast::decoder::still_pictures_test {

using namespace media::test;
using namespace std::chrono_literals;

TEST_CASE("still pictures of every usual format are read from their bytes alone") {
    const TempFolder folder;
    const std::string source = "-f lavfi -i testsrc2=s=320x200 -frames:v 1 ";
    for (const auto& [name, codec] :
         std::vector<std::pair<std::string, std::string>>{{"a.jpg", ""},
                                                          {"a.png", ""},
                                                          {"a.bmp", ""},
                                                          {"a.tiff", ""},
                                                          {"a.gif", ""},
                                                          {"a.webp", "-c:v libwebp"},
                                                          {"lossless.webp", "-c:v libwebp -lossless 1"},
                                                          {"a.avif", "-c:v libaom-av1 -cpu-used 8 -still-picture 1"}}) {
        INFO(name);
        ffmpeg(source + codec, folder / name);
        std::filesystem::rename(folder / name, folder / "blob");
        const auto summary = probe(folder / "blob", patience);
        INFO((summary ? "" : summary.error().message));
        REQUIRE(summary.has_value());
        CHECK(summary->kind == MediaSummary::Kind::picture);
        CHECK(summary->width == 320);
        CHECK(summary->height == 200);
    }
}

TEST_CASE("a transparent WebP is premultiplied") {
    const TempFolder folder;
    ffmpeg("-f lavfi -i color=red@0.5:s=40x30,format=rgba -frames:v 1 -c:v libwebp -lossless 1", folder / "half.webp");
    auto clip = decode_in_process()({"half", folder / "half.webp"}, patience, {});
    REQUIRE(clip.has_value());
    const auto picture = (*clip)->next_picture();
    REQUIRE(picture->frame->format == picture::PixelFormat::bgra);
    CHECK(int(picture->frame->planes[0][2]) == Approx(127).margin(3));
    CHECK(int(picture->frame->planes[0][3]) == Approx(127).margin(2));
}

TEST_CASE("an animated GIF is a film by its own times, an animated WebP says what to do") {
    const TempFolder folder;
    ffmpeg("-f lavfi -i testsrc2=s=64x48:r=5:d=1 -vf \"setpts='if(lt(N,2),N,N+5)/5/TB'\" -fps_mode passthrough",
           folder / "moves.gif");
    auto clip = decode_in_process()({"moves", folder / "moves.gif"}, patience, {});
    REQUIRE(clip.has_value());
    std::vector<int> tenths;  // ffprobe reads the same
    while (const auto picture = (*clip)->next_picture()) tenths.push_back(int(picture->at / 100ms));
    CHECK(tenths == std::vector<int>{0, 2, 12, 16, 18});
    CHECK_FALSE((*clip)->is_still());
    ffmpeg("-f lavfi -i testsrc2=s=64x48:r=5:d=1 -c:v libwebp_anim -loop 0", folder / "moves.webp");
    const auto refused = decode_in_process()({"moves", folder / "moves.webp"}, patience, {});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().message.ends_with(
        "moves.webp: is an animated WebP, which cannot be decoded: save it as GIF or as a film"));
}

// A JPEG of 64 x 32 whose upper left quarter is white, with an EXIF note before all else.
void write_photo(const TempFolder& folder, const std::string& pixel_format, int orientation) {
    ffmpeg("-f lavfi -i color=black:s=64x32,drawbox=w=32:h=16:color=white:t=fill -frames:v 1 -q:v 2 -pix_fmt " +
               pixel_format,
           folder / "plain.jpg");
    std::stringstream read;
    read << std::ifstream(folder / "plain.jpg", std::ios::binary).rdbuf();
    std::string jpeg = read.str();
    std::string exif("Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0", 32);
    exif[25] = char(orientation);
    std::string segment("\xff\xe1\0", 3);
    segment += char(exif.size() + 2);
    jpeg.insert(2, segment + exif);
    std::ofstream(folder / "photo.jpg", std::ios::binary) << jpeg;
}

TEST_CASE("photographs stand upright, whichever way the camera was held") {
    const TempFolder folder;
    const std::string pixel_format = GENERATE(as<std::string>(), "yuvj420p", "yuvj422p", "yuvj444p", "gray");
    // Where the white quarter is to be seen: in columns of the left, in rows of the top.
    const std::array<std::pair<bool, bool>, 8> places{{{true, true},
                                                       {false, true},
                                                       {false, false},
                                                       {true, false},
                                                       {true, true},
                                                       {false, true},
                                                       {false, false},
                                                       {true, false}}};
    for (int orientation = 1; orientation <= 8; ++orientation) {
        INFO(pixel_format << " " << orientation);
        write_photo(folder, pixel_format, orientation);
        auto clip = decode_in_process()({"photo", folder / "photo.jpg"}, patience, {});
        REQUIRE(clip.has_value());
        const auto frame = (*clip)->next_picture()->frame;
        const bool lies = orientation <= 4;
        REQUIRE(frame->display_width == (lies ? 64 : 32));
        REQUIRE(frame->display_height == (lies ? 32 : 64));
        const auto& [left, top] = places[std::size_t(orientation - 1)];
        for (const bool at_left : {true, false}) {
            for (const bool at_top : {true, false}) {
                const int x = frame->width * (at_left ? 1 : 3) / 4, y = frame->height * (at_top ? 1 : 3) / 4;
                const bool is_white = frame->planes[0][std::ptrdiff_t(y) * frame->strides[0] + x] > 128;
                CHECK(is_white == (at_left == left && at_top == top));
            }
        }
    }
}

}  // namespace hallcast::decoder::still_pictures_test
