#include "player/decoder/clip_reader.h"

#include <cmath>

#include "tests/catch.h"
#include "tests/media/clips.h"
#include "tests/media/probe.h"

namespace hallcast::decoder::reader_test {

using namespace media::test;
using media::samples_at;
using picture::PixelFormat;

std::unique_ptr<ClipReader> open(const std::filesystem::path& path) {
    auto reader = ClipReader::open(clip_file(path), {.patience = patience});
    INFO((reader ? "" : reader.error().message));
    REQUIRE(reader.has_value());
    return std::move(*reader);
}

std::vector<int> numbers(ClipReader& reader) {
    std::vector<int> read;
    std::chrono::nanoseconds last{-1};
    while (const auto picture = reader.next_picture()) {
        CHECK(picture->at > last);
        last = picture->at;
        read.push_back(number_on(*picture->frame));
    }
    return read;
}

std::vector<float> sound(ClipReader& reader) {
    std::vector<float> all;
    while (const auto block = reader.next_sound()) all.insert(all.end(), block->samples.begin(), block->samples.end());
    return all;
}

double level(const std::vector<float>& stereo, int side) {
    double sum = 0;
    for (std::size_t i = std::size_t(side); i < stereo.size(); i += 2) sum += double(stereo[i]) * stereo[i];
    return std::sqrt(sum * 2 / double(stereo.size()));
}

TEST_CASE("every picture of a clip is read once, whatever codec, container and pixel format") {
    const TempFolder folder;
    struct Case {
        const char* name;
        const char* video;
        PixelFormat format;
    };
    const Case one = GENERATE(values<Case>(
        {{"b-frames.mp4", "-c:v libx264 -preset fast -bf 3 -b_strategy 0 -pix_fmt yuv420p", PixelFormat::i420},
         {"ten-bit.mp4", "-c:v libx264 -pix_fmt yuv420p10le", PixelFormat::i010},
         {"ten-bit-422.mkv", "-c:v libx264 -pix_fmt yuv422p10le", PixelFormat::i010},
         {"444.mkv", "-c:v libx264 -pix_fmt yuv444p", PixelFormat::i420},
         {"rgb.mkv", "-c:v libx264rgb -crf 10 -pix_fmt rgb24", PixelFormat::bgra},
         {"transport.ts", "-c:v mpeg2video -q:v 3 -bf 2", PixelFormat::i420},
         {"vp8.webm", "-c:v libvpx -deadline realtime -cpu-used 8 -b:v 1M", PixelFormat::i420},
         {"program-stream.mpg", "-c:v mpeg2video -q:v 3 -bf 2", PixelFormat::i420},
         {"vp9.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 1M", PixelFormat::i420},
         {"vp9-ten-bit.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 1M -pix_fmt yuv420p10le",
          PixelFormat::i010},
         {"av1.mp4", "-c:v libaom-av1 -cpu-used 8 -usage realtime -b:v 1M", PixelFormat::i420},
         {"av1-ten-bit.mkv", "-c:v libaom-av1 -cpu-used 8 -usage realtime -b:v 1M -pix_fmt yuv420p10le",
          PixelFormat::i010},
         {"hevc.mp4", "-c:v libx265 -x265-params log-level=none:bframes=3 -pix_fmt yuv420p", PixelFormat::i420},
         {"motion-jpeg.avi", "-c:v mjpeg -q:v 3 -pix_fmt yuvj420p", PixelFormat::i420},
         {"edit-list.mov", "-c:v libx264 -bf 3 -pix_fmt yuv420p", PixelFormat::i420}}));
    INFO(one.name);
    make_clip(folder / one.name, {.first_number = 7, .pictures = 20, .video = one.video, .sound = ""});
    const auto reader = open(folder / one.name);
    CHECK(numbers(*reader) == range(7, 20));
    CHECK(reader->extent_is_final());
    CHECK_FALSE(reader->is_still());
    CHECK(samples_at(reader->extent()) == Approx(20 * 1920).margin(48));
    const auto again = open(folder / one.name);
    const auto first = again->next_picture();
    CHECK(first->frame->format == one.format);
    CHECK(first->frame->width == 160);
    CHECK(first->frame->height == 96);
}

TEST_CASE("the shape of pixels, the colours' matrix and odd sizes are told") {
    const TempFolder folder;
    ffmpeg(
        "-f lavfi -i testsrc2=s=160x96:d=0.2 -vf scale=161:121,setsar=2/1 -pix_fmt yuv444p -c:v libx264 -colorspace "
        "bt709 "
        "-color_range pc",
        folder / "odd.mp4");
    auto picture = open(folder / "odd.mp4")->next_picture();
    CHECK(picture->frame->width == 161);
    CHECK(picture->frame->height == 121);
    CHECK(picture->frame->display_width == 322);
    CHECK(picture->frame->display_height == 121);
    CHECK(picture->frame->matrix == picture::ColourMatrix::bt709);
    CHECK(picture->frame->full_range);
    ffmpeg("-f lavfi -i testsrc2=s=160x96:d=0.2 -pix_fmt yuv420p -c:v libx264", folder / "unsaid.mp4");
    picture = open(folder / "unsaid.mp4")->next_picture();
    CHECK(picture->frame->matrix == picture::ColourMatrix::bt601);
    CHECK_FALSE(picture->frame->full_range);
}

// Films as cameras and encoders really write them, each with its own way of saying what its light means.
TEST_CASE("high dynamic range, gamut and the place of chroma are told") {
    const TempFolder folder;
    const std::string source = "-f lavfi -i testsrc2=s=160x96:d=0.2 -vf format=yuv420p10le -c:v libx265 -x265-params ";
    const std::string wide = "log-level=none:colorprim=bt2020:colormatrix=bt2020nc:range=limited:";
    using picture::ChromaSite;
    using picture::Transfer;
    struct Case {
        std::string name, arguments;
        Transfer transfer;
        bool wide;
        float peak;
        ChromaSite site;
        PixelFormat format;
    };
    const std::vector<Case> cases{
        {"max-cll.mp4", source + wide + "transfer=smpte2084:chromaloc=2:max-cll=\"800,200\"", Transfer::pq, true, 800,
         ChromaSite::top_left, PixelFormat::i010},
        {"mastering.mkv",
         source + wide +
             "transfer=smpte2084:master-display=\"G(8500,39850)B(6550,2300)R(35400,14600)WP(15635,16450)"
             "L(40000000,50)\"",
         Transfer::pq, true, 4000, ChromaSite::left, PixelFormat::i010},
        {"unsaid-peak.mp4", source + wide + "transfer=smpte2084", Transfer::pq, true, 1000, ChromaSite::left,
         PixelFormat::i010},
        {"hlg.mp4", source + wide + "transfer=arib-std-b67:chromaloc=1", Transfer::hlg, true, 1000, ChromaSite::centre,
         PixelFormat::i010},
        {"plain.mp4", "-f lavfi -i testsrc2=s=160x96:d=0.2 -c:v libx264 -pix_fmt yuv420p", Transfer::sdr, false, 1000,
         ChromaSite::left, PixelFormat::i420},
        {"photo.avi", "-f lavfi -i testsrc2=s=160x96:d=0.2 -c:v mjpeg -pix_fmt yuvj420p", Transfer::sdr, false, 1000,
         ChromaSite::centre, PixelFormat::i420}};
    for (const auto& one : cases) {
        INFO(one.name);
        ffmpeg(one.arguments, folder / one.name);
        const auto picture = open(folder / one.name)->next_picture();
        CHECK(picture->frame->transfer == one.transfer);
        CHECK(picture->frame->wide_gamut == one.wide);
        CHECK(picture->frame->peak_nits == one.peak);
        CHECK(picture->frame->chroma_site == one.site);
        CHECK(picture->frame->format == one.format);
        CHECK(picture->frame->matrix == (one.wide ? picture::ColourMatrix::bt2020 : picture::ColourMatrix::bt601));
    }
}

TEST_CASE("pictures are stills, transparent ones premultiplied") {
    const TempFolder folder;
    ffmpeg("-f lavfi -i color=red@0.5:s=40x30,format=rgba -frames:v 1", folder / "half.png");
    ffmpeg("-f lavfi -i color=red:s=40x30 -pix_fmt pal8 -frames:v 1", folder / "palette.png");
    ffmpeg("-f lavfi -i color=red:s=40x30 -frames:v 1", folder / "photo.jpg");
    for (const char* name : {"half.png", "palette.png", "photo.jpg"}) {
        INFO(name);
        const auto summary = probe(folder / name, patience);
        REQUIRE(summary.has_value());
        CHECK(summary->kind == MediaSummary::Kind::picture);
        CHECK(summary->width == 40);
        CHECK(summary->height == 30);
        CHECK_FALSE(summary->has_sound);
    }
    const auto half = open(folder / "half.png")->next_picture();
    REQUIRE(half->frame->format == PixelFormat::bgra);
    CHECK(int(half->frame->planes[0][0]) == Approx(0).margin(2));
    CHECK(int(half->frame->planes[0][2]) == Approx(127).margin(3));
    CHECK(int(half->frame->planes[0][3]) == Approx(127).margin(2));
    const auto palette = open(folder / "palette.png")->next_picture();
    CHECK(int(palette->frame->planes[0][2]) == Approx(254).margin(3));
    CHECK(int(palette->frame->planes[0][3]) == 255);
}

TEST_CASE("sound of any kind becomes 48 kHz stereo") {
    const TempFolder folder;
    const std::string video = "-f lavfi -i testsrc2=s=160x96:d=1 ";
    ffmpeg(video + "-f lavfi -i aevalsrc='0|0|0.5*sin(2*PI*440*t)|0|0|0:c=5.1:s=48000:d=1' -c:v libx264 -c:a flac",
           folder / "centre.mkv");
    ffmpeg(video +
               "-f lavfi -i aevalsrc='sin(2*PI*440*t)|sin(2*PI*440*t)|sin(2*PI*440*t)|0|sin(2*PI*440*t)|"
               "sin(2*PI*440*t):c=5.1:s=48000:d=1' -c:v libx264 -c:a flac",
           folder / "full.mkv");
    ffmpeg(video + "-f lavfi -i sine=440:r=44100:d=1 -c:v libx264 -c:a pcm_s16le", folder / "mono.mkv");

    auto samples = sound(*open(folder / "centre.mkv"));
    CHECK(samples.size() == 96'000);
    CHECK(level(samples, 0) == Approx(0.5 / std::sqrt(2) * 0.293).epsilon(0.03));  // 0.707 / (1 + 0.707 + 0.707)
    CHECK(level(samples, 1) == Approx(level(samples, 0)));

    samples = sound(*open(folder / "full.mkv"));
    for (const float sample : samples) REQUIRE(std::abs(sample) <= 1.001F);
    CHECK(level(samples, 0) > 0.6);

    samples = sound(*open(folder / "mono.mkv"));
    CHECK(double(samples.size() / 2) == Approx(48'000).margin(2));
    CHECK(level(samples, 0) == Approx(0.125 / 2).epsilon(0.02));  // of ffmpeg's 1/8, 3 dB less on each side
}

TEST_CASE("probing tells what a film is") {
    const TempFolder folder;
    make_clip(folder / "film.mp4", {.pictures = 25, .sound = "-c:a aac"});
    const auto film = probe(folder / "film.mp4", patience);
    REQUIRE(film.has_value());
    CHECK(film->kind == MediaSummary::Kind::film);
    CHECK(film->has_sound);
    CHECK(film->duration == std::chrono::seconds(1));
    const auto missing = probe(folder / "missing.mp4", patience);
    REQUIRE_FALSE(missing.has_value());
    CHECK(missing.error().message.find("missing.mp4") != std::string::npos);
}

}  // namespace hallcast::decoder::reader_test
