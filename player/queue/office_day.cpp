#include "player/queue/office_day.h"

#include <chrono>

#include "protocol/timetable.h"

namespace hallcast::queue {
namespace {

constexpr int usual_start_minutes = 3 * 60;

}  // namespace

std::uint32_t OfficeDay::operator()(const v1::Office& office, std::int64_t now_ms) {
    if (!zone_ || name_ != office.time_zone()) {
        name_ = office.time_zone();
        zone_ = std::make_shared<const Zone>(name_);
    }
    using namespace std::chrono;
    const auto start = timetable::parse_minutes(office.rules().day_starts()).value_or(usual_start_minutes);
    const local_time<milliseconds> clock(milliseconds(zone_->local_ms(now_ms)) - std::chrono::minutes(start));
    const year_month_day date(floor<days>(clock));
    return std::uint32_t(int(date.year())) * 10000 + unsigned(date.month()) * 100 + unsigned(date.day());
}

}  // namespace hallcast::queue
