// Styles and variables: which value a widget gets, and what is said of names that do not exist.
#include "tests/layouts/parsed.h"

namespace styles_test {

using namespace parsed;

TEST_CASE("a widget has its style's values, and its own go first") {
    const auto board =
        widget_of("styles: {card: {text_size: 70, rows: 5, bold: true}}\nstack: [{kind: board, style: card, rows: 6}]");
    CHECK(board.text_size == 70);
    CHECK(board.rows == 6);
    CHECK(board.bold);
}

TEST_CASE("of several styles the last says the most; a style builds on others") {
    const std::string styles = R"(styles:
  base: {text_size: 10, rows: 1, padding: 1, radius: 1}
  mid: {style: base, text_size: 20, rows: 2, padding: 2}
  other: {text_size: 30, rows: 3}
)";
    const auto last = widget_of(styles + "stack: [{kind: board, style: [mid, other]}]");
    CHECK((last.radius == 1 && last.padding == 2 && last.rows == 3 && last.text_size == 30));
    const auto first = widget_of(styles + "stack: [{kind: board, style: [other, mid]}]");
    CHECK((first.rows == 2 && first.text_size == 20));
    const auto both =
        widget_of(styles + "  both: {style: [other, mid], padding: 9}\nstack: [{kind: board, style: both}]");
    CHECK((both.rows == 2 && both.padding == 9 && both.radius == 1));
}

TEST_CASE("what a kind does not know of a style is skipped, but a slip in the style is told") {
    const auto media = widget_of("styles: {s: {rows: 3, speed: 100, radius: 7}}\nstack: [{kind: media, style: s}]");
    CHECK(media.radius == 7);
    CHECK(error_of("styles: {s: {colur: \"#ffffff\"}}\nstack: [{kind: media}]")
              .starts_with("x.yaml:1:14: unknown key 'colur' for a style, did you mean 'colour'?"));
    CHECK(error_of("styles: {s: {rows: 99}}\nstack: [{kind: media, style: s}]") ==
          "x.yaml:1:14: 'rows' must be a whole number of 1..12, is 99");
    CHECK(error_of("styles: {s: {gap: -1}}\nstack: [{kind: media}]") == "x.yaml:1:14: 'gap' must be 0..1000, is -1");
    CHECK(error_of("styles: {s: {size: 30}}\nstack: [{kind: media}]")
              .starts_with("x.yaml:1:14: unknown key 'size' for a style"));
}

TEST_CASE("a style that does not exist is told with the near one and all") {
    CHECK(error_of("styles: {card: {rows: 3}, loud: {bold: true}}\nstack: [{kind: board, style: crad}]") ==
          "x.yaml:2:23: 'style' 'crad' is no style of this layout, did you mean 'card'? There are: card, loud");
    CHECK(error_of("stack: [{kind: board, style: card}]") ==
          "x.yaml:1:23: 'style' 'card' is no style of this layout. There are: none");
    // Also of a style that nobody has.
    CHECK(error_of("styles: {a: {style: b}}\nstack: [{kind: board}]")
              .starts_with("x.yaml:1:14: 'style' 'b' is no style"));
}

TEST_CASE("styles that build on themselves are told with their round") {
    CHECK(error_of("styles: {a: {style: a}}\nstack: [{kind: board}]") ==
          "x.yaml:1:14: 'style' 'a' builds on itself: a, a");
    CHECK(error_of("styles:\n  a: {style: b}\n  b: {style: a}\nstack: [{kind: board}]") ==
          "x.yaml:2:7: 'style' 'b' builds on itself: b, a, b\nx.yaml:3:7: 'style' 'a' builds on itself: a, b, a");
    // The same style twice, by two ways, is no round.
    CHECK(
        widget_of("styles: {a: {rows: 2}, b: {style: a}, c: {style: [a, b]}}\nstack: [{kind: board, style: c}]").rows ==
        2);
    std::string many = "styles:\n  s0: {rows: 2}\n";
    for (int i = 1; i < 40; ++i) many += "  s" + std::to_string(i) + ": {style: s" + std::to_string(i - 1) + "}\n";
    CHECK(error_of(many + "stack: [{kind: board, style: s39}]")
              .find("'style' makes more than 32 styles of one part, with those that they build on") !=
          std::string::npos);
}

TEST_CASE("a container takes from a style how it divides, and its background") {
    const OnScreen screen(
        "styles: {card: {background: \"#102030\", radius: 9, padding: 40, gap: 20, across: 3, column_weights: [2, 1, "
        "1]}}\n"
        "rows:\n  - {style: card, name: c, grid: [{kind: media, name: a}, {kind: media, name: b}]}\n");
    CHECK(widget_named(screen.made.widgets, "c").radius == 9);
    CHECK(screen.box("a") == Box{40, 40, 900, 1000});
    CHECK(screen.box("b") == Box{960, 40, 450, 1000});
}

