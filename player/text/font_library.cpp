#include "player/text/font_library.h"

#include <fmt/ranges.h>
#include <spdlog/spdlog.h>
#include <unicode/uchar.h>
#include <unicode/utf16.h>

#include <cstdlib>
#include <limits>

namespace hallcast::text {
namespace {

// There are some 250 Noto fonts; more than that many faces is a broken fontconfig.
constexpr std::size_t max_faces = 512;
static_assert(max_faces <= std::numeric_limits<decltype(PlacedGlyph::font)>::max());
constexpr std::size_t max_remembered_characters = 4096;
constexpr std::size_t max_reports = 256;

std::string code_points(std::u16string_view cluster) {
    std::string result;
    const auto length = static_cast<std::int32_t>(cluster.size());
    for (std::int32_t i = 0; i < length && i < 16;) {
        UChar32 c = 0;
        U16_NEXT(cluster.data(), i, length, c);
        result += fmt::format("{}U+{:04X}", result.empty() ? "" : " ", static_cast<unsigned>(c));
    }
    return result;
}

}  // namespace

std::vector<std::filesystem::path> usual_font_folders() {
    std::vector<std::filesystem::path> folders = {
        "/usr/share/fonts/truetype/noto", "/usr/share/fonts/opentype/noto", "/usr/share/fonts/noto",
        "/usr/share/fonts/noto-cjk",      "/usr/local/share/fonts",
    };
    if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
        folders.push_back(std::filesystem::path(home) / ".local/share/fonts");
    }
    return folders;
}

FontLibrary::FontLibrary(std::vector<std::filesystem::path> folders, bool with_fontconfig)
    : folders_(std::move(folders)), with_fontconfig_(with_fontconfig) {}

GlyphBitmap FontLibrary::rasterise(std::uint32_t font, std::uint32_t glyph, float size_px) const {
    return face(font).rasterise(glyph, size_px);
}

const FontFace& FontLibrary::face(FontId id) const {
    const std::shared_lock lock(faces_mutex_);
    HALLCAST_ASSERT(id < faces_.size());
    return *faces_[id];
}

std::size_t FontLibrary::opened() const {
    const std::shared_lock lock(faces_mutex_);
    return faces_.size();
}

const FontFace* FontLibrary::open_path(const std::filesystem::path& path, unsigned face) const {
    const auto [known, added] = opened_.try_emplace({path.string(), face}, nullptr);
    if (!added || faces_.size() >= max_faces) return known->second;
    auto opened = FontFace::open(path, face, static_cast<FontId>(faces_.size()));
    if (!opened) {
        spdlog::warn("text: {}", opened.error().message);
        return nullptr;
    }
    known->second = opened->get();
    const std::unique_lock lock(faces_mutex_);
    faces_.push_back(std::move(*opened));
    return known->second;
}

const FontFace* FontLibrary::open(const FontFile& file) const {
    const std::scoped_lock lock(opening_mutex_);
    const auto known = opened_.find({file.name, file.face});
    if (known != opened_.end()) return known->second;
    const FontFace* found = nullptr;
    for (const std::filesystem::path& folder : folders_) {
        std::error_code ignored;
        if (!std::filesystem::is_regular_file(folder / file.name, ignored)) continue;
        found = open_path(folder / file.name, file.face);
        if (found != nullptr) break;
    }
    opened_.emplace(std::pair(file.name, file.face), found);
    return found;
}

const FontRow& FontLibrary::row(const FontWish& wish) const {
    {
        const std::shared_lock lock(rows_mutex_);
        if (const auto known = rows_.find(wish); known != rows_.end()) return known->second;
    }
    const std::unique_lock lock(rows_mutex_);
    return rows_.try_emplace(wish, fonts_for(wish.script, wish.forms, wish.weight, wish.emoji)).first->second;
}

const FontFace* FontLibrary::open(const FontRow& row, std::size_t nth) const {
    FontRow::Slot& slot = row.slots_[nth];
    if (!slot.tried.load(std::memory_order_acquire)) {
        slot.face.store(open(row.files_[nth]), std::memory_order_relaxed);
        slot.tried.store(true, std::memory_order_release);
    }
    return slot.face.load(std::memory_order_relaxed);
}

const FontFace* FontLibrary::open_last_resort(UChar32 c, Weight weight) const {
    const auto category = u_charType(c);
    if (!with_fontconfig_ || category == U_PRIVATE_USE_CHAR || category == U_UNASSIGNED) return nullptr;
    const std::scoped_lock lock(opening_mutex_);
    const auto known = last_resort_found_.find({c, weight});
    if (known != last_resort_found_.end()) return known->second;
    if (!last_resort_) last_resort_.emplace();
    const FontFace* face = nullptr;
    if (const auto installed = last_resort_->find(c, weight)) face = open_path(installed->path, installed->face);
    if (face != nullptr && !face->covers(c)) face = nullptr;
    if (last_resort_found_.size() >= max_remembered_characters) last_resort_found_.clear();
    last_resort_found_.emplace(std::pair(c, weight), face);
    return face;
}

void FontLibrary::report_missing(std::u16string_view cluster, std::span<const FontFace* const> searched) const {
    {
        const std::scoped_lock lock(opening_mutex_);
        if (reported_.size() >= max_reports || !reported_.emplace(cluster).second) return;
    }
    std::vector<std::string_view> names;
    for (const FontFace* face : searched) {
        if (face != nullptr) names.emplace_back(face->name());
    }
    if (with_fontconfig_) names.emplace_back("what fontconfig knows");
    spdlog::warn("text: no font has {}; searched {}; install a font that has it", code_points(cluster),
                 names.empty() ? "nothing" : fmt::format("{}", fmt::join(names, ", ")));
}

Expected<std::unique_ptr<FontLibrary>> open_fonts(std::vector<std::filesystem::path> in, bool with_fontconfig) {
    auto library = std::make_unique<FontLibrary>(in.empty() ? usual_font_folders() : std::move(in), with_fontconfig);
    constexpr UChar32 any_latin_letter = 'A';
    for (const FontFile& file : fonts_for(USCRIPT_LATIN, {}, Weight::regular, false)) {
        const FontFace* face = library->open(file);
        if (face != nullptr && face->covers(any_latin_letter)) return library;
    }
    if (library->open_last_resort(any_latin_letter, Weight::regular) != nullptr) return library;
    std::string folders;
    for (const auto& folder : library->folders()) folders += (folders.empty() ? "" : ", ") + folder.string();
    return fail("text: no font found in {} or through fontconfig; run: apt-get install fonts-noto-core fonts-noto-cjk",
                folders);
}

Expected<std::unique_ptr<FontSet>> open_system_fonts() { return open_fonts({}, true); }

}  // namespace hallcast::text
