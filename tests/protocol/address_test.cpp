#include "protocol/client.h"
#include "tests/catch.h"

namespace address_test {

using hallcast::wire::parse_address;

std::string parsed(const std::string& text) {
    const auto address = parse_address(text);
    return address ? address->text() : "error";
}

TEST_CASE("an address is a host with or without a port") {
    CHECK(parsed("10.0.0.5") == "10.0.0.5:5550");
    CHECK(parsed("master.office:7000") == "master.office:7000");
    CHECK(parsed("[fe80::1]:7000") == "[fe80::1]:7000");
    CHECK(parsed("[fe80::1]") == "[fe80::1]:5550");
    CHECK(parsed("::1") == "[::1]:5550");
}

TEST_CASE("what is no address is refused with a reason that names it") {
    for (const char* text : {"", ":5550", "host:", "host:0", "host:65536", "host:65533", "host:12x", "a b",
                             "tcp://host", "[::1", "[::1]7000", "h;tcp"}) {
        INFO(text);
        const auto address = parse_address(text);
        REQUIRE_FALSE(address);
        CHECK(address.error().message.find(text) != std::string::npos);
    }
}

}  // namespace address_test
