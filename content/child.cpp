#include "content/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstring>

#include "protocol/base/descriptor.h"

namespace hallcast::content {
namespace {

constexpr std::size_t most_output = 4u << 20;
constexpr std::size_t errors_kept = 64u << 10;

struct Pipe {
    Descriptor read, write;
};

Expected<Pipe> make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return fail("no pipe could be made: {}", std::strerror(errno));
    return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

// A file without a name, so that nothing has to be written while the child runs and may not read.
Expected<Descriptor> input_of(std::string_view text) {
    Descriptor file(text.empty() ? ::open("/dev/null", O_RDONLY | O_CLOEXEC) : ::memfd_create("input", MFD_CLOEXEC));
    if (!file) return fail("no input could be made: {}", std::strerror(errno));
    while (!text.empty()) {
        const ssize_t written = ::write(file.get(), text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return fail("no input could be made: {}", std::strerror(errno));
        text.remove_prefix(std::size_t(written));
        if (text.empty()) ::lseek(file.get(), 0, SEEK_SET);
    }
    return file;
}

// What a child reads while it runs. A socket, since writing to a pipe that nobody reads any more raises a signal.
class Feed {
  public:
    // The child's end; nothing comes where `next` is empty.
    Expected<Descriptor> open(std::function<std::optional<std::string>()> next) {
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
            return fail("no socket could be made: {}", std::strerror(errno));
        ours_ = Descriptor(ends[0]);
        next_ = std::move(next);
        return Descriptor(ends[1]);
    }
    int descriptor() const { return ours_.get(); }  // -1: there is no more to write
    // Writes as much as the child has room for.
    void write() {
        if (written_ == piece_.size()) {
            auto piece = next_();
            if (!piece) return ours_.close();
            piece_ = std::move(*piece);
            written_ = 0;
        }
        const ssize_t wrote =
            ::send(ours_.get(), piece_.data() + written_, piece_.size() - written_, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (wrote >= 0)
            written_ += std::size_t(wrote);
        else if (errno != EINTR && errno != EAGAIN)
            ours_.close();  // the child does not read any more
    }

  private:
    Descriptor ours_;
    std::function<std::optional<std::string>()> next_;
    std::string piece_;
    std::size_t written_ = 0;
};

class SpawnSetup {
  public:
    SpawnSetup() {
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawnattr_init(&attributes);
    }
    ~SpawnSetup() {
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
    }
    SpawnSetup(const SpawnSetup&) = delete;
    SpawnSetup& operator=(const SpawnSetup&) = delete;

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
};

Expected<pid_t> start(const std::vector<std::string>& arguments, const Descriptor& in, const Descriptor& out,
                      const Descriptor& err) {
    SpawnSetup setup;
    ::posix_spawn_file_actions_adddup2(&setup.actions, in.get(), 0);
    ::posix_spawn_file_actions_adddup2(&setup.actions, out.get(), 1);
    ::posix_spawn_file_actions_adddup2(&setup.actions, err.get(), 2);
    ::posix_spawn_file_actions_addclosefrom_np(&setup.actions, 3);
    sigset_t none, defaults;
    ::sigemptyset(&none);
    ::sigfillset(&defaults);
    ::posix_spawnattr_setsigmask(&setup.attributes, &none);
    ::posix_spawnattr_setsigdefault(&setup.attributes, &defaults);
    ::posix_spawnattr_setflags(&setup.attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

    std::vector<std::string> copies = arguments;
    std::vector<char*> argv;
    for (std::string& argument : copies) argv.push_back(argument.data());
    argv.push_back(nullptr);
    // The arenas are limited because each counts with 64 MiB against the limit of address space.
    std::string environment[] = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "HOME=/nonexistent", "MALLOC_ARENA_MAX=4"};
    std::vector<char*> envp;
    for (std::string& variable : environment) envp.push_back(variable.data());
    envp.push_back(nullptr);

    pid_t pid = 0;
    const int failed = ::posix_spawn(&pid, argv[0], &setup.actions, &setup.attributes, argv.data(), envp.data());
    if (failed != 0) return fail("{} could not be started: {}", arguments[0], std::strerror(failed));
    return pid;
}

// A started child, which never outlives its owner, whatever is thrown or returned meanwhile.
class Started {
  public:
    explicit Started(pid_t pid) : pid_(pid) {}
    ~Started() {
        if (pid_ <= 0) return;
        kill();
        wait();
    }
    Started(const Started&) = delete;
    Started& operator=(const Started&) = delete;

    // The whole session: what it started goes with it.
    void kill() const { ::kill(-pid_, SIGKILL); }
    int wait() {
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        pid_ = 0;
        return status;
    }

  private:
    pid_t pid_;
};

// Takes a stream apart into lines; one without an end is cut at 64 KiB.
class Lines {
  public:
    template <typename Take>
    void add(std::string_view bytes, const Take& take) {
        rest_ += bytes;
        std::size_t begin = 0;
        for (std::size_t end; (end = rest_.find('\n', begin)) != std::string::npos; begin = end + 1)
            take(std::string_view(rest_).substr(begin, end - begin));
        rest_.erase(0, begin);
        if (rest_.size() > errors_kept) rest_.clear();
    }

  private:
    std::string rest_;
};

// Reads what is there; false at the end of the stream.
bool drain(Descriptor& from, const std::function<void(std::string_view)>& take) {
    char block[16384];
    const ssize_t got = ::read(from.get(), block, sizeof block);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return true;
    if (got <= 0) {
        from.close();
        return false;
    }
    take({block, std::size_t(got)});
    return true;
}

}  // namespace

Expected<ChildResult> run_child(const std::vector<std::string>& arguments, const ChildOptions& options,
                                std::stop_token stop) {
    HALLCAST_ASSERT(!arguments.empty() && arguments[0].starts_with('/'));
    auto out = make_pipe();
    if (!out) return std::unexpected(out.error());
    auto err = make_pipe();
    if (!err) return std::unexpected(err.error());
    const Descriptor stop_event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!stop_event) return fail("no event could be made: {}", std::strerror(errno));
    Feed feed;
    auto in = options.next_input ? feed.open(options.next_input) : input_of(options.input);
    if (!in) return std::unexpected(in.error());
    const auto pid = start(arguments, *in, out->write, err->write);
    if (!pid) return std::unexpected(pid.error());
    Started child(*pid);
    in->close();
    out->write.close();
    err->write.close();
    const std::stop_callback wake(stop, [&] { ::eventfd_write(stop_event.get(), 1); });

    ChildResult result;
    bool killed = false;
    const auto kill_as = [&](ChildResult::End end) {
        if (killed) return;
        killed = true;
        result.end = end;
        child.kill();
    };
    const auto deadline = std::chrono::steady_clock::now() + options.limit;
    Lines lines;
    // Until the streams end and the child does: one without the other could be a hostile child that only hides.
    Descriptor running(int(::syscall(SYS_pidfd_open, *pid, 0)));
    while (out->read || err->read || running) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
        if (left <= 0) kill_as(ChildResult::End::too_long);
        if (stop.stop_requested()) kill_as(ChildResult::End::stopped);
        // What it started in a session of its own may hold the streams for ever.
        if (killed && !running) break;
        pollfd watched[] = {{out->read.get(), POLLIN, 0},
                            {err->read.get(), POLLIN, 0},
                            {running.get(), POLLIN, 0},
                            {killed ? -1 : stop_event.get(), POLLIN, 0},
                            {killed ? -1 : feed.descriptor(), POLLOUT, 0}};
        if (::poll(watched, 5, killed ? -1 : int(std::min<long long>(left, 60'000))) < 0 && errno != EINTR)
            return fail("waiting for {} failed: {}", arguments[0], std::strerror(errno));
        if (watched[2].revents != 0) running.close();
        if (watched[4].revents != 0) feed.write();
        if (watched[0].revents != 0)
            drain(out->read, [&](std::string_view bytes) {
                if (options.on_line) return lines.add(bytes, options.on_line);
                if (result.output.size() + bytes.size() > most_output)
                    return kill_as(ChildResult::End::too_much_output);
                result.output += bytes;
            });
        if (watched[1].revents != 0)
            drain(err->read, [&](std::string_view bytes) {
                result.errors += bytes;
                if (result.errors.size() > 2 * errors_kept) result.errors.erase(0, result.errors.size() - errors_kept);
            });
    }
    const int status = child.wait();
    if (killed) return result;
    result.end = WIFEXITED(status) ? ChildResult::End::exited : ChildResult::End::killed_by_signal;
    result.code = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
    return result;
}

}  // namespace hallcast::content
