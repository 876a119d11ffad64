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

// Folder layout: DIR/blobs/<sha256> the files, DIR/manifest.json the list (protobuf JSON), DIR/incoming work in progress.
// Internally synchronized. Every change is on disk (synced) when its call returns.
class Library {
  public:
    virtual ~Library() = default;

    virtual v1::ContentManifest manifest() const = 0;

    // Moves `file` (already what players play) in under its hash, appends it to the list. The same content again changes
    // nothing and gives the item that is there. `item` brings kind, title, duration, size and loudness.
    virtual Expected<v1::ContentItem> add(const std::filesystem::path& file, v1::ContentItem item) = 0;
    virtual Expected<void> remove(std::string_view id) = 0;

    // For a player's cache: takes over the master's list once every file in it is here.
    virtual Expected<void> replace_manifest(const v1::ContentManifest& manifest) = 0;

    // The file of a blob; whether it exists is for the caller to see.
    virtual std::filesystem::path blob(std::string_view sha256) const = 0;
    virtual std::filesystem::path incoming() const = 0;  // a folder on the same file system, for uploads and downloads

    // Called after each change, from the thread that made it.
    virtual void on_change(std::function<void(const v1::ContentManifest&)> listener) = 0;
};

Expected<std::unique_ptr<Library>> open_library(const std::filesystem::path& directory);

}  // namespace hallcast::content
