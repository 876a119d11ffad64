// Made states of a hall, to see a layout in: what `layout check` looks at, `layout render --state sample:NAME` draws
// and the gallery shows.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "player/screen/screen.h"

namespace hallcast::preview {

// All that the conditions of a layout ask about, and what else a screen looks different for. The hall is that of the
// sample office.
struct Situation {
    bool connected = true;  // false: the player has never met its master, and nothing else of the hall counts
    bool open = true;
    int calls = 0;                 // on the board, the newest first
    std::string visitor_language;  // of a call that is big; empty: none is
    bool notice = false;
    bool emergency = false;       // an urgent notice
    std::string notice_language;  // it is spoken in this one; empty: its languages take turns
    bool stale = false;
    bool film = false;
    bool sign = false;
    bool long_names = false;  // of office and hall
    int waiting = 0;
    int weekday = 0;           // 0: Monday
    int minute = 10 * 60 + 4;  // of the office's day
    int later = 0;             // seconds after that: whose turn it is
};

struct Sample {
    std::string name;
    std::string about;  // in a line
    Situation situation;
};

// quiet, busy, call, closed, ...; "call-LANGUAGE" for the call of a visitor with each of the languages, "call" for the
// first of them that is not the office's. BCP 47 tags, the office's own first; not empty.
std::vector<Sample> samples(std::span<const std::string> languages);

// Fails with the names there are.
Expected<Situation> sample(std::string_view name, std::span<const std::string> languages);

// The languages the program has its texts in.
std::vector<std::string> usual_languages();

// What a screen in that situation is given. The same every time: its day is one of 2026, and no clock is read. Pure.
screen::ScreenInput input_of(const Situation& situation, std::span<const std::string> languages);

}  // namespace hallcast::preview
