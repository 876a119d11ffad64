// The worker process beside decoding in this one, and what becomes of the player when it fails.
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <cstring>
#include <fstream>
#include <random>
#include <thread>

#include "player/decoder/open_clip.h"
#include "player/media/decoder_host.h"
#include "player/media/descriptor_message.h"
#include "player/media/worker_clip.h"
#include "player/media/worker_wire.h"
#include "tests/catch.h"
#include "tests/media/clips.h"

namespace hallcast::decoder::worker_test {

using namespace media::test;
using media::Clip;
using media::DecoderHost;
namespace wire = media::worker;

std::unique_ptr<Clip> open(const media::OpenClip& opener, const std::filesystem::path& file) {
    auto clip = opener({file.filename(), file, {}}, patience, {});
    INFO((clip ? "" : clip.error().message));
    REQUIRE(clip.has_value());
    return std::move(*clip);
}

std::vector<std::uint8_t> bytes_of(const picture::VideoFrame& frame) {
    std::vector<std::uint8_t> bytes;
    for (std::size_t i = 0; i < 3; ++i) {
        if (frame.planes[i] == nullptr) continue;
        const auto shape = plane_shape(frame.format, i, std::uint64_t(frame.width), std::uint64_t(frame.height));
        for (std::uint64_t y = 0; y < shape.rows; ++y) {
            const auto* at = frame.planes[i] + std::ptrdiff_t(y) * frame.strides[i];
            bytes.insert(bytes.end(), at, at + shape.bytes);
        }
    }
    return bytes;
}

// The processes whose parent is `parent`.
std::vector<pid_t> children_of(pid_t parent) {
    std::vector<pid_t> found;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        std::ifstream stat(entry.path() / "stat");
        std::string line;
        if (!std::isdigit(entry.path().filename().string()[0]) || !std::getline(stat, line)) continue;
        char state = 0;
        pid_t of = 0;
        if (std::sscanf(line.c_str() + line.rfind(')') + 1, " %c %d", &state, &of) == 2 && of == parent && state != 'Z')
            found.push_back(std::atoi(entry.path().filename().c_str()));
    }
    return found;
}

pid_t host_process() {
    const auto hosts = children_of(::getpid());
    REQUIRE(hosts.size() == 1);
    return hosts[0];
}

TEST_CASE("a worker gives the very pictures and sounds that decoding here gives") {
    const TempFolder folder;
    const char* const name = GENERATE("film.mp4", "ten-bit.mkv", "rgb.mkv", "odd.mp4", "still.png", "mono.webm");
    const std::string file = name;
    if (file == "film.mp4") make_clip(folder / file, {.pictures = 40, .sound = "-c:a aac"});
    if (file == "ten-bit.mkv") make_clip(folder / file, {.video = "-c:v libx264 -pix_fmt yuv420p10le"});
    if (file == "rgb.mkv") make_clip(folder / file, {.video = "-c:v libx264rgb -crf 10 -pix_fmt rgb24"});
    if (file == "odd.mp4")
        ffmpeg("-f lavfi -i testsrc2=s=160x96:d=1 -vf scale=161:121,setsar=2/1 -pix_fmt yuv444p -c:v libx264",
               folder / file);
    if (file == "still.png") make_clip(folder / file, {.pictures = 1, .video = "-frames:v 1", .sound = ""});
    if (file == "mono.webm")
        make_clip(folder / file, {.video = "-c:v libvpx-vp9 -cpu-used 8", .sound = "-c:a libopus"});
    INFO(name);
    DecoderHost host({.program = {}, .stall = patience});
    const auto here = open(decode_in_process(), folder / file);
    const auto there = open(host.opener(), folder / file);
    CHECK(here->has_sound() == there->has_sound());
    there->expect(GENERATE(1U, 3U));
    for (int i = 0;; ++i) {
        const auto a = here->next_picture(), b = there->next_picture();
        INFO("picture " << i);
        REQUIRE(a.has_value() == b.has_value());
        if (!a) break;
        CHECK(a->at == b->at);
        CHECK(a->duration == b->duration);
        CHECK(a->frame->format == b->frame->format);
        CHECK(a->frame->display_width == b->frame->display_width);
        CHECK(a->frame->matrix == b->frame->matrix);
        REQUIRE(bytes_of(*a->frame) == bytes_of(*b->frame));
    }
    if (here->has_sound()) {
        // A worker joins blocks: it is their samples that count, and when they begin.
        const auto all = [](Clip& clip) {
            std::pair<std::chrono::nanoseconds, std::vector<float>> sound;
            while (const auto block = clip.next_sound()) {
                if (sound.second.empty()) sound.first = block->at;
                sound.second.insert(sound.second.end(), block->samples.begin(), block->samples.end());
            }
            return sound;
        };
        const auto a = all(*here), b = all(*there);
        CHECK(a.first == b.first);
        REQUIRE(a.second == b.second);
    }
    CHECK(here->extent() == there->extent());
    CHECK(there->extent_is_final());
    CHECK(here->is_still() == there->is_still());
    CHECK(here->facts().decoder == there->facts().decoder);
    CHECK(here->facts().length == there->facts().length);
    CHECK_FALSE(there->fault().has_value());
}

