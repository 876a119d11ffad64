#include "player/queue/expected_version.h"

#include <fmt/format.h>

namespace hallcast::queue {
namespace {

v1::Rejection rejection(v1::Rejection::Code code, std::string message) {
    v1::Rejection made;
    made.set_code(code);
    made.set_message(std::move(message));
    return made;
}

}  // namespace

std::optional<std::uint32_t> counter_of(const v1::Command& command) {
    switch (command.action_case()) {
        case v1::Command::kOpenCounter:
            return command.open_counter().counter();
        case v1::Command::kCloseCounter:
            return command.close_counter().counter();
        case v1::Command::kCallNext:
            return command.call_next().counter();
        case v1::Command::kCallTicket:
            return command.call_ticket().counter();
        case v1::Command::kRecall:
            return command.recall().counter();
        case v1::Command::kStartService:
            return command.start_service().counter();
        case v1::Command::kFinishService:
            return command.finish_service().counter();
        case v1::Command::kMarkNoShow:
            return command.mark_no_show().counter();
        case v1::Command::kTransfer:
            return command.transfer().counter();
        case v1::Command::kPark:
            return command.park().counter();
        case v1::Command::kRecycle:
            return command.recycle().counter();
        case v1::Command::kUndo:
            return command.undo().counter();
        case v1::Command::kSignIn:
            return command.sign_in().counter();
        case v1::Command::kSignOut:
            return command.sign_out().counter();
        default:
            return std::nullopt;
    }
}

std::optional<v1::Rejection> conflict_of(const State& state, const v1::Command& command) {
    if (command.expected_version() == 0) return std::nullopt;
    const auto number = counter_of(command);
    if (!number)
        return rejection(v1::Rejection::INVALID,
                         "expected_version is a counter's, and this command is for none. Leave it out.");
    const auto counter = state.counters.find(*number);
    if (counter == state.counters.end() || counter->second.version == command.expected_version()) return std::nullopt;
    return rejection(v1::Rejection::CONFLICT,
                     fmt::format("Something else has happened at counter {} meanwhile, so nothing was changed. Look at "
                                 "what the counter shows now, then try again.",
                                 *number));
}

}  // namespace hallcast::queue
