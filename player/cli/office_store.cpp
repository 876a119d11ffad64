// hallcast office backup, restore and verify: the queue's file, on the master's own machine.
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "player/cli/commands.h"
#include "player/queue/backup.h"

namespace hallcast::cli {
namespace {

struct StoreOptions {
    std::string directory;
    std::string file;
    std::filesystem::path queue() const { return std::filesystem::path(directory) / "queue.db"; }
};

// A line on stderr every two seconds: short work says nothing.
queue::Progress tell_progress() {
    return [said = std::chrono::steady_clock::now()](std::string_view doing, double part) mutable {
        const auto now = std::chrono::steady_clock::now();
        if (now - said < std::chrono::seconds(2)) return;
        said = now;
        std::fprintf(stderr, "%.*s: %.0f %%\n", int(doing.size()), doing.data(), part * 100);
    };
}

std::string text_of(const queue::Verified& verified) {
    std::string text = fmt::format("{} events, {} commands with their replies", verified.events, verified.commands);
    if (verified.snapshot != 0) text += fmt::format(", snapshot of event {}", verified.snapshot);
    if (verified.foreign_snapshot) text += "; the snapshot is another version's, so the next start reads the whole log";
    return text;
}

void back_up(const StoreOptions& options) {
    const queue::Verified verified = need(queue::back_up(options.queue(), options.file, tell_progress()));
    std::printf("%s: written and verified: %s\n", options.file.c_str(), text_of(verified).c_str());
}

void restore(const StoreOptions& options) {
    const queue::Restored restored = need(queue::restore(options.file, options.queue(), tell_progress()));
    std::printf("%s: restored from %s: %s\n", options.queue().c_str(), options.file.c_str(),
                text_of(restored.verified).c_str());
    if (restored.kept) std::printf("%s: the queue before\n", restored.kept->c_str());
    std::printf("What happened after the backup is not in it: tickets issued since may get the same numbers again.\n");
}

void verify(const StoreOptions& options) {
    const std::string file = options.file.empty() ? options.queue().string() : options.file;
    const queue::Verified verified = need(queue::verify(file, tell_progress()));
    std::printf("%s: whole: %s\n", file.c_str(), text_of(verified).c_str());
}

}  // namespace

void add_office_store(CLI::App& office) {
    const auto options = std::make_shared<StoreOptions>();
    const auto add = [&](const char* name, const char* what, const char* file, const char* example) {
        CLI::App& command = *office.add_subcommand(name, what);
        command.add_option("FILE", options->file, file);
        command.add_option("--dir", options->directory, "the master's folder, on this machine");
        command.footer(std::string("Example: hallcast office ") + example);
        return &command;
    };
    CLI::App* backup = add("backup", "copy the queue to FILE while the master runs, and verify the copy",
                           "the backup; an older one is replaced once the new one is whole",
                           "backup /mnt/backup/queue.db --dir /var/lib/hallcast");
    for (const char* name : {"FILE", "--dir"}) backup->get_option(name)->required();
    backup->callback([options] { back_up(*options); });
    CLI::App* restored = add("restore", "make the queue what FILE says; the master must be stopped, its queue is kept",
                             "a backup", "restore /mnt/backup/queue.db --dir /var/lib/hallcast");
    for (const char* name : {"FILE", "--dir"}) restored->get_option(name)->required();
    restored->callback([options] { restore(*options); });
    CLI::App* verified = add("verify", "check every page, event and reply of the queue, or of a backup",
                             "a backup; the queue in --dir if not given", "verify --dir /var/lib/hallcast");
    verified->callback([options] {
        if (options->file.empty() == options->directory.empty()) throw CLI::RequiredError("FILE or --dir");
        verify(*options);
    });
}

}  // namespace hallcast::cli
