// Which receipts a player owes, of pixels that the memory painter has made.
#include "player/runtime/call_receipts.h"

#include "layouts/layout.h"
#include "player/picture/painter.h"
#include "player/runtime/device_watch.h"
#include "player/text/font_set.h"
#include "player/text/typesetter.h"
#include "tests/catch.h"

namespace hallcast::runtime::call_receipts_test {

using namespace std::chrono_literals;
using Moment = CallReceipts::Moment;

constexpr std::int64_t noon = 1'790'000'000;  // seconds since 1970
constexpr Moment start{1000s};

constexpr const char* board = R"(canvas: [600, 400]
background: "#0b2545"
stack:
  - {name: board, kind: board, box: [0, 0, 600, 400], rows: 4, text_size: 40, highlight_seconds: 20,
     highlight: "#ff0000", highlight_background: "#ffffff", radius: 12}
)";
// As a film over half of the board, or a layout by somebody who did not look, would do.
constexpr const char* covered = R"(canvas: [600, 400]
background: "#0b2545"
stack:
  - {name: board, kind: board, box: [0, 0, 600, 400], rows: 4, text_size: 40}
  - {name: cover, kind: text, text: office_name, box: [0, 0, 600, 400], background: "#102030"}
)";
constexpr const char* with_big = R"(canvas: [600, 800]
background: "#0b2545"
stack:
  - {name: board, kind: board, box: [0, 0, 600, 400], rows: 4, text_size: 40}
  - {name: cover, kind: text, text: office_name, box: [0, 0, 600, 400], background: "#102030"}
  - {name: call, kind: call, box: [0, 400, 600, 400], text_size: 80}
)";

v1::Call call_of(int number, std::uint32_t attempt = 1) {
    v1::Call call;
    call.set_call_id("main-" + std::to_string(number));
    call.set_ticket("A00" + std::to_string(number));
    call.set_counter(3);
    call.set_attempt(attempt);
    call.set_language("pl");
    call.set_called_at_ms(noon * 1000);
    call.set_phase(v1::CALL_PHASE_CALLED);
    return call;
}

// A player without a window: layout, painter, and a clock that is 5 s ahead of ours.
struct Player {
    explicit Player(const char* yaml)
        : fonts(std::move(*text::open_system_fonts())),
          typesetter(text::make_typesetter(*fonts)),
          painter(picture::make_memory_painter(*fonts)) {
        const auto layout = layouts::parse_layout(yaml, "test.yaml");
        INFO((layout ? std::string() : layout.error().message));
        REQUIRE(layout);
        const auto& canvas = layout->base().settings;
        screen = std::move(*screen::make_screen(*layout, {int(canvas.width), int(canvas.height)}, *typesetter));
        state.set_hall("main");
        state.mutable_profile()->add_languages("pl");
        state.mutable_profile()->set_time_zone("Europe/Warsaw");
    }

    void have(const std::vector<v1::Call>& calls) {
        state.clear_calls();
        for (const v1::Call& call : calls) *state.add_calls() = call;
        input.hall.state = std::make_shared<const v1::HallState>(state);
        input.now = screen::WallTime(std::chrono::seconds(noon + 1));
        receipts.update(input.hall.state.get(), input.hall.stale_since.has_value());
    }
    std::vector<v1::Receipt> show() {
        painter->paint(screen->scene(input));
        now += 16ms;
        if (!receipts.lacking()) return {};
        return receipts.presented(screen->calls(input), now, [this](const auto& rect) {
            ++read;
            return readable ? painter->read(rect) : std::vector<std::uint8_t>();
        });
    }

    std::unique_ptr<text::FontSet> fonts;
    std::unique_ptr<text::Typesetter> typesetter;
    std::unique_ptr<picture::MemoryPainter> painter;
    std::unique_ptr<screen::Screen> screen;
    v1::HallState state;
    screen::ScreenInput input;
    Moment now = start;
    bool readable = true;
    int read = 0;
    CallReceipts receipts{[](Moment at) {
        return MasterTime{std::chrono::duration_cast<std::chrono::microseconds>(at - start).count() + 5'000'000, 250};
    }};
};

TEST_CASE("a call gets one receipt, for the first picture in which it can be seen") {
    Player player(board);
    player.have({call_of(1)});
    const auto receipts = player.show();
    REQUIRE(receipts.size() == 1);
    const v1::Receipt& receipt = receipts[0];
    CHECK(receipt.call_id() == "main-1");
    CHECK(receipt.attempt() == 1);
    CHECK(receipt.clock_error_us() == 250);
    CHECK(receipt.shown().at_us() == 5'016'000);
    CHECK_FALSE(receipt.shown().blank());
    CHECK(receipt.shown().picture_checksum() != 0);
    CHECK(receipt.shown().y() < 100);
    CHECK(receipt.shown().height() > 20);
    CHECK(player.receipts.shown() == 1);
    // From then on it costs nothing.
    CHECK_FALSE(player.receipts.lacking());
    player.have({call_of(1)});
    CHECK(player.show().empty());
    CHECK(player.read == 1);
    // A new attempt is another.
    player.have({call_of(1, 2)});
    REQUIRE(player.show().size() == 1);
    CHECK(player.receipts.shown() == 2);
}

TEST_CASE("the same call drawn the same way has the same checksum, another call another") {
    const auto checksum_of = [](int number) {
        Player player(board);
        player.have({call_of(number)});
        const auto receipts = player.show();
        REQUIRE(receipts.size() == 1);
        return receipts[0].shown().picture_checksum();
    };
    CHECK(checksum_of(1) == checksum_of(1));
    CHECK(checksum_of(1) != checksum_of(2));
}

