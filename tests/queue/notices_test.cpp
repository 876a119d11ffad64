// What staff tell everybody: who may be told what, for how long, and that every hall agrees on it.
#include "tests/queue/sample.h"

namespace hallcast::queue::notices_test {

using namespace sample;

const std::map<std::string, std::string> closed{{"pl", "Okienko 7 jest nieczynne."}, {"uk", "Віконце 7 не працює."}};

// The halls as players see them: a snapshot, events from then on.
struct Halls {
    explicit Halls(const State& state) {
        for (const v1::Hall& hall : state.office->halls()) halls[hall.id()] = project(state, hall);
    }
    // What was told, as "main: notice-1", "main: notice-1 over".
    std::string follow(const Desk& desk) {
        std::string told;
        for (v1::HallEvent& event : project(desk.state, desk.touched, desk.now_ms)) {
            event.set_seq(halls.at(event.hall()).seq() + 1);
            wire::apply(halls.at(event.hall()), event);
            for (const v1::HallChange& change : event.changes())
                if (change.has_notice())
                    told += event.hall() + ": " + change.notice().id() + (change.notice().over() ? " over; " : "; ");
        }
        return told;
    }
    std::string shown(const std::string& hall) const {
        std::string ids;
        for (const v1::Notice& notice : halls.at(hall).notices()) ids += notice.id() + " ";
        return ids;
    }
    std::map<std::string, v1::HallState> halls;
};

TEST_CASE("a notice is told in its hall, or in all, and is over when somebody ends it") {
    Desk desk = open_desk();
    Halls halls(desk.state);
    const v1::CommandReply reply = desk(make_notice("", closed));
    REQUIRE(reply.has_notice());
    CHECK(reply.notice().id() == "notice-1");
    CHECK(reply.notice().text().at("uk") == closed.at("uk"));
    CHECK(reply.notice().made_at_ms() == desk.now_ms);
    CHECK(reply.notice().expires_at_ms() == desk.now_ms + 60'000);
    CHECK(reply.log_seq() == desk.state.log_seq);
    CHECK(halls.follow(desk) == "main: notice-1; upstairs: notice-1; ");

    const v1::CommandReply urgent = desk(make_notice("upstairs", {{"en", "Leave the building."}}, 0, true));
    CHECK(urgent.notice().urgent());
    CHECK(urgent.notice().expires_at_ms() == desk.now_ms + 600'000);
    CHECK_FALSE(urgent.notice().warning());
    CHECK(halls.follow(desk) == "upstairs: notice-2; ");
    CHECK(halls.shown("main") == "notice-1 ");
    CHECK(halls.shown("upstairs") == "notice-2 notice-1 ");  // the latest first

    const v1::CommandReply ended = desk(end_notice("notice-1"));
    CHECK(ended.notice().over());
    CHECK(halls.follow(desk) == "main: notice-1 over; upstairs: notice-1 over; ");
    CHECK(halls.shown("main").empty());
    CHECK(halls.shown("upstairs") == "notice-2 ");

    const auto events = desk.log.size();
    CHECK(desk(end_notice("notice-1")).notice().over());  // it is over already: nothing happens
    CHECK(desk.log.size() == events);
    CHECK(code_of(desk(end_notice("notice-3")), "Those that hold: notice-2") == v1::Rejection::NOT_FOUND);
    for (const char* id : {"", "notice-", "notice-01", "notice-0", "main-1", "notice-99999999999999999999", "\xff"})
        CHECK(code_of(desk(end_notice(id)), "no notice") == v1::Rejection::NOT_FOUND);
    CHECK(describe(replay_of(desk.log)) == describe(desk.state));
}

TEST_CASE("a warning is told as one, an emergency is more than a warning") {
    Desk desk = open_desk();
    v1::Command command = make_notice("", closed);
    command.mutable_make_notice()->set_warning(true);
    CHECK(desk(command).notice().warning());
    command = make_notice("", closed, 0, true);
    command.mutable_make_notice()->set_warning(true);
    const v1::Notice emergency = desk(command).notice();
    CHECK((emergency.urgent() && !emergency.warning()));
    CHECK(describe(replay_of(desk.log)) == describe(desk.state));
}

TEST_CASE("what cannot be told is refused, with what to do") {
    Desk desk = open_desk();
    const auto refused = [&](const v1::Command& command, const char* why) { return code_of(desk(command), why); };
    using R = v1::Rejection;
    CHECK(refused(make_notice("cellar", closed), "has: main, upstairs") == R::NOT_FOUND);
    CHECK(refused(make_notice("", {}), "no text") == R::INVALID);
    CHECK(refused(make_notice("", {{"pl", "  "}, {"uk", ""}}), "no text") == R::INVALID);
    CHECK(refused(make_notice("", {{"de", "Schalter 7"}}), "It speaks: pl, uk, en") == R::INVALID);
    CHECK(refused(make_notice("", {{"pl", std::string(501, 'a')}}), "shorten it") == R::INVALID);
    CHECK(refused(make_notice("", {{"pl", "\xff"}}), "UTF-8") == R::INVALID);
    for (const char* control : {"a\nb", "a\tb", "a\x7f", "a\u0085", "a\u2028"})
        CHECK(refused(make_notice("", {{"pl", control}}), "line breaks") == R::INVALID);
    CHECK(refused(make_notice("", closed, 86'401), "a day") == R::INVALID);
    CHECK(!desk(make_notice("", {{"pl", std::string(498, 'a') + "ą"}}, 86'400)).has_rejection());
    CHECK(!desk(make_notice("", {{"pl", "Bitte\u00a0warten – já"}, {"uk", " "}})).notice().text().contains("uk"));
    Desk nowhere;
    CHECK(code_of(nowhere(make_notice("", closed)), "no office") == R::NOT_FOUND);
}

TEST_CASE("eight notices hold in a hall, and no more") {
    Desk desk = open_desk();
    for (int i = 0; i < 8; ++i) REQUIRE(desk(make_notice(i % 2 ? "main" : "", closed)).has_notice());
    CHECK(code_of(desk(make_notice("", closed)), "end-notice notice-1") == v1::Rejection::NO_CAPACITY);
    CHECK(code_of(desk(make_notice("main", closed)), "notice-1, notice-2") == v1::Rejection::NO_CAPACITY);
    CHECK(desk(make_notice("upstairs", closed)).has_notice());
    desk(end_notice("notice-2"));
    CHECK(desk(make_notice("main", closed)).has_notice());
    CHECK(code_of(desk(make_notice("main", closed)), "8 notices") == v1::Rejection::NO_CAPACITY);
    desk.now_ms += 60'000;  // all are over now, whether or not an event has said so
    CHECK(desk(make_notice("main", closed)).has_notice());
}

TEST_CASE("a notice whose time is over leaves the halls with the next event, of whatever hall") {
    Desk desk = open_desk();
    Halls halls(desk.state);
    desk(make_notice("upstairs", closed, 1));
    halls.follow(desk);
    desk.now_ms += 998;
    desk(issue("A"));
    CHECK(halls.follow(desk).empty());
    desk.now_ms += 1000;
    CHECK(halls.shown("upstairs") == "notice-1 ");  // no event yet: whoever shows it looks at the clock
    desk(issue("A"));
    CHECK(halls.follow(desk) == "upstairs: notice-1 over; ");
    CHECK(halls.shown("upstairs").empty());
    CHECK(desk.state.notices.empty());
    CHECK(describe(replay_of(desk.log)) == describe(desk.state));
}

TEST_CASE("a new office takes along what its halls are told, and drops what a hall was told that it has no more") {
    Desk desk = open_desk();
    desk(make_notice("", closed));
    desk(make_notice("upstairs", closed));
    v1::Office smaller = office();
    smaller.mutable_halls()->DeleteSubrange(1, 1);
    smaller.mutable_counters(3)->set_hall("main");
    for (std::uint32_t number = 1; number <= 4; ++number) desk(close(number));
    REQUIRE(desk(apply_office(smaller)).has_office());
    CHECK(Halls(desk.state).shown("main") == "notice-1 ");
    REQUIRE(desk(apply_office(office())).has_office());
    CHECK(Halls(desk.state).shown("upstairs") == "notice-1 ");
    CHECK(desk(make_notice("", closed)).notice().id() == "notice-3");  // an id never comes twice
    CHECK(describe(replay_of(desk.log)) == describe(desk.state));
}

TEST_CASE("a notice is nobody's step: it cannot be undone, and a counter stays the one that it was") {
    Desk desk = open_desk();
    desk(issue("A"));
    desk(call_next(1));
    const auto version = desk.state.counters.at(1).version;
    desk(make_notice("main", closed));
    CHECK(desk.state.counters.at(1).version == version);
    CHECK(!desk(undo(1)).has_rejection());
    CHECK(desk.state.notices.size() == 1);
}

}  // namespace hallcast::queue::notices_test
