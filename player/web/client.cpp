#include "player/web/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <fstream>
#include <vector>

#include "content/utf8.h"

namespace hallcast::web {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::chrono::seconds patience{30};

struct Url {
    std::string host, port, target;
};

Expected<Url> parse_url(const std::string& text) {
    constexpr std::string_view scheme = "http://";
    if (!text.starts_with(scheme))
        return fail("'{}' is no address of a master's pages; one looks like http://127.0.0.1:8080", text);
    if (std::ranges::any_of(text, [](unsigned char c) { return c <= 0x20 || c == 0x7F; }))
        return fail("'{}' has a blank or a line break in it, which no address has", content::one_line(text, 200));
    const std::string rest = text.substr(scheme.size());
    const std::size_t slash = rest.find('/');
    const std::string authority = rest.substr(0, slash);
    // An IPv6 address stands in brackets, since it has colons of its own.
    const std::size_t bracket = authority.find(']');
    const std::size_t colon = authority.find(':', bracket == std::string::npos ? 0 : bracket);
    Url url{.host = authority.substr(0, colon),
            .port = colon == std::string::npos ? "80" : authority.substr(colon + 1),
            .target = slash == std::string::npos ? "/" : rest.substr(slash)};
    if (url.host.empty() || url.port.empty())
        return fail("'{}' names no host; an address looks like http://127.0.0.1:8080", text);
    return url;
}

// A line break in it would begin a header of its own.
Expected<void> check_token(const std::string& token) {
    if (std::ranges::all_of(token, [](unsigned char c) { return c > 0x20 && c < 0x7F; })) return {};
    return fail("the token has a blank, a line break or a letter outside ASCII in it; was it copied whole?");
}

// One exchange. The asynchronous calls are run to their end one by one, since only those can time out.
class Exchange {
  public:
    explicit Exchange(Url url) : url_(std::move(url)), stream_(io_) {}

    Expected<void> connect() {
        error_code error;
        asio::ip::tcp::resolver resolver(io_);
        const bool bracketed = url_.host.starts_with('[') && url_.host.ends_with(']');
        const auto found =
            resolver.resolve(bracketed ? url_.host.substr(1, url_.host.size() - 2) : url_.host, url_.port, error);
        if (!error) {
            stream_.expires_after(patience);
            stream_.async_connect(found, [&](error_code result, const auto&) { error = result; });
            run();
        }
        return check(error);
    }

    Expected<void> send(http::request<http::string_body>& request) {
        return step([&](auto done) { http::async_write(stream_, request, done); });
    }
    Expected<void> send_raw(const char* bytes, std::size_t size) {
        return step([&](auto done) { asio::async_write(stream_, asio::buffer(bytes, size), done); });
    }
    template <typename Serializer>
    Expected<void> send_header(Serializer& serializer) {
        return step([&](auto done) { http::async_write_header(stream_, serializer, done); });
    }

    Expected<HttpAnswer> receive(const std::string& method) {
        beast::flat_buffer buffer;
        http::response_parser<http::string_body> parser;
        parser.body_limit(16u << 20);
        parser.skip(method == "HEAD");  // it has a length, but no body
        auto received = step([&](auto done) { http::async_read(stream_, buffer, parser, done); });
        if (!received) return std::unexpected(received.error());
        return HttpAnswer{parser.get().result_int(), std::move(parser.get().body())};
    }

    http::request<http::string_body> request(const std::string& method, const std::string& token) const {
        http::request<http::string_body> request;
        request.method_string(method);
        request.target(url_.target);
        request.version(11);
        request.set(http::field::host, url_.host + ":" + url_.port);
        request.set(http::field::connection, "close");
        if (!token.empty()) request.set(http::field::authorization, "Bearer " + token);
        return request;
    }

  private:
    template <typename Start>
    Expected<void> step(Start start) {
        error_code error;
        stream_.expires_after(patience);
        start([&error](error_code result, std::size_t) { error = result; });
        run();
        return check(error);
    }
    void run() {
        io_.restart();
        io_.run();
    }
    Expected<void> check(const error_code& error) const {
        if (!error) return {};
        return fail("no answer from http://{}:{}: {}; is the master running there?", url_.host, url_.port,
                    error.message());
    }

    Url url_;
    asio::io_context io_;
    beast::tcp_stream stream_;
};

}  // namespace

Expected<HttpAnswer> http_request(const std::string& method, const std::string& url, const std::string& token,
                                  const std::string& body) {
    auto parsed = parse_url(url);
    if (!parsed) return std::unexpected(parsed.error());
    if (auto clean = check_token(token); !clean) return std::unexpected(clean.error());
    Exchange exchange(*parsed);
    if (auto connected = exchange.connect(); !connected) return std::unexpected(connected.error());
    auto request = exchange.request(method, token);
    request.body() = body;
    request.prepare_payload();
    if (auto sent = exchange.send(request); !sent) return std::unexpected(sent.error());
    return exchange.receive(method);
}

Expected<HttpAnswer> http_upload(const std::string& url, const std::string& token, const std::filesystem::path& file,
                                 const std::function<void(double)>& progress) {
    auto parsed = parse_url(url);
    if (!parsed) return std::unexpected(parsed.error());
    if (auto clean = check_token(token); !clean) return std::unexpected(clean.error());
    std::error_code error;
    const auto size = std::filesystem::file_size(file, error);
    std::ifstream bytes(file, std::ios::binary);
    if (error || !bytes) return fail("{}: cannot be read", file.string());
    Exchange exchange(*parsed);
    if (auto connected = exchange.connect(); !connected) return std::unexpected(connected.error());
    auto request = exchange.request("POST", token);
    request.content_length(size);
    http::request_serializer<http::string_body> serializer(request);
    if (auto sent = exchange.send_header(serializer); !sent) return std::unexpected(sent.error());
    std::vector<char> piece(256 << 10);
    for (std::uintmax_t sent = 0; sent < size;) {
        bytes.read(piece.data(), std::streamsize(std::min<std::uintmax_t>(piece.size(), size - sent)));
        const auto got = std::size_t(bytes.gcount());
        if (got == 0) return fail("{}: became shorter while it was sent", file.string());
        // A server that refuses an upload answers and closes before all of it is sent: then its answer is what counts.
        if (!exchange.send_raw(piece.data(), got)) break;
        sent += got;
        if (progress) progress(double(sent) / double(size));
    }
    return exchange.receive("POST");
}

}  // namespace hallcast::web
