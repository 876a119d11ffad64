// The command line: which subcommand, and how its failure becomes an exit status (2 wrong use, 1 failure).
#include <google/protobuf/stubs/logging.h>
#include <malloc.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <exception>

#include "player/cli/commands.h"

namespace {

// Results go to stdout, so that scripts can read them; what the program says of itself goes to stderr.
void open_log() {
    auto log = spdlog::stderr_color_mt("hallcast");
    log->set_pattern("%Y-%m-%d %H:%M:%S.%e %^%l%$ %v");
    spdlog::set_default_logger(std::move(log));
    // protobuf's own lines, one for each message that it cannot read: anybody on the network could fill the log.
    google::protobuf::SetLogHandler(nullptr);
}

}  // namespace

int main(int argc, char** argv) {
    // One heap for all threads: glibc's own for each would keep 2 MB of what is freed, of a budget of 100.
    mallopt(M_ARENA_MAX, 1);
    // What is large, as the speech of a call, goes back when it is freed. Left to itself glibc soon takes it from the
    // heap, whose holes then are never given back: 40 MB after some minutes of calls.
    mallopt(M_MMAP_THRESHOLD, 128 << 10);
    open_log();
    CLI::App app{"hallcast: the player on the hall screens of public offices"};
    app.footer("Example: hallcast demo\nEvery command has its own help: hallcast demo --help");
    app.require_subcommand(1);
    app.set_version_flag("--version", "hallcast " HALLCAST_VERSION);
    hallcast::cli::add_demo(app);
    hallcast::cli::add_play(app);
    hallcast::cli::add_ctl(app);
    hallcast::cli::add_book(app);
    hallcast::cli::add_draw(app);
    hallcast::cli::add_office(app);
    hallcast::cli::add_pair(app);
    hallcast::cli::add_keys(app);
    hallcast::cli::add_content(app);
    hallcast::cli::add_layout(app);
    hallcast::cli::add_say(app);
    hallcast::cli::add_voice(app);
    hallcast::cli::add_signs(app);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    } catch (const hallcast::cli::Failure& failure) {
        std::fprintf(stderr, "hallcast: %s\n", failure.what());
        return 1;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "hallcast: unexpected failure: %s\n", error.what());
        return 1;
    }
    return 0;
}
