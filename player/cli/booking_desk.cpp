#include "player/cli/booking_desk.h"

#include "player/cli/answers.h"

namespace hallcast::cli {

BookingDesk::BookingDesk(const ConnectOptions& connect)
    : commands_(wire::make_command_client(context_, connect.master(), connect.load())) {
    v1::SyncRequest request;
    request.mutable_office();
    v1::SyncReply reply = ask(connect, std::move(request));
    if (!reply.has_office()) throw Failure({"the master gave no office: " + reply.error().message()});
    office_ = std::move(*reply.mutable_office());
    calendar_.emplace(office_);
}

v1::CommandReply BookingDesk::send(v1::Command command, const std::string& case_number) {
    command.set_actor("hallcast book");
    command.set_case_number(case_number);
    v1::CommandReply reply = need(commands_->send(std::move(command), answer_limit));
    if (reply.has_rejection()) throw Failure({reply.rejection().message()});
    return reply;
}

std::int64_t BookingDesk::moment(const std::string& text) const {
    const auto date = text.size() == 16 && text[10] == ' ' ? timetable::parse_date(text.substr(0, 10)) : std::nullopt;
    const auto minutes = date ? timetable::parse_minutes(text.substr(11)) : std::nullopt;
    const auto at =
        minutes && *minutes < timetable::minutes_a_day ? calendar_->moment_of(*date, *minutes) : std::nullopt;
    if (!at) throw Failure({"'" + text + "' is no time of the office's clock; write it like \"2026-12-01 08:15\""});
    return *at;
}

CLI::App& add_command(CLI::App& parent, const char* name, const char* what, const char* example) {
    CLI::App& command = *parent.add_subcommand(name, what);
    command.fallthrough();
    command.footer(std::string("Example: hallcast ") + parent.get_name() + " " + name + " " + example);
    return command;
}

void add_case_option(CLI::App& command, std::string& case_number) {
    command.add_option("--case", case_number, "number of the case or document; it is kept only as a keyed hash")
        ->required();
}

}  // namespace hallcast::cli
