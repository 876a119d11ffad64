#include "player/decoder/open_clip.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "player/decoder/document_reader.h"

namespace hallcast::decoder {
namespace {

constexpr std::size_t most_document_bytes = 64 << 20;
constexpr std::size_t most_drawing_bytes = 16 << 20;

template <typename Reader>
Expected<std::unique_ptr<media::Clip>> as_clip(Expected<std::unique_ptr<Reader>> reader) {
    if (!reader) return std::unexpected(reader.error());
    return std::move(*reader);
}

Expected<std::unique_ptr<media::Clip>> open_document(const media::ClipFile& file, FileKind kind,
                                                     const ReaderOptions& options) {
    const std::size_t most = kind == FileKind::pdf ? most_document_bytes : most_drawing_bytes;
    const auto bytes = read_file(file.descriptor.get(), "its bytes", most);
    if (!bytes) return std::unexpected(bytes.error());
    auto pages = kind == FileKind::pdf ? open_pdf(*bytes) : open_svg(*bytes);
    if (!pages) return std::unexpected(pages.error());
    return as_clip(DocumentReader::open(std::move(*pages), options.page_time, options.patience));
}

}  // namespace

FileKind kind_of(std::span<const std::byte> beginning) {
    std::string_view text(reinterpret_cast<const char*>(beginning.data()), std::min(beginning.size(), beginning_bytes));
    // Readers of PDF find its mark behind up to a kilobyte of anything.
    if (text.substr(0, 1024).find("%PDF-") != std::string_view::npos) return FileKind::pdf;
    constexpr std::size_t flags_at = 20;  // of the VP8X chunk, the first of an extended WebP
    constexpr unsigned animated = 0x02;
    if (text.size() > flags_at && text.starts_with("RIFF") && text.substr(8, 8) == "WEBPVP8X" &&
        (unsigned(text[flags_at]) & animated) != 0)
        return FileKind::animated_webp;
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first != std::string_view::npos && text[first] == '<' && text.find("<svg") != std::string_view::npos)
        return FileKind::svg;
    return FileKind::media;
}

Expected<std::unique_ptr<media::Clip>> open_clip(media::ClipFile file, ReaderOptions options) {
    if (options.is_stream) return as_clip(ClipReader::open(std::move(file), std::move(options)));
    std::array<std::byte, beginning_bytes> beginning{};
    const ssize_t got = ::pread(file.descriptor.get(), beginning.data(), beginning.size(), 0);
    const FileKind kind = kind_of(std::span(beginning).first(std::size_t(std::max<ssize_t>(got, 0))));
    switch (kind) {
        case FileKind::pdf:
        case FileKind::svg:
            return open_document(file, kind, options);
        case FileKind::animated_webp:
            return fail("is an animated WebP, which cannot be decoded: save it as GIF or as a film");
        case FileKind::media:
            break;
    }
    return as_clip(ClipReader::open(std::move(file), std::move(options)));
}

media::OpenClip decode_in_process(media::CaptionSources captions, DecodingOptions decoding) {
    return [captions = std::move(captions), decoding = std::move(decoding)](
               const media::PlaylistEntry& entry, std::chrono::milliseconds patience,
               std::stop_token stop) -> Expected<std::unique_ptr<media::Clip>> {
        auto file = media::open_clip_file(entry.file);
        if (!file) return std::unexpected(file.error());
        auto clip = open_clip(std::move(*file), {.patience = patience,
                                                 .stop = std::move(stop),
                                                 .decoding = decoding,
                                                 .captions = open_captions(captions, entry.file),
                                                 .page_time = entry.duration});
        if (!clip) return fail("{}: {}", entry.file.string(), clip.error().message);
        return clip;
    };
}

}  // namespace hallcast::decoder
