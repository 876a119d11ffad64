// The lint finds each mistake of the layouts in broken/ at its line, and nothing beside it; and nothing in what we
// ship.
#include "player/preview/lint.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <set>

#include "protocol/base/file.h"
#include "tests/catch.h"
#include "tests/sanitized.h"

namespace lint_test {

using namespace hallcast;

const text::FontSet& system_fonts() {
    static const auto fonts = std::move(*text::open_system_fonts());
    return *fonts;
}

std::filesystem::path source_folder() {
    const char* source = std::getenv("HALLCAST_SOURCE");
    return source ? source : ".";
}

std::vector<preview::Finding> findings_in(const std::filesystem::path& file, const preview::LintOptions& options) {
    const auto layout = layouts::load_layout(file.string(), {});
    return layout ? preview::lint(*layout, system_fonts(), options)
                  : preview::findings_of(layout.error(), file.string());
}

// Rule and line.
using Mistake = std::pair<std::string, int>;

// Each "# HERE: rule" at the end of a line.
std::set<Mistake> marks_in(const std::filesystem::path& file) {
    const std::string text = *read_file(file);
    std::set<Mistake> marks;
    int line = 1;
    for (std::size_t at = 0; at < text.size(); ++line) {
        const auto end = std::min(text.find('\n', at), text.size());
        const std::string_view one(text.data() + at, end - at);
        constexpr std::string_view mark = "# HERE: ";
        if (const auto found = one.find(mark); found != one.npos) marks.emplace(one.substr(found + mark.size()), line);
        at = end + 1;
    }
    return marks;
}

// The sanitizers look at some of them, since each takes ten seconds then; which, is the day's chance.
template <typename Layout>
void keep_some(std::vector<Layout>& all, std::size_t some) {
    if (!tests::sanitized) return;
    const auto seed = std::random_device{}();
    std::printf("lint: seed %u\n", seed);
    std::ranges::shuffle(all, std::mt19937(seed));
    all.resize(std::min(all.size(), some));
}

std::string lines_of(const std::vector<preview::Finding>& findings) {
    std::string lines;
    for (const auto& finding : findings) lines += line_of(finding) + "\n";
    return lines;
}

TEST_CASE("each layout that is broken on purpose is found out, at its line, and for nothing else") {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(source_folder() / "tests/preview/broken"))
        if (entry.path().extension() == ".yaml") files.push_back(entry.path());
    std::ranges::sort(files);
    REQUIRE(files.size() >= 40);
    keep_some(files, 6);
    for (const auto& file : files) {
        const auto marks = marks_in(file);
        preview::LintOptions options{.sizes = {{1280, 720}}, .languages = {"pl", "en", "uk", "ar"}};
        if (read_file(file)->contains("variants:")) options.sizes.push_back({720, 1280});
        const auto findings = findings_in(file, options);
        std::set<Mistake> found;
        for (const auto& finding : findings) found.emplace(finding.rule, finding.place.line);
        INFO(file.filename().string() << " has:\n" << lines_of(findings));
        CHECK_FALSE(marks.empty());
        CHECK(found == marks);
        for (const auto& finding : findings) {
            CHECK(finding.place.column > 0);
            // All that is of a screen can be seen.
            if (finding.rule != preview::rule_layout) CHECK(finding.scene.size.width > 0);
        }
    }
}

TEST_CASE("every rule has a layout that breaks it") {
    std::set<std::string> rules;
    for (const auto& entry : std::filesystem::directory_iterator(source_folder() / "tests/preview/broken"))
        for (const auto& [rule, line] : marks_in(entry.path())) rules.insert(rule);
    CHECK(rules == std::set<std::string>{"contrast", "covered", "fit", "flashes", "glyphs", "layout", "never",
                                         "overlap", "room", "safe", "size", "translations"});
}

TEST_CASE("the shipped layouts are without a finding") {
    auto names = layouts::shipped_layout_names();
    keep_some(names, 1);
    for (const auto& name : names) {
        const auto layout = layouts::load_layout(name, {});
        REQUIRE(layout);
        const auto findings = preview::lint(*layout, system_fonts());
        CHECK(lines_of(findings) == "");
    }
}

