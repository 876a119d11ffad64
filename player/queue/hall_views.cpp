#include "player/queue/hall_views.h"

#include "protocol/base/error.h"
#include "protocol/hall_state.h"

namespace hallcast::queue {

void HallViews::replace(std::shared_ptr<const v1::Office> office, std::uint64_t epoch,
                        std::vector<v1::HallState> halls) {
    const std::scoped_lock lock(mutex_);
    office_ = std::move(office);
    views_.clear();
    for (v1::HallState& hall : halls) {
        hall.set_epoch(epoch);
        hall.set_seq(0);
        const std::string id = hall.hall();
        views_[id].live = std::move(hall);
    }
}

void HallViews::advance(v1::HallEvent& event) {
    const std::scoped_lock lock(mutex_);
    const auto view = views_.find(event.hall());
    HALLCAST_ASSERT(view != views_.end());
    event.set_epoch(view->second.live.epoch());
    event.set_seq(view->second.live.seq() + 1);
    wire::apply(view->second.live, event);
    view->second.copy.reset();
}

std::shared_ptr<const v1::HallState> HallViews::hall_state(std::string_view hall) const {
    const std::scoped_lock lock(mutex_);
    if (hall.empty()) {
        if (office_->halls().empty()) return nullptr;
        hall = office_->halls(0).id();
    }
    const auto view = views_.find(hall);
    if (view == views_.end()) return nullptr;
    if (!view->second.copy) view->second.copy = std::make_shared<const v1::HallState>(view->second.live);
    return view->second.copy;
}

std::vector<std::string> HallViews::halls() const {
    const std::scoped_lock lock(mutex_);
    std::vector<std::string> ids;
    for (const v1::Hall& hall : office_->halls()) ids.push_back(hall.id());
    return ids;
}

std::shared_ptr<const v1::Office> HallViews::office() const {
    const std::scoped_lock lock(mutex_);
    return office_;
}

}  // namespace hallcast::queue
