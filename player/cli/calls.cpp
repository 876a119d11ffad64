#include "player/cli/calls.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <set>

#include "player/cli/answers.h"

namespace hallcast::cli {
namespace {

std::string local_time(std::int64_t at_ms) {
    const std::time_t seconds = at_ms / 1000;
    std::tm local{};
    localtime_r(&seconds, &local);
    return fmt::format("{:02}:{:02}:{:02}", local.tm_hour, local.tm_min, local.tm_sec);
}

// A player that has not compared its clock with the master's yet tells such an error.
constexpr std::uint32_t worst_useful_error_us = 10'000'000;

// "+38 ms", "+2.4 s": after the attempt was made.
std::string after(std::int64_t at_us, const v1::Receipt& receipt, const v1::Call& call) {
    if (receipt.clock_error_us() > worst_useful_error_us) return "at an unknown time";
    const double ms = double(at_us) / 1000 - double(call.called_at_ms());
    return std::abs(ms) < 1000 ? fmt::format("{:+.0f} ms", ms) : fmt::format("{:+.1f} s", ms / 1000);
}

std::string told(const v1::Receipt& receipt, const v1::Call& call) {
    if (receipt.has_shown()) {
        const v1::CallShown& shown = receipt.shown();
        if (shown.blank()) return fmt::format("BLANK {}", after(shown.at_us(), receipt, call));
        return fmt::format("shown {} #{:04x}", after(shown.at_us(), receipt, call), shown.picture_checksum() >> 48);
    }
    const v1::CallSpoken& spoken = receipt.spoken();
    if (spoken.no_device()) return "no sound device";
    if (spoken.until_us() == spoken.from_us()) return "quiet hours";
    std::string how = fmt::format("spoken {} ", after(spoken.from_us(), receipt, call));
    // A player of an older version names no languages.
    if (!spoken.languages().empty())
        how += fmt::format("in {} {}", fmt::join(spoken.languages(), ","), spoken.brief() ? "briefly " : "");
    else if (spoken.brief())
        how = fmt::format("chimed {} ", after(spoken.from_us(), receipt, call));
    return how + fmt::format("{:.0f} dB", spoken.level_dbfs());
}

// "hall-2 shown +38 ms #9f3a spoken +0.4 s -21 dB", one after the other; players in the order in which they reported.
std::string told_by_players(const v1::CallRecord& record) {
    std::string text;
    std::set<std::string> done;
    for (const v1::KeptReceipt& first : record.receipts()) {
        if (!done.insert(first.player()).second) continue;
        text += (text.empty() ? "" : "; ") + first.player();
        for (const bool shown : {true, false})
            for (const v1::KeptReceipt& one : record.receipts())
                if (one.player() == first.player() && one.receipt().has_shown() == shown)
                    text += " " + told(one.receipt(), record.call());
    }
    return text;
}

}  // namespace

std::string describe_call(const v1::CallRecord& record) {
    const v1::Call& call = record.call();
    const bool shown = std::ranges::any_of(record.receipts(), [](const v1::KeptReceipt& one) {
        return one.receipt().has_shown() && !one.receipt().shown().blank();
    });
    std::string text =
        fmt::format("{}  {:<6} counter {:<3} {:<9} attempt {}{}", local_time(call.called_at_ms()), call.ticket(),
                    call.counter(), word(call.phase()), call.attempt(), call.unseen() ? " UNSEEN" : "");
    if (!shown) text += "  NOT SHOWN";
    const std::string players = told_by_players(record);
    return players.empty() ? text : text + "  " + players;
}

v1::CallList ask_calls(const ConnectOptions& connect, const std::string& hall, std::uint32_t limit) {
    v1::SyncRequest request;
    request.mutable_calls()->set_hall(hall);
    request.mutable_calls()->set_limit(limit);
    v1::SyncReply reply = ask(connect, std::move(request));
    if (!reply.has_calls()) throw Failure({"the master gave no calls: " + reply.error().message()});
    return std::move(*reply.mutable_calls());
}

}  // namespace hallcast::cli
