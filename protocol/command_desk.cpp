#include "protocol/command_desk.h"

#include <algorithm>

namespace hallcast::wire {

CommandDesk::Admission CommandDesk::admit(const std::string& key, const std::string& address, Time now) {
    constexpr std::size_t max_addresses = 8;  // a client that reconnects has a new one
    if (const auto known = answered_.find(key); known != answered_.end()) return {Entry::answered, known->second};
    if (const auto known = waiting_.find(key); known != waiting_.end()) {
        auto& addresses = known->second.addresses;
        if (std::ranges::find(addresses, address) == addresses.end()) {
            if (addresses.size() >= max_addresses) addresses.erase(addresses.begin());
            addresses.push_back(address);
        }
        return {Entry::repeated, nullptr};
    }
    if (waiting_.size() >= max_waiting) return {Entry::full, nullptr};
    waiting_.emplace(key, Waiting{{address}, now});
    return {Entry::admitted, nullptr};
}

std::vector<std::string> CommandDesk::answer(const std::string& key, const std::string& reply, bool keep) {
    const auto known = waiting_.find(key);
    if (known == waiting_.end()) return {};  // forgotten, too late
    std::vector<std::string> addresses = std::move(known->second.addresses);
    waiting_.erase(known);
    if (keep && answered_.emplace(key, std::make_shared<const std::string>(reply)).second) {
        answered_order_.push_back(key);
        if (answered_order_.size() > max_answered) {
            answered_.erase(answered_order_.front());
            answered_order_.pop_front();
        }
    }
    return addresses;
}

void CommandDesk::forget_old(Time now) {
    std::erase_if(waiting_, [&](const auto& entry) { return now - entry.second.since > forget_after; });
}

}  // namespace hallcast::wire
