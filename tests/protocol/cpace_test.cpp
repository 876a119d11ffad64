#include "protocol/cpace.h"

#include "protocol/base/error.h"
#include "tests/catch.h"

namespace cpace_test {

using namespace hallcast::wire;

std::string from_hex(const std::string& hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) bytes += char(std::stoi(hex.substr(i, 2), nullptr, 16));
    return bytes;
}

// Of draft-irtf-cfrg-cpace-21, "CPace using group ristretto255 and hash SHA-512".
const std::string session = from_hex("7e4b4791d6a8ef019b936c79fb7f2c57");
const cpace::Common common{"Password",
                           "\x0b"
                           "A_initiator"
                           "\x0b"
                           "B_responder",
                           session};

TEST_CASE("CPace gives the draft's generator string, shares, shared point and key") {
    CHECK(cpace::generator_string(common) ==
          from_hex("11435061636552697374726574746f3235350850617373776f7264") + "\x64" + std::string(100, '\0') +
              from_hex("180b415f696e69746961746f720b425f726573706f6e646572107e4b4791d6a8ef019b936c79fb7f2c57"));
    const cpace::Side a(common, from_hex("da3d23700a9e5699258aef94dc060dfda5ebb61f02a5ea77fad53f4ff0976d08"));
    const cpace::Side b(common, from_hex("d2316b454718c35362d83d69df6320f38578ed5984651435e2949762d900b80d"));
    CHECK(a.share() == from_hex("d6bac480f2c386c394efc7c47adb9925dcd2630b64f240c50f8d0eec482b9157"));
    CHECK(b.share() == from_hex("3ea7e0b19560d7c0b0f5734f63b955286dfa8232b5ebe63324e2d9e7433f7258"));
    const std::string point = from_hex("80b69a8a76457ab6a4d7f887a4bf6b55a2f80ac19c333f917a05fc9887c8b40f");
    CHECK(a.shared_point(b.share()) == point);
    CHECK(b.shared_point(a.share()) == point);
    CHECK(cpace::key(session, point, {a.share(), "ADa", b.share(), "ADb"}) ==
          from_hex("b69effbf61b51d56401c0f65601abe428de8206feaaf0e32198896dcae7b35cd"
                   "2b38950a39dfd5d4a79164614c2984f7daa460b588c1e80c3fa2068af7900447"));
}

TEST_CASE("a share that is no group element, the neutral one or of another length gives no key") {
    const cpace::Side side(common);
    CHECK_FALSE(side.shared_point(std::string(32, '\0')));  // the neutral element
    CHECK_FALSE(side.shared_point(std::string(32, '\xff')));
    CHECK_FALSE(side.shared_point(side.share().substr(1)));
    CHECK_FALSE(side.shared_point(side.share() + "x"));
    CHECK_FALSE(side.shared_point(""));
}

TEST_CASE("another secret, context or session gives another key") {
    const auto key_with = [](const cpace::Common& one, const cpace::Common& other) {
        const cpace::Side a(one);
        const cpace::Side b(other);
        const cpace::Transcript transcript{a.share(), "", b.share(), ""};
        return cpace::key(one.session, *a.shared_point(b.share()), transcript) ==
               cpace::key(other.session, *b.shared_point(a.share()), transcript);
    };
    CHECK(key_with(common, common));
    for (auto member : {&cpace::Common::secret, &cpace::Common::context, &cpace::Common::session}) {
        cpace::Common other = common;
        other.*member += "x";
        CHECK_FALSE(key_with(common, other));
    }
}

TEST_CASE("a tag is of one key, one kind of message and one content") {
    const std::string key(64, 'k');
    const std::string tag = cpace::tag(key, "done", "hall-1");
    CHECK(tag.size() == cpace::tag_bytes);
    CHECK(cpace::same_tag(tag, cpace::tag(key, "done", "hall-1")));
    CHECK_FALSE(cpace::same_tag(tag, cpace::tag(std::string(64, 'l'), "done", "hall-1")));
    CHECK_FALSE(cpace::same_tag(tag, cpace::tag(key, "answer", "hall-1")));
    CHECK_FALSE(cpace::same_tag(tag, cpace::tag(key, "done", "hall-2")));
    CHECK_FALSE(cpace::same_tag(tag, cpace::tag(key, "doneh", "all-1")));
    CHECK_FALSE(cpace::same_tag("", ""));
    CHECK_FALSE(cpace::same_tag(tag, tag.substr(1)));
}

TEST_CASE("lengths of 128 and more take two bytes") {
    CHECK(cpace::lv_cat({std::string(127, 'x')}).substr(0, 2) == "\x7fx");
    CHECK(cpace::lv_cat({std::string(128, 'x')}).substr(0, 3) == "\x80\x01x");
}

}  // namespace cpace_test
