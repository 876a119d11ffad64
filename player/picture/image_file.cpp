#include "player/picture/image_file.h"

#include <png.h>

#include <cstring>

#include "player/picture/pixman_image.h"
#include "protocol/base/file.h"

namespace hallcast::picture {

namespace {

constexpr std::uint32_t largest_image_side = 16384;
constexpr std::size_t largest_decoded = std::size_t(256) << 20;
constexpr std::size_t largest_file = std::size_t(64) << 20;

// libpng's simple interface, which reports errors as values instead of jumping over our destructors.
class PngImage {
  public:
    PngImage() {
        std::memset(&image, 0, sizeof image);
        image.version = PNG_IMAGE_VERSION;
    }
    ~PngImage() { png_image_free(&image); }
    PngImage(const PngImage&) = delete;
    PngImage& operator=(const PngImage&) = delete;

    png_image image;
};

void premultiply(std::span<std::uint8_t> bgra) {
    for (std::size_t i = 0; i < bgra.size(); i += 4) {
        for (std::size_t c = 0; c < 3; ++c) bgra[i + c] = multiply_bytes(bgra[i + c], bgra[i + 3]);
    }
}

}  // namespace

Expected<void> write_png(const std::filesystem::path& path, ScreenSize size, std::span<const std::uint8_t> bgra) {
    HALLCAST_ASSERT(size.width > 0 && size.height > 0);
    const auto pixels = std::size_t(size.width) * std::size_t(size.height);
    HALLCAST_ASSERT(bgra.size() == pixels * 4);
    std::vector<std::uint8_t> bgr(pixels * 3);
    for (std::size_t i = 0; i < pixels; ++i) std::memcpy(bgr.data() + i * 3, bgra.data() + i * 4, 3);

    PngImage png;
    png.image.width = png_uint_32(size.width);
    png.image.height = png_uint_32(size.height);
    png.image.format = PNG_FORMAT_BGR;
    png_alloc_size_t bytes = PNG_IMAGE_PNG_SIZE_MAX(png.image);
    std::string file(bytes, '\0');
    if (!png_image_write_to_memory(&png.image, file.data(), &bytes, 0, bgr.data(), 0, nullptr)) {
        return fail("{}: cannot make a PNG of {}x{} pixels: {}", path.string(), size.width, size.height,
                    png.image.message);
    }
    file.resize(bytes);
    return replace_file(path, file);
}

Expected<ImagePtr> read_png(const std::filesystem::path& path) {
    const auto file = read_file(path, largest_file);
    if (!file) return std::unexpected(file.error());

    PngImage png;
    if (!png_image_begin_read_from_memory(&png.image, file->data(), file->size())) {
        return fail("{}: not a PNG that can be read: {}", path.string(), png.image.message);
    }
    const auto width = png.image.width, height = png.image.height;
    if (width == 0 || height == 0 || width > largest_image_side || height > largest_image_side ||
        std::size_t(width) * height * 4 > largest_decoded) {
        return fail("{}: {}x{} pixels are too many: make it at most {} a side and {} MiB decoded", path.string(), width,
                    height, largest_image_side, largest_decoded >> 20);
    }
    const bool alpha = (png.image.format & PNG_FORMAT_FLAG_ALPHA) != 0;
    png.image.format = PNG_FORMAT_BGRA;
    auto image = std::make_shared<Image>();
    image->width = int(width);
    image->height = int(height);
    image->pixels.resize(std::size_t(width) * height * 4);
    if (!png_image_finish_read(&png.image, nullptr, image->pixels.data(), 0, nullptr)) {
        return fail("{}: the PNG is damaged: {}; export it again", path.string(), png.image.message);
    }
    if (alpha) premultiply(image->pixels);
    return image;
}

}  // namespace hallcast::picture
