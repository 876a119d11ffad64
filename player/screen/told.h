// What staff tell everybody, as `banner` and `emergency` show it: the notices that hold, their texts, and the frame.
#pragma once

#include <chrono>
#include <span>
#include <vector>

#include "player/screen/item_list.h"
#include "player/screen/languages.h"

namespace hallcast::screen {

// All that hold at `now`, by the master's clock, the latest first; where emergencies do, those alone. `until` becomes
// earlier where one of them ends before it.
std::vector<const v1::Notice*> notices_at(const v1::HallState& hall, WallTime now, WallTime& until);

// Its texts in the office's order; those of languages that the office has no more only where there is no other.
std::vector<Phrase> phrases_of(const v1::Notice& notice, const v1::HallProfile& profile);

// Which of `lengths`, one after another again and again from `begin` on, is at `now`. Not empty.
std::size_t turn_at(std::span<const std::chrono::milliseconds> lengths, WallTime begin, WallTime now, WallTime& until);

struct NoticeColours {
    layouts::Colour ground, lettering, frame, flash;
};
// Lettering on ground: 17:1, 11:1 in black on amber, and 8:1 on red. None is the yellow of a call.
inline constexpr NoticeColours usual_colours{
    {244, 247, 251, 255}, {6, 24, 47, 255}, {255, 209, 102, 255}, {11, 79, 156, 255}};
inline constexpr NoticeColours warning_colours{
    {255, 170, 0, 255}, {0, 0, 0, 255}, {0, 0, 0, 255}, {255, 255, 255, 255}};
inline constexpr NoticeColours emergency_colours{
    {160, 0, 26, 255}, {255, 255, 255, 255}, {160, 0, 26, 255}, {255, 255, 255, 255}};

constexpr std::chrono::milliseconds flash_at_first{4000}, flash_on{std::chrono::hours(24 * 365)};

// A frame around `box` that flashes from `begin` on for so long: up and down once in two seconds, as softly as a
// cosine, and nothing else flashes. WCAG 2.3.1 allows three flashes in a second before a flash may cause seizures; at a
// sixth of that it is no strobe. Gives what is inside of it.
picture::ScreenRect add_frame(ItemList& items, const picture::ScreenRect& box, int width, const NoticeColours& colours,
                              WallTime begin, std::chrono::milliseconds flashing, WallTime now, WallTime& until);

// An exclamation mark for who reads none of the languages.
void add_sign(ItemList& items, const picture::ScreenRect& box, const NoticeColours& colours);

}  // namespace hallcast::screen
