#include <atomic>
#include <set>
#include <thread>

#include "player/web/client.h"
#include "tests/web/fake_master.h"
#include "tests/web/raw_client.h"

namespace hallcast::web::api_test {

using namespace hallcast::web::tests;

HttpAnswer ask(const Office& office, const std::string& method, const std::string& target, const std::string& body = "",
               const std::string& key = token) {
    const auto answer = http_request(method, office.url(target), key, body);
    INFO((answer ? std::string() : answer.error().message));
    REQUIRE(answer.has_value());
    return *answer;
}

TEST_CASE("a ticket is asked for with service and language, and answered as JSON of the Ticket") {
    Office office;
    const auto answer = ask(office, "POST", "/api/v1/tickets", R"({"service": "B", "language": "uk"})");
    CHECK(answer.status == 201);
    CHECK(text_in(answer.body, "number") == "B001");
    CHECK(text_in(answer.body, "language") == "uk");
    REQUIRE(office.master.commands().size() == 1);
    CHECK(office.master.commands()[0].cmd_id().size() == 16);
    CHECK(office.master.commands()[0].actor() == "web");
}

TEST_CASE("each word behind a counter is its own command, for that counter") {
    Office office;
    const std::pair<const char*, v1::Command::ActionCase> routes[] = {
        {"open", v1::Command::kOpenCounter},   {"close", v1::Command::kCloseCounter},
        {"call-next", v1::Command::kCallNext}, {"recall", v1::Command::kRecall},
        {"start", v1::Command::kStartService}, {"finish", v1::Command::kFinishService},
        {"no-show", v1::Command::kMarkNoShow}, {"call", v1::Command::kCallTicket},
        {"park", v1::Command::kPark},          {"recycle", v1::Command::kRecycle},
        {"undo", v1::Command::kUndo},          {"transfer", v1::Command::kTransfer},
        {"sign-in", v1::Command::kSignIn},     {"sign-out", v1::Command::kSignOut},
    };
    for (const auto& [word, action] : routes) {
        INFO(word);
        const std::string body = action == v1::Command::kCallTicket ? R"({"ticket": "A007"})" : "";
        const auto answer = ask(office, "POST", std::string("/api/v1/counters/17/") + word, body);
        CHECK(answer.status == 200);
        const v1::Command command = office.master.commands().back();
        REQUIRE(command.action_case() == action);
        // Every one of these messages has the counter as its first field.
        const auto* field = command.GetDescriptor()->FindFieldByNumber(int(action));
        const auto& message = command.GetReflection()->GetMessage(command, field);
        CHECK(message.GetReflection()->GetUInt32(message, message.GetDescriptor()->FindFieldByNumber(1)) == 17);
        if (action == v1::Command::kCallTicket) CHECK(command.call_ticket().ticket() == "A007");
    }
    CHECK(office.master.commands().size() == std::size(routes));
}

TEST_CASE("what is done with a ticket, with numbers and with the day is a command, too") {
    Office office;
    ask(office, "POST", "/api/v1/tickets/A007/reinstate");
    CHECK(office.master.commands().back().reinstate().ticket() == "A007");
    ask(office, "POST", "/api/v1/tickets/A007/cancel");
    CHECK(office.master.commands().back().end_visit().outcome() == v1::OUTCOME_CANCELLED);
    ask(office, "POST", "/api/v1/tickets/A007/remove");
    CHECK(office.master.commands().back().end_visit().outcome() == v1::OUTCOME_REMOVED);
    ask(office, "POST", "/api/v1/leases", R"({"service": "A", "kiosk": "k1", "count": 20})");
    CHECK(office.master.commands().back().lease_numbers().count() == 20);
    ask(office, "POST", "/api/v1/day/end");
    CHECK(office.master.commands().back().has_end_day());
    ask(office, "POST", "/api/v1/counters/2/transfer", R"({"toStaff": "ann", "position": "FIRST", "delayS": 60})");
    CHECK(office.master.commands().back().transfer().to_staff() == "ann");
    CHECK(office.master.commands().back().transfer().position() == v1::Transfer::FIRST);
    const std::size_t sent = office.master.commands().size();
    CHECK(ask(office, "GET", "/api/v1/day/end").status == 405);
    CHECK(ask(office, "POST", "/api/v1/tickets/A007/frobnicate").status == 404);
    CHECK(ask(office, "POST", "/api/v1/tickets//cancel").status == 404);
    CHECK(ask(office, "POST", "/api/v1/tickets/A\xff/cancel").status == 404);
    CHECK(ask(office, "POST", "/api/v1/counters/2/transfer", "{").status == 400);
    CHECK(office.master.commands().size() == sent);
}

TEST_CASE("a notice is made and ended by its id") {
    Office office;
    ask(office, "POST", "/api/v1/notices",
        R"({"hall": "main", "text": {"uk": "Увага"}, "urgent": true, "warning": true, "seconds": 90})");
    const v1::MakeNotice made = office.master.commands().back().make_notice();
    CHECK(made.hall() == "main");
    CHECK(made.text().at("uk") == "Увага");
    CHECK(made.urgent());
    CHECK(made.warning());
    CHECK(made.seconds() == 90);
    ask(office, "DELETE", "/api/v1/notices/notice-3");
    CHECK(office.master.commands().back().end_notice().id() == "notice-3");
    const std::size_t sent = office.master.commands().size();
    CHECK(ask(office, "POST", "/api/v1/notices", R"({"text": "Увага"})").status == 400);
    for (const char* path : {"/api/v1/notices/", "/api/v1/notices/a/b", "/api/v1/notices/\xff", "/api/v1/noticesx"})
        CHECK(ask(office, "DELETE", path).status == 404);
    CHECK(office.master.commands().size() == sent);
    ask(office, "POST", "/api/v1/notices");  // the core says what is missing
    CHECK(office.master.commands().back().has_make_notice());
}

TEST_CASE("what a request's body says of the counter is overruled by its path") {
    Office office;
    ask(office, "POST", "/api/v1/counters/3/call", R"({"counter": 8, "ticket": "A007"})");
    CHECK(office.master.commands().at(0).call_ticket().counter() == 3);
}

TEST_CASE("a hall's state is told, and an unknown hall is not found") {
    Office office;
    const auto answer = ask(office, "GET", "/api/v1/halls/main");
    CHECK(answer.status == 200);
    CHECK(text_in(answer.body, "hall") == "main");
    CHECK(answer.body.find("\"A012\"") != std::string::npos);
    CHECK(ask(office, "GET", "/api/v1/halls/attic").status == 404);
    CHECK(ask(office, "GET", "/api/v1/halls/").status == 404);
}

TEST_CASE("the latest calls are told with the screens' receipts, of a hall and so many as asked for") {
    Office office;
    const auto answer = ask(office, "GET", "/api/v1/calls?hall=main&limit=7");
    CHECK(answer.status == 200);
    CHECK(answer.body.find(R"("attempt":7)") != std::string::npos);
    CHECK(answer.body.find(R"("player":"hall-1")") != std::string::npos);
    CHECK(answer.body.find(R"("atUs":"38000")") != std::string::npos);
    CHECK(ask(office, "GET", "/api/v1/calls").body.find(R"("attempt":0)") != std::string::npos);
    CHECK(ask(office, "GET", "/api/v1/calls?hall=upstairs").body.find("A012") == std::string::npos);
    for (const char* limit : {"0", "501", "-1", "x", "99999999999999999999"})
        CHECK(ask(office, "GET", std::string("/api/v1/calls?limit=") + limit).status == 400);
    CHECK(ask(office, "POST", "/api/v1/calls").status == 405);
    CHECK(ask(office, "GET", "/api/v1/calls", "", "wrong").status == 401);
}

TEST_CASE("the players are told with what is wrong with their layout") {
    Office office;
    const auto answer = ask(office, "GET", "/api/v1/players");
    CHECK(answer.status == 200);
    CHECK(answer.body.find(R"("player":"hall-1")") != std::string::npos);
    CHECK(answer.body.find(R"("layoutError":"hall.yaml:12:5: unknown key 'colur'")") != std::string::npos);
}

TEST_CASE("a command may be for a certain version of its counter, and another one then is a failed precondition") {
    Office office;
    const auto post = [&](const std::string& if_match) {
        RawClient client(office.port);
        return client
            .ask(
                "POST /api/v1/counters/1/call-next HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                "secret-token\r\nIf-Match: " +
                if_match + "\r\nContent-Length: 0\r\n\r\n")
            .status;
    };
    CHECK(post("\"1234\"") == 200);
    CHECK(office.master.commands().back().expected_version() == 1234);
    CHECK(post("77") == 200);
    CHECK(office.master.commands().back().expected_version() == 77);
    ask(office, "POST", "/api/v1/counters/1/start");
    CHECK(office.master.commands().back().expected_version() == 0);
    const std::size_t sent = office.master.commands().size();
    for (const char* wrong : {"*", "\"\"", "\"x\"", "0", "-1", "W/\"5\""}) CHECK(post(wrong) == 400);
    CHECK(office.master.commands().size() == sent);
    office.master.reject_with(v1::Rejection::CONFLICT, "look again");
    CHECK(post("1234") == 412);
}

TEST_CASE("without the token no route tells or does anything") {
    Office office;
    for (const char* wrong : {"", "secret-toke", "secret-token2", "Secret-token"}) {
        for (const auto& [method, path] : {std::pair("POST", "/api/v1/tickets"),
                                           {"POST", "/api/v1/counters/1/open"},
                                           {"GET", "/api/v1/halls/main"},
                                           {"GET", "/api/v1/players"},
                                           {"GET", "/api/v1/content"},
                                           {"POST", "/api/v1/content"},
                                           {"POST", "/api/v1/content/streams"},
                                           {"DELETE", "/api/v1/content/x"},
                                           {"POST", "/api/v1/notices"},
                                           {"DELETE", "/api/v1/notices/notice-1"},
                                           {"GET", "/api/v1/content/jobs/1"},
                                           {"GET", "/api/v1/nothing"}}) {
            INFO(wrong << " " << method << " " << path);
            const auto answer = ask(office, method, path, R"({"service": "A"})", wrong);
            CHECK(answer.status == 401);
            CHECK(text_in(answer.body, "code") == "UNAUTHORISED");
        }
    }
    RawClient client(office.port);
    const auto basic =
        client.ask("GET /api/v1/halls/main HTTP/1.1\r\nHost: x\r\nAuthorization: Basic secret-token\r\n\r\n");
    CHECK(basic.status == 401);
    CHECK(basic.field("WWW-Authenticate").find("Bearer") == 0);
    CHECK(office.master.commands().empty());
}

TEST_CASE("another method than a path takes is refused, and the answer says which it takes") {
    Office office;
    const std::tuple<const char*, const char*, const char*> wrong[] = {
        {"GET", "/api/v1/tickets", "POST"},          {"PUT", "/api/v1/counters/1/open", "POST"},
        {"GET", "/api/v1/counters/1/call", "POST"},  {"POST", "/api/v1/halls/main", "GET"},
        {"PUT", "/api/v1/content", "GET, POST"},     {"GET", "/api/v1/content/0123456789ab", "DELETE"},
        {"DELETE", "/api/v1/content/jobs/1", "GET"}, {"POST", "/healthz", "GET, HEAD"},
        {"POST", "/api/v1/players", "GET"},          {"POST", "/health", "GET, HEAD"},
        {"POST", "/counter", "GET, HEAD"},           {"GET", "/api/v1/content/streams", "POST"},
        {"GET", "/api/v1/notices", "POST"},          {"POST", "/api/v1/notices/notice-1", "DELETE"},
    };
    for (const auto& [method, path, allowed] : wrong) {
        INFO(method << " " << path);
        RawClient client(office.port);
        const auto answer = client.ask(request_text(method, path));
        CHECK(answer.status == 405);
        CHECK(answer.field("Allow") == allowed);
        CHECK(text_in(answer.body, "code") == "METHOD_NOT_ALLOWED");
    }
    CHECK(office.master.commands().empty());
}

TEST_CASE("a body that is not the JSON wanted is refused with a reason") {
    Office office;
    for (const char* body : {"{", "[]", "service=A", R"({"servise": "A"})", R"({"service": {}})", "\xff\xfe", "{}",
                             R"({"service": ""})"}) {
        INFO(body);
        const auto answer = ask(office, "POST", "/api/v1/tickets", body);
        CHECK(answer.status == 400);
        CHECK(text_in(answer.body, "code") == "INVALID");
        CHECK(text_in(answer.body, "error").size() > 10);
    }
    CHECK(ask(office, "POST", "/api/v1/tickets").status == 400);
    CHECK(ask(office, "POST", "/api/v1/tickets", std::string(20000, '[')).status == 400);
    CHECK(ask(office, "POST", "/api/v1/counters/1/call", "nonsense").status == 400);
    CHECK(office.master.commands().empty());
}

TEST_CASE("a live stream is put into the list by its address, and no answer has its password") {
    Office office;
    const auto added =
        ask(office, "POST", "/api/v1/content/streams",
            R"({"address": "rtsp://hall:geheim@10.0.0.9/live?key=geheim", "seconds": 90, "title": "News"})");
    CHECK(added.status == 201);
    CHECK(text_in(added.body, "address") == "rtsp://10.0.0.9/live?...");
    CHECK(text_in(added.body, "title") == "News");
    CHECK(text_in(added.body, "kind") == "CONTENT_KIND_STREAM");
    CHECK(text_in(added.body, "durationMs") == "90000");
    REQUIRE(office.master.library().manifest().items_size() == 1);
    CHECK(office.master.library().manifest().items(0).address() == "rtsp://hall:geheim@10.0.0.9/live?key=geheim");
    const auto list = ask(office, "GET", "/api/v1/content");
    CHECK(list.body.find("rtsp://10.0.0.9/live?...") != std::string::npos);
    CHECK(list.body.find("geheim") == std::string::npos);

    for (const char* body :
         {"", "{}", "geheim", R"({"address": "rtsp://hall:geheim@10.0.0.9/a b"})", R"({"address": "/etc/passwd"})",
          R"({"address": "rtsp://hall:geheim@10.0.0.9/live", "seconds": 4000000000})",
          R"({"address": "rtsp://hall:geheim@10.0.0.9/live", "seconds": -1})",
          R"({"address": "rtsp://hall:geheim@10.0.0.9/live)"}) {
        INFO(body);
        const auto refused = ask(office, "POST", "/api/v1/content/streams", body);
        CHECK(refused.status == 400);
        CHECK(text_in(refused.body, "code") == "INVALID");
        CHECK(text_in(refused.body, "error").size() > 10);
        CHECK(refused.body.find("geheim") == std::string::npos);
    }
    CHECK(office.master.library().manifest().items_size() == 1);
    CHECK(ask(office, "DELETE", "/api/v1/content/" + text_in(added.body, "id")).status == 200);
    CHECK(office.master.library().manifest().items_size() == 0);
}

TEST_CASE("each rejection of the core has its status, its code and its words") {
    const auto [code, status] =
        GENERATE(values<std::pair<v1::Rejection::Code, unsigned>>({{v1::Rejection::INVALID, 400u},
                                                                   {v1::Rejection::NOT_FOUND, 404u},
                                                                   {v1::Rejection::WRONG_STATE, 409u},
                                                                   {v1::Rejection::NOBODY_WAITING, 409u},
                                                                   {v1::Rejection::DEADLINE_PASSED, 408u},
                                                                   {v1::Rejection::UNAVAILABLE, 503u},
                                                                   {v1::Rejection::NOT_ALLOWED, 403u}}));
    Office office;
    office.master.reject_with(code, "no \"way\"");
    const auto answer = ask(office, "POST", "/api/v1/counters/1/call-next");
    CHECK(answer.status == status);
    CHECK(text_in(answer.body, "code") == v1::Rejection::Code_Name(code));
    CHECK(text_in(answer.body, "error") == "no \"way\"");
}

TEST_CASE("the same Idempotency-Key on the same path is the same command; anything else is another") {
    Office office;
    const auto send = [&](const std::string& path, const std::string& key) {
        RawClient client(office.port);
        CHECK(client.ask(request_text("POST", path, key.empty() ? "" : "Idempotency-Key: " + key + "\r\n")).status ==
              200);
        return office.master.commands().back().cmd_id();
    };
    const std::string first = send("/api/v1/counters/1/call-next", "k1");
    CHECK(send("/api/v1/counters/1/call-next", "k1") == first);
    std::set<std::string> ids = {first};
    ids.insert(send("/api/v1/counters/1/call-next", "k2"));
    ids.insert(send("/api/v1/counters/2/call-next", "k1"));
    ids.insert(send("/api/v1/counters/1/call-next", std::string(300, 'k')));
    ids.insert(send("/api/v1/counters/1/call-next", std::string(300, 'k') + "1"));
    ids.insert(send("/api/v1/counters/1/call-next", ""));
    ids.insert(send("/api/v1/counters/1/call-next", ""));
    CHECK(ids.size() == 7);
    for (const std::string& id : ids) CHECK(id.size() == 16);
}

TEST_CASE("200 requests from 16 threads each have one effect and one answer") {
    Office office;
    std::atomic<int> next{0}, right{0};
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 16; ++t)
            threads.emplace_back([&] {
                for (int i = next++; i < 200; i = next++) {
                    const auto answer = http_request(
                        "POST", office.url("/api/v1/counters/" + std::to_string(i + 1) + "/call-next"), token, "");
                    if (answer && answer->status == 200 &&
                        answer->body.find("\"counter\":" + std::to_string(i + 1) + ",") != std::string::npos)
                        ++right;
                }
            });
    }
    CHECK(right == 200);
    std::set<std::string> ids;
    for (const auto& command : office.master.commands()) ids.insert(command.cmd_id());
    CHECK(ids.size() == 200);
}

}  // namespace hallcast::web::api_test
