#include "content/child.h"

#include <algorithm>
#include <thread>

#include "content/house_profile.h"
#include "content/sandbox.h"
#include "tests/content/temp_folder.h"

namespace hallcast::content::child_test {

namespace fs = std::filesystem;
using tests::TempFolder;

TEST_CASE("a child's output, errors and exit status come back") {
    const auto result = run_child({"/bin/sh", "-c", "echo out; echo err >&2; exit 3"}, {});
    REQUIRE(result.has_value());
    CHECK(result->end == ChildResult::End::exited);
    CHECK(result->code == 3);
    CHECK(result->output == "out\n");
    CHECK(result->errors == "err\n");
    const auto killed = run_child({"/bin/sh", "-c", "kill -9 $$"}, {});
    REQUIRE(killed.has_value());
    CHECK(killed->end == ChildResult::End::killed_by_signal);
    CHECK(killed->code == 9);
    CHECK_FALSE(run_child({"/nonexistent/program"}, {}).has_value());
}

TEST_CASE("arguments reach the child as they are, whatever is in them") {
    const auto result = run_child({"/usr/bin/printf", "%s|%s", "$(id) `id` ; \"'", "a b\n*"}, {});
    REQUIRE(result.has_value());
    CHECK(result->output == "$(id) `id` ; \"'|a b\n*");
}

TEST_CASE("a child reads what it is given and then the end, however much that is and whether it reads it or not") {
    ChildOptions options;
    options.input = std::string(1'000'000, 'x') + "\n";
    const auto read = run_child({"/usr/bin/wc", "-c"}, options);
    REQUIRE(read.has_value());
    CHECK(read->output == "1000001\n");
    CHECK(run_child({"/bin/true"}, options)->code == 0);
    CHECK(run_child({"/usr/bin/wc", "-c"}, {})->output == "0\n");
}

TEST_CASE("a child is given what is made while it reads, piece by piece, until there is no more or it wants none") {
    ChildOptions options;
    int pieces = 0;
    options.next_input = [&]() -> std::optional<std::string> {
        if (pieces == 50) return std::nullopt;
        return std::string(1'000'000, char('a' + pieces++ % 26));
    };
    const auto read = run_child({"/usr/bin/wc", "-c"}, options);
    REQUIRE(read.has_value());
    CHECK(read->output == "50000000\n");
    // It ends after a few bytes: no signal, no hang, and not everything was made.
    pieces = 0;
    const auto few = run_child({"/usr/bin/head", "-c", "3"}, options);
    REQUIRE(few.has_value());
    CHECK(few->output == "aaa");
    CHECK(pieces < 50);
    options.next_input = []() -> std::optional<std::string> { return std::nullopt; };
    CHECK(run_child({"/usr/bin/wc", "-c"}, options)->output == "0\n");
    // Asked to stop while it is fed.
    std::stop_source stop;
    options.next_input = [&]() -> std::optional<std::string> {
        stop.request_stop();
        return std::string(1'000'000, 'x');
    };
    const auto stopped = run_child({"/usr/bin/wc", "-c"}, options, stop.get_token());
    REQUIRE(stopped.has_value());
    CHECK(stopped->end == ChildResult::End::stopped);
}

TEST_CASE("lines are handed out one by one") {
    std::vector<std::string> lines;
    ChildOptions options;
    options.on_line = [&](std::string_view line) { lines.emplace_back(line); };
    REQUIRE(run_child({"/bin/sh", "-c", "printf 'a\\nbb\\n'; printf 'c'; printf 'cc\\n'"}, options).has_value());
    CHECK(lines == std::vector<std::string>{"a", "bb", "ccc"});
}

TEST_CASE("a child that left something behind which holds its streams is given up at its limit") {
    ChildOptions options;
    options.limit = std::chrono::seconds(2);
    const auto began = std::chrono::steady_clock::now();
    // In a session of its own, which nobody kills; it ends by itself.
    const auto result = run_child({"/bin/sh", "-c", "setsid sleep 120 & exit 0"}, options);
    REQUIRE(result.has_value());
    CHECK(result->end == ChildResult::End::too_long);
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(100));
}

TEST_CASE("a child is stopped on request, and its own children with it") {
    std::stop_source stop;
    ChildOptions options;
    options.limit = std::chrono::seconds(600);
    options.on_line = [&](std::string_view) { stop.request_stop(); };
    // The grandchild holds the pipe: run_child could not return while it lives.
    const auto result = run_child({"/bin/sh", "-c", "sleep 600 & echo ready; wait"}, options, stop.get_token());
    REQUIRE(result.has_value());
    CHECK(result->end == ChildResult::End::stopped);
}

