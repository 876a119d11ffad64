#include "player/media/item_ledger.h"

#include "tests/catch.h"

namespace hallcast::media::item_ledger_test {

using End = ItemLedger::End;
using std::chrono::seconds;

ClipFigures figures(std::uint64_t late = 0) {
    ClipFigures figures;
    figures.decoded = 250;
    figures.presented = 240;
    figures.late = late;
    figures.dropped = 10;
    figures.repeated = 2;
    figures.stalled = std::chrono::milliseconds(1500);
    figures.facts = {"software h264", "vaapi: no such device", 3, 4};
    return figures;
}

TEST_CASE("an item's figures are summed over its playings, and the decoder is the last one's") {
    ItemLedger ledger;
    ledger.add("a", figures(1), End::whole);
    ledger.add("b", figures(), End::cut);
    auto second = figures(2);
    second.facts.decoder = "vaapi h264";
    second.facts.why_not_better.clear();
    ledger.add("a", second, End::faulty);
    ledger.failed_to_open("a");
    const auto items = ledger.items();
    REQUIRE(items.size() == 2);
    CHECK(items[0].id == "b");
    CHECK(items[0].played == 0);
    CHECK(items[0].faults == 0);
    const ItemStatistics& a = items[1];
    CHECK(a.id == "a");
    CHECK(a.decoded == 500);
    CHECK(a.presented == 480);
    CHECK(a.late == 3);
    CHECK(a.dropped == 20);
    CHECK(a.repeated == 4);
    CHECK(a.concealed == 6);
    CHECK(a.lost_packets == 8);
    CHECK(a.stalled == seconds(3));
    CHECK(a.played == 1);
    CHECK(a.faults == 2);
    CHECK(a.decoder == "vaapi h264");
    CHECK(a.why_not_better.empty());
}

TEST_CASE("a ledger keeps the items played last, and the sum of all") {
    ItemLedger ledger;
    for (int i = 0; i < 1000; ++i) {
        ledger.add(std::to_string(i), figures(), End::whole);
        ledger.add("often", figures(), End::whole);
    }
    const auto items = ledger.items();
    REQUIRE(items.size() == ItemLedger::most_items);
    CHECK(items.back().id == "often");
    CHECK(items.back().played == 1000);
    CHECK(items[items.size() - 2].id == "999");
    CHECK(items.front().id == std::to_string(1000 - int(ItemLedger::most_items) + 1));
    PlaybackStatistics sum;
    ledger.sum(sum);
    CHECK(sum.decoded == 2000 * 250);
}

TEST_CASE("a playing that went wrong is complained of, at most once a minute an item") {
    ItemLedger ledger;
    const ItemLedger::Clock::time_point start{};
    ClipFigures good;
    good.decoded = good.presented = 250;
    CHECK_FALSE(ledger.complaint("a", good, End::whole, start));
    const auto said = ledger.complaint("a", figures(4), End::whole, start);
    REQUIRE(said);
    CHECK(*said ==
          "a did not play well: 250 pictures decoded, 240 presented, 4 late, 10 dropped, 2 repeated, 3 concealed, "
          "4 packets lost, stalled for 1.50 s; software h264 (vaapi: no such device)");
    CHECK_FALSE(ledger.complaint("a", figures(4), End::whole, start + seconds(59)));
    CHECK(ledger.complaint("b", good, End::faulty, start + seconds(59)));
    CHECK(ledger.complaint("a", figures(4), End::whole, start + seconds(60)));
}

}  // namespace hallcast::media::item_ledger_test
