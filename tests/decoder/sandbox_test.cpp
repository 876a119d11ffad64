// What a process can do in the sandbox, each in a process of its own; and that it could without, or these tests would
// test nothing.
#include "player/decoder/sandbox.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <thread>

#include "tests/catch.h"

namespace hallcast::decoder::sandbox_test {

enum class Outcome { did_it, refused, ended };

// In a folder that needs nothing of the kernel, as O_TMPFILE does.
bool write_a_file() {
    const std::string file = "/tmp/hallcast-sandbox-" + std::to_string(::getpid());
    const bool made = ::open(file.c_str(), O_CREAT | O_EXCL | O_WRONLY, 0600) >= 0;
    if (made) ::unlink(file.c_str());
    return made;
}

// What became of `attempt`, which says whether it got what it wanted.
Outcome outcome(bool sandboxed, const std::function<bool()>& attempt, SandboxLimits limits = {}) {
    const pid_t process = ::fork();
    if (process == 0) {
        if (sandboxed && !enter_sandbox(limits)) ::_exit(3);
        ::_exit(attempt() ? 0 : 1);
    }
    int status = 0;
    REQUIRE(::waitpid(process, &status, 0) == process);
    if (WIFSIGNALED(status)) {
        CHECK(WTERMSIG(status) == SIGSYS);
        return Outcome::ended;
    }
    REQUIRE(WEXITSTATUS(status) < 2);
    return WEXITSTATUS(status) == 0 ? Outcome::did_it : Outcome::refused;
}

struct Attempt {
    const char* what;
    Outcome expected;
    std::function<bool()> make;
};

TEST_CASE("a decoder gone wrong can open no file, make no socket, start nothing and touch no other process") {
    const pid_t self = ::getpid();
    static const char* const arguments[] = {"/bin/true", nullptr};
    const std::vector<Attempt> attempts{
        {"read a file", Outcome::refused, [] { return ::open("/etc/passwd", O_RDONLY) >= 0; }},
        {"write a file", Outcome::refused, write_a_file},
        {"make a socket", Outcome::ended, [] { return ::socket(AF_INET, SOCK_STREAM, 0) >= 0; }},
        {"make a Unix socket", Outcome::ended, [] { return ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0; }},
        {"start a process", Outcome::ended,
         [] {
             const pid_t child = ::fork();
             if (child == 0) ::_exit(0);
             return child > 0;
         }},
        {"run a program", Outcome::ended,
         [] {
             ::execv(arguments[0], const_cast<char**>(arguments));  // it ends well: as if it had said "yes"
             return false;
         }},
        {"signal another process", Outcome::ended, [self] { return ::kill(self, 0) == 0; }},
        {"make memory that runs", Outcome::refused,
         [] { return ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED; }},
        {"let memory run", Outcome::refused,
         [] {
             void* page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
             return ::mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0;
         }},
        {"control a device", Outcome::refused,
         [] { return ::syscall(SYS_ioctl, 0, 0x5413, nullptr) == 0 || errno != EACCES; }}};
    for (const Attempt& attempt : attempts) {
        INFO(attempt.what);
        CHECK(outcome(true, attempt.make) == attempt.expected);
        CHECK(outcome(false, attempt.make) == Outcome::did_it);
    }
}

// As outcome(), of what receives streams.
Outcome online_outcome(bool sandboxed, const std::function<bool()>& attempt) {
    return outcome(false, [&] {
        if (sandboxed && !enter_network_sandbox({})) ::_exit(3);
        return attempt();
    });
}

TEST_CASE("a receiver gone wrong has the network, and otherwise no more than a decoder") {
    static const char* const arguments[] = {"/bin/true", nullptr};
    std::vector<Attempt> attempts{
        {"connect", Outcome::did_it, [] { return ::socket(AF_INET, SOCK_STREAM, 0) >= 0; }},
        {"look a host up", Outcome::did_it, [] { return ::open("/etc/hosts", O_RDONLY) >= 0; }},
        {"read a file", Outcome::refused, [] { return ::open("/etc/passwd", O_RDONLY) >= 0; }},
        {"write a file", Outcome::refused, write_a_file},
        {"list a folder", Outcome::refused, [] { return ::open("/etc", O_RDONLY | O_DIRECTORY) >= 0; }},
        {"talk to programs here", Outcome::refused, [] { return ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0; }},
        {"be connected to", Outcome::ended,
         [] {
             const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
             return ::listen(listener, 1) == 0;
         }},
        {"start a process", Outcome::ended,
         [] {
             const pid_t child = ::fork();
             if (child == 0) ::_exit(0);
             return child > 0;
         }},
        {"run a program", Outcome::ended, [] {
             ::execv(arguments[0], const_cast<char**>(arguments));  // it ends well: as if it had said "yes"
             return false;
         }}};
    if (::access("/etc/hosts", W_OK) == 0)  // not by an ordinary user
        attempts.push_back(
            {"write what it may read", Outcome::refused, [] { return ::open("/etc/hosts", O_WRONLY) >= 0; }});
    for (const Attempt& attempt : attempts) {
        INFO(attempt.what);
        CHECK(online_outcome(true, attempt.make) == attempt.expected);
        CHECK(online_outcome(false, attempt.make) == Outcome::did_it);
    }
}

TEST_CASE("what decoding needs goes on in the sandbox: memory, threads, the descriptors it has") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    CHECK(outcome(true, [&] {
              std::vector<char> memory(32 << 20, 'x');
              int sum = 0;
              std::thread other([&] { sum = memory[5]; });
              other.join();
              char byte = 0;
              return sum == 'x' && ::write(ends[1], "y", 1) == 1 && ::read(ends[0], &byte, 1) == 1 && byte == 'y';
          }) == Outcome::did_it);
    ::close(ends[0]);
    ::close(ends[1]);
}

#if !defined(HALLCAST_ASAN) && !defined(HALLCAST_TSAN)
TEST_CASE("memory beyond the limit cannot be had") {
    const auto take = [] {
        void* memory = std::malloc(std::size_t(300) << 20);
        const bool had = memory != nullptr;
        std::free(memory);
        return had;
    };
    CHECK(outcome(true, take, {.private_memory = std::size_t(256) << 20}) == Outcome::refused);
    CHECK(outcome(true, take, {.private_memory = std::size_t(1) << 30}) == Outcome::did_it);
}
#endif

}  // namespace hallcast::decoder::sandbox_test
