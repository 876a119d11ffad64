#include "content/sandbox.h"

#include <spdlog/spdlog.h>

#include <system_error>

#include "content/utf8.h"

namespace hallcast::content {

namespace fs = std::filesystem;

Sandbox::Sandbox(fs::path upload, fs::path folder, Walls wanted)
    : upload_(fs::absolute(upload)), folder_(fs::absolute(folder)) {
    if (wanted == Walls::where_possible) {
        std::vector<std::string> probe = walls();
        probe.insert(probe.end(), {"/usr/bin/ffprobe", "-hide_banner", "-loglevel", "quiet", "-version"});
        const auto result = run_child(probe, {});
        walled_ = result && result->end == ChildResult::End::exited && result->code == 0;
        if (walled_) return;
        spdlog::warn("uploads are worked on with limits, but without a sandbox: bubblewrap does not work here ({})",
                     !result ? result.error().message : one_line(result->errors, 200));
    }
    std::error_code error;
    fs::create_symlink(upload_, folder_ / "upload", error);
}

std::vector<std::string> Sandbox::walls() const {
    return {"/usr/bin/bwrap", "--unshare-all", "--die-with-parent", "--cap-drop", "ALL",
            // Programs and libraries, and what Debian's loader needs to find them.
            "--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib", "--symlink",
            "usr/lib64", "/lib64", "--ro-bind-try", "/etc/alternatives", "/etc/alternatives", "--ro-bind-try",
            "/etc/ld.so.cache", "/etc/ld.so.cache", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--ro-bind",
            upload_.string(), "/in/upload", "--bind", folder_.string(), "/work", "--chdir", "/work"};
}

Expected<ChildResult> Sandbox::run(const std::string& program, const std::vector<std::string>& arguments,
                                   const SandboxLimits& limits, std::stop_token stop,
                                   const std::function<void(std::string_view)>& on_line) const {
    // nice: the hall's own video goes before. prlimit: posix_spawn has no limits of its own; all three exec the next.
    std::vector<std::string> command = {"/usr/bin/nice",
                                        "-n",
                                        "15",
                                        "/usr/bin/prlimit",
                                        "--core=0",
                                        "--nofile=64",
                                        fmt::format("--cpu={}", limits.cpu.count()),
                                        fmt::format("--as={}", limits.address_space),
                                        fmt::format("--fsize={}", limits.file_size)};
    if (walled_) {
        const std::vector<std::string> sandbox = walls();
        command.insert(command.end(), sandbox.begin(), sandbox.end());
    } else {
        command.insert(command.end(), {"/usr/bin/env", "--chdir=" + folder_.string()});
    }
    command.push_back("/usr/bin/" + program);
    command.insert(command.end(), arguments.begin(), arguments.end());
    return run_child(command, {limits.wall, on_line}, std::move(stop));
}

}  // namespace hallcast::content
