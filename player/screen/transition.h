// From what a widget showed to what it shows: a few pictures between the two, within its box.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

#include "player/screen/widget.h"

namespace hallcast::screen {

// How long a widget's change takes; zero where it is cut. Films are always cut: each of their pictures is another one.
std::chrono::milliseconds transition_of(const layouts::Widget& widget);

// The last change of what a widget shows, as long as it is going on.
struct Change {
    Shown before;
    WallTime since;
};

// What a widget shows at the moment of `input`, and its change: that of the last `length`, if there was one, by the
// time or by what is in ScreenInput::past. `show` is asked for moments from then to now. Pure.
struct Followed {
    Shown shown;
    std::optional<Change> change;
};
Followed follow(const ScreenInput& input, std::chrono::milliseconds length,
                const std::function<Shown(const ScreenInput&)>& show);

// `share` of the way in time from `before` to `after` is over. What is in both stays as it is; all lies inside of
// place.box.
std::vector<picture::Item> between(const std::vector<picture::Item>& before, const std::vector<picture::Item>& after,
                                   const Place& place, double share);

// The item in that share of its strength. Films know no strength.
picture::Item faded(picture::Item item, double strength);

}  // namespace hallcast::screen
