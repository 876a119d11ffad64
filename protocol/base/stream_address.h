// Addresses of live streams: http(s) (HLS, MPEG-TS), rtsp, udp and rtp. What is no such address is a file's path. Pure.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include "protocol/base/error.h"

namespace hallcast {

constexpr std::size_t most_stream_address = 2048;  // bytes

// By its scheme: "rtsp://...", whatever follows.
bool is_stream(const std::filesystem::path& path);

// The scheme in small letters, or what is wrong with the address. Errors name no password.
Expected<std::string> scheme_of_stream(std::string_view address);

// For logs, pages and errors: names, passwords and what follows '?' (tokens) are left out. Any path: a file's is
// itself.
std::string name_of_source(const std::filesystem::path& path);

}  // namespace hallcast
