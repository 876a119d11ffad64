// Receipts as any screen may send them, among the events of its hall: what the master keeps stays within its bounds and
// can be sent on, and a call is called again only so often.
#include "player/master/call_watch.h"
#include "player/master/receipt_book.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace hallcast;
using namespace std::chrono_literals;
using master::CallWatch;
using master::ReceiptBook;

enum Kind : std::uint8_t { report, event, passing, listing };

struct Master {
    CallWatch::Moment now{1h};
    std::int64_t now_ms = 1'790'000'000'000;
    CallWatch watch{now, 0ms};
    ReceiptBook book;

    void hear(const fuzz::Piece& piece) {
        now += 10ms * (piece.kind / 8);
        now_ms += 10 * (piece.kind / 8);
        switch (Kind(piece.kind % 4)) {
            case report: {
                v1::ReceiptReport message;
                if (!message.ParseFromArray(piece.bytes.data(), int(piece.bytes.size()))) return;
                const std::string player = "hall-" + std::to_string(piece.kind / 4 % 8);
                for (const v1::Receipt& receipt : message.receipts()) {
                    const auto taken = book.receipt(message.hall(), player, receipt, now_ms * 1000);
                    if (taken == ReceiptBook::Taken::kept && receipt.has_shown())
                        watch.shown(message.hall(), receipt.call_id(), receipt.attempt(), now);
                }
                return;
            }
            case event: {
                v1::HallEvent message;
                if (!message.ParseFromArray(piece.bytes.data(), int(piece.bytes.size()))) return;
                // Events are the master's own, and its times possible.
                message.set_at_ms(now_ms);
                for (v1::HallChange& change : *message.mutable_changes()) {
                    if (!change.has_call()) continue;
                    change.mutable_call()->set_called_at_ms(now_ms);
                    change.mutable_call()->set_expires_at_ms(now_ms + 60'000);
                    book.call(message.hall(), change.call(), now_ms);
                }
                return watch.hall_event(message, now);
            }
            case passing:
                return;
            case listing: {
                v1::CallsRequest request;
                if (!request.ParseFromArray(piece.bytes.data(), int(piece.bytes.size()))) return;
                const v1::CallList list = book.list(request);
                fuzz::require(list.calls_size() <= int(ReceiptBook::most_attempts));
                for (const v1::CallRecord& record : list.calls())
                    fuzz::require(record.receipts_size() <= ReceiptBook::most_receipts);
                v1::CallList again;
                fuzz::require(again.ParseFromString(list.SerializeAsString()));
                return;
            }
        }
    }

    void check() {
        for (const CallWatch::Wanted& wanted : watch.take_due(now)) {
            fuzz::require(!wanted.call.call_id().empty() || !wanted.hall.empty() || wanted.repeats >= 0);
            fuzz::require(wanted.repeats <= CallWatch::most_repeats);
        }
        fuzz::require(watch.next_due() > now);  // it would spin
    }
};

}  // namespace

HALLCAST_FUZZ_PIECES

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::be_quiet();
    Master master;
    for (const fuzz::Piece& piece : fuzz::pieces_of(data, size)) {
        master.hear(piece);
        master.check();
    }
    return 0;
}
