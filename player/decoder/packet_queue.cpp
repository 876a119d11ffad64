#include "player/decoder/packet_queue.h"

#include <algorithm>

namespace hallcast::decoder {

using std::chrono::microseconds;

namespace {

bool begins_anew(const AVPacket& packet) {
    return packet.stream_index == 0 && (packet.flags & AV_PKT_FLAG_KEY) != 0 && packet.dts != AV_NOPTS_VALUE;
}

}  // namespace

microseconds PacketQueue::waiting() const {
    const auto is_timed = [](const Packet& packet) { return packet->dts != AV_NOPTS_VALUE; };
    const auto first = std::ranges::find_if(packets_, is_timed);
    const auto last = std::find_if(packets_.rbegin(), packets_.rend(), is_timed);
    if (first == packets_.end() || last == packets_.rend()) return microseconds(0);
    return microseconds(std::max<std::int64_t>(0, (*last)->dts - (*first)->dts));
}

void PacketQueue::put(Packet packet, DelayBound::Moment now) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return bytes_ < most_bytes && (live_ || waiting() < most_ahead_of_film); });
    bytes_ += std::size_t(packet->size);
    packets_.push_back(std::move(packet));
    if (live_) {
        if (const auto excess = bound_.observe(now, waiting()); excess > microseconds(0)) leave_out(excess);
    }
    changed_.notify_all();
}

// Up to the last keyframe that is not too far, since pictures cannot begin elsewhere.
void PacketQueue::leave_out(microseconds amount) {
    const auto timed =
        std::ranges::find_if(packets_, [](const Packet& packet) { return packet->dts != AV_NOPTS_VALUE; });
    if (timed == packets_.end()) return;
    const std::int64_t begin = (*timed)->dts;
    const auto key = std::find_if(packets_.rbegin(), packets_.rend(), [&](const Packet& packet) {
        return begins_anew(*packet) && packet->dts - begin <= amount.count();
    });
    if (key == packets_.rend() || (*key)->dts <= begin) return;
    const AVPacket* const first = key->get();
    const std::int64_t cut = first->dts, shown = first->pts;
    bool before = true;
    std::erase_if(packets_, [&](const Packet& packet) {
        before = before && packet.get() != first;
        const bool is_picture = packet->stream_index == 0;
        // Pictures that follow the keyframe and are shown before it refer to what is gone.
        const bool refers_back = !before && is_picture && packet.get() != first && packet->pts != AV_NOPTS_VALUE &&
                                 shown != AV_NOPTS_VALUE && packet->pts < shown;
        const bool goes = is_picture ? before || refers_back : packet->dts < cut;
        if (goes) bytes_ -= std::size_t(packet->size);
        return goes;
    });
    left_out_ += microseconds(cut - begin);
}

void PacketQueue::end(std::optional<std::string> reason) {
    const std::scoped_lock lock(mutex_);
    ended_ = true;
    reason_ = std::move(reason);
    changed_.notify_all();
}

Packet PacketQueue::take(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, limit, [this] { return !packets_.empty() || ended_; });
    if (packets_.empty()) return nullptr;
    Packet packet = std::move(packets_.front());
    packets_.pop_front();
    bytes_ -= std::size_t(packet->size);
    changed_.notify_all();
    for (std::int64_t* const time : {&packet->pts, &packet->dts})
        if (*time != AV_NOPTS_VALUE) *time -= left_out_.count();
    return packet;
}

bool PacketQueue::ended() const {
    const std::scoped_lock lock(mutex_);
    return ended_ && packets_.empty();
}

std::optional<std::string> PacketQueue::reason() const {
    const std::scoped_lock lock(mutex_);
    return reason_;
}

microseconds PacketQueue::left_out() const {
    const std::scoped_lock lock(mutex_);
    return left_out_;
}

}  // namespace hallcast::decoder
