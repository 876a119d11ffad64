// A hall's state as it comes over the wire, events on top of it, and the screen that shows it: the state stays within
// its limits, survives being sent on, and everything that is drawn lies on the screen.
#include "layouts/layout.h"
#include "player/screen/screen.h"
#include "protocol/hall_state.h"
#include "tests/fuzz/fuzz.h"
#include "tests/screen/screen_of_boxes.h"

namespace {

using namespace hallcast;
using namespace std::chrono_literals;

constexpr picture::ScreenSize size_of_screen{1280, 720};

// What a screen has seen before must not matter, so that one may live for many inputs; its texts are kept for ever.
struct Hall {
    screen_of_boxes::BoxTypesetter typesetter;
    std::unique_ptr<screen::Screen> screen =
        std::move(*screen::make_screen(*layouts::load_layout("hall", {}), size_of_screen, typesetter));
    int shown = 0;
};

void show(const v1::HallState& state, std::uint8_t choices) {
    static std::unique_ptr<Hall> hall;
    if (!hall || ++hall->shown > 500) hall = std::make_unique<Hall>();
    screen::ScreenInput input;
    input.hall.state = std::make_shared<const v1::HallState>(state);
    input.now = screen::time_of(state) + 250ms * choices;
    input.motion = 100ms * choices;
    if ((choices & 1) != 0) input.hall.stale_since = input.now - 3s;
    if ((choices & 2) != 0 && state.calls_size() > 0)
        input.shown_call = screen::ShownCall{state.calls(0).call_id(), state.calls(0).attempt()};
    for (const picture::Item& item : hall->screen->scene(input).items)
        fuzz::require(!item.box.empty() && item.box.x >= 0 && item.box.y >= 0 &&
                      item.box.right() <= size_of_screen.width && item.box.bottom() <= size_of_screen.height);
    fuzz::require(hall->screen->still_for(input) >= 0ns);
}

}  // namespace

HALLCAST_FUZZ_PIECES

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::be_quiet();
    const std::vector<fuzz::Piece> pieces = fuzz::pieces_of(data, size);
    v1::HallState state;
    if (pieces.empty() || !state.ParseFromArray(pieces[0].bytes.data(), int(pieces[0].bytes.size()))) return 0;
    for (std::size_t i = 1; i < pieces.size(); ++i) {
        v1::HallEvent event;
        if (!event.ParseFromArray(pieces[i].bytes.data(), int(pieces[i].bytes.size()))) continue;
        event.set_epoch(state.epoch());
        event.set_seq(state.seq() + 1);
        const int calls = state.calls_size();
        const std::uint64_t seq = state.seq();
        wire::apply(state, event);
        fuzz::require(state.seq() == seq + 1);
        fuzz::require(state.calls_size() <= std::max(wire::max_calls, calls));
    }
    v1::HallState again;
    fuzz::require(again.ParseFromString(state.SerializeAsString()));
    fuzz::require(again.SerializeAsString().size() == state.SerializeAsString().size());
    show(state, pieces[0].kind);
    return 0;
}
