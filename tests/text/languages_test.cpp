#include <cmath>

#include "tests/text/stage.h"

namespace text_test::languages {

struct Sample {
    const char* language;
    const char* text;
    std::set<std::string> fonts;
    bool right_to_left = false;
};

const std::vector<Sample>& samples() {
    static const std::vector<Sample> all = {
        {"pl", "Numer A012 proszony do stanowiska 3. Zażółć gęślą jaźń", {"NotoSans-Regular.ttf"}},
        {"uk", "Номер А012, підійдіть до віконця 3. Їжак, ґанок, є", {"NotoSans-Regular.ttf"}},
        {"ru", "Номер А012, подойдите к окну 3. Съешь ещё", {"NotoSans-Regular.ttf"}},
        {"ar", "الرقم ١٢، يرجى التوجه إلى الشباك ٣", {"NotoSansArabic-Regular.ttf"}, true},
        {"hi", "कृपया काउंटर पर जाएँ। क्षमा करें", {"NotoSansDevanagari-Regular.ttf"}},
        {"ka", "გთხოვთ მიხვიდეთ სარკმელთან", {"NotoSansGeorgian-Regular.ttf"}},
        {"vi", "Xin mời đến quầy số 3. ẪỆ Nguyễn Việt", {"NotoSans-Regular.ttf"}},
        {"zh", "请到三号窗口办理居留许可，谢谢。", {"NotoSansCJK-Regular.ttc"}},
        {"he", "נא לגשת לדלפק", {"NotoSansHebrew-Regular.ttf"}, true},
        {"am", "ቁጥር", {"NotoSansEthiopic-Regular.ttf"}},
        {"th", "กรุณาไปที่ช่องบริการ", {"NotoSansThai-Regular.ttf"}},
        {"bo", "བོད་ཡིག", {"NotoSerifTibetan-Regular.ttf"}},
    };
    return all;
}

TEST_CASE("each language of the hall is set in the font of its script, with nothing missing") {
    Stage stage;
    for (const Sample& sample : samples()) {
        INFO(sample.language << ": " << sample.text);
        const ParagraphPtr paragraph = stage.set(sample.text, sample.language);
        CHECK(paragraph->missing == 0);
        CHECK(paragraph->lines == 1);
        CHECK(paragraph->right_to_left == sample.right_to_left);
        CHECK(stage.font_names(*paragraph) == sample.fonts);
        for (const PlacedGlyph& glyph : paragraph->glyphs) CHECK(glyph.glyph != 0);
    }
}

TEST_CASE("bold text takes the bold files") {
    Stage stage;
    CHECK(stage.font_names(*stage.set("Numer", "pl", {}, 32, Weight::bold)) ==
          std::set<std::string>{"NotoSans-Bold.ttf"});
    CHECK(stage.font_names(*stage.set("请", "zh", {}, 32, Weight::bold)) ==
          std::set<std::string>{"NotoSansCJK-Bold.ttc"});
    CHECK(stage.set("Numer", "pl", {}, 32, Weight::bold)->width > stage.set("Numer", "pl")->width);
}

TEST_CASE("Han characters take the forms of the language") {
    Stage stage;
    const char* different_everywhere = "直骨";  // differ in Chinese, Taiwanese and Japanese print
    const auto in = [&](const char* language) { return glyph_ids(*stage.set(different_everywhere, language)); };
    CHECK(in("zh") == in("zh-Hans"));
    CHECK(in("zh") == in("zh-CN"));
    CHECK(in("zh-TW") == in("zh-Hant"));
    CHECK(in("zh") != in("ja"));
    CHECK(in("zh") != in("zh-Hant"));
    CHECK(in("zh-Hant") != in("ja"));
    const ParagraphPtr chinese = stage.set("直", "zh");
    const ParagraphPtr japanese = stage.set("直", "ja");
    CHECK(stage.fonts->rasterise(chinese->glyphs[0].font, chinese->glyphs[0].glyph, 64).pixels !=
          stage.fonts->rasterise(japanese->glyphs[0].font, japanese->glyphs[0].glyph, 64).pixels);
    INFO("among Kana, Han is Japanese whatever the language");
    CHECK(stage.set("直", "ja")->glyphs[0].glyph == stage.set("直の", "pl")->glyphs[0].glyph);
}

TEST_CASE("Urdu is set in Nastaliq, and Arabic and Persian are not") {
    Stage stage;
    const auto fonts = [&](const char* language, Weight weight = Weight::regular) {
        return stage.font_names(*stage.set("براہ کرم", language, {}, 32, weight));
    };
    CHECK(fonts("ur") == std::set<std::string>{"NotoNastaliqUrdu-Regular.ttf"});
    CHECK(fonts("ur-PK", Weight::bold) == std::set<std::string>{"NotoNastaliqUrdu-Bold.ttf"});
    CHECK(fonts("fa-Aran") == std::set<std::string>{"NotoNastaliqUrdu-Regular.ttf"});
    CHECK(fonts("ur-Arab") == std::set<std::string>{"NotoSansArabic-Regular.ttf"});
    CHECK(fonts("fa") == std::set<std::string>{"NotoSansArabic-Regular.ttf"});
    CHECK(stage.set("براہ کرم", "ur")->right_to_left);
    CHECK(stage.set("12", "fa-Aran")->right_to_left);
}

TEST_CASE("Serbian, Macedonian and Bulgarian letters take the forms of their language where the font has them") {
    // Noto Sans draws the upright Serbian be otherwise than the Russian one; it has no Bulgarian forms.
    Stage stage;
    CHECK(glyph_ids(*stage.set("б", "sr")) != glyph_ids(*stage.set("б", "ru")));
    CHECK(glyph_ids(*stage.set("б", "sr-Cyrl-RS")) == glyph_ids(*stage.set("б", "sr")));
    CHECK(glyph_ids(*stage.set("б", "mk")) == glyph_ids(*stage.set("б", "sr")));
}

TEST_CASE("arrows, signs and currency are found in a symbol font") {
    Stage stage;
    const ParagraphPtr paragraph = stage.set("→ ← ↑ ↓ ✓ ★ ☎ ⚠ ∞ € № • … – „x”", "pl");
    CHECK(paragraph->missing == 0);
    for (const PlacedGlyph& glyph : paragraph->glyphs) CHECK(glyph.glyph != 0);
}

TEST_CASE("several scripts in one line each get their font") {
    Stage stage;
    const ParagraphPtr paragraph = stage.set("Witamy مرحبا 欢迎 ласкаво", "pl");
    CHECK(paragraph->missing == 0);
    CHECK(stage.font_names(*paragraph) ==
          std::set<std::string>{"NotoSans-Regular.ttf", "NotoSansArabic-Regular.ttf", "NotoSansCJK-Regular.ttc"});
}

TEST_CASE("no glyph's bitmap is cut by the paragraph's height") {
    Stage stage;
    std::vector<std::pair<std::string, std::string>> texts = {
        {"ur", "براہِ کرم کاؤنٹر نمبر ۳ پر تشریف لائیں ٹھہریے"},
        {"vi", "ẪỆ ẬỘ"},
        {"vi", "A\u0302\u0303\u0323 E\u0302\u0309\u0323"},
        {"ar", "إِلَىٰ ٱلشُّبَّاكِ لِلَّهِ"},
        {"en", "→ ▓ ʬ ⚠ ẞ"},
        {"hi", "र्ट्रि ङ्क्ष्म"},
        {"th", "ที่นี่ ป้ำ ฎุ ฐู"},
        {"bo", "བསྒྲུབས"},
        {"my", "မြန်မာ ဥက္ကဋ္ဌ"},
    };
    for (const Sample& sample : samples()) texts.emplace_back(sample.language, sample.text);
    for (const float size : {11.0F, 32.0F, 47.3F, 200.0F}) {
        for (const auto& [language, text] : texts) {
            INFO(language << ": " << text << " at " << size);
            const ParagraphPtr paragraph = stage.set(text + "\n" + text, language, {}, size);
            CHECK(paragraph->lines == 2);
            int inked = 0;
            for (const PlacedGlyph& glyph : paragraph->glyphs) {
                const GlyphBitmap bitmap = stage.fonts->rasterise(glyph.font, glyph.glyph, paragraph->size_px);
                if (bitmap.height == 0) continue;
                ++inked;
                const auto top = static_cast<int>(std::lround(glyph.y)) - bitmap.top;
                CHECK(top >= 0);
                CHECK(top + bitmap.height <= paragraph->height);
            }
            CHECK(inked > 0);
        }
    }
}

TEST_CASE("an unhinted glyph is as wide as its linear advance says at any size") {
    Stage stage;
    const float width = stage.set("Hamburgefonstiv", "en", {}, 20)->width;
    CHECK(stage.set("Hamburgefonstiv", "en", {}, 200)->width == Approx(10 * width));
}

}  // namespace text_test::languages
