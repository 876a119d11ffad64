#include "content/fetch.h"

#include <map>
#include <optional>

#include "content/sha256.h"
#include "tests/content/temp_folder.h"

namespace hallcast::content::fetch_test {

namespace fs = std::filesystem;
using tests::bytes_of;
using tests::entries_in;
using tests::TempFolder;

// A master as a player sees it, with the faults of the world.
class Master final : public BlobSource {
  public:
    Expected<std::string> read(const std::string& sha256, std::uint64_t offset, std::uint32_t length) override {
        reads.push_back({sha256, offset});
        if (on_read) on_read();
        if (fails_after && reads.size() > *fails_after) return fail("the master does not answer");
        const std::string& bytes = answers.contains(sha256) ? answers.at(sha256) : files.at(sha256);
        if (too_much) return bytes + bytes;
        if (offset >= bytes.size()) return std::string();
        return bytes.substr(offset, std::min<std::size_t>(length, largest_piece));
    }

    std::string add(const std::string& bytes) {
        Sha256 hash;
        hash.update(bytes);
        const std::string sha256 = hash.hex();
        v1::ContentItem& item = *manifest.add_items();
        item.set_sha256(sha256);
        item.set_id(sha256.substr(0, 12));
        item.set_bytes(bytes.size());
        item.set_kind(v1::CONTENT_KIND_VIDEO);
        item.set_duration_ms(1000);
        item.set_title("film " + std::to_string(manifest.items_size()));
        manifest.set_version(manifest.version() + 1);
        files[sha256] = bytes;
        return sha256;
    }

    v1::ContentManifest manifest;
    std::map<std::string, std::string> files;
    std::map<std::string, std::string> answers;  // where it lies
    std::optional<std::size_t> fails_after;
    std::size_t largest_piece = piece_bytes;
    bool too_much = false;
    std::function<void()> on_read;
    struct Read {
        std::string sha256;
        std::uint64_t offset;
    };
    std::vector<Read> reads;
};

std::string film_bytes(std::size_t size, unsigned seed) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = char((seed = seed * 1664525 + 1013904223) >> 24);
    return bytes;
}

std::unique_ptr<Library> cache_in(const TempFolder& folder) {
    auto cache = open_library(folder.path() / "cache");
    REQUIRE(cache.has_value());
    return *std::move(cache);
}

TEST_CASE("a player fetches what it lacks in pieces, and then plays the master's list") {
    const TempFolder folder;
    const auto cache = cache_in(folder);
    Master master;
    const auto big = master.add(film_bytes(2 * piece_bytes + 12345, 1));
    const auto small = master.add("small");
    REQUIRE(fetch(*cache, master.manifest, master).has_value());
    CHECK(master.reads.size() == 4);
    CHECK(bytes_of(cache->blob(big)) == master.files[big]);
    CHECK(bytes_of(cache->blob(small)) == "small");
    CHECK(cache->manifest().SerializeAsString() == master.manifest.SerializeAsString());
    CHECK(entries_in(cache->incoming()) == 0);

    SECTION("what is here is not fetched again") {
        master.add("one more");
        master.reads.clear();
        REQUIRE(fetch(*cache, master.manifest, master).has_value());
        CHECK(master.reads.size() == 1);
    }
    SECTION("a file lost from the cache is fetched again, although the list is the same") {
        fs::remove(cache->blob(small));
        REQUIRE(fetch(*cache, master.manifest, master).has_value());
        CHECK(bytes_of(cache->blob(small)) == "small");
    }
}

TEST_CASE("a voice is fetched as films are, and goes when the master's list has it no more") {
    const TempFolder folder;
    const auto cache = cache_in(folder);
    Master master;
    const auto film = master.add("film");
    const auto voice = master.add(film_bytes(2 * piece_bytes, 5));
    v1::ContentItem item = master.manifest.items(1);
    master.manifest.mutable_items()->RemoveLast();
    item.set_kind(v1::CONTENT_KIND_VOICE);
    item.set_language("uk");
    item.clear_duration_ms();
    *master.manifest.add_voices() = item;
    master.fails_after = 2;  // the film, and half of the voice
    REQUIRE_FALSE(fetch(*cache, master.manifest, master).has_value());
    CHECK(fs::file_size(cache->incoming() / (voice + ".part")) == piece_bytes);
    master.fails_after.reset();
    master.reads.clear();
    REQUIRE(fetch(*cache, master.manifest, master).has_value());
    REQUIRE(master.reads.size() == 1);
    CHECK(master.reads[0].offset == piece_bytes);
    CHECK(bytes_of(cache->blob(voice)) == master.files[voice]);
    CHECK(cache->manifest().SerializeAsString() == master.manifest.SerializeAsString());
    master.manifest.clear_voices();
    master.manifest.set_version(9);
    REQUIRE(fetch(*cache, master.manifest, master).has_value());
    CHECK_FALSE(fs::exists(cache->blob(voice)));
    CHECK(fs::exists(cache->blob(film)));
}

