#include "player/runtime/call_replay.h"

#include "tests/catch.h"

namespace hallcast::runtime {
namespace call_replay_test {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::int64_t begin_ms = 1'800'000'000'000;

v1::Call& called(v1::HallState& state, const std::string& id, std::int64_t after_ms) {
    v1::Call& call = *state.add_calls();
    call.set_call_id(id);
    call.set_attempt(1);
    call.set_called_at_ms(begin_ms + after_ms);
    call.set_expires_at_ms(begin_ms + after_ms + 60'000);
    call.set_phase(v1::CALL_PHASE_CALLED);
    return call;
}

screen::WallTime after(milliseconds time) { return screen::WallTime(milliseconds(begin_ms) + time); }

std::string id_of(const std::optional<screen::ShownCall>& call) { return call ? call->call_id : ""; }

}  // namespace call_replay_test

using namespace call_replay_test;

TEST_CASE("a kept state's call is big for its time since it was called, whenever one looks") {
    v1::HallState state;
    called(state, "b", 60'000);
    called(state, "a", 0);
    const auto at = [&](milliseconds time) { return id_of(CallReplay({seconds(8)}).shown(state, after(time))); };
    CHECK(at(milliseconds(-1)).empty());
    CHECK(at(milliseconds(0)) == "a");
    CHECK(at(milliseconds(7999)) == "a");
    CHECK(at(milliseconds(8000)).empty());
    CHECK(at(milliseconds(60'000)) == "b");
    CHECK(at(milliseconds(67'999)) == "b");
    CHECK(at(milliseconds(68'000)).empty());
    CHECK(at(seconds(86'400)).empty());
}

TEST_CASE("calls of one moment take turns, and each step of a film shows what a single look does") {
    v1::HallState state;
    for (const auto& [id, time] : {std::pair("d", 9000), {"c", 1000}, {"b", 0}, {"a", 0}}) called(state, id, time);
    state.mutable_calls(3)->set_phase(v1::CALL_PHASE_SERVING);  // the visitor of "a" came: it was big all the same
    CallReplay film({seconds(8)});
    std::string seen;
    for (milliseconds time(0); time < seconds(40); time += milliseconds(40)) {
        const std::string shown = id_of(film.shown(state, after(time)));
        CHECK(shown == id_of(CallReplay({seconds(8)}).shown(state, after(time))));
        if (!seen.ends_with(shown + " ")) seen += shown + " ";
    }
    CHECK(seen == "a b c d ");
}

}  // namespace hallcast::runtime
