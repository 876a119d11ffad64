// A type specimen, drawn and compared with golden pictures: every shipped language, sizes, bidi, emoji, tall scripts,
// fit, ellipsis, spans. HALLCAST_GOLDEN=write draws the golden pictures anew; look at them before you keep them.
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <fstream>

#include "player/picture/image_file.h"
#include "player/picture/painter.h"
#include "tests/text/samples.h"
#include "tests/text/stage.h"

namespace text_test::specimen {

namespace picture = hallcast::picture;

std::filesystem::path golden_folder() {
    const char* source = std::getenv("HALLCAST_SOURCE");  // as ctest sets it
    return std::filesystem::path(source != nullptr ? source : ".") / "tests/text/golden";
}

// Paragraphs one below the other, each on a tint of its own extent: ink beside the tint would be ink that is cut.
class Page {
  public:
    Page(std::string name, Stage& stage) : name_(std::move(name)), stage_(stage) {
        scene_.background = {255, 255, 255};
    }
    void add(std::string_view text, const std::string& language, const Box& box = {}, float size_px = 24,
             Weight weight = Weight::regular) {
        const Span whole{.utf8 = text, .weight = weight};
        add(std::span(&whole, 1), language, box, size_px);
    }
    void add(std::span<const Span> spans, const std::string& language, const Box& box = {}, float size_px = 24) {
        const ParagraphPtr paragraph = stage_.typesetter->set(spans, {size_px, Weight::regular, language}, box);
        for (const PlacedGlyph& glyph : paragraph->glyphs) fonts_.insert(glyph.font);
        const int width = static_cast<int>(box.width > 0 ? box.width : std::ceil(paragraph->width));
        const int height = static_cast<int>(box.height > 0 ? box.height : paragraph->height);
        constexpr picture::Colour tint{226, 236, 246};
        constexpr picture::Colour ink{16, 24, 48};
        constexpr picture::Colour accent{193, 18, 31};
        const picture::ScreenRect extent{margin, y_, width, height};
        scene_.items.push_back({++id_, extent, picture::Fill{tint}});
        // The item's box is larger than the paragraph, so that what leaves it is seen.
        const picture::ScreenRect around{0, y_ - margin, width + 2 * margin, height + 2 * margin};
        scene_.items.push_back(
            {++id_, around, picture::Text{paragraph, float{margin}, static_cast<float>(y_), ink, accent}});
        width_ = std::max(width_, width + 2 * margin);
        y_ += height + gap;
        missing_ += paragraph->missing;
    }
    const picture::Scene& scene() {
        scene_.size = {width_, y_ - gap + margin};
        return scene_;
    }
    const std::string& name() const { return name_; }
    const std::set<std::uint32_t>& fonts() const { return fonts_; }
    int missing() const { return missing_; }