TEST_CASE("what a worker cannot read is refused with the reason and the file's name") {
    const TempFolder folder;
    std::ofstream(folder / "notes.mp4") << "minutes of a meeting";
    DecoderHost host({});
    const auto clip = host.opener()({"notes", folder / "notes.mp4", {}}, patience, {});
    REQUIRE_FALSE(clip.has_value());
    CHECK(clip.error().message.find("notes.mp4: is no video or picture that can be played") != std::string::npos);
    const auto missing = host.opener()({"gone", folder / "gone.mp4", {}}, patience, {});
    REQUIRE_FALSE(missing.has_value());
    CHECK(missing.error().message.find("gone.mp4: cannot be opened") != std::string::npos);
}

TEST_CASE("a worker that crashes, or is stopped, costs its clip: the pictures stay, the next clip plays") {
    const TempFolder folder;
    make_clip(folder / "film.mp4", {.pictures = 50});
    const int signal = GENERATE(SIGABRT, SIGSYS, SIGSTOP);
    // Long enough for a sanitizer's first picture.
    DecoderHost host({.program = {}, .stall = signal == SIGSTOP ? std::chrono::milliseconds(3000) : patience});
    const auto clip = open(host.opener(), folder / "film.mp4");
    const auto first = clip->next_picture();
    REQUIRE(first.has_value());
    const auto before = bytes_of(*first->frame);
    const auto workers = children_of(host_process());
    REQUIRE(workers.size() == 1);
    ::kill(workers[0], signal);
    std::optional<media::ClipPicture> picture;
    while ((picture = clip->next_picture())) {
    }
    REQUIRE(clip->fault().has_value());
    INFO(clip->fault()->message);
    const std::string expected = signal == SIGABRT  ? "film.mp4: its decoder was stopped by SIGABRT"
                                 : signal == SIGSYS ? "stopped by SIGSYS, since it tried what no decoder has to do"
                                                    : "its decoder gave nothing for 3000 ms";
    CHECK(clip->fault()->message.find(expected) != std::string::npos);
    CHECK_FALSE(clip->next_sound().has_value());
    CHECK(bytes_of(*first->frame) == before);  // its memory outlives its worker
    const auto next = open(host.opener(), folder / "film.mp4");
    CHECK(next->next_picture().has_value());
}

TEST_CASE("a host that is gone is started again") {
    const TempFolder folder;
    make_clip(folder / "film.mp4", {});
    DecoderHost host({.program = {}, .stall = patience});
    const auto clip = open(host.opener(), folder / "film.mp4");
    ::kill(host_process(), SIGKILL);
    // Its workers go with it, a moment later.
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!clip->fault() && std::chrono::steady_clock::now() < until) clip->next_sound();
    REQUIRE(clip->fault().has_value());
    const auto again = open(host.opener(), folder / "film.mp4");
    CHECK(again->next_picture().has_value());
}

TEST_CASE("a decoder program that is not there is said") {
    const TempFolder folder;
    make_clip(folder / "film.mp4", {});
    DecoderHost host({.program = folder / "hallcast-decoder", .stall = patience});
    const auto clip = host.opener()({"film", folder / "film.mp4", {}}, patience, {});
    REQUIRE_FALSE(clip.has_value());
    CHECK(clip.error().message.find("cannot be started: No such file or directory") != std::string::npos);
}

TEST_CASE("a clip that is not wanted any more is let go of at once") {
    const TempFolder folder;
    make_clip(folder / "film.mp4", {.pictures = 50});
    DecoderHost host({.program = {}, .stall = std::chrono::hours(1)});
    std::stop_source stop;
    auto clip = host.opener()({"film", folder / "film.mp4", {}}, patience, stop.get_token());
    REQUIRE(clip.has_value());
    const auto workers = children_of(host_process());
    REQUIRE(workers.size() == 1);
    ::kill(workers[0], SIGSTOP);  // it would never answer
    std::jthread stopper([&] { stop.request_stop(); });
    while ((*clip)->next_picture()) {
    }
    CHECK((*clip)->fault().has_value());
    clip->reset();
    // Killed, though stopped.
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!children_of(host_process()).empty() && std::chrono::steady_clock::now() < until) std::this_thread::yield();
    CHECK(children_of(host_process()).empty());
}

