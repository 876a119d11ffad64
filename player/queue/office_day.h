// Which day it is for an office: the date of its clock, which begins some hours after midnight.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "hallcast/v1/office.pb.h"
#include "player/queue/zone.h"

namespace hallcast::queue {

// Keeps the zone between questions. Externally synchronized.
class OfficeDay {
  public:
    // As 20261124. Before Rules::day_starts ("03:00" where empty) it is still the day before, so that an office that
    // works past midnight ends its day in peace.
    std::uint32_t operator()(const v1::Office& office, std::int64_t now_ms);

  private:
    std::string name_;
    std::shared_ptr<const Zone> zone_;
};

}  // namespace hallcast::queue
