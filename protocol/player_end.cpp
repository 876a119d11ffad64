#include "protocol/player_end.h"

#include <algorithm>

#include "protocol/parse.h"
#include "protocol/version.h"

namespace hallcast::wire {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Requests of the three kinds are told apart by their ids, so that an error finds its question.
constexpr std::uint64_t presence_ids = std::uint64_t(1) << 62;
constexpr std::uint64_t receipt_ids = std::uint64_t(1) << 61;

constexpr int quick_reports = 3;
constexpr milliseconds quick_pause = 250ms;
constexpr milliseconds report_reply_limit = 2s;  // then a report counts as lost
constexpr milliseconds shortest_report_pause = 500ms;
constexpr milliseconds longest_report_pause = 60s;

std::int64_t steady_us(steady_clock::time_point time) {
    return std::chrono::duration_cast<microseconds>(time.time_since_epoch()).count();
}

v1::SyncRequest request_of(std::uint64_t id) {
    v1::SyncRequest request;
    request.set_version(protocol_version);
    request.set_minor(protocol_minor);
    request.set_request_id(id);
    return request;
}

}  // namespace

PlayerEnd::PlayerEnd(PlayerEndOptions options, Moment start)
    : follow_(std::move(options.hall), options.rules, start, {std::move(options.key), std::move(options.zone)}),
      program_(std::move(options.program)),
      report_at_(start.steady),
      resend_receipts_(1000ms, 5000ms, options.seed) {
    clock_.hint(std::chrono::duration_cast<microseconds>(start.wall.time_since_epoch()).count(), start.steady);
}

void PlayerEnd::connected(Moment now) {
    follow_.connected();
    disconnected();
    report_at_ = now.steady;
    quick_reports_ = quick_reports;
}

void PlayerEnd::disconnected() {
    follow_.disconnected();
    if (report_outstanding_) report_at_ = {};
    report_outstanding_.reset();
    receipts_outstanding_.reset();
    resend_receipts_.start_over();
}

void PlayerEnd::stream(std::string_view bytes, Moment now) {
    v1::StreamMessage message;
    if (!parse(message, bytes)) {
        link_.set_malformed(link_.malformed() + 1);
        return;
    }
    if (message.has_heartbeat() && message.heartbeat().hall() == hall() &&
        is_our_version(message.heartbeat().version()))
        clock_.hint(message.heartbeat().server_time_ms() * 1000, now.steady);
    const bool spoke = follow_.role().speaks();
    follow_.stream(message, now);
    // The master waits for an elected one's reports, which come more often.
    if (!spoke && follow_.role().speaks()) report_at_ = now.steady;
}

void PlayerEnd::reply(std::string_view bytes, Moment now) {
    v1::SyncReply reply;
    if (!parse(reply, bytes)) {
        link_.set_malformed(link_.malformed() + 1);
        return;
    }
    if (reply.request_id() & presence_ids)
        presence_answered(reply, now);
    else if (reply.request_id() & receipt_ids)
        receipts_answered(reply);
    else
        follow_.reply(reply, now);
}

void PlayerEnd::presence_answered(const v1::SyncReply& reply, Moment now) {
    if (report_outstanding_ != reply.request_id()) return;  // of another connection, or come twice
    report_outstanding_.reset();
    milliseconds pause = 5s;  // where a master of version 1.0 does not know what this is
    if (reply.has_presence()) {
        const v1::PresenceReply& presence = reply.presence();
        clock_.add({reported_.steady, presence.received_us(), presence.replied_us(), now.steady});
        pause = std::clamp(milliseconds(presence.next_report_ms()), shortest_report_pause, longest_report_pause);
        if (quick_reports_ > 0) {
            --quick_reports_;
            pause = quick_pause;
        }
    }
    report_at_ = now.steady + pause;
}

void PlayerEnd::receipts_answered(const v1::SyncReply& reply) {
    if (receipts_outstanding_ != reply.request_id()) return;
    receipts_outstanding_.reset();
    const std::size_t before = receipts_.size();
    while (!receipts_.empty() && receipts_.front().number() <= reply.receipts().up_to()) receipts_.pop_front();
    if (receipts_.size() < before) resend_receipts_.start_over();  // else not taken: again later
}

