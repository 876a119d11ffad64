// The latest calls with what the screens reported of each: what `hallcast ctl calls` and the counter page show.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "hallcast/v1/player.pb.h"

namespace hallcast::master {

// In memory; receipt_store keeps it on disk. Pure, externally synchronized. A receipt comes from the network: what is
// no receipt of a call that the book has is not taken, and everything has a bound.
class ReceiptBook {
  public:
    static constexpr std::size_t most_attempts = 500;
    static constexpr int most_receipts = 256;  // of one attempt
    static constexpr std::size_t longest_name = 128;

    // A call as an event of that time brought it. An attempt that was made then is a record of its own, also where the
    // book has one of another time: they share only their number (the queue was restored). Otherwise the record there
    // is changes, if any. False: nothing did.
    bool call(const std::string& hall, const v1::Call& call, std::int64_t at_ms);

    enum class Taken { kept, repeated, unknown_call, nonsense, full };
    // Once for each (hall, call, attempt, player, kind); `kept` is then what the book has of it.
    Taken receipt(const std::string& hall, const std::string& player, const v1::Receipt& receipt,
                  std::int64_t received_us, v1::KeptReceipt* kept = nullptr);

    // Those that were kept before this start, the latest first: they come behind what is here already.
    void remembered(std::vector<v1::CallRecord> records);

    v1::CallList list(const v1::CallsRequest& request) const;

  private:
    using Key = std::tuple<std::string, std::string, std::uint32_t>;  // hall, call_id, attempt
    using Records = std::list<v1::CallRecord>;                        // the latest first
    static Key key_of(const v1::CallRecord& record);
    void forget_oldest();

    Records records_;
    std::map<Key, Records::iterator> by_key_;
};

}  // namespace hallcast::master
