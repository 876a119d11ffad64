#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>

#include "player/queue/disk.h"
#include "player/queue/file_lock.h"
#include "player/queue/sqlite_log.h"
#include "player/queue/store.h"

namespace hallcast::queue {
namespace {

class SqliteStore final : public Store {
  public:
    static Expected<std::unique_ptr<Store>> open(const std::filesystem::path& file, const StoreOptions& options) {
        auto lock = FileLock::take(file);
        if (!lock) return std::unexpected(lock.error());
        if (auto quick = check_sync(file, options); !quick) return std::unexpected(quick.error());
        auto database = open_queue_database(file);
        if (!database) return std::unexpected(database.error());
        auto store =
            std::unique_ptr<SqliteStore>(new SqliteStore(*std::move(lock), *std::move(database), file.string()));
        const std::pair<Statement SqliteStore::*, const char*> statements[] = {
            {&SqliteStore::begin_, "BEGIN IMMEDIATE"},
            {&SqliteStore::commit_, "COMMIT"},
            {&SqliteStore::insert_event_, "INSERT INTO log (log_seq, event) VALUES (?1, ?2)"},
            {&SqliteStore::insert_reply_, "INSERT INTO reply (cmd_id, reply) VALUES (?1, ?2)"},
            {&SqliteStore::select_reply_, select_reply_sql},
            {&SqliteStore::keep_snapshot_, "INSERT OR REPLACE INTO snapshot (only, log_seq, state) VALUES (1, ?1, ?2)"},
        };
        for (const auto& [statement, sql] : statements) {
            auto prepared = prepare(store->database_.get(), sql);
            if (!prepared) return std::unexpected(prepared.error());
            (*store).*statement = *std::move(prepared);
        }
        return store;
    }

    Expected<void> replay(std::uint64_t after_log_seq, const std::function<void(const v1::Event&)>& apply) override {
        return read_log(database_.get(), after_log_seq, apply);
    }

    Expected<std::optional<Snapshot>> snapshot() override { return read_snapshot(database_.get()); }

    Expected<void> keep_snapshot(const Snapshot& snapshot) override {
        sqlite3_bind_int64(keep_snapshot_.get(), 1, std::int64_t(snapshot.log_seq));
        bind_blob(keep_snapshot_.get(), 2, snapshot.bytes);
        return step(keep_snapshot_.get());
    }

    Expected<std::optional<v1::CommandReply>> reply_to(std::string_view cmd_id) override {
        return read_reply(database_.get(), select_reply_.get(), cmd_id);
    }

    Expected<void> commit(std::span<const Outcome> outcomes) override {
        Expected<void> done = step(begin_.get());
        if (!done) return done;
        for (const Outcome& outcome : outcomes) {
            for (const v1::Event& event : outcome.events) {
                if (!event.SerializeToString(&bytes_)) done = fail("{}: an event cannot be serialised", file_);
                sqlite3_bind_int64(insert_event_.get(), 1, std::int64_t(event.log_seq()));
                bind_blob(insert_event_.get(), 2, bytes_);
                if (done) done = step(insert_event_.get());
                if (!done) return roll_back(std::move(done));
            }
            if (!outcome.reply.SerializeToString(&bytes_)) done = fail("{}: a reply cannot be serialised", file_);
            bind_blob(insert_reply_.get(), 1, outcome.cmd_id);
            bind_blob(insert_reply_.get(), 2, bytes_);
            if (done) done = step(insert_reply_.get());
            if (!done) return roll_back(std::move(done));
        }
        done = step(commit_.get());
        return done ? std::move(done) : roll_back(std::move(done));
    }

    Expected<std::uint64_t> next_epoch() override {
        const auto epoch =
            query_text(database_.get(), "UPDATE meta SET value = value + 1 WHERE key = 'epoch' RETURNING value");
        if (!epoch) return std::unexpected(epoch.error());
        if (epoch->empty()) return fail("{}: its epoch is missing. Restore the file from a backup", file_);
        return std::stoull(*epoch);
    }

  private:
    SqliteStore(FileLock lock, Database database, std::string file)
        : lock_(std::move(lock)), database_(std::move(database)), file_(std::move(file)) {}

    static Expected<void> check_sync(const std::filesystem::path& file, const StoreOptions& options) {
        constexpr int attempts = 8;  // another program may keep the disk busy for a moment
        std::chrono::microseconds took = std::chrono::microseconds::max();
        for (int i = 0; i < attempts && took > options.slowest_sync; ++i) {
            const auto now = (options.measure_sync ? options.measure_sync : measure_sync)(file.string() + ".probe");
            if (!now) return std::unexpected(now.error());
            took = std::min(took, *now);
        }
        if (took <= options.slowest_sync) return {};
        const auto error = fail(
            "{}: this disk takes {:.0f} ms to sync, and every answer waits for that; {:.0f} ms is the most. Choose "
            "a folder on a faster disk with --dir, or set HALLCAST_SLOW_DISK=1 to work all the same",
            file.string(), double(took.count()) / 1000, double(options.slowest_sync.count()) / 1000);
        const char* all_the_same = std::getenv("HALLCAST_SLOW_DISK");
        if (all_the_same == nullptr || *all_the_same != '1') return error;
        spdlog::warn("{}", error.error().message);
        return {};
    }

    Expected<void> step(sqlite3_stmt* statement) {
        const ResetOnExit reset{statement};
        if (sqlite3_step(statement) == SQLITE_DONE) return {};
        return std::unexpected(sqlite_error(database_.get(), "cannot write"));
    }

    Expected<void> roll_back(Expected<void> error) {
        // Some errors (full disk, I/O) have rolled back already.
        if (sqlite3_get_autocommit(database_.get()) == 0)
            sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
        return error;
    }

    FileLock lock_;  // released last
    Database database_;
    std::string file_;
    Statement begin_, commit_, insert_event_, insert_reply_, select_reply_, keep_snapshot_;
    std::string bytes_;  // of the row being written; reused
};

}  // namespace

Expected<std::unique_ptr<Store>> open_sqlite_store(const std::filesystem::path& file, StoreOptions options) {
    return SqliteStore::open(file, options);
}

}  // namespace hallcast::queue