void PlayerEnd::add_receipt(v1::Receipt receipt) {
    if (receipts_.size() >= max_receipts) {
        receipts_.pop_front();
        link_.set_receipts_dropped(link_.receipts_dropped() + 1);
    }
    receipt.set_number(++last_receipt_);
    receipts_.push_back(std::move(receipt));
}

// Who edits a layout waits for what is said of it.
void PlayerEnd::report(v1::PlayerStatistics statistics) {
    if (statistics.layout_error() != statistics_.layout_error()) report_at_ = {};
    statistics_ = std::move(statistics);
}

void PlayerEnd::can_speak(bool can) {
    if (std::exchange(can_speak_, can) != can) report_at_ = {};
}

void PlayerEnd::count_connections(std::uint64_t connections, std::uint64_t denials) {
    link_.set_connections(connections);
    link_.set_denials(denials);
}

bool PlayerEnd::wants_receipts(Moment now) const {
    return !receipts_.empty() && !hall().empty() && resend_receipts_.due(now.steady);
}

bool PlayerEnd::wants_request(Moment now) const {
    return follow_.wants_request(now) || wants_presence(now) || wants_receipts(now);
}

// The state first: without it there is nothing to show.
std::optional<std::string> PlayerEnd::take_request(Moment now) {
    if (const auto request = follow_.take_request(now)) return request->SerializeAsString();
    if (wants_receipts(now)) return receipts(now);
    if (wants_presence(now)) return presence(now);
    return std::nullopt;
}

std::string PlayerEnd::presence(Moment now) {
    v1::SyncRequest request = request_of(presence_ids | ++last_request_);
    v1::PresenceReport& report = *request.mutable_presence();
    report.set_hall(hall());
    if (const v1::HallState* known = follow_.state()) {
        report.set_epoch(known->epoch());
        report.set_applied_seq(known->seq());
        report.set_state_hash(follow_.hash());
    }
    report.set_content_version(follow_.content_version());
    report.set_program(program_);
    *report.mutable_statistics() = statistics_;
    *report.mutable_link() = statistics();
    report.set_zone(follow_.role().zone());
    report.set_can_speak(can_speak_);
    report.set_sent_us(steady_us(now.steady));
    const ClockReading reading = clock_.reading();
    v1::ClockReport& clock = *report.mutable_clock();
    clock.set_known(reading.measured);
    clock.set_error_us(reading.error_us_at(now.steady));
    clock.set_drift_ppm(clock_.drift_ppm());
    const auto wall_ms = std::chrono::duration_cast<milliseconds>(now.wall.time_since_epoch()).count();
    clock.set_wall_ahead_ms(reading.master_ms_at(now.steady) - wall_ms);
    report_outstanding_ = request.request_id();
    reported_ = now;
    report_at_ = now.steady + report_reply_limit;
    return request.SerializeAsString();
}

std::string PlayerEnd::receipts(Moment now) {
    v1::SyncRequest request = request_of(receipt_ids | ++last_request_);
    v1::ReceiptReport& report = *request.mutable_receipts();
    report.set_hall(hall());
    for (const v1::Receipt& receipt : receipts_) {
        if (report.receipts_size() == receipts_at_once) break;
        *report.add_receipts() = receipt;
    }
    receipts_outstanding_ = request.request_id();
    resend_receipts_.sent(now.steady);
    return request.SerializeAsString();
}

steady_clock::time_point PlayerEnd::next(Moment now, bool can_ask) const {
    auto next = follow_.next(now, can_ask);
    if (!can_ask) return next;
    next = std::min(next, report_at_);
    if (!receipts_.empty() && !hall().empty()) next = std::min(next, resend_receipts_.at());
    return next;
}

v1::LinkStatistics PlayerEnd::statistics() const {
    v1::LinkStatistics statistics = link_;
    const FollowStatistics& followed = follow_.statistics();
    statistics.set_events_applied(followed.events_applied);
    statistics.set_gaps(followed.gaps);
    statistics.set_snapshots(followed.snapshots);
    statistics.set_hash_mismatches(followed.hash_mismatches);
    return statistics;
}

}  // namespace hallcast::wire
