#include <fcntl.h>
#include <poppler-document.h>
#include <poppler-font.h>
#include <poppler-global.h>
#include <poppler-page-renderer.h>
#include <poppler-page.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>

#include "player/decoder/document_pages.h"
#include "player/decoder/drawn_picture.h"

namespace hallcast::decoder {
namespace {

constexpr double points_per_inch = 72;
constexpr double smallest_page = 1;       // points
constexpr double largest_page = 100'000;  // 35 m

void log_message(const std::string& message, void*) { spdlog::debug("poppler: {}", message); }

class PdfPages final : public DocumentPages {
  public:
    PdfPages(FileBytes file, std::unique_ptr<poppler::document> document)
        : file_(std::move(file)), document_(std::move(document)) {
        renderer_.set_render_hint(poppler::page_renderer::antialiasing);
        renderer_.set_render_hint(poppler::page_renderer::text_antialiasing);
        renderer_.set_paper_color(0xffffffff);
        renderer_.set_image_format(poppler::image::format_argb32);
    }

    int count() const override { return std::min(document_->pages(), most_pages); }

    Expected<picture::VideoFramePtr> draw(int number) override {
        const std::unique_ptr<poppler::page> page(document_->create_page(number));
        if (!page) return fail("page {} cannot be read", number + 1);
        const auto box = page->page_rect();
        double width = box.width();
        double height = box.height();
        const bool is_turned =
            page->orientation() == poppler::page::landscape || page->orientation() == poppler::page::seascape;
        if (is_turned) std::swap(width, height);
        if (!(std::min(width, height) >= smallest_page && std::max(width, height) <= largest_page))
            return fail("page {} is {:.1f} x {:.1f} points, which is no page", number + 1, width, height);
        const double scale = std::min(most_page_width / width, most_page_height / height);
        const double dpi = points_per_inch * scale;
        auto image = std::make_shared<poppler::image>(renderer_.render_page(page.get(), dpi, dpi));
        if (!image->is_valid()) return fail("page {} cannot be drawn", number + 1);
        const auto* pixels = reinterpret_cast<const std::uint8_t*>(std::as_const(*image).const_data());
        return drawn_picture(image->width(), image->height(), pixels, image->bytes_per_row(), image);
    }

  private:
    FileBytes file_;  // the document reads from it
    std::unique_ptr<poppler::document> document_;
    poppler::page_renderer renderer_;
};

bool can_be_opened(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor >= 0) ::close(descriptor);
    return descriptor >= 0;
}

// The first font that is neither in the document nor on this machine; empty: all are there.
std::string missing_font(const poppler::document& document) {
    const std::unique_ptr<poppler::font_iterator> fonts(document.create_font_iterator());
    for (int page = 0; page < most_pages && fonts->has_next(); ++page) {
        for (const auto& font : fonts->next()) {
            if (!font.is_embedded() && font.type() != poppler::font_info::type3 && !can_be_opened(font.file()))
                return font.name().empty() ? "without a name" : font.name();
        }
    }
    return {};
}

}  // namespace

Expected<std::unique_ptr<DocumentPages>> open_pdf(const FileBytes& file) {
    static std::once_flag once;
    std::call_once(once, [] { poppler::set_debug_error_function(log_message, nullptr); });
    std::unique_ptr<poppler::document> document(poppler::document::load_from_raw_data(
        reinterpret_cast<const char*>(file.bytes.data()), int(file.bytes.size())));
    if (!document) return fail("is a PDF that cannot be read; was its copy broken off?");
    if (document->is_locked()) return fail("needs a password: save it without one");
    if (document->pages() < 1) return fail("has no pages");
    if (const auto font = missing_font(*document); !font.empty())
        return fail("uses the font {}, which is not in it: save it with its fonts embedded", font);
    if (document->pages() > most_pages)
        spdlog::warn("a PDF has {} pages, of which the first {} are shown", document->pages(), most_pages);
    return std::make_unique<PdfPages>(file, std::move(document));
}

}  // namespace hallcast::decoder
