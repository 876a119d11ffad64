// Addresses of masters as people write them (declared in client.h).
#include <charconv>

#include "protocol/client.h"
#include "protocol/endpoints.h"

namespace hallcast::wire {
namespace {

bool is_ipv6(const std::string& host) { return host.find(':') != std::string::npos; }

Expected<MasterAddress> with_port(const std::string& text, std::string host, std::string_view port) {
    MasterAddress address;
    address.host = std::move(host);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
    if (error != std::errc() || end != port.data() + port.size() || address.port < 1 || address.port > last_port)
        return fail("'{}': the port must be a number from 1 to {}, is '{}'", text, last_port, port);
    if (address.host.empty()) return fail("'{}': the host is missing; write HOST or HOST:PORT", text);
    return address;
}

}  // namespace

std::string MasterAddress::text() const {
    return is_ipv6(host) ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

std::string endpoint(const MasterAddress& master, int offset) {
    MasterAddress address = master;
    address.port = std::uint16_t(master.port + offset);
    return "tcp://" + address.text();
}

Expected<MasterAddress> parse_address(const std::string& text) {
    for (const char c : text)
        if (static_cast<unsigned char>(c) <= ' ' || c == '/' || c == ';')
            return fail("'{}' is no address; write HOST or HOST:PORT, for example 192.168.1.5:5550", text);
    const std::string default_text = std::to_string(MasterAddress{}.port);
    if (text.starts_with('[')) {  // [IPv6] or [IPv6]:PORT
        const std::size_t close = text.find(']');
        if (close == std::string::npos) return fail("'{}': ']' is missing", text);
        const std::string rest = text.substr(close + 1);
        if (!rest.empty() && rest.front() != ':') return fail("'{}': behind ']' only :PORT may stand", text);
        return with_port(text, text.substr(1, close - 1), rest.empty() ? default_text : rest.substr(1));
    }
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos || text.find(':', colon + 1) != std::string::npos)  // no port, or a bare IPv6
        return with_port(text, text, default_text);
    return with_port(text, text.substr(0, colon), text.substr(colon + 1));
}

}  // namespace hallcast::wire
