#include "player/queue/vault.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "player/queue/case_number.h"
#include "player/queue/file_lock.h"
#include "player/queue/pin.h"
#include "player/queue/sqlite.h"

namespace hallcast::queue {
namespace {

constexpr std::size_t key_bytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t padding_bytes = 64;
constexpr char seal_version = 1;
static_assert(key_bytes == crypto_generichash_KEYBYTES);

// Why these: a deleted key must be gone from the files when its deletion returns, whatever happens then.
// - No WAL: its old frames would hold the key until they happen to be overwritten. The rollback journal holds the page
//   as it was before, with the key, until the commit; TRUNCATE empties it then, and that is the commit.
// - EXTRA syncs each of these steps, the truncation too: no power loss brings the journal, and so the key, back.
// - secure_delete writes zeros over what is deleted, where SQLite would only mark it as free. That is not enough: when
//   rows move between pages, copies stay behind in the gaps, which a later deletion does not know of (measured with
//   SQLite 3.40: in 8 of 40 looks during 40,000 random steps one of 14,000 deleted keys was there). So all secrets are
//   in a table whose rows are added at its end, never change their size and are never deleted, hence never move: a
//   deletion writes zeros over the secret in its place. It costs 40 bytes a person, for ever.
// - Nothing of it goes to temporary files.
constexpr const char* settings = R"(
PRAGMA journal_mode = TRUNCATE;
PRAGMA synchronous = EXTRA;
PRAGMA secure_delete = ON;
PRAGMA temp_store = MEMORY;
)";

// `last_day` in days since 1970-01-01; a quarter's number is 4 * year + 0..3.
constexpr const char* schema = R"(
BEGIN IMMEDIATE;
CREATE TABLE secret (slot INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
CREATE TABLE office (slot INTEGER NOT NULL);
CREATE TABLE quarter (quarter INTEGER PRIMARY KEY, slot INTEGER NOT NULL);
CREATE TABLE person (id BLOB PRIMARY KEY, slot INTEGER NOT NULL, last_day INTEGER NOT NULL) WITHOUT ROWID;
PRAGMA user_version = 1;
COMMIT;
)";

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string random_bytes(std::size_t size) {
    std::string bytes(size, '\0');
    randombytes_buf(bytes.data(), bytes.size());
    return bytes;
}

// A secret in memory, for as long as it is used.
struct Secret {
    explicit Secret(std::string value) : bytes(std::move(value)) {}
    Secret(Secret&&) = default;
    Secret& operator=(Secret&&) = default;
    ~Secret() { sodium_memzero(bytes.data(), bytes.size()); }
    std::string bytes;
};

int quarter_of(timetable::Date day) {
    const std::chrono::year_month_day date{day};
    return int(date.year()) * 4 + int(unsigned(date.month()) - 1) / 3;
}

std::int64_t number_of(timetable::Date day) { return day.time_since_epoch().count(); }

// The file, made for its owner only before SQLite writes a secret into it. (Its journal gets the same mode.)
Expected<void> make_private(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return fail("{}: cannot be written: {}. Make it writable for this user, or choose another folder with --dir",
                    file.string(), std::generic_category().message(errno));
    struct stat info {};
    const bool known = ::fstat(descriptor, &info) == 0;
    ::close(descriptor);
    if (!known || (info.st_mode & 077) != 0)
        return fail("{}: others may read the keys of personal data; make it private with: chmod 600 {}", file.string(),
                    file.string());
    return {};
}

Expected<void> check_schema(sqlite3* database, const std::string& name) {
    const auto version = query_text(database, "PRAGMA user_version");
    if (!version) return std::unexpected(version.error());
    if (*version == "0") {
        const auto tables = query_text(database, "SELECT count(*) FROM sqlite_schema");
        if (!tables) return std::unexpected(tables.error());
        if (*tables != "0")
            return fail("{}: is a database of another program. Move it away, or choose another folder with --dir",
                        name);
        return execute(database, schema);
    }
    if (*version != "1")
        return fail(
            "{}: was written by another version of hallcast (its schema is {}, this program's is 1). Install "
            "that version",
            name, *version);
    // A write that changes nothing: what cannot be written is told now, and not to the first visitor.
    return execute(database, "PRAGMA user_version = 1");
}

class SqliteVault final : public Vault {
  public:
    static Expected<std::unique_ptr<Vault>> open(const std::filesystem::path& file) {
        HALLCAST_ASSERT(sodium_init() >= 0);
        auto lock = FileLock::take(file);
        if (!lock) return std::unexpected(lock.error());
        if (auto made = make_private(file); !made) return std::unexpected(made.error());
        sqlite3* handle = nullptr;
        const int code = sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
        Database database(handle);
        if (code != SQLITE_OK)
            return fail("{}: cannot open: {}. Check the disk and the file", file.string(), sqlite3_errstr(code));
        sqlite3_extended_result_codes(handle, 1);
        if (auto set = execute(handle, settings); !set) return std::unexpected(set.error());
        if (auto checked = check_schema(handle, file.string()); !checked) return std::unexpected(checked.error());
        auto vault =
            std::unique_ptr<SqliteVault>(new SqliteVault(*std::move(lock), std::move(database), file.string()));
        if (auto secret = vault->load_office_secret(); !secret) return std::unexpected(secret.error());
        return vault;
    }

