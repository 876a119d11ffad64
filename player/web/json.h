// Messages as JSON by protobuf's mapping, and the errors of the API.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "player/web/http.h"

namespace hallcast::web {

std::string to_json(const google::protobuf::Message& message);
std::string json_string(std::string_view text);  // quoted; one line of valid UTF-8, at most 4 KiB
// {"error": ..., "code": ...}
Answer error_answer(unsigned status, std::string_view code, std::string_view message);

}  // namespace hallcast::web
