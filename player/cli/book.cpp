// hallcast book: appointments, for the information point, the hotline and scripts.
#include <cstdio>

#include "player/cli/booking_desk.h"
#include "player/queue/icalendar.h"
#include "protocol/base/file.h"

namespace hallcast::cli {
namespace {

struct BookOptions {
    ConnectOptions connect;
    std::string service, time, case_number, contact, language, calendar_file, from, pin;
    std::uint64_t appointment = 0;
    std::uint32_t days = 0, slots = 0;
    bool internal = false;
};

template <typename Texts>
std::string in(const Texts& texts, const std::string& language, const std::string& otherwise) {
    const auto found = texts.find(language);
    return found != texts.end() ? found->second : texts.empty() ? otherwise : texts.begin()->second;
}

void write_calendar(const BookOptions& options, const BookingDesk& desk, const v1::AppointmentStatus& status) {
    if (options.calendar_file.empty()) return;
    const std::string language = options.language.empty() ? desk.office().languages(0) : options.language;
    queue::CalendarEntry entry;
    entry.uid = fmt::format("appointment-{}@{}", status.appointment(), desk.office().id());
    entry.sequence = status.revision();
    entry.cancelled = status.phase() == v1::APPOINTMENT_PHASE_CANCELLED;
    entry.written_at_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
            .count();
    entry.starts_at_ms = status.start_ms();
    entry.ends_at_ms = status.end_ms();
    entry.language = language;
    entry.summary = status.service();
    for (const v1::Service& service : desk.office().services())
        if (service.id() == status.service()) entry.summary = in(service.name(), language, service.id());
    entry.location = in(desk.office().name(), language, desk.office().id());
    if (!status.pin().empty()) entry.description = "PIN " + status.pin();
    if (auto written = replace_file(options.calendar_file, queue::icalendar_of(entry)); !written)
        throw Failure({written.error().message});
}

void print(const BookingDesk& desk, const v1::AppointmentStatus& status) {
    static const char* const words[] = {"unknown", "held", "confirmed", "checked in", "cancelled", "no-show"};
    std::printf(
        "appointment %llu  %s  service %s, %s to %s%s%s\n", static_cast<unsigned long long>(status.appointment()),
        words[std::clamp(int(status.phase()), 0, 5)], status.service().c_str(), desk.text(status.start_ms()).c_str(),
        desk.text(status.end_ms()).substr(11).c_str(), status.pin().empty() ? "" : ", PIN ", status.pin().c_str());
}

void add_appointment(CLI::App& command, BookOptions& options) {
    command.add_option("APPOINTMENT", options.appointment, "its number")->required();
}

void find(const BookOptions& options) {
    BookingDesk desk(options.connect);
    v1::Command command;
    v1::FindSlots& find = *command.mutable_find_slots();
    find.set_service(options.service);
    find.set_from_date(options.from);
    find.set_days(options.days);
    find.set_slots(options.slots);
    find.set_internal(options.internal);
    const v1::CommandReply reply = desk.send(std::move(command));
    for (const auto& slot : reply.slots().slots())
        std::printf("%s to %s  %u free\n", desk.text(slot.start_ms()).c_str(),
                    desk.text(slot.end_ms()).substr(11).c_str(), slot.free());
    if (reply.slots().by_draw())
        std::printf("Some of these days' places are given away in a draw: hallcast draw --help\n");
    if (reply.slots().slots().empty()) std::printf("no free slot\n");
}

void make(const BookOptions& options) {
    BookingDesk desk(options.connect);
    v1::Command command;
    v1::HoldSlot& hold = *command.mutable_hold_slot();
    hold.set_service(options.service);
    hold.set_start_ms(desk.moment(options.time));
    hold.set_slots(options.slots);
    hold.set_internal(options.internal);
    hold.set_language(options.language);
    const v1::CommandReply held = desk.send(std::move(command), options.case_number);
    v1::Command confirm;
    confirm.mutable_confirm_appointment()->set_appointment(held.appointment().appointment());
    confirm.mutable_confirm_appointment()->set_contact(options.contact);
    const v1::CommandReply confirmed = desk.send(std::move(confirm), options.case_number);
    print(desk, confirmed.appointment());
    write_calendar(options, desk, confirmed.appointment());
}

void move(const BookOptions& options) {
    BookingDesk desk(options.connect);
    v1::Command command;
    command.mutable_move_appointment()->set_appointment(options.appointment);
    command.mutable_move_appointment()->set_start_ms(desk.moment(options.time));
    const v1::CommandReply reply = desk.send(std::move(command), options.case_number);
    print(desk, reply.appointment());
    write_calendar(options, desk, reply.appointment());
}

void cancel(const BookOptions& options) {
    BookingDesk desk(options.connect);
    v1::Command command;
    command.mutable_cancel_appointment()->set_appointment(options.appointment);
    const v1::CommandReply reply = desk.send(std::move(command), options.case_number);
    print(desk, reply.appointment());
    write_calendar(options, desk, reply.appointment());
}

void check_in(const BookOptions& options) {
    BookingDesk desk(options.connect);
    v1::Command command;
    command.mutable_check_in()->set_appointment(options.appointment);
    command.mutable_check_in()->set_pin(options.pin);
    const v1::Ticket ticket = desk.send(std::move(command), options.case_number).ticket();
    std::printf("%s  service %s%s\n", ticket.number().c_str(), ticket.service().c_str(),
                ticket.appointment_ms() != 0 ? (", appointment at " + desk.text(ticket.appointment_ms())).c_str()
                                             : ", too late for the appointment: waits without it");
}

void show(const BookOptions& options, bool forget) {
    BookingDesk desk(options.connect);
    v1::Command command;
    if (forget)
        command.mutable_forget_contact();
    else
        command.mutable_show_case();
    const v1::CommandReply reply = desk.send(std::move(command), options.case_number);
    for (const auto& entry : reply.case_file().entries()) {
        print(desk, entry.appointment());
        std::printf("  language %s%s%s%s%s\n", entry.language().c_str(), entry.contact().empty() ? "" : ", contact ",
                    entry.contact().c_str(), entry.ticket().empty() ? "" : ", ticket ", entry.ticket().c_str());
    }
    if (reply.case_file().entries().empty()) std::printf("no appointment of this case\n");
    if (forget) std::printf("its contacts are forgotten\n");
}

}  // namespace

void add_book(CLI::App& app) {
    CLI::App& book = *app.add_subcommand("book", "appointments: find, make, move, cancel, check in");
    book.require_subcommand(1);
    book.footer(
        "Example: hallcast book slots A; hallcast book make A \"2026-12-01 08:15\" --case WSC-II-S.6151.12345.2026");
    const auto options = std::make_shared<BookOptions>();
    add_connect_options(book, options->connect);
    const auto add_places = [&](CLI::App& command) {
        command.add_option("--slots", options->slots, "consecutive slots; as many as the service needs if not given");
        command.add_flag("--internal", options->internal, "the places of the information point and the hotline");
    };

    CLI::App& slots = add_command(book, "slots", "when a service has free places", "A --from 2026-12-01 --days 14");
    slots.add_option("SERVICE", options->service, "id of a service")->required();
    slots.add_option("--from", options->from, "first date, as 2026-12-01; today if not given");
    slots.add_option("--days", options->days, "how many, 1 to 31; 7 if not given");
    add_places(slots);
    slots.callback([options] { find(*options); });

    CLI::App& make_one = add_command(book, "make", "hold a place and confirm it; prints the PIN for the kiosk",
                                     "A \"2026-12-01 08:15\" --case WSC-II-S.6151.12345.2026 --calendar visit.ics");
    make_one.add_option("SERVICE", options->service, "id of a service")->required();
    make_one.add_option("TIME", options->time, "by the office's clock, as 'book slots' prints it")->required();
    add_case_option(make_one, options->case_number);
    make_one.add_option("--contact", options->contact, "e-mail or telephone; sealed, and forgotten after the visit");
    make_one.add_option("--language", options->language, "of the visitor; the office's own if not given");
    make_one.add_option("--calendar", options->calendar_file, "write an iCalendar file for the visitor's telephone");
    add_places(make_one);
    make_one.callback([options] { make(*options); });

    CLI::App& move_one = add_command(book, "move", "to another time; the old place cools down",
                                     "17 \"2026-12-02 09:00\" --case WSC-II-S.6151.12345.2026");
    add_appointment(move_one, *options);
    move_one.add_option("TIME", options->time, "by the office's clock")->required();
    add_case_option(move_one, options->case_number);
    move_one.add_option("--calendar", options->calendar_file, "write the new iCalendar file");
    move_one.callback([options] { move(*options); });

    CLI::App& cancel_one = add_command(book, "cancel", "give the place back", "17 --case WSC-II-S.6151.12345.2026");
    add_appointment(cancel_one, *options);
    add_case_option(cancel_one, options->case_number);
    cancel_one.add_option("--calendar", options->calendar_file, "write the iCalendar file that takes it back");
    cancel_one.callback([options] { cancel(*options); });

    CLI::App& check = add_command(book, "check-in", "the visitor is here: prints the ticket's number",
                                  "--pin 123456 --case WSC-II-S.6151.12345.2026");
    check.add_option("APPOINTMENT", options->appointment, "its number, at the information point; or --pin");
    check.add_option("--pin", options->pin, "the visitor's PIN, as at a kiosk");
    add_case_option(check, options->case_number);
    check.callback([options] { check_in(*options); });

    CLI::App& show_case = add_command(book, "show", "all that is kept of a case, for who asks what is known of them",
                                      "--case WSC-II-S.6151.12345.2026");
    add_case_option(show_case, options->case_number);
    show_case.callback([options] { show(*options, false); });

    CLI::App& forget = add_command(book, "forget", "forget the contacts of a case for good; its appointments stay",
                                   "--case WSC-II-S.6151.12345.2026");
    add_case_option(forget, options->case_number);
    forget.callback([options] { show(*options, true); });
}

}  // namespace hallcast::cli
