// What is kept of the screens' receipts, and what of the network's nonsense is not.
#include "player/master/receipt_book.h"

#include <limits>

#include "tests/master/calls_sample.h"

namespace hallcast::master::receipt_book_test {

using namespace calls_sample;
using Taken = ReceiptBook::Taken;

v1::CallList all(const ReceiptBook& book) { return book.list({}); }

TEST_CASE("a receipt is kept with its attempt, each player's once of a kind") {
    ReceiptBook book;
    const v1::Call first = call_of(1), second = call_of(1, 2, noon_ms + 5000);
    REQUIRE(book.call("main", first, noon_ms));
    REQUIRE(book.call("main", second, noon_ms + 5000));
    CHECK(book.receipt("main", "hall-1", shown(first), 1) == Taken::kept);
    CHECK(book.receipt("main", "hall-1", shown(first), 2) == Taken::repeated);
    CHECK(book.receipt("main", "hall-1", spoken(first), 3) == Taken::kept);
    CHECK(book.receipt("main", "hall-2", shown(first), 4) == Taken::kept);
    CHECK(book.receipt("main", "hall-1", shown(second), 5) == Taken::kept);
    const v1::CallList list = all(book);
    REQUIRE(list.calls_size() == 2);
    CHECK(list.calls(0).call().attempt() == 2);
    REQUIRE(list.calls(1).receipts_size() == 3);
    CHECK(list.calls(1).receipts(0).player() == "hall-1");
    CHECK(list.calls(1).receipts(0).received_us() == 1);
    CHECK(list.calls(1).receipts(2).player() == "hall-2");
}

TEST_CASE("of a picture in which nothing can be read another receipt may come") {
    ReceiptBook book;
    const v1::Call call = call_of(1);
    book.call("main", call, noon_ms);
    v1::Receipt blank = shown(call);
    blank.mutable_shown()->set_blank(true);
    CHECK(book.receipt("main", "hall-1", blank, 1) == Taken::kept);
    CHECK(book.receipt("main", "hall-1", blank, 2) == Taken::repeated);
    CHECK(book.receipt("main", "hall-1", shown(call), 3) == Taken::kept);
    CHECK(book.receipt("main", "hall-1", blank, 4) == Taken::repeated);
    REQUIRE(all(book).calls(0).receipts_size() == 1);
    CHECK_FALSE(all(book).calls(0).receipts(0).receipt().shown().blank());
}

TEST_CASE("a call changes as it goes on, and one that nobody has seen made is no record") {
    ReceiptBook book;
    v1::Call call = call_of(1);
    book.call("main", call, noon_ms);
    call.set_phase(v1::CALL_PHASE_SERVING);
    CHECK(book.call("main", call, noon_ms + 9000));
    CHECK(all(book).calls(0).call().phase() == v1::CALL_PHASE_SERVING);
    CHECK_FALSE(book.call("main", call_of(2, 1, noon_ms - 500'000), noon_ms));
    CHECK(all(book).calls_size() == 1);
}

TEST_CASE("after a restore of the queue the same number is another call") {
    ReceiptBook book;
    book.call("main", call_of(1), noon_ms);
    book.receipt("main", "hall-1", shown(call_of(1)), 1);
    CHECK(book.call("main", call_of(1, 1, noon_ms + 60'000), noon_ms + 60'000));
    REQUIRE(all(book).calls_size() == 1);
    CHECK(all(book).calls(0).receipts_size() == 0);
}

TEST_CASE("what is no receipt of a call that is known is not taken") {
    ReceiptBook book;
    const v1::Call call = call_of(1);
    book.call("main", call, noon_ms);
    CHECK(book.receipt("main", "p", shown(call_of(2)), 1) == Taken::unknown_call);
    CHECK(book.receipt("main", "p", shown(call_of(1, 2)), 1) == Taken::unknown_call);
    CHECK(book.receipt("upstairs", "p", shown(call), 1) == Taken::unknown_call);
    v1::Receipt nothing = shown(call);
    nothing.clear_what();
    CHECK(book.receipt("main", "p", nothing, 1) == Taken::nonsense);
    CHECK(book.receipt("main", "p", spoken(call, std::numeric_limits<double>::quiet_NaN()), 1) == Taken::nonsense);
    CHECK(book.receipt("main", std::string(1000, 'p'), shown(call), 1) == Taken::nonsense);
    CHECK(all(book).calls(0).receipts_size() == 0);
}

TEST_CASE("receipts of a call and calls are bounded, and what a message has beyond its fields is dropped") {
    ReceiptBook book;
    const v1::Call call = call_of(1);
    book.call("main", call, noon_ms);
    v1::Receipt fat = shown(call);
    fat.GetReflection()->MutableUnknownFields(&fat)->AddLengthDelimited(1000, std::string(100'000, 'x'));
    for (int i = 0; i < ReceiptBook::most_receipts; ++i)
        REQUIRE(book.receipt("main", std::to_string(i), fat, 1) == Taken::kept);
    CHECK(book.receipt("main", "one more", shown(call), 1) == Taken::full);
    CHECK(all(book).calls(0).ByteSizeLong() < 256 * 64);
    for (std::uint64_t i = 2; i <= ReceiptBook::most_attempts + 5; ++i) book.call("main", call_of(i), noon_ms);
    v1::CallsRequest request;
    request.set_limit(100'000);
    CHECK(book.list(request).calls_size() == int(ReceiptBook::most_attempts));
    CHECK(book.receipt("main", "late", shown(call), 1) == Taken::unknown_call);
}

TEST_CASE("a list is of one hall or of all, the latest first, fifty where no number is asked for") {
    ReceiptBook book;
    for (std::uint64_t i = 1; i <= 60; ++i) book.call(i % 3 == 0 ? "upstairs" : "main", call_of(i), noon_ms);
    CHECK(all(book).calls_size() == 50);
    CHECK(all(book).calls(0).call().call_id() == "main-60");
    v1::CallsRequest request;
    request.set_hall("upstairs");
    request.set_limit(7);
    REQUIRE(book.list(request).calls_size() == 7);
    CHECK(book.list(request).calls(6).call().call_id() == "main-42");
}

TEST_CASE("what was kept before the start comes behind what has happened since") {
    ReceiptBook book;
    book.call("main", call_of(9), noon_ms);
    std::vector<v1::CallRecord> before(2);
    before[0].set_hall("main");
    *before[0].mutable_call() = call_of(9, 1, noon_ms - 5);  // known better by now
    before[1].set_hall("main");
    *before[1].mutable_call() = call_of(8, 1, noon_ms - 60'000);
    book.remembered(before);
    REQUIRE(all(book).calls_size() == 2);
    CHECK(all(book).calls(0).call().called_at_ms() == noon_ms);
    CHECK(book.receipt("main", "hall-1", shown(call_of(8)), 1) == Taken::kept);
}

}  // namespace hallcast::master::receipt_book_test
