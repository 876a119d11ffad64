// What is known of failing hardware outlives the worker that found it out, and no more than that.
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <random>

#include "player/decoder/rung_report.h"
#include "player/decoder/worker_host.h"
#include "player/media/descriptor_message.h"
#include "player/media/worker_clip.h"
#include "tests/catch.h"
#include "tests/decoder/fake_devices.h"
#include "tests/media/clips.h"

namespace hallcast::decoder::rung_memory_test {

using namespace media::test;
using test::FakeDevices;
using test::RungFaults;
using Time = std::chrono::steady_clock::time_point;

TEST_CASE("failures are known for some hours, and so many at most") {
    Time now{};
    RungMemory memory([&now] { return now; });
    const FilmKind film{27, 100, false};
    memory.remember({Rung::vaapi, film, "no surface"});
    CHECK(memory.why_not(Rung::vaapi, film) == "no surface");
    CHECK_FALSE(memory.why_not(Rung::cuda, film).has_value());
    CHECK_FALSE(memory.why_not(Rung::vaapi, {27, 110, false}).has_value());
    // Saying it again and again makes it last no longer.
    now += RungMemory::forgotten_after / 2;
    memory.remember({Rung::vaapi, film, "again"});
    CHECK(memory.why_not(Rung::vaapi, film) == "no surface");
    now += RungMemory::forgotten_after / 2;
    CHECK_FALSE(memory.why_not(Rung::vaapi, film).has_value());
    CHECK(memory.failures().empty());

    for (int i = 0; i < 1000; ++i, now += std::chrono::milliseconds(1))
        memory.remember({Rung::drm, {i, 0, false}, "invented"});
    CHECK(memory.failures().size() == RungMemory::most_failures);
    CHECK(memory.why_not(Rung::drm, {999, 0, false}).has_value());
    CHECK_FALSE(memory.why_not(Rung::drm, {0, 0, false}).has_value());
}

TEST_CASE("a device that is known to be refused is not opened again until that is forgotten") {
    Time now{};
    RungMemory memory([&now] { return now; });
    const auto open = [&memory] {
        auto layer =
            std::make_unique<FakeDevices>(std::array{RungFaults{.refuses_to_open = true}, RungFaults{}, RungFaults{}});
        const FakeDevices& fake = *layer;
        const auto devices = open_devices(std::move(layer), &memory);
        CHECK(devices->refusal(Rung::vaapi) == "no such card");
        CHECK_FALSE(devices->refusal(Rung::drm).has_value());
        return std::array{fake.opened(Rung::vaapi), fake.opened(Rung::drm)};
    };
    CHECK(open() == std::array{1, 1});
    CHECK(open() == std::array{0, 1});
    now += RungMemory::forgotten_after;
    CHECK(open() == std::array{1, 1});
}

TEST_CASE("a worker's reports arrive, so many at most, and make only hardware unavailable") {
    RungMemory memory;
    auto ends = make_rung_reports();
    REQUIRE(ends.has_value());
    RungReports reports(std::move(ends->host));
    reports.take(memory);
    CHECK((reports.listening() && memory.failures().empty()));
    report_rung(ends->worker.get(), {Rung::cuda, {27, 100, true}, "a\nb" + std::string(1000, 'c')});
    reports.take(memory);
    REQUIRE(memory.failures().size() == 1);
    CHECK(memory.failures()[0].film == FilmKind{27, 100, true});
    CHECK(memory.failures()[0].reason.starts_with("a?bccc"));
    CHECK(memory.failures()[0].reason.size() < 200);
    for (int i = 0; i < 100; ++i) report_rung(ends->worker.get(), {Rung::drm, {i, 0, false}, ""});
    reports.take(memory);
    CHECK_FALSE(reports.listening());
    CHECK(memory.failures().size() == std::size_t(RungReports::most_reports));

    auto others = make_rung_reports();
    REQUIRE(others.has_value());
    RungReports liar(std::move(others->host));
    const auto before = memory.failures().size();
    report_rung(others->worker.get(), {Rung::software, {27, 100, false}, "software cannot"});
    report_rung(others->worker.get(), {Rung::vaapi, {1, 1, false}, "too late"});
    liar.take(memory);
    CHECK_FALSE(liar.listening());
    CHECK(memory.failures().size() == before);
}

TEST_CASE("whatever a worker reports, the host goes on") {
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    RungMemory memory;
    for (int round = 0; round < 1000; ++round) {
        auto ends = make_rung_reports();
        REQUIRE(ends.has_value());
        RungReports reports(std::move(ends->host));
        for (int i = 0; i < 5; ++i) {
            std::vector<char> bytes(random() % 4 == 0 ? random() % 400 + 1 : 176);
            for (char& byte : bytes) byte = random() % 3 == 0 ? char(random()) : '\0';
            media::send_message(ends->worker.get(), bytes);
        }
        if (random() % 2 == 0) ends->worker.close();
        reports.take(memory);
    }
    CHECK(memory.failures().size() <= RungMemory::most_failures);
    for (const RungFailure& failure : memory.failures()) {
        CHECK(failure.rung != Rung::software);
        CHECK(failure.reason.size() < 176);
    }
}

// What a layer was asked for, seen from all processes.
struct Counts {
    std::array<std::atomic<int>, 3> opened, configured;
};

class CountedDevices final : public DeviceLayer {
  public:
    CountedDevices(std::unique_ptr<DeviceLayer> layer, Counts& counts) : layer_(std::move(layer)), counts_(counts) {}
    Expected<void> open(Rung rung) override {
        ++counts_.opened.at(std::size_t(rung));
        return layer_->open(rung);
    }
    Expected<const AVCodec*> decoder(Rung rung, AVCodecID codec) override { return layer_->decoder(rung, codec); }
    Expected<void> configure(Rung rung, AVCodecContext& codec) override {
        ++counts_.configured.at(std::size_t(rung));
        return layer_->configure(rung, codec);
    }
    Expected<Frame> map(Rung rung, Frame frame) override { return layer_->map(rung, std::move(frame)); }

