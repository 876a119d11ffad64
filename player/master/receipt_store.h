// Keeps calls and their receipts for good in DIR/receipts.db, on a thread of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "hallcast/v1/player.pb.h"

namespace hallcast::master {

struct ReceiptStoreOptions {
    std::filesystem::path file;
    std::size_t most_remembered = 500;  // handed to `remembered`
    std::chrono::days kept{90};
    // What the file had at the start, the latest first; once, from the store's thread. Not when it cannot be read.
    std::function<void(std::vector<v1::CallRecord>)> remembered;
    std::function<std::int64_t()> now_ms;  // since 1970; the system's clock where empty
};

// Internally synchronized; nothing here waits for the disk but the destructor, which writes what is left. A disk that
// fails is logged once, until it works again; what it could not keep is lost to the file, and to nobody else.
class ReceiptStore {
  public:
    virtual ~ReceiptStore() = default;
    virtual void call(const std::string& hall, const v1::Call& call) = 0;
    virtual void receipt(const std::string& hall, const v1::KeptReceipt& receipt) = 0;
};
std::unique_ptr<ReceiptStore> open_receipt_store(ReceiptStoreOptions options);

}  // namespace hallcast::master
