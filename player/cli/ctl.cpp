// hallcast ctl: what kiosks and clerks do, from a shell.
#include <cstdio>
#include <zmq.hpp>

#include "player/cli/answers.h"
#include "player/cli/calls.h"
#include "player/cli/ctl_wire.h"
#include "player/cli/options.h"

namespace hallcast::cli {
namespace {

struct CtlOptions {
    ConnectOptions connect;
    bool json = false;
    std::string service;
    std::string language;
    std::string ticket;
    std::string hall;
    std::uint32_t counter = 0;
    std::vector<std::string> then;
    std::uint32_t people = 1;
    std::string priority;
    std::uint32_t to_counter = 0;
    std::string to_staff;
    bool first = false;
    bool last = false;
    std::uint32_t delay_s = 0;
    std::uint32_t limit = 20;
    std::vector<std::string> texts;  // LANGUAGE=TEXT
    bool urgent = false, warning = false;
    std::uint32_t seconds = 0;
    std::string notice;
};

// Whole minutes, as one would say it: "about 12 min (5 to 25)".
std::string about(std::uint32_t expected_s, std::uint32_t low_s, std::uint32_t high_s) {
    const auto minutes = [](std::uint32_t seconds) { return (seconds + 30) / 60; };
    return fmt::format("about {} min ({} to {})", minutes(expected_s), minutes(low_s), minutes(high_s));
}

void print(const v1::Ticket& ticket) {
    std::printf("%s  service %s, language %s", ticket.number().c_str(), ticket.service().c_str(),
                ticket.language().c_str());
    if (ticket.expected_wait_s() != 0)  // it was just issued or reinstated
        std::printf(", %u ahead, %s", ticket.ahead(),
                    about(ticket.expected_wait_s(), ticket.wait_low_s(), ticket.wait_high_s()).c_str());
    std::printf("\n");
}

void print(const v1::Notice& notice) {
    if (notice.over()) return void(std::printf("%s  is over\n", notice.id().c_str()));
    std::printf("%s  for %lld s%s\n", notice.id().c_str(),
                static_cast<long long>((notice.expires_at_ms() - notice.made_at_ms()) / 1000),
                notice.urgent()    ? ", urgent"
                : notice.warning() ? ", warning"
                                   : "");
    for (const auto& [language, text] : notice.text()) std::printf("  %s  %s\n", language.c_str(), text.c_str());
}

void print(const v1::CommandReply& reply) {
    if (reply.has_ticket())
        print(reply.ticket());
    else if (reply.has_tickets())
        for (const v1::Ticket& ticket : reply.tickets().tickets()) print(ticket);
    else if (reply.has_day())
        std::printf("day %u ended: %u visits finished, %u expired\n", reply.day().day(), reply.day().finished(),
                    reply.day().expired());
    else if (reply.has_call())
        std::printf("%s  to counter %u, attempt %u\n", reply.call().ticket().c_str(), reply.call().counter(),
                    reply.call().attempt());
    else if (reply.has_notice())
        print(reply.notice());
    else if (reply.has_counter())
        std::printf("counter %u  %s%s%s\n", reply.counter().number(), word(reply.counter().activity()),
                    reply.counter().ticket().empty() ? "" : " ", reply.counter().ticket().c_str());
}

void send(const CtlOptions& options, v1::Command command) {
    command.set_actor("hallcast ctl");
    zmq::context_t context;
    const auto client = wire::make_command_client(context, options.connect.master(), options.connect.load());
    const v1::CommandReply reply = need(client->send(std::move(command), answer_limit));
    if (reply.has_rejection()) {
        if (options.json) print_json(reply.rejection());
        throw Failure({reply.rejection().message()});
    }
    if (!options.json) return print(reply);
    if (reply.has_ticket())
        print_json(reply.ticket());
    else if (reply.has_tickets())
        print_json(reply.tickets());
    else if (reply.has_day())
        print_json(reply.day());
    else if (reply.has_call())
        print_json(reply.call());
    else if (reply.has_notice())
        print_json(reply.notice());
    else
        print_json(reply.counter());
}

void print_state(const CtlOptions& options) {
    v1::SyncRequest request;
    request.mutable_snapshot()->set_hall(options.hall);
    const v1::SyncReply reply = ask(options.connect, std::move(request));
    if (!reply.has_snapshot()) throw Failure({"the master gave no state: " + reply.error().message()});
    const v1::HallState& state = reply.snapshot();
    if (options.json) return print_json(state);
    std::printf("hall %s, epoch %llu, event %llu\n", state.hall().c_str(),
                static_cast<unsigned long long>(state.epoch()), static_cast<unsigned long long>(state.seq()));
    for (const v1::ServiceStatus& service : state.services())
        std::printf("service %-4s %3u waiting, %s\n", service.id().c_str(), service.waiting(),
                    about(service.expected_wait_s(), service.wait_low_s(), service.wait_high_s()).c_str());
    for (const v1::CounterStatus& counter : state.counters())
        std::printf("counter %-4u %-8s %s\n", counter.number(), word(counter.activity()), counter.ticket().c_str());
    for (const v1::Call& call : state.calls())
        std::printf("call %-6s counter %-3u %-8s attempt %u  %s\n", call.ticket().c_str(), call.counter(),
                    word(call.phase()), call.attempt(), call.language().c_str());
    for (const v1::Notice& notice : state.notices()) print(notice);
}

// "pl=Okienko 7 jest nieczynne."
v1::MakeNotice notice_of(const CtlOptions& options) {
    v1::MakeNotice make;
    make.set_hall(options.hall);
    make.set_urgent(options.urgent);
    make.set_warning(options.warning);
    make.set_seconds(options.seconds);
    for (const std::string& text : options.texts) {
        const std::size_t equals = text.find('=');
        if (equals == 0 || equals == std::string::npos)
            throw Failure(
                {fmt::format("--text '{}' names no language. Write it as pl=\"Okienko 7 jest nieczynne.\"", text)});
        const std::string language = text.substr(0, equals);
        if (make.text().contains(language))
            throw Failure({fmt::format("There are two texts in '{}'. Leave one out.", language)});
        (*make.mutable_text())[language] = text.substr(equals + 1);
    }
    return make;
}

void print_calls(const CtlOptions& options) {
    const v1::CallList list = ask_calls(options.connect, options.hall, options.limit);
    if (options.json) return print_json(list);
    // As a log is read: the latest last.
    for (auto record = list.calls().rbegin(); record != list.calls().rend(); ++record)
        std::printf("%s\n", describe_call(*record).c_str());
}

// A command that is about one counter: `hallcast ctl NAME N`.
template <typename Fill>
void add_counter_command(CLI::App& ctl, const std::shared_ptr<CtlOptions>& options, const std::string& name,
                         const std::string& what, Fill fill) {
    CLI::App& command = *ctl.add_subcommand(name, what);
    command.fallthrough();
    command.add_option("N", options->counter, "counter number")->required()->check(CLI::Range(1u, 9999u));
    command.footer("Example: hallcast ctl " + name + " 3");
    command.callback([options, fill] {
        v1::Command message;
        fill(message)->set_counter(options->counter);
        send(*options, std::move(message));
    });
}

// A command that is about one ticket: `hallcast ctl NAME TICKET`.
template <typename Fill>
void add_ticket_command(CLI::App& ctl, const std::shared_ptr<CtlOptions>& options, const std::string& name,
                        const std::string& what, Fill fill) {
    CLI::App& command = *ctl.add_subcommand(name, what);
    command.fallthrough();
    command.add_option("TICKET", options->ticket, "ticket number, for example A012")->required();
    command.footer("Example: hallcast ctl " + name + " A012");
    command.callback([options, fill] {
        v1::Command message;
        fill(message, options->ticket);
        send(*options, std::move(message));
    });
}

}  // namespace

void add_ctl(CLI::App& app) {
    auto options = std::make_shared<CtlOptions>();
    CLI::App& ctl = *app.add_subcommand("ctl", "issue tickets, call them, and see the state of a hall");
    ctl.require_subcommand(1);
    add_connect_options(ctl, options->connect);
    ctl.add_flag("--json", options->json, "print the answer as JSON");
    ctl.footer("Example: hallcast ctl issue A --language uk; hallcast ctl call-next 3; hallcast ctl --json state");

    CLI::App& issue = *ctl.add_subcommand("issue", "issue a ticket");
    issue.fallthrough();
    issue.add_option("SERVICE", options->service, "id of a service, for example A")->required();
    issue.add_option("--language", options->language, "the visitor's language; the office's own if not given");
    issue.add_option("--then", options->then, "further services of the same visit, in this order");
    issue.add_option("--people", options->people, "a linked ticket for each")->check(CLI::Range(1u, 8u));
    issue.add_option("--priority", options->priority, "id of one of the office's priorities");
    issue.footer("Example: hallcast ctl issue A --language uk --people 3");
    issue.callback([options] {
        v1::Command message;
        message.mutable_issue_ticket()->set_service(options->service);
        message.mutable_issue_ticket()->set_language(options->language);
        for (const auto& service : options->then) message.mutable_issue_ticket()->add_then(service);
        message.mutable_issue_ticket()->set_people(options->people);
        message.mutable_issue_ticket()->set_priority(options->priority);
        send(*options, std::move(message));
    });

    using Message = v1::Command;
    add_counter_command(ctl, options, "open", "open a counter", [](Message& m) { return m.mutable_open_counter(); });
    add_counter_command(ctl, options, "close", "close a counter", [](Message& m) { return m.mutable_close_counter(); });
    add_counter_command(ctl, options, "call-next", "finish the visit at a counter and call the next visitor",
                        [](Message& m) { return m.mutable_call_next(); });
    add_counter_command(ctl, options, "recall", "call the same visitor again",
                        [](Message& m) { return m.mutable_recall(); });
    add_counter_command(ctl, options, "start", "the visitor came: start serving",
                        [](Message& m) { return m.mutable_start_service(); });
    add_counter_command(ctl, options, "finish", "the visit is over",
                        [](Message& m) { return m.mutable_finish_service(); });
    add_counter_command(ctl, options, "no-show", "the visitor did not come",
                        [](Message& m) { return m.mutable_mark_no_show(); });

    add_counter_command(ctl, options, "recycle", "the visitor did not come yet: call again later",
                        [](Message& m) { return m.mutable_recycle(); });
    add_counter_command(ctl, options, "park", "the visitor fills in a form, say; 'call' brings them back",
                        [](Message& m) { return m.mutable_park(); });
    add_counter_command(ctl, options, "undo", "take the counter's last step back",
                        [](Message& m) { return m.mutable_undo(); });

    CLI::App& transfer = *ctl.add_subcommand("transfer", "send the visitor at a counter elsewhere");
    transfer.fallthrough();
    transfer.add_option("N", options->counter, "counter number")->required()->check(CLI::Range(1u, 9999u));
    transfer.add_option("--service", options->service, "to this service's queue");
    transfer.add_option("--counter", options->to_counter, "to this counter");
    transfer.add_option("--staff", options->to_staff, "to this person, wherever they are signed in");
    auto* first = transfer.add_flag("--first", options->first, "before all who wait there");
    transfer.add_flag("--last", options->last, "behind all who wait there; otherwise by the time of arrival")
        ->excludes(first);
    transfer.add_option("--delay", options->delay_s, "seconds before which they are not called");
    transfer.footer("Example: hallcast ctl transfer 3 --service B --first");
    transfer.callback([options] {
        v1::Command message;
        v1::Transfer& to = *message.mutable_transfer();
        to.set_counter(options->counter);
        to.set_service(options->service);
        to.set_to_counter(options->to_counter);
        to.set_to_staff(options->to_staff);
        to.set_position(options->first  ? v1::Transfer::FIRST
                        : options->last ? v1::Transfer::LAST
                                        : v1::Transfer::BY_ARRIVAL);
        to.set_delay_s(options->delay_s);
        send(*options, std::move(message));
    });

    add_ticket_command(ctl, options, "reinstate", "a no-show came after all: back into the queue",
                       [](Message& m, const std::string& ticket) { m.mutable_reinstate()->set_ticket(ticket); });
    add_ticket_command(ctl, options, "cancel", "the visitor leaves", [](Message& m, const std::string& ticket) {
        m.mutable_end_visit()->set_ticket(ticket);
        m.mutable_end_visit()->set_outcome(v1::OUTCOME_CANCELLED);
    });
    add_ticket_command(ctl, options, "remove", "take a visitor out of the queue",
                       [](Message& m, const std::string& ticket) {
                           m.mutable_end_visit()->set_ticket(ticket);
                           m.mutable_end_visit()->set_outcome(v1::OUTCOME_REMOVED);
                       });

    CLI::App& notice = *ctl.add_subcommand("notice", "tell everybody in the halls something: it is spoken and shown");
    notice.fallthrough();
    notice.add_option("--text", options->texts, "LANGUAGE=TEXT, once for each of the office's languages that you have")
        ->required()
        ->take_all();
    notice.add_option("--hall", options->hall, "id of the hall; all if not given");
    auto* urgent = notice.add_flag("--urgent", options->urgent,
                                   "an emergency: it has the whole screen in all languages, interrupts what is spoken, "
                                   "and is repeated every 20 s until it is over");
    notice.add_flag("--warning", options->warning, "to be heeded: shown in black on amber, with a sign")
        ->excludes(urgent);
    notice.add_option("--seconds", options->seconds, "how long it holds; 60 if not given, urgent 600")
        ->check(CLI::Range(1u, 86'400u));
    notice.footer(
        "Example: hallcast ctl notice --text pl=\"Okienko 7 jest nieczynne.\" --text uk=\"Віконце 7 не працює.\" "
        "--seconds 300");
    notice.callback([options] {
        v1::Command message;
        *message.mutable_make_notice() = notice_of(*options);
        send(*options, std::move(message));
    });

    CLI::App& end_notice =
        *ctl.add_subcommand("end-notice", "a notice is over: it is neither shown nor spoken any more");
    end_notice.fallthrough();
    end_notice.add_option("ID", options->notice, "as 'ctl notice' and 'ctl state' tell it")->required();
    end_notice.footer("Example: hallcast ctl end-notice notice-3");
    end_notice.callback([options] {
        v1::Command message;
        message.mutable_end_notice()->set_id(options->notice);
        send(*options, std::move(message));
    });

    CLI::App& end_day = *ctl.add_subcommand("end-day", "close all counters; whoever still waits expires");
    end_day.fallthrough();
    end_day.footer("Example: hallcast ctl end-day");
    end_day.callback([options] {
        v1::Command message;
        message.mutable_end_day();
        send(*options, std::move(message));
    });

    CLI::App& call = *ctl.add_subcommand("call", "call one waiting ticket");
    call.fallthrough();
    call.add_option("N", options->counter, "counter number")->required()->check(CLI::Range(1u, 9999u));
    call.add_option("TICKET", options->ticket, "ticket number, for example A012")->required();
    call.footer("Example: hallcast ctl call 3 A012");
    call.callback([options] {
        v1::Command message;
        message.mutable_call_ticket()->set_counter(options->counter);
        message.mutable_call_ticket()->set_ticket(options->ticket);
        send(*options, std::move(message));
    });

    CLI::App& state = *ctl.add_subcommand("state", "print services, counters and calls of a hall");
    state.fallthrough();
    state.add_option("--hall", options->hall, "id of the hall; the first if not given");
    state.footer("Example: hallcast ctl --json state");
    state.callback([options] { print_state(*options); });

    CLI::App& calls = *ctl.add_subcommand("calls", "print the latest calls, and which screens showed and spoke them");
    calls.fallthrough();
    calls.add_option("--hall", options->hall, "id of the hall; all if not given");
    calls.add_option("--limit", options->limit, "so many")->check(CLI::Range(1u, 500u))->capture_default_str();
    calls.footer("Example: hallcast ctl calls --limit 5; hallcast ctl --json calls --hall main");
    calls.callback([options] { print_calls(*options); });

    add_ctl_wire(ctl, {options, &options->connect}, {options, &options->json});
}

}  // namespace hallcast::cli
