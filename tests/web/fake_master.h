// A master without a queue: it remembers commands, and answers them from a thread of its own, at once or when told to.
#pragma once

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "player/master/master.h"
#include "player/web/server.h"
#include "tests/catch.h"
#include "tests/content/temp_folder.h"

namespace hallcast::web::tests {

using content::tests::bytes_of;
using content::tests::entries_in;
using content::tests::TempFolder;

constexpr const char* token = "secret-token";

// Waits for what other threads bring about; a minute is for the slowest sanitizer run on a loaded machine.
template <typename Condition>
bool eventually(Condition condition) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > limit) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

inline google::protobuf::Struct json(const std::string& text) {
    google::protobuf::Struct object;
    INFO(text);
    REQUIRE(google::protobuf::util::JsonStringToMessage(text, &object).ok());
    return object;
}

inline std::string text_in(const std::string& body, const std::string& field) {
    const auto object = json(body);
    return object.fields().contains(field) ? object.fields().at(field).string_value() : "(no " + field + ")";
}

class FakeMaster final : public master::Master {
  public:
    explicit FakeMaster(const std::filesystem::path& folder) {
        auto opened = content::open_library(folder / "content");
        REQUIRE(opened.has_value());
        library_ = *std::move(opened);
        state_->set_hall("main");
        state_->set_seq(7);
        state_->add_calls()->set_ticket("A012");
        core_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
    }

    void submit(v1::Command command, std::function<void(const v1::CommandReply&)> done) override {
        const std::scoped_lock lock(mutex_);
        commands_.push_back(command);
        waiting_.push_back({std::move(command), std::move(done)});
        changed_.notify_all();
    }
    std::shared_ptr<const v1::HallState> hall_state(std::string_view hall) const override {
        return hall == "main" || hall.empty() ? state_ : nullptr;
    }
    v1::CallList calls(const v1::CallsRequest& request) const override {
        v1::CallList list;
        if (request.hall() == "upstairs") return list;
        v1::CallRecord& record = *list.add_calls();
        record.set_hall("main");
        record.mutable_call()->set_ticket("A012");
        record.mutable_call()->set_attempt(request.limit());  // so that a test sees it
        record.add_receipts()->set_player("hall-1");
        record.mutable_receipts(0)->mutable_receipt()->mutable_shown()->set_at_us(38'000);
        return list;
    }
    void players(std::function<void(const v1::PlayerList&)> done) const override {
        v1::PlayerList list;
        v1::PlayerStatus& player = *list.add_players();
        player.set_player("hall-1");
        player.set_live(true);
        player.mutable_report()->mutable_statistics()->set_layout("hall");
        player.mutable_report()->mutable_statistics()->set_layout_error("hall.yaml:12:5: unknown key 'colur'");
        done(list);
    }
    std::shared_ptr<const v1::Office> office() const override { return std::make_shared<v1::Office>(); }
    content::Library& library() override { return *library_; }
    std::uint16_t port() const override { return 0; }
    Expected<wire::Credentials> credentials_for(const std::string&, wire::Role) override {
        return fail("no keys here");
    }

    std::vector<v1::Command> commands() const {
        const std::scoped_lock lock(mutex_);
        return commands_;
    }
    void hold(bool held) {
        const std::scoped_lock lock(mutex_);
        held_ = held;
        changed_.notify_all();
    }
    void reject_with(v1::Rejection::Code code, std::string message) {
        const std::scoped_lock lock(mutex_);
        rejection_.set_code(code);
        rejection_.set_message(std::move(message));
    }

  private:
    struct Waiting {
        v1::Command command;
        std::function<void(const v1::CommandReply&)> done;
    };

    void run(const std::stop_token& stop) {
        for (;;) {
            Waiting next;
            v1::CommandReply reply;
            {
                std::unique_lock lock(mutex_);
                if (!changed_.wait(lock, stop, [this] { return !held_ && !waiting_.empty(); })) return;
                next = std::move(waiting_.front());
                waiting_.pop_front();
                if (rejection_.code() != v1::Rejection::CODE_UNSPECIFIED) *reply.mutable_rejection() = rejection_;
            }
            if (!reply.has_rejection()) answer(next.command, reply);
            next.done(reply);
        }
    }

    static void answer(const v1::Command& command, v1::CommandReply& reply) {
        reply.set_cmd_id(command.cmd_id());
        if (command.has_issue_ticket()) {
            reply.mutable_ticket()->set_number(command.issue_ticket().service() + "001");
            reply.mutable_ticket()->set_language(command.issue_ticket().language());
        } else if (command.has_call_next()) {
            reply.mutable_call()->set_counter(command.call_next().counter());
            reply.mutable_call()->set_ticket("A001");
        } else if (command.has_call_ticket()) {
            reply.mutable_call()->set_counter(command.call_ticket().counter());
            reply.mutable_call()->set_ticket(command.call_ticket().ticket());
        } else {
            reply.mutable_counter()->set_number(1);
            reply.mutable_counter()->set_activity(v1::COUNTER_ACTIVITY_FREE);
        }
    }

    std::unique_ptr<content::Library> library_;
    std::shared_ptr<v1::HallState> state_ = std::make_shared<v1::HallState>();
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::vector<v1::Command> commands_;
    std::deque<Waiting> waiting_;
    v1::Rejection rejection_;
    bool held_ = false;
    std::jthread core_;
};

// A master in a folder of its own, and its server on a free port.
struct Office {
    explicit Office(WebOptions options = {}) {
        options.port = 0;
        if (options.token.empty()) options.token = token;
        auto started = start_web_server(master, options);
        REQUIRE(started.has_value());
        server = *std::move(started);
        port = server->port();
    }
    std::string url(const std::string& target = "") const {
        return "http://127.0.0.1:" + std::to_string(port) + target;
    }
    std::filesystem::path incoming() { return master.library().incoming(); }

    TempFolder folder;
    FakeMaster master{folder.path()};
    std::unique_ptr<WebServer> server;
    std::uint16_t port = 0;
};

}  // namespace hallcast::web::tests
