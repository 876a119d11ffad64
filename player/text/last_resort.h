// Every font that fontconfig knows, by what it covers: asked only for characters that no Noto font of ours has.
#pragma once

#include <unicode/umachine.h>

#include <filesystem>
#include <memory>
#include <optional>

#include "player/text/paragraph.h"

namespace hallcast::text {

struct InstalledFont {
    std::filesystem::path path;
    unsigned face = 0;
};

// Externally synchronized. Costs some milliseconds, at construction.
class LastResort {
  public:
    LastResort();
    ~LastResort();
    LastResort(const LastResort&) = delete;
    LastResort& operator=(const LastResort&) = delete;

    // The most suitable font with an outline for `c`, if any.
    std::optional<InstalledFont> find(UChar32 c, Weight weight) const;

  private:
    struct Fonts;
    std::unique_ptr<Fonts> fonts_;
};

}  // namespace hallcast::text
