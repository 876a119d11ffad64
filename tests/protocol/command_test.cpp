#include <atomic>
#include <thread>

#include "protocol/cmd_id.h"
#include "protocol/command_desk.h"
#include "protocol/curve_socket.h"
#include "protocol/endpoints.h"
#include "protocol/roles.h"
#include "protocol/zmq_io.h"
#include "tests/catch.h"
#include "tests/protocol/office_of_tests.h"

namespace command_test {

using namespace hallcast;
using namespace hallcast::wire;
using namespace hallcast::wire::testing;
using namespace std::chrono_literals;
using Reply = std::function<void(const v1::CommandReply&)>;

v1::Command call_next(std::uint32_t counter) {
    v1::Command command;
    command.mutable_call_next()->set_counter(counter);
    return command;
}

v1::CommandReply reply_to(const v1::Command& command, int number) {
    v1::CommandReply reply;
    reply.set_cmd_id(command.cmd_id());
    reply.set_log_seq(std::uint64_t(number));
    reply.mutable_call()->set_ticket(fmt::format("A{:03}", number));
    return reply;
}

TEST_CASE("a command gets the reply of the queue core, whichever thread it comes from") {
    TestMaster master;
    const auto clerk = master.client(Role::clerk, "desk");
    std::mutex mutex;
    std::vector<std::jthread> core;
    std::atomic<int> calls = 0;
    master.handlers.command = [&](v1::Command command, Reply reply) {
        const std::lock_guard lock(mutex);
        core.emplace_back([&, command = std::move(command), reply = std::move(reply)] {
            reply(reply_to(command, ++calls));
            reply(reply_to(command, 999));  // once too often, of no effect
        });
    };
    master.start(1);
    zmq::context_t context;
    const auto client = make_command_client(context, master.address(), clerk);
    for (int i = 1; i <= 20; ++i) {
        const auto reply = client->send(call_next(3), generous);
        INFO((reply ? "" : reply.error().message));
        REQUIRE(reply);
        CHECK(reply->call().ticket() == fmt::format("A{:03}", i));
        CHECK(reply->cmd_id().size() == cmd_id_bytes);
    }
    master.stop();
}

TEST_CASE("a role may send its own commands only, and is told so") {
    TestMaster master;
    std::atomic<int> calls = 0;
    master.handlers.command = [&](const v1::Command& command, const Reply& reply) {
        reply(reply_to(command, ++calls));
    };
    master.start(1);
    zmq::context_t context;
    v1::Command issue;
    issue.mutable_issue_ticket()->set_service("A");
    v1::Command apply_office;
    apply_office.mutable_apply_office();
    v1::Command notice, end_notice;
    notice.mutable_make_notice()->set_urgent(true);
    end_notice.mutable_end_notice()->set_id("notice-1");
    struct Case {
        Role role;
        bool may_call, may_issue, may_apply;
    };
    for (const Case& c : {Case{Role::player, false, false, false}, Case{Role::content, false, false, false},
                          Case{Role::clerk, true, false, false}, Case{Role::kiosk, false, true, false},
                          Case{Role::admin, true, true, true}}) {
        INFO(role_name(c.role));
        const auto client = make_command_client(context, master.address(), master.client(c.role, role_name(c.role)));
        for (const auto& [command, may] :
             {std::pair(call_next(1), c.may_call), std::pair(notice, c.may_call), std::pair(end_notice, c.may_call),
              std::pair(issue, c.may_issue), std::pair(apply_office, c.may_apply)}) {
            const int before = calls;
            const auto reply = client->send(command, generous);
            REQUIRE(reply);
            CHECK((reply->rejection().code() == v1::Rejection::NOT_ALLOWED) == !may);
            CHECK(calls == before + (may ? 1 : 0));
        }
    }
}

TEST_CASE("a key that is removed from the list is refused at its next command, also on a connection that did not end") {
    TestMaster master;
    master.end_sessions = false;
    const auto clerk = master.client(Role::clerk, "desk");
    master.handlers.command = [&](const v1::Command& command, const Reply& reply) { reply(reply_to(command, 1)); };
    master.start(1);
    zmq::context_t context;
    const auto client = make_command_client(context, master.address(), clerk);
    REQUIRE(client->send(call_next(1), generous)->has_call());
    std::filesystem::remove(master.folder / "authorized");
    CHECK(client->send(call_next(1), generous)->rejection().code() == v1::Rejection::NOT_ALLOWED);
}

// A client that is closed before its reply can reach it.
class RawClient {
  public:
    RawClient(zmq::context_t& context, const TestMaster& master, const Credentials& credentials)
        : socket_(context, zmq::socket_type::dealer) {
        make_curve_client(socket_, credentials);
        socket_.connect(endpoint(master.address(), commands_offset));
    }
    void send(const std::string& bytes) {
        socket_.send(zmq::message_t(), zmq::send_flags::sndmore);
        socket_.send(zmq::buffer(bytes), zmq::send_flags::none);
    }
    std::optional<v1::CommandReply> receive() {
        std::vector<zmq::pollitem_t> items{{socket_.handle(), 0, ZMQ_POLLIN, 0}};
        poll_until(items, std::chrono::steady_clock::now() + generous);
        zmq::message_t frame;
        v1::CommandReply reply;
        if (!try_receive_last(socket_, frame) || !reply.ParseFromArray(frame.data(), int(frame.size())))
            return std::nullopt;
        return reply;
    }

