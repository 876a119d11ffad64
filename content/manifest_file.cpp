#include "content/manifest_file.h"

#include <google/protobuf/util/json_util.h>

#include <set>

#include "content/library.h"
#include "content/sha256.h"
#include "protocol/base/file.h"

namespace hallcast::content {

Expected<void> check_manifest(const v1::ContentManifest& manifest) {
    if (manifest.items_size() > most_items)
        return fail("the list has {} items; at most {} are possible", manifest.items_size(), most_items);
    std::set<std::string> seen;
    for (const v1::ContentItem& item : manifest.items()) {
        if (!is_sha256(item.sha256())) return fail("item '{}' has no SHA-256 of 64 hex digits", item.id());
        if (item.id() != item.sha256().substr(0, 12))
            return fail("item '{}' has an id that is not its hash's begin", item.id());
        if (!seen.insert(item.id()).second) return fail("item '{}' is there twice", item.id());
        if (item.bytes() == 0 || item.bytes() > most_item_bytes)
            return fail("item '{}' has {} bytes", item.id(), item.bytes());
        if (item.kind() != v1::CONTENT_KIND_VIDEO && item.kind() != v1::CONTENT_KIND_PICTURE)
            return fail("item '{}' is neither video nor picture", item.id());
        if (item.duration_ms() <= 0) return fail("item '{}' has no duration", item.id());
    }
    return {};
}

Expected<std::optional<v1::ContentManifest>> load_manifest(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::exists(file, error) && !error) return std::nullopt;
    const auto bytes = read_file(file, most_manifest_bytes);
    if (!bytes) return std::unexpected(bytes.error());
    v1::ContentManifest manifest;
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = true;  // a newer version's file stays readable when a package is taken back
    const auto status = google::protobuf::util::JsonStringToMessage(*bytes, &manifest, options);
    if (!status.ok()) return fail("{}: is no manifest: {}", file.string(), std::string(status.message()));
    if (const auto checked = check_manifest(manifest); !checked)
        return fail("{}: {}", file.string(), checked.error().message);
    return manifest;
}

Expected<void> save_manifest(const std::filesystem::path& file, const v1::ContentManifest& manifest) {
    google::protobuf::util::JsonPrintOptions options;
    options.add_whitespace = true;
    std::string json;
    const auto status = google::protobuf::util::MessageToJsonString(manifest, &json, options);
    if (!status.ok()) return fail("{}: cannot be written as JSON: {}", file.string(), std::string(status.message()));
    return replace_file(file, json);
}

}  // namespace hallcast::content
