// A piece of a content file, for those who fetch it.
#pragma once

#include <filesystem>
#include <functional>

#include "hallcast/v1/wire.pb.h"
#include "protocol/base/error.h"

namespace hallcast::wire {

constexpr std::uint32_t max_piece = 1 << 20;

// `file_of` is asked only for what is a SHA-256 in lower-case hex, so that no client names a path of its own.
Expected<v1::Blob> read_piece(const v1::BlobRequest& request,
                              const std::function<std::filesystem::path(const std::string& sha256)>& file_of);

}  // namespace hallcast::wire
