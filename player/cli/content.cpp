// hallcast content: the media library of a master, over its web API.
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <cstdio>
#include <cstdlib>
#include <thread>

#include "content/library.h"
#include "player/cli/options.h"
#include "player/cli/progress.h"
#include "player/web/client.h"
#include "protocol/base/file.h"

namespace hallcast::cli {
namespace {

struct ContentOptions {
    std::string url = "http://127.0.0.1:8080";
    std::string token;
    std::vector<std::string> files;
    v1::AddStream stream;
    std::string id;

    std::string key() const {
        if (!token.empty()) return token;
        if (const char* given = std::getenv("HALLCAST_TOKEN"); given && *given) return given;
        const auto kept = read_file(token_file(url), 1024);
        if (!kept)
            throw Failure({"no token for " + url +
                           ": give --token, or set HALLCAST_TOKEN; a master keeps its own in DIR/keys/http-token"});
        return *kept;
    }
};

std::string url_escaped(const std::string& text) {
    std::string escaped;
    for (const unsigned char c : text)
        if (std::isalnum(c) || c == '.' || c == '-' || c == '_')
            escaped += char(c);
        else
            escaped += fmt::format("%{:02X}", c);
    return escaped;
}

google::protobuf::Struct parse_json(const std::string& json) {
    google::protobuf::Struct object;
    if (!google::protobuf::util::JsonStringToMessage(json, &object).ok())
        throw Failure({"the server's answer is no JSON: " + json.substr(0, 200)});
    return object;
}

// The answer's body, or Failure with the server's own words.
std::string expect(const web::HttpAnswer& answer) {
    if (answer.status / 100 == 2) return answer.body;
    google::protobuf::Struct error;
    if (google::protobuf::util::JsonStringToMessage(answer.body, &error).ok() && error.fields().contains("error"))
        throw Failure({error.fields().at("error").string_value()});
    throw Failure({fmt::format("the server answered with status {}", answer.status)});
}

void add_one(const ContentOptions& options, const std::filesystem::path& file) {
    const std::string name = file.filename().string();
    const auto uploaded =
        need(web::http_upload(options.url + "/api/v1/content?name=" + url_escaped(name), options.key(), file,
                              [&](double share) { show_progress(name, "uploading", share); }));
    const std::string job = parse_json(expect(uploaded)).fields().at("job").string_value();
    for (;;) {
        const auto answer =
            need(web::http_request("GET", options.url + "/api/v1/content/jobs/" + job, options.key(), ""));
        const auto state = parse_json(expect(answer));
        const auto text = [&](const char* field) {
            const auto found = state.fields().find(field);
            return found == state.fields().end() ? std::string() : found->second.string_value();
        };
        if (!text("error").empty()) {
            end_progress();
            throw Failure({text("error")});
        }
        if (text("step") == "done") {
            end_progress();
            const auto& item = state.fields().at("item").struct_value().fields();
            std::printf("%s  %s\n", item.at("id").string_value().c_str(), name.c_str());
            return;
        }
        show_progress(name, text("step").c_str(),
                      state.fields().contains("share") ? state.fields().at("share").number_value() : 0.0);
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
}

void add_stream(const ContentOptions& options) {
    std::string body;
    if (!google::protobuf::util::MessageToJsonString(options.stream, &body).ok())
        throw Failure({"the address or the title is no UTF-8"});
    const auto answer = need(web::http_request("POST", options.url + "/api/v1/content/streams", options.key(), body));
    const auto item = parse_json(expect(answer)).fields();
    std::printf("%s  %s\n", item.at("id").string_value().c_str(), item.at("title").string_value().c_str());
}

void list(const ContentOptions& options) {
    v1::ContentManifest manifest;
    const auto answer = need(web::http_request("GET", options.url + "/api/v1/content", options.key(), ""));
    if (!google::protobuf::util::JsonStringToMessage(expect(answer), &manifest).ok())
        throw Failure({"the server's list is not understood"});
    for (const v1::ContentItem* entry : content::everything(manifest)) {
        const v1::ContentItem& item = *entry;
        const bool is_stream = item.kind() == v1::CONTENT_KIND_STREAM, is_voice = item.kind() == v1::CONTENT_KIND_VOICE;
        const char* const kind = is_voice                                  ? "voice"
                                 : is_stream                               ? "stream"
                                 : item.kind() == v1::CONTENT_KIND_PICTURE ? "picture"
                                                                           : "video";
        const auto or_nothing = [](bool known, std::string text) { return known ? std::move(text) : std::string("-"); };
        const std::string name = is_stream && item.title() != item.address() ? item.title() + "  " + item.address()
                                 : is_voice                                  ? item.title() + "  " + item.language()
                                                                             : item.title();
        std::printf(
            "%-12s  %-7s  %9s  %8s  %11s  %s\n", item.id().c_str(), kind,
            or_nothing(!is_stream && !is_voice, fmt::format("{}x{}", item.width(), item.height())).c_str(),
            or_nothing(item.duration_ms() > 0, fmt::format("{:.1f} s", double(item.duration_ms()) / 1000)).c_str(),
            or_nothing(!is_stream, fmt::format("{:.1f} MB", double(item.bytes()) / 1e6)).c_str(), name.c_str());
    }
}

}  // namespace

void add_content(CLI::App& app) {
    auto options = std::make_shared<ContentOptions>();
    CLI::App& content = *app.add_subcommand("content", "add, list and remove what the halls play and speak with");
    content.require_subcommand(1);
    content.add_option("--url", options->url, "the master's pages")->capture_default_str();
    content.add_option("--token", options->token,
                       "the master's bearer token; default: HALLCAST_TOKEN, else this user's for that master");
    content.footer("Example: hallcast content add film.mp4; hallcast content list");

    CLI::App& add = *content.add_subcommand(
        "add", "upload videos or pictures, which play as soon as they are transcoded, or recorded voices");
    add.fallthrough();
    add.add_option("FILE", options->files, "videos, pictures, voices of `hallcast voice pack`")
        ->required()
        ->check(CLI::ExistingFile);
    add.footer(
        "Example: hallcast content add film.mp4 poster.png\n"
        "         hallcast content add uk.voice      # all players of the master speak with it, in place of the one "
        "before");
    add.callback([options] {
        // Each on its own: one bad file must not keep the good ones out.
        std::string failures;
        for (const std::string& file : options->files) {
            try {
                add_one(*options, file);
            } catch (const Failure& failure) {
                failures += (failures.empty() ? "" : "\nhallcast: ") + std::string(failure.what());
            }
        }
        if (!failures.empty()) throw Failure({failures});
    });

    CLI::App& stream = *content.add_subcommand(
        "stream", "play a live stream in its turn: HLS (http, https), RTSP, MPEG-TS (http, https, udp, rtp)");
    stream.fallthrough();
    stream
        .add_option_function<std::string>(
            "ADDRESS", [options](const std::string& address) { options->stream.set_address(address); },
            "rtsp://NAME:PASSWORD@HOST/...; the name and the password reach the players, and no log or page")
        ->required();
    stream.add_option_function<std::uint32_t>(
        "--seconds", [options](std::uint32_t seconds) { options->stream.set_seconds(seconds); },
        "how long at each turn; default: until its sender ends it");
    stream.add_option_function<std::string>(
        "--title", [options](const std::string& title) { options->stream.set_title(title); },
        "as `hallcast content list` prints it; default: the address");
    stream.footer("Example: hallcast content stream https://tv.example.org/live.m3u8 --seconds 120 --title News");
    stream.callback([options] { add_stream(*options); });

    CLI::App& list_command = *content.add_subcommand("list", "what plays, in order, and the recorded voices");
    list_command.fallthrough();
    list_command.footer("Example: hallcast content list");
    list_command.callback([options] { list(*options); });

    CLI::App& remove = *content.add_subcommand("remove", "take an item out");
    remove.fallthrough();
    remove.add_option("ID", options->id, "as `hallcast content list` prints it")->required();
    remove.footer("Example: hallcast content remove 3f2a9c01d4e5");
    remove.callback([options] {
        expect(need(web::http_request("DELETE", options->url + "/api/v1/content/" + url_escaped(options->id),
                                      options->key(), "")));
        std::printf("removed %s\n", options->id.c_str());
    });
}

}  // namespace hallcast::cli
