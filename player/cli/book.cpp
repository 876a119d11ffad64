// hallcast book and hallcast draw: appointments, for the information point, the hotline and scripts.
#include <cstdio>
#include <zmq.hpp>

#include "player/cli/options.h"
#include "player/queue/booking_plan.h"
#include "player/queue/draw.h"
#include "player/queue/icalendar.h"
#include "protocol/base/file.h"

namespace hallcast::cli {
namespace {

constexpr std::chrono::seconds answer_limit{10};

struct BookOptions {
    ConnectOptions connect;
    std::string service, time, case_number, contact, language, calendar_file, from, pin, draw, to, closes, beacon, file;
    std::vector<std::string> preferences;
    std::uint64_t appointment = 0;
    std::uint32_t days = 0, slots = 0;
    bool internal = false;
};

// The master, and its office for the times of its clock.
class Desk {
  public:
    explicit Desk(const ConnectOptions& connect)
        : commands_(wire::make_command_client(context_, connect.master(), connect.load())) {
        v1::SyncRequest request;
        request.mutable_office();
        const auto sync = wire::make_sync_client(context_, connect.master(), connect.load());
        v1::SyncReply reply = need(sync->ask(std::move(request), answer_limit));
        if (!reply.has_office()) throw Failure({"the master gave no office: " + reply.error().message()});
        office_ = std::move(*reply.mutable_office());
        calendar_.emplace(office_);
    }

    v1::CommandReply send(v1::Command command, const std::string& case_number = {}) {
        command.set_actor("hallcast book");
        command.set_case_number(case_number);
        v1::CommandReply reply = need(commands_->send(std::move(command), answer_limit));
        if (reply.has_rejection()) throw Failure({reply.rejection().message()});
        return reply;
    }

    // "2026-12-01 08:15" by the office's clock.
    std::int64_t moment(const std::string& text) const {
        const auto date =
            text.size() == 16 && text[10] == ' ' ? timetable::parse_date(text.substr(0, 10)) : std::nullopt;
        const auto minutes = date ? timetable::parse_minutes(text.substr(11)) : std::nullopt;
        const auto at =
            minutes && *minutes < timetable::minutes_a_day ? calendar_->moment_of(*date, *minutes) : std::nullopt;
        if (!at) throw Failure({"'" + text + "' is no time of the office's clock; write it like \"2026-12-01 08:15\""});
        return *at;
    }
    std::string text(std::int64_t at_ms) const { return queue::local_text(*calendar_, at_ms); }
    const v1::Office& office() const { return office_; }

