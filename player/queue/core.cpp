#include "player/queue/core.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

#include "player/queue/apply.h"
#include "player/queue/decide.h"
#include "player/queue/hall_views.h"
#include "player/queue/projection.h"
#include "player/queue/recent_replies.h"
#include "player/queue/snapshot.h"
#include "protocol/cmd_id.h"

namespace hallcast::queue {
namespace {

constexpr std::size_t max_pending = 4096;
// Bounds how long the first of a group waits for its commit.
constexpr std::size_t max_group = 512;

using Done = std::function<void(const v1::CommandReply&)>;

struct Pending {
    v1::Command command;
    Done done;
};

// A new office's epoch, with the halls' states as they were just after it was applied.
struct FreshEpoch {
    std::uint64_t epoch = 0;
    std::shared_ptr<const v1::Office> office;
    std::vector<v1::HallState> halls;
};

// What becomes of one command of a group, once the group is durable.
struct Step {
    Pending* pending = nullptr;
    v1::CommandReply reply;
    bool settled = false;  // durable before this group: true whatever becomes of it
    bool passing = false;  // UNAVAILABLE by itself: sent again, it is decided anew
    std::optional<FreshEpoch> fresh;
    std::vector<v1::HallEvent> events;
};

v1::CommandReply unavailable(const v1::Command& command, std::string_view why) {
    v1::CommandReply reply;
    reply.set_cmd_id(command.cmd_id());
    reply.mutable_rejection()->set_code(v1::Rejection::UNAVAILABLE);
    reply.mutable_rejection()->set_message(fmt::format("Nothing was changed: {}. Then try again.", why));
    return reply;
}

std::int64_t system_now_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

class WriterCore final : public Core {
  public:
    WriterCore(std::unique_ptr<Store> store, CoreOptions options)
        : store_(std::move(store)), options_(std::move(options)), recent_(options_.remembered_replies) {
        if (!options_.now_ms) options_.now_ms = system_now_ms;
        if (!options_.publish) options_.publish = [](const v1::HallEvent&) {};
    }

    ~WriterCore() override {
        {
            const std::scoped_lock lock(mutex_);
            stopping_ = true;
        }
        wake_.notify_all();
        if (writer_.joinable()) writer_.join();
    }

    Expected<void> start() {
        if (auto loaded = load(); !loaded) return loaded;
        writer_ = std::jthread([this] { run(); });
        return {};
    }

    void submit(v1::Command command, Done done) override {
        {
            const std::scoped_lock lock(mutex_);
            if (pending_.size() < max_pending) {
                pending_.push_back({std::move(command), std::move(done)});
                wake_.notify_one();
                return;
            }
        }
        done(unavailable(command, "the master is busy. Wait a moment"));
    }

    std::shared_ptr<const v1::HallState> hall_state(std::string_view hall) const override {
        return views_.hall_state(hall);
    }
    std::vector<std::string> halls() const override { return views_.halls(); }
    std::shared_ptr<const v1::Office> office() const override { return views_.office(); }

  private:
    // The state as the store has it. Views begin a new epoch when they lag behind it, as they do at the start.
    Expected<void> load() {
        auto loaded = load_state(*store_);
        if (!loaded) return std::unexpected(loaded.error());
        State& state = loaded->state;
        snapshot_log_seq_ = loaded->from_log_seq;
        const bool first = epoch_ == 0;
        if (first || state.log_seq != shown_log_seq_) {
            const auto epoch = store_->next_epoch();
            if (!epoch) return std::unexpected(epoch.error());
            show({*epoch, state.office, project_halls(state)});
            if (!first) {
                for (v1::HallEvent& event : repaint(state, options_.now_ms())) show(event);
            }
        }
        shown_log_seq_ = state.log_seq;
        state_ = std::move(state);
        stale_ = false;
        return {};
    }

    static std::vector<v1::HallState> project_halls(const State& state) {
        std::vector<v1::HallState> halls;
        for (const v1::Hall& hall : state.office->halls()) halls.push_back(project(state, hall));
        return halls;
    }

    void show(FreshEpoch fresh) {
        epoch_ = fresh.epoch;
        views_.replace(std::move(fresh.office), fresh.epoch, std::move(fresh.halls));
    }

    void show(v1::HallEvent& event) {
        views_.advance(event);
        options_.publish(event);
    }

    void run() {
        for (std::vector<Pending> group; next_group(group);) {
            carry_out(group);
            if (day_ended_ || state_.log_seq - snapshot_log_seq_ >= options_.snapshot_every) keep_snapshot();
        }
        if (state_.log_seq != snapshot_log_seq_) keep_snapshot();
    }

    // Waits for commands. False: the core stops, and all are answered.
    bool next_group(std::vector<Pending>& group) {
        group.clear();
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return stopping_ || !pending_.empty(); });
        const std::size_t size = std::min(pending_.size(), max_group);
        for (std::size_t i = 0; i < size; ++i) {
            group.push_back(std::move(pending_.front()));
            pending_.pop_front();
        }
        return size > 0;
    }

    void keep_snapshot() {
        if (stale_) return;
        const auto kept = store_->keep_snapshot({state_.log_seq, pack(state_)});
        if (!kept) spdlog::warn("no snapshot of the queue was kept; a start takes longer: {}", kept.error().message);
        snapshot_log_seq_ = state_.log_seq;  // a failed one too: the next is not tried at once
        day_ended_ = false;
    }

