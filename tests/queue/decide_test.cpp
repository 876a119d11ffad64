// What each command does and when it is refused, on the pure core alone.
#include "player/queue/office_rules.h"
#include "protocol/parse.h"
#include "tests/queue/sample.h"

namespace hallcast::queue::decide_test {

using namespace sample;

TEST_CASE("tickets of a series are numbered without a gap, with at least three digits") {
    Desk desk = open_desk();
    const v1::CommandReply first = desk(issue("A", "uk"));
    CHECK(first.ticket().number() == "A001");
    CHECK(first.ticket().visit_id() == 1);
    CHECK(first.ticket().service() == "A");
    CHECK(first.ticket().language() == "uk");
    CHECK(first.ticket().issued_at_ms() == desk.now_ms);
    CHECK(first.ticket().ahead() == 0);
    CHECK(first.log_seq() == desk.state.log_seq);
    CHECK(desk(issue("B")).ticket().number() == "B001");
    const v1::CommandReply second = desk(issue("A"));
    CHECK(second.ticket().number() == "A002");
    CHECK(second.ticket().ahead() == 1);
    CHECK(second.ticket().language() == "pl");
    for (int number = 3; number <= 999; ++number) desk(issue("A"));
    CHECK(desk.state.visit_of_ticket.contains("A999"));
    CHECK(desk(issue("A")).ticket().number() == "A1000");
}

TEST_CASE("services with one prefix share one series") {
    Desk desk;
    v1::Office shared = office();
    shared.mutable_services(1)->set_prefix("A");
    REQUIRE(desk(apply_office(shared)).has_office());
    CHECK(desk(issue("A")).ticket().number() == "A001");
    CHECK(desk(issue("B")).ticket().number() == "A002");
    CHECK(desk(issue("B")).ticket().ahead() == 1);
}

TEST_CASE("a ticket needs a service and a language that the office has") {
    Desk desk = open_desk();
    CHECK(code_of(desk(issue("X")), "A, B, C") == v1::Rejection::NOT_FOUND);
    CHECK(code_of(desk(issue("A", "fr")), "pl, uk, en") == v1::Rejection::INVALID);
    Desk bare;
    CHECK(code_of(bare(issue("A")), "hallcast office apply") == v1::Rejection::NOT_FOUND);
    CHECK(code_of(bare(open(1)), "hallcast office apply") == v1::Rejection::NOT_FOUND);
}

TEST_CASE("a command without a 16-byte id, with a broken actor, or too late has no effect") {
    Desk desk = open_desk();
    v1::Command bad_id = issue("A");
    bad_id.set_cmd_id("short");
    CHECK(code_of(desk(bad_id), "16") == v1::Rejection::INVALID);
    v1::Command bad_actor = issue("A");
    bad_actor.set_actor("\xff\xfe");
    CHECK(code_of(desk(bad_actor), "UTF-8") == v1::Rejection::INVALID);
    bad_actor.set_actor(std::string(1000, 'x'));
    CHECK(code_of(desk(bad_actor), "128") == v1::Rejection::INVALID);
    v1::Command late = issue("A");
    late.set_deadline_ms(desk.now_ms);  // the desk's clock is 1 ms further at each command
    CHECK(code_of(desk(late), "1 ms too late") == v1::Rejection::DEADLINE_PASSED);
    CHECK(code_of(desk(command()), "same version") == v1::Rejection::INVALID);
    v1::Command in_time = issue("A");
    in_time.set_deadline_ms(desk.now_ms + 1);
    CHECK(desk(in_time).ticket().number() == "A001");
}

TEST_CASE("a command that names a time of another age has no effect, wherever in it that stands") {
    Desk desk = open_desk();
    v1::Command late = issue("A");
    late.set_deadline_ms(std::numeric_limits<std::int64_t>::min());  // the difference to now would overflow
    CHECK(code_of(desk(late), "deadline_ms") == v1::Rejection::INVALID);
    v1::Command printed = issue("A");
    printed.mutable_issue_ticket()->set_legal_deadline_ms(wire::largest_time_ms + 1);
    CHECK(code_of(desk(printed), "legal_deadline_ms") == v1::Rejection::INVALID);
    printed.mutable_issue_ticket()->set_legal_deadline_ms(wire::largest_time_ms);
    CHECK(desk(printed).ticket().number() == "A001");
}

TEST_CASE("text that protobuf would refuse to read again is told from UTF-8") {
    for (const char* good : {"", "counter 3", "стійка", "\xf0\x9f\x8e\xab", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"})
        CHECK(is_utf8(good));
    for (const char* bad :
         {"\x80", "\xc0\xaf", "\xc3", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xff"})
        CHECK(!is_utf8(bad));
}

TEST_CASE("opening and closing a counter says how it stands, and does nothing twice") {
    Desk desk;
    REQUIRE(desk(apply_office(office())).has_office());
    const v1::CommandReply opened = desk(open(3));
    CHECK(opened.counter().number() == 3);
    CHECK(opened.counter().activity() == v1::COUNTER_ACTIVITY_FREE);
    CHECK(opened.log_seq() == 2);
    const v1::CommandReply again = desk(open(3));
    CHECK(again.counter().activity() == v1::COUNTER_ACTIVITY_FREE);
    CHECK(again.log_seq() == 0);
    CHECK(desk(close(3)).counter().activity() == v1::COUNTER_ACTIVITY_CLOSED);
    CHECK(desk(close(3)).log_seq() == 0);
    CHECK(code_of(desk(open(9)), "1, 2, 3, 4") == v1::Rejection::NOT_FOUND);
    CHECK(code_of(desk(close(0)), "no counter 0") == v1::Rejection::NOT_FOUND);
}

TEST_CASE("a counter stays open while a visitor is called or served there") {
    Desk desk = open_desk();
    desk(issue("A"));
    desk(call_next(1));
    CHECK(code_of(desk(close(1)), "hallcast ctl finish 1") == v1::Rejection::WRONG_STATE);
    CHECK(desk(open(1)).counter().activity() == v1::COUNTER_ACTIVITY_CALLING);
    desk(start(1));
    CHECK(code_of(desk(close(1)), "A001") == v1::Rejection::WRONG_STATE);
    CHECK(desk(open(1)).counter().ticket() == "A001");
    desk(finish(1));
    CHECK(desk(close(1)).has_counter());
}

TEST_CASE("call-next takes the longest-waiting visitor of the counter's services") {
    Desk desk = open_desk();
    for (const char* service : {"C", "A", "B", "A"}) desk(issue(service, "uk"));
    const v1::CommandReply called = desk(call_next(2));
    CHECK(called.call().ticket() == "A001");
    CHECK(called.call().call_id() == "main-1");
    CHECK(called.call().call_seq() == 1);
    CHECK(called.call().counter() == 2);
    CHECK(called.call().attempt() == 1);
    CHECK(called.call().language() == "uk");
    CHECK(called.call().service() == "A");
    CHECK(called.call().called_at_ms() == desk.now_ms);
    CHECK(called.call().expires_at_ms() == desk.now_ms + 60'000);
    CHECK(called.call().phase() == v1::CALL_PHASE_CALLED);
    CHECK(desk(call_next(3)).call().ticket() == "B001");
    CHECK(desk(call_next(1)).call().ticket() == "C001");  // it serves all
    CHECK(desk(call_next(1)).call().ticket() == "A002");
    desk(issue("C"));
    CHECK(desk(call_next(4)).call().call_id() == "upstairs-1");  // each hall numbers its own
}

TEST_CASE("call-next finishes whom the counter serves, or only called") {
    Desk desk = open_desk();
    for (int i = 0; i < 3; ++i) desk(issue("A"));
    desk(call_next(1));
    desk(start(1));
    const v1::CommandReply second = desk(call_next(1));
    CHECK(second.call().ticket() == "A002");
    CHECK(second.log_seq() == desk.log.back().log_seq());
    CHECK(desk.log[desk.log.size() - 2].has_service_finished());
    CHECK(desk.state.visits.at(1).phase == VisitPhase::finished);
    desk(call_next(1));
    CHECK(desk.state.visits.at(2).phase == VisitPhase::finished);
}

TEST_CASE("call-next with nobody waiting leaves the visit as it is") {
    Desk desk = open_desk();
    desk(issue("B"));
    desk(issue("C"));
    desk(call_next(3));
    desk(start(3));
    const std::string before = describe(desk.state);
    CHECK(code_of(desk(call_next(3)), "it serves B") == v1::Rejection::NOBODY_WAITING);
    CHECK(describe(desk.state) == before);
    CHECK(desk.state.visits.at(1).phase == VisitPhase::serving);
}

TEST_CASE("a closed counter calls nobody and says how to open it") {
    Desk desk;
    REQUIRE(desk(apply_office(office())).has_office());
    desk(issue("B"));
    for (const v1::Command& command :
         {call_next(3), call_ticket(3, "B001"), recall(3), start(3), finish(3), no_show(3)})
        CHECK(code_of(desk(command), "hallcast ctl open 3") == v1::Rejection::WRONG_STATE);
    for (const v1::Command& command :
         {call_next(7), call_ticket(7, "B001"), recall(7), start(7), finish(7), no_show(7)})
        CHECK(code_of(desk(command), "no counter 7") == v1::Rejection::NOT_FOUND);
}

TEST_CASE("a ticket is called by its number while it waits, and only then") {
    Desk desk = open_desk();
    for (int i = 0; i < 4; ++i) desk(issue("A"));
    CHECK(desk(call_ticket(2, "A003")).call().ticket() == "A003");
    CHECK(code_of(desk(call_ticket(2, "A003")), "hallcast ctl recall 2") == v1::Rejection::WRONG_STATE);
    CHECK(code_of(desk(call_ticket(1, "A003")), "at counter 2") == v1::Rejection::WRONG_STATE);
    CHECK(desk(call_ticket(2, "A002")).call().ticket() == "A002");  // finishes A003, as call-next does
    CHECK(code_of(desk(call_ticket(1, "A003")), "finished") == v1::Rejection::WRONG_STATE);
    desk(no_show(2));
    CHECK(code_of(desk(call_ticket(1, "A002")), "did not come") == v1::Rejection::WRONG_STATE);
    CHECK(code_of(desk(call_ticket(1, "A099")), "A099") == v1::Rejection::NOT_FOUND);
    CHECK(desk(call_next(2)).call().ticket() == "A001");
    CHECK(desk(call_next(2)).call().ticket() == "A004");
}

TEST_CASE("a recall is a new attempt of the same call, and only while the visitor is awaited") {
    Desk desk = open_desk();
    CHECK(code_of(desk(recall(1)), "hallcast ctl call-next 1") == v1::Rejection::WRONG_STATE);
    desk(issue("A"));
    const v1::Call called = desk(call_next(1)).call();
    const v1::Call again = desk(recall(1)).call();
    CHECK(again.call_id() == called.call_id());
    CHECK(again.call_seq() == called.call_seq());
    CHECK(again.attempt() == 2);
    CHECK(again.called_at_ms() == desk.now_ms);
    CHECK(again.expires_at_ms() == desk.now_ms + 60'000);
    CHECK(desk(recall(1)).call().attempt() == 3);
    desk(start(1));
    CHECK(code_of(desk(recall(1)), "being served") == v1::Rejection::WRONG_STATE);
}

TEST_CASE("a visit is started, finished or missed in its order") {
    Desk desk = open_desk();
    for (const v1::Command& command : {start(1), finish(1), no_show(1)})
        CHECK(code_of(desk(command), "Nobody is at counter 1") == v1::Rejection::WRONG_STATE);
    for (int i = 0; i < 3; ++i) desk(issue("A"));
    desk(call_next(1));
    const v1::CommandReply started = desk(start(1));
    CHECK(started.counter().activity() == v1::COUNTER_ACTIVITY_SERVING);
    CHECK(started.counter().ticket() == "A001");
    CHECK(code_of(desk(start(1)), "already") == v1::Rejection::WRONG_STATE);
    CHECK(code_of(desk(no_show(1)), "finish 1") == v1::Rejection::WRONG_STATE);
    const v1::CommandReply finished = desk(finish(1));
    CHECK(finished.counter().activity() == v1::COUNTER_ACTIVITY_FREE);
    CHECK(finished.counter().ticket().empty());
    desk(call_next(1));
    CHECK(desk(no_show(1)).counter().activity() == v1::COUNTER_ACTIVITY_FREE);
    CHECK(desk.state.visits.at(2).phase == VisitPhase::no_show);
    desk(call_next(1));
    CHECK(desk(finish(1)).has_counter());  // many clerks never press start
}

TEST_CASE("an office is taken over once, and told to be the same the next time") {
    Desk desk;
    const v1::CommandReply first = desk(apply_office(office()));
    CHECK(first.office().changed());
    CHECK(first.office().services() == 3);
    CHECK(first.office().counters() == 4);
    CHECK(first.office().halls() == 2);
    const v1::CommandReply second = desk(apply_office(office()));
    CHECK(!second.office().changed());
    CHECK(second.log_seq() == 0);
    CHECK(desk.log.size() == 1);
}

TEST_CASE("a faulty office is refused with the fault") {
    Desk desk;
    const auto refuse = [&](auto spoil, const char* part) {
        v1::Office spoilt = office();
        spoil(spoilt);
        CHECK(code_of(desk(apply_office(spoilt)), part) == v1::Rejection::INVALID);
    };
    refuse([](v1::Office& office) { office.clear_languages(); }, "no language");
    refuse([](v1::Office& office) { office.add_languages("pl"); }, "'pl' is there twice");
    refuse([](v1::Office& office) { office.add_languages("p l"); }, "language tag");
    refuse([](v1::Office& office) { office.clear_halls(); }, "no hall");
    refuse([](v1::Office& office) { office.add_halls()->set_id("main"); }, "'main' is there twice");
    refuse([](v1::Office& office) { office.add_halls()->set_id("a/b"); }, "'a/b'");
    refuse([](v1::Office& office) { office.add_services()->set_id("A"); }, "'A' is there twice");
    refuse([](v1::Office& office) { office.add_services()->set_id(""); }, "Service id ''");
    refuse([](v1::Office& office) { office.add_services()->set_id("A1"); }, "'prefix'");
    refuse([](v1::Office& office) { office.mutable_services(0)->set_prefix("A 1"); }, "'prefix'");
    refuse([](v1::Office& office) { office.add_counters()->set_number(1); }, "Counter 1 is there twice");
    refuse([](v1::Office& office) { office.add_counters(); }, "no number");
    refuse([](v1::Office& office) { office.mutable_counters(0)->set_hall("cellar"); }, "'cellar'");
    refuse([](v1::Office& office) { office.mutable_counters(0)->add_services("Z"); }, "'Z'");
    refuse([](v1::Office& office) { (*office.mutable_name())["pl"] = std::string(2u << 20, 'x'); }, "1 MiB");
    refuse([](v1::Office& office) { (*office.mutable_name())["pl"] = "\xff"; }, "UTF-8");
    for (int number = 0; number < 600; ++number)
        if (number == 0)
            refuse(
                [](v1::Office& office) {
                    while (office.counters_size() < 600) office.add_counters()->set_number(1);
                },
                "512");
}

TEST_CASE("an office that would lose visitors has to wait") {
    Desk desk = open_desk();
    v1::Office without_c = office();
    without_c.mutable_services()->RemoveLast();
    without_c.mutable_counters(3)->clear_services();
    desk(issue("C"));
    CHECK(code_of(desk(apply_office(without_c)), "1 visitors wait") == v1::Rejection::WRONG_STATE);
    desk(call_next(4));

    v1::Office without_4 = office();
    without_4.mutable_counters()->RemoveLast();
    CHECK(code_of(desk(apply_office(without_4)), "hallcast ctl finish 4") == v1::Rejection::WRONG_STATE);
    v1::Office moved = office();
    moved.mutable_counters(3)->set_hall("main");
    CHECK(code_of(desk(apply_office(moved)), "another hall") == v1::Rejection::WRONG_STATE);
    desk(finish(4));
    CHECK(desk(apply_office(without_4)).office().changed());
    CHECK(desk(apply_office(without_c)).office().changed());
}

TEST_CASE("what an office keeps goes on as it was, and numbers go on when a service comes back") {
    Desk desk = open_desk();
    desk(issue("A"));
    desk(issue("A"));
    desk(call_next(1));
    desk(issue("C"));
    desk(call_next(4));
    desk(finish(4));
    v1::Office smaller = office();
    smaller.mutable_services()->RemoveLast();
    smaller.mutable_counters()->RemoveLast();
    smaller.mutable_halls()->RemoveLast();
    REQUIRE(desk(apply_office(smaller)).has_office());
    CHECK(desk.state.counters.at(1).visit == 1);
    CHECK(desk.state.services.at("A").waiting() == 1);
    CHECK(code_of(desk(issue("C")), "A, B") == v1::Rejection::NOT_FOUND);
    REQUIRE(desk(apply_office(office())).has_office());
    CHECK(desk(issue("C")).ticket().number() == "C002");
    CHECK(desk(open(4)).has_counter());
    CHECK(desk(call_next(4)).call().call_id() == "upstairs-2");
}

TEST_CASE("ended visits are forgotten after a while, and their numbers never come again") {
    Desk desk = open_desk();
    for (std::size_t i = 0; i < max_ended + 10; ++i) {
        desk(issue("A"));
        desk(call_next(1));
        desk(finish(1));
    }
    CHECK(desk.state.visits.size() == max_ended);
    CHECK(desk.state.visit_of_ticket.size() == max_ended);
    CHECK(desk.state.boards.at("main").calls.size() == std::size_t(wire::max_calls));
    CHECK(code_of(desk(call_ticket(1, "A001")), "A001") == v1::Rejection::NOT_FOUND);
    CHECK(!fault_of_log(desk.log));
}

}  // namespace hallcast::queue::decide_test
