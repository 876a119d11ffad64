// Where lines end on the texts that hallcast ships, compared with Pango's in the same fonts and widths.
#include <fontconfig/fontconfig.h>
#include <pango/pangoft2.h>
#include <yaml-cpp/yaml.h>

#include <cstdlib>
#include <filesystem>

#include "player/text/break_lines.h"
#include "tests/text/stage.h"

namespace text_test::pango {

constexpr double size_px = 40;

// Pango with one of our font files only, unhinted, so that the advances are ours.
class OneFont {
  public:
    explicit OneFont(const std::filesystem::path& file) : config_(FcConfigCreate()), map_(pango_ft2_font_map_new()) {
        FcConfigAppFontAddFile(config_, reinterpret_cast<const FcChar8*>(file.c_str()));
        pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(map_), config_);
        pango_fc_font_map_set_default_substitute(
            PANGO_FC_FONT_MAP(map_),
            [](FcPattern* pattern, gpointer) {
                FcPatternAddBool(pattern, FC_HINTING, FcFalse);
                FcPatternAddBool(pattern, FC_ANTIALIAS, FcTrue);
            },
            nullptr, nullptr);
        context_ = pango_font_map_create_context(map_);
        pango_context_set_round_glyph_positions(context_, FALSE);
        description_ = pango_font_description_new();
        pango_font_description_set_absolute_size(description_, size_px * PANGO_SCALE);
    }
    ~OneFont() {
        pango_font_description_free(description_);
        g_object_unref(context_);
        g_object_unref(map_);
        FcConfigDestroy(config_);
    }
    OneFont(const OneFont&) = delete;
    OneFont& operator=(const OneFont&) = delete;

    struct Lines {
        std::vector<std::int32_t> starts;  // bytes of the UTF-8
        double widest = 0;
    };
    Lines lines(const std::string& text, const std::string& language, double width) {
        pango_context_set_language(context_, pango_language_from_string(language.c_str()));
        PangoLayout* layout = pango_layout_new(context_);
        pango_layout_set_font_description(layout, description_);
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
        pango_layout_set_width(layout, width > 0 ? static_cast<int>(width * PANGO_SCALE) : -1);
        // We divide an overlong word without a hyphen, which would be wrong in most languages.
        PangoAttrList* attributes = pango_attr_list_new();
        pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE));
        pango_layout_set_attributes(layout, attributes);
        pango_attr_list_unref(attributes);
        pango_layout_set_text(layout, text.data(), static_cast<int>(text.size()));
        Lines result;
        for (int i = 0; i < pango_layout_get_line_count(layout); ++i) {
            PangoLayoutLine* line = pango_layout_get_line_readonly(layout, i);
            result.starts.push_back(line->start_index);
            PangoRectangle extent;
            pango_layout_line_get_extents(line, nullptr, &extent);
            result.widest = std::max(result.widest, static_cast<double>(extent.width) / PANGO_SCALE);
        }
        g_object_unref(layout);
        return result;
    }

  private:
    FcConfig* config_;
    PangoFontMap* map_;
    PangoContext* context_ = nullptr;
    PangoFontDescription* description_ = nullptr;
};

std::int32_t utf8_bytes(std::u16string_view text) {
    std::int32_t bytes = 0;
    for (const char16_t unit : text) bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : (unit & 0xf800) == 0xd800 ? 2 : 3;
    return bytes;
}

std::vector<std::int32_t> our_starts(ShapedText& shaped, double width) {
    std::vector<std::int32_t> starts;
    for (const Line& line : break_lines(shaped, width / size_px, 1000)) {
        starts.push_back(
            utf8_bytes(std::u16string_view(shaped.text()).substr(0, static_cast<std::size_t>(line.start))));
    }
    return starts;
}

TEST_CASE("the shipped texts have the width and the lines that Pango gives them") {
    const char* source = std::getenv("HALLCAST_SOURCE");
    const std::filesystem::path folder = std::filesystem::path(source != nullptr ? source : ".") / "content/texts";
    Stage stage;
    BreakIterators breaks;
    int texts = 0;
    int layouts = 0;
    int skipped = 0;
    int other_lines = 0;
    std::string others;
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
        const std::string language = file.path().stem();
        for (const auto& entry : YAML::LoadFile(file.path())) {
            const auto text = entry.second.as<std::string>();
            const CleanText clean_text = clean(text);
            ShapedText shaped(clean_text.utf16, parse_language(language), Weight::regular, *stage.fonts, breaks);
            const auto length = static_cast<std::int32_t>(clean_text.utf16.size());
            std::set<FontId> fonts;
            for (const LineGlyph& glyph : shaped.line(0, length).glyphs) fonts.insert(glyph.font);
            std::filesystem::path font;
            for (const auto& fonts_folder : stage.fonts->folders()) {
                const auto path = fonts_folder / stage.fonts->face(*fonts.begin()).name();
                if (std::filesystem::exists(path)) font = path;
            }
            // Pango's choice among fonts and faces is its own: only texts in one font are comparable.
            if (fonts.size() != 1 || font.extension() == ".ttc") {
                ++skipped;
                continue;
            }
            ++texts;
            OneFont pango(font);
            INFO(language << ": " << text);
            const double whole = shaped.width(0, length) * size_px;
            CHECK(pango.lines(text, language, 0).widest == Approx(whole).margin(0.05 + whole * 0.002));
            for (const double width : {200.0, 333.0, 480.0, 720.0}) {
                ++layouts;
                const auto ours = our_starts(shaped, width);
                const auto theirs = pango.lines(text, language, width).starts;
                if (ours == theirs) continue;
                ++other_lines;
                others += fmt::format("\n  {} in {}: '{}': {} and Pango {} lines", language, width, text, ours.size(),
                                      theirs.size());
            }
        }
    }
    WARN("Pango: " << texts << " texts in one font, " << layouts << " layouts, " << other_lines
                   << " with other lines; not comparable (several fonts, or a collection): " << skipped << others);
    CHECK(texts > 150);
    CHECK(other_lines == 0);
}

}  // namespace text_test::pango
