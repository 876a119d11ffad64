// Glyphs and positions of single runs are those that HarfBuzz's own program hb-shape gives for the same font.
#include <array>
#include <cstdio>

#include "player/text/shaped_text.h"
#include "tests/text/samples.h"
#include "tests/text/stage.h"

namespace text_test::hb_shape {

std::string output_of(const std::string& command) {
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
    std::string output;
    std::array<char, 4096> block{};
    while (pipe != nullptr) {
        const std::size_t count = std::fread(block.data(), 1, block.size(), pipe.get());
        if (count == 0) break;
        output.append(block.data(), count);
    }
    return output;
}

// In font units, y upwards, from the run's left end.
struct Glyph {
    long id;
    double x;
    double y;
};

// hb-shape prints [id=cluster@x_offset,y_offset+advance|...].
std::vector<Glyph> parse(const std::string& output) {
    std::vector<Glyph> glyphs;
    double pen = 0;
    for (std::size_t at = 0; at != std::string::npos && at + 1 < output.size(); at = output.find('|', at + 1)) {
        long id = 0;
        long cluster = 0;
        int read = 0;
        if (std::sscanf(output.c_str() + at + 1, "%ld=%ld%n", &id, &cluster, &read) < 2) break;
        const char* rest = output.c_str() + at + 1 + read;
        double x = 0;
        double y = 0;
        double advance = 0;
        if (std::sscanf(rest, "@%lf,%lf%n", &x, &y, &read) == 2) rest += read;
        std::sscanf(rest, "+%lf", &advance);
        glyphs.push_back({id, pen + x, y});
        pen += advance;
    }
    return glyphs;
}

TEST_CASE("single runs have the glyphs and positions that hb-shape gives") {
    if (output_of("hb-shape --version 2>/dev/null").find("HarfBuzz") == std::string::npos) {
        WARN("skipped: there is no hb-shape; run: apt-get install libharfbuzz-bin");
        return;
    }
    Stage stage;
    BreakIterators breaks;
    std::size_t compared = 0;
    for (const ScriptSample& sample : script_samples) {
        INFO(sample.language << ": " << sample.text);
        const FontFace* face = stage.fonts->open({sample.font, sample.face});
        REQUIRE(face != nullptr);
        const CleanText text = clean(sample.text);
        ShapedText shaped(text.utf16, parse_language(sample.language), Weight::regular, *stage.fonts, breaks);
        const LineOfGlyphs line = shaped.line(0, static_cast<std::int32_t>(text.utf16.size()));

        const char* folder = sample.face > 0 ? noto_cjk : noto;
        const std::vector<Glyph> expected = parse(output_of(
            "hb-shape --no-glyph-names --remove-default-ignorables --bot --eot --script=" + std::string(sample.script) +
            " --language=" + sample.language + " --direction=" + (sample.right_to_left ? "rtl" : "ltr") +
            " --face-index=" + std::to_string(sample.face) + " '" + folder + sample.font + "' '" + sample.text + "'"));
        REQUIRE(expected.size() > 15);
        REQUIRE(line.glyphs.size() == expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            INFO("glyph " << i);
            CHECK(line.glyphs[i].font == face->id());
            CHECK(static_cast<long>(line.glyphs[i].glyph) == expected[i].id);
            const double em = face->units_per_em();
            // Floats of em: a hundredth of a font unit at the end of a line.
            CHECK(static_cast<double>(line.glyphs[i].x) * em == Approx(expected[i].x).margin(0.05));
            CHECK(static_cast<double>(line.glyphs[i].y) * em == Approx(expected[i].y).margin(0.01));
        }
        compared += expected.size();
    }
    WARN("hb-shape: " << compared << " glyphs in " << script_samples.size() << " runs are equal");
}

}  // namespace text_test::hb_shape
