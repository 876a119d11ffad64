#include "player/master/receipt_book.h"

#include <algorithm>
#include <cmath>

namespace hallcast::master {
namespace {

constexpr std::uint32_t most_listed = 500, usually_listed = 50;

bool is_sound(const v1::Receipt& receipt) {
    if (receipt.has_shown()) return true;
    // A level that is no number would stand in every JSON that tells of it.
    return receipt.has_spoken() && std::isfinite(receipt.spoken().level_dbfs());
}

}  // namespace

ReceiptBook::Key ReceiptBook::key_of(const v1::CallRecord& record) {
    return {record.hall(), record.call().call_id(), record.call().attempt()};
}

bool ReceiptBook::call(const std::string& hall, const v1::Call& call, std::int64_t at_ms) {
    const auto known = by_key_.find({hall, call.call_id(), call.attempt()});
    const bool same = known != by_key_.end() && known->second->call().called_at_ms() == call.called_at_ms();
    if (same) {
        *known->second->mutable_call() = call;
        return true;
    }
    if (call.called_at_ms() != at_ms) return false;
    if (known != by_key_.end()) {
        records_.erase(known->second);
        by_key_.erase(known);
    }
    v1::CallRecord& record = records_.emplace_front();
    record.set_hall(hall);
    *record.mutable_call() = call;
    by_key_[key_of(record)] = records_.begin();
    forget_oldest();
    return true;
}

ReceiptBook::Taken ReceiptBook::receipt(const std::string& hall, const std::string& player, const v1::Receipt& receipt,
                                        std::int64_t received_us, v1::KeptReceipt* kept) {
    if (!is_sound(receipt) || player.size() > longest_name) return Taken::nonsense;
    const auto known = by_key_.find({hall, receipt.call_id(), receipt.attempt()});
    if (known == by_key_.end()) return Taken::unknown_call;
    v1::CallRecord& record = *known->second;
    const auto before = std::ranges::find_if(*record.mutable_receipts(), [&](const v1::KeptReceipt& other) {
        return other.player() == player && other.receipt().what_case() == receipt.what_case();
    });
    const bool known_before = before != record.receipts().end();
    // Where nothing could be read at first, a better one may come.
    if (known_before && (!before->receipt().shown().blank() || receipt.shown().blank())) return Taken::repeated;
    if (!known_before && record.receipts_size() >= most_receipts) return Taken::full;
    v1::KeptReceipt& added = known_before ? *before : *record.add_receipts();
    added.set_player(player);
    *added.mutable_receipt() = receipt;
    added.mutable_receipt()->DiscardUnknownFields();  // which have no bound
    added.set_received_us(received_us);
    if (kept != nullptr) *kept = added;
    return Taken::kept;
}

void ReceiptBook::remembered(std::vector<v1::CallRecord> records) {
    for (v1::CallRecord& record : records) {
        const Key key = key_of(record);
        if (by_key_.contains(key)) continue;
        records_.push_back(std::move(record));
        by_key_[key] = std::prev(records_.end());
    }
    forget_oldest();
}

v1::CallList ReceiptBook::list(const v1::CallsRequest& request) const {
    const std::uint32_t limit = request.limit() == 0 ? usually_listed : std::min(request.limit(), most_listed);
    v1::CallList list;
    for (const v1::CallRecord& record : records_) {
        if (std::uint32_t(list.calls_size()) == limit) break;
        if (request.hall().empty() || request.hall() == record.hall()) *list.add_calls() = record;
    }
    return list;
}

void ReceiptBook::forget_oldest() {
    while (records_.size() > most_attempts) {
        by_key_.erase(key_of(records_.back()));
        records_.pop_back();
    }
}

}  // namespace hallcast::master
