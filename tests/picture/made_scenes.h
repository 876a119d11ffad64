// Fonts, paragraphs, films and pictures made up for the tests of the painters.
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "player/picture/canvas.h"
#include "player/text/font_set.h"

namespace hallcast::picture::made {

// Blobs instead of letters: as wide and as overhanging as real ones, different for every font, glyph and size. Glyph 0
// is a blank; font 7 has colour glyphs.
class BlobFonts : public text::FontSet {
  public:
    text::GlyphBitmap rasterise(std::uint32_t font, std::uint32_t glyph, float size_px) const override {
        ++asked;
        if (glyph == 0) return {};
        std::minstd_rand random(font * 7919 + glyph * 104729 + unsigned(size_px * 8));
        const auto up_to = [&](int most) { return int(random() % unsigned(most + 1)); };
        text::GlyphBitmap made;
        const int em = std::max(2, int(size_px));
        made.width = 1 + up_to(em + em / 2);
        made.height = 1 + up_to(em);
        made.left = up_to(em / 2) - em / 4;
        made.top = up_to(em);
        made.colour = font == 7;
        const int pixel = made.colour ? 4 : 1;
        made.stride = made.width * pixel + up_to(3);
        made.pixels.assign(std::size_t(made.stride) * std::size_t(made.height), 0);
        for (int y = 0; y < made.height; ++y) {
            for (int x = 0; x < made.width; ++x) {
                auto* at = &made.pixels[std::size_t(y * made.stride + x * pixel)];
                const auto kind = random() % 3;
                const auto alpha = std::uint8_t(kind == 0 ? 0 : kind == 1 ? 255 : random() % 256);
                if (made.colour) {
                    for (int c = 0; c < 3; ++c) at[c] = alpha ? std::uint8_t(random() % (alpha + 1u)) : std::uint8_t(0);
                    at[3] = alpha;
                } else {
                    at[0] = alpha;
                }
            }
        }
        return made;
    }

