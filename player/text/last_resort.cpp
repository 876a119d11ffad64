#include "player/text/last_resort.h"

#include <fontconfig/fontconfig.h>

#include <string>
#include <string_view>

namespace hallcast::text {
namespace {

struct DestroyPattern {
    void operator()(FcPattern* pattern) const { FcPatternDestroy(pattern); }
};
struct DestroyObjects {
    void operator()(FcObjectSet* objects) const { FcObjectSetDestroy(objects); }
};

int integer(FcPattern* font, const char* object) {
    int value = 0;
    return FcPatternGetInteger(font, object, 0, &value) == FcResultMatch ? value : 0;
}

std::string_view string(FcPattern* font, const char* object) {
    FcChar8* value = nullptr;
    if (FcPatternGetString(font, object, 0, &value) != FcResultMatch) return {};
    return reinterpret_cast<const char*>(value);
}

// Upright before slanted, the wanted weight before others, sans before serif.
int suitability(FcPattern* font, Weight weight) {
    int points = 0;
    if (integer(font, FC_SLANT) == FC_SLANT_ROMAN) points += 4;
    if ((integer(font, FC_WEIGHT) >= FC_WEIGHT_BOLD) == (weight == Weight::bold)) points += 2;
    if (string(font, FC_FAMILY).find("Sans") != std::string_view::npos) points += 1;
    return points;
}

}  // namespace

struct LastResort::Fonts {
    struct Destroy {
        void operator()(FcConfig* owned) const { FcConfigDestroy(owned); }
        void operator()(FcFontSet* owned) const { FcFontSetDestroy(owned); }
    };
    std::unique_ptr<FcConfig, Destroy> config;  // our own: fontconfig's shared one is global state
    std::unique_ptr<FcFontSet, Destroy> set;
};

LastResort::LastResort() : fonts_(std::make_unique<Fonts>()) {
    fonts_->config.reset(FcInitLoadConfigAndFonts());
    if (!fonts_->config) return;
    const std::unique_ptr<FcPattern, DestroyPattern> outlines(
        FcPatternBuild(nullptr, FC_SCALABLE, FcTypeBool, FcTrue, nullptr));
    const std::unique_ptr<FcObjectSet, DestroyObjects> wanted(
        FcObjectSetBuild(FC_FILE, FC_INDEX, FC_CHARSET, FC_FAMILY, FC_SLANT, FC_WEIGHT, FC_VARIABLE, nullptr));
    fonts_->set.reset(FcFontList(fonts_->config.get(), outlines.get(), wanted.get()));
}

LastResort::~LastResort() = default;

std::optional<InstalledFont> LastResort::find(UChar32 c, Weight weight) const {
    if (!fonts_->set) return std::nullopt;
    FcPattern* best = nullptr;
    for (int i = 0; i < fonts_->set->nfont; ++i) {
        FcPattern* font = fonts_->set->fonts[i];
        FcCharSet* characters = nullptr;
        if (FcPatternGetCharSet(font, FC_CHARSET, 0, &characters) != FcResultMatch ||
            FcCharSetHasChar(characters, static_cast<FcChar32>(c)) == FcFalse || string(font, FC_FILE).empty()) {
            continue;
        }
        if (best == nullptr || suitability(font, weight) > suitability(best, weight)) best = font;
    }
    if (best == nullptr) return std::nullopt;
    // The high half of the index is the number of a variable font's named instance; we take the default one.
    return InstalledFont{string(best, FC_FILE), static_cast<unsigned>(integer(best, FC_INDEX)) & 0xffffU};
}

}  // namespace hallcast::text
