#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/text/stage.h"

namespace text_test::fonts {

class TempFolder {
  public:
    TempFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "hallcast-text-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~TempFolder() { std::filesystem::remove_all(path); }
    std::filesystem::path path;
};

TEST_CASE("a character that no font has is counted, logged once with the fonts searched, and drawn as nothing") {
    const Listening listening;
    Stage stage;
    const ParagraphPtr with = stage.set("a\U0010ABCDb\U0010ABCDc");
    CHECK(with->missing == 2);
    CHECK(with->glyphs.size() == 3);
    CHECK(with->width == Approx(stage.set("a")->width + stage.set("b")->width + stage.set("c")->width));
    stage.set("again \U0010ABCD");
    CHECK(listening.times("U+10ABCD") == 1);
    CHECK(listening.times("NotoSans-Regular.ttf") == 1);
}

TEST_CASE("private-use characters are never guessed") {
    const Listening silence;
    Stage stage;
    CHECK(stage.set("\uE000")->missing == 1);
    CHECK(stage.set("\uE000")->glyphs.empty());
}

TEST_CASE("broken UTF-8 becomes U+FFFD, and the rest is set") {
    Stage stage;
    for (const char* broken : {"a\xff"
                               "b",
                               "a\xc3"
                               "b",
                               "a\xe2\x82"
                               "b"}) {
        const ParagraphPtr paragraph = stage.set(broken);
        REQUIRE(paragraph->glyphs.size() == 3);
        CHECK(paragraph->missing == 0);
        CHECK(paragraph->glyphs[1].glyph == stage.glyph_of(paragraph->glyphs[1], U'\ufffd'));
    }
    CHECK(same_glyphs(*stage.set("\xed\xa0\x80"), *stage.set("\ufffd\ufffd\ufffd")));  // a surrogate
}

TEST_CASE("what has no shape of its own is neither drawn nor missing") {
    Stage stage;
    const ParagraphPtr paragraph = stage.set("a\u200d\u200e\u2060\u00ad\ufeff\u0007b");
    CHECK(paragraph->missing == 0);
    CHECK(same_glyphs(*paragraph, *stage.set("ab")));
}

TEST_CASE("a machine without fonts is told what to install") {
    const TempFolder folder;
    const auto opened = open_fonts({folder.path}, false);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().message.find("fonts-noto-core") != std::string::npos);
    CHECK(opened.error().message.find(folder.path.string()) != std::string::npos);
}

TEST_CASE("a file that is no font is passed over") {
    const TempFolder folder;
    std::ofstream(folder.path / "NotoSans-Regular.ttf") << "this is no font";
    const Listening listening;
    CHECK_FALSE(open_fonts({folder.path}, false).has_value());
    CHECK(listening.times("is no font") == 1);
    const auto with_others = open_fonts({folder.path, "/usr/share/fonts/truetype/noto"}, false);
    REQUIRE(with_others.has_value());
    CHECK(make_typesetter(**with_others)->set("abc", {})->missing == 0);
}

TEST_CASE("without any font a text is all missing, and nothing breaks") {
    const Listening listening;
    const FontLibrary nothing({}, false);
    const auto typesetter = make_typesetter(nothing);
    const ParagraphPtr paragraph = typesetter->set("abc مرحبا", {}, {.width = 100, .height = 50});
    CHECK(paragraph->missing == 9);
    CHECK(paragraph->glyphs.empty());
    CHECK(paragraph->height > 0);
    CHECK(listening.times("searched nothing") == 9);
}

TEST_CASE("only the fonts that a text needs are opened") {
    const FontLibrary library({"/usr/share/fonts/truetype/noto", "/usr/share/fonts/opentype/noto"}, false);
    const auto typesetter = make_typesetter(library);
    CHECK(library.opened() == 0);
    typesetter->set("Numer A012", {});
    CHECK(library.opened() == 1);
    typesetter->set("Номер А012, πρ", {});
    CHECK(library.opened() == 1);
}

TEST_CASE("fontconfig is the last resort for what the table does not know") {
    const Listening silence;
    // Only a CJK font in the folder: Latin is in it, Georgian is not.
    const TempFolder folder;
    std::filesystem::create_symlink("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
                                    folder.path / "NotoSansCJK-Regular.ttc");
    const FontLibrary alone({folder.path}, false);
    CHECK(make_typesetter(alone)->set("სარკმელი", {32, Weight::regular, "ka"})->missing == 8);
    const FontLibrary with_fontconfig({folder.path}, true);
    CHECK(make_typesetter(with_fontconfig)->set("სარკმელი", {32, Weight::regular, "ka"})->missing == 0);
}

TEST_CASE("glyphs are drawn in the size asked for, and blanks as nothing") {
    Stage stage;
    const ParagraphPtr paragraph = stage.set("H ");
    const auto draw = [&](std::size_t nth, float size) {
        return stage.fonts->rasterise(paragraph->glyphs[nth].font, paragraph->glyphs[nth].glyph, size);
    };
    const GlyphBitmap small = draw(0, 20);
    const GlyphBitmap large = draw(0, 200);
    CHECK_FALSE(small.colour);
    CHECK(large.height == Approx(10 * small.height).margin(10));
    CHECK(large.height == Approx(0.714 * 200).margin(2));  // the capital height of Noto Sans
    CHECK(large.pixels.size() == static_cast<std::size_t>(large.stride) * static_cast<std::size_t>(large.height));
    CHECK(*std::ranges::max_element(large.pixels) == 255);
    CHECK(draw(1, 32).width == 0);
    INFO("sizes without sense draw nothing, or no more than memory allows");
    CHECK(draw(0, 0).width == 0);
    CHECK(draw(0, -5).width == 0);
    CHECK(draw(0, std::numeric_limits<float>::quiet_NaN()).width == 0);
    CHECK(draw(0, 1e9F).width < 4096);
    CHECK(stage.fonts->rasterise(paragraph->glyphs[0].font, 4'000'000, 32).width == 0);
}

}  // namespace text_test::fonts
