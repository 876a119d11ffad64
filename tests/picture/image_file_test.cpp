// PNG files: what is written is read back, and what is no picture is refused with a reason.
#include "player/picture/image_file.h"

#include <png.h>
#include <stdlib.h>

#include <cstring>
#include <fstream>
#include <random>

#include "protocol/base/file.h"
#include "tests/catch.h"
#include "tests/picture/made_scenes.h"

namespace hallcast::picture::image_file_test {

class TempFolder {
  public:
    TempFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "hallcast-picture-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~TempFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    std::filesystem::path operator/(const char* name) const { return path_ / name; }

  private:
    std::filesystem::path path_;
};

void put(const std::filesystem::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary).write(bytes.data(), std::streamsize(bytes.size()));
}

std::string with_alpha_png(int width, int height, const std::vector<std::uint8_t>& bgra) {
    png_image png;
    std::memset(&png, 0, sizeof png);
    png.version = PNG_IMAGE_VERSION;
    png.width = png_uint_32(width);
    png.height = png_uint_32(height);
    png.format = PNG_FORMAT_BGRA;
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(png);
    std::string bytes(size, '\0');
    REQUIRE(png_image_write_to_memory(&png, bytes.data(), &size, 0, bgra.data(), 0, nullptr) != 0);
    bytes.resize(size);
    return bytes;
}

// A PNG's header that claims a size, with the right checksum.
std::string claims(std::uint32_t width, std::uint32_t height, const std::string& real) {
    auto bytes = real;
    const auto big_endian = [&](std::size_t at, std::uint32_t value) {
        for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = char(value >> (24 - 8 * i));
    };
    big_endian(16, width);
    big_endian(20, height);
    std::uint32_t crc = 0xffffffffu;  // CRC-32 as PNG defines it, over the chunk's type and content
    for (std::size_t i = 12; i < 29; ++i) {
        crc ^= std::uint8_t(bytes[i]);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320u : 0u);
    }
    big_endian(29, ~crc);
    return bytes;
}

TEST_CASE("A written picture is read back to the same pixels") {
    const TempFolder folder;
    const auto image = made::image(61, 47, true, 3);
    REQUIRE(write_png(folder / "a.png", {61, 47}, image->pixels).has_value());
    const auto read = read_png(folder / "a.png");
    REQUIRE(read.has_value());
    CHECK((*read)->width == 61);
    CHECK((*read)->height == 47);
    CHECK((*read)->pixels == image->pixels);
}

TEST_CASE("A picture with alpha is premultiplied when it is read") {
    const TempFolder folder;
    put(folder / "a.png", with_alpha_png(2, 1, {200, 100, 50, 128, 10, 20, 30, 0}));
    const auto read = read_png(folder / "a.png");
    REQUIRE(read.has_value());
    CHECK((*read)->pixels == std::vector<std::uint8_t>{100, 50, 25, 128, 0, 0, 0, 0});
}

TEST_CASE("A folder that is not there is named") {
    const TempFolder folder;
    const auto image = made::image(4, 4, true, 3);
    const auto written = write_png(folder / "none/a.png", {4, 4}, image->pixels);
    REQUIRE_FALSE(written.has_value());
    CHECK(written.error().message.find("none") != std::string::npos);
    const auto read = read_png(folder / "none.png");
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().message.find("none.png") != std::string::npos);
}

TEST_CASE("What is no picture, or too large a one, is refused") {
    const TempFolder folder;
    const auto real = with_alpha_png(8, 8, made::image(8, 8, true, 1)->pixels);
    const auto refused = [&](const std::string& bytes, const std::string& reason) {
        put(folder / "bad.png", bytes);
        const auto read = read_png(folder / "bad.png");
        REQUIRE_FALSE(read.has_value());
        INFO(read.error().message);
        CHECK(read.error().message.find("bad.png") != std::string::npos);
        CHECK(read.error().message.find(reason) != std::string::npos);
    };
    refused("", "not a PNG");
    refused("GIF89a and so on", "not a PNG");
    refused(real.substr(0, 20), "not a PNG");
    refused(real.substr(0, real.size() - 30), "damaged");
    refused(claims(16385, 1, real), "too many");
    refused(claims(1, 16385, real), "too many");
    refused(claims(16384, 16384, real), "too many");  // 1 GiB decoded
    refused(claims(8, 9, real), "damaged");           // more rows than there are
    CHECK(claims(8, 8, real) == real);                // so that it was the size, not the checksum
}

TEST_CASE("Damaged files never do more than fail") {
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::minstd_rand random(seed);
    const TempFolder folder;
    const auto real = with_alpha_png(24, 24, made::image(24, 24, false, 1)->pixels);
    int refused = 0;
    for (int round = 0; round < 300; ++round) {
        auto bytes = real;
        for (int flips = 1 + int(random() % 4); flips > 0; --flips) bytes[random() % bytes.size()] = char(random());
        put(folder / "bad.png", bytes);
        refused += !read_png(folder / "bad.png").has_value();
    }
    CHECK(refused > 200);
}

}  // namespace hallcast::picture::image_file_test