// Of the memory that `process` shares with the player, what is there, in KiB.
std::size_t shared_memory_of(pid_t process) {
    std::ifstream maps("/proc/" + std::to_string(process) + "/smaps");
    std::size_t resident = 0;
    bool pool = false;
    for (std::string line; std::getline(maps, line);) {
        if (line.find("hallcast-pictures") != std::string::npos) pool = true;
        if (pool && line.starts_with("Rss:")) {
            resident += std::stoul(line.substr(4));
            pool = false;
        }
    }
    return resident;
}

TEST_CASE("a large photo's worker keeps what is shown of it, and not what it was made of") {
    const TempFolder folder;
    ffmpeg("-f lavfi -i testsrc2=s=6000x4000 -frames:v 1 -q:v 3 -pix_fmt yuvj420p", folder / "photo.jpg");
    DecoderHost host({.program = {}, .stall = patience});
    const auto clip = open(host.opener(), folder / "photo.jpg");
    const auto photo = clip->next_picture();
    REQUIRE(photo.has_value());
    const auto workers = children_of(host_process());
    REQUIRE(workers.size() == 1);
    if (!std::ifstream("/proc/" + std::to_string(workers[0]) + "/smaps")) {
        WARN("skipped: what a worker keeps cannot be seen here (it lets nobody look; root with CAP_SYS_PTRACE may)");
        return;
    }
    const std::size_t decoding = shared_memory_of(workers[0]);
    const auto before = bytes_of(*photo->frame);
    CHECK_FALSE(clip->next_picture().has_value());
    const std::size_t shown = shared_memory_of(workers[0]);
    INFO(decoding << " KiB, then " << shown);
    CHECK(decoding > 40'000);
    CHECK(shown < 20'000);
    CHECK(bytes_of(*photo->frame) == before);
}

// What a worker that is asked for four pictures gives in one answer, the most of ten.
std::uint32_t most_in_an_answer(const std::filesystem::path& film) {
    DecoderHost host({});
    const auto worker = host.new_worker();
    const auto file = media::open_clip_file(film);
    const Descriptor pool(::memfd_create("pool", MFD_CLOEXEC));
    REQUIRE((worker.has_value() && file.has_value()));
    REQUIRE(::ftruncate(pool.get(), off_t(wire::pool_bytes)) == 0);
    wire::Request request;
    request.argument = std::chrono::milliseconds(patience).count();
    request.file_bytes = file->size;
    const std::array<int, 2> descriptors{file->descriptor.get(), pool.get()};
    REQUIRE(media::send_message(worker->get(), media::message_of(request), descriptors));
    request.kind = wire::Request::Kind::picture;
    request.argument = 4;
    std::uint32_t most = 0;
    for (int answers = 0; answers < 11;) {
        wire::Reply reply;
        std::array<wire::ShownPicture, 4> shown{};
        const long got =
            media::receive_message(worker->get(), media::message_of(reply), media::message_of(shown), nullptr);
        REQUIRE(got >= long(sizeof reply));
        if (reply.kind == wire::Reply::Kind::started) continue;
        if (reply.kind == wire::Reply::Kind::nothing) break;
        INFO(reply.text.data());
        REQUIRE(reply.kind == (answers++ == 0 ? wire::Reply::Kind::done : wire::Reply::Kind::picture));
        most = std::max(most, reply.picture_count);
        request.released_count = reply.picture_count;
        for (std::size_t i = 0; i < reply.picture_count; ++i) request.released[i] = shown[i].picture.number;
        REQUIRE(media::send_message(worker->get(), media::message_of(request)));
    }
    return most;
}

TEST_CASE("pictures come together where that is quick, and one by one where it is slow") {
    const TempFolder folder;
    make_clip(folder / "film.mp4", {.pictures = 50});
    // On a busy machine any one try may be slow.
    std::uint32_t most = 0;
    for (int tries = 0; most <= 1 && tries < 10; ++tries) most = most_in_an_answer(folder / "film.mp4");
    CHECK(most > 1);
    // Each takes longer than pictures wait for one another: the player counts the seconds for each.
    ffmpeg("-f lavfi -i nullsrc=s=4096x2304:d=0.2,format=yuvj420p,noise=alls=100 -c:v mjpeg -q:v 1",
           folder / "slow.avi");
    CHECK(most_in_an_answer(folder / "slow.avi") <= 2);  // the first was there when the clip was opened
}

// A worker that lies: this test is it.
TEST_CASE("whatever a worker answers, the player goes on") {
    const TempFolder folder;
    make_clip(folder / "film.mp4", {});
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    int faults = 0, given = 0;
    for (int round = 0; round < 300; ++round) {
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) == 0);
        Descriptor ours(ends[1]);
        const auto round_seed = random();
        std::jthread liar([&ours, round_seed] {
            std::mt19937 dice(round_seed);
            wire::Request request;
            std::vector<float> sound(wire::most_sound_frames * 2, 0.25F);
            for (int i = 0; i < 40; ++i) {
                if (media::receive_message(ours.get(), media::message_of(request)) <= 0) return;
                wire::Reply reply;
                reply.kind = i == 0                                            ? wire::Reply::Kind::done
                             : request.kind == wire::Request::Kind::picture    ? wire::Reply::Kind::picture
                             : request.kind == wire::Request::Kind::read_ahead ? wire::Reply::Kind::done
                                                                               : wire::Reply::Kind::sound;
                reply.sound_frames = reply.kind == wire::Reply::Kind::sound ? 100 : 0;
                std::array<wire::ShownPicture, 3> shown;
                for (std::size_t p = 0; p < shown.size(); ++p)
                    shown[p].picture = {std::uint32_t(4 * i) + std::uint32_t(p),
                                        0,
                                        0,
                                        0,
                                        0,
                                        64,
                                        32,
                                        64,
                                        32,
                                        0,
                                        0,
                                        1000.0F,
                                        {0, 4096, 8192},
                                        {64, 32, 32}};
                if (reply.kind == wire::Reply::Kind::picture)
                    reply.picture_count =
                        dice() % 50 == 0 ? 3 : std::uint32_t(std::clamp<std::int64_t>(request.argument, 1, 3));
                // Most often one byte of it is another; sometimes its length.
                if (i > 0 && dice() % 4 == 0) {
                    auto* bytes = reinterpret_cast<std::uint8_t*>(&reply);
                    // Where the numbers are, not in the middle of the texts.
                    const std::size_t head = offsetof(wire::Reply, decoder),
                                      tail = offsetof(wire::Reply, picture_count);
                    const std::size_t at = dice() % 2 == 0 ? dice() % head : tail + dice() % (sizeof reply - tail);
                    bytes[at] = std::uint8_t(dice());
                    auto* picture = reinterpret_cast<std::uint8_t*>(&shown[dice() % shown.size()]);
                    picture[dice() % sizeof shown[0]] = std::uint8_t(dice());
                }
                std::vector<char> rest;
                const auto add = [&rest](const void* from, std::size_t size) {
                    const char* bytes = static_cast<const char*>(from);
                    rest.insert(rest.end(), bytes, bytes + size);
                };
                if (reply.kind == wire::Reply::Kind::sound) add(sound.data(), 200 * sizeof(float));
                if (reply.kind == wire::Reply::Kind::picture)
                    add(shown.data(), std::min(reply.picture_count, 3U) * sizeof shown[0]);
                if (dice() % 50 == 0) {
                    rest.clear();
                    add(sound.data(), dice() % sound.size() * sizeof(float));
                }
                media::send_message(ours.get(), media::message_of(reply), rest, {});
            }
            ours.close();
        });
        auto file = media::open_clip_file(folder / "film.mp4");
        REQUIRE(file.has_value());
        auto clip = media::WorkerClip::open(Descriptor(ends[0]), std::move(*file),
                                            {.patience = patience, .stall = patience}, {});
        if (!clip) {
            ++faults;
            continue;
        }
        std::vector<picture::VideoFramePtr> kept;
        unsigned sum = 0;
        (*clip)->expect(round_seed % 3 + 1);
        for (int i = 0; !(*clip)->fault() && i < 100; ++i) {
            if (i % 3 == 0) {
                if (auto picture = (*clip)->next_picture()) {
                    for (const std::uint8_t byte : bytes_of(*picture->frame)) sum += byte;  // all of it can be read
                    kept.push_back(picture->frame);
                    if (kept.size() > 5) kept.erase(kept.begin());
                    ++given;
                }
            } else if (i % 3 == 1) {
                if (auto sound = (*clip)->next_sound())
                    for (const float sample : sound->samples) REQUIRE(std::abs(sample) <= 8.0F);
            } else {
                (*clip)->read_ahead(std::chrono::seconds(i));
                CHECK((*clip)->extent() >= std::chrono::nanoseconds(0));
            }
        }
        CHECK(sum == 0);  // nobody wrote to the memory
        if ((*clip)->fault()) ++faults;
        clip->reset();
    }
    CHECK(faults > 200);
    CHECK(given > 300);
}

}  // namespace hallcast::decoder::worker_test
