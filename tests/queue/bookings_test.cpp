#include "player/queue/bookings.h"

#include "tests/queue/booking_sample.h"

namespace hallcast::queue::bookings_test {

using namespace booking_sample;

// 2026-12-01, a Tuesday, 6:00 in Warsaw; the slots of A begin at 7:00 UTC.
constexpr std::int64_t morning = 20'788 * a_day + 5 * hour, first = morning + 2 * hour;

Desk booking_desk(const v1::Office& office = booking_office()) {
    Desk desk;
    desk.now_ms = morning;
    desk.day = 20261201;
    REQUIRE(desk(apply_office(office)).has_office());
    for (std::uint32_t counter = 1; counter <= 4; ++counter) REQUIRE(desk(open(counter)).has_counter());
    return desk;
}

std::uint64_t book(Desk& desk, const std::string& name, std::int64_t start_ms, const std::string& service = "A") {
    const v1::CommandReply held = desk(hold(name, service, start_ms));
    INFO(held.ShortDebugString());
    REQUIRE(held.appointment().phase() == v1::APPOINTMENT_PHASE_HELD);
    REQUIRE(desk(confirm(name, held.appointment().appointment())).has_appointment());
    return held.appointment().appointment();
}

std::uint32_t free_at(Desk& desk, std::int64_t start_ms, bool internal = false) {
    const v1::CommandReply found = desk(find_slots("A", "2026-12-01", 2, internal));
    for (const auto& slot : found.slots().slots())
        if (slot.start_ms() == start_ms) return slot.free();
    return 0;
}

TEST_CASE("a slot has as many appointments as places, the public's and the staff's apart") {
    Desk desk = booking_desk();
    CHECK(free_at(desk, first) == 2);
    book(desk, "ann", first);
    CHECK(free_at(desk, first) == 1);
    book(desk, "bob", first);
    CHECK(free_at(desk, first) == 0);
    CHECK(code_of(desk(hold("eve", "A", first)), "no free place at 2026-12-01 08:00") == v1::Rejection::NO_CAPACITY);
    CHECK(free_at(desk, first, true) == 1);
    CHECK(desk(hold("eve", "A", first, true)).has_appointment());
    CHECK(code_of(desk(hold("ida", "A", first, true)), "no free place") == v1::Rejection::NO_CAPACITY);
    CHECK(desk.log.back().slot_held().case_hash() == "hash of eve");
}

TEST_CASE("what cannot be booked is refused with its reason") {
    Desk desk = booking_desk();
    CHECK(code_of(desk(hold("ann", "C", first)), "no appointments") == v1::Rejection::INVALID);
    CHECK(code_of(desk(hold("ann", "D", first)), "no service") == v1::Rejection::NOT_FOUND);
    CHECK(code_of(desk(hold("ann", "A", first + minute)), "no slot") == v1::Rejection::NOT_FOUND);
    CHECK(code_of(desk(hold("ann", "A", first - a_day)), "has passed") == v1::Rejection::TOO_LATE);
    CHECK(code_of(desk(hold("ann", "A", first + 61 * a_day)), "not open for booking") == v1::Rejection::NO_CAPACITY);
    v1::Command nobody = hold("ann", "A", first);
    nobody.clear_case_hashes();
    CHECK(code_of(desk(nobody), "case") == v1::Rejection::INVALID);
    v1::Command strange = hold("ann", "A", first);
    strange.mutable_hold_slot()->set_language("xx");
    CHECK(code_of(desk(strange), "no language") == v1::Rejection::INVALID);
    CHECK(code_of(desk(hold("ann", "A", first, false, 40)), "at most") == v1::Rejection::INVALID);
    CHECK(code_of(desk(find_slots("A", "tomorrow")), "2026-12-01") == v1::Rejection::INVALID);
    CHECK(desk.state.bookings.appointments.empty());
}

TEST_CASE("a hold lasts its minutes, and then the place is free and cannot be confirmed") {
    Desk desk = booking_desk();
    const v1::CommandReply held = desk(hold("ann", "A", first));
    CHECK(held.appointment().until_ms() == desk.now_ms + 10 * minute);
    REQUIRE(desk(hold("bob", "A", first)).has_appointment());
    desk.now_ms += 10 * minute;
    CHECK(code_of(desk(confirm("ann", 1)), "not confirmed in time") == v1::Rejection::TOO_LATE);
    CHECK(free_at(desk, first) == 2);
    book(desk, "eve", first);
    book(desk, "ida", first);
    // A clock that is put back brings no hold back.
    desk.now_ms = morning + minute;
    CHECK(free_at(desk, first) == 0);
    CHECK(desk(confirm("bob", 2)).rejection().code() == v1::Rejection::TOO_LATE);
    CHECK(desk(confirm("eve", 99)).rejection().code() == v1::Rejection::NOT_FOUND);
}

TEST_CASE("a hold that is given up is free at once, a cancelled appointment only after its cooldown") {
    Desk desk = booking_desk();
    desk(hold("ann", "A", first));
    CHECK(desk(cancel("ann", 1)).appointment().phase() == v1::APPOINTMENT_PHASE_CANCELLED);
    CHECK(free_at(desk, first) == 2);
    const std::uint64_t sold = book(desk, "ann", first);
    desk(cancel("ann", sold));
    CHECK(free_at(desk, first) == 1);
    CHECK(code_of(desk(cancel("ann", sold)), "is over") == v1::Rejection::TOO_LATE);
    desk.now_ms += hour - 5;
    CHECK(free_at(desk, first) == 1);
    desk.now_ms += 5;
    CHECK(free_at(desk, first) == 2);
}

TEST_CASE("an appointment is its case's: others can do nothing with it, and a case has at most so many") {
    Desk desk = booking_desk();
    const std::uint64_t hers = book(desk, "ann", first);
    CHECK(code_of(desk(cancel("eve", hers)), "another case's") == v1::Rejection::NOT_ALLOWED);
    CHECK(desk(move("eve", hers, first + hour)).rejection().code() == v1::Rejection::NOT_ALLOWED);
    CHECK(desk(check_in("eve", hers)).rejection().code() == v1::Rejection::NOT_ALLOWED);
    CHECK(code_of(desk(hold("ann", "A", first + hour)), "has 1 appointment") == v1::Rejection::NO_CAPACITY);
    CHECK(desk(hold("ann", "B", utc("2026-12-01 11:00"))).has_appointment());  // another service
    // The same number hashed with an older key is the same case.
    v1::Command later = of_case("ann, next quarter");
    later.add_case_hashes("hash of ann");
    *later.mutable_hold_slot() = hold("ann", "A", first + hour).hold_slot();
    CHECK(desk(later).rejection().code() == v1::Rejection::NO_CAPACITY);
    desk(cancel("ann", hers));
    CHECK(desk(hold("ann", "A", first + hour)).has_appointment());
}

TEST_CASE("a move takes the new place at once, and the old one cools down") {
    Desk desk = booking_desk();
    const std::uint64_t hers = book(desk, "ann", first);
    const v1::CommandReply moved = desk(move("ann", hers, first + hour));
    CHECK(moved.appointment().start_ms() == first + hour);
    CHECK(moved.appointment().revision() == 1);
    CHECK(free_at(desk, first + hour) == 1);
    CHECK(free_at(desk, first) == 1);
    desk.now_ms += hour;
    CHECK(free_at(desk, first) == 2);
    CHECK(desk(move("ann", hers, first + 5 * hour)).rejection().code() == v1::Rejection::NOT_FOUND);
    CHECK(desk.state.bookings.appointments.at(hers).start_ms() == first + hour);
}

TEST_CASE("an appointment of several slots needs a place in each of them") {
    Desk desk = booking_desk();
    const std::int64_t noon = utc("2026-12-01 11:00");
    const std::uint64_t one = book(desk, "ann", noon + 15 * minute, "B");
    CHECK(desk.state.bookings.appointments.at(one).end_ms == noon + 45 * minute);
    CHECK(desk(hold("bob", "B", noon)).rejection().code() == v1::Rejection::NO_CAPACITY);
    CHECK(desk(hold("bob", "B", noon + 30 * minute)).rejection().code() == v1::Rejection::NO_CAPACITY);
    CHECK(desk(hold("bob", "B", noon + 45 * minute)).has_appointment());
    CHECK(desk(hold("eve", "B", noon + 105 * minute)).rejection().code() == v1::Rejection::NOT_FOUND);
    const v1::CommandReply found = desk(find_slots("B", "2026-12-01"));
    REQUIRE(found.slots().slots_size() == 2);  // before them only one slot is left, behind them three
    CHECK(found.slots().slots(0).start_ms() == noon + 75 * minute);
}

TEST_CASE("who checks in gets a ticket, and is called at their time before who came earlier") {
    Desk desk = booking_desk();
    const std::uint64_t hers = book(desk, "ann", first);
    CHECK(code_of(desk(check_in("ann", hers)), "Check in from 2026-12-01 07:30") == v1::Rejection::WRONG_STATE);
    desk.now_ms = first - 30 * minute;
    desk(issue("A"));
    const v1::CommandReply ticket = desk(check_in("ann", hers));
    CHECK(ticket.ticket().number() == "A002");
    CHECK(ticket.ticket().appointment_ms() == first);
    CHECK(code_of(desk(check_in("ann", hers)), "A002") == v1::Rejection::WRONG_STATE);
    CHECK(code_of(desk(cancel("ann", hers)), "A002") == v1::Rejection::WRONG_STATE);
    CHECK(desk(call_next(2)).call().ticket() == "A001");  // hers is not due yet
    desk(issue("A"));
    desk.now_ms = first - 5 * minute;
    CHECK(desk(call_next(2)).call().ticket() == "A002");
}

TEST_CASE("who comes too late has lost the appointment, or waits without it") {
    v1::Office made = booking_office();
    for (const bool as_walk_in : {false, true}) {
        made.mutable_services(0)->mutable_booking()->set_late_as_walk_in(as_walk_in);
        Desk desk = booking_desk(made);
        const std::uint64_t hers = book(desk, "ann", first), his = book(desk, "bob", first);
        desk.now_ms = first + 10 * minute - 1;
        CHECK(desk(check_in("bob", his)).ticket().appointment_ms() == first);
        desk.now_ms = first + 10 * minute;
        const v1::CommandReply late = desk(check_in("ann", hers));
        if (as_walk_in) {
            CHECK(late.ticket().number() == "A002");
            CHECK(late.ticket().appointment_ms() == 0);
        } else {
            CHECK(code_of(late, "it is lost") == v1::Rejection::TOO_LATE);
        }
    }
}

TEST_CASE("appointments take no walk-in's ticket of the day, and the day's end settles all") {
    v1::Office made = booking_office();
    made.mutable_services(0)->set_tickets_a_day(1);
    Desk desk = booking_desk(made);
    const std::uint64_t hers = book(desk, "ann", first), his = book(desk, "bob", first);
    book(desk, "eve", first + a_day);
    desk(hold("ida", "A", first + a_day));
    desk.now_ms = first;
    CHECK(desk(check_in("ann", hers)).has_ticket());
    CHECK(desk(issue("A")).has_ticket());
    CHECK(code_of(desk(issue("A")), "no more tickets") == v1::Rejection::NO_CAPACITY);
    desk(end_day());
    REQUIRE(desk.log.back().day_ended().missed_size() == 1);
    CHECK(desk.log.back().day_ended().missed(0) == his);
    CHECK(desk.state.bookings.appointments.size() == 1);  // eve's; ida's hold has ended
    CHECK(desk(check_in("bob", his)).rejection().code() == v1::Rejection::TOO_LATE);
    CHECK(free_at(desk, first + a_day) == 1);
}

TEST_CASE("an appointment on a day when nobody came at all is missed too") {
    Desk desk = booking_desk();
    desk(end_day());
    const std::uint64_t hers = book(desk, "ann", first + a_day);
    desk.now_ms += 5 * a_day;
    desk.day = 20261206;
    REQUIRE(desk(issue("A")).has_ticket());
    REQUIRE(desk.log[desk.log.size() - 2].day_ended().missed_size() == 1);
    CHECK(desk.log[desk.log.size() - 2].day_ended().missed(0) == hers);
    CHECK(desk.state.bookings.appointments.empty());
}

TEST_CASE("an office cannot lose a service for which somebody has an appointment") {
    Desk desk = booking_desk();
    book(desk, "ann", first);
    v1::Office less = booking_office();
    less.mutable_services()->DeleteSubrange(0, 1);
    less.mutable_counters(1)->clear_services();
    CHECK(code_of(desk(apply_office(less)), "appointment 1 is booked") == v1::Rejection::WRONG_STATE);
}

}  // namespace hallcast::queue::bookings_test
