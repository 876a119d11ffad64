// Live streams as playback sees them: what comes when it comes, runs dry, is lost and is there again. And their
// addresses.
#include <atomic>

#include "player/media/clip.h"
#include "player/media/playback.h"
#include "protocol/base/stream_address.h"
#include "tests/catch.h"
#include "tests/media/clips.h"
#include "tests/media/drawn_clip.h"

namespace hallcast::media::stream_test {

using namespace test;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// So much of a drawn clip was sent until now.
struct Sender {
    std::atomic<int> sent = 0;
    std::atomic<bool> lost = false;
};

class LiveDrawing final : public Clip {
  public:
    LiveDrawing(DrawnRecipe recipe, std::shared_ptr<Sender> sender, std::stop_token stop)
        : drawn_(std::move(recipe), std::move(stop)), sender_(std::move(sender)) {}

    std::optional<ClipPicture> next_picture() override {
        is_lost_ = sender_->lost;
        waits_ = given_ >= sender_->sent;
        if (waits_) return std::nullopt;
        ++given_;
        return drawn_.next_picture();
    }
    bool has_sound() const override { return false; }
    std::optional<ClipSound> next_sound() override { return std::nullopt; }
    bool read_ahead(nanoseconds time) override {
        is_lost_ = sender_->lost;
        waits_ = extent() < time && !is_lost_;
        return true;
    }
    nanoseconds extent() const override { return nanoseconds(milliseconds(40)) * sender_->sent.load(); }
    bool extent_is_final() const override { return is_lost_; }
    bool is_still() const override { return false; }
    bool is_live() const override { return true; }
    bool waits() const override { return waits_ && !is_lost_; }
    void hurry(bool) override {}
    ClipFacts facts() const override { return drawn_.facts(); }
    std::optional<Error> fault() const override {
        if (!is_lost_ || given_ < sender_->sent) return std::nullopt;
        return Error{"its sender is away"};
    }

  private:
    DrawnClip drawn_;
    const std::shared_ptr<Sender> sender_;
    int given_ = 0;
    bool waits_ = false;
    bool is_lost_ = false;
};

const std::string address = "rtsp://hall/live";

// Of each opening the next sender; where there is none, nobody answers. The rest are films of 50 pictures from 300 on.
struct Network {
    std::vector<std::shared_ptr<Sender>> senders;
    std::atomic<std::size_t> opened = 0;

