// Calls, events and receipts as the tests of the watch, the book and the store need them.
#pragma once

#include <string>

#include "hallcast/v1/player.pb.h"
#include "tests/catch.h"

namespace hallcast::master::calls_sample {

constexpr std::int64_t noon_ms = 1'790'000'000'000;

inline v1::Call call_of(std::uint64_t number, std::uint32_t attempt = 1, std::int64_t at_ms = noon_ms) {
    v1::Call call;
    call.set_call_id("main-" + std::to_string(number));
    call.set_call_seq(number);
    call.set_ticket("A" + std::to_string(number));
    call.set_counter(3);
    call.set_attempt(attempt);
    call.set_called_at_ms(at_ms);
    call.set_expires_at_ms(at_ms + 60'000);
    call.set_phase(v1::CALL_PHASE_CALLED);
    return call;
}

inline v1::HallEvent event_of(const v1::Call& call, std::int64_t at_ms) {
    v1::HallEvent event;
    event.set_hall("main");
    event.set_at_ms(at_ms);
    *event.add_changes()->mutable_call() = call;
    return event;
}

inline v1::Receipt shown(const v1::Call& call, std::uint64_t number = 1) {
    v1::Receipt receipt;
    receipt.set_number(number);
    receipt.set_call_id(call.call_id());
    receipt.set_attempt(call.attempt());
    receipt.mutable_shown()->set_at_us(call.called_at_ms() * 1000 + 38'000);
    receipt.mutable_shown()->set_picture_checksum(0x9f3a);
    return receipt;
}

inline v1::Receipt spoken(const v1::Call& call, double level_dbfs = -21) {
    v1::Receipt receipt;
    receipt.set_call_id(call.call_id());
    receipt.set_attempt(call.attempt());
    receipt.mutable_spoken()->set_from_us(call.called_at_ms() * 1000 + 400'000);
    receipt.mutable_spoken()->set_level_dbfs(level_dbfs);
    return receipt;
}

}  // namespace hallcast::master::calls_sample
