#include "content/ingest.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "content/house_profile.h"
#include "content/media_facts.h"
#include "tests/content/temp_folder.h"

namespace hallcast::content::ingest_test {

namespace fs = std::filesystem;
using tests::bytes_of;
using tests::entries_in;
using tests::TempFolder;

std::unique_ptr<Library> opened_in(const fs::path& folder) {
    auto opened = open_library(folder);
    REQUIRE(opened.has_value());
    return *std::move(opened);
}

// A library, and a folder with the uploads that ffmpeg makes for a test.
struct Room {
    TempFolder folder;
    std::unique_ptr<Library> library = opened_in(folder.path() / "library");
    std::vector<IngestProgress> told;

    fs::path make(const std::string& name, std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), {"/usr/bin/ffmpeg", "-v", "error", "-y"});
        arguments.push_back((folder.path() / name).string());
        const auto made = run_child(arguments, {});
        REQUIRE(made.has_value());
        INFO(made->errors);
        REQUIRE(made->code == 0);
        return folder.path() / name;
    }

    Expected<v1::ContentItem> take(const fs::path& upload, std::stop_token stop = {}) {
        const std::string before = fs::is_regular_file(upload) ? bytes_of(upload) : "";
        auto item = ingest(
            *library, upload, "", [&](const IngestProgress& progress) { told.push_back(progress); }, std::move(stop));
        if (!before.empty()) CHECK(bytes_of(upload) == before);
        CHECK(entries_in(library->incoming()) == 0);
        return item;
    }

    v1::ContentItem taken(const fs::path& upload) {
        const auto item = take(upload);
        INFO((item ? std::string() : item.error().message));
        REQUIRE(item.has_value());
        CHECK(library->manifest().items_size() == 1);
        return *item;
    }

    // Takes it, wants a refusal, gives the reason.
    std::string refused(const fs::path& upload) {
        const auto item = take(upload);
        REQUIRE_FALSE(item.has_value());
        CHECK(library->manifest().version() == 0);
        CHECK(entries_in(folder.path() / "library" / "blobs") == 0);
        INFO(item.error().message);
        CHECK(item.error().message.starts_with(upload.filename().string() + ": "));
        CHECK(item.error().message.find('\n') == std::string::npos);
        return item.error().message;
    }

    // What ffprobe says of an item's file.
    std::string probe(const v1::ContentItem& item, const std::string& entries) const {
        const auto result = run_child({"/usr/bin/ffprobe", "-v", "error", "-of", "csv=p=0", "-show_entries", entries,
                                       library->blob(item.sha256()).string()},
                                      {});
        REQUIRE(result.has_value());
        return result->output;
    }

    double loudness(const v1::ContentItem& item) const {
        const auto result = run_child({"/usr/bin/ffmpeg", "-nostats", "-i", library->blob(item.sha256()).string(),
                                       "-vn", "-af", "ebur128", "-f", "null", "-"},
                                      {});
        REQUIRE(result.has_value());
        return read_loudness(result->errors).value();
    }
};

std::vector<std::string> source(const std::string& filter) { return {"-f", "lavfi", "-i", filter}; }

