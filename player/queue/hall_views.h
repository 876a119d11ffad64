// The halls' states as the world sees them: of durable steps only, numbered, copied when somebody asks.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "hallcast/v1/hall.pb.h"
#include "hallcast/v1/office.pb.h"

namespace hallcast::queue {

// Internally synchronized. Kept by the very function that players use (wire::apply), so that their boards agree.
class HallViews {
  public:
    // A new epoch: these halls and no others, each at seq 0.
    void replace(std::shared_ptr<const v1::Office> office, std::uint64_t epoch, std::vector<v1::HallState> halls);
    // Gives the event its epoch and seq, and applies it.
    void advance(v1::HallEvent& event);

    std::shared_ptr<const v1::HallState> hall_state(std::string_view hall) const;
    std::vector<std::string> halls() const;
    std::shared_ptr<const v1::Office> office() const;

  private:
    struct View {
        v1::HallState live;
        // Made when asked for and dropped by the next event: most steps are never asked for.
        std::shared_ptr<const v1::HallState> copy;
    };
    mutable std::mutex mutex_;
    std::shared_ptr<const v1::Office> office_;
    mutable std::map<std::string, View, std::less<>> views_;
};

}  // namespace hallcast::queue
