// The vault: what is sealed comes back, and what is forgotten is nowhere, down to the bytes of the files.
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <set>

#include "player/queue/case_number.h"
#include "tests/queue/vault_sample.h"

namespace hallcast::queue::vault_test {

using namespace vault_sample;

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
    const VaultFolder place;
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
    const VaultFolder place;
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
    const VaultFolder place;
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
    const VaultFolder place;
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
    const VaultFolder place;
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
    const VaultFolder place;
    const auto vault = place.open();
    const std::string early = new_person(*vault, day("2026-12-24"));
    const std::string late = new_person(*vault, day("2026-12-25"));
    const std::string key = place.key_of(early);
    const Retention retention;
    CHECK(vault->forget_expired(day("2026-12-24"), retention).value().empty());
    CHECK(vault->forget_expired(day("2026-12-25"), retention).value() == std::vector{early});
    CHECK(place.file_with(key) == "");
    CHECK(vault->kept_until(late).value().has_value());
    CHECK(vault->kept_until(early).value() == std::nullopt);

    const std::string hash = vault->case_hashes("AB 1", day("2026-10-01")).value().at(0);
    const auto still_known = [&](const char* text) {
        REQUIRE(vault->forget_expired(day(text), retention));
        const auto hashes = vault->case_hashes("AB 1", day(text)).value();
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
    const VaultFolder place;
    auto vault = place.open();
    const auto first = vault->case_hashes("WSC-II-P.6151/12 345.2026", day("2026-11-24")).value();
    REQUIRE(first.size() == 1);
    CHECK(first[0].size() == case_hash_bytes);
    vault.reset();
    vault = place.open();
    const auto then = vault->case_hashes("wsc ii p.6151 / 12345.2026", day("2027-01-01")).value();
    REQUIRE(then.size() == 2);
    CHECK(then[0] != first[0]);
    CHECK(then[1] == first[0]);
    // Today's first, also where the clock was ahead for a while.
    CHECK(vault->case_hashes("WSCIIP.6151.12345.2026", day("2026-12-31")).value() !=
          std::vector{first[0], then[0]});  // another dot, another case
    CHECK(vault->case_hashes("WSCIIP.615112345.2026", day("2026-12-31")).value() == std::vector{first[0], then[0]});
    const VaultFolder other;
    CHECK(other.open()->case_hashes("WSCIIP.615112345.2026", day("2026-11-24")).value() != first);
    const auto empty = vault->case_hashes(" - ", today);
    REQUIRE(!empty);
    CHECK(sample::contains(empty.error().message, "empty"));
}

TEST_CASE("a PIN has six digits, is the same again, and another one for each appointment and generation") {
    const VaultFolder place;
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
}

TEST_CASE("a full disk is told, and leaves the vault as it was") {
    const VaultFolder place;
    const auto vault = place.open();
    const std::string person = new_person(*vault, today);
    const std::string key = place.key_of(person);
    struct rlimit before {};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const rlimit full{std::filesystem::file_size(place.file()), before.rlim_max};
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &full) == 0);
    const auto refused = vault->new_persons(std::vector(2000, today));
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    std::signal(SIGXFSZ, handler);
    REQUIRE(!refused);
    CHECK(sample::contains(refused.error().message, "persons.db: cannot"));
    CHECK(place.secrets("SELECT id FROM person") == std::vector{person});
    CHECK(vault->new_persons(std::vector(2000, today)).value().size() == 2000);
    REQUIRE(vault->forget(person));
    CHECK(place.file_with(key) == "");
}

TEST_CASE("the keys are for their owner only") {
    const VaultFolder place;
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
    const VaultFolder place;
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
    const VaultFolder place;
    {
        const auto vault = place.open();
        CHECK(sample::contains(place.error(), "in use by another master"));
    }
    place.run_sql("PRAGMA user_version = 2");
    CHECK(sample::contains(place.error(), "another version"));
    const VaultFolder strange;
    strange.run_sql("CREATE TABLE t (x)");
    REQUIRE(::chmod(strange.file().c_str(), 0600) == 0);
    CHECK(sample::contains(strange.error(), "another program"));
    const VaultFolder broken;
    std::ofstream(broken.file()) << "this is no database, however long it may be, and it never was one";
    REQUIRE(::chmod(broken.file().c_str(), 0600) == 0);
    CHECK(sample::contains(broken.error(), "backup"));
}

}  // namespace hallcast::queue::vault_test
