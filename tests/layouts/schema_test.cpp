// The shipped JSON Schema and the README's tables are those of the table that the parser reads by.
#include <cstdlib>
#include <filesystem>

#include "layouts/keys.h"
#include "layouts/schema.h"
#include "protocol/base/file.h"
#include "tests/layouts/parsed.h"

namespace schema_test {

using namespace hallcast;

std::string source_file(const std::string& name) {
    const char* source = std::getenv("HALLCAST_SOURCE");
    const auto text = read_file(std::filesystem::path(source ? source : ".") / name, 1u << 20);
    INFO((text ? "" : text.error().message));
    REQUIRE(text);
    return *text;
}

TEST_CASE(
    "the shipped schema is the one the program prints; else: hallcast layout schema > layouts/layout.schema.json") {
    CHECK(source_file("layouts/layout.schema.json") == layouts::json_schema());
}

TEST_CASE("the README's tables are those the program prints; else put `hallcast layout keys` there") {
    CHECK(source_file("layouts/README.md").find(layouts::key_tables()) != std::string::npos);
}

TEST_CASE("every word of the language says what it means") {
    for (const auto& key : layouts::widget_keys()) CHECK_FALSE(key.about.empty());
    for (const auto& kind : layouts::kind_words()) CHECK_FALSE(kind.about.empty());
}

}  // namespace schema_test
