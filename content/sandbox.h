// Starts ffmpeg and ffprobe so that a hostile file can do nothing but fail: alone, without network, with limits.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "content/child.h"
#include "protocol/base/error.h"

namespace hallcast::content {

struct SandboxLimits {
    std::chrono::seconds cpu{30};
    std::chrono::seconds wall{60};
    std::uint64_t address_space = 4ull << 30;
    std::uint64_t file_size = 64ull << 20;  // of each file it writes
};

// One upload and the folder it is worked on in. In the sandbox the upload is the one file of the outside that can be
// seen, read-only; the folder the one place that can be written. Without bubblewrap (a kernel without user namespaces)
// the limits hold, but not the walls; that is logged. Not for several threads at once.
class Sandbox {
  public:
    enum class Walls { where_possible, none };  // none: for the test of the limits alone
    // Finds out once whether bubblewrap works here.
    Sandbox(std::filesystem::path upload, std::filesystem::path folder, Walls walls = Walls::where_possible);

    // `program` is "ffmpeg" or "ffprobe". It runs in the folder: outputs are plain names there.
    Expected<ChildResult> run(const std::string& program, const std::vector<std::string>& arguments,
                              const SandboxLimits& limits, std::stop_token stop,
                              const std::function<void(std::string_view)>& on_line = nullptr) const;

    // What the upload is called in arguments. Never its own name, which could mean something to a demuxer ("%03d.png").
    std::string input() const { return walled_ ? "file:/in/upload" : "file:upload"; }
    bool walled() const { return walled_; }

  private:
    std::vector<std::string> walls() const;

    std::filesystem::path upload_, folder_;
    bool walled_ = false;
};

}  // namespace hallcast::content
