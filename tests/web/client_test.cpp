#include "player/web/client.h"

#include "tests/web/fake_master.h"
#include "tests/web/raw_client.h"

namespace hallcast::web::client_test {

using namespace hallcast::web::tests;

TEST_CASE("an address that is none is an error with an example") {
    for (const char* url : {"", "https://127.0.0.1/", "127.0.0.1:8080", "http://", "http://:8080/", "http://host:/",
                            "http://127.0.0.1/a b", "http://127.0.0.1/\r\nX: y"}) {
        INFO(url);
        const auto answer = http_request("GET", url, "", "");
        REQUIRE_FALSE(answer.has_value());
        CHECK(answer.error().message.find('\n') == std::string::npos);
        CHECK(answer.error().message.size() > 20);
    }
}

TEST_CASE("where nobody listens, the error says where and what to do") {
    std::string url;
    {
        Office office;
        url = office.url("/healthz");
    }
    for (const auto& answer :
         {http_request("GET", url, token, ""), http_upload(url, token, "/proc/self/cmdline", {})}) {
        REQUIRE_FALSE(answer.has_value());
        CHECK(answer.error().message.find(url.substr(0, url.rfind('/'))) != std::string::npos);
        CHECK(answer.error().message.find("is the master running there?") != std::string::npos);
    }
}

TEST_CASE("every status is an answer, and HEAD has one without a body") {
    Office office;
    CHECK(http_request("GET", office.url(), "", "")->status == 200);
    CHECK(http_request("GET", office.url("/nowhere"), "", "")->status == 404);
    CHECK(http_request("POST", office.url("/api/v1/tickets"), "", "")->status == 401);
    const auto head = http_request("HEAD", office.url("/counter"), "", "");
    REQUIRE(head.has_value());
    CHECK(head->status == 200);
    CHECK(head->body.empty());
}

TEST_CASE("a token with a line break is refused here, not sent as a header of its own") {
    Office office;
    for (const char* bad : {"secret-token\n", "a\r\nX: y", "a b", "ä"}) {
        const auto answer = http_request("GET", office.url("/api/v1/content"), bad, "");
        REQUIRE_FALSE(answer.has_value());
        CHECK(answer.error().message.find("token") != std::string::npos);
        CHECK_FALSE(http_upload(office.url("/api/v1/content"), bad, "/proc/self/exe", {}).has_value());
    }
}

TEST_CASE("an IPv6 address stands in brackets") {
    TempFolder folder;
    FakeMaster master(folder.path());
    const auto server = start_web_server(master, {.address = "::1", .port = 0, .token = token});
    if (!server) {
        WARN("skipped: this machine has no IPv6 loopback");
        return;
    }
    const auto answer = http_request("GET", "http://[::1]:" + std::to_string((*server)->port()) + "/healthz", "", "");
    INFO((answer ? std::string() : answer.error().message));
    REQUIRE(answer.has_value());
    CHECK(answer->status == 200);
}

TEST_CASE("a file that cannot be read is an error that names it") {
    Office office;
    for (const auto& file : {office.folder.path() / "none.mp4", office.folder.path()}) {
        const auto answer = http_upload(office.url("/api/v1/content"), token, file, {});
        REQUIRE_FALSE(answer.has_value());
        CHECK(answer.error().message.find(file.string()) == 0);
    }
}

}  // namespace hallcast::web::client_test