  private:
    zmq::socket_t socket_;
};

TEST_CASE("a command sent again, while it is worked on or after its reply was lost, has one effect and one reply") {
    TestMaster master;
    const auto clerk = master.client(Role::clerk, "desk");
    Bell bell;
    std::mutex mutex;
    std::vector<std::pair<v1::Command, Reply>> waiting;
    int calls = 0;
    master.handlers.command = [&](v1::Command command, Reply reply) {
        {
            const std::lock_guard lock(mutex);
            ++calls;
            waiting.emplace_back(std::move(command), std::move(reply));
        }
        bell.notify();
    };
    master.start(1);
    zmq::context_t context;
    v1::Command command = call_next(4);
    command.set_cmd_id(make_cmd_id());
    const std::string bytes = command.SerializeAsString();
    {
        RawClient first(context, master, clerk);
        first.send(bytes);
        first.send(bytes);
        REQUIRE(bell.wait([&] {
            const std::lock_guard lock(mutex);
            return !waiting.empty();
        }));
    }  // gone before its reply
    {
        const std::lock_guard lock(mutex);
        waiting[0].second(reply_to(waiting[0].first, 7));
    }
    RawClient second(context, master, clerk);
    for (int i = 0; i < 3; ++i) {
        second.send(bytes);
        const auto reply = second.receive();
        REQUIRE(reply);
        CHECK(reply->call().ticket() == "A007");
    }
    const std::lock_guard lock(mutex);
    CHECK(calls == 1);
}

TEST_CASE("the client resends until the answer comes: a master that starts later still answers") {
    TestMaster master;
    const auto clerk = master.client(Role::clerk, "desk");
    master.handlers.command = [&](const v1::Command& command, const Reply& reply) { reply(reply_to(command, 1)); };
    master.start(1);
    master.stop();
    zmq::context_t context;
    const auto client = make_command_client(context, master.address(), clerk);
    const auto refused = client->send(call_next(1), 200ms);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find(fmt::format("127.0.0.1:{}", master.address().port + 2)) != std::string::npos);
    CHECK(refused.error().message.find("is it running") != std::string::npos);
    std::jthread starts([&] { master.start(2); });
    CHECK(client->send(call_next(1), generous)->has_call());
}

