#include "protocol/hall_log.h"

#include <algorithm>

#include "protocol/base/error.h"

namespace hallcast::wire {

void HallLog::append(v1::HallEvent event) {
    const Position position{event.epoch(), event.seq()};
    HALLCAST_ASSERT(events_.empty() || position > head_);
    if (position != Position{head_.epoch, head_.seq + 1}) {
        events_.clear();
        unsent_ = 0;
    }
    v1::StreamMessage message;
    *message.mutable_event() = std::move(event);
    std::string bytes = message.SerializeAsString();
    events_.push_back({std::move(*message.mutable_event()), std::move(bytes)});
    ++unsent_;
    head_ = position;
    if (events_.size() > max_events) {
        events_.pop_front();
        unsent_ = std::min(unsent_, events_.size());
    }
}

void HallLog::learn(Position position) {
    if (events_.empty()) head_ = std::max(head_, position);
}

v1::Range HallLog::range(const v1::RangeRequest& request) const {
    v1::Range range;
    const std::uint64_t first = events_.empty() ? head_.seq + 1 : events_.front().event.seq();
    if (request.epoch() != head_.epoch || request.from_seq() < first || request.from_seq() > head_.seq + 1)
        return range;
    range.set_complete(true);
    std::size_t bytes = 0;
    for (std::size_t i = request.from_seq() - first; i < events_.size() && bytes < max_range_bytes; ++i) {
        *range.add_events() = events_[i].event;
        bytes += events_[i].event.ByteSizeLong();
    }
    return range;
}

std::vector<std::string> HallLog::take_unsent() {
    std::vector<std::string> messages;
    for (; unsent_ > 0; --unsent_) messages.push_back(std::move(events_[events_.size() - unsent_].stream_message));
    return messages;
}

}  // namespace hallcast::wire
