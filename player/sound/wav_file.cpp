#include "player/sound/wav_file.h"

#include <algorithm>
#include <cmath>

#include "protocol/base/file.h"

namespace hallcast::sound {

namespace {

void append_little_endian(std::string& bytes, std::uint32_t value, int size) {
    for (int i = 0; i < size; ++i) bytes += char(value >> (8 * i) & 0xFF);
}

}  // namespace

Expected<void> write_wav(const std::filesystem::path& path, const Pcm& pcm) {
    constexpr std::uint32_t header_bytes = 36, sample_bytes = 2;
    if (pcm.samples.size() > (UINT32_MAX - header_bytes) / sample_bytes) {
        return fail("{}: {} samples are more than a WAV file holds", path.string(), pcm.samples.size());
    }
    const std::uint32_t data_bytes = std::uint32_t(pcm.samples.size()) * sample_bytes;
    std::string bytes = "RIFF";
    bytes.reserve(8 + header_bytes + data_bytes);
    append_little_endian(bytes, header_bytes + data_bytes, 4);
    bytes += "WAVEfmt ";
    append_little_endian(bytes, 16, 4);
    append_little_endian(bytes, 1, 2);  // PCM
    append_little_endian(bytes, 1, 2);  // mono
    append_little_endian(bytes, sample_rate, 4);
    append_little_endian(bytes, sample_rate * sample_bytes, 4);
    append_little_endian(bytes, sample_bytes, 2);
    append_little_endian(bytes, 8 * sample_bytes, 2);
    bytes += "data";
    append_little_endian(bytes, data_bytes, 4);
    for (const float sample : pcm.samples) {
        const long value = std::lround(std::clamp(sample, -1.0f, 1.0f) * 32767.0f);
        append_little_endian(bytes, std::uint32_t(value), sample_bytes);
    }
    return replace_file(path, bytes);
}

}  // namespace hallcast::sound
