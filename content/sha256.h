// SHA-256, the name of every content file.
#pragma once

#include <sodium.h>

#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>

#include "protocol/base/error.h"

namespace hallcast::content {

class Sha256 {
  public:
    Sha256();
    void update(std::string_view bytes);
    std::string hex();  // 64 lower case digits; ends the computation

  private:
    crypto_hash_sha256_state state_;
};

// Reads the file in pieces, whatever its size; `stop` ends it with an error.
Expected<std::string> sha256_of_file(const std::filesystem::path& path, std::stop_token stop = {});

// 64 lower case hex digits: what may become part of a path.
bool is_sha256(std::string_view text);
bool is_hex(std::string_view text, std::size_t digits);  // lower case
std::string random_hex(std::size_t digits);              // an even number of them

}  // namespace hallcast::content
