#include "protocol/zap_decision.h"

#include <zmq.h>

#include <array>
#include <vector>

#include "tests/catch.h"

namespace zap_test {

using namespace hallcast::wire;

// A request as libzmq 4.3 makes it for a CURVE client with that key.
struct Request {
    std::vector<std::string> frames;

    explicit Request(const std::string& public_key) {
        std::array<std::uint8_t, 32> raw{};
        REQUIRE(::zmq_z85_decode(raw.data(), public_key.c_str()) != nullptr);
        frames = {"1.0", "7", zap_domain, "10.0.0.9", "", "CURVE", std::string(raw.begin(), raw.end())};
    }
};

struct Office {
    AuthorizedKey player{Role::player, "hall-2", make_key_pair().public_key};

    ZapDecision ask(const std::vector<std::string>& frames) const {
        const std::vector<std::string_view> views(frames.begin(), frames.end());
        return decide_zap(views, [&](const std::string& key) { return key == player.public_key ? &player : nullptr; });
    }
};

TEST_CASE("zap: an authorised CURVE key is let in, with its role and name") {
    const Office office;
    const ZapDecision decision = office.ask(Request(office.player.public_key).frames);
    CHECK(decision.let_in);
    CHECK(decision.user == "player hall-2 " + office.player.public_key);
    CHECK(decision.request_id == "7");
    CHECK(decision.address == "10.0.0.9");
    CHECK(decision.denied_key.empty());
}

TEST_CASE("zap: a key that nobody has is denied, and named for the log") {
    const Office office;
    const std::string other = make_key_pair().public_key;
    const ZapDecision decision = office.ask(Request(other).frames);
    CHECK_FALSE(decision.let_in);
    CHECK(decision.user.empty());
    CHECK(decision.denied_key == other);
}

TEST_CASE("zap: the pairing socket lets every CURVE key in as a guest, the others do not") {
    const Office office;
    const std::string other = make_key_pair().public_key;
    Request request(other);
    request.frames[2] = pairing_zap_domain;
    const ZapDecision decision = office.ask(request.frames);
    CHECK(decision.let_in);
    CHECK(decision.user == "pairing " + other);
    request.frames[5] = "NULL";
    CHECK_FALSE(office.ask(request.frames).let_in);
    CHECK_FALSE(office.ask(Request(other).frames).let_in);
}

TEST_CASE("zap: a request that is wrong in any frame is denied, and answered under its number") {
    const Office office;
    const std::vector<std::string> right = Request(office.player.public_key).frames;
    const std::size_t frame = GENERATE(0, 2, 5, 6);
    for (const std::string& wrong : {std::string(), right[frame] + "x", std::string("NULL"), std::string(1000, 'x')}) {
        std::vector<std::string> frames = right;
        frames[frame] = wrong;
        INFO("frame " << frame << " is '" << wrong << "'");
        const ZapDecision decision = office.ask(frames);
        CHECK_FALSE(decision.let_in);
        CHECK(decision.user.empty());
        CHECK(decision.request_id == "7");
    }
}

TEST_CASE("zap: a request with a frame too few or too many is denied") {
    const Office office;
    std::vector<std::string> frames = Request(office.player.public_key).frames;
    frames.push_back("more");
    CHECK_FALSE(office.ask(frames).let_in);
    while (!frames.empty()) {
        frames.pop_back();
        INFO(frames.size() << " frames");
        CHECK(office.ask(frames).let_in == (frames.size() == 7));
    }
}

}  // namespace zap_test
