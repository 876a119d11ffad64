#include "player/decoder/sandbox.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/sched.h>
#include <malloc.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <initializer_list>
#include <memory>

#include "protocol/base/descriptor.h"

namespace hallcast::decoder {
namespace {

#if defined(HALLCAST_ASAN) || defined(HALLCAST_TSAN)
constexpr bool is_sanitized = true;
#else
constexpr bool is_sanitized = false;
#endif

// A decoder's daily bread.
constexpr std::initializer_list<int> allowed{SCMP_SYS(read),
                                             SCMP_SYS(readv),
                                             SCMP_SYS(pread64),
                                             SCMP_SYS(preadv),
                                             SCMP_SYS(write),
                                             SCMP_SYS(writev),
                                             SCMP_SYS(lseek),
                                             SCMP_SYS(close),
                                             SCMP_SYS(fstat),
                                             SCMP_SYS(munmap),
                                             SCMP_SYS(mremap),
                                             SCMP_SYS(madvise),
                                             SCMP_SYS(brk),
                                             SCMP_SYS(futex),
                                             SCMP_SYS(set_robust_list),
                                             SCMP_SYS(rseq),
                                             SCMP_SYS(exit),
                                             SCMP_SYS(exit_group),
                                             SCMP_SYS(rt_sigaction),
                                             SCMP_SYS(rt_sigprocmask),
                                             SCMP_SYS(rt_sigreturn),
                                             SCMP_SYS(sigaltstack),
                                             SCMP_SYS(restart_syscall),
                                             SCMP_SYS(sched_yield),
                                             SCMP_SYS(sched_getaffinity),
                                             SCMP_SYS(getcpu),
                                             SCMP_SYS(getpid),
                                             SCMP_SYS(gettid),
                                             SCMP_SYS(clock_gettime),
                                             SCMP_SYS(clock_getres),
                                             SCMP_SYS(clock_nanosleep),
                                             SCMP_SYS(nanosleep),
                                             SCMP_SYS(gettimeofday),
                                             SCMP_SYS(time),
                                             SCMP_SYS(getrandom),
                                             SCMP_SYS(poll),
                                             SCMP_SYS(ppoll),
                                             SCMP_SYS(recvmsg),
                                             SCMP_SYS(sendmsg),
                                             SCMP_SYS(membarrier),
                                             SCMP_SYS(sysinfo),
                                             SCMP_SYS(uname)};

// No library does this in good faith while it decodes.
constexpr std::initializer_list<int> hostile{SCMP_SYS(execve),
                                             SCMP_SYS(execveat),
                                             SCMP_SYS(fork),
                                             SCMP_SYS(vfork),
                                             SCMP_SYS(ptrace),
                                             SCMP_SYS(socketpair),
                                             SCMP_SYS(listen),
                                             SCMP_SYS(accept),
                                             SCMP_SYS(accept4),
                                             SCMP_SYS(kill),
                                             SCMP_SYS(tkill),
                                             SCMP_SYS(pidfd_open),
                                             SCMP_SYS(pidfd_getfd),
                                             SCMP_SYS(pidfd_send_signal),
                                             SCMP_SYS(process_vm_readv),
                                             SCMP_SYS(process_vm_writev),
                                             SCMP_SYS(mount),
                                             SCMP_SYS(umount2),
                                             SCMP_SYS(pivot_root),
                                             SCMP_SYS(chroot),
                                             SCMP_SYS(setns),
                                             SCMP_SYS(unshare),
                                             SCMP_SYS(init_module),
                                             SCMP_SYS(finit_module),
                                             SCMP_SYS(bpf),
                                             SCMP_SYS(perf_event_open),
                                             SCMP_SYS(userfaultfd),
                                             SCMP_SYS(io_uring_setup),
                                             SCMP_SYS(io_uring_enter),
                                             SCMP_SYS(keyctl),
                                             SCMP_SYS(add_key),
                                             SCMP_SYS(request_key),
                                             SCMP_SYS(kexec_load),
                                             SCMP_SYS(unlink),
                                             SCMP_SYS(unlinkat),
                                             SCMP_SYS(rename),
                                             SCMP_SYS(renameat),
                                             SCMP_SYS(renameat2),
                                             SCMP_SYS(link),
                                             SCMP_SYS(linkat),
                                             SCMP_SYS(symlink),
                                             SCMP_SYS(symlinkat),
                                             SCMP_SYS(chmod),
                                             SCMP_SYS(fchmodat),
                                             SCMP_SYS(chown),
                                             SCMP_SYS(setuid),
                                             SCMP_SYS(setgid),
                                             SCMP_SYS(setresuid),
                                             SCMP_SYS(setresgid)};

constexpr std::initializer_list<int> hostile_offline{SCMP_SYS(socket), SCMP_SYS(connect), SCMP_SYS(bind)};

// Of who talks to the network.
constexpr std::initializer_list<int> allowed_online{
    SCMP_SYS(connect),     SCMP_SYS(bind),        SCMP_SYS(sendto),     SCMP_SYS(recvfrom),
    SCMP_SYS(sendmmsg),    SCMP_SYS(recvmmsg),    SCMP_SYS(setsockopt), SCMP_SYS(getsockopt),
    SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(shutdown),   SCMP_SYS(select),
    SCMP_SYS(pselect6),    SCMP_SYS(getrusage),   SCMP_SYS(stat),       SCMP_SYS(newfstatat)};

// What finding a host and checking its certificate read.
constexpr std::initializer_list<const char*> readable_online{"/etc/hosts",           "/etc/host.conf",
                                                             "/etc/resolv.conf",     "/etc/nsswitch.conf",
                                                             "/etc/gai.conf",        "/etc/services",
                                                             "/etc/protocols",       "/etc/ssl",
                                                             "/etc/ca-certificates", "/usr/share/ca-certificates",
                                                             "/etc/gnutls",          "/run/systemd/resolve",
                                                             "/run/resolvconf",      "/run/NetworkManager/resolv.conf",
                                                             "/etc/localtime",       "/usr/share/zoneinfo"};

struct ReleaseFilter {
    void operator()(void* filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, ReleaseFilter>;

int add(void* filter, std::uint32_t action, std::initializer_list<int> calls) {
    for (const int call : calls)
        if (const int error = seccomp_rule_add(filter, action, call, 0); error != 0) return error;
    return 0;
}

int add_rules(void* filter) {
    if (const int error = add(filter, SCMP_ACT_ALLOW, allowed); error != 0) return error;
    if (const int error = add(filter, SCMP_ACT_KILL_PROCESS, hostile); error != 0) return error;
    // glibc takes clone3 for threads, whose arguments cannot be looked at; without it, it takes clone.
    int error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    // Threads, but no processes.
    if (error == 0)
        error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                                 SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
    if (error == 0)
        error = seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, SCMP_SYS(clone), 1,
                                 SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
    // Memory, but none that can be made to run.
    for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)})
        if (error == 0)
            error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    if (error == 0)
        error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME));
    // The undefined-behaviour sanitizer finds out whether memory can be read by writing it into a pipe.
    for (const int call : {SCMP_SYS(pipe), SCMP_SYS(pipe2)})
        if (error == 0 && is_sanitized) error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
    // abort(): a signal to oneself.
    if (error == 0)
        error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                                 SCMP_A0(SCMP_CMP_EQ, scmp_datum_t(::getpid())));
    return error;
}

