// hallcast office: the office as a YAML file, to the master and back.
#include <zmq.hpp>

#include <cstdio>

#include "content/office_file.h"
#include "player/cli/answers.h"
#include "player/cli/statistics.h"
#include "protocol/base/file.h"

namespace hallcast::cli {
namespace {

void apply_office(const ConnectOptions& connect, const std::string& file) {
    v1::Command command;
    command.set_actor("hallcast office");
    *command.mutable_apply_office()->mutable_office() =
        need(content::parse_office(need(read_file(file, 1u << 20)), file));
    zmq::context_t context;
    const auto client = wire::make_command_client(context, connect.master(), connect.load());
    const v1::CommandReply reply = need(client->send(std::move(command), answer_limit));
    if (reply.has_rejection()) throw Failure({file + ": the master refuses it: " + reply.rejection().message()});
    const v1::OfficeSummary& office = reply.office();
    std::printf("%s: %s: %u services, %u counters, %u halls\n", file.c_str(),
                office.changed() ? "applied" : "no change", office.services(), office.counters(), office.halls());
}

void export_office(const ConnectOptions& connect) {
    v1::SyncRequest request;
    request.mutable_office();
    const v1::SyncReply reply = ask(connect, std::move(request));
    if (!reply.has_office()) throw Failure({"the master gave no office: " + reply.error().message()});
    std::fputs(content::format_office(reply.office()).c_str(), stdout);
}

}  // namespace

void add_office(CLI::App& app) {
    CLI::App& office = *app.add_subcommand("office", "services, counters, halls, languages and texts of the office");
    office.require_subcommand(1);
    office.footer("Example: hallcast office export > office.yaml; edit it; hallcast office apply office.yaml");
    auto connect = std::make_shared<ConnectOptions>();
    add_connect_options(office, *connect);
    auto file = std::make_shared<std::string>();
    CLI::App& apply_command =
        *office.add_subcommand("apply", "make the office as FILE says; twice is the same as once");
    apply_command.fallthrough();
    apply_command.add_option("FILE", *file, "a YAML file")->required()->check(CLI::ExistingFile);
    apply_command.footer("Example: hallcast office apply office.yaml");
    apply_command.callback([connect, file] { apply_office(*connect, *file); });
    CLI::App& export_command = *office.add_subcommand("export", "print the office as YAML");
    export_command.fallthrough();
    export_command.footer("Example: hallcast office export > office.yaml");
    export_command.callback([connect] { export_office(*connect); });
    add_verify_draw(office);
    add_statistics(office);
    add_office_store(office);
}

}  // namespace hallcast::cli
