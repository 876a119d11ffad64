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

#include "content/manifest_file.h"
#include "content/sha256.h"
#include "content/synced_folder.h"
#include "content/utf8.h"
#include "protocol/base/descriptor.h"
#include "protocol/base/stream_address.h"

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

// Not its address's hash: who knows that could try passwords on it.
std::string new_stream_id(const v1::ContentManifest& list) {
    for (;;) {
        const std::string id = random_hex(id_digits);
        if (std::ranges::find(list.items(), id, &v1::ContentItem::id) == list.items().end()) return id;
    }
}

std::set<std::string, std::less<>> hashes(const v1::ContentManifest& list) {
    std::set<std::string, std::less<>> hashes;
    for (const v1::ContentItem* item : everything(list)) hashes.insert(item->sha256());
    return hashes;
}

// Behind all others; a voice in the place of the one of its language.
void put(v1::ContentManifest& list, const v1::ContentItem& item) {
    if (item.kind() != v1::CONTENT_KIND_VOICE) {
        *list.add_items() = item;
        return;
    }
    const auto before = std::ranges::find(*list.mutable_voices(), item.language(), &v1::ContentItem::language);
    (before == list.mutable_voices()->end() ? *list.add_voices() : *before) = item;
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
        item.set_id(sha256->substr(0, id_digits));
        item.set_bytes(*bytes);
        item.set_title(one_line(item.title(), 200));
        if (item.added_at_ms() == 0) item.set_added_at_ms(now_ms());

        const std::scoped_lock change(change_mutex_);
        v1::ContentManifest next = manifest();
        for (const v1::ContentItem* present : everything(next)) {
            if (present->id() != item.id()) continue;
            if (!fs::exists(blob(present->sha256()))) {  // lost outside our hands: this is the repair
                if (auto settled = settle(file, item.sha256()); !settled) return std::unexpected(settled.error());
            }
            std::error_code ignored;
            fs::remove(file, ignored);
            return *present;
        }
        put(next, item);
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

    Expected<v1::ContentItem> add_stream(const v1::AddStream& stream) override {
        if (auto checked = check_stream(stream); !checked) return std::unexpected(checked.error());
        const std::string name = name_of_source(stream.address());
        const std::scoped_lock change(change_mutex_);
        v1::ContentManifest next = manifest();
        auto& items = *next.mutable_items();
        auto item = std::ranges::find(items, stream.address(), &v1::ContentItem::address);
        if (item == items.end()) {
            next.add_items();
            item = std::prev(items.end());
            item->set_id(new_stream_id(next));
            item->set_kind(v1::CONTENT_KIND_STREAM);
            item->set_address(stream.address());
            item->set_added_at_ms(now_ms());
        }
        item->set_title(one_line(stream.title().empty() ? name : stream.title(), 200));
        item->set_duration_ms(std::int64_t(stream.seconds()) * 1000);
        next.set_version(next.version() + 1);
        if (auto checked = check_manifest(next); !checked) return fail("{}: {}", name, checked.error().message);
        if (auto switched = switch_to(next); !switched) return std::unexpected(switched.error());
        return *item;
    }

    Expected<void> remove(std::string_view id) override {
        const std::scoped_lock change(change_mutex_);
        v1::ContentManifest next = manifest();
        bool known = false;
        for (auto* items : {next.mutable_items(), next.mutable_voices()}) {
            const auto gone =
                std::remove_if(items->begin(), items->end(), [&](const auto& item) { return item.id() == id; });
            known |= gone != items->end();
            items->erase(gone, items->end());
        }
        if (!known) return fail("there is no content '{}'; `hallcast content list` shows the ids", one_line(id, 64));
        next.set_version(next.version() + 1);
        return switch_to(next);
    }

    Expected<void> replace_manifest(const v1::ContentManifest& wanted) override {
        if (auto checked = check_manifest(wanted); !checked)
            return fail("the new content list is refused: {}", checked.error().message);
        const std::scoped_lock change(change_mutex_);
        for (const v1::ContentItem* item : everything(wanted)) {
            if (!is_here(*item, blob(item->sha256())))
                return fail("the new content list names '{}' ({}), whose file is not here yet", item->title(),
                            item->id());
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
        const auto listed = hashes(list);
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
    const auto listed = hashes(list);
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

std::vector<const v1::ContentItem*> everything(const v1::ContentManifest& manifest) {
    std::vector<const v1::ContentItem*> all;
    for (const auto* items : {&manifest.items(), &manifest.voices()})
        for (const v1::ContentItem& item : *items) all.push_back(&item);
    return all;
}

bool has_file(const v1::ContentItem& item) { return item.kind() != v1::CONTENT_KIND_STREAM; }

bool is_here(const v1::ContentItem& item, const fs::path& blob) {
    std::error_code error;
    return !has_file(item) || (fs::file_size(blob, error) == item.bytes() && !error);
}

Expected<void> check_stream(const v1::AddStream& stream) {
    if (invalid_utf8(stream.address()) != std::string_view::npos) return fail("the address is no UTF-8");
    const std::string name = name_of_source(stream.address());
    if (auto scheme = scheme_of_stream(stream.address()); !scheme) return fail("{}: {}", name, scheme.error().message);
    if (stream.seconds() > most_stream_seconds)
        return fail("{}: may play for 1..{} s at each turn; 0 is to its end", name, most_stream_seconds);
    return {};
}

v1::ContentItem without_secrets(v1::ContentItem item) {
    if (!has_file(item)) item.set_address(name_of_source(item.address()));
    return item;
}

v1::ContentManifest without_secrets(v1::ContentManifest manifest) {
    for (v1::ContentItem& item : *manifest.mutable_items()) item = without_secrets(std::move(item));
    return manifest;
}

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
    for (const v1::ContentItem* item : everything(manifest))
        if (!is_here(*item, directory / "blobs" / item->sha256()))
            spdlog::warn("{}: the file of '{}' ({}) is missing or incomplete; add it again", directory.string(),
                         item->title(), item->id());
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