    Expected<std::vector<std::string>> new_persons(std::span<const timetable::Date> last_days) override {
        std::vector<std::string> persons;
        auto done = in_transaction([&]() -> Expected<void> {
            for (const timetable::Date last_day : last_days) {
                persons.push_back(random_bytes(person_id_bytes));
                if (auto added = add_secret(); !added) return added;
                if (auto added = run("INSERT INTO person (id, slot, last_day) VALUES (?1, last_insert_rowid(), ?2)",
                                     persons.back(), number_of(last_day));
                    !added)
                    return added;
            }
            return {};
        });
        if (!done) return std::unexpected(done.error());
        return persons;
    }

    Expected<void> keep_until(std::string_view person, timetable::Date last_day) override {
        return run("UPDATE person SET last_day = ?2 WHERE id = ?1", person, number_of(last_day));
    }

    Expected<std::optional<timetable::Date>> kept_until(std::string_view person) override {
        std::optional<timetable::Date> last_day;
        auto done = each_row("SELECT last_day FROM person WHERE id = ?1", person, [&](sqlite3_stmt* row) {
            last_day = timetable::Date{std::chrono::days{sqlite3_column_int64(row, 0)}};
        });
        if (!done) return std::unexpected(done.error());
        return last_day;
    }

    // version | nonce | encrypted text, padded | tag; the version and the person are authenticated with them.
    Expected<std::string> seal(std::string_view person, std::string_view text) override {
        const auto key = key_of(person);
        if (!key) return std::unexpected(key.error());
        if (!*key) return fail("{}: this person is forgotten; their data cannot be kept any more", file_);
        Secret padded{std::string(text)};
        std::size_t size = 0;
        padded.bytes.resize((text.size() / padding_bytes + 1) * padding_bytes);
        HALLCAST_ASSERT(sodium_pad(&size, bytes_of(padded.bytes), text.size(), padding_bytes, padded.bytes.size()) ==
                        0);
        std::string sealed = seal_version + random_bytes(nonce_bytes);
        sealed.resize(1 + nonce_bytes + size + tag_bytes);
        const std::string bound = seal_version + std::string(person);
        crypto_aead_xchacha20poly1305_ietf_encrypt(bytes_of(sealed) + 1 + nonce_bytes, nullptr, bytes_of(padded.bytes),
                                                   size, bytes_of(bound), bound.size(), nullptr, bytes_of(sealed) + 1,
                                                   bytes_of((*key)->bytes));
        return sealed;
    }

