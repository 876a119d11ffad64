#include "player/queue/verify.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <string>

#include "player/queue/apply.h"
#include "player/queue/snapshot.h"
#include "player/queue/sqlite_log.h"

namespace hallcast::queue {
namespace {

class Examination {
  public:
    Examination(sqlite3* database, std::string name, const Progress& progress)
        : database_(database), name_(std::move(name)), progress_(progress) {}

    // `entry` is the one that is being applied, for whoever finds this process dead.
    Expected<Verified> run(std::uint64_t& entry) {
        progress_("checking the pages", 0);
        const auto pages = query_text(database_, "PRAGMA integrity_check(1)");
        if (!pages) return std::unexpected(pages.error());
        if (*pages != "ok") return fail("{}: is damaged: {}. Restore the file from a backup", name_, *pages);
        // One moment of the file, whatever a master writes meanwhile.
        if (auto begun = execute(database_, "BEGIN"); !begun) return std::unexpected(begun.error());
        if (auto prepared = prepare_reads(); !prepared) return std::unexpected(prepared.error());
        Expected<void> fault;
        const auto read = read_log(database_, 0, [&](const v1::Event& event) {
            if (!fault) return;
            entry = event.log_seq();
            fault = examine(event);
            if (event.log_seq() % 1024 == 0)
                progress_("reading the log", double(event.log_seq()) / double(std::max<std::uint64_t>(last_, 1)));
        });
        if (!read) return std::unexpected(read.error());
        if (fault) fault = end_command();
        if (fault) fault = end_log();
        if (!fault) return std::unexpected(fault.error());
        return verified_;
    }

  private:
    Expected<void> prepare_reads() {
        auto reply = prepare(database_, select_reply_sql);
        if (!reply) return std::unexpected(reply.error());
        select_reply_ = *std::move(reply);
        const auto last = query_text(database_, "SELECT max(log_seq) FROM log");
        if (!last) return std::unexpected(last.error());
        last_ = last->empty() ? 0 : std::stoull(*last);
        const auto older = query_text(database_, "SELECT count(*) FROM sqlite_schema WHERE name = 'snapshot'");
        if (!older) return std::unexpected(older.error());
        if (*older == "0") return {};
        auto snapshot = read_snapshot(database_);
        if (!snapshot) return std::unexpected(snapshot.error());
        snapshot_ = *std::move(snapshot);
        verified_.foreign_snapshot = snapshot_ && !is_of_this_code(snapshot_->bytes);
        return {};
    }

    Expected<void> examine(const v1::Event& event) {
        if (event.cmd_id() != cmd_id_) {
            if (auto ended = end_command(); !ended) return ended;
            cmd_id_ = event.cmd_id();
        }
        apply(state_, event);
        ++verified_.events;
        if (!snapshot_ || verified_.foreign_snapshot || snapshot_->log_seq != event.log_seq()) return {};
        if (snapshot_->bytes != pack(state_))
            return fail(
                "{}: the snapshot at log entry {} is damaged or says something else than the log. Restore the "
                "file from a backup",
                name_, event.log_seq());
        verified_.snapshot = event.log_seq();
        return {};
    }

    // All events of a command have been read: it has a reply, which names the last of them.
    Expected<void> end_command() {
        if (state_.log_seq == 0) return {};
        const auto reply = read_reply(database_, select_reply_.get(), cmd_id_);
        if (!reply) return std::unexpected(reply.error());
        if (!*reply || (*reply)->log_seq() != state_.log_seq)
            return fail("{}: the reply to the command of log entry {} is {}. Restore the file from a backup", name_,
                        state_.log_seq, *reply ? "another's" : "missing");
        ++verified_.commands;
        return {};
    }

    Expected<void> end_log() {
        const auto replies = query_text(database_, "SELECT count(*) FROM reply");
        if (!replies) return std::unexpected(replies.error());
        if (std::stoull(*replies) == verified_.commands) return {};
        return fail("{}: {} replies stand for {} commands in the log. Restore the file from a backup", name_, *replies,
                    verified_.commands);
    }

    sqlite3* database_;
    std::string name_;
    const Progress& progress_;
    Statement select_reply_;
    std::optional<Snapshot> snapshot_;
    std::uint64_t last_ = 0;
    State state_;
    std::string cmd_id_;  // of the command whose events are being read
    Verified verified_;
};

Expected<Verified> examine(const std::filesystem::path& file, const Progress& progress, std::uint64_t& entry) {
    const auto database = open_queue_reader(file);
    if (!database) return std::unexpected(database.error());
    return Examination(database->get(), file.string(), progress).run(entry);
}

// What the child hands to its parent: the counts, or a message.
struct Handed {
    std::uint64_t entry = 0;
    bool good = false;
    Verified verified;
    char message[1024] = {};
};

struct Unmap {
    void operator()(Handed* handed) const { ::munmap(handed, sizeof(Handed)); }
};

}  // namespace

Expected<Verified> verify(const std::filesystem::path& file, const Progress& progress) {
    void* memory = ::mmap(nullptr, sizeof(Handed), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return fail("{}: cannot be checked: {}", file.string(), std::strerror(errno));
    const std::unique_ptr<Handed, Unmap> handed(new (memory) Handed);
    const Progress silent = [](std::string_view, double) {};
    const pid_t child = ::fork();
    if (child < 0) return fail("{}: cannot be checked: {}", file.string(), std::strerror(errno));
    if (child == 0) {
        ::signal(SIGABRT, SIG_DFL);  // the parent tells what it means
        const auto verified = examine(file, progress ? progress : silent, handed->entry);
        handed->good = verified.has_value();
        if (verified)
            handed->verified = *verified;
        else
            verified.error().message.copy(handed->message, sizeof(handed->message) - 1);
        ::_exit(0);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return fail("{}: log entry {} cannot follow what came before it. Restore the file from a backup", file.string(),
                    handed->entry);
    if (!handed->good) return std::unexpected(Error{handed->message});
    return handed->verified;
}

}  // namespace hallcast::queue
