// Opens any file as the clip that it is, by its first bytes: a film or picture (ClipReader), or a document.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>

#include "player/decoder/clip_reader.h"
#include "player/media/clip.h"

namespace hallcast::decoder {

// media: whatever libav is to find out.
enum class FileKind : std::uint8_t { media, pdf, svg, animated_webp };
FileKind kind_of(std::span<const std::byte> beginning);
constexpr std::size_t beginning_bytes = 4096;  // as many as kind_of() looks at

// Decodes the first picture; fails when there is none in time. Errors do not name the file.
Expected<std::unique_ptr<media::Clip>> open_clip(media::ClipFile file, ReaderOptions options);

// Decodes in this process: what a file does to a decoder, it does to us.
media::OpenClip decode_in_process(media::CaptionSources captions = {}, DecodingOptions decoding = {});

}  // namespace hallcast::decoder
