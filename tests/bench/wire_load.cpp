#include "tests/bench/wire_load.h"

#include <fmt/format.h>

#include <charconv>

#include "protocol/hall_state.h"

namespace hallcast::bench {
namespace {

constexpr int services = 8;
constexpr int counters = 24;
constexpr const char* languages[] = {"pl", "en", "uk", "ru", "vi", "ar", "hi", "be", "tr"};
constexpr std::int64_t day_ms = 1'764'000'000'000;

std::string service_id(int index) { return std::string(1, char('A' + index)); }

v1::HallProfile profile() {
    v1::HallProfile profile;
    profile.set_time_zone("Europe/Warsaw");
    for (const char* language : languages) {
        profile.add_languages(language);
        (*profile.mutable_office_name())[language] =
            fmt::format("The office for foreigners of a large city, in the language {}", language);
        (*profile.mutable_hall_name())[language] = fmt::format("The main hall ({})", language);
    }
    for (int i = 0; i < services; ++i) {
        v1::Service& service = *profile.add_services();
        service.set_id(service_id(i));
        for (const char* language : languages)
            (*service.mutable_name())[language] =
                fmt::format("Applications for stays of the kind {} ({})", i, language);
    }
    for (int i = 0; i < 5; ++i) {
        v1::Text& text = *profile.add_ticker();
        text.set_id(fmt::format("text-{}", i));
        for (const char* language : languages)
            (*text.mutable_text())[language] = fmt::format(
                "The counters for applications of the kind {} are in room {}; please keep passport and photograph "
                "ready ({})",
                i, 100 + i, language);
    }
    for (int i = 1; i <= counters; ++i) profile.add_counters()->set_number(std::uint32_t(i));
    return profile;
}

void fill_call(v1::Call& call, std::uint64_t call_seq, std::string id, std::int64_t at_ms) {
    call.set_call_id(std::move(id));
    call.set_call_seq(call_seq);
    call.set_service(service_id(int(call_seq % services)));
    call.set_ticket(fmt::format("{}{:03}", call.service(), call_seq % 1000));
    call.set_counter(std::uint32_t(call_seq % counters + 1));
    call.set_attempt(1);
    call.set_language(languages[call_seq % std::size(languages)]);
    call.set_called_at_ms(at_ms);
    call.set_expires_at_ms(at_ms + 120'000);
    call.set_phase(v1::CALL_PHASE_CALLED);
}

void fill_service(v1::ServiceStatus& status, int index, std::uint64_t turn) {
    status.set_id(service_id(index));
    status.set_waiting(std::uint32_t(5 + (turn + std::uint64_t(index)) % 40));
    status.set_longest_waiting_since_ms(day_ms + std::int64_t(turn) * 1000);
    status.set_expected_wait_s(1200);
    status.set_wait_low_s(600);
    status.set_wait_high_s(2400);
}

}  // namespace

v1::HallState busy_hall(std::uint64_t epoch) {
    v1::HallState state;
    state.set_hall(hall);
    state.set_epoch(epoch);
    *state.mutable_profile() = profile();
    for (int i = 1; i <= counters; ++i) {
        v1::CounterStatus& counter = *state.add_counters();
        counter.set_number(std::uint32_t(i));
        counter.set_activity(v1::COUNTER_ACTIVITY_SERVING);
        counter.set_ticket(fmt::format("A{:03}", i));
        counter.set_version(std::uint64_t(i) + 1000);
    }
    for (int i = 0; i < services; ++i) fill_service(*state.add_services(), i, 0);
    for (int i = wire::max_calls; i > 0; --i)
        fill_call(*state.add_calls(), std::uint64_t(i), fmt::format("before-{:020}", i), day_ms + i);
    return state;
}

v1::HallEvent call_after(const v1::HallState& state, std::int64_t made_ns) {
    const std::uint64_t turn = state.seq() + 1;
    v1::HallEvent event;
    event.set_hall(state.hall());
    event.set_epoch(state.epoch());
    event.set_seq(turn);
    event.set_at_ms(day_ms + std::int64_t(turn));
    v1::Call& call = *event.add_changes()->mutable_call();
    fill_call(call, state.calls(0).call_seq() + 1, fmt::format("t{:020}", made_ns), event.at_ms());
    v1::CounterStatus& counter = *event.add_changes()->mutable_counter();
    counter.set_number(call.counter());
    counter.set_activity(v1::COUNTER_ACTIVITY_CALLING);
    counter.set_ticket(call.ticket());
    counter.set_version(turn + 2000);
    fill_service(*event.add_changes()->mutable_service(), int(call.call_seq() % services), turn);
    return event;
}

std::int64_t made_ns(const v1::Call& call) {
    const std::string& id = call.call_id();
    std::int64_t ns = 0;
    if (id.starts_with('t')) std::from_chars(id.data() + 1, id.data() + id.size(), ns);
    return ns;
}

}  // namespace hallcast::bench
