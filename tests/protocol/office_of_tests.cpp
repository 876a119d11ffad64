#include "tests/protocol/office_of_tests.h"

#include <google/protobuf/util/message_differencer.h>
#include <stdlib.h>

#include "protocol/hall_state.h"
#include "tests/catch.h"

namespace hallcast::wire::testing {

TempFolder::TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "protocol-test-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
}

TempFolder::~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

void Bell::notify() {
    const std::lock_guard lock(mutex_);
    ++rings_;
    changed_.notify_all();
}

bool Bell::wait(const std::function<bool()>& condition) {
    const auto limit = std::chrono::steady_clock::now() + generous;
    for (;;) {
        std::unique_lock lock(mutex_);
        const std::uint64_t heard = rings_;
        lock.unlock();
        if (condition()) return true;
        lock.lock();
        if (!changed_.wait_until(lock, limit, [&] { return rings_ != heard; })) return false;
    }
}

v1::HallEvent call_event(const std::string& hall, std::uint64_t epoch, std::uint64_t seq) {
    v1::HallEvent event;
    event.set_hall(hall);
    event.set_epoch(epoch);
    event.set_seq(seq);
    v1::Call& call = *event.add_changes()->mutable_call();
    call.set_call_id(fmt::format("call-{}-{}", epoch, seq));
    call.set_ticket(fmt::format("A{:03}", seq % 1000));
    call.set_counter(std::uint32_t(seq % 8 + 1));
    call.set_attempt(1);
    call.set_phase(v1::CALL_PHASE_CALLED);
    return event;
}

bool same(const google::protobuf::Message& one, const google::protobuf::Message& other) {
    return google::protobuf::util::MessageDifferencer::Equals(one, other);
}

TestMaster::TestMaster() {
    for (const char* hall : {"main", "upstairs"}) {
        v1::HallState state;
        state.set_hall(hall);
        states_[hall] = std::make_shared<const v1::HallState>(state);
    }
    handlers.snapshot = [this](const std::string& hall) -> std::shared_ptr<const v1::HallState> {
        const std::lock_guard lock(mutex_);
        const auto found = states_.find(hall.empty() ? "main" : hall);
        return found == states_.end() ? nullptr : found->second;
    };
}

void TestMaster::start(std::uint64_t epoch) {
    {
        const std::lock_guard lock(mutex_);
        for (auto& [name, state] : states_) {
            auto next = std::make_shared<v1::HallState>(*state);
            next->set_epoch(epoch);
            next->set_seq(0);
            state = next;
        }
    }
    if (std::filesystem::exists(folder / "master.key")) keys_ = load_key_pair(folder / "master.key").value();
    context_ = std::make_unique<zmq::context_t>();
    auto server = make_server(*context_, {"127.0.0.1", port_, keys_, folder / "authorized", end_sessions}, handlers);
    INFO((server ? "" : server.error().message));
    REQUIRE(server);
    server_ = std::move(*server);
    port_ = server_->port();
}

void TestMaster::keep_keys_in_folder() { REQUIRE(save_key_pair(folder / "master.key", keys_)); }

void TestMaster::stop() {
    server_.reset();
    context_.reset();
}

void TestMaster::call(const std::string& hall) {
    v1::HallEvent event;
    {
        const std::lock_guard lock(mutex_);
        auto next = std::make_shared<v1::HallState>(*states_.at(hall));
        event = call_event(hall, next->epoch(), next->seq() + 1);
        apply(*next, event);
        states_[hall] = next;
    }
    server_->publish(event);
}

v1::HallState TestMaster::state(const std::string& hall) const {
    const std::lock_guard lock(mutex_);
    return *states_.at(hall);
}

Credentials TestMaster::stranger() const { return {keys_.public_key, make_key_pair()}; }

void TestMaster::let_in(const Credentials& credentials, Role role, const std::string& name) const {
    REQUIRE(authorize(folder / "authorized", {role, name, credentials.client.public_key}));
}

Credentials TestMaster::client(Role role, const std::string& name) {
    const Credentials credentials = stranger();
    let_in(credentials, role, name);
    return credentials;
}

TestFollower::TestFollower(const MasterAddress& master, const Credentials& credentials, const std::string& hall,
                           std::chrono::milliseconds stale_after) {
    FollowerOptions options{.master = master,
                            .credentials = credentials,
                            .hall = hall,
                            .stale_after = stale_after,
                            .changed = [this] { bell_.notify(); },
                            .learnt =
                                [this](const Credentials& learnt) {
                                    {
                                        const std::lock_guard lock(mutex_);
                                        learnt_ = learnt.master_key;
                                    }
                                    bell_.notify();
                                }};
    follower_ = make_follower(context_, std::move(options));
}

std::string TestFollower::learnt() const {
    const std::lock_guard lock(mutex_);
    return learnt_;
}

bool TestFollower::wait(const std::function<bool(const Followed&)>& condition) {
    return bell_.wait([&] { return condition(*follower_->followed()); });
}

bool TestFollower::wait_for(const v1::HallState& state) {
    return wait([&](const Followed& followed) { return followed.state && same(*followed.state, state); });
}

}  // namespace hallcast::wire::testing
