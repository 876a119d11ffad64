// Catch2 as both Debian 12 (v2) and Debian 13 (v3) have it. Tests use only what the two share.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using Catch::Approx;
#else
#include <catch2/catch.hpp>
#endif
