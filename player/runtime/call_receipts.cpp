#include "player/runtime/call_receipts.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "protocol/base/error.h"

namespace hallcast::runtime {

DrawnPixels look_at(std::span<const std::uint8_t> bgra) {
    DrawnPixels drawn;
    if (bgra.size() < 4) return drawn;
    for (std::size_t at = 4; at + 4 <= bgra.size() && drawn.blank; at += 4)
        drawn.blank = std::memcmp(bgra.data(), bgra.data() + at, 4) == 0;
    // libsodium has no shorter hash than 16 bytes; any 8 of them are as good.
    unsigned char hash[crypto_generichash_BYTES_MIN];
    static_assert(sizeof hash >= sizeof drawn.checksum);
    HALLCAST_ASSERT(crypto_generichash(hash, sizeof hash, bgra.data(), bgra.size(), nullptr, 0) == 0);
    for (std::size_t i = 0; i < sizeof drawn.checksum; ++i) drawn.checksum |= std::uint64_t(hash[i]) << (8 * i);
    return drawn;
}

void CallReceipts::update(const v1::HallState* state, bool stale) {
    if (state == nullptr) return;
    std::set<Attempt> awaited;
    std::map<std::string, std::uint32_t> settled;
    for (const v1::Call& call : state->calls()) {
        const auto before = settled_.find(call.call_id());
        const bool known = before != settled_.end();
        if (known) settled.insert(*before);
        if (!stale && call.phase() == v1::CALL_PHASE_CALLED && (!known || before->second < call.attempt()))
            awaited.emplace(call.call_id(), call.attempt());
    }
    settled_ = std::move(settled);
    std::erase_if(owed_, [&](const auto& one) { return !awaited.contains(one.first); });
    for (const Attempt& attempt : awaited) owed_.try_emplace(attempt);
}

std::vector<v1::Receipt> CallReceipts::presented(std::span<const screen::SeenCall> seen, Moment at, const Read& read) {
    std::vector<v1::Receipt> receipts;
    for (auto one = owed_.begin(); one != owed_.end();) {
        const auto& [attempt, owed] = *one;
        std::vector<screen::SeenCall> places;
        for (const screen::SeenCall& call : seen)
            if (call.call_id == attempt.first && call.attempt == attempt.second) places.push_back(call);
        // The announcement first: it is what the visitors look at.
        std::ranges::stable_partition(places, &screen::SeenCall::big);
        if (places.empty() || places == owed.blank_at) {
            ++one;
            continue;
        }
        const screen::SeenCall* place = nullptr;
        DrawnPixels drawn;
        for (const screen::SeenCall& candidate : places) {
            const std::vector<std::uint8_t> pixels = read(candidate.rect);
            if (pixels.empty()) continue;
            const DrawnPixels found = look_at(pixels);
            if (place == nullptr || !found.blank) place = &candidate, drawn = found;
            if (!found.blank) break;
        }
        if (place == nullptr) {  // not to be had now: with the next picture
            ++one;
            continue;
        }
        v1::Receipt& receipt = receipts.emplace_back(this->receipt(attempt, at));
        v1::CallShown& shown = *receipt.mutable_shown();
        shown.set_at_us(clock_(at).us);
        shown.set_picture_checksum(drawn.checksum);
        shown.set_x(std::uint32_t(std::max(0, place->rect.x)));
        shown.set_y(std::uint32_t(std::max(0, place->rect.y)));
        shown.set_width(std::uint32_t(place->rect.width));
        shown.set_height(std::uint32_t(place->rect.height));
        shown.set_blank(drawn.blank);
        if (drawn.blank) {
            one->second.blank_at = std::move(places);
            ++one;
            continue;
        }
        ++shown_;
        settled_[attempt.first] = std::max(settled_[attempt.first], attempt.second);
        one = owed_.erase(one);
    }
    return receipts;
}

v1::Receipt CallReceipts::spoken(const sound::Announcement& announcement, const sound::Heard& heard,
                                 bool no_device) const {
    v1::Receipt made = receipt({announcement.call_id, announcement.attempt}, heard.from);
    v1::CallSpoken& spoken = *made.mutable_spoken();
    spoken.set_from_us(clock_(heard.from).us);
    spoken.set_until_us(clock_(heard.until).us);
    spoken.set_level_dbfs(heard.level_dbfs);
    spoken.set_no_device(no_device);
    for (const std::string& language : heard.languages) spoken.add_languages(language);
    spoken.set_brief(heard.brief);
    return made;
}

v1::Receipt CallReceipts::receipt(const Attempt& attempt, Moment at) const {
    v1::Receipt made;
    made.set_call_id(attempt.first);
    made.set_attempt(attempt.second);
    made.set_clock_error_us(clock_(at).error_us);
    return made;
}

}  // namespace hallcast::runtime
