#include "tests/decoder/locked_room.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "player/decoder/sandbox.h"
#include "tests/catch.h"

namespace hallcast::decoder {
namespace {

// Also where the sandbox lets a try fail: here it shall show.
bool kill_for_opening() {
    std::vector<sock_filter> program{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
    for (const long call : {
#ifdef __NR_open
             long(__NR_open),
#endif
             long(__NR_openat), long(__NR_openat2), long(__NR_socket), long(__NR_execve)}) {
        program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, std::uint32_t(call), 0, 1));
        program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
    }
    program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

}  // namespace

bool in_locked_room(Lock lock, const std::function<bool()>& work) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const bool closed = lock == Lock::sandbox ? enter_sandbox({}).has_value() : kill_for_opening();
        if (!closed) ::_exit(2);
        ::_exit(work() ? 0 : 1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE_FALSE((WIFEXITED(status) && WEXITSTATUS(status) == 2));  // no seccomp here
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace hallcast::decoder
