// The media library: content-addressed files that never change in place, and the list of them that the halls play.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hallcast/v1/content.pb.h"
#include "protocol/base/error.h"

namespace hallcast::content {

// What a manifest may hold, so that it fits in one message and no file or peer can exhaust a player.
constexpr int most_items = 2000;
constexpr std::uint64_t most_item_bytes = 16ull << 30;
constexpr std::size_t id_digits = 12;
constexpr std::uint32_t most_stream_seconds = 24 * 60 * 60;

constexpr int most_voices = 100;

// What plays, and then the voices. They point into `manifest`.
std::vector<const v1::ContentItem*> everything(const v1::ContentManifest& manifest);

// What a stream has not: a blob.
bool has_file(const v1::ContentItem& item);

// Its file is at `blob`, as long as it should be; what has none is here anyway.
bool is_here(const v1::ContentItem& item, const std::filesystem::path& blob);

// What is wrong with it, in words that name no password.
Expected<void> check_stream(const v1::AddStream& stream);

// As everybody but a player may see the list: addresses without names, passwords and tokens.
v1::ContentItem without_secrets(v1::ContentItem item);
v1::ContentManifest without_secrets(v1::ContentManifest manifest);

// Folder layout: DIR/blobs/<sha256> the files, DIR/manifest.json the list (protobuf JSON), DIR/incoming work in
// progress. Internally synchronized. Every change is on disk (synced) when its call returns.
class Library {
  public:
    virtual ~Library() = default;

    virtual v1::ContentManifest manifest() const = 0;

    // Moves `file` (already what players play) in under its hash, appends it to the list. The same content again
    // changes nothing and gives the item that is there; `file` is gone then, too. `item` brings kind, title, duration,
    // size and loudness. `file` must not be written to any more. A voice takes the place of the one of its language.
    virtual Expected<v1::ContentItem> add(const std::filesystem::path& file, v1::ContentItem item) = 0;
    // Appends a live stream (see check_stream). An address that is in the list keeps its place and id, and takes over
    // the rest.
    virtual Expected<v1::ContentItem> add_stream(const v1::AddStream& stream) = 0;
    virtual Expected<void> remove(std::string_view id) = 0;

    // For a player's cache: takes over the master's list once every file in it is here.
    virtual Expected<void> replace_manifest(const v1::ContentManifest& manifest) = 0;

    // The file of a blob; whether it exists is for the caller to see. Empty for what is no SHA-256, so that nothing a
    // peer asks for leads out of the folder.
    virtual std::filesystem::path blob(std::string_view sha256) const = 0;
    virtual std::filesystem::path incoming() const = 0;  // a folder on the same file system, for uploads and downloads

    // Called after each change, from the thread that made it, changes in order. It may ask for the manifest, but not
    // change the library.
    virtual void on_change(std::function<void(const v1::ContentManifest&)> listener) = 0;
};

// One process at a time: fails while another has the folder open, saying so. Cleans up what a crash left: everything in
// incoming/ whose name begins with "ingest-", "upload-" or "adding-" (downloads are kept, they are resumed).
// A manifest.json that cannot be read never stops a hall: it is moved aside, the one before it is taken (or an empty
// one), blobs that no list names any more are moved to DIR/orphans, and the log says so.
Expected<std::unique_ptr<Library>> open_library(const std::filesystem::path& directory);

// The list as it is on disk, without opening (and locking) the library: for `content list` beside a running master.
// No library yet: an empty one.
Expected<v1::ContentManifest> read_manifest(const std::filesystem::path& directory);

// For a player's side: blobs that came in by another way than add() take their place under blobs/ here. `file` must be
// in incoming(), complete and verified; it is synced and renamed.
Expected<void> settle_blob(Library& library, const std::filesystem::path& file, std::string_view sha256);

}  // namespace hallcast::content
