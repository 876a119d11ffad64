#include "player/media/decoder_host.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "player/media/clip_file.h"
#include "player/media/descriptor_message.h"
#include "player/media/worker_clip.h"
#include "protocol/base/stream_address.h"

namespace hallcast::media {
namespace {

constexpr int control_number = 3;  // of the host's end, in the host
// Until a stream's first picture: its receiver gives up after 5 s without a connection, but pictures begin at a
// keyframe, of which some senders give one in ten seconds.
constexpr std::chrono::seconds stream_patience{12};
constexpr int stream_pipe_bytes = 16 << 10;  // what waits in it is delay: the receiver's queue is the place for that

struct SpawnActions {
    posix_spawn_file_actions_t actions;
    SpawnActions() { posix_spawn_file_actions_init(&actions); }
    ~SpawnActions() { posix_spawn_file_actions_destroy(&actions); }
    SpawnActions(const SpawnActions&) = delete;
    SpawnActions& operator=(const SpawnActions&) = delete;
};

}  // namespace

std::filesystem::path find_decoder_program() {
    if (const char* named = std::getenv("HALLCAST_DECODER")) return named;
    std::error_code error;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
    const auto beside = self.parent_path() / "hallcast-decoder";
    if (std::filesystem::exists(beside, error)) return beside;
    return self.parent_path().parent_path() / "libexec" / "hallcast" / "hallcast-decoder";
}

DecoderHost::~DecoderHost() {
    control_.close();  // it ends when it sees that, and its workers with it
    if (process_ > 0) ::waitpid(process_, nullptr, 0);
}

Expected<void> DecoderHost::start() {
    control_.close();
    if (process_ > 0) {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
        process_ = -1;
    }
    const auto program = options_.program.empty() ? find_decoder_program() : options_.program;
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return fail("no films can be decoded: no socket: {}", std::strerror(errno));
    Descriptor ours(ends[0]), theirs(ends[1]);
    SpawnActions spawn;
    // Where the two numbers are the same, a plain dup2 would leave the descriptor to be closed.
    if (theirs.get() == control_number) ::fcntl(theirs.get(), F_SETFD, 0);
    posix_spawn_file_actions_adddup2(&spawn.actions, theirs.get(), control_number);
    std::string name = program.string(), number = std::to_string(control_number);
    std::string level(spdlog::level::to_string_view(spdlog::get_level()).data());
    std::array<char*, 4> arguments{name.data(), number.data(), level.data(), nullptr};
    pid_t process = -1;
    const int error = ::posix_spawn(&process, name.c_str(), &spawn.actions, nullptr, arguments.data(), environ);
    if (error != 0)
        return fail("no films can be decoded: {} cannot be started: {}; is hallcast installed whole?", name,
                    std::strerror(error));
    process_ = process;
    control_ = std::move(ours);
    return {};
}

Expected<Descriptor> DecoderHost::new_worker() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return fail("no socket for a decoder: {}", std::strerror(errno));
    Descriptor ours(ends[0]);
    const Descriptor theirs(ends[1]);
    if (auto ordered = order({&worker::order_worker, 1}, theirs.get()); !ordered)
        return std::unexpected(ordered.error());
    return ours;
}

Expected<void> DecoderHost::order(std::string_view order, int given) {
    const std::scoped_lock lock(mutex_);
    if (control_ && send_message(control_.get(), order, {&given, 1})) return {};
    if (process_ > 0) spdlog::warn("the decoder's host is gone; it is started again");
    if (auto started = start(); !started) return std::unexpected(started.error());
    if (!send_message(control_.get(), order, {&given, 1}))
        return fail("the decoder does not take orders: {}", std::strerror(errno));
    return {};
}

Expected<Descriptor> DecoderHost::new_receiver(const std::string& address) {
    if (auto scheme = scheme_of_stream(address); !scheme)
        return fail("{}: {}", name_of_source(address), scheme.error().message);
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail("no pipe for a stream: {}", std::strerror(errno));
    Descriptor ours(ends[0]);
    const Descriptor theirs(ends[1]);
    ::fcntl(ours.get(), F_SETFL, O_NONBLOCK);
    ::fcntl(ours.get(), F_SETPIPE_SZ, stream_pipe_bytes);
    if (auto ordered = order(worker::order_receiver + address, theirs.get()); !ordered)
        return std::unexpected(ordered.error());
    return ours;
}

Expected<std::unique_ptr<Clip>> DecoderHost::open_stream(const PlaylistEntry& entry, std::chrono::milliseconds patience,
                                                         std::stop_token stop) {
    auto pipe = new_receiver(entry.file.string());
    if (!pipe) return std::unexpected(pipe.error());
    auto worker = new_worker();
    if (!worker) return std::unexpected(worker.error());
    WorkerClipOptions options{.patience = std::max<std::chrono::milliseconds>(patience, stream_patience),
                              .stall = options_.stall,
                              .is_stream = true};
    return WorkerClip::open(std::move(*worker), {std::move(*pipe), 0, name_of_source(entry.file)}, std::move(options),
                            std::move(stop));
}

void DecoderHost::set_caption_languages(std::vector<std::string> languages) {
    const std::scoped_lock lock(mutex_);
    languages_ = std::move(languages);
    captions_.reset();
}

CaptionSources DecoderHost::captions() {
    std::vector<std::string> languages;
    {
        const std::scoped_lock lock(mutex_);
        if (captions_) return *captions_;
        languages = languages_;
    }
    if (languages.empty()) return {};
    auto sources = captions_for_languages(languages);
    const std::scoped_lock lock(mutex_);
    if (languages == languages_) captions_ = sources;
    return sources;
}

void DecoderHost::add_captions(WorkerClipOptions& options, const std::filesystem::path& film) {
    const CaptionSources sources = captions();
    if (sources.languages.empty()) return;
    for (const auto& language : sources.languages)
        options.caption_text += fmt::format("language\t{}\t{}\n", language.tag, language.family);
    // What cannot be opened, or does not fit, is done without.
    const auto add = [&options](const std::filesystem::path& path, const std::string& line) {
        Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
        const bool fits = options.caption_text.size() + line.size() <= worker::most_open_text &&
                          options.caption_descriptors.size() + 2 < most_descriptors;
        if (!file || !fits) return;
        options.caption_descriptors.push_back(std::move(file));
        options.caption_text += line;
    };
    for (const auto& font : sources.fonts) add(font.file, fmt::format("font\t{}\n", font.family));
    for (const auto& file : caption_files_beside(film))
        add(file.file, fmt::format("captions\t{}\t{}\n", file.language, file.file.filename().string()));
}

OpenClip DecoderHost::opener() {
    return [this](const PlaylistEntry& entry, std::chrono::milliseconds patience,
                  std::stop_token stop) -> Expected<std::unique_ptr<Clip>> {
        if (is_stream(entry.file)) return open_stream(entry, patience, std::move(stop));
        auto file = open_clip_file(entry.file);
        if (!file) return std::unexpected(file.error());
        auto worker = new_worker();
        if (!worker) return std::unexpected(worker.error());
        WorkerClipOptions options{.patience = patience, .stall = options_.stall, .page_time = entry.duration};
        add_captions(options, entry.file);
        return WorkerClip::open(std::move(*worker), std::move(*file), std::move(options), std::move(stop));
    };
}

}  // namespace hallcast::media
