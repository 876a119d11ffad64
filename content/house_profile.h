// The form that all content has after ingest, so that every player plays it easily: what ffmpeg is told to make it.
//
// Films: H.264 High, yuv420p, BT.709 limited, at most 1920x1080 upright with square pixels, constant frame rate of at
// most 60, closed groups of 2 s (seek and loop points), at most 12 Mbit/s; AAC 48 kHz stereo at -23 LUFS (EBU R 128);
// captions as mov_text (3GPP TS 26.245), a track a language; MP4 with its index first, without any words of the upload
// but the captions and the names of languages. Stills: PNG, RGB, at most 1920x1080.
#pragma once

#include <string>
#include <vector>

#include "content/media_facts.h"

namespace hallcast::content {

constexpr double target_lufs = -23.0;
constexpr double silent_below_lufs = -60.0;  // quieter than this is noise, not to be amplified
constexpr double most_gain_db = 24.0;
constexpr int longest_film_seconds = 2 * 60 * 60;
constexpr int most_picture_side = 16384;

struct PictureSize {
    int width = 0, height = 0;
};
// Fits a film into 1920x1080, never larger than it is, with even sides, as yuv420p asks.
PictureSize fitted_size(int width, int height);

// Usual rates are kept, unsteady ones become the usual one next above, at most 60.
struct FrameRate {
    const char* text = "30";  // as ffmpeg takes it: "30000/1001"
    int group = 60;           // frames in 2 s
};
FrameRate frame_rate(double frames_per_second);

double gain_for(double measured_lufs);  // dB

// Reads the sound and writes its loudness to stderr; see read_loudness.
std::vector<std::string> measure_arguments(const std::string& input, const MediaFacts& facts);
Expected<double> read_loudness(const std::string& errors);  // LUFS; -70 is silence

std::vector<std::string> film_arguments(const std::string& input, const MediaFacts& facts, double gain_db,
                                        const std::string& output);
// A film without sound of pictures that come on stdin: BGRX, `size.width * 4` bytes a row, in both directions even.
std::vector<std::string> drawn_film_arguments(PictureSize size, int pictures_per_second, const std::string& output);
std::vector<std::string> still_arguments(const std::string& input, const MediaFacts& facts, const std::string& output);

}  // namespace hallcast::content
