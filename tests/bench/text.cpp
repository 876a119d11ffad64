// Microseconds a paragraph: set anew and from the cache, beside plain HarfBuzz shaping of the same text in the same
// font, and beside Pango.
//     bench_text [SECONDS]      (time for each figure; default 0.1)
#include <fmt/format.h>
#include <hb-ot.h>
#ifdef HALLCAST_PANGO
#include <pango/pangoft2.h>
#endif

#include <cstdlib>
#include <string>

#include "player/text/font_library.h"
#include "player/text/typesetter.h"
#include "tests/bench/microseconds.h"
#include "tests/text/samples.h"

namespace {

using namespace hallcast;

void shape_plainly(hb_font_t* font, hb_buffer_t* buffer, const text_test::ScriptSample& sample) {
    hb_buffer_clear_contents(buffer);
    hb_buffer_add_utf8(buffer, sample.text, -1, 0, -1);
    hb_buffer_set_direction(buffer, sample.right_to_left ? HB_DIRECTION_RTL : HB_DIRECTION_LTR);
    hb_buffer_set_script(buffer, hb_script_from_string(sample.script, -1));
    hb_buffer_set_language(buffer, hb_language_from_string(sample.language, -1));
    hb_shape(font, buffer, nullptr, 0);
}

#ifdef HALLCAST_PANGO
class Pango {
  public:
    Pango() : map_(pango_ft2_font_map_new()), context_(pango_font_map_create_context(map_)) {
        description_ = pango_font_description_from_string("Noto Sans 24");
    }
    ~Pango() {
        pango_font_description_free(description_);
        g_object_unref(context_);
        g_object_unref(map_);
    }
    void set(const text_test::ScriptSample& sample) {
        pango_context_set_language(context_, pango_language_from_string(sample.language));
        PangoLayout* layout = pango_layout_new(context_);
        pango_layout_set_font_description(layout, description_);
        pango_layout_set_text(layout, sample.text, -1);
        int width = 0;
        pango_layout_get_size(layout, &width, nullptr);
        g_object_unref(layout);
    }

  private:
    PangoFontMap* map_;
    PangoContext* context_;
    PangoFontDescription* description_;
};
#endif

}  // namespace

int main(int count, char** arguments) {
    const double seconds = count > 1 ? std::atof(arguments[1]) : 0.1;
    auto fonts = text::open_fonts({}, true);
    if (!fonts) {
        fmt::print(stderr, "{}\n", fonts.error().message);
        return 1;
    }
    const auto typesetter = text::make_typesetter(**fonts);
    hb_buffer_t* buffer = hb_buffer_create();
#ifdef HALLCAST_PANGO
    Pango pango;
#endif
    fmt::print("us a paragraph      characters  HarfBuzz      cold  cold/HarfBuzz    cached     Pango\n");
    double worst = 0;
    double sum_plain = 0;
    double sum_cold = 0;
    for (const text_test::ScriptSample& sample : text_test::script_samples) {
        const text::FontFace* face = (*fonts)->open({sample.font, sample.face});
        if (face == nullptr) {
            fmt::print(stderr, "bench_text: no font {}\n", sample.font);
            return 1;
        }
        const double plain = microseconds(seconds, [&] { shape_plainly(face->font(), buffer, sample); });
        // Another size each time, so that it is never the same paragraph.
        float size = 20;
        const text::Style style{24, text::Weight::regular, sample.language};
        text::Style other = style;
        const double cold = microseconds(seconds, [&] {
            other.size_px = size += 0.001F;
            typesetter->set(sample.text, other);
        });
        const double cached = microseconds(seconds, [&] { typesetter->set(sample.text, style); });
        double with_pango = 0;
#ifdef HALLCAST_PANGO
        with_pango = microseconds(seconds, [&] { pango.set(sample); });
#endif
        const auto length = std::count_if(sample.text, sample.text + std::char_traits<char>::length(sample.text),
                                          [](char c) { return (c & 0xc0) != 0x80; });
        fmt::print("{} {:<12} {:>12} {:>9.1f} {:>9.1f} {:>14.2f} {:>9.2f} {:>9.1f}\n", sample.script, sample.language,
                   length, plain, cold, cold / plain, cached, with_pango);
        worst = std::max(worst, cold / plain);
        sum_plain += plain;
        sum_cold += cold;
    }
    fmt::print("all: cold/HarfBuzz {:.2f}, worst {:.2f}\n", sum_cold / sum_plain, worst);
    hb_buffer_destroy(buffer);
    return 0;
}
