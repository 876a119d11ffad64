#include "protocol/base/file.h"
#include "tests/catch.h"
#include "tests/protocol/office_of_tests.h"

namespace client_test {

using namespace hallcast;
using namespace hallcast::wire;
using namespace hallcast::wire::testing;

TEST_CASE("a client that is made where another has just been finds nothing of that in its way") {
    TestMaster master;
    const auto desk = master.client(Role::clerk, "desk");
    master.start(1);
    zmq::context_t context;
    for (int i = 0; i < 300; ++i) REQUIRE_NOTHROW(make_command_client(context, master.address(), desk));
}

TEST_CASE("the sync socket gives snapshot, manifest, office and pieces of files") {
    TestMaster master;
    const auto player = master.client(Role::player, "hall-1");
    const std::string sha256(64, 'a');
    std::string content(3'000'000, '\0');
    for (std::size_t i = 0; i < content.size(); ++i) content[i] = char(i * 7 + i / 251);
    REQUIRE(replace_file(master.folder / sha256, content));
    REQUIRE(replace_file(master.folder / "secret", "not for players"));
    master.handlers.manifest = [] {
        v1::ContentManifest manifest;
        manifest.set_version(9);
        return manifest;
    };
    master.handlers.office = [] {
        v1::Office office;
        office.set_id("krakow");
        return office;
    };
    master.handlers.blob = [&](const std::string& name) { return master.folder / name; };
    master.start(1);
    zmq::context_t context;
    const auto client = make_sync_client(context, master.address(), player);
    const auto ask = [&](const v1::SyncRequest& request) {
        auto reply = client->ask(request, generous);
        INFO((reply ? "" : reply.error().message));
        REQUIRE(reply);
        return *reply;
    };

    v1::SyncRequest request;
    request.mutable_snapshot();
    CHECK(same(ask(request).snapshot(), master.state()));
    request.mutable_snapshot()->set_hall("cellar");
    CHECK(ask(request).error().message() == "this master has no hall 'cellar'");
    request.mutable_manifest();
    CHECK(ask(request).manifest().version() == 9);
    request.mutable_office();
    CHECK(ask(request).office().id() == "krakow");
    request.clear_request();
    CHECK(ask(request).has_error());

    std::string fetched;
    v1::BlobRequest& blob = *request.mutable_blob();
    blob.set_sha256(sha256);
    blob.set_length(0xffffffff);
    do {
        blob.set_offset(fetched.size());
        const v1::SyncReply reply = ask(request);
        REQUIRE(reply.has_blob());
        REQUIRE(reply.blob().bytes().size() <= std::size_t(1) << 20);
        REQUIRE_FALSE(reply.blob().bytes().empty());
        CHECK(reply.blob().total() == content.size());
        fetched += reply.blob().bytes();
    } while (fetched.size() < content.size());
    CHECK((fetched == content));
    blob.set_offset(~std::uint64_t(0));
    CHECK(ask(request).blob().bytes().empty());
    for (const std::string& name :
         {std::string("secret"), std::string("../authorized"), std::string(64, 'A'), std::string(64, 'b')}) {
        blob.set_sha256(name);
        CHECK(ask(request).has_error());
    }
}

TEST_CASE("a second server on a taken port says which port, and what to do") {
    TestMaster master;
    master.start(1);
    zmq::context_t context;
    const auto second =
        make_server(context, {"127.0.0.1", master.address().port, make_key_pair(), master.folder / "authorized"}, {});
    REQUIRE_FALSE(second);
    CHECK(second.error().message.find(std::to_string(master.address().port)) != std::string::npos);
    CHECK(second.error().message.find("choose another port") != std::string::npos);
}

TEST_CASE("one context is one master") {
    const TempFolder folder;
    zmq::context_t context;
    const auto first = make_server(context, {"127.0.0.1", 0, make_key_pair(), folder / "authorized"}, {});
    REQUIRE(first);
    CHECK_FALSE(make_server(context, {"127.0.0.1", 0, make_key_pair(), folder / "authorized"}, {}));
}

}  // namespace client_test
