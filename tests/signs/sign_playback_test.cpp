// Calls signed one after another: of drawn clips, on a clock that waits for their decoders.
#include "player/signs/sign_playback.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>

#include "tests/catch.h"
#include "tests/media/clips.h"
#include "tests/media/drawn_clip.h"

namespace hallcast::signs::sign_playback_test {

using media::test::DrawnClip;
using media::test::DrawnRecipe;
using Moment = SignPlayback::Moment;
using namespace std::chrono_literals;

// A screen: it shows what is to be shown, until nothing is.
class Hall {
  public:
    void has(const std::string& name, DrawnRecipe recipe) { recipes_[name] = std::move(recipe); }

    struct Seen {
        int number = 0;  // -1: nothing is signed
        std::chrono::milliseconds at{0};
    };
    // Looks on until nothing is signed any more, or until that picture.
    std::vector<Seen> watch(int until = -2) {
        std::vector<Seen> seen;
        for (;;) {
            const auto picture = playback.picture_at(now);
            const int number = picture ? media::test::number_on(*picture) : -1;
            if (seen.empty() || seen.back().number != number)
                seen.push_back({number, std::chrono::duration_cast<std::chrono::milliseconds>(now - begin)});
            if (number == until || playback.idle()) return seen;
            const Moment next = playback.next_change();
            if (next < now + SignPlayback::look_again)
                now = std::max(now, next);
            else if (!wait())  // its decoder has not come so far yet
                FAIL("nothing comes any more, after picture " << number);
        }
    }

    const Moment begin = std::chrono::steady_clock::now();
    Moment now = begin;

  private:
    Expected<std::unique_ptr<media::Clip>> open(const media::PlaylistEntry& entry, std::stop_token stop) {
        const auto recipe = recipes_.find(entry.id);
        if (recipe == recipes_.end()) return fail("{}: is no film", entry.id);
        return std::make_unique<DrawnClip>(recipe->second, std::move(stop));
    }
    // Until it is to be looked at again, of which its decoder tells.
    bool wait() {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, media::test::patience, [&] { return playback.next_change() <= now; });
    }

    std::map<std::string, DrawnRecipe> recipes_;
    std::mutex mutex_;
    std::condition_variable changed_;

  public:
    SignPlayback playback{[this](const auto& entry, auto, auto stop) { return open(entry, std::move(stop)); },
                          [this] {
                              const std::scoped_lock lock(mutex_);
                              changed_.notify_all();
                          }};
};

std::vector<int> numbers(const std::vector<Hall::Seen>& seen) {
    std::vector<int> numbers;
    for (const Hall::Seen& one : seen) numbers.push_back(one.number);
    return numbers;
}

void append(std::vector<int>& numbers, int first, int count) {
    for (const int number : media::test::range(first, count)) numbers.push_back(number);
}

TEST_CASE("the clips of a call are shown one after another, each whole and once, and then those of the next call") {
    Hall hall;
    hall.has("call", {.first_number = 0, .pictures = 10});
    hall.has("letter-A", {.first_number = 50, .pictures = 12, .length_known = false});
    // With sound of more than a decoder keeps: nobody takes it, and it is no reason to stop.
    hall.has("number-12", {.first_number = 100, .pictures = 100, .tone_hz = 440});
    hall.has("counter-3", {.first_number = 250, .pictures = 5, .fps = 10});
    CHECK(numbers(hall.watch()) == std::vector<int>{-1});
    hall.playback.add({"call", "letter-A", "number-12", "counter-3"}, hall.now + 60s);
    hall.playback.add({"call", "counter-3"}, hall.now + 60s);
    const auto seen = hall.watch();
    std::vector<int> expected;
    for (const auto& [first, count] : {std::pair{0, 10}, {50, 12}, {100, 100}, {250, 5}})
        append(expected, first, count);
    const std::size_t one_call = expected.size();
    std::vector<int> both{};
    if (!seen.empty() && seen.front().number == -1) both.push_back(-1);  // while the first is opened
    both.insert(both.end(), expected.begin(), expected.end());
    std::vector<int> rest = both;
    rest.push_back(-1);
    append(rest, 0, 10);
    append(rest, 250, 5);
    rest.push_back(-1);
    // Between two calls nothing is shown only as long as the first clip of the next is being opened.
    std::vector<int> without_pause = rest;
    without_pause.erase(without_pause.begin() + std::ptrdiff_t(both.size()));
    const auto heard = numbers(seen);
    CHECK((heard == rest || heard == without_pause));
    // Each picture at its moment, also over the joins: 40 ms, and 100 ms for those of the last clip.
    const std::size_t first = both.size() - one_call;
    for (std::size_t i = 1; i < one_call; ++i) {
        INFO("picture " << seen[first + i].number);
        const auto step = seen[first + i].at - seen[first + i - 1].at;
        const bool slow = seen[first + i - 1].number >= 250;
        CHECK(step >= (slow ? 99ms : 39ms));
        CHECK(step <= (slow ? 101ms : 41ms));
    }
}

TEST_CASE("a call that expired before its turn is left out; one that has begun is signed to its end") {
    Hall hall;
    hall.has("long", {.first_number = 0, .pictures = 50});
    hall.has("late", {.first_number = 100, .pictures = 5});
    hall.has("last", {.first_number = 200, .pictures = 5});
    hall.playback.add({"long"}, hall.now + 1s);
    hall.playback.add({"late"}, hall.now + 1500ms);
    hall.playback.add({"last"}, hall.now + 60s);
    hall.playback.add({}, hall.now + 60s);
    auto seen = numbers(hall.watch());
    std::erase(seen, -1);
    std::vector<int> expected;
    append(expected, 0, 50);
    append(expected, 200, 5);
    CHECK(seen == expected);
}

TEST_CASE("a clip that cannot be played ends its call, not the next") {
    Hall hall;
    hall.has("good", {.first_number = 0, .pictures = 5});
    hall.has("bad", {.first_number = 100, .pictures = 20, .fault_after = 8});
    hall.playback.add({"good", "no such clip", "good"}, hall.now + 60s);
    hall.playback.add({"good", "bad", "good"}, hall.now + 60s);
    hall.playback.add({"good"}, hall.now + 60s);
    auto seen = numbers(hall.watch());
    std::erase(seen, -1);
    const std::vector<int> whole = media::test::range(0, 5);
    INFO(fmt::format("{}", fmt::join(seen, " ")));
    CHECK(std::ranges::count(seen, 4) == 3);
    CHECK(std::ranges::count(seen, 0) == 3);
    CHECK(std::ranges::none_of(seen, [](int number) { return number >= 108; }));
    CHECK(std::equal(whole.rbegin(), whole.rend(), seen.rbegin()));
}

TEST_CASE("it ends while a clip is shown that gives nothing more") {
    Hall hall;
    hall.has("hangs", {.pictures = 50, .hang_after = 10, .gate = std::make_shared<media::test::Gate>()});
    hall.playback.add({"hangs", "hangs"}, hall.now + 60s);
    CHECK(hall.watch(9).back().number == 9);
}

}  // namespace hallcast::signs::sign_playback_test
