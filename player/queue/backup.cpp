#include "player/queue/backup.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <string>
#include <utility>

#include "player/queue/file_lock.h"
#include "player/queue/sqlite.h"

namespace hallcast::queue {
namespace {

namespace fs = std::filesystem;

// More than a queue has starts and offices in its life.
constexpr const char* raise_epoch = "UPDATE meta SET value = value + 1048576 WHERE key = 'epoch'";

fs::path with(const fs::path& file, const char* suffix) { return file.string() + suffix; }

Expected<void> sync(const fs::path& path) {
    const int descriptor = ::open(path.empty() ? "." : path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
    const int error = errno;
    if (descriptor >= 0) ::close(descriptor);
    if (synced) return {};
    return fail("{}: cannot be synced: {}. Check the disk", path.string(), std::strerror(error));
}

// The file comes under its last name, for good.
Expected<void> rename_durably(const fs::path& from, const fs::path& to) {
    std::error_code error;
    fs::rename(from, to, error);
    if (error) return fail("{}: cannot be renamed to {}: {}", from.string(), to.string(), error.message());
    return sync(to.parent_path());
}

// All pages of one moment, in a file without a log of its own.
Expected<void> copy(const fs::path& from, const fs::path& to, const Progress& progress) {
    const auto database = open_queue_reader(from);
    if (!database) return std::unexpected(database.error());
    std::error_code ignored;
    fs::remove(to, ignored);  // of a copy that was interrupted
    const auto statement = prepare(database->get(), "VACUUM INTO ?1");
    if (!statement) return std::unexpected(statement.error());
    sqlite3_bind_text(statement->get(), 1, to.c_str(), -1, SQLITE_STATIC);
    auto told = [&] {
        std::error_code none;
        const double size = double(fs::file_size(from, none)), copied = none ? 0 : double(fs::file_size(to, none));
        if (progress && !none) progress("copying", std::min(1.0, copied / std::max(1.0, size)));
    };
    using Told = decltype(told);
    constexpr int steps = 100'000;  // of SQLite's machine, between two looks
    sqlite3_progress_handler(
        database->get(), steps, [](void* tell) { return (*static_cast<Told*>(tell))(), 0; }, &told);
    if (sqlite3_step(statement->get()) != SQLITE_DONE)
        return std::unexpected(sqlite_error(database->get(), fmt::format("cannot be copied to {}", to.string())));
    fs::permissions(to, fs::status(from, ignored).permissions(), ignored);
    return sync(to);
}

// A copy that is about to become the queue.
Expected<void> make_ready(const fs::path& file) {
    const auto database = open_queue_database(file);  // migrates it
    if (!database) return std::unexpected(database.error());
    const auto pages = query_text(database->get(), "PRAGMA integrity_check(1)");
    if (!pages) return std::unexpected(pages.error());
    if (*pages != "ok") return fail("{}: was not written as it should be: {}. Check the disk", file.string(), *pages);
    if (auto raised = execute(database->get(), raise_epoch); !raised) return raised;
    // Into the file itself: its log would not be renamed with it.
    return execute(database->get(), "PRAGMA wal_checkpoint(TRUNCATE)");
}

// The queue before, by another name as well: queue.db keeps its own until the new one takes it, so that a master never
// finds none and begins anew.
Expected<std::optional<fs::path>> keep_aside(const fs::path& queue) {
    std::error_code error;
    if (!fs::exists(queue, error)) return std::nullopt;
    // Its log goes into the file where that is still one; else it is kept beside.
    if (open_queue_reader(queue)) {
        sqlite3* handle = nullptr;
        sqlite3_open_v2(queue.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr);
        const Database database(handle);
        sqlite3_exec(handle, "PRAGMA wal_checkpoint(TRUNCATE)", nullptr, nullptr, nullptr);
    }
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    ::localtime_r(&now, &local);
    char stamp[32];
    std::strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &local);
    fs::path kept = with(queue, fmt::format(".before-{}", stamp).c_str());
    for (int i = 2; fs::exists(kept, error); ++i) kept = with(queue, fmt::format(".before-{}-{}", stamp, i).c_str());
    fs::create_hard_link(queue, kept, error);
    if (error) return fail("{}: cannot be kept as {}: {}", queue.string(), kept.string(), error.message());
    // A log that stayed would be applied to the new file.
    if (fs::exists(with(queue, "-wal"), error)) {
        fs::rename(with(queue, "-wal"), with(kept, "-wal"), error);
        if (error) return fail("{}-wal: cannot be kept: {}", queue.string(), error.message());
    }
    fs::remove(with(queue, "-shm"), error);
    if (auto synced = sync(queue.parent_path()); !synced) return std::unexpected(synced.error());
    return kept;
}

}  // namespace

Expected<Verified> back_up(const fs::path& queue, const fs::path& to, const Progress& progress) {
    std::error_code error;
    if (fs::equivalent(queue, to, error)) return fail("{}: is the queue itself. Name another file", to.string());
    const fs::path aside = with(to, ".part");
    auto copied = copy(queue, aside, progress);
    auto verified = copied ? verify(aside, progress) : std::unexpected(copied.error());
    if (verified) {
        auto renamed = rename_durably(aside, to);
        if (!renamed) verified = std::unexpected(renamed.error());
    }
    if (!verified) fs::remove(aside, error);
    return verified;
}

Expected<Restored> restore(const fs::path& backup, const fs::path& queue, const Progress& progress) {
    std::error_code error;
    if (fs::equivalent(queue, backup, error)) return fail("{}: is the queue itself. Name a backup", backup.string());
    const auto lock = FileLock::take(queue);
    if (!lock) return std::unexpected(lock.error());
    const auto verified = verify(backup, progress);
    if (!verified) return std::unexpected(verified.error());
    const fs::path aside = with(queue, ".part");
    if (auto copied = copy(backup, aside, progress); !copied) return std::unexpected(copied.error());
    if (auto ready = make_ready(aside); !ready) return std::unexpected(ready.error());
    auto kept = keep_aside(queue);
    if (!kept) return std::unexpected(kept.error());
    if (auto renamed = rename_durably(aside, queue); !renamed) return std::unexpected(renamed.error());
    return Restored{*verified, *std::move(kept)};
}

}  // namespace hallcast::queue
