// The vault: what is sealed comes back, and what is forgotten is nowhere, down to the bytes of the files.
#include "player/queue/vault.h"

#include <sys/stat.h>

#include <array>
#include <fstream>
#include <iterator>
#include <random>

#include "player/queue/case_number.h"
#include "player/queue/pin.h"
#include "player/queue/sqlite.h"
#include "tests/queue/sample.h"

namespace hallcast::queue::vault_test {

using std::chrono::days;
using timetable::Date;

Date date(const char* text) { return timetable::parse_date(text).value(); }

std::string new_person(Vault& vault, Date last_day) { return vault.new_persons(std::array{last_day}).value().at(0); }

const Date today = date("2026-11-24");

std::string hex(const std::string& bytes) {
    std::string text;
    for (const unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
    return text;
}

struct Place {
    sample::TemporaryFolder folder;
    std::filesystem::path file() const { return folder.path() / "persons.db"; }
    std::unique_ptr<Vault> open() const {
        auto vault = open_vault(file());
        INFO((vault ? "" : vault.error().message));
        REQUIRE(vault.has_value());
        return *std::move(vault);
    }
    std::string error() const {
        const auto vault = open_vault(file());
        return vault ? std::string() : vault.error().message;
    }
    Database database() const {
        sqlite3* handle = nullptr;
        REQUIRE(sqlite3_open(file().c_str(), &handle) == SQLITE_OK);
        return Database(handle);
    }
    void run_sql(const std::string& sql) const {
        REQUIRE(sqlite3_exec(database().get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
    }
    // The secret bytes themselves, as a thief of the file would read them.
    std::vector<std::string> secrets(const std::string& sql) const {
        const Database open = database();
        const auto select = prepare(open.get(), sql);
        REQUIRE(select.has_value());
        std::vector<std::string> found;
        while (sqlite3_step(select->get()) == SQLITE_ROW) found.emplace_back(column_blob(select->get(), 0));
        return found;
    }
    std::string key_of(const std::string& person) const {
        const auto keys =
            secrets(fmt::format("SELECT bytes FROM person JOIN secret USING (slot) WHERE id = x'{}'", hex(person)));
        REQUIRE(keys.size() == 1);
        REQUIRE(keys[0].size() == 32);
        return keys[0];
    }
    // Which of the folder's files has a half of one of these keys.
    std::string file_with(const std::vector<std::string>& keys) const {
        for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
            std::ifstream in(entry.path(), std::ios::binary);
            const std::string bytes{std::istreambuf_iterator<char>(in), {}};
            for (const std::string& key : keys)
                for (const std::string& half : {key.substr(0, 16), key.substr(16)})
                    if (bytes.find(half) != std::string::npos) return entry.path().filename();
        }
        return "";
    }
    std::string file_with(const std::string& key) const { return file_with(std::vector{key}); }
};

// Becomes somebody whom permissions bind, for a moment: root may write everywhere.
template <typename Call>
auto as_nobody(Call call) {
    const bool root = ::geteuid() == 0;
    if (root) REQUIRE(::seteuid(65534) == 0);
    auto result = call();
    if (root) REQUIRE(::seteuid(0) == 0);
    return result;
}

TEST_CASE("what was sealed for a person comes back, also after a restart") {
    const Place place;
    std::string person, sealed;
    const std::string text = "Олена Коваль, +48 600 000 000";
    {
        const auto vault = place.open();
        person = new_person(*vault, today);
        CHECK(person.size() == person_id_bytes);
        sealed = vault->seal(person, text).value();
        CHECK(sealed.find("600") == std::string::npos);
        CHECK(vault->unseal(person, sealed).value() == text);
        CHECK(vault->seal(person, text).value() != sealed);
    }
    const auto vault = place.open();
    CHECK(vault->unseal(person, sealed).value() == text);
    CHECK(vault->kept_until(person).value() == today);
    REQUIRE(vault->keep_until(person, today + days{9}));
    CHECK(vault->kept_until(person).value() == today + days{9});
}

TEST_CASE("sealed data tell their length in steps of 64 bytes only") {
    const Place place;
    const auto vault = place.open();
    const std::string person = new_person(*vault, today);
    std::set<std::size_t> sizes;
    for (std::size_t size = 0; size < 128; ++size) {
        const std::string text(size, 'x');
        const std::string sealed = vault->seal(person, text).value();
        sizes.insert(sealed.size());
        CHECK(vault->unseal(person, sealed).value() == text);
    }
    CHECK(sizes.size() == 2);
}

TEST_CASE("nobody else's key opens it, and no changed byte passes") {
    const Place place;
    const auto vault = place.open();
    const std::string anna = new_person(*vault, today), boris = new_person(*vault, today);
    const std::string sealed = vault->seal(anna, "Anna").value();
    const auto wrong = vault->unseal(boris, sealed);
    REQUIRE(!wrong);
    CHECK(sample::contains(wrong.error().message, "not sealed for this person"));
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        std::string changed = sealed;
        changed[at] ^= 1;
        CHECK(!vault->unseal(anna, changed));
    }
    for (std::size_t size = 0; size < sealed.size(); ++size) CHECK(!vault->unseal(anna, sealed.substr(0, size)));
    CHECK(!vault->unseal(anna, sealed + '\0'));
    // The same key under another id: the person is bound to the data, too.
    place.run_sql(fmt::format("UPDATE secret SET bytes = x'{}'", hex(place.key_of(anna))));
    CHECK(!vault->unseal(boris, sealed));
}

TEST_CASE("whoever is forgotten is gone: no seal opens, and the key is in no file") {
    const Place place;
    auto vault = place.open();
    const std::string gone = new_person(*vault, today), stays = new_person(*vault, today);
    const std::string sealed = vault->seal(gone, "Anna").value(), other = vault->seal(stays, "Boris").value();
    const std::string key = place.key_of(gone);
    REQUIRE(place.file_with(key) == "persons.db");
    REQUIRE(vault->forget(gone));
    CHECK(place.file_with(key) == "");
    CHECK(place.file_with(place.key_of(stays)) == "persons.db");
    for (int start = 0; start < 2; ++start) {
        CHECK(vault->unseal(gone, sealed).value() == std::nullopt);
        CHECK(vault->kept_until(gone).value() == std::nullopt);
        const auto refused = vault->seal(gone, "Anna");
        REQUIRE(!refused);
        CHECK(sample::contains(refused.error().message, "is forgotten"));
        CHECK(vault->forget(gone));
        CHECK(vault->keep_until(gone, today));
        CHECK(vault->unseal(stays, other).value() == "Boris");
        vault.reset();
        vault = place.open();
    }
}

TEST_CASE("the search for a key would find it: in a deleted row, and in a journal that is kept") {
    const Place place;
    std::string deleted, in_journal;
    {
        const auto vault = place.open();
        deleted = place.key_of(new_person(*vault, today));
        in_journal = place.key_of(new_person(*vault, today));
    }
    const Database database = place.database();
    const auto run = [&](const std::string& sql) { REQUIRE(execute(database.get(), sql.c_str())); };
    run(fmt::format("PRAGMA secure_delete = OFF; DELETE FROM secret WHERE bytes = x'{}'", hex(deleted)));
    CHECK(place.file_with(deleted) == "persons.db");
    run("PRAGMA secure_delete = ON; PRAGMA journal_mode = PERSIST; UPDATE secret SET bytes = zeroblob(32)");
    CHECK(place.file_with(in_journal) == "persons.db-journal");
}

TEST_CASE("a person is kept to the end of their last day, a case number's key 365 days after its quarter") {
    const Place place;
    const auto vault = place.open();
    const std::string early = new_person(*vault, date("2026-12-24"));
    const std::string late = new_person(*vault, date("2026-12-25"));
    const std::string key = place.key_of(early);
    const Retention retention;
    CHECK(vault->forget_expired(date("2026-12-24"), retention).value().empty());
    CHECK(vault->forget_expired(date("2026-12-25"), retention).value() == std::vector{early});
    CHECK(place.file_with(key) == "");
    CHECK(vault->kept_until(late).value().has_value());
    CHECK(vault->kept_until(early).value() == std::nullopt);

    const std::string hash = vault->case_hashes("AB 1", date("2026-10-01")).value().at(0);
    const auto still_known = [&](const char* day) {
        REQUIRE(vault->forget_expired(date(day), retention));
        const auto hashes = vault->case_hashes("AB 1", date(day)).value();
        return std::find(hashes.begin(), hashes.end(), hash) != hashes.end();
    };
    const std::string secret = place.secrets("SELECT bytes FROM quarter JOIN secret USING (slot)").at(0);
    CHECK(still_known("2027-12-31"));
    CHECK(place.file_with(secret) == "persons.db");
    CHECK_FALSE(still_known("2028-01-01"));
    CHECK(place.file_with(secret) == "");
    CHECK_FALSE(still_known("2026-10-01"));  // a clock that is put back does not bring it back
}

TEST_CASE("a case number has one hash a quarter, and the same one however it is written") {
    const Place place;
    auto vault = place.open();
    const auto first = vault->case_hashes("WSC-II-P.6151/12 345.2026", date("2026-11-24")).value();
    REQUIRE(first.size() == 1);
    CHECK(first[0].size() == case_hash_bytes);
    vault.reset();
    vault = place.open();
    const auto then = vault->case_hashes("wsc ii p.6151 / 12345.2026", date("2027-01-01")).value();
    REQUIRE(then.size() == 2);
    CHECK(then[0] != first[0]);
    CHECK(then[1] == first[0]);
    // Today's first, also where the clock was ahead for a while.
    CHECK(vault->case_hashes("WSCIIP.6151.12345.2026", date("2026-12-31")).value() !=
          std::vector{first[0], then[0]});  // another dot, another case
    CHECK(vault->case_hashes("WSCIIP.615112345.2026", date("2026-12-31")).value() == std::vector{first[0], then[0]});
    const Place other;
    CHECK(other.open()->case_hashes("WSCIIP.615112345.2026", date("2026-11-24")).value() != first);
    const auto empty = vault->case_hashes(" - ", today);
    REQUIRE(!empty);
    CHECK(sample::contains(empty.error().message, "empty"));
}

TEST_CASE("case numbers: what is the same") {
    const auto normal = [](const std::string& text) {
        const auto result = normal_case_number(text);
        return result ? *result : "error: " + result.error().message;
    };
    CHECK(normal("ab-12/34") == "AB1234");
    CHECK(normal("ＡＢ１２") == "AB12");                          // full-width
    CHECK(normal("AB\u00a01\u20092\u200b3\u00ad4") == "AB1234");  // no-break and thin space, zero width, soft hyphen
    CHECK(normal("A\u2013B\u2212C\u2044D\\E") == "ABCDE");        // en dash, minus, fraction slash
    CHECK(normal("\u00fcx") == normal("U\u0308X"));               // composed or not
    CHECK(normal("u-\u0308") == "\u00dc");
    CHECK(normal("stra\u00dfe") == "STRASSE");
    CHECK(normal("12.3") != normal("1.23"));
    CHECK(sample::contains(normal("\xff\xfe"), "cannot be read"));
    CHECK(sample::contains(normal(""), "empty"));
    CHECK(normal(std::string(100, 'x')) == std::string(100, 'X'));
    CHECK(sample::contains(normal(std::string(101, 'x')), "at most 100"));

    const std::uint64_t seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    const std::vector<std::string> pieces = {"a",      "Z",      "7",      " ",      "-",      "/",      ".",
                                             "\u0308", "\u0301", "\u00df", "\u0149", "\ufb01", "\u00bd", "\u0130",
                                             "\u0131", "\u03c2", "\u00ad", "\u1e9e", "\uff0d"};
    for (int round = 0; round < 5000; ++round) {
        std::string text = "1";
        for (std::size_t count = random() % 8; count > 0; --count) text += pieces[random() % pieces.size()];
        const std::string once = normal(text);
        if (normal(once) != once) FAIL(fmt::format("'{}' -> '{}' -> '{}'", text, once, normal(once)));
    }
}

TEST_CASE("a PIN has six digits, is the same again, and another one for each appointment and generation") {
    const Place place;
    auto vault = place.open();
    std::set<std::string> pins;
    for (std::uint64_t appointment = 1; appointment <= 1000; ++appointment) {
        const std::string pin = vault->pin_of(appointment, 0);
        REQUIRE(pin.size() == 6);
        REQUIRE(pin.find_first_not_of("0123456789") == std::string::npos);
        pins.insert(pin);
    }
    CHECK(pins.size() > 980);  // 0.5 pairs expected
    const std::string pin = vault->pin_of(7, 1);
    CHECK(pin != vault->pin_of(7, 0));
    vault.reset();
    vault = place.open();
    CHECK(vault->pin_of(7, 1) == pin);

    CHECK(is_pin("012345", "012345"));
    CHECK(is_pin("012345", " 012-345 "));
    CHECK(is_pin("012345", "٠١٢٣٤٥"));
    CHECK(is_pin("012345", "०१२३४५"));
    CHECK_FALSE(is_pin("012345", "012346"));
    CHECK_FALSE(is_pin("012345", "112345"));
    CHECK_FALSE(is_pin("012345", "12345"));
    CHECK_FALSE(is_pin("012345", "0123450"));
    CHECK_FALSE(is_pin("012345", "01234a"));
    CHECK_FALSE(is_pin("012345", ""));
}

TEST_CASE("the keys are for their owner only") {
    const Place place;
    { const auto vault = place.open(); }
    struct stat info {};
    REQUIRE(::stat(place.file().c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
    for (const mode_t mode : {0640, 0604, 0660}) {
        REQUIRE(::chmod(place.file().c_str(), mode) == 0);
        CHECK(sample::contains(place.error(), "chmod 600"));
    }
    REQUIRE(::chmod(place.file().c_str(), 0600) == 0);
    CHECK(place.error() == "");
}

TEST_CASE("a place that cannot be written says so at the start, and changes nothing") {
    const Place place;
    std::string person;
    { person = new_person(*place.open(), today); }
    REQUIRE(::chmod((place.file().string() + ".lock").c_str(), 0666) == 0);
    if (::geteuid() == 0) REQUIRE(::chown(place.file().c_str(), 65534, 65534) == 0);
    // The file may be read only, then the folder (where its journal belongs).
    REQUIRE(::chmod(place.folder.path().c_str(), 0777) == 0);
    REQUIRE(::chmod(place.file().c_str(), 0400) == 0);
    const std::string file_error = as_nobody([&] { return place.error(); });
    CHECK(sample::contains(file_error, "persons.db: cannot be written: Permission denied"));
    REQUIRE(::chmod(place.file().c_str(), 0600) == 0);
    std::filesystem::remove(place.file().string() + "-journal");
    REQUIRE(::chmod(place.folder.path().c_str(), 0555) == 0);
    const std::string folder_error = as_nobody([&] { return place.error(); });
    INFO(folder_error);
    CHECK(sample::contains(folder_error, "persons.db: cannot write"));
    CHECK(sample::contains(folder_error, "writable"));
    REQUIRE(::chmod(place.folder.path().c_str(), 0755) == 0);
    CHECK(place.open()->kept_until(person).value() == today);
}

TEST_CASE("a second master, a stranger's database and a newer one are refused") {
    const Place place;
    {
        const auto vault = place.open();
        CHECK(sample::contains(place.error(), "in use by another master"));
    }
    place.run_sql("PRAGMA user_version = 2");
    CHECK(sample::contains(place.error(), "another version"));
    const Place strange;
    strange.run_sql("CREATE TABLE t (x)");
    REQUIRE(::chmod(strange.file().c_str(), 0600) == 0);
    CHECK(sample::contains(strange.error(), "another program"));
    const Place broken;
    std::ofstream(broken.file()) << "this is no database, however long it may be, and it never was one";
    REQUIRE(::chmod(broken.file().c_str(), 0600) == 0);
    CHECK(sample::contains(broken.error(), "backup"));
}

// What a vault is, with nothing hidden.
struct Model {
    struct Person {
        Date last_day;
        std::vector<std::pair<std::string, std::string>> sealed;  // bytes, text
    };
    std::map<std::string, Person> persons;
    std::map<std::string, std::vector<std::string>> forgotten;  // with what had been sealed
    std::vector<std::string> forgotten_keys;
};

TEST_CASE("a random life of a vault is the model's, and no forgotten key is in its files") {
    const std::uint64_t seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    const auto below = [&](std::size_t limit) { return random() % limit; };
    const Place place;
    auto vault = place.open();
    Model model;
    Date now = today;
    const auto forget_in_model = [&](const std::string& person) {
        for (const auto& [sealed, text] : model.persons.at(person).sealed) model.forgotten[person].push_back(sealed);
        model.forgotten[person];
        model.persons.erase(person);
    };
    for (int step = 0; step < 500; ++step) {
        const std::size_t choice = below(20);
        if (model.persons.empty() || choice < 9) {
            std::vector<Date> last_days;
            for (std::size_t count = 1 + below(5); count > 0; --count) last_days.push_back(now + days{below(60)});
            const auto persons = vault->new_persons(last_days).value();
            REQUIRE(persons.size() == last_days.size());
            for (std::size_t at = 0; at < persons.size(); ++at) model.persons[persons[at]].last_day = last_days[at];
            continue;
        }
        auto& [person, known] = *std::next(model.persons.begin(), long(below(model.persons.size())));
        if (choice < 12) {
            std::string text(below(200), '\0');
            for (char& byte : text) byte = char(random());
            const std::string sealed = vault->seal(person, text).value();
            known.sealed.emplace_back(sealed, text);
            if (model.persons.size() > 1) {
                const auto& other = model.persons.begin()->first == person ? model.persons.rbegin()->first
                                                                           : model.persons.begin()->first;
                REQUIRE(!vault->unseal(other, sealed));
            }
        } else if (choice < 14) {
            known.last_day = now + days{below(60)};
            REQUIRE(vault->keep_until(person, known.last_day));
        } else if (choice < 17) {
            model.forgotten_keys.push_back(place.key_of(person));
            REQUIRE(vault->forget(std::string(person)));
            forget_in_model(std::string(person));
        } else if (choice < 18) {
            now += days{below(5)};
            std::set<std::string> expected;
            for (const auto& [id, entry] : model.persons)
                if (entry.last_day < now) expected.insert(id);
            for (const std::string& id : expected) {
                model.forgotten_keys.push_back(place.key_of(id));
                forget_in_model(id);
            }
            const auto forgotten = vault->forget_expired(now, {}).value();
            REQUIRE(std::set(forgotten.begin(), forgotten.end()) == expected);
        } else if (choice < 19) {
            for (const auto& [sealed, text] : known.sealed) REQUIRE(vault->unseal(person, sealed).value() == text);
            REQUIRE(vault->kept_until(person).value() == known.last_day);
        } else if (below(3) == 0) {
            vault.reset();
            vault = place.open();
        }
        if (step % 50 == 0) REQUIRE(place.file_with(model.forgotten_keys) == "");
    }
    REQUIRE(place.file_with(model.forgotten_keys) == "");
    for (const auto& [person, sealed] : model.forgotten)
        for (const std::string& bytes : sealed) REQUIRE(vault->unseal(person, bytes).value() == std::nullopt);
    for (const auto& [person, known] : model.persons) {
        REQUIRE(place.file_with(place.key_of(person)) == "persons.db");
        for (const auto& [sealed, text] : known.sealed) REQUIRE(vault->unseal(person, sealed).value() == text);
    }
    CHECK(model.forgotten_keys.size() > 100);
}

}  // namespace hallcast::queue::vault_test
