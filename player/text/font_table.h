// Which of the Noto fonts sets a script, best first: pure data, no file is opened here.
#pragma once

#include <string>
#include <vector>

#include "player/text/language.h"
#include "player/text/paragraph.h"

namespace hallcast::text {

// A font file by its bare name, and the face in it (0 but for collections).
struct FontFile {
    std::string name;
    unsigned face = 0;
    bool operator==(const FontFile&) const = default;
};

// The fonts to try for a character of `script`; `emoji` asks for colour first.
std::vector<FontFile> fonts_for(UScriptCode script, Forms forms, Weight weight, bool emoji);

}  // namespace hallcast::text
