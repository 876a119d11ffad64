// The file of receipts: what is in it after a restart, and that a disk that fails takes nothing else with it.
#include "player/master/receipt_store.h"

#include <future>

#include "player/queue/sqlite.h"
#include "tests/content/temp_folder.h"
#include "tests/master/calls_sample.h"

namespace hallcast::master::receipt_store_test {

using namespace calls_sample;
using content::tests::TempFolder;

v1::KeptReceipt kept(const std::string& player, const v1::Receipt& receipt, std::int64_t received_us = noon_ms * 1000) {
    v1::KeptReceipt made;
    made.set_player(player);
    made.set_received_us(received_us);
    *made.mutable_receipt() = receipt;
    return made;
}

// What a master that starts with that file finds in it.
std::vector<v1::CallRecord> remembered(const std::filesystem::path& file, std::size_t most = 500) {
    std::promise<std::vector<v1::CallRecord>> found;
    const auto store = open_receipt_store({.file = file, .most_remembered = most, .remembered = [&](auto records) {
                                               found.set_value(std::move(records));
                                           }});
    return found.get_future().get();
}

TEST_CASE("calls and receipts are there after a restart, the latest first, and each once") {
    const TempFolder folder;
    const auto file = folder.path() / "receipts.db";
    {
        const auto store = open_receipt_store({.file = file, .now_ms = [] { return noon_ms; }});
        for (std::uint64_t i = 1; i <= 5; ++i) store->call("main", call_of(i, 1, noon_ms + std::int64_t(i)));
        store->receipt("main", kept("hall-1", shown(call_of(2)), 7));
        store->receipt("main", kept("hall-1", shown(call_of(2)), 8));
        store->receipt("main", kept("hall-2", spoken(call_of(2)), 9));
        v1::Call served = call_of(2, 1, noon_ms + 2);
        served.set_phase(v1::CALL_PHASE_SERVING);
        store->call("main", served);
    }
    const auto records = remembered(file);
    REQUIRE(records.size() == 5);
    CHECK(records[0].call().call_id() == "main-5");
    const v1::CallRecord& second = records[3];
    CHECK(second.hall() == "main");
    CHECK(second.call().phase() == v1::CALL_PHASE_SERVING);
    REQUIRE(second.receipts_size() == 2);
    CHECK(second.receipts(0).player() == "hall-1");
    CHECK(second.receipts(0).received_us() == 8);  // the later one, which the book found better
    CHECK(second.receipts(0).receipt().shown().picture_checksum() == 0x9f3a);
    CHECK(second.receipts(1).receipt().has_spoken());
    CHECK(remembered(file, 2).size() == 2);
}

TEST_CASE("after a restore of the queue the receipts of the call that had the number are gone") {
    const TempFolder folder;
    const auto file = folder.path() / "receipts.db";
    {
        const auto store = open_receipt_store({.file = file, .now_ms = [] { return noon_ms; }});
        store->call("main", call_of(1));
        store->receipt("main", kept("hall-1", shown(call_of(1))));
        store->call("main", call_of(1, 1, noon_ms + 60'000));
    }
    const auto records = remembered(file);
    REQUIRE(records.size() == 1);
    CHECK(records[0].receipts_size() == 0);
}

TEST_CASE("what is older than 90 days is deleted") {
    const TempFolder folder;
    const auto file = folder.path() / "receipts.db";
    constexpr std::int64_t day_ms = 86'400'000;
    {
        const auto store = open_receipt_store({.file = file, .now_ms = [] { return noon_ms; }});
        store->call("main", call_of(1));
        store->receipt("main", kept("hall-1", shown(call_of(1))));
    }
    {
        const auto store = open_receipt_store({.file = file, .now_ms = [] { return noon_ms + 90 * day_ms - 1000; }});
        store->call("main", call_of(2, 1, noon_ms + 1000));
    }
    CHECK(remembered(file).size() == 2);
    {
        const auto store = open_receipt_store({.file = file, .now_ms = [] { return noon_ms + 90 * day_ms + 500; }});
        store->call("main", call_of(3, 1, noon_ms + 90 * day_ms));
    }
    const auto records = remembered(file);
    REQUIRE(records.size() == 2);
    CHECK(records[1].call().call_id() == "main-2");
    const auto reader = queue::open_queue_reader(file);  // any SQLite file
    if (reader) CHECK(queue::query_text(reader->get(), "SELECT count(*) FROM receipt").value_or("?") == "0");
}

TEST_CASE("a file that is none is told and left alone, and nobody waits for it") {
    const TempFolder folder;
    const auto file = folder.write("receipts.db", std::string(5000, 'x'));
    {
        const auto store = open_receipt_store({.file = file});
        for (std::uint64_t i = 1; i <= 20'000; ++i) store->call("main", call_of(i));
    }
    CHECK(content::tests::bytes_of(file) == std::string(5000, 'x'));
    const auto nowhere = open_receipt_store({.file = folder.path() / "no" / "receipts.db"});
    nowhere->call("main", call_of(1));
}

}  // namespace hallcast::master::receipt_store_test
