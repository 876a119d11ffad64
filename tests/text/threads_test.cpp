#include <atomic>
#include <thread>

#include "tests/text/stage.h"

namespace text_test::threads {

TEST_CASE("threads set and draw at the same time, and all see the same") {
    const Listening listening;
    Stage stage;
    const std::vector<std::pair<std::string, std::string>> texts = {
        {"pl", "Zażółć gęślą jaźń → 3"},
        {"ar", "مرحبا A012 بكم"},
        {"hi", "क्षमा करें"},
        {"zh", "请到三号窗口"},
        {"ka", "სარკმელი"},
        {"vi", "ẪỆ e\u0301"},
        {"en", "\U0010ABCD"},
        {"th", "กรุณาไปที่ช่องบริการ"},
        {"en", "\U0001F600 \u2653"},
    };
    constexpr int rounds = 20;
    std::vector<std::vector<ParagraphPtr>> seen(4);
    std::atomic<int> inked = 0;
    {
        std::vector<std::jthread> threads;
        for (std::size_t thread = 0; thread < seen.size(); ++thread) {
            threads.emplace_back([&, thread] {
                for (int round = 0; round < rounds; ++round) {
                    for (std::size_t i = 0; i < texts.size(); ++i) {
                        const auto& [language, text] = texts[(i + thread) % texts.size()];
                        const Box box{.width = 40 + static_cast<float>(round) * 10, .height = 300, .min_size_px = 8};
                        const ParagraphPtr paragraph = stage.set(text, language, box);
                        seen[thread].push_back(paragraph);
                        for (const PlacedGlyph& glyph : paragraph->glyphs) {
                            if (stage.fonts->rasterise(glyph.font, glyph.glyph, paragraph->size_px).width > 0) ++inked;
                        }
                    }
                }
            });
        }
    }
    CHECK(inked > 0);
    CHECK(listening.times("U+10ABCD") == 1);
    const auto typesetter = make_typesetter(*stage.fonts);
    for (std::size_t thread = 0; thread < seen.size(); ++thread) {
        std::size_t nth = 0;
        for (int round = 0; round < rounds; ++round) {
            for (std::size_t i = 0; i < texts.size(); ++i) {
                const auto& [language, text] = texts[(i + thread) % texts.size()];
                const Box box{.width = 40 + static_cast<float>(round) * 10, .height = 300, .min_size_px = 8};
                CHECK(same_glyphs(*seen[thread][nth++], *typesetter->set(text, {32, Weight::regular, language}, box)));
            }
        }
    }
}

}  // namespace text_test::threads
