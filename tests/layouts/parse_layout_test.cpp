// Every mistake in a layout is told at its line and column, with what would be right.
#include <filesystem>
#include <fstream>
#include <random>

#include <unistd.h>

#include "tests/layouts/parsed.h"

namespace parse_layout_test {

using namespace parsed;

// A board in line 3; `lines` follow, each at column 5.
std::string with_board(const std::string& lines) {
    return "canvas: [1920, 1080]\nstack:\n  - name: b\n    kind: board\n    box: [0, 0, 100, 100]\n" + lines;
}

TEST_CASE("a layout says all that a screen needs") {
    const auto layout = parse_layout(R"(canvas: [1280, 720]
background: "#102030"
stack:
  - name: board
    kind: board
    box: [10, 20.5, 300, 400]
    rows: 5
    colour: "#0a0b0c80"
    heading: true
  - name: line
    kind: ticker
    box: [0, 600, 1280, 100]
    languages: [pl, zh-Hant]
    texts: {pl: Dzień dobry, zh-Hant: 您好}
)",
                                     "rooms/one.yaml");
    REQUIRE(layout);
    CHECK(layout->name == "one");
    CHECK(layout->base().settings.width == 1280);
    CHECK(layout->base().settings.background == Colour{16, 32, 48, 255});
    REQUIRE(layout->base().widgets.size() == 2);
    const auto& board = layout->base().widgets[0];
    CHECK(board.kind == WidgetKind::board);
    CHECK(board.place == FilePlace{4, 5});
    CHECK(layout->base().root.children[0].box == Box{10, 20.5, 300, 400});
    CHECK(board.rows == 5);
    CHECK(board.heading);
    CHECK(board.colour == Colour{10, 11, 12, 128});
    CHECK(layout->base().widgets[1].languages == std::vector<std::string>{"pl", "zh-Hant"});
    CHECK(layout->base().widgets[1].texts.at("zh-Hant") == "您好");
}

TEST_CASE("a value out of its range is told at its key") {
    CHECK(error_of(with_board("    rows: 40\n")) == "x.yaml:6:5: 'rows' must be a whole number of 1..12, is 40");
    CHECK(error_of(with_board("    bold: false\n    rows: many\n")) ==
          "x.yaml:7:5: 'rows' must be a whole number of 1..12, is many");
    CHECK(error_of(with_board("    rows: 2.5\n")) == "x.yaml:6:5: 'rows' must be a whole number of 1..12, is 2.5");
    CHECK(error_of(with_board("    text_size: .nan\n")) == "x.yaml:6:5: 'text_size' must be 8..1000, is .nan");
    CHECK(error_of(with_board("    text_size: inf\n")) == "x.yaml:6:5: 'text_size' must be 8..1000, is inf");
    CHECK(error_of(with_board("    padding: [20, 40]\n")) ==
          "x.yaml:6:5: 'padding' must be one number, 0..1000, is a list");
    CHECK(error_of(with_board("    bold: perhaps\n")) == "x.yaml:6:5: 'bold' must be true or false, is perhaps");
}

TEST_CASE("an unknown key is told with the known ones and the nearest") {
    const auto message = error_of(with_board("    colur: \"#ffffff\"\n"));
    CHECK(message.starts_with("x.yaml:6:5: unknown key 'colur' for a board, did you mean 'colour'?"));
    CHECK(message.find("rows") != std::string::npos);
    CHECK(error_of(with_board("    speed: 100\n")).starts_with("x.yaml:6:5: unknown key 'speed' for a board"));
    CHECK(error_of("stack: [{kind: media}]\nzzzzzz: 1\n")
              .starts_with("x.yaml:2:1: unknown key 'zzzzzz' for a layout. Known: about, canvas"));
}

TEST_CASE("a colour without its quotes is a comment to YAML, and we say so") {
    CHECK(error_of(with_board("    colour: #ffffff\n")) ==
          "x.yaml:6:5: 'colour' must be \"#rrggbb\" or \"#rrggbbaa\", in quotes, is empty");
    CHECK(error_of(with_board("    colour: \"#12345g\"\n")).starts_with("x.yaml:6:5: 'colour' must be"));
    CHECK(error_of(with_board("    colour: red\n")).starts_with("x.yaml:6:5: 'colour' must be"));
}

TEST_CASE("what is given twice is told at the second place") {
    CHECK(error_of(with_board("    rows: 3\n    rows: 4\n")) == "x.yaml:7:5: 'rows' is given twice, first in line 6");
    CHECK(error_of(with_board("  - name: b\n    kind: media\n    box: [0, 0, 10, 10]\n")) ==
          "x.yaml:6:5: 'name' 'b' is taken by the one in line 3");
}

TEST_CASE("a box outside of the canvas is told with where it reaches") {
    const std::string head = "canvas: [100, 50]\nstack:\n  - name: m\n    kind: media\n";
    CHECK(error_of(head + "    box: [60, 0, 50, 50]\n") ==
          "x.yaml:5:5: 'box' must lie inside the canvas of 100 x 50, reaches from 60,0 to 110,50");
    CHECK(error_of(head + "    box: [-1, 0, 50, 50]\n").starts_with("x.yaml:5:5: 'box' must lie inside"));
    CHECK(error_of(head + "    box: [0, 0, 0, 50]\n") == "x.yaml:5:5: 'box' has a width and a height above 0");
    CHECK(error_of(head + "    box: [0, 0, 50]\n") ==
          "x.yaml:5:5: 'box' must be [x, y, width, height], all numbers, is a list");
    CHECK(error_of(head + "    box: [0, 0, 50, x]\n").starts_with("x.yaml:5:5: 'box' must be [x, y, width, height]"));
}