void limit(__rlimit_resource what, rlim_t to) {
    const rlimit both{to, to};
    ::setrlimit(what, &both);
}

int add_online_rules(void* filter, bool may_read) {
    int error = add(filter, SCMP_ACT_ALLOW, allowed_online);
    for (const int family : {AF_INET, AF_INET6})
        if (error == 0)
            error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
                                     SCMP_A0(SCMP_CMP_EQ, scmp_datum_t(family)));
    for (const int what : {FIONBIO, FIONREAD})
        if (error == 0)
            error =
                seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, scmp_datum_t(what)));
    for (const int what : {F_GETFL, F_SETFL, F_GETFD, F_SETFD})
        if (error == 0)
            error =
                seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, scmp_datum_t(what)));
    // Which files, Landlock says.
    constexpr scmp_datum_t writes = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND;
    if (error == 0 && may_read)
        error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
                                 SCMP_A2(SCMP_CMP_MASKED_EQ, writes, O_RDONLY));
    return error;
}

// False: this kernel cannot.
bool restrict_files(std::initializer_list<const char*> readable) {
    landlock_ruleset_attr rules{};
    rules.handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                              LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
                              LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                              LANDLOCK_ACCESS_FS_MAKE_REG;
    const Descriptor set(int(::syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0)));
    if (!set) return false;
    for (const char* const path : readable) {
        const Descriptor at(::open(path, O_PATH | O_CLOEXEC));
        if (!at) continue;
        landlock_path_beneath_attr beneath{};
        beneath.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE;
        beneath.parent_fd = at.get();
        if (::syscall(SYS_landlock_add_rule, set.get(), LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) != 0) return false;
    }
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::syscall(SYS_landlock_restrict_self, set.get(), 0) == 0;
}

void limit_resources(const SandboxLimits& limits) {
    // Where memory runs out in the whole machine, we go first, and a clip with us.
    if (const int fd = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC); fd >= 0) {
        [[maybe_unused]] const auto written = ::write(fd, "1000", 4);
        ::close(fd);
    }
    ::mallopt(M_ARENA_MAX, 2);
    // libav opens each codec twice: to find out what a file is, and to decode. The memory of the first is used again by
    // the second, instead of being given back and asked for, a page fault a page.
    ::mallopt(M_MMAP_THRESHOLD, 4 << 20);
    ::mallopt(M_TRIM_THRESHOLD, 8 << 20);
    ::mallopt(M_TOP_PAD, 512 << 10);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, rlim_t(limits.descriptors));
    // A sanitizer has terabytes of shadow memory, counted as data.
    if (!is_sanitized) limit(RLIMIT_DATA, limits.private_memory);
    ::prctl(PR_SET_DUMPABLE, 0);
}

Expected<void> enter(const std::function<int(void*)>& rules) {
    const Filter filter(seccomp_init(SCMP_ACT_ERRNO(EACCES)));
    if (!filter) return fail("no sandbox: libseccomp has no memory");
    int error = add_rules(filter.get());
    if (error == 0) error = rules(filter.get());
    // Sets no_new_privs, too.
    if (error == 0) error = seccomp_load(filter.get());
    if (error != 0) return fail("no sandbox for decoders on this system: {}", std::strerror(-error));
    return {};
}

}  // namespace

Expected<void> enter_sandbox(const SandboxLimits& limits) {
    limit_resources(limits);
    return enter([](void* filter) { return add(filter, SCMP_ACT_KILL_PROCESS, hostile_offline); });
}

Expected<void> enter_network_sandbox(const SandboxLimits& limits) {
    limit_resources(limits);
    const bool may_read = restrict_files(readable_online);
    return enter([&](void* filter) { return add_online_rules(filter, may_read); });
}

}  // namespace hallcast::decoder