    Expected<std::optional<std::string>> unseal(std::string_view person, std::string_view sealed) override {
        const auto key = key_of(person);
        if (!key) return std::unexpected(key.error());
        if (!*key) return std::nullopt;
        const std::string bound = seal_version + std::string(person);
        bool whole = sealed.size() >= 1 + nonce_bytes + padding_bytes + tag_bytes && sealed[0] == seal_version;
        std::string text(whole ? sealed.size() - 1 - nonce_bytes - tag_bytes : 0, '\0');
        whole = whole && crypto_aead_xchacha20poly1305_ietf_decrypt(
                             bytes_of(text), nullptr, nullptr, bytes_of(sealed) + 1 + nonce_bytes,
                             sealed.size() - 1 - nonce_bytes, bytes_of(bound), bound.size(), bytes_of(sealed) + 1,
                             bytes_of((*key)->bytes)) == 0;
        std::size_t size = 0;
        whole = whole && sodium_unpad(&size, bytes_of(text), text.size(), padding_bytes) == 0;
        if (!whole)
            return fail(
                "{}: these data were not sealed for this person, or were changed. Restore the log, and the "
                "file that belongs to it, from a backup",
                file_);
        text.resize(size);
        return text;
    }

    Expected<void> forget(std::string_view person) override {
        return in_transaction([&]() -> Expected<void> {
            if (auto done = run("UPDATE secret SET bytes = zeroblob(32) WHERE slot = "
                                "(SELECT slot FROM person WHERE id = ?1)",
                                person);
                !done)
                return done;
            return run("DELETE FROM person WHERE id = ?1", person);
        });
    }

    Expected<std::vector<std::string>> forget_expired(timetable::Date today, const Retention& retention) override {
        std::vector<std::string> forgotten;
        // Its last day is not before today - case_days, so it is kept; that of the one before is.
        const std::int64_t first_kept = quarter_of(today - std::chrono::days{retention.case_days});
        auto done = in_transaction([&]() -> Expected<void> {
            if (auto overwritten = run("UPDATE secret SET bytes = zeroblob(32) WHERE slot IN "
                                       "(SELECT slot FROM person WHERE last_day < ?1 "
                                       "UNION ALL SELECT slot FROM quarter WHERE quarter < ?2)",
                                       number_of(today), first_kept);
                !overwritten)
                return overwritten;
            if (auto deleted = run("DELETE FROM quarter WHERE quarter < ?1", first_kept); !deleted) return deleted;
            return each_row("DELETE FROM person WHERE last_day < ?1 RETURNING id", number_of(today),
                            [&](sqlite3_stmt* row) { forgotten.emplace_back(column_blob(row, 0)); });
        });
        if (!done) return std::unexpected(done.error());
        return forgotten;
    }

    Expected<std::vector<std::string>> case_hashes(std::string_view case_number, timetable::Date today) override {
        const auto normal = normal_case_number(case_number);
        if (!normal) return std::unexpected(normal.error());
        const std::int64_t quarter = quarter_of(today);
        std::vector<std::string> hashes;
        bool has_today = false;
        const auto read = [&] {
            hashes.clear();
            return each_row(
                "SELECT bytes, quarter = ?1 FROM quarter JOIN secret USING (slot) "
                "ORDER BY quarter = ?1 DESC, quarter DESC",
                quarter, [&](sqlite3_stmt* row) {
                    has_today = has_today || sqlite3_column_int(row, 1) == 1;
                    hashes.push_back(case_hash(column_blob(row, 0), *normal));
                });
        };
        if (auto done = read(); !done) return std::unexpected(done.error());
        if (has_today) return hashes;
        auto made = in_transaction([&]() -> Expected<void> {
            if (auto added = add_secret(); !added) return added;
            return run("INSERT INTO quarter (quarter, slot) VALUES (?1, last_insert_rowid())", quarter);
        });
        if (made) made = read();
        if (!made) return std::unexpected(made.error());
        return hashes;
    }

