// Whatever a layout says that is right, on whatever screen and hall: a scene comes out, the same each time; every
// widget keeps to its box, and parts that stand beside each other never overlap. HALLCAST_LAYOUTS=10000 is the
// campaign.
#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "player/picture/image_file.h"
#include "player/screen/item_list.h"
#include "player/screen/widget.h"
#include "tests/sanitized.h"
#include "tests/screen/random_states.h"
#include "tests/seed.h"

namespace random_layouts_test {

using namespace random_states;

// Layouts of everything the language has, as YAML's one-line form.
class LayoutMaker {
  public:
    explicit LayoutMaker(Chance& chance) : chance_(chance) {}

    std::string made() {
        parts_ = 0;
        std::string yaml = "canvas: [" + number(320, 4000) + ", " + number(240, 4000) + "]\n";
        if (chance_.once_in(3)) yaml += "background: $dark\n";
        if (chance_.once_in(5)) yaml += "motion: reduced\n";
        yaml += "variables: {dark: \"#102030\", big: 90, word: Zażółć}\n";
        yaml += "styles:\n  base: {text_size: $big, padding: " + number(0, 60) + ", background: $dark, radius: 9}\n" +
                "  card: {style: base, bold: true, rows: " + number(1, 12) + ", gap: " + number(0, 90) + "}\n";
        yaml += form(0, "\n") + "\n";
        if (chance_.once_in(2)) {
            parts_ = 0;
            const std::vector<std::string> shapes{"portrait", "landscape", "{aspect: [1.9, 9]}", "{width: [0, 1300]}"};
            yaml += "variants:\n  - {for: " + one_of(shapes) + ", variables: {big: 30}, " + form(0, ", ") + "}\n";
        }
        return yaml;
    }

  private:
    std::string number(int low, int high) { return std::to_string(low + chance_.below(high - low + 1)); }
    std::string one_of(const std::vector<std::string>& words) {
        return words[std::size_t(chance_.below(std::int64_t(words.size())))];
    }

    // "rows: [...]" after what belongs to it, each of which has its `end`.
    std::string form(int depth, const std::string& end) {
        const std::string word = one_of({"rows", "columns", "stack", "grid"});
        const int across = 1 + int(chance_.below(4));
        std::string text;
        if (word == "grid") text += "across: " + std::to_string(across) + end;
        if (word == "grid" && chance_.once_in(3)) text += std::string("row_weights: [1, 3, 0.5]") + end;
        if (chance_.once_in(2)) text += "gap: " + number(0, chance_.once_in(9) ? 1000 : 40) + end;
        if (chance_.once_in(2)) text += "padding: " + number(0, chance_.once_in(9) ? 1000 : 40) + end;
        text += word + ": [";
        const auto count = 1 + chance_.below(4);
        for (std::int64_t i = 0; i < count; ++i) text += (i ? ", {" : "{") + part(word, across, depth + 1) + "}";
        return text + "]";
    }

    std::string part(const std::string& in, int across, int depth) {
        std::string text = ++parts_ < 30 && depth < 5 && chance_.once_in(3) ? container(depth) : widget();
        if (in == "rows" || in == "columns") {
            const auto how = chance_.below(4);
            if (how == 0) text += ", size: " + number(1, 900);
            if (how == 1) text += ", size: " + number(1, 100) + "%";
            if (how == 2) text += ", weight: " + number(1, 9);
            if (chance_.once_in(6)) text += ", min: " + number(0, 500);
            if (chance_.once_in(6)) text += ", max: " + number(500, 900);
        }
        if (in == "stack" && chance_.once_in(2))
            text += ", box: [" + number(0, 20) + ", " + number(0, 20) + ", " + number(130, 300) + ", " +
                    number(130, 220) + "]";
        if (in == "grid" && chance_.once_in(3)) text += ", span: [" + number(1, across) + ", " + number(1, 3) + "]";
        if (chance_.once_in(6)) text += ", aspect: " + one_of({"16:9", "1:1", "0.3", "5"});
        if (chance_.once_in(4))
            text += ", when: " +
                    one_of({"open", "not stale", "calls", "[call, film]", "queue_empty", "notice", "{waiting: [0, 9]}",
                            "{time: \"06:00-14:30\"}", "{days: [mon, wed, fri]}", "{any: [closed, {not: film}]}"});
        return text;
    }

