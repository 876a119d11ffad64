// Rows, columns, stacks and grids: which box each widget gets on which screen.
#include "tests/layouts/parsed.h"

namespace arrange_test {

using namespace parsed;

TEST_CASE("rows share the height by weight, columns the width") {
    const OnScreen rows("rows:\n  - {kind: media, name: a}\n  - {kind: media, name: b, weight: 2}\n");
    CHECK(rows.box("a") == Box{0, 0, 1920, 360});
    CHECK(rows.box("b") == Box{0, 360, 1920, 720});
    const OnScreen columns("columns:\n  - {kind: media, name: a, weight: 3}\n  - {kind: media, name: b}\n");
    CHECK(columns.box("a") == Box{0, 0, 1440, 1080});
    CHECK(columns.box("b") == Box{1440, 0, 480, 1080});
}

TEST_CASE("a gap lies between the parts, padding around them") {
    const OnScreen screen(
        "gap: 20\npadding: 10\nrows:\n  - {kind: media, name: a}\n  - {kind: media, name: b}\n  - {kind: media, name: "
        "c}\n");
    CHECK(screen.box("a") == Box{10, 10, 1900, 340});
    CHECK(screen.box("b") == Box{10, 370, 1900, 340});
    CHECK(screen.box("c") == Box{10, 730, 1900, 340});
}

TEST_CASE("a size is of canvas units or a share, and the others have what is left") {
    const OnScreen screen(
        "columns:\n  - {kind: media, name: a, size: 300}\n  - {kind: media, name: b, size: 25%}\n  - {kind: media, "
        "name: c}\n");
    CHECK(screen.box("a").width == 300);
    CHECK(screen.box("b") == Box{300, 0, 480, 1080});
    CHECK(screen.box("c") == Box{780, 0, 1140, 1080});
    CHECK(screen.problems().empty());
    // A share is of the container inside its padding.
    CHECK(OnScreen("padding: 60\ncolumns: [{kind: media, name: a, size: 50%}, {kind: media}]").box("a").width == 900);
}

TEST_CASE("min and max hold, and what they take or leave is shared again") {
    const OnScreen least(
        "rows:\n  - {kind: media, name: a, min: 600}\n  - {kind: media, name: b}\n  - {kind: media, name: c}\n");
    CHECK(least.box("a").height == 600);
    CHECK(least.box("b").height == 240);
    CHECK(least.box("c") == Box{0, 840, 1920, 240});
    const OnScreen most("rows:\n  - {kind: media, name: a, weight: 8, max: 80}\n  - {kind: media, name: b}\n");
    CHECK(most.box("a").height == 80);
    CHECK(most.box("b") == Box{0, 80, 1920, 1000});
    // CSS's case: both a limit below and one above; the part that stays takes what remains.
    const OnScreen both(
        "rows:\n  - {kind: media, name: a, max: 100}\n  - {kind: media, name: b, min: 500}\n  - {kind: media, name: "
        "c}\n");
    CHECK(both.box("a").height == 100);
    CHECK(both.box("b").height == 500);
    CHECK(both.box("c").height == 480);
    // Shares in % are held to them too.
    CHECK(OnScreen("rows: [{kind: media, name: a, size: 50%, max: 200}, {kind: media}]").box("a").height == 200);
    // What nobody may take stays free, at the end.
    const OnScreen free("rows: [{kind: media, name: a, max: 100}, {kind: media, name: b, max: 100}]");
    CHECK(free.box("b") == Box{0, 100, 1920, 100});
}

TEST_CASE("where there is too little room all shrink alike, and it is told") {
    const OnScreen screen(
        "rows:\n  - {kind: media, name: a, size: 1000}\n  - {kind: media, name: b, size: 1000}\n"
        "  - {kind: media, name: c}\n");
    CHECK(screen.box("a").height == Approx(540));
    CHECK(screen.box("b").height == Approx(540));
    CHECK(screen.box("c").height == 0);
    CHECK(screen.problems() == "1: the rows and their gaps need 2000 canvas units and have 1080\n");
    // Also where the gaps alone are too much: then there is nothing of the parts, but they stay on the screen.
    const OnScreen gaps("gap: 1000\ncolumns: [{kind: media}, {kind: media, name: b}, {kind: media, name: c}]");
    CHECK(gaps.box("b") == Box{960, 0, 0, 1080});
    CHECK(gaps.box("c") == Box{1920, 0, 0, 1080});
    CHECK(gaps.problems() == "2: the columns and their gaps need 2000 canvas units and have 1920\n");
    const OnScreen grid("gap: 1000\nacross: 3\ngrid: [{kind: media}, {kind: media}, {kind: media, name: c}]");
    CHECK(grid.box("c") == Box{1920, 0, 0, 1080});
    CHECK(grid.problems() == "3: the gaps of the grid's 3 columns need 2000 canvas units and have 1920\n");
}

TEST_CASE("an aspect takes as much of a row as it needs, or stands in the middle of its share") {
    const OnScreen screen(
        "columns:\n  - {kind: media, name: a, aspect: 16:9, size: 1280}\n  - {kind: media, name: b}\n");
    CHECK(screen.box("a") == Box{0, 180, 1280, 720});
    const OnScreen derived("columns:\n  - {kind: media, name: a, aspect: 1:1}\n  - {kind: media, name: b}\n");
    CHECK(derived.box("a") == Box{0, 0, 1080, 1080});
    CHECK(derived.box("b") == Box{1080, 0, 840, 1080});
    const OnScreen weighted("columns: [{kind: media, name: a, aspect: 1:1, weight: 1}, {kind: media}]");
    CHECK(weighted.box("a") == Box{0, 60, 960, 960});
    CHECK(OnScreen("stack: [{kind: media, name: a, aspect: 0.5}]").box("a") == Box{690, 0, 540, 1080});
    // On a wide screen its shape would need more than there is: it shares.
    const OnScreen wide("rows:\n  - {kind: media, name: a, aspect: 16:9}\n  - {kind: media, name: b, min: 300}\n", 1920,
                        480);
    CHECK(wide.box("a").height == 540);
    CHECK(wide.box("b") == Box{0, 540, 4320, 540});
    CHECK(wide.problems().empty());
    CHECK(error_of("stack: [{kind: media, aspect: 16:0}]") ==
          "x.yaml:1:23: 'aspect' is width:height like 16:9, from 1:20 to 20:1; is '16:0'");
    for (const std::string wrong : {"nan:1", "inf:inf", "-4:-3", "0x10:9", "a", "1:2:3", "\"\""})
        CHECK(error_of("stack: [{kind: media, aspect: " + wrong + "}]").starts_with("x.yaml:1:23: 'aspect' is "));
}

TEST_CASE("a stack's parts lie over each other, all of it or a box") {
    const OnScreen screen(
        "stack:\n  - {kind: media, name: a}\n  - {kind: text, text: please_wait, name: b, box: [100, 900, 500, "
        "100]}\n");
    CHECK(screen.box("a") == Box{0, 0, 1920, 1080});
    CHECK(screen.box("b") == Box{100, 900, 500, 100});
    CHECK(screen.made.widgets[1].name == "b");  // in front
}

TEST_CASE("a grid's cells are filled row by row; a span takes several") {
    const OnScreen screen(R"(gap: 20
across: 3
grid:
  - {kind: media, name: a, span: [2, 2]}
  - {kind: media, name: b}
  - {kind: media, name: c}
  - {kind: media, name: d, span: [3, 1]}
)");
    CHECK(screen.box("a") == Box{0, 0, 1273 + 1.0 / 3, 713 + 1.0 / 3});
    CHECK(screen.box("b").x == Approx(1293.333));
    CHECK(screen.box("c").y == Approx(366.667));
    CHECK(screen.box("d").y == Approx(733.333));
    CHECK(screen.box("d").width == Approx(1920));
    CHECK(error_of("across: 2\ngrid: [{kind: media, span: [3, 1]}]") ==
          "x.yaml:2:22: 'span' is 3 cells across, and the grid has 2");
    CHECK(error_of("grid: [{kind: media, span: [1.5, 1]}]") == "x.yaml:1:22: 'span' holds whole numbers of 1..12");
}

TEST_CASE("a grid's columns and rows may have weights") {
    const OnScreen screen(
        "column_weights: [3, 1]\nrow_weights: [1, 2]\ngrid:\n"
        "  - {kind: media, name: a}\n  - {kind: media, name: b}\n  - {kind: media, name: c}\n");
    CHECK(screen.box("a") == Box{0, 0, 1440, 360});
    CHECK(screen.box("b") == Box{1440, 0, 480, 360});
    CHECK(screen.box("c") == Box{0, 360, 1440, 720});
    CHECK(error_of("column_weights: [1, 2, 3]\ngrid: [{kind: media}]") ==
          "x.yaml:1:1: 'column_weights' has 3 weights for the 2 columns that 'across' gives");
    CHECK(error_of("row_weights: [1, 0]\ngrid: [{kind: media}]") ==
          "x.yaml:1:1: 'row_weights' holds weights of 0.01..1000");
}

TEST_CASE("containers stand in containers, and have backgrounds of their own") {
    const OnScreen screen(R"(columns:
  - rows:
      - {kind: media, name: film}
      - {kind: ticker, name: line, size: 80}
  - name: side
    size: 600
    padding: 30
    background: "#102030"
    radius: 12
    rows:
      - {kind: board, name: board}
)");
    CHECK(screen.box("film") == Box{0, 0, 1320, 1000});
    CHECK(screen.box("line") == Box{0, 1000, 1320, 80});
    CHECK(screen.box("side") == Box{1320, 0, 600, 1080});
    CHECK(screen.box("board") == Box{1350, 30, 540, 1020});
    const auto side = widget_named(screen.made.widgets, "side");
    CHECK((side.kind == WidgetKind::panel && side.radius == 12 && side.background == Colour{16, 32, 48, 255}));
    // Behind its parts.
    CHECK(&*std::ranges::find(screen.made.widgets, "side", &Widget::name) <
          &*std::ranges::find(screen.made.widgets, "board", &Widget::name));
}

TEST_CASE("on a screen of another shape the canvas grows and letters keep theirs") {
    const std::string yaml = "columns:\n  - {kind: media, name: a}\n  - {kind: board, name: b, size: 600}\n";
    const OnScreen wide(yaml, 2560, 1080);
    CHECK(wide.made.scale == 1);
    CHECK(wide.box("a") == Box{0, 0, 1960, 1080});
    CHECK(wide.box("b") == Box{1960, 0, 600, 1080});
    const OnScreen large(yaml, 3840, 2160);
    CHECK(large.made.scale == 2);
    CHECK(large.box("b") == Box{1320, 0, 600, 1080});
}

TEST_CASE("boxes are stretched with their stack") {
    const std::string yaml = "stack: [{kind: media, name: a, box: [960, 0, 960, 1080]}]";
    CHECK(OnScreen(yaml, 3840, 1080).box("a") == Box{1920, 0, 1920, 1080});
    CHECK(OnScreen(yaml, 1920, 2160).box("a") == Box{960, 0, 960, 2160});
    // One that keeps its size on a wider screen keeps its boxes.
    const std::string nested =
        "columns:\n  - {kind: media}\n  - size: 600\n    padding: 50\n    stack: [{kind: media, name: a, box: [100, 0, "
        "400, 980]}]\n";
    const OnScreen same(nested), wide(nested, 3840, 1080);
    CHECK(same.box("a") == Box{1470, 50, 400, 980});
    CHECK(wide.box("a") == Box{3390, 50, 400, 980});
    CHECK((same.problems() + wide.problems()).empty());
}

TEST_CASE("a box that reaches out of a nested stack is told and cut") {
    const OnScreen screen(
        "columns:\n  - size: 600\n    stack:\n      - {kind: media, name: a, box: [500, 0, 400, 100]}\n      - {kind: "
        "media, name: b, box: [700, 0, 90, 90]}\n  - {kind: media}\n");
    CHECK(screen.box("a") == Box{500, 0, 100, 100});
    CHECK(screen.box("b") == Box{600, 0, 0, 90});
    CHECK(screen.problems() ==
          "4: 'box' reaches out of its stack, which is 600 x 1080 canvas units\n"
          "5: 'box' reaches out of its stack, which is 600 x 1080 canvas units\n");
}

TEST_CASE("where a part stands is told by the words of its container") {
    CHECK(error_of("stack: [{kind: media, size: 5}]") == "x.yaml:1:23: 'size' is for parts of rows and columns");
    CHECK(error_of("rows: [{kind: media, span: [1, 1]}]") == "x.yaml:1:22: 'span' is for parts of a grid");
    CHECK(error_of("grid: [{kind: media, box: [0, 0, 9, 9]}]") ==
          "x.yaml:1:22: 'box' is for parts of a stack; in rows and columns say 'size' or 'weight'");
    CHECK(error_of("rows: [{kind: media, size: 0%}]") ==
          "x.yaml:1:22: 'size' is canvas units like 300, or 1%..100% of the container; is '0%'");
    CHECK(error_of("rows: [{kind: media, size: 0x9%}]").starts_with("x.yaml:1:22: 'size' is canvas units"));
    CHECK(error_of("rows: [{kind: media, size: 0}]") == "x.yaml:1:22: 'size' must be 1..16384, is 0");
    CHECK(error_of("rows: [{kind: media, min: 5, max: 4}]") == "x.yaml:1:30: 'max' is less than 'min'");
    CHECK(error_of("rows: [{kind: media, size: 9, weight: 4}]") ==
          "x.yaml:1:31: 'weight' and 'size' exclude each other");
    CHECK(error_of("rows: [{rows: [{kind: media}], stack: [{kind: media}]}]") ==
          "x.yaml:1:32: 'stack' and 'rows' exclude each other");
}

}  // namespace arrange_test
