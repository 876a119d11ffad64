#include "player/media/probe.h"

#include "player/media/clip_reader.h"

namespace hallcast::media {

Expected<MediaSummary> probe(const std::filesystem::path& path, std::chrono::milliseconds patience) {
    auto reader = ClipReader::open(path, patience);
    if (!reader) return std::unexpected(reader.error());
    const auto first = (*reader)->next_picture();
    HALLCAST_ASSERT(first.has_value());
    (*reader)->read_ahead(std::chrono::nanoseconds(1));  // a second picture tells a film from a still
    MediaSummary summary;
    summary.width = first->frame->display_width;
    summary.height = first->frame->display_height;
    summary.has_sound = (*reader)->has_sound();
    if ((*reader)->is_still()) {
        summary.kind = MediaSummary::Kind::picture;
    } else {
        summary.duration = (*reader)->file().duration();
    }
    return summary;
}

}  // namespace hallcast::media
