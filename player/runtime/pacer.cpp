#include "player/runtime/pacer.h"

#include <algorithm>

namespace hallcast::runtime {
namespace {

using std::chrono::microseconds;

// For the wake-up of a sleeping thread, and for a picture that is a little dearer than the ones before.
constexpr microseconds spare{700};
constexpr microseconds shortest_lead{1'000};
// A dear picture is remembered for some seconds: after it, the lead falls by this part at each picture.
constexpr int forgetting = 128;
// The display's grid is followed slowly: single wake-ups are late, never early.
constexpr int following = 16;

}  // namespace

Pacer::Pacer(Moment start, Duration refresh) : refresh_(refresh), origin_(start), lead_(shortest_lead) {}

Pacer::Refresh Pacer::next(Moment now, Moment due) const {
    // A picture that is shown a little late beats one that is left out. A display that waits for its refresh does not
    // show it before the next one: there it must be possible to be in time, with half the lead.
    const Moment earliest = std::max(due, display_waits_ ? now + lead_ / 2 : now - refresh_ / 2);
    // Rounded up; within a microsecond of a refresh is at it.
    const auto number = (earliest - origin_ - microseconds(1) + refresh_) / refresh_;
    return refresh(std::max<std::int64_t>(number, last_ + 1));
}

Pacer::Refresh Pacer::refresh(std::int64_t number) const {
    const Moment at = origin_ + number * refresh_;
    return {.number = number, .at = at, .draw_at = at - lead_};
}

void Pacer::drawn(Duration cost) {
    const Duration wanted = std::clamp<Duration>(cost + spare, shortest_lead, refresh_ * 3 / 4);
    lead_ = wanted > lead_ ? wanted : lead_ - (lead_ - wanted) / forgetting;
}

void Pacer::shown(const Refresh& refresh, Moment moment, bool steady) {
    ++statistics_.presented;
    const Duration lateness = moment - refresh.at;
    if (lateness > refresh_ / 2) ++statistics_.late;
    statistics_.worst_lateness = std::max(statistics_.worst_lateness, lateness);
    if (steady) statistics_.missed += std::uint64_t(refresh.number - last_ - 1);
    last_ = refresh.number;
}

void Pacer::refreshed(Moment moment) {
    display_waits_ = true;
    Duration off = (moment - origin_) % refresh_;
    if (off > refresh_ / 2) off -= refresh_;
    origin_ += off / following;
}

}  // namespace hallcast::runtime
