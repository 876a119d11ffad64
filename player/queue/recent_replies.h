// The latest replies by command id, so that a command that was sent twice is answered without a look into the store.
#pragma once

#include <deque>
#include <string>
#include <unordered_map>

#include "hallcast/v1/queue.pb.h"

namespace hallcast::queue {

// Externally synchronized: the core's thread.
class RecentReplies {
  public:
    explicit RecentReplies(std::size_t capacity) : capacity_(capacity) {}

    const v1::CommandReply* find(const std::string& cmd_id) const {
        const auto found = replies_.find(cmd_id);
        return found == replies_.end() ? nullptr : &found->second;
    }

    void remember(const std::string& cmd_id, const v1::CommandReply& reply) {
        if (capacity_ == 0 || !replies_.try_emplace(cmd_id, reply).second) return;
        order_.push_back(cmd_id);
        if (order_.size() <= capacity_) return;
        replies_.erase(order_.front());
        order_.pop_front();
    }

  private:
    std::size_t capacity_;
    std::unordered_map<std::string, v1::CommandReply> replies_;
    std::deque<std::string> order_;
};

}  // namespace hallcast::queue
