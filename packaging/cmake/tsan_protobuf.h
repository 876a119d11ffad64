// Force-included in builds with ThreadSanitizer: protobuf's map_field.h adds two members there, which Debian's libprotobuf,
// compiled without, does not have. Every map reached through the library (JSON, Struct, MessageDifferencer) would be read at
// the wrong place.
#pragma once

#include <cstddef>  // libstdc++ decides by the macro, too, and shall see it

#pragma push_macro("__SANITIZE_THREAD__")
#undef __SANITIZE_THREAD__
#include <google/protobuf/map_field.h>
#pragma pop_macro("__SANITIZE_THREAD__")