TEST_CASE("a call that waits for a free row has its receipt when it gets one") {
    Player player(board);
    std::vector<v1::Call> calls;
    for (int number = 6; number > 0; --number) calls.push_back(call_of(number));
    player.have(calls);
    CHECK(player.show().size() == 4);
    CHECK(player.receipts.lacking());
    CHECK(player.show().empty());
    for (int i : {0, 1, 2}) calls[std::size_t(i)].set_phase(v1::CALL_PHASE_FINISHED);
    player.have(calls);
    const auto late = player.show();
    REQUIRE(late.size() == 2);
    CHECK(late[0].call_id() == "main-1");
    CHECK(late[1].call_id() == "main-2");
}

TEST_CASE("where something lies over the call its receipt says that nothing can be read") {
    Player player(covered);
    player.have({call_of(1)});
    const auto receipts = player.show();
    REQUIRE(receipts.size() == 1);
    CHECK(receipts[0].shown().blank());
    CHECK(player.receipts.shown() == 0);
    // Not with each picture again.
    CHECK(player.show().empty());
    CHECK(player.read == 1);
}

TEST_CASE("a row whose text is missing is blank, its highlight and its corners notwithstanding") {
    Player player(board);
    v1::Call call = call_of(1);
    call.set_ticket(" ");
    call.set_counter(0);
    player.have({call});
    const auto receipts = player.show();
    REQUIRE(receipts.size() == 1);
    CHECK(receipts[0].shown().blank());
}

TEST_CASE("a call that comes to be read in the big announcement gets a second receipt, of that") {
    Player player(with_big);
    player.have({call_of(1)});
    const auto covered_row = player.show();
    REQUIRE(covered_row.size() == 1);
    CHECK(covered_row[0].shown().blank());
    player.input.shown_call = screen::ShownCall{"main-1", 1};
    const auto big = player.show();
    REQUIRE(big.size() == 1);
    CHECK_FALSE(big[0].shown().blank());
    CHECK(big[0].shown().y() >= 400);
    CHECK_FALSE(player.receipts.lacking());
}

TEST_CASE("who came, whose call was withdrawn, and what a lost master called last get no receipt") {
    Player player(board);
    v1::Call served = call_of(1), withdrawn = call_of(2);
    served.set_phase(v1::CALL_PHASE_SERVING);
    withdrawn.set_phase(v1::CALL_PHASE_WITHDRAWN);
    player.have({served, withdrawn});
    CHECK_FALSE(player.receipts.lacking());
    player.input.hall.stale_since = screen::WallTime(std::chrono::seconds(noon));
    player.have({call_of(3)});
    CHECK_FALSE(player.receipts.lacking());
    CHECK(player.show().empty());
    player.input.hall.stale_since.reset();
    player.have({call_of(3)});
    CHECK(player.show().size() == 1);
    // Nor once more after a silence.
    player.input.hall.stale_since = screen::WallTime(std::chrono::seconds(noon));
    player.have({call_of(3)});
    player.input.hall.stale_since.reset();
    player.have({call_of(3)});
    CHECK_FALSE(player.receipts.lacking());
}

TEST_CASE("a picture that cannot be read or shown makes no receipt; the next one does") {
    Player player(board);
    player.have({call_of(1)});
    player.readable = false;
    CHECK(player.show().empty());
    CHECK(player.receipts.lacking());
    player.readable = true;
    CHECK(player.show().size() == 1);
}

TEST_CASE("what was spoken is told by the master's clock, with its level") {
    Player player(board);
    sound::Announcement announcement;
    announcement.call_id = "main-1";
    announcement.attempt = 2;
    const v1::Receipt receipt = player.receipts.spoken(
        announcement,
        {.from = start + 1s, .until = start + 8s, .level_dbfs = -20.5, .languages = {"uk", "pl"}, .brief = true}, true);
    CHECK(receipt.call_id() == "main-1");
    CHECK(receipt.attempt() == 2);
    CHECK(receipt.spoken().from_us() == 6'000'000);
    CHECK(receipt.spoken().until_us() == 13'000'000);
    CHECK(receipt.spoken().level_dbfs() == -20.5);
    CHECK(receipt.spoken().no_device());
    REQUIRE(receipt.spoken().languages_size() == 2);
    CHECK(receipt.spoken().languages(1) == "pl");
    CHECK(receipt.spoken().brief());
    CHECK(receipt.clock_error_us() == 250);
}

TEST_CASE("a call was heard when there was a device from its beginning on") {
    DeviceWatch device;
    const auto at = [](int ms) { return start + std::chrono::milliseconds(ms); };
    CHECK_FALSE(device.there_since(at(0)));
    CHECK_FALSE(device.look(false, at(0)));
    CHECK(device.look(true, at(200)));  // opened
    CHECK(device.there_since(at(100)));
    CHECK_FALSE(device.look(true, at(400)));
    // It dies between two calls: the next is not heard, whether or not it is there again when that ends.
    CHECK(device.look(false, at(10'000)));
    CHECK_FALSE(device.there_since(at(9'000)));
    CHECK_FALSE(device.look(false, at(12'000)));
    CHECK_FALSE(device.there_since(at(11'000)));
    CHECK(device.look(true, at(12'200)));
    CHECK_FALSE(device.there_since(at(11'000)));
    CHECK(device.there_since(at(12'300)));
    // A sentence in whose middle it was torn away and given back was not heard.
    device.look(false, at(20'000));
    device.look(true, at(20'200));
    CHECK_FALSE(device.there_since(at(18'000)));
}

}  // namespace hallcast::runtime::call_receipts_test
