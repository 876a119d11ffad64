#include "protocol/roles.h"

namespace hallcast::wire {

bool may_send(Role role, const v1::Command& command) {
    switch (command.action_case()) {
        case v1::Command::kPing:
            return true;
        case v1::Command::kRepeatUnseen:  // the master's own
        case v1::Command::kConfirmSeen:
            return false;
        default:
            break;
    }
    if (role == Role::admin) return true;
    switch (command.action_case()) {
        case v1::Command::kIssueTicket:
        case v1::Command::kLeaseNumbers:
            return role == Role::kiosk;
        // The places of the information point and the hotline are for people there.
        case v1::Command::kFindSlots:
            return role == Role::clerk || (role == Role::kiosk && !command.find_slots().internal());
        case v1::Command::kHoldSlot:
            return role == Role::clerk || (role == Role::kiosk && !command.hold_slot().internal());
        case v1::Command::kShowCase:
            return role == Role::clerk;
        case v1::Command::kConfirmAppointment:
        case v1::Command::kMoveAppointment:
        case v1::Command::kCancelAppointment:
        case v1::Command::kEnterDraw:
        case v1::Command::kShowDraw:
        case v1::Command::kCheckIn:
            return role == Role::clerk || role == Role::kiosk;
        case v1::Command::kOpenCounter:
        case v1::Command::kCloseCounter:
        case v1::Command::kCallNext:
        case v1::Command::kCallTicket:
        case v1::Command::kRecall:
        case v1::Command::kStartService:
        case v1::Command::kFinishService:
        case v1::Command::kMarkNoShow:
        case v1::Command::kTransfer:
        case v1::Command::kPark:
        case v1::Command::kRecycle:
        case v1::Command::kReinstate:
        case v1::Command::kEndVisit:
        case v1::Command::kUndo:
        case v1::Command::kSignIn:
        case v1::Command::kSignOut:
        case v1::Command::kMakeNotice:
        case v1::Command::kEndNotice:
            return role == Role::clerk;
        case v1::Command::kApplyOffice:
        case v1::Command::kEndDay:
        case v1::Command::kForgetContact:
        case v1::Command::kOpenDraw:
        case v1::Command::kHoldDraw:
        default:  // an action that a newer client knows among them
            return false;
    }
}

bool may_ask(Role role, const v1::SyncRequest& request) {
    if (role == Role::admin) return true;
    switch (request.request_case()) {
        case v1::SyncRequest::kSnapshot:
        case v1::SyncRequest::kRange:
        case v1::SyncRequest::kOffice:
        case v1::SyncRequest::kPresence:
            return true;
        case v1::SyncRequest::kManifest:
        case v1::SyncRequest::kBlob:
            return role == Role::player || role == Role::content;
        case v1::SyncRequest::kReceipts:
            return role == Role::player;
        case v1::SyncRequest::kCalls:
        case v1::SyncRequest::kPlayers:
            return role == Role::clerk;
        case v1::SyncRequest::REQUEST_NOT_SET:  // the answer says what is wrong with it
            return true;
        default:
            return false;
    }
}

}  // namespace hallcast::wire