TEST_CASE("a child ends at its deadline, and when it writes without end") {
    const auto late = run_child({"/bin/sleep", "600"}, {.limit = std::chrono::seconds(1), .on_line = nullptr});
    REQUIRE(late.has_value());
    CHECK(late->end == ChildResult::End::too_long);
    const auto hidden = run_child({"/bin/sh", "-c", "exec >&- 2>&-; exec sleep 600"},
                                  {.limit = std::chrono::seconds(1), .on_line = nullptr});
    REQUIRE(hidden.has_value());
    CHECK(hidden->end == ChildResult::End::too_long);
    const auto endless = run_child({"/usr/bin/yes"}, {});
    REQUIRE(endless.has_value());
    CHECK(endless->end == ChildResult::End::too_much_output);
    const auto loud = run_child({"/bin/sh", "-c", "head -c 10000000 /dev/zero >&2"}, {});
    REQUIRE(loud.has_value());
    CHECK(loud->errors.size() <= 128u << 10);
}

TEST_CASE("a child gets none of our open files and none of our environment") {
    const TempFolder folder;
    const std::ifstream open_file(folder.write("secret", "secret"));
    const auto files = run_child({"/bin/ls", "/proc/self/fd"}, {});
    REQUIRE(files.has_value());
    CHECK(files->output == "0\n1\n2\n3\n");  // 3 is ls reading the folder
    const auto environment = run_child({"/usr/bin/env"}, {});
    REQUIRE(environment.has_value());
    CHECK(environment->output.find("HALLCAST") == std::string::npos);
    CHECK(environment->output.find("HOME=/nonexistent") != std::string::npos);
}

// Asks ffprobe in the sandbox for a file; true when it could open it.
bool can_open(const Sandbox& sandbox, const std::string& file) {
    const auto result =
        sandbox.run("ffprobe", {"-v", "error", "-f", "rawvideo", "-video_size", "2x2", "-i", "file:" + file}, {}, {});
    REQUIRE(result.has_value());
    return result->code == 0;
}

TEST_CASE("in the sandbox the upload can be read, and nothing else of the outside; only the folder can be written") {
    const TempFolder folder;
    fs::create_directory(folder.path() / "work");
    const fs::path upload = folder.write("100% $(x) %03d.raw", std::string(600, 'x'));
    const fs::path secret = folder.write("secret.raw", std::string(600, 'x'));
    const Sandbox sandbox(upload, folder.path() / "work");
    CHECK(can_open(sandbox, sandbox.input().substr(5)));
    if (!sandbox.walled()) {
        WARN("bubblewrap does not work here: the walls are not tested");
        return;
    }
    CHECK_FALSE(can_open(sandbox, secret.string()));
    CHECK_FALSE(can_open(sandbox, "/etc/passwd"));
    CHECK(
        can_open(Sandbox(upload, folder.path() / "work", Sandbox::Walls::none), secret.string()));  // the test can fail

    const auto write_to = [&](const std::string& file) {
        const auto result = sandbox.run(
            "ffmpeg",
            {"-v", "error", "-f", "lavfi", "-i", "color=size=16x16:duration=0.1", "-f", "rawvideo", "file:" + file}, {},
            {});
        REQUIRE(result.has_value());
        return result->code == 0;
    };
    CHECK(write_to("result.raw"));
    CHECK(fs::exists(folder.path() / "work" / "result.raw"));
    CHECK_FALSE(write_to("/in/upload"));
    CHECK_FALSE(write_to("/usr/evil"));
    CHECK(fs::file_size(upload) == 600);
}

TEST_CASE("the limits hold with and without walls") {
    const TempFolder folder;
    fs::create_directory(folder.path() / "work");
    const fs::path upload = folder.write("upload", "x");
    const auto walls = GENERATE(Sandbox::Walls::where_possible, Sandbox::Walls::none);
    const Sandbox sandbox(upload, folder.path() / "work", walls);
    // Raw video of 30 MB in an endless stream.
    const auto make = [&](const std::string& size, const std::string& output, const SandboxLimits& limits) {
        return sandbox.run("ffmpeg",
                           {"-v", "error", "-y", "-f", "lavfi", "-i", "color=size=" + size, "-f", "rawvideo", output},
                           limits, {});
    };
    SECTION("file size") {
        SandboxLimits limits;
        limits.file_size = 1 << 20;
        const auto result = make("640x360", "file:big.raw", limits);
        REQUIRE(result.has_value());
        CHECK((result->end != ChildResult::End::exited || result->code != 0));
        CHECK(fs::file_size(folder.path() / "work" / "big.raw") <= 1u << 20);
    }
    SECTION("processor time") {
        SandboxLimits limits;
        limits.cpu = std::chrono::seconds(1);
        limits.wall = std::chrono::hours(1);  // a busy machine gives it that second late
        const auto result = make("640x360", "file:/dev/null", limits);
        REQUIRE(result.has_value());
        CHECK(result->end != ChildResult::End::too_long);
        CHECK((result->end != ChildResult::End::exited || result->code != 0));
    }
    SECTION("memory") {
        SandboxLimits limits;
        limits.address_space = 1ull << 30;
        const auto result = make("16000x16000", "file:/dev/null", limits);
        REQUIRE(result.has_value());
        CHECK((result->end != ChildResult::End::exited || result->code != 0));
    }
}

}  // namespace hallcast::content::child_test
