#include "player/text/shape.h"

namespace hallcast::text {
namespace {

hb_script_t shaping_script(UScriptCode script) {
    const char* name = uscript_getShortName(script);
    return name == nullptr ? HB_SCRIPT_COMMON : hb_script_from_string(name, -1);
}

}  // namespace

hb_language_t shaping_language(const Language& language) {
    return hb_language_from_string(language.tag.data(), static_cast<int>(language.tag.size()));
}

Shaper::Shaper(const FontLibrary& fonts) : fonts_(fonts), buffer_(hb_buffer_create()) {}

void Shaper::shape(const std::u16string& text, const Item& item, std::int32_t start, std::int32_t end,
                   hb_language_t language, float scale, std::vector<ShapedGlyph>& glyphs) {
    if (item.font == no_font) return;
    const FontFace& face = fonts_.face(item.font);
    const auto length = static_cast<int>(text.size());
    hb_buffer_t* buffer = buffer_.get();
    hb_buffer_clear_contents(buffer);
    hb_buffer_add_utf16(buffer, reinterpret_cast<const std::uint16_t*>(text.data()), length,
                        static_cast<unsigned>(start), end - start);
    hb_buffer_set_direction(buffer, (item.level & 1) != 0 ? HB_DIRECTION_RTL : HB_DIRECTION_LTR);
    hb_buffer_set_script(buffer, shaping_script(item.script));
    hb_buffer_set_language(buffer, language);
    unsigned flags = HB_BUFFER_FLAG_REMOVE_DEFAULT_IGNORABLES;
    if (start == 0) flags |= HB_BUFFER_FLAG_BOT;
    if (end == length) flags |= HB_BUFFER_FLAG_EOT;
    hb_buffer_set_flags(buffer, static_cast<hb_buffer_flags_t>(flags));
    hb_shape(face.font(), buffer, nullptr, 0);

    unsigned count = 0;
    const hb_glyph_info_t* infos = hb_buffer_get_glyph_infos(buffer, &count);
    const hb_glyph_position_t* positions = hb_buffer_get_glyph_positions(buffer, &count);
    const float em = scale / face.units_per_em();
    glyphs.reserve(glyphs.size() + count);
    for (unsigned i = 0; i < count; ++i) {
        if (infos[i].codepoint == 0) continue;  // .notdef: counted as missing by the itemiser
        glyphs.push_back(
            {.glyph = infos[i].codepoint,
             .cluster = static_cast<std::int32_t>(infos[i].cluster),
             .safe_to_break = (hb_glyph_info_get_glyph_flags(&infos[i]) & HB_GLYPH_FLAG_UNSAFE_TO_BREAK) == 0,
             .advance = static_cast<float>(positions[i].x_advance) * em,
             .x = static_cast<float>(positions[i].x_offset) * em,
             .y = static_cast<float>(positions[i].y_offset) * em});
    }
}

}  // namespace hallcast::text
