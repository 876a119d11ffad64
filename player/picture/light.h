// The light that a film's values stand for, and how a hall's screen shows it: high dynamic range and wide gamut made to
// fit an ordinary screen (BT.709 primaries, BT.1886).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "player/picture/video_frame.h"

namespace hallcast::picture {

// What white on the screen counts as: the reference white of ITU-R BT.2408.
inline constexpr double white_nits = 203;

struct Light {
    Transfer transfer = Transfer::sdr;
    bool wide_gamut = false;
    float peak_nits = 1000;
    bool must_be_mapped() const { return transfer != Transfer::sdr || wide_gamut; }
    bool operator==(const Light&) const = default;
};
// Of that frame, its peak within what can be.
Light light_of(const VideoFrame& frame);

// ITU-R BT.2100, table 4: nits of the screen to the PQ value 0..1 and back.
double pq_of_nits(double nits);
double nits_of_pq(double pq);
// ITU-R BT.2100, table 5: the HLG value 0..1 to the scene's light 0..1.
double scene_of_hlg(double hlg);
// ITU-R BT.2390, 5.4.1, without black to lift: the PQ value on a screen of white_nits for that of a film with this
// peak.
double rolled_off(double pq, double peak_nits);
// What each of red, green and blue counts for the luminance.
std::array<double, 3> luminance_weights(bool wide_gamut);
// Linear light from the film's primaries to BT.709's (ITU-R BT.2087), row by row.
std::array<double, 9> to_screen_gamut(bool wide_gamut);

// Maps R'G'B' of one Light by tables of these functions: within 1 of 255 of them. Immutable once made.
class LightMap {
  public:
    explicit LightMap(const Light& light);
    const Light& light() const { return light_; }

    // `rgb` are 0..1; `bgra` gets an opaque pixel.
    void convert(const std::array<float, 3>& rgb, std::uint8_t* bgra) const;

  private:
    Light light_;
    std::vector<float> linear_;        // of a value; in white's, of HLG the scene's
    std::vector<float> system_;        // HLG: the factor that the scene's luminance gives
    std::vector<float> shown_;         // HLG: white's, by the fourth root of 1000 nits'
    std::vector<std::uint8_t> bytes_;  // by the square root of white's
    std::array<float, 3> weights_;
    std::array<float, 9> gamut_;
};

}  // namespace hallcast::picture
