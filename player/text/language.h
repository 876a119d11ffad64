// What a BCP 47 language tag says about setting text: its usual script, its direction, its forms.
#pragma once

#include <unicode/uscript.h>

#include <compare>
#include <string>
#include <string_view>

namespace hallcast::text {

// Which of the regional forms Han characters take; the order of Noto's faces in its font collections.
enum class HanForm : unsigned char { japanese, korean, simplified, traditional, hong_kong, unspecified };

// The forms that languages sharing a script do not share: fonts are chosen by them.
struct Forms {
    HanForm han = HanForm::unspecified;
    bool nastaliq = false;  // Arabic letters hang from a sloping line, as Urdu is read
    auto operator<=>(const Forms&) const = default;
};

struct Language {
    std::string tag;                     // as given
    UScriptCode script = USCRIPT_LATIN;  // the language's usual one, or the tag's script subtag
    Forms forms;
    bool right_to_left = false;
    bool keeps_one_letter_words = false;  // with the word after them: Slavic prepositions, such as Polish "w"
};

// Never fails: an unknown tag is a left-to-right language in Latin script.
Language parse_language(std::string_view tag);

}  // namespace hallcast::text