TEST_CASE("of two ways to say a thing the nearest holds") {
    const std::string styles = "styles: {id: {text: please_wait}, own: {texts: {pl: Tak}}, date: {skeleton: yMd}}\n";
    CHECK(widget_of(styles + "stack: [{kind: text, style: [id, own]}]").text_id.empty());
    CHECK(widget_of(styles + "stack: [{kind: text, style: [own, id]}]").texts.empty());
    CHECK(widget_of(styles + "stack: [{kind: text, style: own, text: hall_name}]").texts.empty());
    CHECK(widget_of(styles + "stack: [{kind: clock, style: date, format: HH}]").skeleton.empty());
    CHECK(error_of("stack: [{kind: clock, format: HH, skeleton: yMd}]") ==
          "x.yaml:1:35: 'skeleton' and 'format' exclude each other");
    CHECK(error_of("stack: [{kind: text, text: hall_name, texts: {pl: x}}]") ==
          "x.yaml:1:39: 'texts' and 'text' exclude each other");
    // What must be there may come from a style too.
    CHECK(widget_of("styles: {logo: {file: a.png}}\nstack: [{kind: image, style: logo}]").file == "a.png");
    CHECK(error_of("styles: {logo: {file: /a.png}}\nstack: [{kind: image, style: logo}]")
              .find("'file' names a PNG file") != std::string::npos);
}

TEST_CASE("a value's place in the file is its own key's or its style's") {
    const auto board =
        widget_of("styles:\n  s: {rows: 3, text_size: 50}\nstack:\n  - {kind: board, style: s, rows: 4}\n");
    CHECK(board.places.at("text_size") == FilePlace{2, 16});
    CHECK(board.places.at("rows") == FilePlace{4, 29});
    CHECK_FALSE(board.places.contains("colour"));
}

TEST_CASE("$name stands for a variable wherever a value is") {
    const auto layout = layout_of(R"(variables:
  blue: "#102030"
  big: 90
  wide: 30%
  yes: true
  side: 1280
  title: Dzień dobry
  card: {background: $blue, text_size: $big}
  where: open
  part: {kind: media, name: film}
  tongue: uk
canvas: [$side, 720]
background: $blue
styles: {card: $card}
columns:
  - $part
  - {kind: text, name: t, size: $wide, bold: $yes, colour: $blue, when: $where, style: card, texts: {pl: $title}, languages: [pl, $tongue]}
)");
    CHECK(layout.base().settings.width == 1280);
    CHECK(layout.base().settings.background == Colour{16, 32, 48, 255});
    const auto text = widget_named(layout.base().widgets, "t");
    CHECK((text.text_size == 90 && text.bold && text.texts.at("pl") == "Dzień dobry"));
    CHECK((text.colour == Colour{16, 32, 48, 255} && text.background == text.colour));
    CHECK(text.languages == std::vector<std::string>{"pl", "uk"});
    CHECK(text.when.size() == 1);
    CHECK(layout.base().widgets[0].name == "film");
    CHECK(layout.base().root.children[1].percent);
}

TEST_CASE("a text that begins with a dollar has two") {
    CHECK(widget_of("stack: [{kind: text, texts: {en: $$5 and $6}}]").texts.at("en") == "$5 and $6");
    CHECK(error_of("stack: [{kind: text, texts: {en: $5}}]") ==
          "x.yaml:1:34: there is no variable '5'; a text that begins with $ is written $$");
}

TEST_CASE("variables that do not exist or go in a circle are told where they are used, once") {
    CHECK(error_of("variables: {blue: \"#102030\"}\nstack: [{kind: text, text: hall_name, colour: $bleu}]") ==
          "x.yaml:2:47: there is no variable 'bleu', did you mean 'blue'?");
    CHECK(error_of("variables: {a: $b, b: $a}\nstack: [{kind: board, rows: $a}]") ==
          "x.yaml:2:29: the variable 'a' stands for itself");
    // Whatever reads it says no more.
    for (const std::string use :
         {"kind: $no", "kind: media, aspect: $no", "kind: media, when: $no", "kind: media, style: $no",
          "kind: ticker, languages: [$no]", "kind: board, services: [$no]", "kind: board, counters: [$no]",
          "kind: media, box: $no", "rows: $no", "kind: ticker, texts: $no", "kind: media, when: [$no]"})
        CHECK(error_of("stack: [{" + use + "}]").find('\n') == std::string::npos);
    CHECK(error_of("variants: $no\nstack: [{kind: media}]").starts_with("x.yaml:1:11: there is no variable 'no'"));
    CHECK(error_of("variables: {a: 1, a: 2}\nstack: [{kind: media}]") ==
          "x.yaml:1:19: 'a' is given twice, first in line 1");
    CHECK(error_of("styles: {a: {rows: 2}, a: {rows: 3}}\nstack: [{kind: media}]") ==
          "x.yaml:1:24: 'a' is given twice, first in line 1");
    CHECK(error_of("variables:\n  a: #102030\nstack: [{kind: media}]") ==
          "x.yaml:2:3: the variable 'a' is empty; a colour stands in quotes, since # begins a comment");
}

}  // namespace styles_test
