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

std::string wav(unsigned format, unsigned channel_count, unsigned bits, const std::string& data, unsigned size) {
    std::string bytes = "RIFF----WAVEJUNK";
    const auto add = [&](std::uint32_t value, int count) {
        for (int i = 0; i < count; ++i) bytes += char(value >> (8 * i) & 0xFF);
    };
    add(3, 4);
    bytes += "odd?";  // and its padding
    bytes += "fmt ";
    add(16, 4);
    add(format, 2);
    add(channel_count, 2);
    add(22050, 4);
    add(0, 4);
    add(0, 2);
    add(bits, 2);
    bytes += "data";
    add(size, 4);
    return bytes + data;
}

TEST_CASE("WAV files of other programs are read: several widths, channels, and a length nobody knew") {
    using namespace std::string_literals;
    const auto samples = [](const std::string& bytes) {
        const auto read = parse_wav("a.wav", bytes);
        REQUIRE(read);
        CHECK(read->rate == 22050);
        return read->samples;
    };
    using Samples = std::vector<float>;
    CHECK(samples(wav(1, 1, 16, "\0\x40\0\xC0\x7"s, 0xFFFFFFFF)) == Samples{0.5f, -0.5f});
    CHECK(samples(wav(1, 1, 24, "\0\0\x40\0\0\xC0"s, 6)) == Samples{0.5f, -0.5f});
    CHECK(samples(wav(1, 2, 16, "\0\x40\0\0\0\xC0\0\x40"s, 8)) == Samples{0.25f, 0.0f});
    CHECK(samples(wav(1, 1, 32, "\0\0\0\x80"s, 4)) == Samples{-1.0f});
    CHECK(samples(wav(3, 1, 32, "\0\0\x80\x3E\0\0\xC0\x7F"s, 8)) == Samples{0.25f, 0.0f});  // the second is no number
    CHECK(samples(wav(1, 1, 16, "", 0)).empty());
    for (const auto& bad : {wav(2, 1, 4, "xx", 2), wav(1, 0, 16, "xx", 2), wav(1, 9, 16, "xx", 2),
                            wav(1, 1, 8, "xx", 2), "RIFF----WAVE"s, "RIFF----WAVEdata\2\0\0\0xx"s, ""s})
        CHECK_FALSE(parse_wav("a.wav", bad));
    const std::string whole = wav(1, 2, 24, "123456789012", 12);
    for (std::size_t i = 0; i <= whole.size(); ++i) (void)parse_wav("a.wav", whole.substr(0, i));
}

}  // namespace wav_file_test
