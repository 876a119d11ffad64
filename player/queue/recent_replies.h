// The latest replies by command id, so that a command that was sent twice is answered without a look into the store.
#pragma once

#include <deque>
#include <string>
#include <unordered_map>
#include <utility>

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

    void remember(v1::CommandReply reply) {
        if (capacity_ == 0) return;
        const auto [kept, fresh] = replies_.try_emplace(reply.cmd_id(), std::move(reply));
        if (!fresh) return;
        order_.push_back(&kept->first);
        if (order_.size() <= capacity_) return;
        replies_.erase(replies_.find(*order_.front()));
        order_.pop_front();
    }

  private:
    std::size_t capacity_;
    std::unordered_map<std::string, v1::CommandReply> replies_;
    std::deque<const std::string*> order_;  // its keys, which stay where they are
};

}  // namespace hallcast::queue
