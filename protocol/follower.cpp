// The thread that runs a player's connections (Follower is declared in client.h).
#include <mutex>
#include <thread>
#include <zmq.hpp>

#include "protocol/player_lines.h"
#include "protocol/wake.h"
#include "protocol/zmq_io.h"

namespace hallcast::wire {
namespace {

class ZmqFollower final : public Follower {
  public:
    ZmqFollower(zmq::context_t& context, FollowerOptions options)
        : changed_(options.changed), followed_(std::make_shared<const Followed>()) {
        thread_ = std::jthread([this, &context, options](const std::stop_token& stop) { run(context, options, stop); });
    }

    std::shared_ptr<const Followed> followed() const override {
        const std::lock_guard lock(mutex_);
        return followed_;
    }
    ClockReading clock() const override {
        const std::lock_guard lock(mutex_);
        return clock_;
    }
    v1::LinkStatistics statistics() const override {
        const std::lock_guard lock(mutex_);
        return statistics_;
    }
    void add_receipt(v1::Receipt receipt) override {
        {
            const std::lock_guard lock(mutex_);
            if (receipts_.size() >= PlayerEnd::max_receipts) receipts_.pop_front();
            receipts_.push_back(std::move(receipt));
        }
        wake_.wake();
    }
    void report(v1::PlayerStatistics statistics) override {
        {
            const std::lock_guard lock(mutex_);
            report_ = std::move(statistics);
        }
        wake_.wake();
    }
    void can_speak(bool can) override {
        {
            const std::lock_guard lock(mutex_);
            can_speak_ = can;
        }
        wake_.wake();
    }

  private:
    void run(zmq::context_t& context, const FollowerOptions& options, const std::stop_token& stop) {
        const std::stop_callback on_stop(stop, [this] { wake_.wake(); });
        try {
            PlayerLines lines(context, options);
            while (!stop.stop_requested()) {
                hand_over(lines.end());
                lines.step();
                share(lines.end());
                std::vector<zmq::pollitem_t> items{{nullptr, wake_.descriptor(), ZMQ_POLLIN, 0}};
                lines.add_to(items);
                poll_until(items, lines.next());
                if (items[0].revents != 0) wake_.clear();
            }
        } catch (const zmq::error_t& error) {
            if (error.num() != ETERM) throw;  // the process ends
        }
    }

    void hand_over(PlayerEnd& end) {
        const std::lock_guard lock(mutex_);
        for (v1::Receipt& receipt : receipts_) end.add_receipt(std::move(receipt));
        receipts_.clear();
        if (report_) end.report(*std::exchange(report_, std::nullopt));
        end.can_speak(can_speak_);
    }

    void share(PlayerEnd& end) {
        auto changed = end.take_changed();
        const bool news = changed != nullptr;
        {
            const std::lock_guard lock(mutex_);
            if (news) followed_ = std::move(changed);
            clock_ = end.clock();
            statistics_ = end.statistics();
        }
        if (news && changed_) changed_();
    }

    const std::function<void()> changed_;
    Wake wake_;
    mutable std::mutex mutex_;
    // Protected by mutex_:
    std::shared_ptr<const Followed> followed_;
    ClockReading clock_;
    v1::LinkStatistics statistics_;
    std::deque<v1::Receipt> receipts_;  // for the thread
    std::optional<v1::PlayerStatistics> report_;
    bool can_speak_ = false;

    std::jthread thread_;  // last: ends before what it uses
};

}  // namespace

std::unique_ptr<Follower> make_follower(zmq::context_t& context, FollowerOptions options) {
    return std::make_unique<ZmqFollower>(context, std::move(options));
}

}  // namespace hallcast::wire
