// A random life of a vault, beside a model that hides nothing.
#include <random>

#include "tests/queue/vault_sample.h"

namespace hallcast::queue::vault_random_test {

using namespace vault_sample;

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
    const VaultFolder place;
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

}  // namespace hallcast::queue::vault_random_test
