// Lays out captions with libass and draws those of a moment as an overlay over the film.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "player/decoder/caption_setup.h"
#include "player/picture/video_frame.h"

struct ass_image;
struct ass_library;
struct ass_renderer;
struct ass_track;

namespace hallcast::decoder {

using OverlayPtr = std::shared_ptr<const picture::Overlay>;

// What is kept of one track: the rest is left out, and told in `left_out`.
constexpr std::size_t most_captions = 20'000;
constexpr std::size_t most_caption_text = 4 << 20;

// Externally synchronized. Opens no files: it knows the fonts that it is given, which it copies.
class Captions {
  public:
    // Text is set in `family`, and in the first of the fonts where that has no glyph for it. The two are all that it
    // takes of `fonts`.
    Captions(std::span<const CaptionFont> fonts, const std::string& family);
    ~Captions();
    Captions(const Captions&) = delete;
    Captions& operator=(const Captions&) = delete;

    // Which look the captions have: that of the house, or that of an ASS script, by its header. Once, before add().
    void use_house_style();
    void use_script(std::string_view header);

    // One event of libav's: an ASS Dialogue without its times ("ReadOrder,Layer,Style,Name,MarginL,...,Text").
    void add(std::string_view event, std::chrono::milliseconds at, std::chrono::milliseconds duration);
    std::size_t left_out() const { return left_out_; }

    // For a film that is displayed in this shape. null: nothing is said. As long as nothing changes, the same object.
    OverlayPtr at(std::chrono::nanoseconds time, int display_width, int display_height);

  private:
    struct FreeLibrary {
        void operator()(ass_library* library) const;
    };
    struct FreeRenderer {
        void operator()(ass_renderer* renderer) const;
    };
    struct FreeTrack {
        void operator()(ass_track* track) const;
    };

    bool is_last(const ass_image* images) const;
    void set_canvas(int display_width, int display_height);

    // In this order: libass wants its library last.
    std::unique_ptr<ass_library, FreeLibrary> library_;
    std::unique_ptr<ass_renderer, FreeRenderer> renderer_;
    std::unique_ptr<ass_track, FreeTrack> track_;
    std::string family_;
    std::string fallback_;
    struct Layer;
    std::vector<Layer> layers_;  // what libass gave for last_
    int canvas_width_ = 0;
    int canvas_height_ = 0;
    std::size_t captions_ = 0;
    std::size_t text_bytes_ = 0;
    std::size_t left_out_ = 0;
    OverlayPtr last_;
};

}  // namespace hallcast::decoder
