// A request and its answer, as the routes see them: no sockets.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace hallcast::web {

struct Request {
    std::string method;           // "GET"
    std::string path;             // decoded nowhere: "/api/v1/counters/1/call-next"
    std::string query;            // behind the '?', without it
    std::string host;             // the header, "127.0.0.1:8080"
    std::string authorization;    // the header, "Bearer ..."
    std::string idempotency_key;  // the header; empty: none
    std::string if_match;         // the header; empty: none
    std::string body;
};

struct Answer {
    unsigned status = 200;
    std::string body;
    std::string type = "application/json";
    std::vector<std::pair<std::string, std::string>> headers;
};

// Called once, from any thread.
using Reply = std::function<void(Answer)>;

}  // namespace hallcast::web
