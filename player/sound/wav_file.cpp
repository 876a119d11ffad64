#include "player/sound/wav_file.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "protocol/base/file.h"

namespace hallcast::sound {

namespace {

void append_little_endian(std::string& bytes, std::uint32_t value, int size) {
    for (int i = 0; i < size; ++i) bytes += char(value >> (8 * i) & 0xFF);
}

constexpr std::size_t most_seconds = 60;

std::uint32_t little_endian(std::string_view bytes, std::size_t at, int size) {
    std::uint32_t value = 0;
    for (int i = 0; i < size; ++i) value |= std::uint32_t(std::uint8_t(bytes[at + std::size_t(i)])) << (8 * i);
    return value;
}

enum class Coding : std::uint8_t { pcm, ieee_float };

float sample_at(std::string_view data, std::size_t at, std::size_t bytes, Coding coding) {
    const std::uint32_t value = little_endian(data, at, int(bytes));
    if (coding == Coding::ieee_float) {
        const float sample = std::bit_cast<float>(value);
        return std::isfinite(sample) ? std::clamp(sample, -8.0f, 8.0f) : 0.0f;
    }
    // Shifted up, the sign is where it belongs, whatever the width.
    return float(double(std::int32_t(value << (32 - 8 * bytes))) / 2147483648.0);
}

}  // namespace

Expected<Recording> parse_wav(std::string_view name, std::string_view bytes) {
    if (bytes.size() < 12 || bytes.substr(0, 4) != "RIFF" || bytes.substr(8, 4) != "WAVE")
        return fail("{}: is no WAV file", name);
    Recording recording;
    std::size_t channel_count = 0, sample_bytes = 0;
    Coding coding = Coding::pcm;
    for (std::size_t at = 12; at + 8 <= bytes.size();) {
        const std::string_view kind = bytes.substr(at, 4);
        const std::size_t size = std::min<std::size_t>(little_endian(bytes, at + 4, 4), bytes.size() - at - 8);
        const std::string_view chunk = bytes.substr(at + 8, size);
        if (kind == "fmt " && size >= 16) {
            std::uint32_t format = little_endian(chunk, 0, 2);
            // "Extensible": the real one is the beginning of a GUID.
            if (format == 0xFFFE && size >= 26) format = little_endian(chunk, 24, 2);
            channel_count = little_endian(chunk, 2, 2);
            const std::uint32_t rate = little_endian(chunk, 4, 4), bits = little_endian(chunk, 14, 2);
            const bool readable =
                (format == 1 && (bits == 16 || bits == 24 || bits == 32)) || (format == 3 && bits == 32);
            if (!readable || channel_count < 1 || channel_count > 8 || rate < 8000 || rate > 192'000) {
                return fail("{}: {} channels of {} bits at {} Hz, format {}, are not read; save it as 16-bit PCM", name,
                            channel_count, bits, rate, format);
            }
            coding = format == 3 ? Coding::ieee_float : Coding::pcm;
            sample_bytes = bits / 8;
            recording.rate = int(rate);
        } else if (kind == "data") {
            if (recording.rate == 0) return fail("{}: has samples before their format", name);
            const std::size_t frame_bytes = channel_count * sample_bytes, frames = size / frame_bytes;
            if (frames > most_seconds * std::size_t(recording.rate))
                return fail("{}: is longer than {} s", name, most_seconds);
            recording.samples.reserve(frames);
            for (std::size_t frame = 0; frame < frames; ++frame) {
                float sum = 0;
                for (std::size_t i = 0; i < channel_count; ++i)
                    sum += sample_at(chunk, frame * frame_bytes + i * sample_bytes, sample_bytes, coding);
                recording.samples.push_back(sum / float(channel_count));
            }
            return recording;
        }
        at += 8 + size + size % 2;
    }
    return fail("{}: has no samples", name);
}

Expected<std::string> format_wav(const Pcm& pcm) {
    constexpr std::uint32_t header_bytes = 36, sample_bytes = 2;
    if (pcm.samples.size() > (UINT32_MAX - header_bytes) / sample_bytes) {
        return fail("{} samples are more than a WAV file holds", pcm.samples.size());
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
    return bytes;
}

Expected<void> write_wav(const std::filesystem::path& path, const Pcm& pcm) {
    const auto bytes = format_wav(pcm);
    if (!bytes) return fail("{}: {}", path.string(), bytes.error().message);
    return replace_file(path, *bytes);
}

}  // namespace hallcast::sound
