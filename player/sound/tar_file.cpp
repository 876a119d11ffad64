#include "player/sound/tar_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "content/utf8.h"

namespace hallcast::sound {

namespace {

constexpr std::size_t block_bytes = 512, most_files = 4000;

struct Field {
    std::size_t at, bytes;
};
constexpr Field name_field{0, 100}, mode_field{100, 8}, owner_field{108, 8}, group_field{116, 8}, size_field{124, 12},
    time_field{136, 12}, sum_field{148, 8}, kind_field{156, 1}, magic_field{257, 5}, prefix_field{345, 155};
constexpr std::string_view magic = "ustar";

using Block = std::array<char, block_bytes>;

std::string_view text_of(const Block& block, Field field) {
    const std::string_view whole(block.data() + field.at, field.bytes);
    return whole.substr(0, std::min(whole.find('\0'), whole.size()));
}

// Octal digits, with spaces or zeros around them.
std::optional<std::uint64_t> number_of(const Block& block, Field field) {
    std::uint64_t number = 0;
    bool any = false;
    for (const char digit : text_of(block, field)) {
        if (digit == ' ') continue;
        if (digit < '0' || digit > '7') return std::nullopt;  // a size of 8 GiB and more is written in another way
        number = number * 8 + std::uint64_t(digit - '0');
        any = true;
    }
    return any ? std::optional(number) : std::nullopt;
}

// Of the header with spaces for the sum itself.
std::uint64_t sum_of(const Block& block) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < block_bytes; ++i) {
        const bool own = i >= sum_field.at && i < sum_field.at + sum_field.bytes;
        sum += own ? std::uint64_t(' ') : std::uint8_t(block[i]);
    }
    return sum;
}

void put(Block& block, Field field, std::string_view text) {
    std::copy_n(text.begin(), std::min(text.size(), field.bytes), block.begin() + std::ptrdiff_t(field.at));
}

std::uint64_t padded(std::uint64_t bytes) { return (bytes + block_bytes - 1) / block_bytes * block_bytes; }

bool read_at(const Descriptor& file, std::uint64_t at, char* into, std::size_t bytes) {
    while (bytes > 0) {
        const ssize_t got = ::pread(file.get(), into, bytes, off_t(at));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        into += got;
        at += std::uint64_t(got);
        bytes -= std::size_t(got);
    }
    return true;
}

bool has_magic(const Block& block) {
    return std::string_view(block.data() + magic_field.at, magic_field.bytes) == magic;
}

}  // namespace

Expected<TarFile> TarFile::open(const std::filesystem::path& path) {
    TarFile tar;
    tar.file_ = Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat info {};
    if (!tar.file_ || ::fstat(tar.file_.get(), &info) != 0) return fail("cannot be read: {}", std::strerror(errno));
    const std::uint64_t end = S_ISREG(info.st_mode) ? std::uint64_t(info.st_size) : 0;
    for (std::uint64_t at = 0;;) {
        Block block;
        if (end < block_bytes || at > end - block_bytes || !read_at(tar.file_, at, block.data(), block_bytes))
            return at == 0 ? fail("is no tar archive") : fail("is cut off");
        if (std::ranges::all_of(block, [](char c) { return c == 0; })) return tar;
        const auto bytes = number_of(block, size_field), sum = number_of(block, sum_field);
        if (!has_magic(block) || !bytes || !sum || *sum != sum_of(block))
            return at == 0 ? fail("is no tar archive") : fail("is damaged");
        at += block_bytes;
        if (*bytes > end || at > end - *bytes) return fail("is cut off");
        const Place place{at, *bytes};
        at += padded(*bytes);
        const char kind = block[kind_field.at];
        if (kind == '5' || kind == 'x' || kind == 'g') continue;  // the folder itself; times and owners of a file
        std::string_view name = text_of(block, name_field);
        if (name.starts_with("./")) name.remove_prefix(2);
        const bool plain = (kind == '0' || kind == '\0') && text_of(block, prefix_field).empty() && !name.empty() &&
                           name.find('/') == std::string_view::npos;
        if (!plain) return fail("holds '{}', which is no file of one folder", content::one_line(name, 100));
        if (tar.files_.size() == most_files) return fail("holds more than {} files", most_files);
        if (!tar.files_.emplace(name, place).second) return fail("holds '{}' twice", content::one_line(name, 100));
    }
}

Expected<std::string> TarFile::read(std::string_view name, std::size_t limit) const {
    const auto found = files_.find(name);
    if (found == files_.end()) return fail("has no {}", name);
    if (found->second.bytes > limit)
        return fail("{}: has {} bytes, at most {} are possible", name, found->second.bytes, limit);
    std::string bytes(found->second.bytes, '\0');
    if (!read_at(file_, found->second.at, bytes.data(), bytes.size())) return fail("{}: cannot be read", name);
    return bytes;
}

bool is_tar_file(const std::filesystem::path& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    Block block;
    return file && read_at(file, 0, block.data(), block_bytes) && has_magic(block);
}

std::string format_tar(const std::vector<std::pair<std::string, std::string>>& files) {
    std::string tar;
    for (const auto& [name, bytes] : files) {
        HALLCAST_ASSERT(!name.empty() && name.size() <= name_field.bytes);
        Block block{};
        put(block, name_field, name);
        put(block, mode_field, "0000644");
        put(block, owner_field, "0000000");
        put(block, group_field, "0000000");
        put(block, size_field, fmt::format("{:011o}", bytes.size()));
        put(block, time_field, "00000000000");  // the same files are the same archive, whenever it is made
        put(block, kind_field, "0");
        put(block, magic_field, magic);
        put(block, {263, 2}, "00");  // the format's version
        put(block, sum_field, fmt::format("{:06o}", sum_of(block)));
        block[sum_field.at + sum_field.bytes - 1] = ' ';
        tar.append(block.data(), block_bytes);
        tar += bytes;
        tar.resize(padded(tar.size()));
    }
    tar.resize(tar.size() + 2 * block_bytes);
    return tar;
}

}  // namespace hallcast::sound
