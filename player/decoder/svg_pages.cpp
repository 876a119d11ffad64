#include <fcntl.h>
#include <librsvg/rsvg.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "player/decoder/document_pages.h"
#include "player/decoder/drawn_picture.h"

namespace hallcast::decoder {
namespace {

struct FreeHandle {
    void operator()(RsvgHandle* handle) const { g_object_unref(handle); }
};
struct FreeError {
    void operator()(GError* error) const { g_error_free(error); }
};
struct FreeSurface {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
struct FreeContext {
    void operator()(cairo_t* context) const { cairo_destroy(context); }
};
using Handle = std::unique_ptr<RsvgHandle, FreeHandle>;
using GlibError = std::unique_ptr<GError, FreeError>;

// Width to height, as far as the drawing says.
double shape_of(RsvgHandle* handle) {
    double width = 0;
    double height = 0;
    if (rsvg_handle_get_intrinsic_size_in_pixels(handle, &width, &height) == FALSE || !(width > 0 && height > 0)) {
        gboolean has_width = FALSE, has_height = FALSE, has_box = FALSE;
        RsvgLength ignored{};
        RsvgRectangle box{};
        rsvg_handle_get_intrinsic_dimensions(handle, &has_width, &ignored, &has_height, &ignored, &has_box, &box);
        width = has_box != FALSE ? box.width : most_page_width;
        height = has_box != FALSE ? box.height : most_page_height;
    }
    const double shape = width / height;
    return std::isfinite(shape) ? std::clamp(shape, 0.001, 1000.0) : double(most_page_width) / most_page_height;
}

class SvgPage final : public DocumentPages {
  public:
    SvgPage(Handle handle) : handle_(std::move(handle)) {}

    int count() const override { return 1; }

    Expected<picture::VideoFramePtr> draw(int) override {
        const double shape = shape_of(handle_.get());
        const int width = std::clamp(int(std::lround(most_page_height * shape)), 1, most_page_width);
        const int height = std::clamp(int(std::lround(most_page_width / shape)), 1, most_page_height);
        auto pixels = std::make_shared<std::vector<std::uint8_t>>(std::size_t(width) * std::size_t(height) * 4);
        const std::unique_ptr<cairo_surface_t, FreeSurface> surface(
            cairo_image_surface_create_for_data(pixels->data(), CAIRO_FORMAT_ARGB32, width, height, width * 4));
        const std::unique_ptr<cairo_t, FreeContext> context(cairo_create(surface.get()));
        const RsvgRectangle whole{0, 0, double(width), double(height)};
        GError* raw = nullptr;
        if (rsvg_handle_render_document(handle_.get(), context.get(), &whole, &raw) == FALSE) {
            const GlibError error(raw);
            return fail("cannot be drawn: {}", error ? error->message : "for no known reason");
        }
        cairo_surface_flush(surface.get());
        // Cairo's ARGB, premultiplied, on machines of this byte order.
        return drawn_picture(width, height, pixels->data(), width * 4, pixels);
    }

  private:
    Handle handle_;
};

}  // namespace

bool can_open_fonts() {
    const int descriptor = ::open("/etc/fonts/fonts.conf", O_RDONLY | O_CLOEXEC);
    if (descriptor >= 0) ::close(descriptor);
    return descriptor >= 0;
}

Expected<std::unique_ptr<DocumentPages>> open_svg(const FileBytes& file) {
    const std::string_view text(reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size());
    if (text.find("<text") != std::string_view::npos && !can_open_fonts())
        return fail("has text, whose fonts are not in it: save it with its text as paths");
    GError* raw = nullptr;
    // Without a place of its own, a drawing cannot refer to other files: librsvg refuses them all.
    Handle handle(
        rsvg_handle_new_from_data(reinterpret_cast<const guint8*>(file.bytes.data()), file.bytes.size(), &raw));
    if (!handle) {
        const GlibError error(raw);
        return fail("is no drawing that can be shown: {}", error ? error->message : "for no known reason");
    }
    return std::make_unique<SvgPage>(std::move(handle));
}

}  // namespace hallcast::decoder
