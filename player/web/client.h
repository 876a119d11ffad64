// A small HTTP client for the command line: one request, one answer.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "protocol/base/error.h"

namespace hallcast::web {

struct HttpAnswer {
    unsigned status = 0;
    std::string body;
};

// Blocks. `url` is http://HOST[:PORT]/...; anything else is an error, as is no answer within 30 s. Whatever status the
// server answers with is an answer.
Expected<HttpAnswer> http_request(const std::string& method, const std::string& url, const std::string& token,
                                  const std::string& body);

// POSTs a file as it is, without holding it in memory. `progress` gets the share sent, 0..1.
Expected<HttpAnswer> http_upload(const std::string& url, const std::string& token, const std::filesystem::path& file,
                                 const std::function<void(double)>& progress);

}  // namespace hallcast::web
