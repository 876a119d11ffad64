#include "tests/web/fake_master.h"
#include "tests/web/raw_client.h"

namespace hallcast::web::pages_test {

using namespace hallcast::web::tests;

RawAnswer get(const Office& office, const std::string& path, const std::string& host = "127.0.0.1:8080") {
    RawClient client(office.port);
    return client.ask("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
}

TEST_CASE("the pages and what they load come with their type and a policy that lets in nothing from elsewhere") {
    Office office;
    for (const auto& [path, type] : {std::pair("/", "text/html"),
                                     {"/counter", "text/html"},
                                     {"/content", "text/html"},
                                     {"/counter?hall=main", "text/html"},
                                     {"/style.css", "text/css"},
                                     {"/icon.svg", "image/svg+xml"},
                                     {"/common.js", "text/javascript"},
                                     {"/counter.js", "text/javascript"},
                                     {"/content.js", "text/javascript"}}) {
        INFO(path);
        const auto answer = get(office, path);
        CHECK(answer.status == 200);
        CHECK(answer.field("Content-Type") == std::string(type) + "; charset=utf-8");
        CHECK(answer.field("X-Content-Type-Options") == "nosniff");
        const std::string policy = answer.field("Content-Security-Policy");
        CHECK(policy.find("default-src 'none'") == 0);
        CHECK(policy.find("unsafe") == std::string::npos);
        CHECK(policy.find("http") == std::string::npos);
        CHECK(answer.body.find("{{token}}") == std::string::npos);
        CHECK(answer.body.size() > 200);
        // The policy forbids them, so that a page with one would be broken.
        CHECK(answer.body.find("<style") == std::string::npos);
        CHECK(answer.body.find(" style=") == std::string::npos);
        CHECK(answer.body.find("onclick=") == std::string::npos);
    }
}

TEST_CASE("HEAD tells a page's length and sends no body") {
    Office office;
    RawClient client(office.port);
    client.send(request_text("HEAD", "/counter"));
    const auto head = client.answer(true);
    CHECK(head.status == 200);
    // The next answer on the connection begins where a body would be.
    const auto page = client.ask(request_text("GET", "/counter"));
    CHECK(page.status == 200);
    CHECK(head.field("Content-Length") == std::to_string(page.body.size()));
}

TEST_CASE("the token is handed to the pages only when that was asked for") {
    Office closed;
    Office open(WebOptions{.hand_out_token = true});
    for (const char* path : {"/", "/counter", "/content"}) {
        INFO(path);
        CHECK(get(closed, path).body.find(token) == std::string::npos);
        CHECK(get(open, path).body.find("content=\"secret-token\"") != std::string::npos);
    }
    CHECK(get(open, "/common.js").body.find(token) == std::string::npos);
}

TEST_CASE("the token is handed to no site that makes its own name point at this machine") {
    Office open(WebOptions{.hand_out_token = true});
    for (const char* host : {"127.0.0.1", "127.0.0.1:8080", "localhost", "LocalHost:8080", "[::1]:8080", "[::1]"})
        CHECK(get(open, "/counter", host).body.find(token) != std::string::npos);
    for (const char* host : {"evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example",
                             "evil.example:localhost", ""}) {
        INFO(host);
        CHECK(get(open, "/counter", host).body.find(token) == std::string::npos);
    }
}

TEST_CASE("a token stays one attribute of the page, whatever is in it") {
    Office open(WebOptions{.token = "a\"><b>&amp;", .hand_out_token = true});
    CHECK(get(open, "/counter").body.find("content=\"a&quot;><b>&amp;amp;\"") != std::string::npos);
}

TEST_CASE("the token is never handed out beyond loopback") {
    TempFolder folder;
    FakeMaster master(folder.path());
    const auto started =
        start_web_server(master, {.address = "0.0.0.0", .port = 0, .token = token, .hand_out_token = true});
    REQUIRE_FALSE(started.has_value());
    CHECK(started.error().message.find("loopback") != std::string::npos);
}

}  // namespace hallcast::web::pages_test
