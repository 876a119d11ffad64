#include "player/text/font_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace hallcast::text {
namespace {

// Noto's file names are made of Unicode's script names; these are the exceptions.
std::string stem_of(UScriptCode script) {
    switch (script) {
        case USCRIPT_LATIN:
        case USCRIPT_CYRILLIC:
        case USCRIPT_GREEK:
        case USCRIPT_COMMON:
        case USCRIPT_INHERITED:
        case USCRIPT_UNKNOWN:
            return "Sans";
        case USCRIPT_NKO:
            return "SansNKo";
        case USCRIPT_BRAILLE:
            return "SansSymbols2";
        case USCRIPT_TIBETAN:
        case USCRIPT_AHOM:
        case USCRIPT_DOGRA:
        case USCRIPT_TANGUT:
        case USCRIPT_YEZIDI:
            return "Serif" + std::string(uscript_getName(script));
        case USCRIPT_NYIAKENG_PUACHUE_HMONG:
            return "SerifNyiakengPuachueHmong";
        default: {
            const char* name = uscript_getName(script);
            std::string stem = "Sans" + std::string(name == nullptr ? "" : name);
            std::erase(stem, '_');
            return stem;
        }
    }
}

bool is_east_asian(UScriptCode script) {
    switch (script) {
        case USCRIPT_HAN:
        case USCRIPT_HIRAGANA:
        case USCRIPT_KATAKANA:
        case USCRIPT_KATAKANA_OR_HIRAGANA:
        case USCRIPT_BOPOMOFO:
        case USCRIPT_HANGUL:
            return true;
        default:
            return false;
    }
}

unsigned collection_face(UScriptCode script, HanForm han) {
    if (han == HanForm::unspecified) {
        switch (script) {
            case USCRIPT_HIRAGANA:
            case USCRIPT_KATAKANA:
            case USCRIPT_KATAKANA_OR_HIRAGANA:
                han = HanForm::japanese;
                break;
            case USCRIPT_HANGUL:
                han = HanForm::korean;
                break;
            case USCRIPT_BOPOMOFO:
                han = HanForm::traditional;
                break;
            default:
                han = HanForm::simplified;
                break;
        }
    }
    return static_cast<unsigned>(han);
}

class Candidates {
  public:
    Candidates(Weight weight, std::vector<FontFile>& fonts) : weight_(weight), fonts_(fonts) {}
    // The regular weight follows the bold one: some fonts have no other.
    void add(std::string_view stem, std::string_view extension = "ttf", unsigned face = 0) {
        if (weight_ == Weight::bold) add_file(stem, "Bold", extension, face);
        add_file(stem, "Regular", extension, face);
    }
    void add_single(std::string_view name) { add_unless_there({std::string(name), 0}); }

  private:
    void add_file(std::string_view stem, std::string_view weight, std::string_view extension, unsigned face) {
        add_unless_there({fmt::format("Noto{}-{}.{}", stem, weight, extension), face});
    }
    void add_unless_there(FontFile font) {
        if (std::ranges::find(fonts_, font) == fonts_.end()) fonts_.push_back(std::move(font));
    }

    Weight weight_;
    std::vector<FontFile>& fonts_;
};

}  // namespace

std::vector<FontFile> fonts_for(UScriptCode script, Forms forms, Weight weight, bool emoji) {
    std::vector<FontFile> fonts;
    Candidates candidates(weight, fonts);
    constexpr std::string_view colour_emoji = "NotoColorEmoji.ttf";
    if (emoji) candidates.add_single(colour_emoji);
    if (script == USCRIPT_ARABIC && forms.nastaliq) candidates.add("NastaliqUrdu");
    if (!is_east_asian(script)) candidates.add(stem_of(script));
    if (is_east_asian(script)) candidates.add("SansCJK", "ttc", collection_face(script, forms.han));
    candidates.add("Sans");
    candidates.add("SansSymbols");
    candidates.add("SansSymbols2");
    candidates.add("SansMath");
    candidates.add("Music");
    candidates.add("SansCJK", "ttc", collection_face(script, forms.han));
    candidates.add_single(colour_emoji);
    return fonts;
}

}  // namespace hallcast::text
