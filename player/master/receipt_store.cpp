#include "player/master/receipt_store.h"

#include <spdlog/spdlog.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <variant>

#include "player/queue/sqlite.h"

namespace hallcast::master {
namespace {

// What waits for a disk that is slower than the screens; older ones are lost to the file.
constexpr std::size_t most_waiting = 16'384;
constexpr std::chrono::hours forget_every{1};
constexpr std::chrono::seconds open_again_after{10};
constexpr std::int64_t day_ms = 86'400'000;

// A call's time is part of its name: after a restore of the queue the same call ids come again.
constexpr const char* schema = R"(
CREATE TABLE IF NOT EXISTS call (
  hall TEXT NOT NULL, call_id TEXT NOT NULL, attempt INTEGER NOT NULL, called_at_ms INTEGER NOT NULL, call BLOB NOT NULL,
  PRIMARY KEY (hall, call_id, attempt)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS call_by_time ON call (called_at_ms);
CREATE TABLE IF NOT EXISTS receipt (
  hall TEXT NOT NULL, call_id TEXT NOT NULL, attempt INTEGER NOT NULL, player TEXT NOT NULL, kind INTEGER NOT NULL,
  received_us INTEGER NOT NULL, receipt BLOB NOT NULL,
  PRIMARY KEY (hall, call_id, attempt, player, kind)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS receipt_by_time ON receipt (received_us);
)";

struct KeptCall {
    std::string hall;
    v1::Call call;
};
struct KeptOf {
    std::string hall;
    v1::KeptReceipt receipt;
};
using Entry = std::variant<KeptCall, KeptOf>;

std::int64_t system_now_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

void bind_text(sqlite3_stmt* statement, int index, const std::string& text) {
    HALLCAST_ASSERT(sqlite3_bind_text(statement, index, text.data(), int(text.size()), SQLITE_TRANSIENT) == SQLITE_OK);
}

std::string text_at(sqlite3_stmt* statement, int column) {
    const unsigned char* text = sqlite3_column_text(statement, column);
    return text == nullptr ? std::string() : reinterpret_cast<const char*>(text);
}

// The file itself: one connection, of one thread.
class ReceiptFile {
  public:
    static Expected<ReceiptFile> open(const std::filesystem::path& path) {
        sqlite3* handle = nullptr;
        const int code = sqlite3_open_v2(path.c_str(), &handle,
                                         SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
        ReceiptFile file;
        file.database_.reset(handle);
        if (code != SQLITE_OK)
            return fail("{}: cannot be opened: {}. Make the folder writable for this user", path.string(),
                        sqlite3_errstr(code));
        sqlite3_extended_result_codes(handle, 1);
        sqlite3_busy_timeout(handle, 2000);
        if (auto mode = queue::query_text(handle, "PRAGMA journal_mode = WAL"); !mode)
            return std::unexpected(mode.error());
        // A receipt that a power failure takes is no visitor's loss: the log of the queue has the call.
        if (auto set = queue::execute(handle, "PRAGMA synchronous = NORMAL"); !set) return std::unexpected(set.error());
        if (auto made = queue::execute(handle, schema); !made) return std::unexpected(made.error());
        const auto ready = [&](queue::Statement& statement, const char* sql) -> Expected<void> {
            auto prepared = queue::prepare(handle, sql);
            if (!prepared) return std::unexpected(prepared.error());
            statement = *std::move(prepared);
            return {};
        };
        for (auto [statement, sql] :
             {std::pair{
                  &file.forget_others_,
                  "DELETE FROM receipt WHERE hall = ?1 AND call_id = ?2 AND attempt = ?3 AND EXISTS (SELECT 1 FROM "
                  "call WHERE hall = ?1 AND call_id = ?2 AND attempt = ?3 AND called_at_ms <> ?4)"},
              {&file.keep_call_, "INSERT OR REPLACE INTO call VALUES (?1, ?2, ?3, ?4, ?5)"},
              {&file.keep_receipt_, "INSERT OR REPLACE INTO receipt VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"}})
            if (auto done = ready(*statement, sql); !done) return std::unexpected(done.error());
        return file;
    }

    Expected<void> write(const std::deque<Entry>& entries) {
        if (auto begun = queue::execute(database_.get(), "BEGIN"); !begun) return begun;
        for (const Entry& entry : entries)
            if (auto kept = std::visit([&](const auto& one) { return keep(one); }, entry); !kept) {
                if (sqlite3_get_autocommit(database_.get()) == 0)
                    sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
                return kept;
            }
        return queue::execute(database_.get(), "COMMIT");
    }

    Expected<void> forget_before(std::int64_t at_ms) {
        const std::string sql = fmt::format(
            "BEGIN; DELETE FROM call WHERE called_at_ms < {}; DELETE FROM receipt WHERE received_us < {}; COMMIT",
            at_ms, at_ms * 1000);
        return queue::execute(database_.get(), sql.c_str());
    }

    // The latest calls first.
    Expected<std::vector<v1::CallRecord>> latest(std::size_t count) {
        auto calls = queue::prepare(database_.get(),
                                    "SELECT hall, call FROM call ORDER BY called_at_ms DESC, attempt DESC LIMIT ?1");
        if (!calls) return std::unexpected(calls.error());
        auto receipts = queue::prepare(database_.get(),
                                       "SELECT player, received_us, receipt FROM receipt WHERE hall = ?1 AND call_id = "
                                       "?2 AND attempt = ?3 ORDER BY received_us");
        if (!receipts) return std::unexpected(receipts.error());
        std::vector<v1::CallRecord> records;
        sqlite3_bind_int64(calls->get(), 1, std::int64_t(count));
        int code = SQLITE_OK;
        while ((code = sqlite3_step(calls->get())) == SQLITE_ROW) {
            v1::CallRecord record;
            record.set_hall(text_at(calls->get(), 0));
            const std::string_view bytes = queue::column_blob(calls->get(), 1);
            if (!record.mutable_call()->ParseFromArray(bytes.data(), int(bytes.size()))) continue;
            if (auto added = add_receipts(receipts->get(), record); !added) return std::unexpected(added.error());
            records.push_back(std::move(record));
        }
        if (code != SQLITE_DONE) return std::unexpected(queue::sqlite_error(database_.get(), "cannot read"));
        return records;
    }

  private:
    Expected<void> add_receipts(sqlite3_stmt* receipts, v1::CallRecord& record) {
        const queue::ResetOnExit reset{receipts};
        bind_text(receipts, 1, record.hall());
        bind_text(receipts, 2, record.call().call_id());
        sqlite3_bind_int64(receipts, 3, record.call().attempt());
        int code = SQLITE_OK;
        while ((code = sqlite3_step(receipts)) == SQLITE_ROW) {
            v1::KeptReceipt kept;
            kept.set_player(text_at(receipts, 0));
            kept.set_received_us(sqlite3_column_int64(receipts, 1));
            const std::string_view bytes = queue::column_blob(receipts, 2);
            if (kept.mutable_receipt()->ParseFromArray(bytes.data(), int(bytes.size())))
                *record.add_receipts() = std::move(kept);
        }
        if (code == SQLITE_DONE) return {};
        return std::unexpected(queue::sqlite_error(database_.get(), "cannot read"));
    }

    Expected<void> carry_out(sqlite3_stmt* statement) {
        const queue::ResetOnExit reset{statement};
        if (sqlite3_step(statement) == SQLITE_DONE) return {};
        return std::unexpected(queue::sqlite_error(database_.get(), "cannot write"));
    }

    Expected<void> keep(const KeptCall& kept) {
        const std::string bytes = kept.call.SerializeAsString();
        for (sqlite3_stmt* statement : {forget_others_.get(), keep_call_.get()}) {
            bind_text(statement, 1, kept.hall);
            bind_text(statement, 2, kept.call.call_id());
            sqlite3_bind_int64(statement, 3, kept.call.attempt());
            sqlite3_bind_int64(statement, 4, kept.call.called_at_ms());
            if (statement == keep_call_.get()) queue::bind_blob(statement, 5, bytes);
            if (auto done = carry_out(statement); !done) return done;
        }
        return {};
    }
    Expected<void> keep(const KeptOf& kept) {
        const v1::Receipt& receipt = kept.receipt.receipt();
        const std::string bytes = receipt.SerializeAsString();
        sqlite3_stmt* statement = keep_receipt_.get();
        bind_text(statement, 1, kept.hall);
        bind_text(statement, 2, receipt.call_id());
        sqlite3_bind_int64(statement, 3, receipt.attempt());
        bind_text(statement, 4, kept.receipt.player());
        sqlite3_bind_int64(statement, 5, receipt.what_case());
        sqlite3_bind_int64(statement, 6, kept.receipt.received_us());
        queue::bind_blob(statement, 7, bytes);
        return carry_out(statement);
    }

    queue::Database database_;
    queue::Statement forget_others_, keep_call_, keep_receipt_;  // gone before the connection
};

class ThreadedReceiptStore final : public ReceiptStore {
  public:
    explicit ThreadedReceiptStore(ReceiptStoreOptions options)
        : options_(std::move(options)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

    void call(const std::string& hall, const v1::Call& call) override { add(KeptCall{hall, call}); }
    void receipt(const std::string& hall, const v1::KeptReceipt& receipt) override { add(KeptOf{hall, receipt}); }

  private:
    void add(Entry entry) {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() == most_waiting) waiting_.pop_front();
        waiting_.push_back(std::move(entry));
        wake_.notify_one();
    }

    void run(const std::stop_token& stop) {
        open();
        if (file_ && options_.remembered) {
            auto latest = file_->latest(options_.most_remembered);
            if (latest)
                options_.remembered(*std::move(latest));
            else
                tell(latest.error());
        }
        std::deque<Entry> batch;
        while (true) {
            {
                std::unique_lock lock(mutex_);
                wake_.wait_for(lock, stop, forget_every, [this] { return !waiting_.empty(); });
                batch.swap(waiting_);
            }
            if (batch.empty() && stop.stop_requested()) return;
            if (!file_) open();
            if (file_) write(batch);
            batch.clear();
        }
    }

    void open() {
        const auto now = std::chrono::steady_clock::now();
        if (tried_ && now - *tried_ < open_again_after) return;
        tried_ = now;
        auto file = ReceiptFile::open(options_.file);
        if (!file) return tell(file.error());
        file_.emplace(*std::move(file));
    }

    void write(const std::deque<Entry>& batch) {
        const auto now = std::chrono::steady_clock::now();
        Expected<void> done;
        if (!forgotten_ || now - *forgotten_ >= forget_every) {
            forgotten_ = now;
            const std::int64_t now_ms = options_.now_ms ? options_.now_ms() : system_now_ms();
            done = file_->forget_before(now_ms - options_.kept.count() * day_ms);
        }
        if (done) done = file_->write(batch);
        if (!done) return tell(done.error());
        if (std::exchange(failing_, false)) spdlog::info("{}: receipts are kept again", options_.file.string());
    }

    void tell(const Error& error) {
        if (!failing_) spdlog::error("receipts are not kept on disk, calls go on: {}", error.message);
        failing_ = true;
    }

    const ReceiptStoreOptions options_;

    // Of the thread.
    std::optional<ReceiptFile> file_;
    std::optional<std::chrono::steady_clock::time_point> tried_, forgotten_;
    bool failing_ = false;

    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::deque<Entry> waiting_;  // protected by mutex_

    std::jthread thread_;  // last: it uses everything above
};

}  // namespace

std::unique_ptr<ReceiptStore> open_receipt_store(ReceiptStoreOptions options) {
    return std::make_unique<ThreadedReceiptStore>(std::move(options));
}

}  // namespace hallcast::master
