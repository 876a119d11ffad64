// A vault in a folder of its own, and a look at the bytes of its files.
#pragma once

#include <array>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "player/queue/sqlite.h"
#include "player/queue/vault.h"
#include "tests/queue/sample.h"

namespace hallcast::queue::vault_sample {

using std::chrono::days;
using timetable::Date;

inline Date day(const char* text) { return timetable::parse_date(text).value(); }

inline std::string new_person(Vault& vault, Date last_day) {
    return vault.new_persons(std::array{last_day}).value().at(0);
}

inline const Date today = day("2026-11-24");

inline std::string hex(const std::string& bytes) {
    std::string text;
    for (const unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
    return text;
}

struct VaultFolder {
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

}  // namespace hallcast::queue::vault_sample
