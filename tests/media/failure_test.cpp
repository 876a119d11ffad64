#include <sys/stat.h>

#include <fstream>

#include "player/media/playback.h"
#include "tests/catch.h"
#include "tests/media/clips.h"
#include "tests/media/probe.h"

namespace hallcast::media::failure_test {

using namespace test;

void write(const std::filesystem::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

TEST_CASE("what cannot be played is skipped and reported, once, and the rest plays on") {
    const TempFolder folder;
    make_clip(folder / "good.mp4", {.first_number = 50, .pictures = 10});
    write(folder / "notes.mp4", "These are minutes of a meeting, and no film at all.\n");
    write(folder / "empty.mp4", "");
    ffmpeg("-f lavfi -i sine=440:d=1 -c:a aac", folder / "radio.mp4");
    make_clip(folder / "cut.mp4", {.pictures = 50});  // its index is at its end
    std::filesystem::resize_file(folder / "cut.mp4", std::filesystem::file_size(folder / "cut.mp4") / 2);
    std::filesystem::create_directory(folder / "folder.mp4");
    REQUIRE(::mkfifo((folder / "pipe.mp4").c_str(), 0600) == 0);

    std::vector<PlaylistEntry> entries;
    for (const char* name : {"notes", "empty", "missing", "cut", "good", "radio", "folder", "pipe"}) {
        entries.push_back({name, folder / (std::string(name) + ".mp4"), {}});
    }
    Spectator hall;
    hall.playback->set_playlist(entries);
    REQUIRE(hall.watch([&] { return hall.seen.size() >= 40; }));
    for (std::size_t i = 0; i < hall.seen.size(); ++i) CHECK(hall.seen[i].number == 50 + int(i % 10));
    const auto failures = hall.failures();
    for (const auto& [entry, message] : failures) {
        INFO(entry << ": " << message);
        CHECK(message.find(entry + ".mp4") != std::string::npos);
    }
    CHECK(failures.size() == 7);
    CHECK(failures.count("good") == 0);
    CHECK(hall.reports() == 7);
    CHECK(hall.playback->statistics().failed_items == 7);
    CHECK_FALSE(hall.was_black);
}

TEST_CASE("a list of which nothing plays is tried again, until something does") {
    const TempFolder folder;
    Spectator hall({.wake = {}, .failed = {}, .patience = patience, .retry = std::chrono::milliseconds(20)});
    hall.playback->set_playlist({{"a", folder / "a.mp4", {}}, {"b", folder / "b.mp4", {}}});
    REQUIRE(hall.wait_for_failures(2));
    CHECK(hall.playback->picture_at(std::chrono::steady_clock::now()) == nullptr);
    make_clip(folder / "aside.mp4", {.first_number = 9, .pictures = 5});
    std::filesystem::rename(folder / "aside.mp4", folder / "b.mp4");
    REQUIRE(hall.watch([&] { return !hall.seen.empty(); }));
    CHECK(hall.seen[0].number == 9);
    CHECK(hall.reports() == 2);
}

TEST_CASE("a file without a picture in the time it has is given up") {
    const TempFolder folder;
    make_clip(folder / "film.mp4", {});
    const auto summary = decoder::probe(folder / "film.mp4", std::chrono::milliseconds(-1));
    REQUIRE_FALSE(summary.has_value());
}

TEST_CASE("a film with damage in its middle plays on to its end") {
    const TempFolder folder;
    make_clip(folder / "film.mp4",
              {.pictures = 75, .video = "-c:v libx264 -g 15 -pix_fmt yuv420p -movflags +faststart"});
    const auto size = std::filesystem::file_size(folder / "film.mp4");
    {
        std::fstream file(folder / "film.mp4", std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(std::streamoff(size * 2 / 5));
        file << std::string(size / 10, '\x5a');
    }
    Spectator hall;
    hall.playback->set_playlist({{"film", folder / "film.mp4", {}}});
    REQUIRE(hall.watch([&] { return hall.sink.clock() >= 7 * 48'000; }, 480));
    CHECK(hall.failures().empty());
    // The clock waited for the decoder, so: the second time round begins where the first would have ended without
    // damage.
    std::vector<Samples> begins;
    for (std::size_t i = 0; i < hall.seen.size(); ++i) {
        if (hall.seen[i].number == 0 && (i == 0 || hall.seen[i - 1].number > 5)) begins.push_back(hall.seen[i].at);
    }
    REQUIRE(begins.size() >= 2);
    CHECK(double(begins[1]) == Approx(3 * 48'000).margin(481));
}

TEST_CASE("a film cannot make us open other files") {
    const TempFolder folder;
    make_clip(folder / "secret.ts", {.video = "-c:v mpeg2video", .sound = ""});
    const std::string secret = (folder / "secret.ts").string();
    write(folder / "playlist.mp4",
          "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXTINF:1.0,\n" + secret + "\n#EXT-X-ENDLIST\n");
    write(folder / "concat.mp4", "ffconcat version 1.0\nfile '" + secret + "'\n");
    REQUIRE(decoder::probe(folder / "secret.ts", patience).has_value());
    for (const char* name : {"playlist.mp4", "concat.mp4"}) {
        INFO(name);
        CHECK_FALSE(decoder::probe(folder / name, patience).has_value());
    }
}

}  // namespace hallcast::media::failure_test
