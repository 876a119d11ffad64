// The staff's pages: files built into the program.
#pragma once

#include <optional>
#include <string>

#include "player/web/http.h"

namespace hallcast::web {

// "/", "/counter", "/content" and what they load; nothing for any other path. `token` is handed to the pages where it
// is not empty.
std::optional<Answer> page(const std::string& path, const std::string& token);

}  // namespace hallcast::web
