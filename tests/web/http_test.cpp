#include "tests/web/fake_master.h"
#include "tests/web/raw_client.h"

namespace hallcast::web::http_test {

using namespace hallcast::web::tests;

TEST_CASE("several requests follow each other on one connection, also when sent at once") {
    Office office;
    RawClient client(office.port);
    const std::string one = request_text("POST", "/api/v1/counters/4/call-next");
    client.send(one + one + request_text("GET", "/healthz"));
    CHECK(client.answer().status == 200);
    CHECK(client.answer().status == 200);
    CHECK(client.answer().body == "{\"status\":\"ok\"}");
    CHECK(office.master.commands().size() == 2);
}

TEST_CASE("a request without keep-alive is answered, and its connection ended") {
    Office office;
    RawClient client(office.port);
    CHECK(client.ask("GET /healthz HTTP/1.0\r\n\r\n").status == 200);
    CHECK(client.ended());
    RawClient other(office.port);
    CHECK(other.ask(request_text("GET", "/healthz", "Connection: close\r\n")).status == 200);
    CHECK(other.ended());
}

TEST_CASE("targets that lead nowhere are not found, and never a file") {
    Office office;
    for (const char* target : {"/../../../../etc/passwd",
                               "/counter/../../../../etc/passwd",
                               "/%2e%2e/%2e%2e/etc/passwd",
                               "/style.css/..",
                               "//",
                               "/counter/",
                               "/Counter",
                               "*",
                               "/pages/index.html",
                               "/index.html",
                               "http://elsewhere/nowhere",
                               "/api",
                               "/api/",
                               "/api/v1",
                               "/api/v1/",
                               "/api/v2/tickets",
                               "/api/v1/tickets/",
                               "/api/v1/tickets/../tickets",
                               "/api/v1/counters/",
                               "/api/v1/counters/1",
                               "/api/v1/counters/0/open",
                               "/api/v1/counters/-1/open",
                               "/api/v1/counters/1x/open",
                               "/api/v1/counters/99999999999999999999/open",
                               "/api/v1/counters/1/open/",
                               "/api/v1/counters/1/explode",
                               "/api/v1/counters//open",
                               "/api/v1/contents",
                               "/api/v1/content/jobs/",
                               "/api/v1/content/jobs/../../x",
                               "/api/v1/content/jobs/18446744073709551616",
                               "/api/v1/content/../../../x",
                               "/api/v1/halls/../main",
                               "/api/v1/halls/main/"}) {
        INFO(target);
        const std::string path = target;
        RawClient client(office.port);
        const auto answer =
            client.ask(request_text(path.find("counters") == std::string::npos ? "GET" : "POST", target));
        CHECK(answer.status == 404);
        CHECK(text_in(answer.body, "code") == "NOT_FOUND");
    }
    RawClient client(office.port);
    CHECK(client.ask(request_text("DELETE", "/api/v1/content/..")).status == 404);
    CHECK(office.master.commands().empty());
}

TEST_CASE("a body over 64 KiB is refused, with its length told or in chunks, and the answer arrives") {
    Office office;
    {
        RawClient client(office.port);
        const auto answer = client.ask(request_text("POST", "/api/v1/tickets", "", std::string(65537, ' ')));
        CHECK(answer.status == 413);
        CHECK(text_in(answer.body, "code") == "INVALID");
        client.hang_up();
    }
    {
        RawClient client(office.port);
        client.send(request_text("POST", "/api/v1/tickets", "Transfer-Encoding: chunked\r\n"));
        const std::string chunk = "4000\r\n" + std::string(0x4000, ' ') + "\r\n";
        for (int i = 0; i < 8; ++i) client.send(chunk);
        CHECK(client.answer().status == 413);
    }
    {
        RawClient client(office.port);
        const std::string body = R"({"service": "A"})" + std::string(65000, ' ');
        CHECK(client.ask(request_text("POST", "/api/v1/tickets", "", body)).status == 201);
    }
    CHECK(office.master.commands().size() == 1);
}

TEST_CASE("a refusal is read to its end by a client that goes on sending for long") {
    Office office;
    RawClient client(office.port);
    client.send(request_text("POST", "/api/v1/tickets", "Content-Length: 30000000\r\n"));
    const std::string piece(1 << 20, 'x');
    for (int i = 0; i < 28; ++i) REQUIRE(client.send(piece));
    CHECK(client.answer().status == 413);
}

TEST_CASE("a header that is too long is refused with 431, and what is no HTTP with 400") {
    Office office;
    {
        RawClient client(office.port);
        CHECK(client.ask(request_text("GET", "/healthz", "X-Long: " + std::string(20000, 'x') + "\r\n")).status == 431);
    }
    for (const char* bytes :
         {"NONSENSE\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET  HTTP/1.1\r\n\r\n",
          "POST /api/v1/tickets HTTP/1.1\r\nContent-Length: -5\r\n\r\n", "GET / HTTP/1.1\r\nbad header\r\n\r\n"}) {
        INFO(bytes);
        RawClient client(office.port);
        const auto answer = client.ask(bytes);
        CHECK(answer.status == 400);
        CHECK(text_in(answer.body, "code") == "INVALID");
    }
    RawClient client(office.port);
    CHECK(client.ask(request_text("GET", "/healthz")).status == 200);
}

TEST_CASE(
    "a client that is silent in the middle of a header, or idle, is dropped; one that waits for the core is not") {
    Office office(WebOptions{.patience = std::chrono::milliseconds(1000)});
    office.master.hold(true);
    RawClient clerk(office.port);
    clerk.send(request_text("POST", "/api/v1/counters/1/call-next"));
    REQUIRE(eventually([&] { return office.master.commands().size() == 1; }));
    RawClient silent(office.port), body(office.port), idle(office.port);
    silent.send("GET /healthz HT");
    body.send(request_text("POST", "/api/v1/tickets", "Content-Length: 10\r\n") + "{");
    CHECK(idle.ask(request_text("GET", "/healthz")).status == 200);
    CHECK(silent.ended());
    CHECK(body.ended());
    CHECK(idle.ended());
    // The patience has passed, since the command was sent before.
    office.master.hold(false);
    CHECK(clerk.answer().status == 200);
}

TEST_CASE("an answer of the API is neither kept by a cache nor taken for something else") {
    Office office;
    RawClient client(office.port);
    const auto answer = client.ask(request_text("GET", "/api/v1/halls/main"));
    CHECK(answer.field("Content-Type") == "application/json");
    CHECK(answer.field("Cache-Control") == "no-store");
    CHECK(answer.field("X-Content-Type-Options") == "nosniff");
    CHECK(answer.field("Access-Control-Allow-Origin") == "");
}

}  // namespace hallcast::web::http_test
