// What a widget is: one pure function from its place and a moment to what it shows, and until when.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "layouts/layout.h"
#include "player/picture/scene.h"
#include "player/screen/office_time.h"
#include "player/screen/screen.h"
#include "player/text/typesetter.h"

namespace hallcast::screen {

// A widget on a screen of a certain size.
struct Place {
    layouts::Widget widget;
    picture::ScreenRect box;                    // inside the screen
    double scale = 1;                           // pixels in a canvas unit
    std::uint64_t id = 0;                       // from the widget's name; its items' ids come from it
    picture::ImagePtr image;                    // image, qr: in its own pixels
    picture::ScreenRect box_beside_calls = {};  // the banner's, while a call is big; empty: the same
    double near_letters_px = 0;                 // see letter_size.h; 0: the layout says nothing of its distances
    int pixels(double canvas_units) const;
};

// The pixels of a box of the canvas. Edges are rounded, not sizes: parts that touch still do.
picture::ScreenRect on_screen(const layouts::Box& box, const layouts::Arrangement& layout, picture::ScreenSize size);

struct Moment {
    const ScreenInput& input;
    text::Typesetter& typesetter;
    bool reduced_motion = false;
    const v1::HallState* hall() const { return input.hall.state.get(); }
    bool stale() const { return input.hall.stale_since.has_value(); }
};

// The hall's own time at the moment, by the master's clock, as the office's hours are; none before the hall is known.
std::optional<OfficeTime> office_time(const Moment& moment);
// When the master's clock is so many whole minutes further, by this machine's.
WallTime minutes_on(const Moment& moment, int minutes);

// Items on an endless line: `items` stand at x = 0..length, which comes again and again.
struct Rolling {
    std::vector<picture::Item> items;
    int length = 0;    // pixels; 0: nothing rolls
    double speed = 0;  // pixels per second, to the left
};

// Times of the world may be anything; a clock of nanoseconds ends in the year 2262.
inline WallTime wall_time(std::int64_t milliseconds_since_1970) {
    constexpr std::int64_t year_2200 = 7'258'118'400'000;
    return WallTime(std::chrono::milliseconds(std::clamp(milliseconds_since_1970, std::int64_t(0), year_2200)));
}

// Until then a call is new.
inline WallTime highlight_end(const layouts::Widget& widget, const v1::Call& call) {
    return wall_time(call.called_at_ms()) + std::chrono::milliseconds(std::int64_t(widget.highlight_seconds * 1000));
}

// Items that go down to half of their strength and come back, as softly as a cosine.
struct Blinking {
    std::vector<std::uint64_t> ids;
    double times = 0;  // a second
};

struct Shown {
    std::vector<picture::Item> items;
    WallTime until = WallTime::max();  // it stays the same until then, when neither hall, video nor shown call change
    Rolling rolling;                   // moves with ScreenInput::motion, over `items`
    std::vector<SeenCall> calls;       // that can be seen here
    picture::ScreenRect covers;        // an opaque panel over whatever else is there; empty: none
    Blinking blinking;                 // of `items`, with ScreenInput::now
};

using ShowWidget = Shown (*)(const Place& place, const Moment& moment);

// The function for a kind of widget: the one place that knows them all.
ShowWidget show_of(layouts::WidgetKind kind);

Shown show_board(const Place& place, const Moment& moment);
Shown show_call(const Place& place, const Moment& moment);
Shown show_counter(const Place& place, const Moment& moment);
Shown show_media(const Place& place, const Moment& moment);
Shown show_ticker(const Place& place, const Moment& moment);
Shown show_clock(const Place& place, const Moment& moment);
Shown show_text(const Place& place, const Moment& moment);
Shown show_image(const Place& place, const Moment& moment);
Shown show_sign(const Place& place, const Moment& moment);
Shown show_panel(const Place& place, const Moment& moment);

// Who waits for which service, and about how long.
Shown show_waiting(const Place& place, const Moment& moment);
// The names of the languages that take turns, and whose turn it is.
Shown show_languages(const Place& place, const Moment& moment);

Shown show_qr(const Place& place, const Moment& moment);
// The code in whole pixels for each module, as large as `box` has room for: none where that is less than one. Fails
// where the data is too long for a code, or for one of modules that a camera can tell apart in the widget's box.
Expected<picture::ImagePtr> qr_image(const layouts::Widget& widget, const picture::ScreenRect& box);

// The word about a lost or missing connection; nothing while the master is heard.
Shown show_connection(const Place& place, const Moment& moment);
// Over a board meanwhile: old numbers are there, but plainly not alive.
Shown show_veil(const Place& place, const Moment& moment);

// An emergency, over the whole screen.
Shown show_emergency(const Place& place, const Moment& moment);
// What else staff tell everybody, while it holds.
Shown show_banner(const Place& place, const Moment& moment);
// Where it stands on a canvas without a `message`, so that it hides no board; and where while a call is big, so that it
// hides neither.
std::array<layouts::Box, 2> boxes_of_banner(const layouts::Arrangement& layout);

// Appends to `items` what of `rolling` is seen in `box` at `motion`. Whole pixels, so that the movement is even.
void roll(const Rolling& rolling, const picture::ScreenRect& box, std::chrono::nanoseconds motion,
          std::vector<picture::Item>& items);

// Whether ICU can write a time in the widget's format or skeleton.
bool can_be_a_clock(const layouts::Widget& widget);

// Where the row `number` of the board at `place` stands, as wide as the board; row 0 is below the heading.
picture::ScreenRect board_row(const Place& place, int number);

}  // namespace hallcast::screen