  private:
    zmq::context_t context_;
    std::unique_ptr<wire::CommandClient> commands_;
    v1::Office office_;
    std::optional<queue::Calendar> calendar_;
};

template <typename Texts>
std::string in(const Texts& texts, const std::string& language, const std::string& otherwise) {
    const auto found = texts.find(language);
    return found != texts.end() ? found->second : texts.empty() ? otherwise : texts.begin()->second;
}

void write_calendar(const BookOptions& options, const Desk& desk, const v1::AppointmentStatus& status) {
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

void print(const Desk& desk, const v1::AppointmentStatus& status) {
    static const char* const words[] = {"unknown", "held", "confirmed", "checked in", "cancelled", "no-show"};
    std::printf(
        "appointment %llu  %s  service %s, %s to %s%s%s\n", static_cast<unsigned long long>(status.appointment()),
        words[std::clamp(int(status.phase()), 0, 5)], status.service().c_str(), desk.text(status.start_ms()).c_str(),
        desk.text(status.end_ms()).substr(11).c_str(), status.pin().empty() ? "" : ", PIN ", status.pin().c_str());
}

CLI::App& add(CLI::App& parent, const char* name, const char* what, const char* example) {
    CLI::App& command = *parent.add_subcommand(name, what);
    command.fallthrough();
    command.footer(std::string("Example: hallcast ") + parent.get_name() + " " + name + " " + example);
    return command;
}

void add_case(CLI::App& command, BookOptions& options) {
    command
        .add_option("--case", options.case_number, "number of the case or document; it is kept only as a keyed hash")
        ->required();
}
void add_appointment(CLI::App& command, BookOptions& options) {
    command.add_option("APPOINTMENT", options.appointment, "its number")->required();
}

void find(const BookOptions& options) {
    Desk desk(options.connect);
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
    Desk desk(options.connect);
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
    Desk desk(options.connect);
    v1::Command command;
    command.mutable_move_appointment()->set_appointment(options.appointment);
    command.mutable_move_appointment()->set_start_ms(desk.moment(options.time));
    const v1::CommandReply reply = desk.send(std::move(command), options.case_number);
    print(desk, reply.appointment());
    write_calendar(options, desk, reply.appointment());
}

void cancel(const BookOptions& options) {
    Desk desk(options.connect);
    v1::Command command;
    command.mutable_cancel_appointment()->set_appointment(options.appointment);
    const v1::CommandReply reply = desk.send(std::move(command), options.case_number);
    print(desk, reply.appointment());
    write_calendar(options, desk, reply.appointment());
}

void check_in(const BookOptions& options) {
    Desk desk(options.connect);
    v1::Command command;
    command.mutable_check_in()->set_appointment(options.appointment);
    command.mutable_check_in()->set_pin(options.pin);
    const v1::Ticket ticket = desk.send(std::move(command), options.case_number).ticket();
    std::printf("%s  service %s%s\n", ticket.number().c_str(), ticket.service().c_str(),
                ticket.appointment_ms() != 0 ? (", appointment at " + desk.text(ticket.appointment_ms())).c_str()
                                             : ", too late for the appointment: waits without it");
}

void show(const BookOptions& options, bool forget) {
    Desk desk(options.connect);
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

void print(const Desk& desk, const v1::DrawStatus& draw, const std::string& file) {
    std::printf("%u entries, closes at %s\ncommitment  %s\n", draw.entries(), desk.text(draw.closes_at_ms()).c_str(),
                draw.publication().commitment().c_str());
    if (!draw.publication().requests_digest().empty())
        std::printf("digest      %s\n", draw.publication().requests_digest().c_str());
    for (const auto& slot : draw.publication().slots()) std::printf("%s  %u\n", slot.id().c_str(), slot.capacity());
    if (file.empty()) return;
    if (auto written = replace_file(file, queue::draw_json(draw.publication())); !written)
        throw Failure({written.error().message});
    std::printf("%s: to be published\n", file.c_str());
}

void open_draw(const BookOptions& options) {
    Desk desk(options.connect);
    v1::Command command;
    v1::OpenDraw& open = *command.mutable_open_draw();
    open.set_draw(options.draw);
    open.set_service(options.service);
    open.set_from_date(options.from);
    open.set_to_date(options.to);
    open.set_closes_at_ms(desk.moment(options.closes));
    open.set_beacon_source(options.beacon);
    print(desk, desk.send(std::move(command)).draw(), options.file);
}

void enter_draw(const BookOptions& options) {
    Desk desk(options.connect);
    v1::Command command;
    v1::EnterDraw& enter = *command.mutable_enter_draw();
    enter.set_draw(options.draw);
    for (const std::string& time : options.preferences) enter.add_preferences(desk.moment(time));
    enter.set_language(options.language);
    const v1::CommandReply reply = desk.send(std::move(command), options.case_number);
    std::printf("entry %llu of draw %s\n", static_cast<unsigned long long>(reply.draw().entry()), options.draw.c_str());
}

void show_draw(const BookOptions& options, bool hold) {
    Desk desk(options.connect);
    v1::Command command;
    if (hold) {
        command.mutable_hold_draw()->set_draw(options.draw);
        command.mutable_hold_draw()->set_beacon_value(options.beacon);
    } else {
        command.mutable_show_draw()->set_draw(options.draw);
    }
    const v1::CommandReply reply = desk.send(std::move(command));
    print(desk, reply.draw(), options.file);
    if (hold) std::printf("%u of %u entries have an appointment\n", reply.draw().winners(), reply.draw().entries());
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

    CLI::App& slots = add(book, "slots", "when a service has free places", "A --from 2026-12-01 --days 14");
    slots.add_option("SERVICE", options->service, "id of a service")->required();
    slots.add_option("--from", options->from, "first date, as 2026-12-01; today if not given");
    slots.add_option("--days", options->days, "how many, 1 to 31; 7 if not given");
    add_places(slots);
    slots.callback([options] { find(*options); });

    CLI::App& make_one = add(book, "make", "hold a place and confirm it; prints the PIN for the kiosk",
                             "A \"2026-12-01 08:15\" --case WSC-II-S.6151.12345.2026 --calendar visit.ics");
    make_one.add_option("SERVICE", options->service, "id of a service")->required();
    make_one.add_option("TIME", options->time, "by the office's clock, as 'book slots' prints it")->required();
    add_case(make_one, *options);
    make_one.add_option("--contact", options->contact, "e-mail or telephone; sealed, and forgotten after the visit");
    make_one.add_option("--language", options->language, "of the visitor; the office's own if not given");
    make_one.add_option("--calendar", options->calendar_file, "write an iCalendar file for the visitor's telephone");
    add_places(make_one);
    make_one.callback([options] { make(*options); });

    CLI::App& move_one = add(book, "move", "to another time; the old place cools down",
                             "17 \"2026-12-02 09:00\" --case WSC-II-S.6151.12345.2026");
    add_appointment(move_one, *options);
    move_one.add_option("TIME", options->time, "by the office's clock")->required();
    add_case(move_one, *options);
    move_one.add_option("--calendar", options->calendar_file, "write the new iCalendar file");
    move_one.callback([options] { move(*options); });

    CLI::App& cancel_one = add(book, "cancel", "give the place back", "17 --case WSC-II-S.6151.12345.2026");
    add_appointment(cancel_one, *options);
    add_case(cancel_one, *options);
    cancel_one.add_option("--calendar", options->calendar_file, "write the iCalendar file that takes it back");
    cancel_one.callback([options] { cancel(*options); });

    CLI::App& check = add(book, "check-in", "the visitor is here: prints the ticket's number",
                          "--pin 123456 --case WSC-II-S.6151.12345.2026");
    check.add_option("APPOINTMENT", options->appointment, "its number, at the information point; or --pin");
    check.add_option("--pin", options->pin, "the visitor's PIN, as at a kiosk");
    add_case(check, *options);
    check.callback([options] { check_in(*options); });

    CLI::App& show_case = add(book, "show", "all that is kept of a case, for who asks what is known of them",
                              "--case WSC-II-S.6151.12345.2026");
    add_case(show_case, *options);
    show_case.callback([options] { show(*options, false); });

    CLI::App& forget = add(book, "forget", "forget the contacts of a case for good; its appointments stay",
                           "--case WSC-II-S.6151.12345.2026");
    add_case(forget, *options);
    forget.callback([options] { show(*options, true); });
}

void add_draw(CLI::App& app) {
    CLI::App& draw = *app.add_subcommand("draw", "places that are too few for all, given away by lot");
    draw.require_subcommand(1);
    draw.footer("Example: hallcast draw show 2027-01 --file draw.json; hallcast office verify-draw draw.json");
    const auto options = std::make_shared<BookOptions>();
    add_connect_options(draw, options->connect);
    const auto add_draw_name = [&](CLI::App& command) {
        command.add_option("DRAW", options->draw, "its name")->required();
    };
    const auto add_file = [&](CLI::App& command) {
        command.add_option("--file", options->file, "write what may be published by now, JSON");
    };

    CLI::App& open = add(draw, "open", "take entries for the places of some days; prints the commitment to publish",
                         "2027-01 A --from 2027-01-04 --to 2027-01-29 --closes \"2026-12-18 12:00\"");
    add_draw_name(open);
    open.add_option("SERVICE", options->service, "id of a service")->required();
    open.add_option("--from", options->from, "first day")->required();
    open.add_option("--to", options->to, "last day")->required();
    open.add_option("--closes", options->closes, "no entry from then on")->required();
    open.add_option("--beacon", options->beacon, "a public event after that, whose outcome nobody can know before");
    add_file(open);
    open.callback([options] { open_draw(*options); });

    CLI::App& enter = add(draw, "enter", "take part, once a case; the dearest time first",
                          "2027-01 \"2027-01-04 08:00\" \"2027-01-04 08:15\" --case WSC-II-S.6151.12345.2026");
    add_draw_name(enter);
    enter.add_option("TIMES", options->preferences, "by the office's clock")->required();
    add_case(enter, *options);
    enter.add_option("--language", options->language, "of the visitor");
    enter.callback([options] { enter_draw(*options); });

    CLI::App& show_one = add(draw, "show", "what may be known of it by now", "2027-01 --file draw.json");
    add_draw_name(show_one);
    add_file(show_one);
    show_one.callback([options] { show_draw(*options, false); });

    CLI::App& hold = add(draw, "hold", "after it has closed: who wins has an appointment", "2027-01 --file draw.json");
    add_draw_name(hold);
    hold.add_option("--beacon", options->beacon, "the outcome of the event that it names");
    add_file(hold);
    hold.callback([options] { show_draw(*options, true); });
}

}  // namespace hallcast::cli
