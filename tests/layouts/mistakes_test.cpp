// All mistakes of a file are told at once, in order; and whatever a file is made of, it costs little to read.
#include "tests/layouts/parsed.h"

namespace mistakes_test {

using namespace parsed;

TEST_CASE("several mistakes are told in the order of their lines, each once") {
    CHECK(error_of(R"(canvas: [1920, 1080, 5]
backround: "#102030"
styles:
  card: {rows: 40}
columns:
  - kind: board
    style: [card, crad]
    text_size: big
    when: opne
  - kind: txt
  - {kind: text}
  - rows: []
    gap: -1
variants:
  - for: portrait
    safe: x
)") == R"(x.yaml:1:1: 'canvas' must be [width, height], all numbers, is a list
x.yaml:2:1: unknown key 'backround' for a layout, did you mean 'background'? Known: about, canvas, background, safe, connection_notice, motion, viewing, variables, styles, variants, rows, columns, stack, grid, gap, padding, across, column_weights, row_weights
x.yaml:4:10: 'rows' must be a whole number of 1..12, is 40
x.yaml:7:5: 'style' 'crad' is no style of this layout, did you mean 'card'? There are: card
x.yaml:8:5: 'text_size' must be 8..1000, is big
x.yaml:9:11: there is no condition 'opne', did you mean 'open'? Known: open, closed, calls, call, queue_empty, notice, emergency, stale, film, sign, 'not' before one of them; and mappings of time, days, waiting, any, not
x.yaml:10:5: 'kind' is one of board, call, counter, media, sign, ticker, waiting, clock, text, image, qr, languages, message, connection, panel; is 'txt', did you mean 'text'?
x.yaml:11:5: a text needs 'texts'
x.yaml:12:5: 'rows' is empty
x.yaml:13:5: 'gap' must be 0..1000, is -1
x.yaml:16:5: 'safe' must be 0..270, is x)");
}

TEST_CASE("after fifty mistakes it says that there may be more") {
    std::string yaml = "stack:\n";
    for (int i = 0; i < 60; ++i) yaml += "  - {kind: media, radius: -1}\n";
    const auto message = error_of(yaml);
    CHECK(std::ranges::count(message, '\n') == 50);
    CHECK(message.ends_with("\nx.yaml: and perhaps more"));
}

TEST_CASE("numbers and flags have no quotes, as YAML and editors have it") {
    CHECK(error_of("stack: [{kind: board, rows: \"8\"}]") ==
          "x.yaml:1:23: 'rows' must be a whole number of 1..12, is 8 in quotes, which makes it a text");
    CHECK(error_of("stack: [{kind: board, text_size: '48'}]") ==
          "x.yaml:1:23: 'text_size' must be 8..1000, is 48 in quotes, which makes it a text");
    CHECK(error_of("stack: [{kind: board, bold: \"true\"}]") == "x.yaml:1:23: 'bold' must be true or false, is true");
    CHECK(error_of("stack: [{kind: board, counters: [1, \"2\"]}]")
              .starts_with("x.yaml:1:37: 'counters' holds whole numbers of 1..9999"));
    // A number is a text too where a text is wanted.
    CHECK(widget_of("stack: [{kind: text, name: 7, texts: {pl: 15}}]").texts.at("pl") == "15");
}

TEST_CASE("what is empty, long or of the wrong form is told as such") {
    CHECK(error_of("stack: [{kind: board, name: \"\"}]") == "x.yaml:1:23: 'name' is empty");
    CHECK(error_of("stack: [{kind: ticker, languages: pl}]") == "x.yaml:1:24: 'languages' is a list, is pl");
    CHECK(error_of("stack: [{kind: ticker, languages: [pl, pl]}]") == "x.yaml:1:40: 'languages' has pl twice");
    CHECK(error_of("stack: [{kind: ticker, languages: [12]}]") ==
          "x.yaml:1:36: 'languages' holds language tags like pl or zh, has 12");
    CHECK(error_of("stack: [{kind: ticker, texts: {polski język: x}}]") ==
          "x.yaml:1:32: 'texts' is keyed by language tags like pl or zh, has 'polski język'");
    CHECK(error_of("stack: {kind: media}") == "x.yaml:1:1: 'stack' is a list, is a mapping");
    CHECK(error_of("stack: [media]") == "x.yaml:1:9: a part of a layout is a mapping of keys to values, is media");
    CHECK(error_of("about: [x]\nstack: [{kind: media}]") == "x.yaml:1:1: 'about' is a text, is a list");
    CHECK(error_of("viewing: {distance: 8}\nstack: [{kind: media}]") == "x.yaml:1:10: 'viewing' needs 'diagonal'");
    CHECK(error_of("stack: [{kind: media}]\n---\nstack: [{kind: media}]\n") ==
          "x.yaml:2:1: a file holds one layout; after '---' begins a second");
    CHECK(parse_layout("\xEF\xBB\xBFstack:\r\n  - kind: media\r\n", "x.yaml"));
    // A long word is cut between its characters.
    CHECK(error_of("stack: [{kind: ęęęęęęęęęęęęęęęęęęęęęęęęęęęęęę}]").find("is 'ęęęęęęęęęęęęęęęęęęęę...'") !=
          std::string::npos);
}

TEST_CASE("names of widgets are unique, containers' too; those without one get theirs from kind and order") {
    CHECK(error_of("stack: [{kind: media, name: a}, {name: a, rows: [{kind: media}]}]") ==
          "x.yaml:1:34: 'name' 'a' is taken by the one in line 1");
    const auto names = [](const std::string& yaml) {
        std::vector<std::string> all;
        const Layout layout = layout_of(yaml);
        for (const auto& widget : layout.base().widgets) all.push_back(widget.name);
        return all;
    };
    using Names = std::vector<std::string>;
    CHECK(names("stack: [{kind: media}, {kind: board}, {kind: media}, {kind: media, name: media 2}]") ==
          Names{"media", "board", "media 3", "media 2"});
    // What else there is in the file changes no name.
    CHECK(names("columns: [{kind: board}, {kind: ticker, speed: 3}]") == Names{"board", "ticker"});
}

TEST_CASE("a file whose parts stand in a great many places is refused before it costs much") {
    // By YAML's aliases: 64^4 parts.
    std::string parts = "about: x\nvariables:\n  a: &a0 {rows: [{kind: media}]}\n";
    for (int i = 1; i < 5; ++i) {
        parts += "  b" + std::to_string(i) + ": &a" + std::to_string(i) + " {rows: [";
        for (int j = 0; j < 60; ++j) parts += (j ? ", *a" : "*a") + std::to_string(i - 1);
        parts += "]}\n";
    }
    CHECK(error_of(parts + "stack: [*a4]\n").find("a layout has at most 400 parts, 16 deep") != std::string::npos);

    // By styles that all widgets have, with long texts.
    std::string styles = "styles:\n";
    for (int i = 0; i < 30; ++i)
        styles += "  s" + std::to_string(i) + ": {texts: {pl: " + std::string(4000, 'x') + "}}\n";
    styles += "stack:\n";
    for (int i = 0; i < 60; ++i) {
        styles += "  - {kind: ticker, style: [";
        for (int j = 0; j < 30; ++j) styles += (j ? ", s" : "s") + std::to_string(j);
        styles += "]}\n";
    }
    styles += "variants:\n";
    for (int i = 0; i < 8; ++i) styles += "  - {for: portrait}\n";
    CHECK(error_of(styles).find("stand in too many places") != std::string::npos);

    // Deep nesting.
    std::string deep;
    for (int i = 0; i < 17; ++i) deep += "{rows: [";
    deep += "{kind: media}";
    for (int i = 0; i < 17; ++i) deep += "]}";
    CHECK(error_of("stack: [" + deep + "]").find("a layout has at most 400 parts, 16 deep") != std::string::npos);
    std::string many = "stack:\n";
    for (int i = 0; i < 13; ++i)
        many += "  - stack: [{kind: media}, {kind: media}, {kind: media}, {kind: media}, {kind: media}]\n";
    CHECK(error_of(many) == "x.yaml:14:73: a layout has at most 64 widgets, backgrounds of containers included");
}

}  // namespace mistakes_test
