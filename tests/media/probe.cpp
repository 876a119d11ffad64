#include "tests/media/probe.h"

#include "player/decoder/open_clip.h"

namespace hallcast::decoder {

Expected<MediaSummary> probe(const std::filesystem::path& path, std::chrono::milliseconds patience) {
    auto file = media::open_clip_file(path);
    if (!file) return std::unexpected(file.error());
    auto clip = open_clip(std::move(*file), {.patience = patience});
    if (!clip) return fail("{}: {}", path.string(), clip.error().message);
    const auto first = (*clip)->next_picture();
    HALLCAST_ASSERT(first.has_value());
    (*clip)->read_ahead(std::chrono::nanoseconds(1));  // a second picture tells a film from a still
    MediaSummary summary;
    summary.width = first->frame->display_width;
    summary.height = first->frame->display_height;
    summary.has_sound = (*clip)->has_sound();
    if ((*clip)->is_still()) {
        summary.kind = MediaSummary::Kind::picture;
    } else {
        summary.duration = (*clip)->has_pages() ? (*clip)->extent() : (*clip)->facts().length;
    }
    return summary;
}

}  // namespace hallcast::decoder
