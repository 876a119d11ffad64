#include "content/library.h"

#include <fcntl.h>
#include <google/protobuf/util/message_differencer.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <mutex>
#include <set>
#include <utility>

#include "content/descriptor.h"
#include "content/manifest_file.h"
#include "content/sha256.h"
#include "content/utf8.h"

namespace hallcast::content {
namespace {

namespace fs = std::filesystem;

std::int64_t now_ms() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

// Syncs what `file` holds and makes it readable for players of other users. Refuses links and everything but files.
Expected<std::uint64_t> sync_file(const fs::path& file) {
    const Descriptor opened(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat info {};
    if (!opened || ::fstat(opened.get(), &info) != 0)
        return fail("{}: cannot be opened: {}", file.string(), std::strerror(errno));
    if (!S_ISREG(info.st_mode)) return fail("{}: is no file", file.string());
    if (::fchmod(opened.get(), 0644) != 0)
        return fail("{}: cannot be made readable: {}", file.string(), std::strerror(errno));
    if (::fsync(opened.get()) != 0) return fail("{}: syncing it failed: {}", file.string(), std::strerror(errno));
    return std::uint64_t(info.st_size);
}

class FileLibrary final : public Library {
  public:
    FileLibrary(fs::path directory, Descriptor lock, v1::ContentManifest manifest)
        : directory_(std::move(directory)), lock_(std::move(lock)), manifest_(std::move(manifest)) {}

    v1::ContentManifest manifest() const override {
        const std::scoped_lock state(state_mutex_);
        return manifest_;
    }

    Expected<v1::ContentItem> add(const fs::path& file, v1::ContentItem item) override {
        const auto bytes = sync_file(file);
        if (!bytes) return std::unexpected(bytes.error());
        if (*bytes == 0 || *bytes > most_item_bytes)
            return fail("{}: has {} bytes; 1..{} are possible", file.string(), *bytes, most_item_bytes);
        const auto sha256 = sha256_of_file(file);  // gigabytes take seconds: before the lock
        if (!sha256) return std::unexpected(sha256.error());
        item.set_sha256(*sha256);
        item.set_id(sha256->substr(0, 12));
        item.set_bytes(*bytes);
        item.set_title(one_line(item.title(), 200));
        if (item.added_at_ms() == 0) item.set_added_at_ms(now_ms());

        const std::scoped_lock change(change_mutex_);
        v1::ContentManifest next = manifest();
        for (const v1::ContentItem& present : next.items()) {
            if (present.id() != item.id()) continue;
            if (!fs::exists(blob(present.sha256()))) {  // lost outside our hands: this is the repair
                if (auto settled = settle(file, item.sha256()); !settled) return std::unexpected(settled.error());
            }
            std::error_code ignored;
            fs::remove(file, ignored);
            return present;
        }
        *next.add_items() = item;
        next.set_version(next.version() + 1);
        if (auto checked = check_manifest(next); !checked) return fail("{}: {}", item.title(), checked.error().message);
        if (auto settled = settle(file, item.sha256()); !settled) return std::unexpected(settled.error());
        if (auto switched = switch_to(next); !switched) {
            std::error_code ignored;
            fs::rename(blob(item.sha256()), file, ignored);  // nothing happened, so the file is where it was
            return std::unexpected(switched.error());
        }
        return item;
    }

    Expected<void> remove(std::string_view id) override {
        const std::scoped_lock change(change_mutex_);
        v1::ContentManifest next = manifest();
        auto& items = *next.mutable_items();
        const auto found = std::find_if(items.begin(), items.end(), [&](const auto& item) { return item.id() == id; });
        if (found == items.end())
            return fail("there is no content '{}'; `hallcast content list` shows the ids", one_line(id, 64));
        items.erase(found);
        next.set_version(next.version() + 1);
        return switch_to(next);
    }

    Expected<void> replace_manifest(const v1::ContentManifest& wanted) override {
        if (auto checked = check_manifest(wanted); !checked)
            return fail("the new content list is refused: {}", checked.error().message);
        const std::scoped_lock change(change_mutex_);
        for (const v1::ContentItem& item : wanted.items()) {
            std::error_code error;
            if (fs::file_size(blob(item.sha256()), error) != item.bytes() || error)
                return fail("the new content list names '{}' ({}), whose file is not here yet", item.title(),
                            item.id());
        }
        if (google::protobuf::util::MessageDifferencer::Equals(manifest(), wanted)) return {};
        return switch_to(wanted);
    }

    fs::path blob(std::string_view sha256) const override {
        return is_sha256(sha256) ? directory_ / "blobs" / sha256 : fs::path();
    }

    fs::path incoming() const override { return directory_ / "incoming"; }

    void on_change(std::function<void(const v1::ContentManifest&)> listener) override {
        const std::scoped_lock state(state_mutex_);
        listeners_.push_back(std::move(listener));
    }

    Expected<void> settle(const fs::path& file, std::string_view sha256) {
        const fs::path home = blob(sha256);
        if (::rename(file.c_str(), home.c_str()) != 0) {
            if (errno != EXDEV)
                return fail("{}: cannot be moved to {}: {}", file.string(), home.string(), std::strerror(errno));
            if (auto copied = copy_in(file, home); !copied) return copied;
        }
        sync_folder(home.parent_path());
        return {};
    }

  private:
    // From another file system: aside first, because a copy has no single step.
    Expected<void> copy_in(const fs::path& file, const fs::path& home) {
        const fs::path aside = incoming() / ("adding-" + home.filename().string());
        std::error_code error;
        if (!fs::copy_file(file, aside, fs::copy_options::overwrite_existing, error))
            return fail("{}: cannot be copied to {}: {}", file.string(), aside.string(), error.message());
        auto synced = sync_file(aside);
        const auto sha256 = sha256_of_file(aside);
        if (!synced || !sha256 || *sha256 != home.filename().string() || ::rename(aside.c_str(), home.c_str()) != 0) {
            fs::remove(aside, error);
            return fail("{}: could not be copied to {} intact", file.string(), home.string());
        }
        fs::remove(file, error);
        return {};
    }

    // Makes `next` the list: on disk, then here, then to the listeners. Called with change_mutex_ held.
    Expected<void> switch_to(const v1::ContentManifest& next) {
        const v1::ContentManifest before = manifest();
        if (auto saved = save_manifest(directory_ / "manifest.previous.json", before); !saved) return saved;
        if (auto saved = save_manifest(directory_ / "manifest.json", next); !saved) return saved;
        std::vector<std::function<void(const v1::ContentManifest&)>> listeners;
        {
            const std::scoped_lock state(state_mutex_);
            manifest_ = next;
            listeners = listeners_;
        }
        remove_unlisted_blobs(next);
        for (const auto& listener : listeners) listener(next);
        return {};
    }

    // Who plays a removed file keeps it open and plays it to its end.
    void remove_unlisted_blobs(const v1::ContentManifest& list) {
        std::set<std::string, std::less<>> listed;
        for (const v1::ContentItem& item : list.items()) listed.insert(item.sha256());
        std::error_code error;
        for (const fs::directory_entry& entry : fs::directory_iterator(directory_ / "blobs", error)) {
            const std::string name = entry.path().filename().string();
            if (is_sha256(name) && !listed.contains(name)) fs::remove(entry.path(), error);
        }
    }

    const fs::path directory_;
    const Descriptor lock_;
    std::mutex change_mutex_;         // one change at a time, its listeners included
    mutable std::mutex state_mutex_;  // guards what follows; taken after change_mutex_
    v1::ContentManifest manifest_;
    std::vector<std::function<void(const v1::ContentManifest&)>> listeners_;
};

Expected<Descriptor> lock_directory(const fs::path& directory) {
    Descriptor lock(::open((directory / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (!lock) return fail("{}: cannot be written: {}", directory.string(), std::strerror(errno));
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
        return fail("{}: is in use by another hallcast; use its page /content, or end it first", directory.string());
    return lock;
}

void clean_up_after_crash(const fs::path& directory) {
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(directory / "incoming", error)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with("ingest-") || name.starts_with("upload-") || name.starts_with("adding-")) {
            spdlog::info("{}: left by an interrupted run, removed", entry.path().string());
            fs::remove_all(entry.path(), error);
        }
    }
    for (const fs::directory_entry& entry : fs::directory_iterator(directory, error)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with(".manifest.")) fs::remove(entry.path(), error);  // replace_file's, not yet renamed
    }
}

// After a list was lost: its files stay, but out of the way of the next clean-up.
void set_orphans_aside(const fs::path& directory, const v1::ContentManifest& list) {
    std::set<std::string, std::less<>> listed;
    for (const v1::ContentItem& item : list.items()) listed.insert(item.sha256());
    std::error_code error;
    fs::create_directories(directory / "orphans", error);
    std::vector<fs::path> orphans;
    for (const fs::directory_entry& entry : fs::directory_iterator(directory / "blobs", error))
        if (!listed.contains(entry.path().filename().string())) orphans.push_back(entry.path());
    for (const fs::path& orphan : orphans) fs::rename(orphan, directory / "orphans" / orphan.filename(), error);
    if (!orphans.empty())
        spdlog::error("{}: {} files that no list names; add them again with `hallcast content add`",
                      (directory / "orphans").string(), orphans.size());
}

Expected<v1::ContentManifest> recover_manifest(const fs::path& directory, const Error& broken) {
    const fs::path file = directory / "manifest.json";
    const fs::path aside = directory / fmt::format("manifest.broken-{}.json", now_ms());
    std::error_code error;
    fs::rename(file, aside, error);
    if (error && error != std::errc::no_such_file_or_directory)
        return fail("{}; it cannot be moved aside: {}", broken.message, error.message());
    const auto previous = load_manifest(directory / "manifest.previous.json");
    v1::ContentManifest manifest;
    if (previous && *previous) manifest = **previous;
    manifest.set_version(manifest.version() + 2);  // the broken one was the one between
    spdlog::error("{}; set aside as {}, going on with the list before it ({} items)", broken.message,
                  aside.filename().string(), manifest.items_size());
    set_orphans_aside(directory, manifest);
    if (auto saved = save_manifest(file, manifest); !saved) return std::unexpected(saved.error());
    return manifest;
}

}  // namespace

Expected<std::unique_ptr<Library>> open_library(const fs::path& directory) {
    std::error_code error;
    for (const char* folder : {"blobs", "incoming"}) {
        fs::create_directories(directory / folder, error);
        if (error) return fail("{}: cannot be made: {}", (directory / folder).string(), error.message());
    }
    auto lock = lock_directory(directory);
    if (!lock) return std::unexpected(lock.error());
    clean_up_after_crash(directory);
    const auto loaded = load_manifest(directory / "manifest.json");
    v1::ContentManifest manifest;
    if (loaded && *loaded) {
        manifest = **loaded;
    } else if (!loaded || fs::exists(directory / "manifest.previous.json")) {
        const Error broken = loaded ? Error{(directory / "manifest.json").string() + ": is gone"} : loaded.error();
        auto recovered = recover_manifest(directory, broken);
        if (!recovered) return std::unexpected(recovered.error());
        manifest = *std::move(recovered);
    }
    for (const v1::ContentItem& item : manifest.items())
        if (fs::file_size(directory / "blobs" / item.sha256(), error) != item.bytes() || error)
            spdlog::warn("{}: the file of '{}' ({}) is missing or incomplete; add it again", directory.string(),
                         item.title(), item.id());
    return std::make_unique<FileLibrary>(directory, *std::move(lock), std::move(manifest));
}

Expected<v1::ContentManifest> read_manifest(const fs::path& directory) {
    auto loaded = load_manifest(directory / "manifest.json");
    if (!loaded) return std::unexpected(loaded.error());
    return *loaded ? **std::move(loaded) : v1::ContentManifest();
}

Expected<void> settle_blob(Library& library, const fs::path& file, std::string_view sha256) {
    HALLCAST_ASSERT(is_sha256(sha256));
    if (auto synced = sync_file(file); !synced) return std::unexpected(synced.error());
    const fs::path home = library.blob(sha256);
    if (::rename(file.c_str(), home.c_str()) != 0)
        return fail("{}: cannot be moved to {}: {}", file.string(), home.string(), std::strerror(errno));
    sync_folder(home.parent_path());
    return {};
}

}  // namespace hallcast::content
