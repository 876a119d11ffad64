#include "tests/bench/wire_crowd.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "protocol/base/error.h"

namespace hallcast::bench {
namespace {

// Ends the connections, not the sockets' files: libzmq reads the end of each as from a peer that is gone.
void cut_connections(std::uint16_t port) {
    DIR* folder = ::opendir("/proc/self/fd");
    HALLCAST_ASSERT(folder != nullptr);
    while (const dirent* entry = ::readdir(folder)) {
        const int fd = std::atoi(entry->d_name);
        sockaddr_in peer{};
        socklen_t size = sizeof peer;
        if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0 || peer.sin_family != AF_INET) continue;
        const std::uint16_t to = ntohs(peer.sin_port);
        if (to >= port && to <= port + 3) ::shutdown(fd, SHUT_RDWR);
    }
    ::closedir(folder);
}

class Crowd {
  public:
    Crowd(Channel& channel, std::vector<std::unique_ptr<Listener>> listeners)
        : channel_(&channel),
          listeners_(std::move(listeners)),
          seats_(listeners_.size()),
          epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
        HALLCAST_ASSERT(epoll_ >= 0);
        watch(channel.descriptor(), control);
        for (std::uint32_t i = 0; i < seats_.size(); ++i) step(i, std::chrono::steady_clock::now());
    }

    [[noreturn]] void run() {
        std::vector<epoll_event> ready(512);
        for (;;) {
            const int count = ::epoll_wait(epoll_, ready.data(), int(ready.size()), unsettled_.empty() ? wait_ms() : 0);
            HALLCAST_ASSERT(count >= 0 || errno == EINTR);
            for (int i = 0; i < count; ++i) {
                const std::uint32_t index = ready[std::size_t(i)].data.u32;
                if (index == control)
                    order(channel_->receive());
                else
                    step(index, std::chrono::steady_clock::now());
            }
            const Time now = std::chrono::steady_clock::now();
            for (std::uint32_t i = 0; i < seats_.size(); ++i)
                if (seats_[i].due <= now) step(i, now);
            // What has come goes before what may have come.
            if (count <= 0 || ++rounds_ % 16 == 0) settle();
            tell_live();
        }
    }

  private:
    static constexpr std::uint32_t control = ~0u;
    struct Seat {
        std::vector<void*> watched;  // the ZeroMQ sockets whose descriptors epoll has
        Time due{};
        bool unsettled = false;
    };

    void watch(int fd, std::uint32_t index) const {
        epoll_event event{EPOLLIN, {.u32 = index}};
        // A descriptor that has been closed meanwhile has left epoll by itself; one that is there already may stay.
        HALLCAST_ASSERT(::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0 || errno == EEXIST);
    }

    int wait_ms() const {
        Time due = Time::max();
        for (const Seat& seat : seats_) due = std::min(due, seat.due);
        if (due == Time::max()) return -1;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - std::chrono::steady_clock::now());
        return int(std::clamp<std::int64_t>(left.count(), 0, 60'000));
    }

    void step(std::uint32_t index, Time now) {
        Seat& seat = seats_[index];
        listeners_[index]->step(now, latencies_);
        seat.due = listeners_[index]->next();
        if (!std::exchange(seat.unsettled, true)) unsettled_.push_back(index);
    }

    // A ZeroMQ descriptor is readable once for many messages: before a wait, each socket is asked whether there are
    // more.
    void settle() {
        for (const std::uint32_t index : std::exchange(unsettled_, {})) {
            seats_[index].unsettled = false;
            items_.clear();
            listeners_[index]->add_to(items_);
            watch_all(index);
            if (std::ranges::any_of(items_, has_come)) step(index, std::chrono::steady_clock::now());
        }
    }

    void watch_all(std::uint32_t index) {
        Seat& seat = seats_[index];
        const auto socket_of = [](const zmq::pollitem_t& item) { return item.socket; };
        if (std::ranges::equal(items_, seat.watched, {}, socket_of)) return;
        seat.watched.clear();
        for (const zmq::pollitem_t& item : items_) {
            watch(zmq::socket_ref(zmq::from_handle, item.socket).get(zmq::sockopt::fd), index);
            seat.watched.push_back(item.socket);
        }
    }

    static bool has_come(const zmq::pollitem_t& item) {
        return (zmq::socket_ref(zmq::from_handle, item.socket).get(zmq::sockopt::events) & item.events) != 0;
    }

    void order(const std::string& text) {
        if (text == "clear") {
            latencies_.clear();
            channel_->send("cleared");
        } else if (text == "report") {
            channel_->send(latencies_.pack());
        } else if (text.starts_with("await ")) {
            awaited_ = std::stoll(text.substr(6));
        } else if (text.starts_with("cut ")) {
            const std::int64_t when = now_ns();
            cut_connections(std::uint16_t(std::stoi(text.substr(4))));
            channel_->send(std::to_string(when));
        } else {
            HALLCAST_ASSERT(!"an order that the crowd does not know");
        }
    }

    void tell_live() {
        if (!awaited_) return;
        // Those that were live are asked last: mostly one that is not yet answers for all.
        for (; live_ < listeners_.size(); ++live_)
            if (!listeners_[live_]->live(*awaited_)) return;
        live_ = 0;
        for (const auto& listener : listeners_)
            if (!listener->live(*awaited_)) return;
        awaited_.reset();
        channel_->send(std::to_string(now_ns()));
    }

    Channel* channel_;
    std::vector<std::unique_ptr<Listener>> listeners_;
    std::vector<Seat> seats_;
    std::vector<zmq::pollitem_t> items_;
    std::vector<std::uint32_t> unsettled_;  // stepped since they were last asked whether there is more
    std::uint64_t rounds_ = 0;
    int epoll_;
    Latencies latencies_;
    std::optional<std::int64_t> awaited_;
    std::size_t live_ = 0;
};

}  // namespace

void run_crowd(Channel& channel, std::vector<std::unique_ptr<Listener>> listeners) {
    Crowd(channel, std::move(listeners)).run();
}

}  // namespace hallcast::bench
