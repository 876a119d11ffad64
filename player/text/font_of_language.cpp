#include "player/text/font_of_language.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <memory>

#include "player/text/font_library.h"

namespace hallcast::text {
namespace {

struct DoneLibrary {
    void operator()(FT_Library library) const { FT_Done_FreeType(library); }
};
struct DoneFace {
    void operator()(FT_Face face) const { FT_Done_Face(face); }
};
using Library = std::unique_ptr<FT_LibraryRec_, DoneLibrary>;
using Face = std::unique_ptr<FT_FaceRec_, DoneFace>;

// A letter that only a font for the script has.
UChar32 sample_letter(UScriptCode script) {
    const UChar32 letter = uscript_getSampleUnicodeString(script).char32At(0);
    return letter == 0xffff || letter == 0 ? 'A' : letter;
}

std::optional<LanguageFont> opened(FT_Library library, const std::filesystem::path& path, unsigned index,
                                   UChar32 letter) {
    FT_Face raw = nullptr;
    if (FT_New_Face(library, path.c_str(), FT_Long(index), &raw) != 0) return std::nullopt;
    const Face face(raw);
    if (face->family_name == nullptr || FT_Get_Char_Index(raw, FT_ULong(letter)) == 0) return std::nullopt;
    return LanguageFont{path, face->family_name};
}

}  // namespace

std::optional<LanguageFont> font_of_language(std::string_view tag, std::vector<std::filesystem::path> folders) {
    FT_Library raw = nullptr;
    if (FT_Init_FreeType(&raw) != 0) return std::nullopt;
    const Library library(raw);
    const Language language = parse_language(tag);
    const UChar32 letter = sample_letter(language.script);
    if (folders.empty()) folders = usual_font_folders();
    for (const FontFile& file : fonts_for(language.script, language.forms, Weight::regular, false)) {
        for (const auto& folder : folders) {
            if (auto font = opened(raw, folder / file.name, file.face, letter)) return font;
        }
    }
    if (const auto installed = LastResort().find(letter, Weight::regular)) {
        return opened(raw, installed->path, installed->face, letter);
    }
    return std::nullopt;
}

}  // namespace hallcast::text