    mutable std::atomic<int> asked{0};
};

// `spans`: parts of it in another ink and size.
inline text::ParagraphPtr paragraph(int glyphs, float size_px, unsigned seed, bool colour_too = true,
                                    bool spans = false) {
    std::minstd_rand random(seed + 1);
    auto made = std::make_shared<text::Paragraph>();
    made->size_px = size_px;
    made->lines = 1;
    made->baseline = size_px;
    made->height = size_px * 1.3f;
    float x = 0;
    float size = size_px;
    auto ink = text::Ink::usual;
    for (int i = 0; i < glyphs; ++i) {
        const auto font = std::uint16_t(colour_too && random() % 6 == 0 ? 7 : 1);
        if (spans && random() % 5 == 0) {
            ink = random() % 2 == 0 ? text::Ink::usual : text::Ink::accent;
            size = size_px * (random() % 3 == 0 ? 1 : float(1 + random() % 24) / 8);
        }
        made->glyphs.push_back(
            {font, ink, std::uint32_t(random() % 12), size, x, size_px + float(random() % 3) * 0.4f});
        x += size * (0.3f + float(random() % 100) / 150);
    }
    made->width = x;
    return made;
}

// The same picture with ten bits: two more, chosen by the others.
inline void deepen(VideoFrame& frame, PixelFormat format) {
    const auto memory = std::static_pointer_cast<const std::vector<std::uint8_t>>(frame.keep);
    auto deep = std::make_shared<std::vector<std::uint8_t>>(memory->size() * 2);
    for (std::size_t i = 0; i < memory->size(); ++i) {
        const unsigned ten = unsigned((*memory)[i]) * 4 + (*memory)[i] % 4;
        const auto word = std::uint16_t(format == PixelFormat::p010 ? ten << 6 : ten);
        std::memcpy(deep->data() + 2 * i, &word, 2);
    }
    for (std::size_t i = 0; i < 3; ++i) {
        if (frame.planes[i]) frame.planes[i] = deep->data() + (frame.planes[i] - memory->data()) * 2;
        frame.strides[i] *= 2;
    }
    frame.format = format;
    frame.keep = deep;
}

// Waves and plain colours are for painters whose filters need not agree on noise. Pale waves stay inside the gamut of
// every screen: where a colour leaves it, a channel is the small difference of two large ones, and steep.
enum class Motif { noise, waves, pale_waves, plain };

inline VideoFramePtr film_frame(int width, int height, PixelFormat format, unsigned seed, Motif motif = Motif::noise) {
    if (is_ten_bit(format)) {
        const auto eight = format == PixelFormat::p010 ? PixelFormat::nv12 : PixelFormat::i420;
        auto made = std::make_shared<VideoFrame>(*film_frame(width, height, eight, seed, motif));
        deepen(*made, format);
        return made;
    }
    std::minstd_rand random(seed + 1);
    auto made = std::make_shared<VideoFrame>();
    auto memory = std::make_shared<std::vector<std::uint8_t>>();
    made->format = format;
    made->width = made->display_width = width;
    made->height = made->display_height = height;
    made->matrix = ColourMatrix(seed % 3);
    made->full_range = seed % 2 == 0;
    made->chroma_site = ChromaSite(seed / 2 % 3);
    made->wide_gamut = seed % 5 == 0;
    if (format == PixelFormat::bgra) {
        memory->resize(std::size_t(width * height) * 4);
        for (std::size_t i = 0; i < memory->size(); i += 4) {
            const auto alpha = seed % 4 == 0 ? 255u : random() % 256;
            for (std::size_t c = 0; c < 3; ++c) (*memory)[i + c] = std::uint8_t(random() % (alpha + 1));
            (*memory)[i + 3] = std::uint8_t(alpha);
        }
        made->planes[0] = memory->data();
        made->strides[0] = width * 4;
    } else {
        const int half_width = (width + 1) / 2, half_height = (height + 1) / 2;
        const auto luma = std::size_t(width * height), chroma = std::size_t(half_width * half_height);
        memory->resize(luma + 2 * chroma);
        for (auto& byte : *memory) byte = std::uint8_t(random() % 256);
        const float steepness = motif == Motif::plain ? 0 : 1;
        const float colourful = motif == Motif::pale_waves ? 6 : 100, bright = motif == Motif::pale_waves ? 40 : 100;
        const auto wave = [&](std::uint8_t* plane, int across, int down, float amplitude, unsigned phase) {
            const float begin = float(phase % 628) / 100;
            for (int y = 0; y < down; ++y)
                for (int x = 0; x < across; ++x)
                    plane[y * across + x] =
                        std::uint8_t(128 + amplitude * std::sin(begin + steepness * (3 * float(x) / float(across) +
                                                                                     2 * float(y) / float(down))));
        };
        if (motif != Motif::noise) {
            wave(memory->data(), width, height, bright, seed);
            wave(memory->data() + luma, half_width, half_height, colourful, seed * 2);
            wave(memory->data() + luma + chroma, half_width, half_height, colourful, seed * 3);
        }
        made->planes = {memory->data(), memory->data() + luma, memory->data() + luma + chroma};
        made->strides = {width, half_width, half_width};
        if (format == PixelFormat::nv12) {
            if (motif != Motif::noise) {
                const std::vector<std::uint8_t> apart(memory->begin() + std::ptrdiff_t(luma), memory->end());
                for (std::size_t i = 0; i < chroma; ++i) {
                    (*memory)[luma + 2 * i] = apart[i];
                    (*memory)[luma + 2 * i + 1] = apart[chroma + i];
                }
            }
            made->planes[2] = nullptr;
            made->strides = {width, 2 * half_width, 0};
        }
    }
    made->keep = memory;
    return made;
}

inline ImagePtr image(int width, int height, bool opaque, unsigned seed) {
    std::minstd_rand random(seed + 1);
    auto made = std::make_shared<Image>();
    made->width = width;
    made->height = height;
    made->pixels.resize(std::size_t(width * height) * 4);
    for (std::size_t i = 0; i < made->pixels.size(); i += 4) {
        const auto alpha = opaque ? 255u : random() % 256;
        for (std::size_t c = 0; c < 3; ++c) made->pixels[i + c] = std::uint8_t(random() % (alpha + 1));
        made->pixels[i + 3] = std::uint8_t(alpha);
    }
    return made;
}

// Changes a scene at random, with things that overlap, shine through, hang over the edge and hide one another.
class Changer {
  public:
    static constexpr ScreenSize least_wave{160, 100};

    // `gentle_films`: each format once in waves, which are shown no smaller than `least_wave`, and once in one colour.
    explicit Changer(unsigned seed, bool gentle_films = false) : random_(seed) {
        for (unsigned i = 0; i < 6; ++i) {
            paragraphs_.push_back(paragraph(3 + int(i) * 12, 12 + float(i) * 5, seed + i, true, i % 2 == 1));
            images_.push_back(image(20 + int(i) * 9, 30 + int(i) * 5, i % 2 == 0, seed + i));
        }
        paragraphs_.push_back(paragraph(400, 20, seed + 99, true, true));  // a ticker, many tiles long
        for (unsigned i = 0; i < 10; ++i) {
            const PixelFormat formats[] = {PixelFormat::i420, PixelFormat::nv12, PixelFormat::bgra, PixelFormat::i010,
                                           PixelFormat::p010};
            const auto transfer = Transfer((seed / 7 + i) % 3);
            const auto waves = transfer == Transfer::sdr && (seed + i) % 5 != 0 ? Motif::waves : Motif::pale_waves;
            const auto motif = !gentle_films ? Motif::noise : i < 5 ? waves : Motif::plain;
            auto frame = std::make_shared<VideoFrame>(
                *film_frame(33 + int(i) * 21, 24 + int(i) * 17, formats[i % 5], seed + i, motif));
            if (frame->format != PixelFormat::bgra) frame->transfer = transfer;
            if (motif == waves) waves_.push_back(frame);
            frames_.push_back(frame);
        }
    }

