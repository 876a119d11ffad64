// The film, whole and in its own shape, and its caption over it; the rest of the zone shows the widget's background.
#include <cmath>

#include "player/screen/item_list.h"

namespace hallcast::screen {
namespace {

// Where a part of the canvas that covers `film` comes to lie. Its edges are rounded, not its size: parts that touch
// still do.
picture::ScreenRect placed(const picture::Overlay& overlay, const picture::ScreenRect& film) {
    const auto across = [&](int x) { return int(std::lround(double(x) * film.width / overlay.canvas_width)); };
    const auto down = [&](int y) { return int(std::lround(double(y) * film.height / overlay.canvas_height)); };
    const int left = across(overlay.x);
    const int top = down(overlay.y);
    return {film.x + left, film.y + top, across(overlay.x + overlay.frame->width) - left,
            down(overlay.y + overlay.frame->height) - top};
}

Shown show_film(const Place& place, const Moment& moment, const picture::VideoFramePtr& frame) {
    ItemList items(place, moment.typesetter);
    items.ground();
    if (frame) {
        const bool has_shape = frame->display_width > 0 && frame->display_height > 0;
        const auto zone = inset(place.box, place.pixels(place.widget.padding), place.pixels(place.widget.padding));
        const auto box = has_shape ? contained(frame->display_width, frame->display_height, zone)
                                   : contained(frame->width, frame->height, zone);
        items.add("video", 0, box, picture::Video{frame});
        if (frame->overlay)
            items.add("caption", 0, placed(*frame->overlay, box), picture::Video{frame->overlay->frame});
    }
    return {.items = items.take(), .until = WallTime::max(), .rolling = {}};
}

}  // namespace

Shown show_media(const Place& place, const Moment& moment) { return show_film(place, moment, moment.input.video); }

// Nothing at all while there is none: its place lies over others.
Shown show_sign(const Place& place, const Moment& moment) {
    return moment.input.sign ? show_film(place, moment, moment.input.sign) : Shown{};
}

Shown show_panel(const Place& place, const Moment& moment) {
    ItemList items(place, moment.typesetter);
    items.ground();
    return {.items = items.take()};
}

}  // namespace hallcast::screen