    std::string seed_of(std::string_view draw) const override {
        return case_hash(office_secret_.bytes, fmt::format("draw\n{}", draw));  // no case number has a line's end
    }
    std::string pin_of(std::uint64_t appointment, std::uint32_t generation) const override {
        return queue::pin_of(office_secret_.bytes, appointment, generation);
    }

  private:
    SqliteVault(FileLock lock, Database database, std::string file)
        : lock_(std::move(lock)), database_(std::move(database)), file_(std::move(file)) {}

    static void bind(sqlite3_stmt* statement, int index, std::string_view bytes) { bind_blob(statement, index, bytes); }
    static void bind(sqlite3_stmt* statement, int index, std::int64_t number) {
        sqlite3_bind_int64(statement, index, number);
    }

    // Statements are prepared anew each time: beside three syncs that is nothing, and none keeps a secret bound.
    template <typename Read, typename... Parameters>
    Expected<void> each_row_of(const char* sql, const Read& read, const Parameters&... parameters) {
        const auto statement = prepare(database_.get(), sql);
        if (!statement) return std::unexpected(statement.error());
        int index = 0;
        (bind(statement->get(), ++index, parameters), ...);
        for (;;) {
            const int code = sqlite3_step(statement->get());
            if (code == SQLITE_DONE) return {};
            if (code != SQLITE_ROW) return std::unexpected(sqlite_error(database_.get(), "cannot read or write"));
            read(statement->get());
        }
    }
    template <typename Parameter, typename Read>
    Expected<void> each_row(const char* sql, const Parameter& parameter, const Read& read) {
        return each_row_of(sql, read, parameter);
    }
    template <typename... Parameters>
    Expected<void> run(const char* sql, const Parameters&... parameters) {
        return each_row_of(
            sql, [](sqlite3_stmt*) {}, parameters...);
    }

    template <typename Steps>
    Expected<void> in_transaction(const Steps& steps) {
        Expected<void> done = execute(database_.get(), "BEGIN IMMEDIATE");
        if (!done) return done;
        done = steps();
        if (done) done = execute(database_.get(), "COMMIT");
        // Some errors (full disk, I/O) have rolled back already.
        if (!done && sqlite3_get_autocommit(database_.get()) == 0)
            sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
        return done;
    }

    // Its slot is last_insert_rowid().
    Expected<void> add_secret() {
        const Secret fresh(random_bytes(key_bytes));
        return run("INSERT INTO secret (bytes) VALUES (?1)", std::string_view(fresh.bytes));
    }

    // Nothing where the person is forgotten.
    Expected<std::optional<Secret>> key_of(std::string_view person) {
        std::optional<Secret> key;
        auto done = each_row("SELECT bytes FROM person JOIN secret USING (slot) WHERE id = ?1", person,
                             [&](sqlite3_stmt* row) { key.emplace(std::string(column_blob(row, 0))); });
        if (!done) return std::unexpected(done.error());
        if (key && key->bytes.size() != key_bytes) return fail("{}: is damaged. Restore it from a backup", file_);
        return key;
    }

    // Made at the first opening.
    Expected<void> load_office_secret() {
        const auto read = [&] {
            return each_row_of("SELECT bytes FROM office JOIN secret USING (slot)",
                               [&](sqlite3_stmt* row) { office_secret_.bytes = column_blob(row, 0); });
        };
        if (auto done = read(); !done || !office_secret_.bytes.empty()) return done;
        auto made = in_transaction([&]() -> Expected<void> {
            if (auto added = add_secret(); !added) return added;
            return run("INSERT INTO office (slot) VALUES (last_insert_rowid())");
        });
        return made ? read() : made;
    }

    FileLock lock_;  // released last
    Database database_;
    std::string file_;
    Secret office_secret_{std::string()};
};

}  // namespace

Expected<std::unique_ptr<Vault>> open_vault(const std::filesystem::path& file) { return SqliteVault::open(file); }

}  // namespace hallcast::queue