// Its last letter of a line has a mark that is written after it.
TEST_CASE("letters are looked at where they are, in Hindi too") {
    const auto layout = layouts::load_layout("hall", {});
    REQUIRE(layout);
    CHECK(lines_of(preview::lint(*layout, system_fonts(), {.sizes = {{768, 1366}}, .languages = {"pl", "hi"}})) == "");
}

preview::Finding only_finding(const std::string& yaml, const preview::LintOptions& options) {
    const auto layout = layouts::parse_layout(yaml, "a.yaml");
    REQUIRE(layout);
    auto findings = preview::lint(*layout, system_fonts(), options);
    INFO(lines_of(findings));
    REQUIRE(findings.size() == 1);
    return findings[0];
}

TEST_CASE("what is wrong everywhere is told once; what is wrong somewhere, with where") {
    const std::string head = "canvas: [1280, 720]\nbackground: \"#000000\"\nconnection_notice: false\nstack:\n";
    preview::LintOptions options{.sizes = {{1280, 720}, {1920, 1080}}, .languages = {"pl", "en", "uk"}};
    const auto everywhere =
        only_finding(head + "  - {kind: text, text: welcome, text_size: 40, colour: \"#606060\"}\n", options);
    CHECK(everywhere.severity == preview::Severity::error);
    CHECK(preview::where_of(everywhere) == "");
    CHECK(line_of(everywhere).starts_with("a.yaml:5:"));
    CHECK(everywhere.message.contains("#606060 on #000000"));
    const auto somewhere = only_finding(
        head +
            "  - {kind: text, max_lines: 1, text_size: 60, box: [0, 0, 300, 60], texts: {pl: Bilet, uk: Квиток, "
            "en: Please take a ticket at the entrance}}\n",
        options);
    CHECK(preview::where_of(somewhere) == "in en");
    CHECK(somewhere.rule == "fit");
}

TEST_CASE("services and counters that the office does not have are found where the office is known") {
    const std::string yaml =
        "canvas: [1280, 720]\nbackground: \"#000000\"\nstack:\n"
        "  - {kind: board, services: [A, Z], counters: [1],\n     rows: 4}\n";
    preview::LintOptions options{.sizes = {{1280, 720}}, .languages = {"en"}, .services = {"A", "B"}, .counters = {1}};
    const auto unknown = only_finding(yaml, options);
    CHECK(unknown.rule == "never");
    CHECK(line_of(unknown).starts_with("a.yaml:4:"));
    CHECK(unknown.message.contains("asks for service 'Z'"));
    options.services = {"A", "Z"};
    const auto findings = preview::lint(*layouts::parse_layout(yaml, "a.yaml"), system_fonts(), options);
    CHECK(lines_of(findings) == "");
}

TEST_CASE("a screen is tried at the sizes of its variants, and only at those it is made for") {
    const auto sizes_of = [](const std::string& variants) {
        const auto layout =
            layouts::parse_layout("canvas: [1920, 1080]\nstack: [{kind: panel}]\n" + variants, "a.yaml");
        REQUIRE(layout);
        return preview::usual_sizes(*layout);
    };
    const auto has = [](const auto& sizes, picture::ScreenSize size) {
        return std::ranges::find(sizes, size) != sizes.end();
    };
    const auto wide = sizes_of("");
    CHECK(wide.front() == picture::ScreenSize{1920, 1080});
    CHECK(has(wide, {3840, 2160}));
    CHECK(std::ranges::none_of(wide, [](const auto& size) { return size.height > size.width; }));
    const auto both = sizes_of("variants:\n  - {for: portrait, canvas: [1080, 1920]}\n");
    CHECK(has(both, {1920, 1080}));
    CHECK(has(both, {1080, 1920}));
    const auto ribbon = sizes_of("variants:\n  - {for: {aspect: [3, 5]}, canvas: [1920, 480]}\n");
    CHECK(has(ribbon, {1920, 480}));
    const auto small = sizes_of("variants:\n  - {for: {width: [0, 800]}}\n");
    CHECK(std::ranges::any_of(small, [](const auto& size) { return size.width <= 800; }));
}

}  // namespace lint_test
