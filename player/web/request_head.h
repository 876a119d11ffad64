// What the routes see of a request's head, and how long head and body may be.
#pragma once

#include <boost/beast/http/message.hpp>

#include "player/web/http.h"

namespace hallcast::web {

constexpr std::uint32_t header_limit = 16 << 10;
constexpr std::uint64_t body_limit = 64 << 10;  // of a command; an upload has its own

// Pure. The body is not in it yet.
Request request_of(const boost::beast::http::request_header<>& head);

}  // namespace hallcast::web
