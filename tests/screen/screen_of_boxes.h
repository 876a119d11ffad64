// A screen for tests: texts are boxes of known size, and what a scene says can be read back.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "hallcast/v1/hall.pb.h"
#include "layouts/layout.h"
#include "player/screen/screen.h"
#include "tests/catch.h"

namespace screen_of_boxes {

using namespace hallcast;
using namespace std::chrono_literals;

// Every character is half as wide as it is high; a line is 1.3 times as high as its letters. Like the real one it gives
// the same paragraph for the same text.
class BoxTypesetter : public text::Typesetter {
  public:
    using Typesetter::set;
    text::ParagraphPtr set(std::span<const text::Span> spans, const text::Style& style, const text::Box& box) override {
        std::string all, accented, divided;
        for (const auto& span : spans) {
            all += span.utf8;
            if (span.ink == text::Ink::accent) accented += span.utf8;
            divided += std::to_string(all.size()) + (span.weight == text::Weight::bold ? "b" : "r") +
                       std::to_string(int(span.ink)) + " ";
        }
        auto& kept = kept_[{all, style.language, style.size_px, divided, box.width, box.height, box.max_lines,
                            int(box.align), box.min_size_px}];
        if (!kept) {
            kept = std::make_shared<const text::Paragraph>(made(all, style, box));
            said_[kept.get()] = {all, style.language, box.align, accented};
        }
        return kept;
    }
    const text::FontSet& fonts() const override { throw std::logic_error("boxes have no fonts"); }

    struct Said {
        std::string text;
        std::string language;
        text::Align align = text::Align::start;
        std::string accented;
    };
    const Said& said(const text::Paragraph* paragraph) const { return said_.at(paragraph); }

  private:
    static text::Paragraph made(std::string_view utf8, const text::Style& style, const text::Box& box) {
        const auto characters =
            float(std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xc0) != 0x80; }));
        text::Paragraph paragraph;
        paragraph.size_px = style.size_px;
        while (box.width > 0 && box.min_size_px > 0 && paragraph.size_px > box.min_size_px &&
               characters * paragraph.size_px / 2 > box.width) {
            paragraph.size_px = std::max(box.min_size_px, paragraph.size_px - 1);
        }
        paragraph.width = characters * paragraph.size_px / 2;
        paragraph.truncated = box.width > 0 && paragraph.width > box.width;  // all is one line
        paragraph.lines = 1;
        paragraph.height = paragraph.size_px * 1.3f;
        paragraph.baseline = paragraph.size_px;
        paragraph.right_to_left = style.language == "ar";
        return paragraph;
    }

    std::map<std::tuple<std::string, std::string, float, std::string, float, float, int, int, float>,
             text::ParagraphPtr>
        kept_;
    std::map<const text::Paragraph*, Said> said_;
};

inline layouts::Layout layout_of(const std::string& yaml) {
    auto layout = layouts::parse_layout(yaml, "test.yaml");
    INFO((layout ? "" : layout.error().message));
    REQUIRE(layout);
    return *layout;
}

inline screen::WallTime at(std::int64_t seconds) { return screen::WallTime(std::chrono::seconds(seconds)); }
constexpr std::int64_t noon = 1'790'000'000;  // some moment, in seconds since 1970

inline v1::Call call_of(const std::string& ticket, std::uint32_t counter, std::int64_t called_at_seconds,
                        const std::string& language = "uk") {
    v1::Call call;
    call.set_call_id("call of " + ticket);
    call.set_ticket(ticket);
    call.set_counter(counter);
    call.set_attempt(1);
    call.set_language(language);
    call.set_called_at_ms(called_at_seconds * 1000);
    call.set_phase(v1::CALL_PHASE_CALLED);
    return call;
}

inline v1::HallState hall_of(const std::vector<v1::Call>& calls,
                             const std::vector<std::string>& languages = {"pl", "uk", "ar"}) {
    v1::HallState hall;
    hall.set_hall("main");
    auto& profile = *hall.mutable_profile();
    profile.set_time_zone("Europe/Warsaw");
    (*profile.mutable_office_name())["pl"] = "Urząd";
    (*profile.mutable_office_name())["uk"] = "Установа";
    for (const auto& language : languages) profile.add_languages(language);
    for (const auto& call : calls) *hall.add_calls() = call;
    return hall;
}

inline screen::ScreenInput input_of(const v1::HallState& hall, screen::WallTime now = at(noon)) {
    screen::ScreenInput input;
    input.hall.state = std::make_shared<const v1::HallState>(hall);
    input.now = now;
    return input;
}

// A layout on a screen of the canvas's own size.
struct Room {
    explicit Room(const layouts::Layout& layout)
        : Room(layout, {int(layout.base().settings.width), int(layout.base().settings.height)}) {}
    Room(const layouts::Layout& layout, picture::ScreenSize shown_on)
        : size(shown_on), screen(std::move(*screen::make_screen(layout, size, typesetter))) {}
    explicit Room(const std::string& yaml) : Room(layout_of(yaml)) {}

    struct Seen {
        picture::Item item;
        std::string text;
        std::string language;
        text::Align align;
        std::string accented;
        picture::Colour colour() const { return std::get<picture::Text>(item.content).colour; }
        std::optional<picture::Colour> accent() const { return std::get<picture::Text>(item.content).accent; }
        float x() const { return std::get<picture::Text>(item.content).x; }
    };
    std::vector<Seen> texts(const screen::ScreenInput& input) {
        std::vector<Seen> seen;
        for (const auto& item : screen->scene(input).items) {
            if (const auto* text = std::get_if<picture::Text>(&item.content)) {
                const auto& said = typesetter.said(text->paragraph.get());
                seen.push_back({item, said.text, said.language, said.align, said.accented});
            }
        }
        return seen;
    }
    std::vector<std::string> words(const screen::ScreenInput& input) {
        std::vector<std::string> words;
        for (const auto& seen : texts(input)) words.push_back(seen.text);
        return words;
    }
    std::optional<Seen> find(const screen::ScreenInput& input, const std::string& text) {
        for (auto& seen : texts(input)) {
            if (seen.text == text) return seen;
        }
        return std::nullopt;
    }
    bool says(const screen::ScreenInput& input, std::string_view part) {
        return std::ranges::any_of(texts(input),
                                   [part](const Seen& seen) { return seen.text.find(part) != std::string::npos; });
    }

    BoxTypesetter typesetter;
    picture::ScreenSize size;
    std::unique_ptr<screen::Screen> screen;
};

}  // namespace screen_of_boxes
