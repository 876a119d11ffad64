#include "protocol/base/stream_address.h"

#include <algorithm>
#include <array>

namespace hallcast {
namespace {

constexpr std::array<std::string_view, 5> schemes{"http", "https", "rtsp", "udp", "rtp"};
constexpr std::string_view separator = "://";

std::string in_small_letters(std::string_view text) {
    std::string small(text);
    std::ranges::transform(small, small.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    return small;
}

}  // namespace

bool is_stream(const std::filesystem::path& path) {
    const std::string& address = path.native();
    const auto end = address.find(separator);
    return end != std::string::npos &&
           std::ranges::find(schemes, in_small_letters(address.substr(0, end))) != schemes.end();
}

Expected<std::string> scheme_of_stream(std::string_view address) {
    if (!is_stream(address))
        return fail("is no address of a stream: give http://, https://, rtsp://, udp:// or rtp://");
    if (address.size() > most_stream_address)
        return fail("its address is longer than {} characters", most_stream_address);
    // Blanks and control characters would reach into a request's other lines.
    if (std::ranges::any_of(address, [](unsigned char c) { return c <= 0x20 || c == 0x7f; }))
        return fail("its address has a blank or a control character in it: write it as %20");
    const auto begin = address.find(separator) + separator.size();
    std::string_view host = address.substr(begin, address.find_first_of("/?#", begin) - begin);
    if (const auto user = host.rfind('@'); user != std::string_view::npos) host.remove_prefix(user + 1);
    if (host.empty()) return fail("its address names no host");
    return in_small_letters(address.substr(0, address.find(separator)));
}

std::string name_of_source(const std::filesystem::path& path) {
    if (!is_stream(path)) return path.string();
    const std::string& address = path.native();
    const auto host = address.find(separator) + separator.size();
    const auto host_end = std::min(address.find_first_of("/?#", host), address.size());
    const auto user_end = address.rfind('@', host_end == 0 ? 0 : host_end - 1);
    const bool has_user = user_end != std::string::npos && user_end >= host && user_end < host_end;
    std::string rest = address.substr(has_user ? user_end + 1 : host);
    if (const auto query = rest.find_first_of("?#"); query != std::string::npos) rest = rest.substr(0, query) + "?...";
    // udp://@239.0.0.1:5000 is a group to listen to, and no name.
    const std::string group = has_user && user_end == host ? "@" : "";
    return address.substr(0, host) + group + rest;
}

}  // namespace hallcast
