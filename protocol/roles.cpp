#include "protocol/roles.h"

namespace hallcast::wire {

bool may_send(Role role, v1::Command::ActionCase action) {
    if (role == Role::admin) return true;
    switch (action) {
        case v1::Command::kIssueTicket:
            return role == Role::kiosk;
        case v1::Command::kOpenCounter:
        case v1::Command::kCloseCounter:
        case v1::Command::kCallNext:
        case v1::Command::kCallTicket:
        case v1::Command::kRecall:
        case v1::Command::kStartService:
        case v1::Command::kFinishService:
        case v1::Command::kMarkNoShow:
            return role == Role::clerk;
        case v1::Command::kApplyOffice:
        case v1::Command::ACTION_NOT_SET:
            return false;
    }
    return false;  // an action that a newer client knows
}

}  // namespace hallcast::wire
