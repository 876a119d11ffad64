// A QR code: what a phone's camera reads from the screen.
#include <qrencode.h>

#include <algorithm>
#include <memory>
#include <string>

#include "player/screen/item_list.h"

namespace hallcast::screen {

namespace {

constexpr int quiet_zone = 4;       // modules around a code, as its standard wants it
constexpr double least_module = 2;  // canvas units: less a camera does not tell apart
constexpr layouts::Colour paper{255, 255, 255, 255}, ink{0, 0, 0, 255};

struct FreeCode {
    void operator()(QRcode* code) const { QRcode_free(code); }
    void operator()(QRinput* input) const { QRinput_free(input); }
};

// Null where it is too long.
std::unique_ptr<QRcode, FreeCode> code_of(const std::string& utf8) {
    constexpr int smallest_version = 0;  // that has room for it
    const std::unique_ptr<QRinput, FreeCode> input(QRinput_new2(smallest_version, QR_ECLEVEL_M));
    const bool is_ascii = std::ranges::all_of(utf8, [](char c) { return (c & 0x80) == 0; });
    constexpr unsigned utf8_indicator = 26;  // without it readers guess, zbar at Japanese
    if (!is_ascii && QRinput_appendECIheader(input.get(), utf8_indicator) != 0) return nullptr;
    const auto* bytes = reinterpret_cast<const unsigned char*>(utf8.data());
    if (QRinput_append(input.get(), QR_MODE_8, int(utf8.size()), bytes) != 0) return nullptr;
    return std::unique_ptr<QRcode, FreeCode>(QRcode_encodeInput(input.get()));
}

}  // namespace

Expected<picture::ImagePtr> qr_image(const layouts::Widget& widget, const picture::ScreenRect& box) {
    const auto code = code_of(widget.data);
    if (!code) return fail("'data' of {} bytes is too long for a QR code", widget.data.size());
    const int side = code->width + 2 * quiet_zone;
    const double room = std::min(widget.box.width, widget.box.height) - 2 * widget.padding;
    if (room < side * least_module)
        return fail(
            "'data' of {} bytes needs a box of {:.0f} canvas units inside of its padding, which has {:.0f}: "
            "shorten it, or give it more room",
            widget.data.size(), side * least_module, std::max(0.0, room));

    const double scale = widget.box.width > 0 ? box.width / widget.box.width : 0;
    const int module = (std::min(box.width, box.height) - int(2 * widget.padding * scale)) / side;
    if (module < 1) return picture::ImagePtr();
    const auto light = widget.background.alpha > 0 ? widget.background : paper;
    const auto dark = widget.places.contains("colour") ? widget.colour : ink;
    auto image = std::make_shared<picture::Image>();
    image->width = image->height = side * module;
    for (int y = 0; y < image->height; ++y) {
        for (int x = 0; x < image->width; ++x) {
            const int column = x / module - quiet_zone, row = y / module - quiet_zone;
            const bool inside = column >= 0 && row >= 0 && column < code->width && row < code->width;
            const bool is_dark = inside && (code->data[row * code->width + column] & 1);
            const auto& colour = is_dark ? dark : light;
            image->pixels.insert(image->pixels.end(), {colour.blue, colour.green, colour.red, 255});
        }
    }
    return image;
}

Shown show_qr(const Place& place, const Moment& moment) {
    ItemList items(place, moment.typesetter);
    items.ground();
    if (place.image) {
        const int side = place.image->width;
        const auto& box = place.box;
        items.add("code", 0, {box.x + (box.width - side) / 2, box.y + (box.height - side) / 2, side, side},
                  picture::Picture{place.image});
    }
    return {.items = items.take()};
}

}  // namespace hallcast::screen
