#include "player/text/itemise.h"

#include <algorithm>

#include "player/text/font_choice.h"
#include "player/text/script_runs.h"
#include "player/text/unicode_text.h"

namespace hallcast::text {
namespace {

// Where no language says it: Han characters among Kana are Japanese, and among Hangul Korean.
HanForm han_form_of(const std::vector<UScriptCode>& scripts) {
    HanForm form = HanForm::unspecified;
    for (const UScriptCode script : scripts) {
        if (script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA) return HanForm::japanese;
        if (script == USCRIPT_HANGUL) form = HanForm::korean;
    }
    return form;
}

}  // namespace

Itemised itemise(const std::u16string& text, const Styles& styles, const FontLibrary& fonts, BreakIterators& breaks) {
    Itemised result;
    result.cluster_starts = breaks.cluster_starts(text);
    result.directions = resolve_directions(text, styles.base().language);
    const std::vector<UScriptCode> scripts = resolve_scripts(text, styles.base().language.script);
    const HanForm usual_han = han_form_of(scripts);
    FontChoice choice(fonts);

    const auto length = static_cast<std::int32_t>(text.size());
    const auto cluster_end = [&](std::int32_t start) {
        std::int32_t end = start + 1;
        while (result.cluster_starts[static_cast<std::size_t>(end)] == 0) ++end;
        return end;
    };
    std::size_t style = 0;
    bool continues = false;
    for (std::int32_t start = 0; start < length;) {
        const std::int32_t end = cluster_end(start);
        const auto at = static_cast<std::size_t>(start);
        if (is_line_end(text[at])) {
            continues = false;
        } else {
            const auto cluster = std::u16string_view(text).substr(at, static_cast<std::size_t>(end - start));
            style = styles.next_at(start, style);
            const PartStyle& part = styles[style];
            Forms forms = part.language.forms;
            if (forms.han == HanForm::unspecified) forms.han = usual_han;
            const FontChoice::Chosen chosen = choice.choose(cluster, scripts[at], forms, part.weight);
            if (!chosen.complete) ++result.missing;
            const Item item{start, end, result.directions.levels[at], scripts[at], chosen.font, style};
            Item* previous = continues ? &result.items.back() : nullptr;
            if (previous != nullptr && previous->level == item.level && previous->script == item.script &&
                previous->font == item.font && (previous->style == style || styles[previous->style].same_shape(part))) {
                previous->end = end;
            } else {
                result.items.push_back(item);
            }
            continues = true;
        }
        start = end;
    }
    return result;
}

}  // namespace hallcast::text
