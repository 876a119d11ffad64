// manifest.json: a content manifest as protobuf's JSON, read and checked.
#pragma once

#include <filesystem>
#include <optional>

#include "hallcast/v1/content.pb.h"
#include "protocol/base/error.h"

namespace hallcast::content {

constexpr std::size_t most_manifest_bytes = 8u << 20;

// Nothing that players would stumble over: hashes are hashes, ids are theirs, sizes and numbers are bounded.
Expected<void> check_manifest(const v1::ContentManifest& manifest);

// An empty optional when there is no such file.
Expected<std::optional<v1::ContentManifest>> load_manifest(const std::filesystem::path& file);
// As one step: readers and crashes see the old or the new one.
Expected<void> save_manifest(const std::filesystem::path& file, const v1::ContentManifest& manifest);

}  // namespace hallcast::content