TEST_CASE("a kind that does not exist is told with those that do") {
    CHECK(error_of("stack:\n  - name: a\n    kind: bord\n    box: [0, 0, 1, 1]\n") ==
          "x.yaml:3:5: 'kind' is one of board, call, counter, media, sign, ticker, waiting, clock, text, image, qr, "
          "languages, message, connection, panel; is 'bord', did you mean "
          "'board'?");
    CHECK(error_of("stack:\n  - name: a\n    box: [0, 0, 1, 1]\n") ==
          "x.yaml:2:5: a part of a layout needs 'kind', of a widget, or one of rows, columns, stack, grid");
    CHECK(error_of("stack:\n  - kind: text\n    name: t\n    box: [0, 0, 1, 1]\n") ==
          "x.yaml:2:5: a text needs 'texts'");
}

TEST_CASE("a layout that shows calls may not hide a lost connection") {
    CHECK(error_of("connection_notice: false\n" + with_board("")) ==
          "x.yaml:1:1: 'connection_notice' must be true where calls are shown: they may be old");
    CHECK(parse_layout("connection_notice: false\nstack: [{name: m, kind: media, box: [0, 0, 9, 9]}]", "x.yaml"));
}

TEST_CASE("an image is a file beside its layout") {
    const std::string head = "stack:\n  - name: i\n    kind: image\n    box: [0, 0, 9, 9]\n";
    CHECK(parse_layout(head + "    file: logo.png\n", "x.yaml"));
    CHECK(error_of(head + "    file: ../../secret.png\n").starts_with("x.yaml:5:5: 'file' names a PNG file"));
    CHECK(error_of(head + "    file: /etc/passwd\n").starts_with("x.yaml:5:5: 'file' names a PNG file"));
}

TEST_CASE("what is no YAML is told where reading ended") {
    CHECK(error_of("stack:\n  - {name: a\n").starts_with("x.yaml:"));
    CHECK(error_of("a: [1, 2\nb: 3").find("not readable as YAML") != std::string::npos);
    CHECK(error_of(",stack: []\n  - a\n")
              .starts_with("x.yaml:1:"));  // yaml-cpp reads on for ever, where it looks for more
    CHECK(error_of("stack:\n  - {kind: text, text: b: c}\n")
              .ends_with("stands in quotes; parts of a list are indented alike"));
    CHECK(error_of("") == "x.yaml:1:1: a layout is a mapping of keys to values, is empty");
    CHECK(error_of("- a\n") == "x.yaml:1:1: a layout is a mapping of keys to values, is a list");
    CHECK(error_of("&a [*a]") == "x.yaml:1:1: a layout is a mapping of keys to values, is a list");
}

TEST_CASE("nothing in a layout is without a limit") {
    CHECK(error_of(std::string(max_file_bytes + 1, ' ')).starts_with("x.yaml:1:1: a layout has at most 262144 bytes"));
    std::string many = "stack:\n";
    for (std::size_t i = 0; i <= max_widgets; ++i) {
        many += "  - {name: m" + std::to_string(i) + ", kind: media, box: [0, 0, 9, 9]}\n";
    }
    CHECK(error_of(many) == "x.yaml:1:1: 'stack' has at most 64 items, has 65");
    CHECK(error_of(std::string(20000, '[')).find("not readable as YAML") != std::string::npos);
    CHECK(error_of("stack:\n  - name: t\n    kind: text\n    box: [0, 0, 9, 9]\n    texts: {pl: " +
                   std::string(4001, 'x') + "}\n")
              .find("'pl' has at most 4000 bytes, has 4001") != std::string::npos);
}

TEST_CASE("whatever bytes are in a layout, the answer is a layout or a message with a place") {
    const std::string good = with_board("    rows: 4\n    colour: \"#ffffff\"\n    languages: [pl, en]\n");
    const unsigned seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    for (int i = 0; i < 2000; ++i) {
        std::string yaml = good;
        for (unsigned changes = 1 + random() % 4; changes > 0; --changes) {
            const auto at = random() % yaml.size();
            if (random() % 2) {
                yaml[at] = char(random());
            } else {
                yaml.insert(at, 1, "[]{}:,-&*!|>'\"#%@\n "[random() % 19]);
            }
        }
        const auto layout = parse_layout(yaml, "x.yaml");
        if (!layout) {
            INFO(yaml);
            CHECK(layout.error().message.starts_with("x.yaml:"));
        }
    }
}

class FreshFolder {
  public:
    FreshFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "hallcast-layouts-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~FreshFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    FreshFolder(const FreshFolder&) = delete;
    FreshFolder& operator=(const FreshFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

TEST_CASE("the office's own layout goes before the shipped one of the same name") {
    const FreshFolder folder;
    std::ofstream(folder.path() / "hall.yaml")
        << "stack:\n  - {name: i, kind: image, box: [0, 0, 9, 9], file: logo.png}\n";
    const auto own = load_layout("hall", folder.path());
    REQUIRE(own);
    CHECK(own->base().widgets.size() == 1);
    CHECK(own->base().widgets[0].file == (folder.path() / "logo.png").string());
    CHECK(load_layout((folder.path() / "hall.yaml").string(), {})->base().widgets.size() == 1);
    CHECK(load_layout("bench", folder.path())->name == "bench");
}

TEST_CASE("a layout that does not exist is told with those that do") {
    const FreshFolder folder;
    std::ofstream(folder.path() / "lobby.yaml") << "stack: []\n";
    const auto none = load_layout("nothing", folder.path());
    REQUIRE_FALSE(none);
    for (const std::string word : {"'nothing'", "hall", "bench", "slide", "lobby"}) {
        CHECK(none.error().message.find(word) != std::string::npos);
    }
    CHECK_FALSE(load_layout("/no/such/file.yaml", {}));
}

}  // namespace parse_layout_test
