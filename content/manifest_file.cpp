#include "content/manifest_file.h"

#include <google/protobuf/util/json_util.h>

#include <set>

#include "content/library.h"
#include "content/sha256.h"
#include "protocol/base/file.h"
#include "protocol/base/stream_address.h"

namespace hallcast::content {
namespace {

constexpr std::size_t most_language_bytes = 20;

Expected<void> check_file_item(const v1::ContentItem& item) {
    if (!is_sha256(item.sha256())) return fail("has no SHA-256 of 64 hex digits");
    if (item.id() != item.sha256().substr(0, id_digits)) return fail("has an id that is not its hash's begin");
    if (item.bytes() == 0 || item.bytes() > most_item_bytes) return fail("has {} bytes", item.bytes());
    return {};
}

Expected<void> check_played_item(const v1::ContentItem& item) {
    if (item.kind() != v1::CONTENT_KIND_VIDEO && item.kind() != v1::CONTENT_KIND_PICTURE)
        return fail("is neither video nor picture nor stream");
    if (item.duration_ms() <= 0) return fail("has no duration");
    return check_file_item(item);
}

Expected<void> check_voice_item(const v1::ContentItem& item) {
    if (item.kind() != v1::CONTENT_KIND_VOICE) return fail("is no voice, and among the voices");
    if (item.language().empty() || item.language().size() > most_language_bytes) return fail("has no language");
    return check_file_item(item);
}

Expected<void> check_stream_item(const v1::ContentItem& item) {
    if (!is_hex(item.id(), id_digits)) return fail("has an id that is not {} hex digits", id_digits);
    if (auto scheme = scheme_of_stream(item.address()); !scheme) return std::unexpected(scheme.error());
    if (!item.sha256().empty() || item.bytes() != 0) return fail("is a stream, and has a file");
    if (item.duration_ms() < 0 || item.duration_ms() > std::int64_t(most_stream_seconds) * 1000)
        return fail("plays for {} ms; 0..{} are possible", item.duration_ms(),
                    std::int64_t(most_stream_seconds) * 1000);
    return {};
}

}  // namespace

Expected<void> check_manifest(const v1::ContentManifest& manifest) {
    if (manifest.items_size() > most_items)
        return fail("the list has {} items; at most {} are possible", manifest.items_size(), most_items);
    if (manifest.voices_size() > most_voices)
        return fail("the list has {} voices; at most {} are possible", manifest.voices_size(), most_voices);
    for (const v1::ContentItem& item : manifest.items())
        if (auto checked = has_file(item) ? check_played_item(item) : check_stream_item(item); !checked)
            return fail("item '{}' {}", item.id(), checked.error().message);
    std::set<std::string> languages, seen;
    for (const v1::ContentItem& voice : manifest.voices()) {
        if (auto checked = check_voice_item(voice); !checked)
            return fail("item '{}' {}", voice.id(), checked.error().message);
        if (!languages.insert(voice.language()).second)
            return fail("item '{}' is another voice for '{}'", voice.id(), voice.language());
    }
    for (const v1::ContentItem* item : everything(manifest))
        if (!seen.insert(item->id()).second) return fail("item '{}' is there twice", item->id());
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
    return replace_file(file, json, 0600);  // streams' passwords are in it
}

}  // namespace hallcast::content
