// Runs a Python script of this folder: the second opinion, which shares no line with the program.
#pragma once

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "tests/queue/sample.h"

namespace hallcast::queue::sample {

struct Ran {
    int status = -1;
    std::string output;  // stdout and stderr
};

inline Ran run_python(const std::string& script, const std::vector<std::filesystem::path>& arguments) {
    const char* source = std::getenv("HALLCAST_SOURCE");  // as ctest sets it; by hand, from the source's folder
    std::string command = fmt::format("python3 '{}/tests/queue/{}'", source == nullptr ? "." : source, script);
    for (const auto& argument : arguments) command += " '" + argument.string() + "'";
    command += " 2>&1";
    FILE* pipe = ::popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    Ran ran;
    std::array<char, 4096> buffer;
    for (std::size_t size = 0; (size = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
        ran.output.append(buffer.data(), size);
    const int status = ::pclose(pipe);
    if (WIFEXITED(status)) ran.status = WEXITSTATUS(status);
    return ran;
}

inline void write_text(const std::filesystem::path& file, const std::string& text) {
    std::ofstream out(file, std::ios::binary);
    REQUIRE(out << text);
}

}  // namespace hallcast::queue::sample
