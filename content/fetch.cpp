#include "content/fetch.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <set>

#include "content/manifest_file.h"
#include "content/sha256.h"
#include "protocol/base/descriptor.h"

namespace hallcast::content {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t space_to_leave = 64u
                                         << 20;  // for the log and the store of a box whose disk content must not fill

fs::path part_of(const Library& cache, const std::string& sha256) { return cache.incoming() / (sha256 + ".part"); }

std::uint64_t size_of(const fs::path& file) {
    std::error_code error;
    const auto size = fs::file_size(file, error);
    return error ? 0 : size;
}

// Beginnings of files that nobody wants any more.
void remove_unwanted_parts(const Library& cache, const v1::ContentManifest& wanted) {
    std::set<std::string, std::less<>> parts;
    for (const v1::ContentItem* item : everything(wanted)) parts.insert(item->sha256() + ".part");
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(cache.incoming(), error))
        if (entry.path().extension() == ".part" && !parts.contains(entry.path().filename().string()))
            fs::remove(entry.path(), error);
}

Expected<void> check_space(const Library& cache, const v1::ContentManifest& wanted) {
    std::uint64_t missing = 0;
    for (const v1::ContentItem* item : everything(wanted))
        if (!is_here(*item, cache.blob(item->sha256())))
            missing += item->bytes() - std::min(item->bytes(), size_of(part_of(cache, item->sha256())));
    std::error_code error;
    const fs::space_info space = fs::space(cache.incoming(), error);
    if (!error && missing > 0 && space.available < missing + space_to_leave)
        return fail("{}: {} MB are needed for the new content, {} MB are free; make room on the disk",
                    cache.incoming().string(), (missing + space_to_leave) >> 20, space.available >> 20);
    return {};
}

Expected<void> append(const Descriptor& file, std::string_view bytes, const fs::path& path) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return fail("{}: cannot be written: {}", path.string(), std::strerror(errno));
        bytes.remove_prefix(std::size_t(written));
    }
    return {};
}

// Fills the part up to the item's size, from where it ends.
Expected<void> fill_part(const fs::path& part, const v1::ContentItem& item, BlobSource& source, std::stop_token stop) {
    const Descriptor file(::open(part.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0644));
    if (!file) return fail("{}: cannot be written: {}", part.string(), std::strerror(errno));
    for (std::uint64_t offset = size_of(part); offset < item.bytes();) {
        if (stop.stop_requested()) return fail("fetching '{}' was stopped", item.title());
        const auto length = std::uint32_t(std::min<std::uint64_t>(piece_bytes, item.bytes() - offset));
        const auto piece = source.read(item.sha256(), offset, length);
        if (!piece) return fail("fetching '{}': {}", item.title(), piece.error().message);
        if (piece->empty() || piece->size() > length)
            return fail("fetching '{}': {} bytes came where 1..{} were asked for", item.title(), piece->size(), length);
        if (auto appended = append(file, *piece, part); !appended) return appended;
        offset += piece->size();
    }
    return {};
}

// The inner Error: this file is not what its hash says, the others may be. The outer: no use to go on.
Expected<std::optional<Error>> fetch_one(Library& cache, const v1::ContentItem& item, BlobSource& source,
                                         std::stop_token stop) {
    const fs::path part = part_of(cache, item.sha256());
    std::error_code error;
    if (size_of(part) > item.bytes()) fs::remove(part, error);
    for (;;) {
        const bool resumed = size_of(part) > 0;
        if (auto filled = fill_part(part, item, source, stop); !filled) return std::unexpected(filled.error());
        const auto sha256 = sha256_of_file(part, stop);
        if (!sha256) return std::unexpected(sha256.error());
        if (*sha256 == item.sha256()) break;
        fs::remove(part, error);
        // A beginning from before a power cut may have lost bytes that were never synced: that is no lie of the source.
        if (resumed) continue;
        return Error{fmt::format("'{}' ({}) came with other bytes than its hash says; it was thrown away", item.title(),
                                 item.id())};
    }
    if (auto settled = settle_blob(cache, part, item.sha256()); !settled) return std::unexpected(settled.error());
    return std::nullopt;
}

}  // namespace

Expected<void> fetch(Library& cache, const v1::ContentManifest& wanted, BlobSource& source, std::stop_token stop) {
    if (auto checked = check_manifest(wanted); !checked)
        return fail("the master's content list is refused: {}", checked.error().message);
    remove_unwanted_parts(cache, wanted);
    if (auto space = check_space(cache, wanted); !space) return space;
    std::optional<Error> lie;
    for (const v1::ContentItem* item : everything(wanted)) {
        if (is_here(*item, cache.blob(item->sha256()))) continue;
        auto fetched = fetch_one(cache, *item, source, stop);
        if (!fetched) return std::unexpected(fetched.error());
        if (!*fetched) continue;
        spdlog::warn("{}", (*fetched)->message);
        if (!lie) lie = **fetched;
    }
    if (lie) return std::unexpected(*lie);
    return cache.replace_manifest(wanted);
}

}  // namespace hallcast::content