std::vector<std::string> operator+(std::vector<std::string> left, const std::vector<std::string>& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

const std::vector<std::string> quick = {"-preset", "ultrafast", "-pix_fmt", "yuv420p"};

TEST_CASE("a quiet film becomes the house profile at -23 LUFS, with progress that only rises, up to 1") {
    Room room;
    const auto upload = room.make("Witamy.mkv", source("testsrc2=size=320x180:rate=25:duration=2") +
                                                    source("sine=frequency=440:duration=2") + quick +
                                                    std::vector<std::string>{"-af", "volume=-20dB"});
    const auto item = room.taken(upload);
    CHECK(item.title() == "Witamy.mkv");
    CHECK(item.kind() == v1::CONTENT_KIND_VIDEO);
    CHECK(item.width() == 320);
    CHECK(item.height() == 180);
    CHECK(std::abs(item.duration_ms() - 2000) < 100);
    CHECK(item.loudness_lufs() < -30);
    CHECK(room.loudness(item) == Approx(-23).margin(1));
    CHECK(
        room.probe(item, "stream=codec_name,profile,pix_fmt,color_range,color_space,r_frame_rate,sample_rate,channels")
            .find("h264,High,yuv420p,tv,bt709,25/1\naac,LC,48000,2") == 0);
    // A key frame every 2 s, and the index before the pictures.
    const std::string bytes = bytes_of(room.library->blob(item.sha256()));
    CHECK(bytes.find("moov") < bytes.find("mdat"));

    REQUIRE(room.told.size() >= 4);
    CHECK(room.told.front().step == IngestProgress::Step::probing);
    CHECK(room.told.back().step == IngestProgress::Step::done);
    CHECK(room.told.back().share == 1);
    for (std::size_t i = 1; i < room.told.size(); ++i) {
        CHECK(room.told[i].share >= room.told[i - 1].share);
        CHECK(room.told[i].step >= room.told[i - 1].step);
        CHECK((room.told[i].share < 1 || room.told[i].step == IngestProgress::Step::done));
    }
}

TEST_CASE("groups of pictures are closed and 2 s long, whatever is cut in the film") {
    Room room;
    // A cut every half second would make an encoder left alone begin a group there.
    const auto upload =
        room.make("cuts.mp4", source("color=red:size=64x64:rate=10:duration=5,hue=h='180*mod(floor(2*t),2)'") + quick);
    const auto item = room.taken(upload);
    CHECK(room.probe(item, "stream=r_frame_rate").find("30/1") == 0);
    const auto result = run_child({"/usr/bin/ffprobe", "-v", "error", "-of", "csv=p=0", "-skip_frame", "nokey",
                                   "-show_entries", "frame=pts_time", room.library->blob(item.sha256()).string()},
                                  {});
    REQUIRE(result.has_value());
    CHECK(result->output.find("0.000000") == 0);
    CHECK(result->output.find("\n2.000000") != std::string::npos);
    CHECK(result->output.find("\n4.000000") != std::string::npos);
    CHECK(std::count(result->output.begin(), result->output.end(), '.') == 3);
    CHECK(item.loudness_lufs() == 0);
    CHECK(room.probe(item, "stream=codec_type") == "video\n");
}

// Turns a film by the matrix of its track (ISO 14496-12, 8.3.2), as telephones do.
void turn_right(const fs::path& film) {
    std::string bytes = bytes_of(film);
    const std::size_t header = bytes.find("tkhd");
    REQUIRE(header != std::string::npos);
    const std::string matrix("\0\0\0\0\0\1\0\0\0\0\0\0\xff\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x40\0\0\0", 36);
    bytes.replace(header + 44, 36, matrix);
    std::ofstream(film, std::ios::binary) << bytes;
}

TEST_CASE("portrait, turned and stretched films come out upright with square pixels") {
    Room room;
    SECTION("portrait") {
        const auto item =
            room.taken(room.make("p.mp4", source("testsrc2=size=1080x1920:rate=30:duration=0.2") + quick));
        CHECK(item.width() == 608);
        CHECK(item.height() == 1080);
    }
    SECTION("turned by a telephone") {
        const auto upload = room.make("t.mp4", source("testsrc2=size=320x180:rate=30:duration=0.2") + quick);
        turn_right(upload);
        const auto item = room.taken(upload);
        CHECK(item.width() == 180);
        CHECK(item.height() == 320);
        CHECK(room.probe(item, "stream=width,height,sample_aspect_ratio").find("180,320,1:1") == 0);
    }
    SECTION("stretched") {
        const auto item =
            room.taken(room.make("s.mp4", source("testsrc2=size=360x288:rate=25:duration=0.2,setsar=64/45") + quick));
        CHECK(item.width() == 512);
        CHECK(item.height() == 288);
    }
}

TEST_CASE("a film keeps its captions, each with its language, and no other words of the upload") {
    Room room;
    const auto srt = [&](const std::string& name, const std::string& words, const char* end) {
        return room.folder.write(name, "1\n00:00:00,200 --> 00:00:" + std::string(end) + "\n" + words + "\n").string();
    };
    const std::vector<std::string> inputs = source("testsrc2=size=160x90:rate=25:duration=1") +
                                            source("sine=duration=1") +
                                            std::vector<std::string>{"-i", srt("uk.srt", "Ласкаво просимо", "00,800"),
                                                                     "-i", srt("en.srt", "Welcome", "05,000")};
    const std::vector<std::string> streams = {"-map",
                                              "0:v",
                                              "-map",
                                              "1:a",
                                              "-map",
                                              "2:s",
                                              "-map",
                                              "3:s",
                                              "-metadata:s:a:0",
                                              "language=pol",
                                              "-metadata:s:s:0",
                                              "language=ukr",
                                              "-metadata:s:s:1",
                                              "language=eng",
                                              "-metadata:s:s:1",
                                              "title=secret",
                                              "-metadata:s:v:0",
                                              "title=secret"};
    const auto [name, codecs] =
        GENERATE(table<const char*, std::vector<std::string>>({{"film.mkv", {"-c:s:0", "srt", "-c:s:1", "ass"}},
                                                               {"film.webm.mkv", {"-c:s", "webvtt"}},
                                                               {"film.mp4", {"-c:s", "mov_text"}}}));
    const auto item = room.taken(room.make(name, inputs + streams + quick + codecs));
    CHECK(room.probe(item, "stream=codec_name:stream_tags=language") ==
          "h264,und\naac,pol\nmov_text,ukr\nmov_text,eng\n");
    // Its captions are longer than its pictures.
    CHECK(std::abs(item.duration_ms() - 1000) < 100);
    CHECK(bytes_of(room.library->blob(item.sha256())).find("secret") == std::string::npos);
    for (const auto& [track, words] : {std::pair("0:s:0", "Ласкаво просимо"), {"0:s:1", "Welcome"}}) {
        const auto read = run_child({"/usr/bin/ffmpeg", "-v", "error", "-i", room.library->blob(item.sha256()).string(),
                                     "-map", track, "-f", "srt", "-"},
                                    {});
        REQUIRE(read.has_value());
        CHECK(read->output.find(words) != std::string::npos);
        CHECK(read->output.find("00:00:00,2") != std::string::npos);
    }
}

TEST_CASE("5.1 sound is mixed to stereo, and loud sound made quieter") {
    Room room;
    const auto upload = room.make(
        "51.mp4", source("testsrc2=size=160x90:rate=25:duration=1.5") + source("sine=frequency=300:duration=1.5") +
                      std::vector<std::string>{"-af", "pan=5.1|FL=4*c0|FR=4*c0|FC=4*c0|BL=4*c0|BR=4*c0|LFE=c0"} +
                      quick);
    const auto item = room.taken(upload);
    CHECK(item.loudness_lufs() > -15);
    CHECK(room.loudness(item) == Approx(-23).margin(1));
    CHECK(room.probe(item, "stream=channels").find("2") != std::string::npos);
}

TEST_CASE("silence stays silent") {
    Room room;
    const auto item = room.taken(room.make(
        "silent.mp4", source("testsrc2=size=160x90:rate=25:duration=1") + source("anullsrc=duration=1") + quick));
    CHECK(item.loudness_lufs() == Approx(-70));
    CHECK(room.loudness(item) < -60);
}

// The same photo, lying on its side and saying so (Exif orientation 6).
std::string with_orientation(const std::string& jpeg) {
    const std::string exif("Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0", 32);
    return jpeg.substr(0, 2) + std::string("\xff\xe1\0", 3) + char(exif.size() + 2) + exif + jpeg.substr(2);
}

TEST_CASE("stills become PNG of at most 1920x1080, upright") {
    Room room;
    SECTION("PNG") {
        const auto item = room.taken(
            room.make("s.png", source("testsrc=size=301x201:rate=1") + std::vector<std::string>{"-frames:v", "1"}));
        CHECK(item.kind() == v1::CONTENT_KIND_PICTURE);
        CHECK(item.width() == 301);
        CHECK(item.height() == 201);
        CHECK(item.duration_ms() == 10'000);
        CHECK(bytes_of(room.library->blob(item.sha256())).starts_with("\x89PNG"));
    }
    SECTION("a large JPEG named .png") {
        const auto jpeg =
            room.make("l.jpg", source("testsrc2=size=4000x1000:rate=1") + std::vector<std::string>{"-frames:v", "1"});
        fs::rename(jpeg, room.folder.path() / "l.png");
        const auto item = room.taken(room.folder.path() / "l.png");
        CHECK(item.width() == 1920);
        CHECK(item.height() == 480);
    }
    SECTION("a telephone's photo") {
        const auto jpeg = room.make("p.jpg", source("testsrc2=size=300x200:rate=1") +
                                                 std::vector<std::string>{"-frames:v", "1", "-pix_fmt", "yuvj420p"});
        const auto item = room.taken(room.folder.write("turned.jpg", with_orientation(bytes_of(jpeg))));
        CHECK(item.width() == 200);
        CHECK(item.height() == 300);
    }
    SECTION("transparent places are white") {
        const auto item = room.taken(room.make("t.png", source("color=black@0.0:size=8x8:rate=1,format=rgba") +
                                                            std::vector<std::string>{"-frames:v", "1"}));
        const auto pixels =
            run_child({"/usr/bin/ffmpeg", "-v", "error", "-i", room.library->blob(item.sha256()).string(), "-f",
                       "rawvideo", "-pix_fmt", "rgb24", "-"},
                      {});
        REQUIRE(pixels.has_value());
        CHECK(pixels->output == std::string(8 * 8 * 3, '\xff'));
    }
}

TEST_CASE("what is no video or picture is refused with its reason") {
    Room room;
    SECTION("text") {
        CHECK(room.refused(room.folder.write("notes.mp4", "These are my notes.\n")) ==
              "notes.mp4: is no video or picture: it is in no format that is known here, or is damaged");
    }
    SECTION("nothing") { CHECK(room.refused(room.folder.write("empty.mp4", "")) == "empty.mp4: is empty"); }
    SECTION("sound alone") {
        CHECK(room.refused(room.make("song.m4a", source("sine=duration=0.5"))) ==
              "song.m4a: is no video or picture: it holds sound only");
    }
    SECTION("a folder, or nothing there") {
        CHECK_FALSE(room.take(room.folder.path()).has_value());
        CHECK_FALSE(room.take(room.folder.path() / "absent").has_value());
    }
    SECTION("noise") {
        std::string noise(200'000, '\0');
        for (std::uint32_t seed = 7; char& byte : noise) byte = char((seed = seed * 1664525 + 1013904223) >> 24);
        CHECK(room.refused(room.folder.write("noise.mp4", noise)).find("is no video or picture") != std::string::npos);
    }
    SECTION("a huge file, refused before anything reads it") {
        const fs::path huge = room.folder.write("huge.mp4", "x");
        fs::resize_file(huge, (8ull << 30) + 1);  // a hole: takes no space
        const auto item = ingest(*room.library, huge, "", {});
        REQUIRE_FALSE(item.has_value());
        CHECK(item.error().message.find("huge.mp4: has 8192 MB") == 0);
    }
    SECTION("too many pixels") {
        // A PNG header that claims them; the picture itself is not needed to refuse it.
        const auto png =
            room.make("s.png", source("color=red:size=16x16:rate=1") + std::vector<std::string>{"-frames:v", "1"});
        std::string bytes = bytes_of(png);
        bytes.replace(16, 4, std::string("\0\0\x75\x30", 4));
        CHECK_FALSE(room.refused(room.folder.write("wide.png", bytes)).empty());
    }
}

TEST_CASE("a playlist that leads to another file is refused, and the file is not read") {
    Room room;
    const auto secret = room.make("secret.mp4", source("testsrc2=size=64x64:rate=25:duration=0.2") + quick);
    const auto refused = [&](const std::string& playlist) {
        return room.refused(room.folder.write("list.mp4", playlist));
    };
    CHECK(refused("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n" + secret.string() + "\n#EXT-X-ENDLIST\n")
              .find("is no video or picture") != std::string::npos);
    CHECK(refused("ffconcat version 1.0\nfile " + secret.string() + "\n") ==
          "list.mp4: is no video or picture: playlists and files that lead to other files are not accepted");
    CHECK_FALSE(
        refused("<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>").empty());
    const std::string sdp =
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 "
        "H264/90000\n";
    CHECK_FALSE(refused(sdp).empty());
}

TEST_CASE("a film that is cut off is refused, wherever its index is") {
    Room room;
    const auto clip = source("testsrc2=size=128x72:rate=10:duration=4") + quick;
    SECTION("index at the end") {
        std::string bytes = bytes_of(room.make("full.mp4", clip));
        CHECK(
            room.refused(room.folder.write("cut.mp4", bytes.substr(0, bytes.size() / 2))).find("the file is cut off") !=
            std::string::npos);
    }
    SECTION("index at the begin") {
        std::string bytes = bytes_of(room.make("full.mp4", clip + std::vector<std::string>{"-movflags", "+faststart"}));
        const std::string reason = room.refused(room.folder.write("cut.mp4", bytes.substr(0, bytes.size() / 3)));
        CHECK(reason.find("is damaged or cut off: only") != std::string::npos);
    }
}

TEST_CASE("a stopped ingest ends at once and leaves nothing behind") {
    Room room;
    const auto upload =
        room.make("long.mp4", source("testsrc2=size=640x360:rate=30:duration=2") + source("sine=duration=2") + quick);
    const double at_share = GENERATE(0.0, 0.05, 0.2, 0.97);
    std::stop_source stop;
    IngestProgress::Step last = IngestProgress::Step::probing;
    const auto item = ingest(
        *room.library, upload, "",
        [&](const IngestProgress& progress) {
            last = progress.step;
            if (progress.share >= std::min(at_share, 0.96)) stop.request_stop();
        },
        stop.get_token());
    REQUIRE_FALSE(item.has_value());
    CHECK(item.error().message == "long.mp4: stopped");
    CHECK(last != IngestProgress::Step::done);
    CHECK(entries_in(room.library->incoming()) == 0);
    CHECK(entries_in(room.folder.path() / "library" / "blobs") == 0);
    CHECK(room.library->manifest().version() == 0);
}

TEST_CASE("the same upload twice is one item") {
    Room room;
    const auto upload =
        room.make("s.png", source("testsrc2=size=30x20:rate=1") + std::vector<std::string>{"-frames:v", "1"});
    const auto first = room.taken(upload);
    const auto second = room.taken(upload);
    CHECK(first.id() == second.id());
}

}  // namespace hallcast::content::ingest_test