    std::string container(int depth) {
        return std::string(chance_.once_in(2) ? "style: card, " : "") +
               (chance_.once_in(3) ? "background: \"#203040\", " : "") + form(depth, ", ");
    }

    std::string widget() {
        const std::string kind = one_of({"board", "call", "counter", "media", "sign", "ticker", "waiting", "clock",
                                         "text", "image", "qr", "languages", "message", "connection", "panel"});
        std::string text = "kind: " + kind;
        if (chance_.once_in(2)) text += ", style: " + one_of({"base", "card", "[base, card]"});
        if (chance_.once_in(3)) text += ", padding: " + number(0, 60);
        if (chance_.once_in(4)) text += ", radius: " + number(0, 1000);
        if (chance_.once_in(3)) text += ", background: \"#30405080\"";
        if (chance_.once_in(5)) text += ", transition: " + one_of({"cut", "fade", "slide", "grow"});
        const bool has_text = kind != "media" && kind != "sign" && kind != "image" && kind != "qr" &&
                              kind != "connection" && kind != "panel";
        if (has_text && chance_.once_in(2)) text += ", text_size: " + number(8, chance_.once_in(9) ? 1000 : 120);
        if (kind == "board" || kind == "waiting") {
            if (chance_.once_in(2)) text += ", rows: " + number(1, 12);
            if (chance_.once_in(2)) text += ", heading: true, heading_size: " + number(8, 200);
        }
        if (kind == "board" && chance_.once_in(2)) text += ", group: " + one_of({"service", "counter"});
        if (kind == "board" && chance_.once_in(3))
            text += ", pages: true, divider: \"#ffffff40\", highlight_background: $dark";
        if (kind == "board" && chance_.once_in(4)) text += ", services: [A, B], counters: [1, 2, 3]";
        if (kind == "call" && chance_.once_in(2)) text += ", way: true";
        if (kind == "ticker" && chance_.once_in(2))
            text += ", speed: " + number(1, 2000) + ", texts: {pl: $word, ar: عربي}";
        if (kind == "clock")
            text += ", " + one_of({"format: \"HH:mm\"", "skeleton: EEEEdMMMM", "format: \"EEEE, d MMMM y\""});
        if (kind == "text")
            text += ", " + one_of({"text: please_wait", "text: office_name", "texts: {pl: $word, zh: 漢字}"}) +
                    ", max_lines: " + number(0, 5);
        if (kind == "text" && chance_.once_in(2))
            text += ", valign: " + one_of({"top", "bottom"}) + ", align: " + one_of({"end", "centre", "right"});
        if (kind == "image") text += ", file: a.png";
        if (kind == "qr") text += ", data: \"https://example.org/" + number(1, 99999) + "\"";
        return text;
    }

    Chance& chance_;
    int parts_ = 0;
};

picture::ScreenRect pixels_of(const layouts::Box& box, double scale, picture::ScreenSize size) {
    const auto pixels = [&](double units) { return int(std::lround(units * scale)); };
    const int left = pixels(box.x), top = pixels(box.y);
    return screen::intersection({left, top, pixels(box.right()) - left, pixels(box.bottom()) - top},
                                {0, 0, size.width, size.height});
}

// The widgets of each part of the tree, and whether parts that stand beside each other share a pixel.
class Beside {
  public:
    explicit Beside(const std::vector<picture::ScreenRect>& boxes) : boxes_(boxes) {}
    bool overlap_in(const layouts::Node& node) {
        std::vector<std::vector<std::size_t>> parts;
        bool any = false;
        for (const auto& child : node.children) {
            any = overlap_in(child) || any;
            parts.push_back(widgets_of(child));
        }
        if (node.form == layouts::Node::Form::stack) return any;
        for (std::size_t i = 0; i < parts.size(); ++i)
            for (std::size_t j = 0; j < i; ++j)
                for (const std::size_t a : parts[i])
                    for (const std::size_t b : parts[j])
                        any = any || !screen::intersection(boxes_[a], boxes_[b]).empty();
        return any;
    }

