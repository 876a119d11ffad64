#include "player/web/json.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include "content/utf8.h"
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
    // A reason can quote a path or a name whose bytes are no UTF-8; JSON that holds them is none.
    const std::string line = content::one_line(text, 4096);
    for (const char c : line) {
        if (c == '"' || c == '\\')
            json += {'\\', c};
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
