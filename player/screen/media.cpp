// The film, whole and in its own shape; the rest of the zone shows the widget's background.
#include "player/screen/item_list.h"

namespace hallcast::screen {

Shown show_media(const Place& place, const Moment& moment) {
    ItemList items(place, moment.typesetter);
    items.ground();
    if (const auto& frame = moment.input.video) {
        const bool has_shape = frame->display_width > 0 && frame->display_height > 0;
        const auto zone = inset(place.box, place.pixels(place.widget.padding), place.pixels(place.widget.padding));
        const auto box = has_shape ? contained(frame->display_width, frame->display_height, zone)
                                   : contained(frame->width, frame->height, zone);
        items.add("video", 0, box, picture::Video{frame});
    }
    return {.items = items.take(), .until = WallTime::max(), .rolling = {}};
}

}  // namespace hallcast::screen
