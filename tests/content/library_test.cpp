#include "content/library.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <optional>
#include <thread>

#include "content/manifest_file.h"
#include "content/sha256.h"
#include "tests/content/temp_folder.h"

namespace hallcast::content::library_test {

namespace fs = std::filesystem;
using tests::bytes_of;
using tests::entries_in;
using tests::TempFolder;

v1::ContentItem film(const std::string& title) {
    v1::ContentItem item;
    item.set_kind(v1::CONTENT_KIND_VIDEO);
    item.set_title(title);
    item.set_duration_ms(1500);
    item.set_width(640);
    item.set_height(360);
    item.set_loudness_lufs(-18.5);
    return item;
}

std::unique_ptr<Library> open(const fs::path& folder) {
    auto library = open_library(folder);
    INFO((library ? std::string() : library.error().message));
    REQUIRE(library.has_value());
    return *std::move(library);
}

v1::ContentItem add(Library& library, const TempFolder& folder, const std::string& bytes) {
    const auto item = library.add(folder.write("in", bytes), film(bytes));
    INFO((item ? std::string() : item.error().message));
    REQUIRE(item.has_value());
    return *item;
}

TEST_CASE("SHA-256 is what FIPS 180-2 says") {
    Sha256 hash;
    hash.update("a");
    hash.update("bc");
    CHECK(hash.hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const TempFolder folder;
    CHECK(sha256_of_file(folder.write("empty", "")).value() ==
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK_FALSE(sha256_of_file(folder.path() / "absent").has_value());
}

TEST_CASE("a file is taken in under its hash, and is still there after the library is opened again") {
    const TempFolder folder;
    v1::ContentItem item;
    {
        const auto library = open(folder.path() / "library");
        CHECK(library->manifest().version() == 0);
        item = add(*library, folder, "abc");
        CHECK(item.sha256() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        CHECK(item.id() == "ba7816bf8f01");
        CHECK(item.bytes() == 3);
        CHECK(item.added_at_ms() > 0);
        CHECK(bytes_of(library->blob(item.sha256())) == "abc");
        CHECK_FALSE(fs::exists(folder.path() / "in"));
        CHECK(library->manifest().version() == 1);
    }
    const auto library = open(folder.path() / "library");
    REQUIRE(library->manifest().items_size() == 1);
    CHECK(library->manifest().items(0).SerializeAsString() == item.SerializeAsString());
    CHECK(read_manifest(folder.path() / "library").value().version() == 1);
    CHECK(read_manifest(folder.path() / "nowhere").value().items_size() == 0);
}

TEST_CASE("the same content again changes nothing and gives the item that is there") {
    const TempFolder folder;
    const auto library = open(folder.path() / "library");
    int changes = 0;
    library->on_change([&](const auto&) { ++changes; });
    add(*library, folder, "abc");
    const auto again = library->add(folder.write("in", "abc"), film("another title"));
    REQUIRE(again.has_value());
    CHECK(again->title() == "abc");
    CHECK(library->manifest().version() == 1);
    CHECK(changes == 1);
    CHECK_FALSE(fs::exists(folder.path() / "in"));
}

TEST_CASE("the version is one higher at every change, and listeners hear of each") {
    const TempFolder folder;
    const auto library = open(folder.path() / "library");
    std::vector<std::uint64_t> versions;
    library->on_change([&](const v1::ContentManifest& manifest) {
        versions.push_back(manifest.version());
        CHECK(library->manifest().version() == manifest.version());
    });
    const auto first = add(*library, folder, "one");
    add(*library, folder, "two");
    CHECK(library->remove(first.id()).has_value());
    CHECK(versions == std::vector<std::uint64_t>{1, 2, 3});
    REQUIRE(library->manifest().items_size() == 1);
    CHECK(library->manifest().items(0).title() == "two");
    const auto absent = library->remove(first.id());
    REQUIRE_FALSE(absent.has_value());
    CHECK(absent.error().message.find("there is no content '" + first.id() + "'") == 0);
    CHECK(library->manifest().version() == 3);
}

TEST_CASE("a removed file is gone from the folder, but whoever plays it plays on") {
    const TempFolder folder;
    const auto library = open(folder.path() / "library");
    const auto item = add(*library, folder, "still playing");
    std::ifstream playing(library->blob(item.sha256()));
    REQUIRE(library->remove(item.id()).has_value());
    CHECK_FALSE(fs::exists(library->blob(item.sha256())));
    CHECK(std::string(std::istreambuf_iterator<char>(playing), {}) == "still playing");
}

TEST_CASE("what is no hash leads nowhere") {
    const TempFolder folder;
    const auto library = open(folder.path() / "library");
    for (const char* evil :
         {"", "../manifest.json", "/etc/passwd", "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"})
        CHECK(library->blob(evil).empty());
    CHECK(library->blob(std::string(64, 'a')).parent_path() == folder.path() / "library" / "blobs");
}

TEST_CASE("bad files are refused and left where they are") {
    const TempFolder folder;
    const auto library = open(folder.path() / "library");
    CHECK_FALSE(library->add(folder.path() / "absent", film("x")).has_value());
    CHECK_FALSE(library->add(folder.path(), film("x")).has_value());
    CHECK_FALSE(library->add(folder.write("empty", ""), film("x")).has_value());
    fs::create_symlink("/etc/hostname", folder.path() / "link");
    CHECK_FALSE(library->add(folder.path() / "link", film("x")).has_value());
    const fs::path kept = folder.write("kept", "kept");
    CHECK_FALSE(library->add(kept, v1::ContentItem()).has_value());  // neither video nor picture
    CHECK(bytes_of(kept) == "kept");
    CHECK(library->manifest().version() == 0);
    CHECK(entries_in(folder.path() / "library" / "blobs") == 0);
}

TEST_CASE("a title of any bytes becomes one that can be shown") {
    const TempFolder folder;
    const auto library = open(folder.path() / "library");
    const auto item = library->add(folder.write("in", "x"), film(std::string("bad \xff\n") + std::string(500, 'a')));
    REQUIRE(item.has_value());
    CHECK(item->title().size() == 200);
    CHECK(item->title().starts_with("bad ? aaa"));
}

TEST_CASE("opening cleans up what a crash left, and only that") {
    const TempFolder folder;
    open(folder.path() / "library");
    const fs::path incoming = folder.path() / "library" / "incoming";
    fs::create_directories(incoming / "ingest-abc" / "deep");
    folder.write("library/incoming/ingest-abc/deep/result.mp4", "half");
    folder.write("library/incoming/upload-7", "half");
    folder.write("library/incoming/adding-7", "half");
    folder.write("library/incoming/notes.txt", "somebody's");
    folder.write("library/incoming/" + std::string(64, 'b') + ".part", "to be resumed");
    folder.write("library/.manifest.json.aB3xYz", "{");
    fs::create_directory_symlink(folder.path(), incoming / "ingest-link");
    folder.write("outside", "untouched");
    open(folder.path() / "library");
    CHECK(entries_in(incoming) == 2);
    CHECK(fs::exists(incoming / "notes.txt"));
    CHECK(fs::exists(incoming / (std::string(64, 'b') + ".part")));
    CHECK_FALSE(fs::exists(folder.path() / "library" / ".manifest.json.aB3xYz"));
    CHECK(bytes_of(folder.path() / "outside") == "untouched");
}

TEST_CASE("a library is one process's at a time") {
    const TempFolder folder;
    const auto library = open(folder.path() / "library");
    const auto second = open_library(folder.path() / "library");
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().message.find("is in use by another hallcast") != std::string::npos);
}

TEST_CASE("a broken manifest is set aside, the list before it is taken, and no file is lost") {
    const TempFolder folder;
    const fs::path home = folder.path() / "library";
    v1::ContentItem first, second;
    {
        const auto library = open(home);
        first = add(*library, folder, "one");
        second = add(*library, folder, "two");
    }
    const std::string broken =
        GENERATE(std::string("{ \"version\": \"2\", \"items\": ["), std::string("\0\0\0\0", 4), std::string(),
                 std::string(R"({"version":"9","items":[{"id":"../../x","sha256":"../../x","bytes":"1"}]})"));
    folder.write("library/manifest.json", broken);
    {
        const auto library = open(home);
        const v1::ContentManifest manifest = library->manifest();
        REQUIRE(manifest.items_size() == 1);
        CHECK(manifest.items(0).id() == first.id());
        CHECK(manifest.version() == 3);  // higher than any that was given out
        CHECK(bytes_of(library->blob(first.sha256())) == "one");
        CHECK(bytes_of(home / "orphans" / second.sha256()) == "two");
        int aside = 0;
        for (const auto& entry : fs::directory_iterator(home))
            if (entry.path().filename().string().starts_with("manifest.broken-")) {
                ++aside;
                CHECK(bytes_of(entry.path()) == broken);
            }
        CHECK(aside == 1);
        REQUIRE(library->add(home / "orphans" / second.sha256(), film("two")).has_value());
    }
    CHECK(open(home)->manifest().items_size() == 2);
}

TEST_CASE("with both lists broken, or the list gone, the library opens and the files are kept") {
    const TempFolder folder;
    const fs::path home = folder.path() / "library";
    std::string sha256;
    {
        const auto library = open(home);
        sha256 = add(*library, folder, "one").sha256();
        add(*library, folder, "two");
    }
    if (GENERATE(true, false)) {
        folder.write("library/manifest.json", "x");
        folder.write("library/manifest.previous.json", "x");
    } else {
        fs::remove(home / "manifest.json");
        folder.write("library/manifest.previous.json", "x");
    }
    CHECK(open(home)->manifest().items_size() == 0);
    CHECK(bytes_of(home / "orphans" / sha256) == "one");
}

TEST_CASE("a cache takes over a list only when every file of it is here, and drops the files of the old one") {
    const TempFolder folder;
    const auto master = open(folder.path() / "master");
    const auto cache = open(folder.path() / "cache");
    const auto old_item = add(*cache, folder, "old");
    const auto item = add(*master, folder, "new");
    const auto early = cache->replace_manifest(master->manifest());
    REQUIRE_FALSE(early.has_value());
    CHECK(early.error().message.find("is not here yet") != std::string::npos);
    CHECK(cache->manifest().items(0).id() == old_item.id());

    const fs::path part = folder.write("cache/incoming/part", "new");
    REQUIRE(settle_blob(*cache, part, item.sha256()).has_value());
    REQUIRE(cache->replace_manifest(master->manifest()).has_value());
    CHECK(cache->manifest().SerializeAsString() == master->manifest().SerializeAsString());
    CHECK_FALSE(fs::exists(cache->blob(old_item.sha256())));
    REQUIRE(cache->replace_manifest(v1::ContentManifest()).has_value());  // an emptied master
    CHECK(cache->manifest().version() == 0);
    CHECK(entries_in(folder.path() / "cache" / "blobs") == 0);
}

v1::AddStream stream(const std::string& address, std::uint32_t seconds = 0, const std::string& title = "") {
    v1::AddStream stream;
    stream.set_address(address);
    stream.set_seconds(seconds);
    stream.set_title(title);
    return stream;
}

v1::ContentItem voice(const std::string& language) {
    v1::ContentItem item;
    item.set_kind(v1::CONTENT_KIND_VOICE);
    item.set_title(language + ".voice");
    item.set_language(language);
    return item;
}

TEST_CASE("a voice is kept apart from what plays, and takes the place of the one of its language") {
    const TempFolder folder;
    v1::ContentManifest list;
    {
        const auto library = open(folder.path() / "library");
        add(*library, folder, "film");
        const auto old = library->add(folder.write("in", "old"), voice("uk"));
        REQUIRE(old.has_value());
        REQUIRE(library->add(folder.write("in", "polish"), voice("pl")).has_value());
        const auto item = library->add(folder.write("in", "new"), voice("uk"));
        REQUIRE(item.has_value());
        list = library->manifest();
        CHECK(list.version() == 4);
        CHECK(list.items_size() == 1);
        REQUIRE(list.voices_size() == 2);
        CHECK(list.voices(0).id() == item->id());
        CHECK(list.voices(1).language() == "pl");
        CHECK(bytes_of(library->blob(item->sha256())) == "new");
        CHECK_FALSE(fs::exists(library->blob(old->sha256())));
        // The same again changes nothing.
        CHECK(library->add(folder.write("in", "new"), voice("uk"))->SerializeAsString() == item->SerializeAsString());
        CHECK(library->manifest().version() == 4);
    }
    const auto library = open(folder.path() / "library");
    CHECK(library->manifest().SerializeAsString() == list.SerializeAsString());
    REQUIRE(library->remove(list.voices(0).id()).has_value());
    CHECK_FALSE(fs::exists(library->blob(list.voices(0).sha256())));
    CHECK(library->manifest().voices_size() == 1);
    CHECK(library->manifest().items_size() == 1);

    const auto refused = [&](auto change) {
        v1::ContentManifest wrong = list;
        change(wrong);
        const auto checked = check_manifest(wrong);
        REQUIRE_FALSE(checked.has_value());
        return checked.error().message;
    };
    CHECK(refused([](auto& wrong) { *wrong.add_items() = wrong.voices(0); }).find("is neither video") !=
          std::string::npos);
    CHECK(refused([](auto& wrong) { *wrong.add_voices() = wrong.items(0); }).find("is no voice") != std::string::npos);
    CHECK(refused([](auto& wrong) { *wrong.add_voices() = wrong.voices(0); }).find("is another voice for 'uk'") !=
          std::string::npos);
    CHECK(refused([](auto& wrong) { wrong.mutable_voices(0)->clear_language(); }).find("has no language") !=
          std::string::npos);
    CHECK(refused([](auto& wrong) { wrong.mutable_voices(0)->set_sha256("../../keys"); }).find("has no SHA-256") !=
          std::string::npos);
    CHECK(refused([](auto& wrong) {
              wrong.mutable_voices(0)->set_sha256(wrong.items(0).sha256());
              wrong.mutable_voices(0)->set_id(wrong.items(0).id());
          }).find("is there twice") != std::string::npos);
    CHECK(refused([](auto& wrong) {
              for (int i = 0; i < most_voices; ++i) *wrong.add_voices() = wrong.voices(0);
          }).find("at most 100") != std::string::npos);
}

TEST_CASE("a live stream stands in the list with its address and no file, also after the library is opened again") {
    const TempFolder folder;
    const std::string address = "rtsp://hall:geheim@10.0.0.9/live?token=geheim";
    v1::ContentManifest before;
    {
        const auto library = open(folder.path() / "library");
        const auto film = add(*library, folder, "film");
        const auto item = library->add_stream(stream(address));
        REQUIRE(item.has_value());
        CHECK(is_hex(item->id(), id_digits));
        CHECK(item->kind() == v1::CONTENT_KIND_STREAM);
        CHECK(item->address() == address);
        CHECK(item->title() == "rtsp://10.0.0.9/live?...");
        CHECK(item->duration_ms() == 0);
        CHECK(item->added_at_ms() > 0);
        add(*library, folder, "another");
        // Known already: what is said of it is taken over.
        const auto again = library->add_stream(stream(address, 90, "News"));
        REQUIRE(again.has_value());
        CHECK(again->id() == item->id());
        CHECK(again->duration_ms() == 90'000);
        before = library->manifest();
        CHECK(before.version() == 4);
        REQUIRE(before.items_size() == 3);
        CHECK(before.items(1).SerializeAsString() == again->SerializeAsString());
        CHECK(fs::exists(library->blob(film.sha256())));
    }
    // Passwords are in it.
    for (const char* name : {"manifest.json", "manifest.previous.json"})
        CHECK(fs::status(folder.path() / "library" / name).permissions() ==
              (fs::perms::owner_read | fs::perms::owner_write));
    const auto library = open(folder.path() / "library");
    CHECK(library->manifest().SerializeAsString() == before.SerializeAsString());
    REQUIRE(library->remove(before.items(1).id()).has_value());
    CHECK(library->manifest().items_size() == 2);
}

TEST_CASE("a stream's address is checked when it is given, and no error names its password") {
    const TempFolder folder;
    const auto library = open(folder.path() / "library");
    for (const auto& [wrong, words] : {std::pair(stream(""), "no address of a stream"),
                                       {stream("file:///etc/passwd"), "no address of a stream"},
                                       {stream("/films/film.mp4"), "no address of a stream"},
                                       {stream("rtsp://"), "names no host"},
                                       {stream("rtsp://hall:geheim@"), "names no host"},
                                       {stream("http://hall:geheim@host/a b"), "blank"},
                                       {stream("http://hall:geheim@host/" + std::string(3000, 'a')), "longer than"},
                                       {stream("http://hall:geheim@host/\xff"), "UTF-8"},
                                       {stream("udp://hall:geheim@host:1", most_stream_seconds + 1), "at each turn"}}) {
        INFO(wrong.address());
        const auto refused = library->add_stream(wrong);
        REQUIRE_FALSE(refused.has_value());
        INFO(refused.error().message);
        CHECK(refused.error().message.find(words) != std::string::npos);
        CHECK(refused.error().message.find("geheim") == std::string::npos);
    }
    CHECK(library->manifest().version() == 0);
}

TEST_CASE("a list whose streams are none is refused as a whole") {
    v1::ContentManifest good;
    v1::ContentItem& item = *good.add_items();
    item.set_id("0123456789ab");
    item.set_kind(v1::CONTENT_KIND_STREAM);
    item.set_address("udp://239.0.0.1:5000");
    CHECK(check_manifest(good).has_value());
    const auto refused = [&](const std::function<void(v1::ContentItem&)>& spoil) {
        v1::ContentManifest bad = good;
        spoil(*bad.mutable_items(0));
        return !check_manifest(bad).has_value();
    };
    CHECK(refused([](auto& spoilt) { spoilt.set_address("/etc/passwd"); }));
    CHECK(refused([](auto& spoilt) { spoilt.set_id("../../../etc"); }));
    CHECK(refused([](auto& spoilt) { spoilt.set_id("0123456789abcd"); }));
    CHECK(refused([](auto& spoilt) { spoilt.set_sha256(std::string(64, 'a')); }));
    CHECK(refused([](auto& spoilt) { spoilt.set_bytes(1); }));
    CHECK(refused([](auto& spoilt) { spoilt.set_duration_ms(-1); }));
    CHECK(refused([](auto& spoilt) { spoilt.set_kind(v1::CONTENT_KIND_VIDEO); }));
    *good.add_items() = item;
    CHECK_FALSE(check_manifest(good).has_value());
}

TEST_CASE("who is no player sees addresses without names, passwords and tokens") {
    v1::ContentManifest list;
    list.add_items()->set_title("a film");
    v1::ContentItem& item = *list.add_items();
    item.set_kind(v1::CONTENT_KIND_STREAM);
    item.set_address("https://hall:geheim@tv.example.org/live.m3u8?token=geheim");
    item.set_title("News");
    const auto seen = without_secrets(list);
    CHECK(seen.items(0).address().empty());
    CHECK(seen.items(1).address() == "https://tv.example.org/live.m3u8?...");
    CHECK(seen.items(1).title() == "News");
    CHECK(seen.SerializeAsString().find("geheim") == std::string::npos);
}

TEST_CASE("threads may add and read at once") {
    const TempFolder folder;
    const auto library = open(folder.path() / "library");
    std::vector<std::uint64_t> versions;
    library->on_change([&](const v1::ContentManifest& manifest) { versions.push_back(manifest.version()); });
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < 4; ++thread)
            threads.emplace_back([&, thread] {
                for (int i = 0; i < 5; ++i) {
                    const std::string name = fmt::format("in-{}-{}", thread, i);
                    // The fifth is the same for all.
                    (void)library->add(folder.write(name, i == 4 ? "shared" : name), film(name));
                    (void)library->manifest();
                }
            });
    }
    CHECK(library->manifest().items_size() == 17);
    REQUIRE(versions.size() == 17);
    for (std::size_t i = 0; i < versions.size(); ++i) CHECK(versions[i] == i + 1);
}

TEST_CASE("killed in the middle of adding, a library has everything it acknowledged") {
    const TempFolder folder;
    const fs::path home = folder.path() / "library";
    int acknowledged[2];
    REQUIRE(::pipe2(acknowledged, O_CLOEXEC) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const auto library = open_library(home);
        for (int i = 0; library && i < 10'000; ++i) {
            const fs::path file = folder.path() / "in";
            std::ofstream(file) << "film " << i;
            if (!(*library)->add(file, film(std::to_string(i)))) break;
            const char done = 'd';
            if (::write(acknowledged[1], &done, 1) != 1) break;
        }
        ::_exit(0);
    }
    ::close(acknowledged[1]);
    int answered = 0;
    for (char done; answered < 15 && ::read(acknowledged[0], &done, 1) == 1;) ++answered;
    ::kill(child, SIGKILL);
    for (char done; ::read(acknowledged[0], &done, 1) == 1;) ++answered;
    ::close(acknowledged[0]);
    REQUIRE(::waitpid(child, nullptr, 0) == child);

    const auto library = open(home);
    CHECK(answered >= 15);
    CHECK(library->manifest().items_size() >= answered);
    CHECK(library->manifest().version() == std::uint64_t(library->manifest().items_size()));
    const v1::ContentManifest manifest = library->manifest();
    for (const v1::ContentItem& item : manifest.items())
        CHECK(sha256_of_file(library->blob(item.sha256())).value() == item.sha256());
}

}  // namespace hallcast::content::library_test
