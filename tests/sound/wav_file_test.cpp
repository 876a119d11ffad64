#include "player/sound/wav_file.h"

#include <unistd.h>

#include "protocol/base/file.h"
#include "tests/catch.h"

namespace wav_file_test {

using namespace hallcast::sound;

TEST_CASE("A WAV file holds the samples as 16 bits, clipped, behind a right header") {
    const auto folder = std::filesystem::temp_directory_path() / fmt::format("hallcast-wav-{}", getpid());
    std::filesystem::create_directories(folder);
    const auto path = folder / "a.wav";
    REQUIRE(write_wav(path, Pcm{{0.0f, 0.5f, -1.0f, 7.0f}}));
    const auto bytes = hallcast::read_file(path);
    REQUIRE(bytes);
    REQUIRE(bytes->size() == 44 + 8);
    using namespace std::string_view_literals;
    CHECK(bytes->substr(0, 44) ==
          "RIFF\x2c\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\xbb\0\0\0\x77\x01\0\x02\0\x10\0"
          "data\x08\0\0\0"sv);
    CHECK(bytes->substr(44) == "\0\0\x00\x40\x01\x80\xff\x7f"sv);
    CHECK_FALSE(write_wav(folder / "none" / "a.wav", Pcm{{0.0f}}));
    std::filesystem::remove_all(folder);
}

}  // namespace wav_file_test
