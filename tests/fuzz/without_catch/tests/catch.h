// In place of tests/catch.h for the fuzzers, which use the tests' samples and have a main and findings of their own.
#pragma once

#include <cstdlib>

#define REQUIRE(holds) ((holds) ? void() : std::abort())
#define CHECK(holds) REQUIRE(holds)
#define INFO(text) void()
#define FAIL(text) std::abort()