    OpenClip open() {
        return
            [this](const PlaylistEntry& entry, milliseconds, std::stop_token stop) -> Expected<std::unique_ptr<Clip>> {
                if (!is_stream(entry.file))
                    return std::make_unique<DrawnClip>(DrawnRecipe{.first_number = 300}, std::move(stop));
                const std::size_t number = opened++;
                const auto sender = number < senders.size() ? senders[number] : nullptr;
                if (!sender) return fail("nobody answers");
                return std::make_unique<LiveDrawing>(DrawnRecipe{.first_number = int(number) * 100, .pictures = 500},
                                                     sender, std::move(stop));
            };
    }
};

std::shared_ptr<Sender> sender(int sent, bool lost = false) {
    auto made = std::make_shared<Sender>();
    made->sent = sent;
    made->lost = lost;
    return made;
}

std::vector<int> together(std::vector<int> first, const std::vector<int>& then) {
    first.insert(first.end(), then.begin(), then.end());
    return first;
}

TEST_CASE("a stream that runs dry holds its last picture and goes on with the next, as if no time had passed") {
    Network network{{sender(50)}};
    Spectator hall({.wake = {}, .failed = {}, .patience = patience}, network.open());
    hall.playback->set_playlist({{address, address}});
    REQUIRE(hall.watch([&] { return hall.seen.size() >= 50; }));
    network.senders[0]->sent = 120;
    REQUIRE(hall.watch([&] { return hall.seen.size() >= 115; }));
    CHECK(hall.numbers() == range(0, int(hall.seen.size())));
    CHECK(hall.seen[50].at - hall.seen[49].at <= samples_per_second / 10);
    CHECK(hall.reports() == 0);
    CHECK_FALSE(hall.was_black);
}

TEST_CASE("a stream alone in the list is connected to again when it is lost, with its last picture until then") {
    Network network{{sender(60, true), nullptr, sender(200)}};
    Spectator hall({.wake = {}, .failed = {}, .patience = patience}, network.open());
    hall.playback->set_playlist({{address, address}});
    REQUIRE(hall.watch([&] { return hall.seen.size() >= 110; }));
    CHECK(hall.numbers() == together(range(0, 60), range(200, int(hall.seen.size()) - 60)));
    CHECK(hall.seen[60].at - hall.seen[59].at <= samples_per_second / 10);
    CHECK_FALSE(hall.was_black);
    CHECK(hall.reports() == 2);  // that it was lost, and that nobody answered: each once
    const auto items = hall.playback->statistics().items;
    REQUIRE(items.size() == 1);
    CHECK(items[0].reconnects == 1);
    CHECK(items[0].faults == 2);
}

TEST_CASE("a stream that cannot be reached is passed over, and has its turn when it can") {
    Network network{{nullptr, nullptr, sender(500)}};
    Spectator hall({.wake = {}, .failed = {}, .patience = patience}, network.open());
    hall.playback->set_playlist({{address, address, milliseconds(2000)}, {"film", "film"}});
    // Its pauses are of real time, which need not have passed when its turn comes.
    REQUIRE(hall.watch([&] { return network.opened >= 3 && hall.seen.back().number == 249; }));
    REQUIRE(hall.watch([&] { return hall.seen.back().number >= 310; }));
    CHECK(hall.reports() == 1);
    // Once there it plays as long as the list says.
    const auto numbers = hall.numbers();
    const auto begin = std::ranges::find(numbers, 200);
    REQUIRE(begin != numbers.end());
    CHECK(std::vector<int>(begin, begin + 60) == together(range(200, 50), range(300, 10)));
    CHECK(hall.playback->statistics().items.front().reconnects == 1);
}

TEST_CASE("addresses of streams are known by their schemes, and named without what is secret") {
    for (const char* stream :
         {"http://a/b.m3u8", "HTTPS://a", "rtsp://a", "udp://@239.0.0.1:5000", "rtp://[::1]:6000"}) {
        CAPTURE(stream);
        CHECK(is_stream(stream));
        CHECK(scheme_of_stream(stream).has_value());
    }
    for (const char* file :
         {"film.mp4", "/var/http", "file:///etc/passwd", "data:video/mp4;base64,xx", "concat:a|b", "://a"}) {
        CAPTURE(file);
        CHECK_FALSE(is_stream(file));
        CHECK_FALSE(scheme_of_stream(file).has_value());
        CHECK(name_of_source(file) == file);
    }
    for (const std::string& wrong :
         {std::string("http://"), std::string("rtsp:///live"), std::string("rtsp://user:secret@"),
          std::string("http://a/b c"), std::string("http://a/\r\nX: y"), "http://a/" + std::string(3000, 'x')}) {
        CHECK_FALSE(scheme_of_stream(wrong).has_value());
    }
    CHECK(*scheme_of_stream("RTSP://a") == "rtsp");
    CHECK(name_of_source("rtsp://user:secret@camera/live") == "rtsp://camera/live");
    CHECK(name_of_source("rtsp://user:s@cret@camera/live") == "rtsp://camera/live");
    CHECK(name_of_source("https://tv/live.m3u8?token=secret#x") == "https://tv/live.m3u8?...");
    CHECK(name_of_source("https://user:secret@tv") == "https://tv");
    CHECK(name_of_source("http://tv/@home") == "http://tv/@home");
    CHECK(name_of_source("udp://@239.0.0.1:5000") == "udp://@239.0.0.1:5000");
}

}  // namespace hallcast::media::stream_test