TEST_CASE("what has no cmd_id of 16 bytes is invalid") {
    TestMaster master;
    const auto clerk = master.client(Role::clerk, "desk");
    master.start(1);
    zmq::context_t context;
    RawClient client(context, master, clerk);
    v1::Command command = call_next(1);
    command.set_cmd_id("short");
    client.send(command.SerializeAsString());
    CHECK(client.receive().value().rejection().code() == v1::Rejection::INVALID);
    client.send("\377\377\377 no message");
    CHECK(client.receive().value().rejection().code() == v1::Rejection::INVALID);
}

TEST_CASE("the desk hands a command on once, has a limit, and forgets those that are never answered") {
    CommandDesk desk;
    const CommandDesk::Time start{};
    CHECK(desk.admit("a", "x", start).entry == CommandDesk::Entry::admitted);
    CHECK(desk.admit("a", "y", start).entry == CommandDesk::Entry::repeated);
    CHECK(desk.answer("a", "yes", true) == std::vector<std::string>{"x", "y"});
    CHECK(*desk.admit("a", "z", start).reply == "yes");
    CHECK(desk.answer("a", "no", true).empty());
    CHECK(desk.admit("b", "x", start).entry == CommandDesk::Entry::admitted);
    CHECK(desk.answer("b", "try again", false) == std::vector<std::string>{"x"});
    CHECK(desk.admit("b", "x", start).entry == CommandDesk::Entry::admitted);
    for (std::size_t i = 1; i < CommandDesk::max_waiting; ++i) desk.admit("c" + std::to_string(i), "x", start);
    CHECK(desk.admit("d", "x", start).entry == CommandDesk::Entry::full);
    desk.forget_old(start + CommandDesk::forget_after + 1s);
    CHECK(desk.admit("d", "x", start).entry == CommandDesk::Entry::admitted);
}

TEST_CASE(
    "a busy master is asked again until it has time, and when it has none until the deadline, that is the answer") {
    TestMaster master;
    const auto clerk = master.client(Role::clerk, "counter-1");
    std::atomic<int> calls = 0;
    master.handlers.command = [&](const v1::Command& command, const Reply& reply) {
        if (const int call = ++calls; call >= 3 && call < 100) return reply(reply_to(command, call));
        v1::CommandReply busy;
        busy.set_cmd_id(command.cmd_id());
        busy.mutable_rejection()->set_code(v1::Rejection::UNAVAILABLE);
        reply(busy);
    };
    master.start(1);
    zmq::context_t context;
    const auto client = make_command_client(context, master.address(), clerk);
    CHECK(client->send(call_next(1), generous)->has_call());
    CHECK(calls == 3);
    calls = 100;
    const auto never = client->send(call_next(1), 300ms);
    REQUIRE(never);
    CHECK(never->rejection().code() == v1::Rejection::UNAVAILABLE);
}

TEST_CASE("a command carries its deadline by the master's clock, so that one that was given up cannot happen later") {
    TestMaster master;
    const auto clerk = master.client(Role::clerk, "counter-1");
    std::atomic<std::int64_t> deadline_ms = 0;
    master.handlers.command = [&](const v1::Command& command, const Reply& reply) {
        deadline_ms = command.deadline_ms();
        reply(reply_to(command, 1));
    };
    master.start(1);
    zmq::context_t context;
    const auto client = make_command_client(context, master.address(), clerk);
    const auto wall_ms = [] {
        return std::chrono::duration_cast<std::chrono::milliseconds>(
                   std::chrono::system_clock::now().time_since_epoch())
            .count();
    };
    const auto before = wall_ms();
    REQUIRE(client->send(call_next(1), 60s));
    CHECK(deadline_ms >= before + 60'000 - 1000);
    CHECK(deadline_ms <= wall_ms() + 60'000 + 40'000);  // the machine may be slow, the clock uncertain by it
    v1::Command own = call_next(1);
    own.set_deadline_ms(5);
    REQUIRE(client->send(own, generous));
    CHECK(deadline_ms == 5);
}

}  // namespace command_test
