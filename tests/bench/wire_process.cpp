#include "tests/bench/wire_process.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

#include "protocol/base/error.h"

namespace hallcast::bench {
namespace {

// False at the end of the line.
bool read_all(int fd, void* to, std::size_t size) {
    for (auto* at = static_cast<char*>(to); size > 0;) {
        const ssize_t got = ::read(fd, at, size);
        if (got == 0 || (got < 0 && errno != EINTR)) return false;
        if (got < 0) continue;
        at += got;
        size -= std::size_t(got);
    }
    return true;
}

bool write_all(int fd, const void* from, std::size_t size) {
    for (const auto* at = static_cast<const char*>(from); size > 0;) {
        const ssize_t put = ::send(fd, at, size, MSG_NOSIGNAL);
        if (put < 0 && errno != EINTR) return false;
        if (put < 0) continue;
        at += put;
        size -= std::size_t(put);
    }
    return true;
}

[[noreturn]] void end_with_other_side() {
    std::fprintf(stderr, "bench_wire: a process of it has ended before its time\n");
    std::fflush(stderr);
    ::_exit(1);
}

}  // namespace

std::int64_t now_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

void Latencies::join(const std::string& packed) {
    const std::size_t before = us_.size();
    us_.resize(before + packed.size() / sizeof us_[0]);
    std::memcpy(us_.data() + before, packed.data(), (us_.size() - before) * sizeof us_[0]);
}

std::string Latencies::pack() const { return {reinterpret_cast<const char*>(us_.data()), us_.size() * sizeof us_[0]}; }

double Latencies::at_ms(double share) {
    if (us_.empty()) return 0;
    const auto index = std::min(us_.size() - 1, std::size_t(double(us_.size()) * share));
    std::ranges::nth_element(us_, us_.begin() + std::ptrdiff_t(index));
    return us_[index] / 1000.0;
}

void Channel::send(const std::string& message) {
    const std::uint64_t size = message.size();
    if (!write_all(fd_, &size, sizeof size) || !write_all(fd_, message.data(), message.size())) end_with_other_side();
}

std::string Channel::receive() {
    std::uint64_t size = 0;
    if (!read_all(fd_, &size, sizeof size)) end_with_other_side();
    std::string message(size, '\0');
    if (!read_all(fd_, message.data(), message.size())) end_with_other_side();
    return message;
}

bool Channel::readable() const {
    pollfd item{fd_, POLLIN, 0};
    return ::poll(&item, 1, 0) > 0;
}

Process::Process(const char* name, const std::function<void(Channel&)>& role) : pid_(-1), channel_(-1) {
    int ends[2];
    HALLCAST_ASSERT(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    std::fflush(stdout);
    pid_ = ::fork();
    HALLCAST_ASSERT(pid_ >= 0);
    if (pid_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::prctl(PR_SET_NAME, name);
        ::close(ends[0]);
        Channel line(ends[1]);
        role(line);
        std::fflush(stdout);
        ::_exit(0);
    }
    ::close(ends[1]);
    channel_ = Channel(ends[0]);
}

Process::~Process() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    ::close(channel_.descriptor());
}

std::string Process::ask(const std::string& order) {
    channel_.send(order);
    return channel_.receive();
}

void Process::stop() { ::kill(pid_, SIGSTOP); }

double Process::rss_kib() const {
    std::ifstream status(fmt::format("/proc/{}/status", pid_));
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmRSS:")) return std::stod(line.substr(6));
    return 0;
}

double Process::processor_seconds() const {
    std::ifstream file(fmt::format("/proc/{}/stat", pid_));
    std::string text;
    std::getline(file, text);
    std::istringstream fields(text.substr(text.rfind(')') + 2));
    std::string skipped;
    for (int i = 3; i < 14; ++i) fields >> skipped;
    double user = 0, system = 0;
    fields >> user >> system;
    return (user + system) / double(::sysconf(_SC_CLK_TCK));
}

std::uint64_t raise_file_limit() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

}  // namespace hallcast::bench
