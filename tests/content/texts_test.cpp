#include "content/texts.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>

#include "content/utf8.h"
#include "protocol/base/resource.h"
#include "tests/catch.h"

namespace hallcast::content {
std::span<const Resource> text_files();
}

namespace hallcast::content::texts_test {

std::multiset<std::string_view> placeholders(std::string_view text) {
    std::multiset<std::string_view> found;
    for (std::size_t begin; (begin = text.find('{')) != std::string_view::npos;) {
        const std::size_t end = std::min(text.find('}', begin), text.size() - 1);
        found.insert(text.substr(begin, end - begin + 1));
        text.remove_prefix(end + 1);
    }
    return found;
}

TEST_CASE("every shipped language has exactly the same texts, with the same placeholders, none empty") {
    CHECK(shipped_languages().size() == 9);
    CHECK(shipped_languages().front() == "pl");
    REQUIRE(text_files().size() == shipped_languages().size());
    for (const Resource& file : text_files()) {
        INFO(file.name);
        CHECK(invalid_utf8(file.bytes) == std::string_view::npos);
        const YAML::Node texts = YAML::Load(std::string(file.bytes));
        CHECK(texts.size() == text_ids().size());  // a key twice counts twice here
        std::set<std::string> seen;
        for (const auto& entry : texts) {
            const auto id = entry.first.as<std::string>();
            INFO(id);
            CHECK(seen.insert(id).second);
            REQUIRE(has_text(id));
            const auto translated = entry.second.as<std::string>();
            CHECK_FALSE(translated.empty());
            CHECK(placeholders(translated) == placeholders(text(id, "en")));
        }
    }
}

TEST_CASE("a translation is a translation: apart from names shared by close languages, no text is the English one") {
    for (const std::string_view language : shipped_languages()) {
        if (language == "en") continue;
        for (const std::string_view id : text_ids()) {
            INFO(language << " " << id);
            CHECK(text(id, language) != text(id, "en"));
        }
    }
}

TEST_CASE("texts are given in the language asked for, in English where it is not shipped") {
    CHECK(text("counter", "pl") == "Stanowisko");
    CHECK(text("counter", "uk") == "Віконце");
    CHECK(text("counter", "zh-Hant") == "窗口");
    CHECK(text("counter", "pt-BR") == "Counter");
    CHECK(text("counter", "") == "Counter");
    CHECK(has_text("please_wait"));
    CHECK_FALSE(has_text("please_panic"));
    CHECK(std::is_sorted(text_ids().begin(), text_ids().end()));
}

TEST_CASE("what is no UTF-8 is found, and a title becomes one clean line") {
    CHECK(invalid_utf8("Zażółć გამარჯობა 😀") == std::string_view::npos);
    CHECK(invalid_utf8("ab\xff") == 2);
    CHECK(invalid_utf8("\xc0\x80") == 0);           // overlong
    CHECK(invalid_utf8("\xed\xa0\x80") == 0);       // half of a surrogate pair
    CHECK(invalid_utf8("x\xf4\x90\x80\x80") == 1);  // beyond Unicode
    CHECK(invalid_utf8("\xe2\x82") == 0);           // cut off
    CHECK(one_line("a\nb\xff"
                   "c",
                   100) == "a b?c");
    CHECK(one_line("żżż", 5) == "żż");
}

}  // namespace hallcast::content::texts_test
