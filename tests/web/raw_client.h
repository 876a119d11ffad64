// A client that sends the bytes a test wants, right or wrong.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "tests/catch.h"

namespace hallcast::web::tests {

struct RawAnswer {
    int status = 0;  // 0: none came
    std::string header;
    std::string body;
    std::string field(std::string name) const {
        const std::size_t at = header.find("\r\n" + name + ": ");
        if (at == std::string::npos) return "";
        const std::size_t begin = at + name.size() + 4;
        return header.substr(begin, header.find("\r\n", begin) - begin);
    }
};

class RawClient {
  public:
    explicit RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        REQUIRE(socket_ >= 0);
        const timeval limit{.tv_sec = 60, .tv_usec = 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    }
    ~RawClient() { hang_up(); }
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    void hang_up() {
        if (socket_ >= 0) ::close(socket_);
        socket_ = -1;
    }
    bool send(const std::string& bytes) {
        for (std::size_t sent = 0; sent < bytes.size();) {
            const ssize_t n = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
            if (n <= 0) return false;
            sent += std::size_t(n);
        }
        return true;
    }
    // One answer; `head`: it has no body, whatever length it tells.
    RawAnswer answer(bool head = false) {
        RawAnswer result;
        std::size_t end = 0;
        while ((end = received_.find("\r\n\r\n")) == std::string::npos)
            if (!receive()) return result;
        result.header = received_.substr(0, end + 2);
        received_.erase(0, end + 4);
        result.status = std::stoi(result.header.substr(9, 3));
        const std::string length = result.field("Content-Length");
        const std::size_t size = head || length.empty() ? 0 : std::stoul(length);
        while (received_.size() < size)
            if (!receive()) return {};
        result.body = received_.substr(0, size);
        received_.erase(0, size);
        return result;
    }
    RawAnswer ask(const std::string& bytes) {
        send(bytes);
        return answer();
    }
    // Whether the server has ended the connection; waits for it. False after a minute of silence.
    bool ended() {
        while (receive()) {
        }
        return ended_;
    }

  private:
    bool receive() {
        char bytes[4096];
        const ssize_t n = ::recv(socket_, bytes, sizeof bytes, 0);
        ended_ = n == 0 || (n < 0 && errno == ECONNRESET);
        if (n <= 0) return false;
        received_.append(bytes, std::size_t(n));
        return true;
    }

    int socket_;
    std::string received_;
    bool ended_ = false;
};

// A request as a browser sends it, with the test's token.
inline std::string request_text(const std::string& method, const std::string& target, const std::string& more = "",
                                const std::string& body = "") {
    return method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer secret-token\r\n" + more +
           (body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n") + "\r\n" + body;
}

}  // namespace hallcast::web::tests
