#include <future>

#include "tests/web/fake_master.h"
#include "tests/web/raw_client.h"

namespace hallcast::web::lifetime_test {

using namespace hallcast::web::tests;

TEST_CASE("a server ends with connections open in every stage, and removes what was being uploaded") {
    Office office;
    RawClient fresh(office.port), idle(office.port), header(office.port), body(office.port), upload(office.port);
    CHECK(idle.ask(request_text("GET", "/healthz")).status == 200);
    header.send("GET /healthz HTTP/1.1\r\nHo");
    body.send(request_text("POST", "/api/v1/tickets", "Content-Length: 10\r\n") + "{");
    upload.send(request_text("POST", "/api/v1/content?name=a.mp4", "Content-Length: 1000000\r\n") +
                std::string(100000, 'x'));
    REQUIRE(eventually([&] { return entries_in(office.incoming()) == 1; }));
    office.server.reset();
    CHECK(entries_in(office.incoming()) == 0);
    for (RawClient* client : {&fresh, &idle, &header, &body, &upload}) CHECK(client->ended());
}

TEST_CASE("a server ends only when the core has answered what it was given, and gives it nothing more") {
    Office office;
    office.master.hold(true);
    std::vector<std::unique_ptr<RawClient>> clerks;
    for (int i = 0; i < 5; ++i) {
        clerks.push_back(std::make_unique<RawClient>(office.port));
        clerks.back()->send(request_text("POST", "/api/v1/counters/1/call-next"));
    }
    REQUIRE(eventually([&] { return office.master.commands().size() == 5; }));
    clerks.pop_back();  // whose client has gone meanwhile

    auto ending = std::async(std::launch::async, [&] { office.server.reset(); });
    // Whoever asks now learns that the server is going.
    REQUIRE(eventually([&] {
        RawClient client(office.port);
        const int status = client.ask(request_text("GET", "/api/v1/halls/main")).status;
        CHECK((status == 200 || status == 503));
        return status == 503;
    }));
    RawClient late(office.port);
    CHECK(late.ask(request_text("POST", "/api/v1/counters/1/call-next")).status == 503);
    CHECK(office.master.commands().size() == 5);
    CHECK(ending.wait_for(std::chrono::seconds(0)) == std::future_status::timeout);
    office.master.hold(false);
    CHECK(ending.wait_for(std::chrono::minutes(1)) == std::future_status::ready);
}

TEST_CASE("ending a server under fire leaves no answer without its server") {
    for (int round = 0; round < 20; ++round) {
        Office office;
        std::vector<std::unique_ptr<RawClient>> clerks;
        for (int i = 0; i < 8; ++i) clerks.push_back(std::make_unique<RawClient>(office.port));
        std::string many;
        for (int i = 0; i < 10; ++i) many += request_text("POST", "/api/v1/counters/1/call-next");
        for (const auto& clerk : clerks) clerk->send(many);
        REQUIRE(eventually([&] { return !office.master.commands().empty(); }));
        office.server.reset();
        // Nothing is given to the core behind it.
        const std::size_t given = office.master.commands().size();
        for (const auto& clerk : clerks) CHECK(clerk->ended());
        CHECK(office.master.commands().size() == given);
    }
}

TEST_CASE("a port that is taken is an error that says so; a free one can be told") {
    Office office;
    CHECK(office.port != 0);
    const auto second = start_web_server(office.master, {.port = office.port, .token = token});
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().message.find(std::to_string(office.port)) != std::string::npos);
    CHECK(second.error().message.find("--http") != std::string::npos);
    CHECK_FALSE(start_web_server(office.master, {.address = "not an address", .port = 0, .token = token}).has_value());
}

TEST_CASE("a port is free again as soon as its server has ended") {
    Office office;
    RawClient client(office.port);
    CHECK(client.ask(request_text("GET", "/healthz")).status == 200);
    office.server.reset();
    CHECK(start_web_server(office.master, {.port = office.port, .token = token}).has_value());
}

}  // namespace hallcast::web::lifetime_test