  private:
    static constexpr int margin = 8;
    static constexpr int gap = 6;
    std::string name_;
    Stage& stage_;
    picture::Scene scene_;
    std::set<std::uint32_t> fonts_;
    std::uint64_t id_ = 0;
    int width_ = 0;
    int y_ = margin;
    int missing_ = 0;
};

Page languages(Stage& stage) {
    Page page("languages", stage);
    for (const ScriptSample& sample : script_samples) page.add(sample.text, sample.language, {.width = 760}, 22);
    page.add("ກະລຸນາໄປທີ່ປ່ອງບໍລິການ", "lo", {.width = 760}, 22);
    page.add("番号をお呼びするまでお待ちください。直骨", "ja", {.width = 760}, 22);
    page.add("தயவுசெய்து காத்திருக்கவும்", "ta", {.width = 760}, 22);
    page.add("Խնդրում ենք սպասել ձեր հերթին", "hy", {.width = 760}, 22);
    page.add("བོད་ཡིག བསྒྲུབས", "bo", {.width = 760}, 22);
    page.add("Numer A012 proszony do stanowiska 3", "pl", {.width = 760}, 22, Weight::bold);
    page.add("请到三号窗口 直骨", "zh", {.width = 760}, 22, Weight::bold);
    page.add("يرجى التوجه إلى الشباك ٣", "ar", {.width = 760}, 22, Weight::bold);
    return page;
}

Page sizes(Stage& stage) {
    Page page("sizes", stage);
    for (const float size : {9.0F, 12.0F, 16.0F, 21.5F, 32.0F, 48.0F, 80.0F})
        page.add("A012 Żółć → 3 请 شباك ชั้น", "pl", {}, size);
    return page;
}

Page bidi(Stage& stage) {
    Page page("bidi", stage);
    for (const Align align : {Align::start, Align::centre, Align::end}) {
        page.add("الرقم A012 (القاعة 3) إلى الشباك 12, من 8:30 إلى 15:00.", "ar", {.width = 560, .align = align});
    }
    page.add("מספר A012 לדלפק 7 (קומה 2) – 50% ‏[חדש]", "he", {.width = 560});
    page.add("The word \u2067مرحبا!\u2069 (hello) and 12 ١٢, then \u2067שלום (3)\u2069.", "en", {.width = 560});
    page.add("رقم \u2066A-012!\u2069 و \u2066+48 22 123\u2069", "ar", {.width = 560});
    page.add("Witamy مرحبا 12-34 欢迎 (ласкаво) בית", "pl", {.width = 560});
    page.add("لا إله ﷺ ـــ fi [قوس {متداخل} أقواس] 1/2", "fa", {.width = 560});
    page.add("عدد ۱۲۳ و 456 در ۱۵:۳۰", "fa", {.width = 560});
    return page;
}

Page emoji(Stage& stage) {
    Page page("emoji", stage);
    page.add("😀 Kolejka 🕒 → 🚪 ✅ A012 ❤️ ☎ ☎️ ☺︎ ☔ ☔︎", "pl", {}, 32);
    page.add(
        "👩‍👩‍👧‍👦 👩🏽‍💻 🏳️‍🌈 👍🏿 🧑🏻‍🤝‍🧑🏾 🇵🇱🇺🇦🇻🇳🇬🇪 "
        "🏴󠁧󠁢󠁳󠁣󠁴󠁿 "
        "1️⃣ #️⃣",
        "pl", {}, 32);
    page.add("👩‍👩‍👧‍👦 👩🏽‍💻 🇵🇱🇺🇦 1️⃣ 😀", "pl", {}, 14);
    page.add("مرحبا 👋🏽 123 🇸🇦 ✅", "ar", {.width = 300}, 32);
    return page;
}

Page tall(Stage& stage) {
    Page page("tall", stage);
    page.add("براہِ کرم کاؤنٹر نمبر ۳ پر تشریف لائیں۔ ٹھہریے، آپ کی باری آئے گی", "ur", {.width = 420}, 32);
    page.add("ที่นี่ ป้ำ ฎุ ฐู กรุณาไปที่ช่องบริการหมายเลขสาม", "th", {.width = 420}, 32);
    page.add("ẪỆ ẬỘ Ữ ẵ Nguyễn Việt A\u0302\u0303\u0323 E\u0302\u0309\u0323", "vi", {.width = 420}, 32);
    page.add("བསྒྲུབས ཀྵྨླྭྱྲ", "bo", {}, 32);
    page.add("ဥက္ကဋ္ဌ မြန်မာ ကြွေး", "my", {}, 32);
    page.add("र्ट्रि ङ्क्ष्म लक्ष्मी", "hi", {}, 32);
    page.add(
        "Z\u0351\u036b\u0343\u0302\u0323\u0325\u0326a\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0323\u0324\u0325"
        "lgo\u0330\u0331\u0332\u0333",
        "en", {}, 32);
    page.add("إِلَىٰ ٱلشُّبَّاكِ لِلَّهِ", "ar", {}, 32);
    return page;
}

Page fit(Stage& stage) {
    Page page("fit", stage);
    const char* polish = "Osoby oczekujące na wydanie karty pobytu prosimy o pobranie numeru z biletomatu.";
    const char* arabic = "يرجى أخذ رقم A012 والانتظار حتى يُنادى عليكم (الشباك 3).";
    const char* thai = "กรุณาไปที่ช่องบริการหมายเลขสามเมื่อหมายเลขของท่านปรากฏ";
    const char* chinese = "请在入口处的取号机取号，然后就座等候。叫到您的号码时，请到窗口办理。";
    const auto each = [&](const Box& box, float size) {
        page.add(polish, "pl", box, size);
        page.add(arabic, "ar", box, size);
        page.add(thai, "th", box, size);
        page.add(chinese, "zh", box, size);
    };
    each({.width = 500, .height = 70, .align = Align::centre, .min_size_px = 8}, 60);
    each({.width = 300, .max_lines = 1}, 24);
    each({.width = 240, .height = 75}, 22);
    page.add("Aufenthalts\u00aderlaubnis\u00adantrag Konstantynopolitańczykowianeczka", "de", {.width = 230}, 24);
    return page;
}

Page spans(Stage& stage) {
    Page page("spans", stage);
    const auto sentence = [&](const char* before, const char* number, const char* after, const char* language,
                              float scale = 1, const Box& box = {}) {
        page.add(std::array{Span{before}, Span{number, Weight::bold, Ink::accent, scale}, Span{after}}, language, box,
                 32);
    };
    sentence("Please go to counter ", "3", "", "en");
    sentence("يُرجى التوجه إلى الشباك رقم ", "12", " الآن (القاعة 3).", "ar");
    sentence("กรุณาไปที่ช่องบริการ ", "3", " เมื่อพร้อม", "th");
    sentence("请到 ", "12", " 号窗口", "zh");
    sentence("कृपया काउंटर ", "12", " पर जाएँ", "hi");
    sentence("מספר A012 לדלפק ", "7", " (קומה 2)", "he", 1.5F);
    sentence("Prosimy o numer ", "A012 ", "do stanowiska, a potem do kasy", "pl", 2, {.width = 420});
    sentence("Prosimy o numer ", "A012 do stanowiska", ", a potem do kasy", "pl", 1.25F,
             {.width = 420, .max_lines = 1});
    sentence("براہِ کرم کاؤنٹر نمبر ", "۳", " پر تشریف لائیں۔", "ur", 1, {.width = 420, .min_size_px = 8});
    // Letters of one word in two inks, in two weights, in two sizes: joined.
    page.add(
        std::array{Span{"مر"}, Span{.utf8 = "حبا", .ink = Ink::accent}, Span{" شم"},
                   Span{.utf8 = "سين", .weight = Weight::bold}, Span{" سبـ"}, Span{.utf8 = "ـعين", .scale = 0.5F},
                   Span{.utf8 = " ٹھہر", .language = "ur"}, Span{.utf8 = "یے", .ink = Ink::accent, .language = "ur"}},
        "ar", {}, 40);
    page.add(std::array{Span{.utf8 = "直骨", .language = "zh-Hans"}, Span{.utf8 = "直骨", .language = "zh-Hant"},
                        Span{.utf8 = "直骨", .ink = Ink::accent, .language = "ja"},
                        Span{.utf8 = "직골 直骨", .language = "ko"}, Span{.utf8 = " 😀 A", .scale = 2}},
             "pl", {}, 24);
    return page;
}

// "NotoSans-Regular.ttf 2.004": what the golden pictures depend on.
std::string versions(const Stage& stage, const std::set<std::uint32_t>& fonts) {
    std::set<std::string> lines;
    for (const std::uint32_t id : fonts) {
        const FontFace& face = stage.fonts->face(id);
        hb_blob_t* head = hb_face_reference_table(hb_font_get_face(face.font()), HB_TAG('h', 'e', 'a', 'd'));
        unsigned length = 0;
        const char* bytes = hb_blob_get_data(head, &length);
        double revision = 0;  // 16.16, big endian, at byte 4
        for (unsigned i = 4; i < 8 && length >= 8; ++i) revision = revision * 256 + static_cast<std::uint8_t>(bytes[i]);
        hb_blob_destroy(head);
        lines.insert(fmt::format("{} {:.3f}\n", face.name(), revision / 65536));
    }
    std::string text;
    for (const std::string& line : lines) text += line;
    return text;
}

std::string content_of(const std::filesystem::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

// Rasterisers of different versions differ a little at the edges of letters, and nowhere else.
struct Difference {
    double mean = 0;       // of all channels, 0..255
    double differing = 0;  // the share of pixels with a channel that is more than 40 off
};

Difference difference(std::span<const std::uint8_t> one, std::span<const std::uint8_t> other) {
    Difference result;
    std::size_t off = 0;
    for (std::size_t pixel = 0; pixel + 3 < one.size(); pixel += 4) {
        int worst = 0;
        for (std::size_t channel = 0; channel < 3; ++channel) {
            const int d = std::abs(one[pixel + channel] - other[pixel + channel]);
            worst = std::max(worst, d);
            result.mean += d;
        }
        if (worst > 40) ++off;
    }
    result.mean /= static_cast<double>(one.size()) * 3 / 4;
    result.differing = static_cast<double>(off) * 4 / static_cast<double>(one.size());
    return result;
}

constexpr double most_mean = 0.25;
constexpr double most_differing = 0.001;

TEST_CASE("the type specimen looks like its golden pictures") {
    Stage stage;
    Page pages[] = {languages(stage), sizes(stage), bidi(stage), emoji(stage), tall(stage), fit(stage), spans(stage)};
    const char* mode = std::getenv("HALLCAST_GOLDEN");
    const bool writing = mode != nullptr && std::string_view(mode) == "write";
    std::set<std::uint32_t> fonts;
    for (const Page& page : pages) fonts.insert(page.fonts().begin(), page.fonts().end());
    const std::filesystem::path recorded = golden_folder() / "fonts.txt";
    if (writing) {
        std::ofstream(recorded) << versions(stage, fonts);
    } else if (content_of(recorded) != versions(stage, fonts)) {
        WARN("skipped: the fonts are not those of " << recorded << ", but:\n" << versions(stage, fonts));
        return;
    }
    const auto painter = picture::make_memory_painter(*stage.fonts);
    for (Page& page : pages) {
        INFO(page.name());
        CHECK(page.missing() == 0);
        const picture::Scene& scene = page.scene();
        painter->invalidate();
        painter->paint(scene);
        const std::filesystem::path golden = golden_folder() / (page.name() + ".png");
        if (writing) {
            REQUIRE(picture::write_png(golden, scene.size, painter->pixels()).has_value());
            continue;
        }
        const auto expected = picture::read_png(golden);
        REQUIRE(expected.has_value());
        const bool same_size = (*expected)->width == scene.size.width && (*expected)->height == scene.size.height;
        const Difference found = same_size ? difference(painter->pixels(), (*expected)->pixels) : Difference{255, 1};
        if (found.mean <= most_mean && found.differing <= most_differing) continue;
        const std::filesystem::path actual =
            std::filesystem::temp_directory_path() / ("hallcast-specimen-" + page.name() + ".png");
        REQUIRE(picture::write_png(actual, scene.size, painter->pixels()).has_value());
        FAIL_CHECK("differs from " << golden << ": mean " << found.mean << ", share of pixels " << found.differing
                                   << "; what was drawn is in " << actual);
    }
}

}  // namespace text_test::specimen
