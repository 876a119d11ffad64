// What is put on every screen that is checked: states of a hall in which all of a layout has its turn.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "layouts/layout.h"
#include "player/screen/screen.h"
#include "player/text/typesetter.h"

namespace hallcast::preview {

struct Stage {
    std::string sample;  // its name; "made for 'WIDGET'" where no sample shows a widget
    screen::ScreenInput input;
};

// Every sample, at moments at which every language has had its turn, and what is shown at some hours only.
std::vector<Stage> stages_of(const layouts::Layout& layout, std::span<const std::string> languages,
                             text::Typesetter& typesetter);

}  // namespace hallcast::preview
