// Variants: which one a screen gets, and what it has from the file.
#include "tests/layouts/parsed.h"

namespace variants_test {

using namespace parsed;

std::string about(const Layout& layout, int width, int height) {
    return layout.variant_for(width, height).widgets.at(0).name;
}

// A variant is named by its one widget; in a screen that none is for, "else".
Layout of_shape(const std::string& shapes) {
    return layout_of("stack: [{kind: media, name: else}]\nvariants:\n  - for: " + shapes +
                     "\n    stack: [{kind: media, name: it}]\n");
}

TEST_CASE("a variant is for portrait or landscape, for aspects, widths and heights") {
    const auto portrait = of_shape("portrait");
    CHECK(about(portrait, 1080, 1920) == "it");
    CHECK(about(portrait, 1000, 1000) == "it");
    CHECK(about(portrait, 1001, 1000) == "else");
    CHECK(about(of_shape("landscape"), 1920, 1080) == "it");
    CHECK(about(of_shape("landscape"), 1080, 1920) == "else");
    const auto wide = of_shape("{aspect: [2, 4]}");
    CHECK(about(wide, 2000, 1000) == "it");
    CHECK(about(wide, 1920, 1080) == "else");
    CHECK(about(wide, 4001, 1000) == "else");
    const auto small = of_shape("{width: [0, 1280], height: [0, 720]}");
    CHECK(about(small, 1280, 720) == "it");
    CHECK(about(small, 1280, 721) == "else");
    CHECK(about(small, 1281, 720) == "else");
}

TEST_CASE("the first variant that fits is taken") {
    const auto layout = layout_of(R"(stack: [{kind: media, name: else}]
variants:
  - {for: {width: [0, 800]}, stack: [{kind: media, name: small}]}
  - {for: landscape, stack: [{kind: media, name: wide}]}
)");
    CHECK(about(layout, 800, 600) == "small");
    CHECK(about(layout, 1024, 600) == "wide");
    CHECK(about(layout, 1024, 2000) == "else");
}

TEST_CASE("what a variant does not say comes from the file") {
    const auto layout = layout_of(R"(canvas: [1920, 1080]
background: "#101010"
gap: 30
padding: 5
variables: {ground: "#202020", size: 40, rows: 7}
styles: {card: {text_size: $size, padding: 3, rows: $rows}}
columns:
  - {kind: media, name: film}
  - {kind: board, name: board, style: card, background: $ground}
variants:
  - for: portrait
    canvas: [1080, 1920]
    variables: {ground: "#303030", size: 80}
    styles: {card: {radius: 6, padding: 4}, extra: {rows: 2}}
    rows:
      - {kind: board, name: tall board, style: card, background: $ground}
  - for: {width: [0, 1280]}
    background: "#404040"
    connection_notice: true
)");
    REQUIRE(layout.variants.size() == 3);
    const Variant &tall = layout.variants[0], &small = layout.variants[1], &base = layout.variants[2];
    CHECK((tall.settings.width == 1080 && tall.settings.background == Colour{16, 16, 16, 255}));
    CHECK((tall.root.form == Node::Form::rows && tall.root.gap == 0 && tall.root.padding == 0));
    REQUIRE(tall.widgets.size() == 1);
    const Widget& board = tall.widgets[0];
    CHECK((board.text_size == 80 && board.rows == 7 && board.radius == 6 && board.padding == 4));
    CHECK(board.background == Colour{48, 48, 48, 255});
    CHECK((small.settings.background == Colour{64, 64, 64, 255} && small.settings.width == 1920));
    CHECK((small.root.form == Node::Form::columns && small.root.gap == 30 && small.widgets.size() == 2));
    CHECK((base.widgets[1].text_size == 40 && base.widgets[1].radius == 0 && base.widgets[1].padding == 3));
    CHECK(base.widgets[1].background == Colour{32, 32, 32, 255});
}

TEST_CASE("what is wrong with a variant is told in its lines") {
    const std::string head = "stack: [{kind: media}]\nvariants:\n";
    CHECK(error_of(head + "  - {gap: 3}\n") == "x.yaml:3:5: a variant needs 'for'");
    CHECK(error_of(head + "  - {for: sideways}\n") == "x.yaml:3:6: 'for' is one of portrait, landscape; is 'sideways'");
    CHECK(error_of(head + "  - {for: {}}\n") == "x.yaml:3:6: 'for' says no shape of screens");
    CHECK(error_of(head + "  - {for: {aspect: [2, 1]}}\n") ==
          "x.yaml:3:12: 'aspect' is [least, most], its least number first and none below 0");
    CHECK(error_of(head + "  - {for: {size: [2, 1]}}\n") ==
          "x.yaml:3:12: unknown key 'size' for a variant's 'for'. Known: aspect, width, height");
    CHECK(error_of(head + "  - {for: portrait, variants: []}\n")
              .starts_with("x.yaml:3:21: unknown key 'variants' for a variant"));
    CHECK(error_of(head + "  - {for: portrait, stack: [{kind: bord}]}\n").starts_with("x.yaml:3:30: 'kind' is one of"));
    CHECK(error_of(
              "stack: [{kind: media}]\nvariants: [{for: portrait, connection_notice: false, stack: [{kind: call}]}]") ==
          "x.yaml:2:28: 'connection_notice' must be true where calls are shown: they may be old");
    std::string many = head;
    for (int i = 0; i < 9; ++i) many += "  - {for: portrait}\n";
    CHECK(error_of(many) == "x.yaml:2:1: 'variants' has at most 8 items, has 9");
    CHECK(error_of("variants: [{for: portrait, stack: [{kind: media}]}]") ==
          "x.yaml:1:1: a layout needs one of rows, columns, stack, grid");
}

}  // namespace variants_test
