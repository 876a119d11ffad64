// The fonts of this machine, opened at their first use and kept: what open_system_fonts() gives.
#pragma once

#include <atomic>
#include <compare>
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

// Which fonts a character takes: all but the character itself.
struct FontWish {
    UScriptCode script = USCRIPT_COMMON;
    Forms forms;
    Weight weight = Weight::regular;
    bool emoji = false;  // colour first
    auto operator<=>(const FontWish&) const = default;
};

// The fonts for a wish, best first, each opened when it is first asked for. Internally synchronized; lock-free once all
// faces that are needed are open.
class FontRow {
  public:
    explicit FontRow(std::vector<FontFile> files) : files_(std::move(files)), slots_(files_.size()) {}
    std::size_t size() const { return files_.size(); }

  private:
    friend class FontLibrary;
    struct Slot {
        std::atomic<bool> tried = false;
        std::atomic<const FontFace*> face = nullptr;
    };
    std::vector<FontFile> files_;
    mutable std::vector<Slot> slots_;
};

// Internally synchronized. Faces live as long as the library.
class FontLibrary final : public FontSet {
  public:
    // Looks for the table's fonts in `folders`, in their order; for others in fontconfig, when that is allowed.
    FontLibrary(std::vector<std::filesystem::path> folders, bool with_fontconfig);

    GlyphBitmap rasterise(std::uint32_t font, std::uint32_t glyph, float size_px) const override;

    const FontFace& face(FontId id) const;

    // Null where no folder has it; remembered.
    const FontFace* open(const FontFile& file) const;

    // Made once for each wish, of which the scripts and forms allow some thousand. Lives as long as the library.
    const FontRow& row(const FontWish& wish) const;
    const FontFace* open(const FontRow& row, std::size_t nth) const;  // as open() of its nth file

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

    mutable std::shared_mutex rows_mutex_;
    mutable std::map<FontWish, FontRow> rows_;  // under rows_mutex_

    mutable std::mutex opening_mutex_;  // taken before faces_mutex_; guards the rest
    mutable std::map<std::pair<std::string, unsigned>, const FontFace*> opened_;
    mutable std::optional<LastResort> last_resort_;
    mutable std::map<std::pair<UChar32, Weight>, const FontFace*> last_resort_found_;
    mutable std::set<std::u16string> reported_;
};

// Where Debian's packages and people put fonts.
std::vector<std::filesystem::path> usual_font_folders();

// Fails, naming the packages to install, when nothing has a Latin letter. `folders` empty is the usual ones.
Expected<std::unique_ptr<FontLibrary>> open_fonts(std::vector<std::filesystem::path> folders, bool with_fontconfig);

}  // namespace hallcast::text
