#include "player/screen/letter_size.h"

#include <cmath>
#include <numbers>

namespace hallcast::screen {

namespace {

constexpr double mm_an_inch = 25.4;
constexpr double minutes_a_radian = 60 * 180 / std::numbers::pi;

double mm_a_pixel(const layouts::Viewing& viewing, picture::ScreenSize screen) {
    return viewing.diagonal * mm_an_inch / std::hypot(screen.width, screen.height);
}

}  // namespace

double near_distance(const layouts::Viewing& viewing) { return viewing.near > 0 ? viewing.near : viewing.distance / 3; }

double capital_mm(double size_px, const layouts::Viewing& viewing, picture::ScreenSize screen) {
    return capital_height * size_px * mm_a_pixel(viewing, screen);
}

double minutes_of_arc(double size_px, const layouts::Viewing& viewing, picture::ScreenSize screen, double metres) {
    return 2 * std::atan(capital_mm(size_px, viewing, screen) / 2000 / metres) * minutes_a_radian;
}

double near_letters_px(const layouts::Viewing& viewing, picture::ScreenSize screen) {
    if (near_distance(viewing) <= 0 || viewing.diagonal <= 0) return 0;
    const double mm = 2000 * near_distance(viewing) * std::tan(good_angle / 2 / minutes_a_radian);
    return mm / capital_height / mm_a_pixel(viewing, screen);
}

}  // namespace hallcast::screen
