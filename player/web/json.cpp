#include "player/web/json.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include "protocol/base/error.h"

namespace hallcast::web {

std::string to_json(const google::protobuf::Message& message) {
    google::protobuf::util::JsonPrintOptions print;
    print.always_print_primitive_fields = true;
    std::string json;
    HALLCAST_ASSERT(google::protobuf::util::MessageToJsonString(message, &json, print).ok());
    return json;
}

std::string json_string(std::string_view text) {
    std::string json = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            json += {'\\', c};
        else if (static_cast<unsigned char>(c) < 0x20)
            json += fmt::format("\\u{:04x}", int(c));
        else
            json += c;
    }
    return json + '"';
}

Answer error_answer(unsigned status, std::string_view code, std::string_view message) {
    Answer answer{.status = status,
                  .body = fmt::format("{{\"error\":{},\"code\":{}}}", json_string(message), json_string(code))};
    if (status == 401) answer.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"hallcast\"");
    return answer;
}

}  // namespace hallcast::web
