// How large letters are to whoever reads them from afar: visual angles of a capital letter, in minutes of arc.
#pragma once

#include "layouts/layout.h"
#include "player/picture/scene.h"

namespace hallcast::screen {

// ISO 9241-303 wants 16 or more of text that is read at work (20 to 22 are better) and allows less where reading is
// incidental; ISO 9241-3 and IBM's guide to it call 10 usable at high contrast. 20/20 sight resolves letters of 5, one
// of 20/40, which many visitors have, those of 10.
constexpr double least_angle = 10, good_angle = 16;
constexpr double capital_height = 0.714;  // of the em, in Noto Sans

// Metres from which texts other than numbers are read; 0: the layout does not say.
double near_distance(const layouts::Viewing& viewing);
// Of a capital of letters of `size_px` pixels. `viewing` has a distance and a diagonal.
double capital_mm(double size_px, const layouts::Viewing& viewing, picture::ScreenSize screen);
double minutes_of_arc(double size_px, const layouts::Viewing& viewing, picture::ScreenSize screen, double metres);
// The smallest letters, in pixels, that are read with ease from the near distance; 0: the layout does not say.
double near_letters_px(const layouts::Viewing& viewing, picture::ScreenSize screen);

}  // namespace hallcast::screen
