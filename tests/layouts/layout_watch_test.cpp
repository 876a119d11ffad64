#include "layouts/layout_watch.h"

#include <poll.h>

#include <fstream>

#include "tests/catch.h"
#include "tests/content/temp_folder.h"

namespace hallcast::layouts::layout_watch_test {

namespace fs = std::filesystem;
using content::tests::TempFolder;
using std::chrono::milliseconds;

std::string layout_in(const std::string& colour, const std::string& image = "") {
    return "canvas: [640, 480]\nbackground: \"" + colour +
           "\"\nstack:\n"
           "  - {name: clock, kind: clock, box: [0, 0, 640, 200]}\n" +
           (image.empty() ? "" : "  - {name: logo, kind: image, box: [0, 200, 640, 200], file: " + image + "}\n");
}

void write(const fs::path& file, const std::string& text) { std::ofstream(file) << text; }

// As most editors and our own tools save.
void replace(const fs::path& file, const std::string& text) {
    const fs::path beside = file.string() + ".tmp";
    write(beside, text);
    fs::rename(beside, file);
}

// A watch, and a clock that only the test turns: the kernel's word is waited for, time is not.
struct Watched {
    Watched(const std::string& name, const fs::path& directory, std::vector<fs::path> others = {})
        : watch(name, directory, std::move(others)) {
        layout = watch.load();
        watch.changed(now);
    }
    // The kernel has told of something; a minute is for a machine under load.
    bool told() {
        pollfd descriptor{watch.descriptor(), POLLIN, 0};
        return ::poll(&descriptor, 1, 60'000) == 1;
    }
    void later(milliseconds by) { now += by; }
    // What is on the disk was told, and counts when it was quiet for a moment, not before.
    void load_when_quiet() {
        REQUIRE(told());
        CHECK_FALSE(watch.changed(now));
        later(LayoutWatch::quiet);
        REQUIRE(watch.changed(now));
        layout = watch.load();
        CHECK_FALSE(watch.changed(now));
    }
    int red() const { return layout ? layout->base().settings.background.red : -1; }

    LayoutWatch watch;
    LayoutWatch::Moment now{std::chrono::hours(1)};
    Expected<Layout> layout = fail("not loaded");
};

TEST_CASE("a layout that is replaced by renaming is another at once, and each time again") {
    const TempFolder folder;
    write(folder.path() / "hall.yaml", layout_in("#010000"));
    Watched watched("hall", folder.path());
    CHECK(watched.red() == 1);
    for (const char* colour : {"#020000", "#030000", "#040000"}) {
        replace(folder.path() / "hall.yaml", layout_in(colour));
        watched.load_when_quiet();
        CHECK(watched.red() == colour[2] - '0');
    }
}

TEST_CASE("a layout that is written over counts when it was quiet, whole") {
    const TempFolder folder;
    const fs::path file = folder.path() / "hall.yaml";
    write(file, layout_in("#010000"));
    Watched watched(file.string(), {});
    {
        std::ofstream half(file);
        half << layout_in("#020000").substr(0, 30);
        half.flush();
        watched.later(LayoutWatch::look_every);
        CHECK_FALSE(watched.watch.changed(watched.now));  // seen, not yet quiet
        watched.later(LayoutWatch::quiet / 2);
        half << layout_in("#020000").substr(30);
    }
    REQUIRE(watched.told());
    CHECK_FALSE(watched.watch.changed(watched.now));
    watched.later(LayoutWatch::quiet / 2);  // of the first half's, that would be enough
    CHECK_FALSE(watched.watch.changed(watched.now));
    watched.later(LayoutWatch::quiet / 2);
    REQUIRE(watched.watch.changed(watched.now));
    watched.layout = watched.watch.load();
    CHECK(watched.red() == 2);
}

TEST_CASE("a change while it is read is a change after it was read") {
    const TempFolder folder;
    const fs::path file = folder.path() / "hall.yaml";
    write(file, layout_in("#010000"));
    Watched watched("hall", folder.path());
    replace(file, layout_in("#020000"));
    watched.load_when_quiet();
    // Nobody asks in between: what the kernel told of the last change and of this one comes together.
    replace(file, layout_in("#030000"));
    watched.load_when_quiet();
    CHECK(watched.red() == 3);
}

TEST_CASE("a wrong layout is told, and is read again when it is put right") {
    const TempFolder folder;
    write(folder.path() / "hall.yaml", layout_in("#010000"));
    Watched watched("hall", folder.path());
    replace(folder.path() / "hall.yaml", "canvas: [640, 480]\nstack: nothing\n");
    watched.load_when_quiet();
    CHECK_FALSE(watched.layout.has_value());
    replace(folder.path() / "hall.yaml", layout_in("#020000"));
    watched.load_when_quiet();
    CHECK(watched.red() == 2);
}

TEST_CASE("a layout that is deleted and made again was never away; one that stays away is") {
    const TempFolder folder;
    const fs::path file = folder.path() / "hall.yaml";
    write(file, layout_in("#010000"));
    Watched watched("hall", folder.path());
    fs::remove(file);
    REQUIRE(watched.told());
    CHECK_FALSE(watched.watch.changed(watched.now));
    watched.later(LayoutWatch::quiet);
    CHECK_FALSE(watched.watch.changed(watched.now));  // an editor may write it again
    write(file, layout_in("#020000"));
    watched.load_when_quiet();
    CHECK(watched.red() == 2);

    fs::remove(file);
    REQUIRE(watched.told());
    CHECK_FALSE(watched.watch.changed(watched.now));
    watched.later(LayoutWatch::quiet_when_gone);
    REQUIRE(watched.watch.changed(watched.now));
    watched.layout = watched.watch.load();
    REQUIRE(watched.layout.has_value());  // the shipped one
    CHECK(watched.layout->file == "layouts/hall.yaml");
}

TEST_CASE("a name that is neither a file nor shipped is an error until there is one") {
    const TempFolder folder;
    Watched watched("ours", folder.path());
    CHECK_FALSE(watched.layout.has_value());
    write(folder.path() / "ours.yaml", layout_in("#020000"));
    watched.load_when_quiet();
    CHECK(watched.red() == 2);
}

TEST_CASE("an office's own layout takes the place of the shipped one, also in a folder that is made later") {
    const TempFolder folder;
    const fs::path layouts = folder.path() / "office" / "layouts";
    Watched watched("hall", layouts);
    REQUIRE(watched.layout.has_value());
    CHECK(watched.layout->file == "layouts/hall.yaml");
    fs::create_directory(folder.path() / "office");
    REQUIRE(watched.told());
    CHECK_FALSE(watched.watch.changed(watched.now));
    fs::create_directory(layouts);
    REQUIRE(watched.told());
    CHECK_FALSE(watched.watch.changed(watched.now));
    write(layouts / "hall.yaml", layout_in("#020000"));
    watched.load_when_quiet();
    CHECK(watched.red() == 2);
    // The folder as a whole is replaced.
    fs::create_directory(folder.path() / "new");
    write(folder.path() / "new" / "hall.yaml", layout_in("#030000"));
    fs::rename(layouts, folder.path() / "old");
    fs::rename(folder.path() / "new", layouts);
    watched.load_when_quiet();
    CHECK(watched.red() == 3);
    // And is watched as the one before it was.
    replace(layouts / "hall.yaml", layout_in("#040000"));
    watched.load_when_quiet();
    CHECK(watched.red() == 4);
}

TEST_CASE("a layout behind symbolic links is another when any of them leads elsewhere, or the file is replaced") {
    const TempFolder folder;
    for (const char* version : {"v1", "v2"}) {
        fs::create_directory(folder.path() / version);
        write(folder.path() / version / "hall.yaml", layout_in(version[1] == '1' ? "#010000" : "#020000"));
    }
    fs::create_directory(folder.path() / "office");
    fs::create_symlink("v1", folder.path() / "current");
    fs::create_symlink("../current/hall.yaml", folder.path() / "office" / "hall.yaml");
    Watched watched("hall", folder.path() / "office");
    CHECK(watched.red() == 1);
    fs::create_symlink("v2", folder.path() / "next");
    fs::rename(folder.path() / "next", folder.path() / "current");
    watched.load_when_quiet();
    CHECK(watched.red() == 2);
    replace(folder.path() / "v2" / "hall.yaml", layout_in("#030000"));
    watched.load_when_quiet();
    CHECK(watched.red() == 3);
    fs::create_symlink(folder.path() / "v1" / "hall.yaml", folder.path() / "office" / "link");
    fs::rename(folder.path() / "office" / "link", folder.path() / "office" / "hall.yaml");
    watched.load_when_quiet();
    CHECK(watched.red() == 1);
    // Links in a circle lead nowhere, and are no reason to hang.
    fs::create_symlink("hall.yaml", folder.path() / "office" / "circle");
    fs::rename(folder.path() / "office" / "circle", folder.path() / "office" / "hall.yaml");
    REQUIRE(watched.told());
    CHECK_FALSE(watched.watch.changed(watched.now));
    watched.later(LayoutWatch::quiet_when_gone);
    CHECK(watched.watch.changed(watched.now));
}

TEST_CASE("the images beside a layout and the other files given are watched too, those of a former layout not") {
    const TempFolder folder;
    fs::create_directory(folder.path() / "images");
    write(folder.path() / "state.json", "{}");
    write(folder.path() / "images" / "logo.png", "one");
    write(folder.path() / "hall.yaml", layout_in("#010000", "images/logo.png"));
    Watched watched("hall", folder.path(), {folder.path() / "state.json"});
    REQUIRE(watched.layout.has_value());
    replace(folder.path() / "images" / "logo.png", "two");
    watched.load_when_quiet();
    replace(folder.path() / "state.json", "{ }");
    watched.load_when_quiet();
    // Still while the layout is wrong: it may be the image that is put right.
    replace(folder.path() / "hall.yaml", "stack: 7\n");
    watched.load_when_quiet();
    CHECK_FALSE(watched.layout.has_value());
    replace(folder.path() / "images" / "logo.png", "three");
    watched.load_when_quiet();
    replace(folder.path() / "hall.yaml", layout_in("#020000"));
    watched.load_when_quiet();
    CHECK(watched.red() == 2);
    replace(folder.path() / "images" / "logo.png", "four");
    watched.later(LayoutWatch::look_every);
    CHECK_FALSE(watched.watch.changed(watched.now));
    watched.later(LayoutWatch::quiet);
    CHECK_FALSE(watched.watch.changed(watched.now));
}

TEST_CASE("what else happens in the folder is no reason to read the layout again") {
    const TempFolder folder;
    write(folder.path() / "hall.yaml", layout_in("#010000"));
    Watched watched("hall", folder.path());
    write(folder.path() / "other.yaml", layout_in("#020000"));
    fs::create_directory(folder.path() / "folder");
    REQUIRE(watched.told());
    CHECK_FALSE(watched.watch.changed(watched.now));
    watched.later(LayoutWatch::quiet_when_gone);
    CHECK_FALSE(watched.watch.changed(watched.now));
}

TEST_CASE("where nothing is told of changes they are found by looking") {
    const TempFolder folder;
    write(folder.path() / "hall.yaml", layout_in("#010000"));
    Watched watched("hall", folder.path());
    // Through a mapping or an open file nothing is told before it is closed, as nothing is of another machine's
    // changes.
    std::ofstream open(folder.path() / "hall.yaml");
    open << layout_in("#020000");
    open.flush();
    watched.later(LayoutWatch::look_every - milliseconds(1));
    CHECK_FALSE(watched.watch.changed(watched.now));
    CHECK(watched.watch.next() == watched.now + milliseconds(1));
    watched.later(milliseconds(1));
    CHECK_FALSE(watched.watch.changed(watched.now));
    CHECK(watched.watch.next() == watched.now + LayoutWatch::quiet);
    watched.later(LayoutWatch::quiet);
    CHECK(watched.watch.changed(watched.now));
    watched.layout = watched.watch.load();
    CHECK(watched.red() == 2);
}

}  // namespace hallcast::layouts::layout_watch_test