  private:
    static std::vector<std::size_t> widgets_of(const layouts::Node& node) {
        std::vector<std::size_t> all;
        if (node.form == layouts::Node::Form::widget || node.has_background) all.push_back(node.widget);
        for (const auto& child : node.children)
            for (const std::size_t one : widgets_of(child)) all.push_back(one);
        return all;
    }
    const std::vector<picture::ScreenRect>& boxes_;
};

bool lies_in(const picture::ScreenRect& inner, const picture::ScreenRect& outer) {
    return inner.x >= outer.x && inner.y >= outer.y && inner.right() <= outer.right() &&
           inner.bottom() <= outer.bottom();
}

TEST_CASE("random layouts give scenes whose widgets keep to their boxes and do not overlap") {
    const char* count = std::getenv("HALLCAST_LAYOUTS");
    const auto seed = unsigned(hallcast::tests::seed_of_run());
    CAPTURE(seed);
    Chance chance(seed);
    const auto image_file =
        std::filesystem::temp_directory_path() / ("hallcast-random-" + std::to_string(seed) + ".png");
    REQUIRE(picture::write_png(image_file, {4, 2}, std::vector<std::uint8_t>(32, 200)));
    const std::vector<picture::ScreenSize> sizes{{1024, 600},  {1280, 720},  {1366, 768},  {1920, 1080}, {1080, 1920},
                                                 {2560, 1440}, {3840, 2160}, {2160, 3840}, {3840, 1080}, {7680, 4320}};
    LayoutMaker maker(chance);
    for (int i = count ? std::atoi(count) : tests::sanitized ? 20 : 1000; i > 0; --i) {
        const std::string yaml = maker.made();
        INFO(yaml);
        auto layout = layout_of(yaml);
        for (auto& variant : layout.variants)
            for (auto& widget : variant.widgets)
                if (!widget.file.empty()) widget.file = image_file.string();
        const auto size = sizes[std::size_t(chance.below(std::int64_t(sizes.size())))];
        INFO(size.width << " x " << size.height);
        const auto arranged = layouts::arrange(layout, size.width, size.height);
        std::vector<picture::ScreenRect> boxes;
        for (const auto& widget : arranged.widgets) boxes.push_back(pixels_of(widget.box, arranged.scale, size));
        CHECK_FALSE(Beside(boxes).overlap_in(layout.variant_for(size.width, size.height).root));

        BoxTypesetter typesetter;
        const auto hall = std::make_shared<const v1::HallState>(random_hall(chance));
        const auto before = random_input(chance, hall), input = random_input(chance, hall);
        auto used = screen::make_screen(layout, size, typesetter),
             fresh = screen::make_screen(layout, size, typesetter);
        INFO((used ? "" : used.error().message));
        // What only a screen knows: a code that is too small to be read there.
        if (!used && used.error().message.contains("needs a box of")) continue;
        REQUIRE((used && fresh));
        (*used)->scene(before);
        const auto scene = (*used)->scene(input);
        check_on_screen(scene);
        // Named, since a scene of hundreds of items says little.
        std::string differing;
        const auto seen = (*used)->parts(input), unseen = (*fresh)->parts(input);
        for (std::size_t part = 0; part < std::min(seen.size(), unseen.size()); ++part)
            if (!same_items(seen[part].items, unseen[part].items)) differing += unseen[part].widget + ", ";
        INFO("differ: " << differing);
        CHECK(same_items((*fresh)->scene(input).items, scene.items));
        CHECK(same_items((*used)->scene(input).items, scene.items));
        const auto still = (*used)->still_for(input);
        auto later = input;
        later.now += std::chrono::duration_cast<screen::WallTime::duration>(still * 0.999);
        if (still > 1us) CHECK(same_items((*fresh)->scene(later).items, scene.items));

        const auto image = *picture::read_png(image_file);
        const screen::Moment moment{input, typesetter};
        for (std::size_t w = 0; w < arranged.widgets.size(); ++w) {
            const auto& widget = arranged.widgets[w];
            const screen::Place place{widget, boxes[w], arranged.scale, screen::item_id(0, widget.name), image};
            const auto shown = screen::show_of(widget.kind)(place, moment);
            std::vector<picture::Item> rolled;
            screen::roll(shown.rolling, boxes[w], input.motion, rolled);
            INFO(widget.name << " in " << boxes[w].x << ',' << boxes[w].y << ' ' << boxes[w].width << 'x'
                             << boxes[w].height);
            auto items = shown.items;
            items.insert(items.end(), rolled.begin(), rolled.end());
            const bool all_inside =
                std::ranges::all_of(items, [&](const picture::Item& item) { return lies_in(item.box, boxes[w]); });
            CHECK(all_inside);
        }
    }
    std::filesystem::remove(image_file);
}

}  // namespace random_layouts_test
