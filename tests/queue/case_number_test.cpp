// Case numbers and PINs as people type them.
#include "player/queue/case_number.h"

#include <random>
#include <string>
#include <vector>

#include "player/queue/pin.h"
#include "tests/queue/sample.h"

namespace hallcast::queue::case_number_test {

using sample::contains;

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
    CHECK(contains(normal("\xff\xfe"), "cannot be read"));
    CHECK(contains(normal(""), "empty"));
    CHECK(normal(std::string(100, 'x')) == std::string(100, 'X'));
    CHECK(contains(normal(std::string(101, 'x')), "at most 100"));

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

TEST_CASE("a PIN is what its digits are, in whatever script") {
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

}  // namespace hallcast::queue::case_number_test
