#include "tests/bench/wire_player.h"

#include <algorithm>

#include "protocol/hall_log.h"
#include "protocol/player_lines.h"
#include "tests/bench/wire_load.h"

namespace hallcast::bench {
namespace {

class Player final : public Listener {
  public:
    Player(zmq::context_t& context, const wire::MasterAddress& master, const wire::Credentials& credentials)
        : lines_(context,
                 {.master = master, .credentials = credentials, .hall = hall, .changed = {}, .program = "bench"}) {}

    void step(Time, Latencies& latencies) override {
        lines_.step();
        if (const v1::HallState* state = lines_.end().state()) look_at(*state, latencies);
    }

    void add_to(std::vector<zmq::pollitem_t>& items) override { lines_.add_to(items); }
    Time next() const override { return lines_.next(); }
    bool live(std::int64_t since_ns) const override { return has_state_ && lines_.up() && latest_ns_ >= since_ns; }

  private:
    // Several events may have come at once; each has its own time.
    void look_at(const v1::HallState& state, Latencies& latencies) {
        if (wire::Position{state.epoch(), state.seq()} == seen_) return;
        seen_ = {state.epoch(), state.seq()};
        const std::int64_t now = now_ns();
        std::int64_t latest = latest_ns_;
        for (const v1::Call& call : state.calls()) {
            const std::int64_t made = made_ns(call);
            if (made <= latest_ns_) break;
            if (has_state_) latencies.add_ns(now - made);  // what was called before the first snapshot is not late
            latest = std::max(latest, made);
        }
        latest_ns_ = latest;
        has_state_ = true;
    }

    wire::PlayerLines lines_;
    wire::Position seen_;
    bool has_state_ = false;
    std::int64_t latest_ns_ = 0;
};

}  // namespace

std::unique_ptr<Listener> player(zmq::context_t& context, std::uint16_t port, const wire::Credentials& credentials) {
    return std::make_unique<Player>(context, wire::MasterAddress{"127.0.0.1", port}, credentials);
}

}  // namespace hallcast::bench
