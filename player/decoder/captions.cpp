#include "player/decoder/captions.h"

#include <ass/ass.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "player/decoder/drawn_picture.h"

namespace hallcast::decoder {
namespace {

// A hall's zone is rarely larger, and what is set larger than it is shown is wasted.
constexpr int canvas_most_width = 1920;
constexpr int canvas_most_height = 1080;
constexpr int glyph_cache = 2'000;  // glyphs
constexpr int bitmap_cache = 16;    // MB
constexpr double house_size = 72;   // of 1080 rows: to be read from the last row of chairs

void log_line(int level, const char* format, va_list arguments, void*) {
    constexpr int warnings = 3;
    if (level > warnings || !spdlog::should_log(spdlog::level::debug)) return;
    std::array<char, 512> line{};
    std::vsnprintf(line.data(), line.size(), format, arguments);
    spdlog::debug("libass: {}", line.data());
}

// White on a box that shows the film through: it reads on any picture, as those of broadcasters do.
std::string house_header(const std::string& family) {
    return fmt::format(
        "[Script Info]\nScriptType: v4.00+\nPlayResX: 1920\nPlayResY: 1080\nScaledBorderAndShadow: yes\n\n"
        "[V4+ Styles]\n"
        "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, "
        "Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, "
        "MarginR, MarginV, Encoding\n"
        "Style: Default,{},{},&H00FFFFFF,&H00FFFFFF,&H50000000,&H50000000,0,0,0,0,100,100,0,0,4,0,14,2,96,96,64,"
        "-1\n\n"
        "[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n",
        family, house_size);
}

std::uint32_t number_at(std::span<const char> bytes, std::size_t at, int width) {
    std::uint32_t number = 0;
    for (int i = 0; i < width; ++i) {
        number = number << 8 | (at + std::size_t(i) < bytes.size() ? std::uint8_t(bytes[at + std::size_t(i)]) : 0U);
    }
    return number;
}

// libass makes a font as large as fits its own idea of a line, the "win" metrics in its OS/2 table: Arabic would be
// half as large as Latin beside it. All get the line of Noto Sans, so that one size is one em in each.
void unify_line(std::span<char> font) {
    constexpr std::size_t units_per_em_at = 18, win_ascent_at = 74, win_descent_at = 76;
    std::vector<std::size_t> faces{0};
    if (number_at(font, 0, 4) == 0x74746366) {  // "ttcf", a collection
        faces.assign(std::min<std::size_t>(number_at(font, 8, 4), 64), 0);
        for (std::size_t i = 0; i < faces.size(); ++i) faces[i] = number_at(font, 12 + i * 4, 4);
    }
    for (const std::size_t face : faces) {
        std::size_t os2 = 0, head = 0;
        for (std::size_t i = 0; i < number_at(font, face + 4, 2); ++i) {
            const std::size_t table = face + 12 + i * 16;
            if (number_at(font, table, 4) == 0x4f532f32) os2 = number_at(font, table + 8, 4);   // "OS/2"
            if (number_at(font, table, 4) == 0x68656164) head = number_at(font, table + 8, 4);  // "head"
        }
        if (os2 == 0 || head == 0 || os2 + win_descent_at + 2 > font.size()) continue;
        const std::uint32_t em = number_at(font, head + units_per_em_at, 2);
        for (const auto& [at, value] :
             {std::pair(win_ascent_at, em * 1069 / 1000), std::pair(win_descent_at, em * 293 / 1000)}) {
            font[os2 + at] = char(value >> 8);
            font[os2 + at + 1] = char(value & 0xff);
        }
    }
}

struct Box {
    int left = 0, top = 0, right = 0, bottom = 0;
};

Box bounds_of(const ASS_Image* images, int width, int height) {
    Box box{width, height, 0, 0};
    for (const auto* image = images; image != nullptr; image = image->next) {
        if (image->w <= 0 || image->h <= 0) continue;
        box.left = std::min(box.left, std::max(0, image->dst_x));
        box.top = std::min(box.top, std::max(0, image->dst_y));
        box.right = std::max(box.right, std::min(width, image->dst_x + image->w));
        box.bottom = std::max(box.bottom, std::min(height, image->dst_y + image->h));
    }
    return box;
}

// Lays one of libass's masks of a single colour over premultiplied BGRA.
void blend(const ASS_Image& image, const Box& box, std::vector<std::uint8_t>& pixels) {
    const unsigned opacity = 255 - (image.color & 0xff);
    const std::array<unsigned, 4> colour{(image.color >> 8) & 0xff, (image.color >> 16) & 0xff,
                                         (image.color >> 24) & 0xff, 255};
    const int width = box.right - box.left;
    const int first_x = std::max(image.dst_x, box.left), last_x = std::min(image.dst_x + image.w, box.right);
    const int first_y = std::max(image.dst_y, box.top), last_y = std::min(image.dst_y + image.h, box.bottom);
    for (int y = first_y; y < last_y; ++y) {
        const std::uint8_t* mask = image.bitmap + std::ptrdiff_t(y - image.dst_y) * image.stride;
        std::uint8_t* row = pixels.data() + std::ptrdiff_t(y - box.top) * width * 4;
        for (int x = first_x; x < last_x; ++x) {
            const unsigned alpha = (mask[x - image.dst_x] * opacity + 127) / 255;
            if (alpha == 0) continue;
            std::uint8_t* pixel = row + std::ptrdiff_t(x - box.left) * 4;
            for (std::size_t i = 0; i < 4; ++i) {
                pixel[i] = std::uint8_t((colour[i] * alpha + pixel[i] * (255 - alpha) + 127) / 255);
            }
        }
    }
}

OverlayPtr drawn(const ASS_Image* images, int canvas_width, int canvas_height) {
    const Box box = bounds_of(images, canvas_width, canvas_height);
    if (box.left >= box.right || box.top >= box.bottom) return nullptr;
    const int width = box.right - box.left;
    const int height = box.bottom - box.top;
    auto pixels = std::make_shared<std::vector<std::uint8_t>>(std::size_t(width) * std::size_t(height) * 4);
    for (const auto* image = images; image != nullptr; image = image->next) blend(*image, box, *pixels);
    auto frame = drawn_picture(width, height, pixels->data(), width * 4, pixels);
    return std::make_shared<picture::Overlay>(
        picture::Overlay{std::move(frame), box.left, box.top, canvas_width, canvas_height});
}

}  // namespace

// One of libass's masks, kept to see whether the next is another.
struct Captions::Layer {
    int x = 0, y = 0, width = 0, height = 0;
    std::uint32_t colour = 0;
    std::vector<std::uint8_t> mask;  // `width` bytes a row
};

void Captions::FreeLibrary::operator()(ass_library* library) const { ass_library_done(library); }
void Captions::FreeRenderer::operator()(ass_renderer* renderer) const { ass_renderer_done(renderer); }
void Captions::FreeTrack::operator()(ass_track* track) const { ass_free_track(track); }

Captions::Captions(std::span<const CaptionFont> fonts, const std::string& family) : library_(ass_library_init()) {
    HALLCAST_ASSERT(library_ != nullptr);
    ass_set_message_cb(library_.get(), log_line, nullptr);
    ass_set_extract_fonts(library_.get(), 0);  // fonts in a script are as untrusted as it is, and not needed
    family_ = family;
    fallback_ = fonts.empty() ? family : fonts.front().family;
    for (const CaptionFont& font : fonts) {
        if (font.family != family_ && font.family != fallback_) continue;
        const auto* bytes = reinterpret_cast<const char*>(font.file.bytes.data());
        std::vector<char> copy(bytes, bytes + font.file.bytes.size());
        unify_line(copy);
        ass_add_font(library_.get(), font.family.c_str(), copy.data(), int(copy.size()));
    }
    renderer_.reset(ass_renderer_init(library_.get()));
    HALLCAST_ASSERT(renderer_ != nullptr);
    ass_set_shaper(renderer_.get(), ASS_SHAPING_COMPLEX);
    ass_set_cache_limits(renderer_.get(), glyph_cache, bitmap_cache);
    ass_set_fonts(renderer_.get(), nullptr, fallback_.c_str(), ASS_FONTPROVIDER_NONE, nullptr, 0);
    track_.reset(ass_new_track(library_.get()));
    HALLCAST_ASSERT(track_ != nullptr);
}

Captions::~Captions() = default;

void Captions::use_house_style() {
    std::string header = house_header(family_);
    ass_process_codec_private(track_.get(), header.data(), int(header.size()));
}

void Captions::use_script(std::string_view header) {
    std::string copy(header);
    ass_process_codec_private(track_.get(), copy.data(), int(copy.size()));
    // The fonts that a script names are not here.
    for (int i = 0; i < track_->n_styles; ++i) {
        std::free(track_->styles[i].FontName);  // libass frees it as it was made, by malloc
        track_->styles[i].FontName = ::strdup(family_.c_str());
    }
}

void Captions::add(std::string_view event, std::chrono::milliseconds at, std::chrono::milliseconds duration) {
    if (captions_ >= most_captions || text_bytes_ + event.size() > most_caption_text) {
        ++left_out_;
        return;
    }
    ++captions_;
    text_bytes_ += event.size();
    std::string copy(event);
    ass_process_chunk(track_.get(), copy.data(), int(copy.size()), at.count(), duration.count());
}

void Captions::set_canvas(int display_width, int display_height) {
    const double scale =
        std::min(double(canvas_most_width) / display_width, double(canvas_most_height) / display_height);
    const int width = std::max(1, int(std::lround(display_width * scale)));
    const int height = std::max(1, int(std::lround(display_height * scale)));
    if (width == canvas_width_ && height == canvas_height_) return;
    canvas_width_ = width;
    canvas_height_ = height;
    layers_.clear();
    last_.reset();
    ass_set_frame_size(renderer_.get(), width, height);
    ass_set_storage_size(renderer_.get(), width, height);
}

// libass draws the box behind a caption anew each time, and takes that for a change.
bool Captions::is_last(const ASS_Image* images) const {
    auto layer = layers_.begin();
    for (const auto* image = images; image != nullptr; image = image->next, ++layer) {
        if (layer == layers_.end() || layer->x != image->dst_x || layer->y != image->dst_y ||
            layer->width != image->w || layer->height != image->h || layer->colour != image->color)
            return false;
        for (int y = 0; y < image->h; ++y) {
            if (std::memcmp(layer->mask.data() + std::ptrdiff_t(y) * image->w,
                            image->bitmap + std::ptrdiff_t(y) * image->stride, std::size_t(image->w)) != 0)
                return false;
        }
    }
    return layer == layers_.end();
}

OverlayPtr Captions::at(std::chrono::nanoseconds time, int display_width, int display_height) {
    if (display_width <= 0 || display_height <= 0) return nullptr;
    set_canvas(display_width, display_height);
    int change = 0;
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
    const ASS_Image* images = ass_render_frame(renderer_.get(), track_.get(), now, &change);
    if (change == 0 || is_last(images)) return last_;
    layers_.clear();
    for (const auto* image = images; image != nullptr; image = image->next) {
        Layer& layer = layers_.emplace_back(image->dst_x, image->dst_y, image->w, image->h, image->color);
        for (int y = 0; y < image->h; ++y) {
            const std::uint8_t* row = image->bitmap + std::ptrdiff_t(y) * image->stride;
            layer.mask.insert(layer.mask.end(), row, row + image->w);
        }
    }
    last_ = drawn(images, canvas_width_, canvas_height_);
    return last_;
}

}  // namespace hallcast::decoder