  private:
    const std::unique_ptr<DeviceLayer> layer_;
    Counts& counts_;
};

// A host as hallcast-decoder is one, in a process of its own, with hardware that is none.
class FakeHost {
  public:
    explicit FakeHost(std::array<RungFaults, 3> faults) {
        void* shared = ::mmap(nullptr, sizeof(Counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        REQUIRE(shared != MAP_FAILED);
        counts_ = new (shared) Counts;
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) == 0);
        control_ = Descriptor(ends[0]);
        Descriptor theirs(ends[1]);
        process_ = ::fork();
        REQUIRE(process_ >= 0);
        if (process_ == 0) {
            control_.close();
            const auto make = [&]() -> std::unique_ptr<DeviceLayer> {
                return std::make_unique<CountedDevices>(std::make_unique<FakeDevices>(faults), *counts_);
            };
            ::_exit(serve_workers(std::move(theirs), {make, std::make_shared<RungMemory>()}, receive_stream));
        }
    }
    ~FakeHost() {
        control_.close();
        ::waitpid(process_, nullptr, 0);
        ::munmap(counts_, sizeof(Counts));
    }
    FakeHost(const FakeHost&) = delete;
    FakeHost& operator=(const FakeHost&) = delete;

    std::unique_ptr<media::Clip> open(const std::filesystem::path& film) {
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) == 0);
        Descriptor ours(ends[0]);
        const Descriptor theirs(ends[1]);
        const char order = 'w';
        const int given = theirs.get();
        REQUIRE(media::send_message(control_.get(), {&order, 1}, {&given, 1}));
        auto file = media::open_clip_file(film);
        REQUIRE(file.has_value());
        auto clip =
            media::WorkerClip::open(std::move(ours), std::move(*file), {.patience = patience, .stall = patience}, {});
        INFO((clip ? "" : clip.error().message));
        REQUIRE(clip.has_value());
        return std::move(*clip);
    }
    const Counts& counts() const { return *counts_; }

  private:
    Counts* counts_ = nullptr;
    Descriptor control_;
    pid_t process_ = -1;
};

TEST_CASE("what one clip found out about the hardware, the next one's worker knows") {
    const TempFolder folder;
    make_clip(folder / "film.mp4", {.pictures = 40, .sound = ""});
    FakeHost host({RungFaults{.refuses_to_open = true}, {.maps_until_failure = 0}, {}});
    for (int clip = 1; clip <= 3; ++clip) {
        const auto film = host.open(folder / "film.mp4");
        int pictures = 0;
        while (film->next_picture()) ++pictures;
        CHECK(pictures == 40);
        CHECK(film->facts().decoder == "cuda h264");
        CHECK(film->facts().why_not_better == "vaapi: no such card; drm: picture 1 cannot be read");
        CHECK(host.counts().opened[0] == 1);
        CHECK(host.counts().configured[1] == 1);
        CHECK(host.counts().configured[2] == clip);
    }
}

}  // namespace hallcast::decoder::rung_memory_test
