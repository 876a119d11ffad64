// A master with one or two halls in a folder of its own, and what the tests need to wait for things without sleeping.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>
#include <zmq.hpp>

#include "protocol/client.h"
#include "protocol/server.h"

namespace hallcast::wire::testing {

constexpr std::chrono::seconds generous{40};  // nothing here takes a second on a quiet machine

class TempFolder {
  public:
    TempFolder();
    ~TempFolder();
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

  private:
    std::filesystem::path path_;
};

// A flag for waiting: whatever may have made a condition true calls notify().
class Bell {
  public:
    void notify();
    bool wait(const std::function<bool()>& condition);  // false: not within the generous limit

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t rings_ = 0;
};

v1::HallEvent call_event(const std::string& hall, std::uint64_t epoch, std::uint64_t seq);
bool same(const google::protobuf::Message& one, const google::protobuf::Message& other);

// One life of a master can follow another on the same port, as after a restart of the program.
class TestMaster {
  public:
    TestMaster();
    ~TestMaster() { stop(); }

    void start(std::uint64_t epoch);
    void stop();                                  // everything of it is closed when this returns
    void call(const std::string& hall = "main");  // one more call, published
    v1::HallState state(const std::string& hall = "main") const;
    Credentials client(Role role, const std::string& name);  // authorised
    Credentials stranger() const;                            // not authorised
    void let_in(const Credentials& credentials, Role role, const std::string& name) const;
    MasterAddress address() const { return {"127.0.0.1", port_}; }
    Server& server() { return *server_; }
    const KeyPair& keys() const { return keys_; }
    void keep_keys_in_folder();  // master.key, as a real master does: it can be changed while the master runs

    TempFolder folder;
    ServerHandlers handlers;  // change before start()
    bool end_sessions = true;

  private:
    KeyPair keys_ = make_key_pair();
    std::uint16_t port_ = 0;
    std::unique_ptr<zmq::context_t> context_;
    std::unique_ptr<Server> server_;
    mutable std::mutex mutex_;
    std::map<std::string, std::shared_ptr<const v1::HallState>> states_;  // protected by mutex_
};

// A follower whose changes ring a bell, and who remembers whether it was ever seen stale.
class TestFollower {
  public:
    TestFollower(const MasterAddress& master, const Credentials& credentials, const std::string& hall,
                 std::chrono::milliseconds stale_after = generous);
    bool wait(const std::function<bool(const Followed&)>& condition);
    bool wait_for(const v1::HallState& state);
    std::shared_ptr<const Followed> followed() const { return follower_->followed(); }
    void can_speak(bool can) { follower_->can_speak(can); }
    void report(v1::PlayerStatistics statistics) { follower_->report(std::move(statistics)); }
    std::string learnt() const;  // the master's last new key

  private:
    zmq::context_t context_;
    Bell bell_;
    mutable std::mutex mutex_;
    std::string learnt_;                  // protected by mutex_
    std::unique_ptr<Follower> follower_;  // last: its thread rings the bell
};

}  // namespace hallcast::wire::testing