    void carry_out(std::vector<Pending>& group) {
        std::vector<Step> steps(group.size());
        std::vector<Outcome> outcomes;
        std::unordered_map<std::string_view, std::size_t> step_of;  // the same command twice in one group
        std::vector<std::pair<std::size_t, std::size_t>> repeats;
        Expected<void> written = stale_ ? load() : Expected<void>();
        for (std::size_t i = 0; i < group.size(); ++i) {
            steps[i].pending = &group[i];
            if (!written) continue;
            if (const auto [first, fresh] = step_of.try_emplace(group[i].command.cmd_id(), i); !fresh)
                repeats.emplace_back(i, first->second);
            else
                written = take(steps[i], outcomes);
        }
        if (written && !outcomes.empty()) written = store_->commit(outcomes);
        if (!written) return give_up(steps, written.error());

        for (const auto& [repeat, first] : repeats) steps[repeat].reply = steps[first].reply;
        shown_log_seq_ = state_.log_seq;
        for (Step& step : steps) {
            if (step.fresh) show(*std::move(step.fresh));
            for (v1::HallEvent& event : step.events) show(event);
            if (options_.privacy && Privacy::completes(step.reply))
                step.pending->done(options_.privacy->completed(step.reply));  // what is remembered stays as it is
            else
                step.pending->done(step.reply);
            if (!step.settled && !step.passing && step.reply.cmd_id().size() == wire::cmd_id_bytes)
                recent_.remember(std::move(step.reply));
        }
    }

    // Decides and applies one command; what must become durable goes to `outcomes`. An error concerns the whole group.
    Expected<void> take(Step& step, std::vector<Outcome>& outcomes) {
        v1::Command& command = step.pending->command;
        if (const v1::CommandReply* before = recent_.find(command.cmd_id())) {
            step.reply = *before;
            step.settled = true;
            return {};
        }
        auto before = store_->reply_to(command.cmd_id());
        if (!before) return std::unexpected(before.error());
        if (*before) {
            step.reply = **std::move(before);
            step.settled = true;
            return {};
        }
        Moment moment{options_.now_ms(), options_.call_expiry.count(), 0};
        if (options_.day) moment.day = options_.day(*state_.office, moment.now_ms);
        if (options_.privacy)
            if (auto done = options_.privacy->protect(command, state_, moment.now_ms); !done) {
                spdlog::error("a command's personal data cannot be protected, so it is answered UNAVAILABLE: {}",
                              done.error().message);
                step.reply = unavailable(command, done.error().message);
                step.passing = true;
                return {};
            }
        Decision decision = decide(state_, command, moment);
        step.reply = std::move(decision.reply);
        if (decision.events.empty()) return {};

        Touched touched;
        for (const v1::Event& event : decision.events) {
            merge(touched, apply(state_, event));
            day_ended_ = day_ended_ || event.has_day_ended();
        }
        if (touched.all) {
            const auto epoch = store_->next_epoch();
            if (!epoch) return std::unexpected(epoch.error());
            step.fresh = FreshEpoch{*epoch, state_.office, project_halls(state_)};
            step.events = repaint(state_, moment.now_ms);
        } else {
            step.events = project(state_, touched, moment.now_ms);
        }
        outcomes.push_back({command.cmd_id(), std::move(decision.events), step.reply});
        return {};
    }

    // The state has steps that are not durable: it is read anew from the store before the next command is decided.
    void give_up(std::vector<Step>& steps, const Error& error) {
        spdlog::error("the queue's log cannot be written, {} commands are answered UNAVAILABLE: {}", steps.size(),
                      error.message);
        stale_ = true;
        if (auto loaded = load(); !loaded) spdlog::error("the queue's log cannot be read: {}", loaded.error().message);
        for (Step& step : steps)
            step.pending->done(step.settled ? step.reply : unavailable(step.pending->command, error.message));
    }

    // The writer's own, after start().
    std::unique_ptr<Store> store_;
    CoreOptions options_;
    State state_;
    bool stale_ = false;               // state_ is ahead of the store
    std::uint64_t epoch_ = 0;          // 0: none shown yet
    std::uint64_t shown_log_seq_ = 0;  // what views_ and the world have seen
    std::uint64_t snapshot_log_seq_ = 0;
    bool day_ended_ = false;  // since the latest snapshot
    RecentReplies recent_;

    HallViews views_;

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Pending> pending_;  // protected by mutex_
    bool stopping_ = false;        // protected by mutex_
    std::jthread writer_;
};

}  // namespace

v1::CommandReply Core::submit_and_wait(v1::Command command) {
    std::promise<v1::CommandReply> answer;
    submit(std::move(command), [&](const v1::CommandReply& reply) { answer.set_value(reply); });
    return answer.get_future().get();
}

Expected<std::unique_ptr<Core>> open_core(std::unique_ptr<Store> store, CoreOptions options) {
    auto core = std::make_unique<WriterCore>(std::move(store), std::move(options));
    if (auto started = core->start(); !started) return std::unexpected(started.error());
    return core;
}

}  // namespace hallcast::queue