    Scene first() {
        Scene scene{{320, 200}, {10, 20, 30, 255}, {}};
        for (int i = 0; i < 8; ++i) scene.items.push_back(item());
        for (auto& one : scene.items) enlarge_waves(one);
        return scene;
    }

    void change(Scene& scene) {
        for (int many = 1 + up_to(3); many > 0; --many) {
            const auto kind = up_to(9);
            auto& items = scene.items;
            const auto any = items.empty() ? 0 : std::size_t(up_to(int(items.size()) - 1));
            if (items.empty() || (kind == 0 && items.size() < 14)) {
                items.insert(items.begin() + up_to(int(items.size())), item());
            } else if (kind == 1) {
                items.erase(items.begin() + std::ptrdiff_t(any));
            } else if (kind == 2) {
                items[any].box = box();
            } else if (kind == 3) {
                auto moved = items[any];
                items.erase(items.begin() + std::ptrdiff_t(any));
                items.insert(items.begin() + up_to(int(items.size())), moved);
            } else if (kind == 4 && up_to(20) == 0) {
                scene.background = colour(false);
            } else if (auto* text = std::get_if<Text>(&items[any].content); text && kind == 5) {
                text->accent = colour();
            } else if (text && kind < 8) {
                text->x -= 3.3f;  // a ticker's step
            } else {
                items[any].content = content();
            }
            for (auto& one : items) enlarge_waves(one);
        }
    }

  private:
    int up_to(int most) { return int(random_() % unsigned(most + 1)); }
    Colour colour(bool may_shine_through = true) {
        const auto byte = [&] { return std::uint8_t(up_to(255)); };
        const auto alpha = !may_shine_through || up_to(2) > 0 ? std::uint8_t(255) : byte();
        return {byte(), byte(), byte(), alpha};
    }
    ScreenRect box() { return {up_to(340) - 40, up_to(220) - 30, 1 + up_to(200), 1 + up_to(120)}; }
    std::variant<Fill, Text, Picture, Video> content() {
        switch (up_to(3)) {
            case 0:
                return Fill{colour(), up_to(2) ? 0 : up_to(40)};
            case 1:
                return Text{paragraphs_[std::size_t(up_to(6))], float(up_to(3000)) / 10 - 100,
                            float(up_to(1500)) / 10 - 20, up_to(9) == 0 ? Colour{0, 0, 0, 0} : colour(),
                            up_to(2) == 0 ? std::optional<Colour>() : colour()};
            case 2:
                return Picture{images_[std::size_t(up_to(5))], std::uint8_t(up_to(2) > 0 ? 255 : up_to(255))};
            default:
                return Video{frames_[std::size_t(up_to(9))]};
        }
    }
    Item item() { return {++last_id_, box(), content()}; }
    // Two painters that weigh chroma by other filters agree only where it changes little from pixel to pixel.
    void enlarge_waves(Item& item) const {
        const auto* video = std::get_if<Video>(&item.content);
        if (!video || std::ranges::find(waves_, video->frame) == waves_.end()) return;
        item.box.width = std::max(item.box.width, least_wave.width);
        item.box.height = std::max(item.box.height, least_wave.height);
    }

    std::minstd_rand random_;
    std::uint64_t last_id_ = 0;
    std::vector<text::ParagraphPtr> paragraphs_;
    std::vector<ImagePtr> images_;
    std::vector<VideoFramePtr> frames_;
    std::vector<VideoFramePtr> waves_;
};

// A canvas with its own memory.
struct Board {
    Board(const text::FontSet& fonts, ScreenSize of, const CanvasBounds& bounds = {})
        : canvas(fonts, bounds), size(of), pixels(std::size_t(of.width) * std::size_t(of.height) * 4, 0x5a) {}

    void paint(const Scene& scene, const DamageRegion& region) {
        canvas.paint(scene, region, {pixels.data(), size, size.width * 4});
    }
    void paint(const Scene& scene) { paint(scene, DamageRegion({0, 0, size.width, size.height})); }
    Colour at(int x, int y) const {
        const auto* pixel = &pixels[(std::size_t(y) * std::size_t(size.width) + std::size_t(x)) * 4];
        return {pixel[2], pixel[1], pixel[0], pixel[3]};
    }

    Canvas canvas;
    ScreenSize size;
    std::vector<std::uint8_t> pixels;
};

}  // namespace hallcast::picture::made
