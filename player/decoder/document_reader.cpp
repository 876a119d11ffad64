#include "player/decoder/document_reader.h"

#include <spdlog/spdlog.h>

namespace hallcast::decoder {

Expected<std::unique_ptr<DocumentReader>> DocumentReader::open(std::unique_ptr<DocumentPages> pages,
                                                               std::chrono::milliseconds page_time,
                                                               std::chrono::milliseconds patience) {
    const auto began = std::chrono::steady_clock::now();
    if (page_time <= std::chrono::milliseconds(0)) page_time = usual_page_time;
    std::unique_ptr<DocumentReader> reader(new DocumentReader(std::move(pages), page_time));
    auto first = reader->pages_->draw(0);
    if (!first) return std::unexpected(first.error());
    if (std::chrono::steady_clock::now() - began > patience)
        return fail("gave no picture within {} ms", patience.count());
    reader->first_ = std::move(*first);
    reader->facts_.decoder = "software document";
    return reader;
}

std::optional<media::ClipPicture> DocumentReader::next_picture() {
    while (next_ < pages_->count()) {
        const auto at = page_time_ * next_;
        if (next_++ == 0) return media::ClipPicture{std::exchange(first_, nullptr), at, page_time_};
        // A page that cannot be drawn is passed over: the one before it stays for its time.
        auto drawn = pages_->draw(next_ - 1);
        if (drawn) return media::ClipPicture{std::move(*drawn), at, page_time_};
        spdlog::warn("{}", drawn.error().message);
        ++facts_.lost_packets;
    }
    return std::nullopt;
}

}  // namespace hallcast::decoder
