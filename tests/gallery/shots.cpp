#include "tests/gallery/shots.h"

#include <fmt/format.h>

#include <algorithm>

#include "content/texts.h"
#include "player/preview/samples.h"
#include "tests/catch.h"

namespace gallery {

namespace {

constexpr std::string_view no_tongue = "turns";

// Counters that all call at the same moment; the first of them is big.
screen::ScreenInput forty_calls(const std::string& language) {
    preview::Situation situation = *preview::sample("call-" + language, preview::usual_languages());
    situation.calls = 40;
    auto input = preview::input_of(situation, preview::usual_languages());
    auto hall = std::make_shared<v1::HallState>(*input.hall.state);
    for (auto& call : *hall->mutable_calls()) {
        call.set_called_at_ms(hall->calls(0).called_at_ms());
        call.set_expires_at_ms(hall->calls(0).expires_at_ms());
        call.set_phase(v1::CALL_PHASE_CALLED);
    }
    input.hall.state = std::move(hall);
    return input;
}

// Whether no ink lies above or below the box: lines have room for marks that most texts have not.
bool fits(const picture::Text& text, const picture::ScreenRect& box, const text::FontSet& fonts) {
    constexpr float slack = 1.5;  // pixels; of a mark or a tail nobody misses that much
    return std::ranges::all_of(text.paragraph->glyphs, [&](const auto& glyph) {
        const auto ink = fonts.rasterise(glyph.font, glyph.glyph, glyph.size_px);
        const float top = text.y + glyph.y - float(ink.top);
        return ink.height == 0 ||
               (top >= float(box.y) - slack && top + float(ink.height) <= float(box.bottom()) + slack);
    });
}

}  // namespace

const std::vector<State>& kept_states() {
    static const std::vector<State> states{
        {"quiet", "in the morning: nobody was called yet, nobody waits, nothing plays"},
        {"busy", "twelve calls, many who wait, long names, a film"},
        {"closed", "after the hours"},
        {"stale", "the master is not heard"},
        {"emergency", "staff tell of one"},
        {"forty", "forty calls at once, the first of them big"},
    };
    return states;
}

const std::vector<State>& other_states() {
    static const std::vector<State> states{
        {"call", "a call is big"},
        {"notice", "staff tell everybody something"},
        {"sign", "a call is big, and shown in sign language"},
        {"unconnected", "the master was never met"},
    };
    return states;
}

std::vector<std::string> tongues() {
    std::vector<std::string> all = preview::usual_languages();
    all.emplace_back(no_tongue);
    return all;
}

std::vector<Orientation> orientations(int longer_px) {
    const int shorter_px = longer_px * 9 / 16;
    return {{"landscape", {longer_px, shorter_px}}, {"portrait", {shorter_px, longer_px}}};
}

screen::ScreenInput input_of(const std::string& state, const std::string& tongue) {
    const auto languages = preview::usual_languages();
    const bool forced = tongue != no_tongue;
    // The visitor who is called reads that language; where none is forced, one that the office's staff do not.
    const std::string visitors = forced ? tongue : "uk";
    screen::ScreenInput input;
    if (state == "forty") {
        input = forty_calls(visitors);
    } else {
        auto situation = preview::sample(state == "call" ? "call-" + visitors : state, languages);
        INFO(state << ": " << (situation ? "" : situation.error().message));
        REQUIRE(situation);
        if (state == "sign") situation->visitor_language = visitors;
        input = preview::input_of(*situation, languages);
    }
    if (forced) input.language = tongue;
    return input;
}

Camera::Camera()
    : fonts_(std::move(*text::open_system_fonts())),
      typesetter_(text::make_typesetter(*fonts_)),
      painter_(picture::make_memory_painter(*fonts_)) {}

void Camera::mount(const layouts::Layout& layout, picture::ScreenSize size) {
    auto made = screen::make_screen(layout, size, *typesetter_);
    INFO(layout.name << ": " << (made ? "" : made.error().message));
    REQUIRE(made);
    screen_ = std::move(*made);
}

const std::vector<std::uint8_t>& Camera::shoot(const screen::ScreenInput& input) {
    const picture::Scene scene = screen_->scene(input);
    painter_->paint(scene);
    defects_.clear();
    for (const auto& item : scene.items) {
        const auto* text = std::get_if<picture::Text>(&item.content);
        if (!text) continue;
        const auto& paragraph = *text->paragraph;
        if (paragraph.missing == 0 && !paragraph.truncated && fits(*text, item.box, *fonts_)) continue;
        defects_ += fmt::format("a text in {},{} {}x{}: {} glyphs are missing{}, {:.0f} high\n", item.box.x, item.box.y,
                                item.box.width, item.box.height, paragraph.missing,
                                paragraph.truncated ? ", it is cut" : "", paragraph.height);
    }
    return painter_->pixels();
}

}  // namespace gallery
