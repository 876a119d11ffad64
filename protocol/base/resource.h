// A file that was built into the program (see hallcast_embed in packaging/cmake/hallcast.cmake).
#pragma once

#include <string_view>

namespace hallcast {

struct Resource {
    std::string_view name;   // the file's name without its folder: "hall.yaml"
    std::string_view bytes;  // lives as long as the program
};

}  // namespace hallcast
