// hallcast draw: places that are too few for all who want them, given away by lot.
#include "player/queue/draw.h"

#include <cstdio>

#include "player/cli/booking_desk.h"
#include "protocol/base/file.h"

namespace hallcast::cli {
namespace {

struct DrawOptions {
    ConnectOptions connect;
    std::string draw, service, from, to, closes, beacon, file, case_number, language;
    std::vector<std::string> preferences;
};

void print(const BookingDesk& desk, const v1::DrawStatus& draw, const std::string& file) {
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

void open_draw(const DrawOptions& options) {
    BookingDesk desk(options.connect);
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

void enter_draw(const DrawOptions& options) {
    BookingDesk desk(options.connect);
    v1::Command command;
    v1::EnterDraw& enter = *command.mutable_enter_draw();
    enter.set_draw(options.draw);
    for (const std::string& time : options.preferences) enter.add_preferences(desk.moment(time));
    enter.set_language(options.language);
    const v1::CommandReply reply = desk.send(std::move(command), options.case_number);
    std::printf("entry %llu of draw %s\n", static_cast<unsigned long long>(reply.draw().entry()), options.draw.c_str());
}

void show_draw(const DrawOptions& options, bool hold) {
    BookingDesk desk(options.connect);
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

void add_draw(CLI::App& app) {
    CLI::App& draw = *app.add_subcommand("draw", "places that are too few for all, given away by lot");
    draw.require_subcommand(1);
    draw.footer("Example: hallcast draw show 2027-01 --file draw.json; hallcast office verify-draw draw.json");
    const auto options = std::make_shared<DrawOptions>();
    add_connect_options(draw, options->connect);
    const auto add_draw_name = [&](CLI::App& command) {
        command.add_option("DRAW", options->draw, "its name")->required();
    };
    const auto add_file = [&](CLI::App& command) {
        command.add_option("--file", options->file, "write what may be published by now, JSON");
    };

    CLI::App& open =
        add_command(draw, "open", "take entries for the places of some days; prints the commitment to publish",
                    "2027-01 A --from 2027-01-04 --to 2027-01-29 --closes \"2026-12-18 12:00\"");
    add_draw_name(open);
    open.add_option("SERVICE", options->service, "id of a service")->required();
    open.add_option("--from", options->from, "first day")->required();
    open.add_option("--to", options->to, "last day")->required();
    open.add_option("--closes", options->closes, "no entry from then on")->required();
    open.add_option("--beacon", options->beacon, "a public event after that, whose outcome nobody can know before");
    add_file(open);
    open.callback([options] { open_draw(*options); });

    CLI::App& enter = add_command(draw, "enter", "take part, once a case; the dearest time first",
                                  "2027-01 \"2027-01-04 08:00\" \"2027-01-04 08:15\" --case WSC-II-S.6151.12345.2026");
    add_draw_name(enter);
    enter.add_option("TIMES", options->preferences, "by the office's clock")->required();
    add_case_option(enter, options->case_number);
    enter.add_option("--language", options->language, "of the visitor");
    enter.callback([options] { enter_draw(*options); });

    CLI::App& show_one = add_command(draw, "show", "what may be known of it by now", "2027-01 --file draw.json");
    add_draw_name(show_one);
    add_file(show_one);
    show_one.callback([options] { show_draw(*options, false); });

    CLI::App& hold =
        add_command(draw, "hold", "after it has closed: who wins has an appointment", "2027-01 --file draw.json");
    add_draw_name(hold);
    hold.add_option("--beacon", options->beacon, "the outcome of the event that it names");
    add_file(hold);
    hold.callback([options] { show_draw(*options, true); });
}

}  // namespace hallcast::cli
