#include "player/screen/widget.h"

namespace hallcast::screen {

ShowWidget show_of(layouts::WidgetKind kind) {
    switch (kind) {
        case layouts::WidgetKind::board:
            return show_board;
        case layouts::WidgetKind::call:
            return show_call;
        case layouts::WidgetKind::counter:
            return show_counter;
        case layouts::WidgetKind::media:
            return show_media;
        case layouts::WidgetKind::ticker:
            return show_ticker;
        case layouts::WidgetKind::clock:
            return show_clock;
        case layouts::WidgetKind::text:
            return show_text;
        case layouts::WidgetKind::image:
            return show_image;
        case layouts::WidgetKind::sign:
            return show_sign;
        case layouts::WidgetKind::panel:
            return show_panel;
        case layouts::WidgetKind::waiting:
            return show_waiting;
        case layouts::WidgetKind::qr:
            return show_qr;
        case layouts::WidgetKind::languages:
            return show_languages;
        case layouts::WidgetKind::message:
            return show_banner;
        case layouts::WidgetKind::connection:
            return show_connection;
    }
    HALLCAST_ASSERT(!"a kind of widget without a function");
    return nullptr;
}

}  // namespace hallcast::screen
