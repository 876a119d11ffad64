// A still picture, whole and in its own shape.
#include "player/screen/item_list.h"

namespace hallcast::screen {

Shown show_image(const Place& place, const Moment& moment) {
    ItemList items(place, moment.typesetter);
    items.ground();
    if (place.image) {
        const auto zone = inset(place.box, place.pixels(place.widget.padding), place.pixels(place.widget.padding));
        items.add("image", 0, contained(place.image->width, place.image->height, zone), picture::Picture{place.image});
    }
    return {.items = items.take(), .until = WallTime::max(), .rolling = {}};
}

}  // namespace hallcast::screen
