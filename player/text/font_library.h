// The fonts of this machine, opened at their first use and kept: what open_system_fonts() gives.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "player/text/font_face.h"
#include "player/text/font_set.h"
#include "player/text/font_table.h"
#include "player/text/last_resort.h"

namespace hallcast::text {

// Internally synchronized. Faces live as long as the library.
class FontLibrary final : public FontSet {
  public:
    // Looks for the table's fonts in `folders`, in their order; for others in fontconfig, when that is allowed.
    FontLibrary(std::vector<std::filesystem::path> folders, bool with_fontconfig);

    GlyphBitmap rasterise(std::uint32_t font, std::uint32_t glyph, float size_px) const override;

    const FontFace& face(FontId id) const;

    // Null where no folder has it; remembered.
    const FontFace* open(const FontFile& file) const;

    // Any installed font with that character, or null; remembered for some thousand characters. Never for private-use
    // characters, which every font may understand in its own way.
    const FontFace* open_last_resort(UChar32 c, Weight weight) const;

    // Logs, once for each `cluster`, that nothing has it. `searched` may hold nulls.
    void report_missing(std::u16string_view cluster, std::span<const FontFace* const> searched) const;

    std::size_t opened() const;  // how many faces so far
    const std::vector<std::filesystem::path>& folders() const { return folders_; }

  private:
    const FontFace* open_path(const std::filesystem::path& path, unsigned face) const;  // under opening_mutex_

    const std::vector<std::filesystem::path> folders_;
    const bool with_fontconfig_;

    mutable std::shared_mutex faces_mutex_;
    mutable std::vector<std::unique_ptr<FontFace>> faces_;  // under faces_mutex_; the id is the index

    mutable std::mutex opening_mutex_;  // taken before faces_mutex_; guards the rest
    mutable std::map<std::pair<std::string, unsigned>, const FontFace*> opened_;
    mutable std::optional<LastResort> last_resort_;
    mutable std::map<std::pair<UChar32, Weight>, const FontFace*> last_resort_found_;
    mutable std::set<std::u16string> reported_;
};

// Fails, naming the packages to install, when nothing has a Latin letter. `folders` empty is the usual ones.
Expected<std::unique_ptr<FontLibrary>> open_fonts(std::vector<std::filesystem::path> folders, bool with_fontconfig);

}  // namespace hallcast::text
