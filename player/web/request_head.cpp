#include "player/web/request_head.h"

#include <boost/beast/http/fields.hpp>

namespace hallcast::web {

Request request_of(const boost::beast::http::request_header<>& head) {
    namespace http = boost::beast::http;
    Request request;
    request.method = std::string(head.method_string());
    const std::string target(head.target());
    const std::size_t question = target.find('?');
    request.path = target.substr(0, question);
    if (question != std::string::npos) request.query = target.substr(question + 1);
    request.host = std::string(head[http::field::host]);
    request.authorization = std::string(head[http::field::authorization]);
    request.idempotency_key = std::string(head["Idempotency-Key"]);
    request.if_match = std::string(head["If-Match"]);
    return request;
}

}  // namespace hallcast::web
