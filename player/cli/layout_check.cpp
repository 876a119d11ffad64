// hallcast layout check: what is wrong with a layout, before it hangs in a hall.
#include <google/protobuf/struct.pb.h>

#include <algorithm>
#include <cstdio>
#include <iterator>

#include "content/office_file.h"
#include "player/cli/answers.h"
#include "player/cli/booking_desk.h"
#include "player/cli/options.h"
#include "player/preview/lint.h"
#include "player/preview/report.h"
#include "protocol/base/file.h"

namespace hallcast::cli {
namespace {

struct CheckOptions {
    std::vector<std::string> files;
    std::vector<std::string> sizes;
    std::vector<std::string> languages;
    std::string office;
    std::string pictures;
    bool strict = false;
    bool json = false;
};

std::string numbered(std::size_t count, const char* noun) {
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

google::protobuf::Value value_of(const std::vector<std::string>& words) {
    google::protobuf::Value value;
    value.mutable_list_value();
    for (const auto& word : words) value.mutable_list_value()->add_values()->set_string_value(word);
    return value;
}

google::protobuf::Struct struct_of(const preview::Finding& finding) {
    google::protobuf::Struct object;
    auto& fields = *object.mutable_fields();
    fields["file"].set_string_value(finding.file);
    fields["line"].set_number_value(finding.place.line);
    fields["column"].set_number_value(finding.place.column);
    fields["severity"].set_string_value(std::string(name_of(finding.severity)));
    fields["rule"].set_string_value(finding.rule);
    fields["widget"].set_string_value(finding.widget);
    fields["message"].set_string_value(finding.message);
    fields["languages"] = value_of(finding.languages);
    fields["sizes"] = value_of(finding.sizes);
    fields["samples"] = value_of(finding.samples);
    return object;
}

void check(const CheckOptions& options) {
    preview::LintOptions lint;
    if (!options.office.empty()) {
        const auto office = need(content::parse_office(need(read_file(options.office)), options.office));
        lint.languages.assign(office.languages().begin(), office.languages().end());
        for (const auto& service : office.services()) lint.services.push_back(service.id());
        for (const auto& counter : office.counters()) lint.counters.push_back(int(counter.number()));
    }
    if (!options.languages.empty()) lint.languages = options.languages;
    for (const auto& size : options.sizes) lint.sizes.push_back(parse_size(size));
    const auto fonts = need(text::open_system_fonts());
    std::vector<preview::Finding> findings;
    for (const auto& file : options.files) {
        const auto layout = layouts::load_layout(file, data_directory() / "layouts");
        auto found = layout ? preview::lint(*layout, *fonts, lint) : preview::findings_of(layout.error(), file);
        std::ranges::move(found, std::back_inserter(findings));
    }
    const auto errors =
        std::size_t(std::ranges::count(findings, preview::Severity::error, &preview::Finding::severity));
    const auto warnings = findings.size() - errors;
    if (!options.pictures.empty()) need(preview::write_report(options.pictures, findings, *fonts));
    if (options.json) {
        google::protobuf::Struct answer;
        auto& fields = *answer.mutable_fields();
        fields["errors"].set_number_value(double(errors));
        fields["warnings"].set_number_value(double(warnings));
        fields["findings"].mutable_list_value();
        for (const auto& finding : findings)
            *fields["findings"].mutable_list_value()->add_values()->mutable_struct_value() = struct_of(finding);
        print_json(answer);
    } else {
        for (const auto& finding : findings) std::printf("%s\n", line_of(finding).c_str());
        if (!options.pictures.empty()) std::printf("pictures: %s/index.html\n", options.pictures.c_str());
    }
    std::fflush(stdout);
    const std::string summary = numbered(options.files.size(), "layout") + ": " + numbered(errors, "error") + ", " +
                                numbered(warnings, "warning");
    if (errors > 0 || (options.strict && warnings > 0)) throw Failure({summary});
    if (!options.json) std::printf("%s\n", summary.c_str());
}

}  // namespace

void add_layout_check(CLI::App& layout) {
    const auto options = std::make_shared<CheckOptions>();
    CLI::App& command = add_command(layout, "check", "say what is wrong with a layout, with its line and what to do",
                                    "my-hall.yaml --pictures findings");
    command.add_option("FILES", options->files, "a .yaml file, or the name of a layout")->required();
    command.add_option("--size", options->sizes, "WIDTHxHEIGHT of a screen; may be given again [the usual ones]")
        ->allow_extra_args(false);
    command
        .add_option("--languages", options->languages,
                    "the office's, its own first [of --office, or all that are shipped]")
        ->delimiter(',');
    command
        .add_option("--office", options->office,
                    "the office's file (hallcast office export): its services, counters and languages")
        ->check(CLI::ExistingFile);
    command.add_option("--pictures", options->pictures, "a folder to write a picture of each finding to, and a page");
    command.add_flag("--strict", options->strict, "warnings make it fail too");
    command.add_flag("--json", options->json, "print the findings as JSON");
    command.callback([options] { check(*options); });
}

}  // namespace hallcast::cli
