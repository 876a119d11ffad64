#include "player/picture/deep_film.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <span>

#include "player/picture/colour_row.h"

namespace hallcast::picture {

namespace {

std::uint16_t word_at(const std::uint8_t* row, int i) {
    std::uint16_t word;
    std::memcpy(&word, row + std::ptrdiff_t(i) * 2, sizeof word);  // a plane may begin at an odd address
    return word;
}

// Adds samples, `step` of them apart, in eight-bit steps.
void add_bytes(const std::uint8_t* row, int step, float weight, std::span<float> sums) {
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += weight * float(row[std::ptrdiff_t(i) * step]);
}
void add_words(const std::uint8_t* row, int step, float weight, std::span<float> sums) {
    if (step == 1) {  // apart from the other, for the compiler to see what is contiguous
        for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += weight * float(word_at(row, int(i)));
    } else {
        for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += weight * float(word_at(row, int(i) * step));
    }
}

}  // namespace

std::vector<DeepFilm::Taps> DeepFilm::taps(int from, int to, int shift) {
    std::vector<Taps> made(static_cast<std::size_t>(to));
    const double scale = double(from) / to;
    for (int i = 0; i < to; ++i) {
        auto& one = made[std::size_t(i)];
        if (scale > 2) {
            one.first = int(std::int64_t(i) * from / to);
            one.last = std::max(one.first, int(std::int64_t(i + 1) * from / to) - 1);
            one.weight = -1;
        } else {
            const double at = std::clamp((i + 0.5) * scale - 0.5 + shift / 256.0, 0.0, double(from - 1));
            one.first = int(at);
            one.last = std::min(one.first + 1, from - 1);
            one.weight = float(at - one.first);
        }
    }
    return made;
}

void DeepFilm::make_row(const Plane& plane, PixelFormat format, const Taps& down, const std::vector<Taps>& across,
                        int left, int right, std::vector<float>& row) {
    const int begin = across[std::size_t(left)].first, end = across[std::size_t(right - 1)].last + 1;
    between_.assign(std::size_t(end - begin), 0);
    const auto add = [&](int y, float weight) {
        const auto* source = plane.samples + std::ptrdiff_t(y) * plane.stride;
        const int first = begin * plane.step;
        if (!is_ten_bit(format)) {
            add_bytes(source + first, plane.step, weight, between_);
        } else {
            const float unit = format == PixelFormat::p010 ? 1.0f / 256 : 1.0f / 4;
            add_words(source + std::ptrdiff_t(first) * 2, plane.step, weight * unit, between_);
        }
    };
    if (down.weight < 0) {
        for (int y = down.first; y <= down.last; ++y) add(y, 1 / float(down.last - down.first + 1));
    } else {
        add(down.first, 1 - down.weight);
        if (down.weight > 0) add(down.last, down.weight);
    }
    row.resize(std::size_t(right - left));
    for (int x = left; x < right; ++x) {
        const auto& one = across[std::size_t(x)];
        const auto* from = between_.data() + (one.first - begin);
        float value = 0;
        if (one.weight < 0) {
            const int count = one.last - one.first + 1;
            for (int i = 0; i < count; ++i) value += from[i];
            value /= float(count);
        } else {
            value = from[0] * (1 - one.weight) + from[one.last - one.first] * one.weight;
        }
        row[std::size_t(x - left)] = value;
    }
}

void DeepFilm::draw(const VideoFrame& frame, const ScreenRect& box, const DamageRegion& region, std::uint8_t* pixels,
                    int stride) {
    const auto light = light_of(frame);
    if (!map_ || map_->light() != light) map_ = std::make_unique<LightMap>(light);
    const auto shift = chroma_shift(frame.chroma_site);
    const int chroma_width = half(frame.width), chroma_height = half(frame.height);
    const auto across = taps(frame.width, box.width, 0), down = taps(frame.height, box.height, 0);
    const auto chroma_across = taps(chroma_width, box.width, shift.right);
    const auto chroma_down = taps(chroma_height, box.height, shift.down);

    const bool pairs = is_interleaved(frame.format);
    const int bytes = is_ten_bit(frame.format) ? 2 : 1;
    const Plane luma{frame.planes[0], frame.strides[0], 1, frame.width};
    const Plane u{frame.planes[1], frame.strides[1], pairs ? 2 : 1, chroma_width};
    const Plane v = pairs ? Plane{frame.planes[1] + bytes, frame.strides[1], 2, chroma_width}
                          : Plane{frame.planes[2], frame.strides[2], 1, chroma_width};
    const auto to_rgb = YuvToRgb::of(frame.matrix, frame.full_range);
    // In eight-bit steps the whole range of ten bits is 255.75 wide.
    const float whole = frame.full_range ? (bytes == 2 ? 1 / 255.75f : 1 / 255.0f) : 1 / 255.0f;

    for (const auto& part : region.boxes()) {
        const int left = part.x1 - box.x, right = part.x2 - box.x;
        for (int y = part.y1; y < part.y2; ++y) {
            const auto row = std::size_t(y - box.y);
            make_row(luma, frame.format, down[row], across, left, right, luma_);
            make_row(u, frame.format, chroma_down[row], chroma_across, left, right, chroma_u_);
            make_row(v, frame.format, chroma_down[row], chroma_across, left, right, chroma_v_);
            auto* out = pixels + std::ptrdiff_t(y) * stride + std::ptrdiff_t(part.x1) * 4;
            for (std::size_t x = 0; x < luma_.size(); ++x, out += 4) {
                const float light_y = (luma_[x] - to_rgb.black) * to_rgb.luma * whole;
                const float cb = (chroma_u_[x] - 128) * whole, cr = (chroma_v_[x] - 128) * whole;
                const std::array<float, 3> rgb{light_y + cr * to_rgb.red_v,
                                               light_y + cb * to_rgb.green_u + cr * to_rgb.green_v,
                                               light_y + cb * to_rgb.blue_u};
                map_->convert(rgb, out);
            }
        }
    }
}

}  // namespace hallcast::picture