TEST_CASE("a fetch goes on where the last one was cut off") {
    const TempFolder folder;
    const auto cache = cache_in(folder);
    Master master;
    const auto sha256 = master.add(film_bytes(3 * piece_bytes, 2));
    master.fails_after = 2;
    const auto cut = fetch(*cache, master.manifest, master);
    REQUIRE_FALSE(cut.has_value());
    CHECK(cut.error().message == "fetching 'film 1': the master does not answer");
    CHECK(cache->manifest().items_size() == 0);
    CHECK(fs::file_size(cache->incoming() / (sha256 + ".part")) == 2 * piece_bytes);

    master.fails_after.reset();
    master.reads.clear();
    REQUIRE(fetch(*cache, master.manifest, master).has_value());
    REQUIRE(master.reads.size() == 1);
    CHECK(master.reads[0].offset == 2 * piece_bytes);
    CHECK(bytes_of(cache->blob(sha256)) == master.files[sha256]);
}

TEST_CASE("a file that is not what its hash says is thrown away and reported; the others come, the old list stays") {
    const TempFolder folder;
    const auto cache = cache_in(folder);
    Master master;
    const auto old_film = master.add("the old film");
    REQUIRE(fetch(*cache, master.manifest, master).has_value());
    const auto lied = master.add(film_bytes(5000, 3));
    const auto honest = master.add("honest");
    master.answers[lied] = film_bytes(5000, 4);
    const auto result = fetch(*cache, master.manifest, master);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().message.find("other bytes than its hash says") != std::string::npos);
    CHECK(cache->manifest().version() == 1);
    CHECK(fs::exists(cache->blob(old_film)));
    CHECK(fs::exists(cache->blob(honest)));
    CHECK_FALSE(fs::exists(cache->blob(lied)));
    CHECK(entries_in(cache->incoming()) == 0);

    master.answers.clear();
    REQUIRE(fetch(*cache, master.manifest, master).has_value());
    CHECK(cache->manifest().version() == 3);
}

TEST_CASE("a beginning that a power cut spoiled is fetched anew, without blaming the master") {
    const TempFolder folder;
    const auto cache = cache_in(folder);
    Master master;
    const auto sha256 = master.add(film_bytes(5000, 5));
    const std::string spoiled = GENERATE(std::string(4096, '\0'), std::string(5000, '\0'), std::string(9000, '\0'));
    folder.write("cache/incoming/" + sha256 + ".part", spoiled);
    REQUIRE(fetch(*cache, master.manifest, master).has_value());
    CHECK(bytes_of(cache->blob(sha256)) == master.files[sha256]);
}

TEST_CASE("a source that sends nothing, or more than was asked for, is an error, not an endless loop") {
    const TempFolder folder;
    const auto cache = cache_in(folder);
    Master master;
    const auto sha256 = master.add("twelve bytes");
    SECTION("nothing") { master.answers[sha256] = "short"; }
    SECTION("too much") { master.too_much = true; }
    const auto result = fetch(*cache, master.manifest, master);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().message.find("were asked for") != std::string::npos);
    CHECK(cache->manifest().items_size() == 0);
}

TEST_CASE("small pieces are fine; beginnings of files that nobody wants any more go") {
    const TempFolder folder;
    const auto cache = cache_in(folder);
    Master master;
    const auto sha256 = master.add(film_bytes(1000, 6));
    master.largest_piece = 7;
    folder.write("cache/incoming/" + std::string(64, 'e') + ".part", "unwanted");
    REQUIRE(fetch(*cache, master.manifest, master).has_value());
    CHECK(bytes_of(cache->blob(sha256)) == master.files[sha256]);
    CHECK(entries_in(cache->incoming()) == 0);
}

TEST_CASE("a stopped fetch ends between two pieces and keeps what it has") {
    const TempFolder folder;
    const auto cache = cache_in(folder);
    Master master;
    const auto sha256 = master.add(film_bytes(3 * piece_bytes, 7));
    std::stop_source stop;
    master.on_read = [&] { stop.request_stop(); };
    const auto result = fetch(*cache, master.manifest, master, stop.get_token());
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().message.find("stopped") != std::string::npos);
    CHECK(fs::file_size(cache->incoming() / (sha256 + ".part")) == piece_bytes);
}

TEST_CASE("a live stream in the list has nothing to be fetched, and comes with its password") {
    const TempFolder folder;
    const auto cache = cache_in(folder);
    Master master;
    v1::ContentItem& stream = *master.manifest.add_items();
    stream.set_id("0123456789ab");
    stream.set_kind(v1::CONTENT_KIND_STREAM);
    stream.set_address("rtsp://hall:geheim@10.0.0.9/live");
    const auto film = master.add("film");
    REQUIRE(fetch(*cache, master.manifest, master).has_value());
    REQUIRE(master.reads.size() == 1);
    CHECK(master.reads[0].sha256 == film);
    CHECK(cache->manifest().SerializeAsString() == master.manifest.SerializeAsString());
}

TEST_CASE("a hostile list reaches no file outside the cache") {
    const TempFolder folder;
    const auto cache = cache_in(folder);
    Master master;
    master.add("x");
    master.manifest.mutable_items(0)->set_sha256("../../../evil");
    const auto result = fetch(*cache, master.manifest, master);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().message.find("is refused") != std::string::npos);
    CHECK(master.reads.empty());
    master.manifest.mutable_items(0)->set_sha256(std::string(64, 'a'));
    master.manifest.mutable_items(0)->set_id(std::string(12, 'a'));
    master.manifest.mutable_items(0)->set_bytes(most_item_bytes + 1);
    CHECK_FALSE(fetch(*cache, master.manifest, master).has_value());
    CHECK(master.reads.empty());
}

}  // namespace hallcast::content::fetch_test
