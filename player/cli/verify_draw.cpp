// hallcast office verify-draw: does a published draw again, and compares.
#include "player/queue/draw.h"

#include <cstdio>

#include "player/cli/options.h"
#include "protocol/base/file.h"

namespace hallcast::cli {
namespace {

struct Published {
    std::string file;
    std::string commitment, digest;  // what was published earlier
};

void must_be(const Published& published, const char* what, const std::string& expected, const std::string& is) {
    if (!expected.empty() && expected != is)
        throw Failure({fmt::format("{}: wrong: its {} is {}, published was {}", published.file, what, is, expected)});
}

void verify_draw(const Published& published) {
    const v1::DrawPublication draw = need(queue::parse_draw_json(need(read_file(published.file)), published.file));
    if (const auto verified = queue::verify_draw(draw); !verified)
        throw Failure({published.file + ": wrong: " + verified.error().message});
    must_be(published, "commitment", published.commitment, draw.commitment());
    must_be(published, "digest of the requests", published.digest, draw.requests_digest());
    int winners = 0;
    for (const v1::DrawOutcome& outcome : draw.outcomes()) winners += outcome.slot().empty() ? 0 : 1;
    std::printf("%s: right: %d requests, %d with a slot\n", published.file.c_str(), draw.requests_size(), winners);
    if (published.commitment.empty() || published.digest.empty())
        std::printf("Compare these with what was published before the draw:\n  commitment  %s\n  digest      %s\n",
                    draw.commitment().c_str(), draw.requests_digest().c_str());
    if (!draw.beacon_source().empty())
        std::printf("Look up whether this is so: %s: %s\n", draw.beacon_source().c_str(), draw.beacon_value().c_str());
}

}  // namespace

void add_verify_draw(CLI::App& office) {
    auto published = std::make_shared<Published>();
    CLI::App& command = *office.add_subcommand("verify-draw", "do a published draw again, and say whether it is right");
    command.add_option("FILE", published->file, "the published draw, JSON")->required()->check(CLI::ExistingFile);
    command.add_option("--commitment", published->commitment, "what was published before requests were taken");
    command.add_option("--digest", published->digest, "what was published at the closing");
    command.footer("Example: hallcast office verify-draw draw-2026-12.json --commitment 5f3a...");
    command.callback([published] { verify_draw(*published); });
}

}  // namespace hallcast::cli
