#include "player/web/api.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <sodium.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>

#include "content/utf8.h"
#include "player/web/json.h"
#include "protocol/cmd_id.h"

namespace hallcast::web {
namespace {

constexpr std::string_view tickets = "/api/v1/tickets";
constexpr std::string_view leases = "/api/v1/leases";
constexpr std::string_view notices = "/api/v1/notices";
constexpr std::string_view day_end = "/api/v1/day/end";
constexpr std::string_view counters = "/api/v1/counters/";
constexpr std::string_view halls = "/api/v1/halls/";
constexpr std::string_view calls_list = "/api/v1/calls";
constexpr std::string_view players_list = "/api/v1/players";
constexpr std::string_view content_list = "/api/v1/content";
constexpr std::string_view content_jobs = "jobs/";
constexpr std::string_view content_streams = "streams";
// Left free on the disk when an upload begins: its transcoded copy needs room, too, and so does the queue's log.
constexpr std::uint64_t spare_bytes = 1ull << 30;

Answer unauthorised() {
    return error_answer(401, "UNAUTHORISED", "the API needs the master's token: Authorization: Bearer TOKEN");
}

Answer not_found(const Request& request) {
    return error_answer(404, "NOT_FOUND",
                        fmt::format("there is no {}; the API is described in player/web/README.md", request.path));
}

Answer wrong_method(const Request& request, const char* allowed) {
    Answer answer = error_answer(405, "METHOD_NOT_ALLOWED",
                                 fmt::format("{} takes {}, not {}", request.path, allowed, request.method));
    answer.headers.emplace_back("Allow", allowed);
    return answer;
}

unsigned status_of(v1::Rejection::Code code) {
    switch (code) {
        case v1::Rejection::NOT_FOUND:
            return 404;
        case v1::Rejection::WRONG_STATE:
        case v1::Rejection::NOBODY_WAITING:
        case v1::Rejection::NO_CAPACITY:
        case v1::Rejection::TOO_LATE:
            return 409;
        case v1::Rejection::DEADLINE_PASSED:
            return 408;
        case v1::Rejection::CONFLICT:
            return 412;
        case v1::Rejection::UNAVAILABLE:
            return 503;
        case v1::Rejection::NOT_ALLOWED:
            return 403;
        default:
            return 400;
    }
}

Answer answer_of(const v1::CommandReply& reply) {
    switch (reply.outcome_case()) {
        case v1::CommandReply::kRejection:
            return error_answer(status_of(reply.rejection().code()), v1::Rejection::Code_Name(reply.rejection().code()),
                                reply.rejection().message());
        case v1::CommandReply::kTicket:
            return {.status = 201, .body = to_json(reply.ticket())};
        case v1::CommandReply::kTickets:
            return {.status = 201, .body = to_json(reply.tickets())};
        case v1::CommandReply::kLease:
            return {.status = 201, .body = to_json(reply.lease())};
        case v1::CommandReply::kDay:
            return {.body = to_json(reply.day())};
        case v1::CommandReply::kCall:
            return {.body = to_json(reply.call())};
        case v1::CommandReply::kNotice:
            return {.status = reply.notice().over() ? 200u : 201u, .body = to_json(reply.notice())};
        case v1::CommandReply::kCounter:
            return {.body = to_json(reply.counter())};
        default:
            return error_answer(500, "INTERNAL", "the queue core gave an empty answer");
    }
}

template <typename Message>
std::optional<Answer> parse_body(const Request& request, Message& message) {
    if (request.body.empty()) return std::nullopt;
    const auto status = google::protobuf::util::JsonStringToMessage(request.body, &message);
    if (status.ok()) return std::nullopt;
    return error_answer(
        400, "INVALID",
        fmt::format("the body is not the JSON that {} takes: {}", request.path, std::string(status.message())));
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// The value of `name` in a query string, %XX and + undone.
std::string query_value(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
        std::string value;
        const std::string_view raw = pair.substr(equals + 1);
        for (std::size_t i = 0; i < raw.size(); ++i) {
            if (raw[i] == '%' && i + 2 < raw.size() && hex_digit(raw[i + 1]) >= 0 && hex_digit(raw[i + 2]) >= 0) {
                value += char(hex_digit(raw[i + 1]) * 16 + hex_digit(raw[i + 2]));
                i += 2;
            } else {
                value += raw[i] == '+' ? ' ' : raw[i];
            }
        }
        return value;
    }
    return {};
}

// The version of a counter that If-Match names, as HTTP writes it ("17" in quotes) or bare; nothing where it is none.
std::optional<std::uint64_t> version_in(std::string_view if_match) {
    if (if_match.size() > 2 && if_match.front() == '"' && if_match.back() == '"')
        if_match = if_match.substr(1, if_match.size() - 2);
    return parse_number(if_match);
}

// An upload's title is only ever shown, never a path; still, what a browser sends can have folders in front.
std::string title_of(const Request& request) {
    std::string name = query_value(request.query, "name");
    if (const std::size_t slash = name.find_last_of("/\\"); slash != std::string::npos) name.erase(0, slash + 1);
    name = content::one_line(name, 200);
    return name.empty() ? "upload" : name;
}

}  // namespace

Api::Api(master::Master& master, UploadJobs& jobs, std::string token)
    : master_(master), jobs_(jobs), token_(std::move(token)) {
    HALLCAST_ASSERT(!token_.empty());
}

bool Api::authorised(const Request& request) const {
    constexpr std::string_view scheme = "Bearer ";
    if (!request.authorization.starts_with(scheme)) return false;
    const std::string_view given = std::string_view(request.authorization).substr(scheme.size());
    // In constant time over hashes, so that neither the token's bytes nor its length can be timed.
    unsigned char a[crypto_generichash_BYTES], b[crypto_generichash_BYTES];
    const auto hash = [](unsigned char* out, std::string_view text) {
        crypto_generichash(out, crypto_generichash_BYTES, reinterpret_cast<const unsigned char*>(text.data()),
                           text.size(), nullptr, 0);
    };
    hash(a, given);
    hash(b, token_);
    return sodium_memcmp(a, b, sizeof a) == 0;
}

void Api::submit(const Request& request, v1::Command command, const Reply& reply) {
    command.set_actor("web");
    if (!request.if_match.empty()) {
        const auto version = version_in(request.if_match);
        if (!version || *version == 0)
            return reply(error_answer(
                400, "INVALID", "If-Match must be the 'version' of the counter, as the hall's state has it: \"1234\""));
        command.set_expected_version(*version);
    }
    if (request.idempotency_key.empty()) {
        command.set_cmd_id(wire::make_cmd_id());
    } else {
        // The same key on another path is another command.
        std::string id(16, '\0');
        const std::string text = request.path + '\n' + request.idempotency_key;
        crypto_generichash(reinterpret_cast<unsigned char*>(id.data()), id.size(),
                           reinterpret_cast<const unsigned char*>(text.data()), text.size(), nullptr, 0);
        command.set_cmd_id(id);
    }
    master_.submit(std::move(command), [reply](const v1::CommandReply& answer) { reply(answer_of(answer)); });
}

void Api::issue_ticket(const Request& request, const Reply& reply) {
    v1::Command command;
    if (auto bad = parse_body(request, *command.mutable_issue_ticket())) return reply(*bad);
    if (command.issue_ticket().service().empty())
        return reply(error_answer(400, "INVALID", "say which service: {\"service\": \"A\", \"language\": \"uk\"}"));
    submit(request, std::move(command), reply);
}

void Api::lease_numbers(const Request& request, const Reply& reply) {
    v1::Command command;
    if (auto bad = parse_body(request, *command.mutable_lease_numbers())) return reply(*bad);
    submit(request, std::move(command), reply);
}

void Api::notice_command(const Request& request, std::string_view rest, const Reply& reply) {
    v1::Command command;
    if (rest.empty()) {
        if (request.method != "POST") return reply(wrong_method(request, "POST"));
        if (auto bad = parse_body(request, *command.mutable_make_notice())) return reply(*bad);
        return submit(request, std::move(command), reply);
    }
    rest.remove_prefix(1);  // the slash
    if (rest.empty() || rest.find('/') != std::string_view::npos ||
        content::invalid_utf8(rest) != std::string_view::npos)
        return reply(not_found(request));
    if (request.method != "DELETE") return reply(wrong_method(request, "DELETE"));
    command.mutable_end_notice()->set_id(std::string(rest));
    submit(request, std::move(command), reply);
}

void Api::ticket_command(const Request& request, std::string_view rest, const Reply& reply) {
    const std::size_t slash = rest.find('/');
    if (slash == 0 || slash == std::string_view::npos) return reply(not_found(request));
    const std::string ticket(rest.substr(0, slash));
    // The core's messages name it, and a message that is no UTF-8 cannot be sent on.
    if (content::invalid_utf8(ticket) != std::string_view::npos) return reply(not_found(request));
    const std::string_view what = rest.substr(slash + 1);
    v1::Command command;
    if (what == "reinstate") {
        command.mutable_reinstate()->set_ticket(ticket);
    } else if (what == "cancel" || what == "remove") {
        command.mutable_end_visit()->set_ticket(ticket);
        command.mutable_end_visit()->set_outcome(what == "cancel" ? v1::OUTCOME_CANCELLED : v1::OUTCOME_REMOVED);
    } else {
        return reply(not_found(request));
    }
    if (request.method != "POST") return reply(wrong_method(request, "POST"));
    submit(request, std::move(command), reply);
}

void Api::counter_command(const Request& request, std::string_view rest, const Reply& reply) {
    const std::size_t slash = rest.find('/');
    const auto number = parse_number(rest.substr(0, slash));
    if (slash == std::string_view::npos || !number || *number == 0 || *number > 9999) return reply(not_found(request));
    const auto counter = std::uint32_t(*number);
    const std::string_view what = rest.substr(slash + 1);
    if (request.method != "POST") return reply(wrong_method(request, "POST"));
    v1::Command command;
    if (what == "open")
        command.mutable_open_counter()->set_counter(counter);
    else if (what == "close")
        command.mutable_close_counter()->set_counter(counter);
    else if (what == "call-next")
        command.mutable_call_next()->set_counter(counter);
    else if (what == "recall")
        command.mutable_recall()->set_counter(counter);
    else if (what == "start")
        command.mutable_start_service()->set_counter(counter);
    else if (what == "finish") {
        if (auto bad = parse_body(request, *command.mutable_finish_service())) return reply(*bad);
        command.mutable_finish_service()->set_counter(counter);
    } else if (what == "no-show")
        command.mutable_mark_no_show()->set_counter(counter);
    else if (what == "park")
        command.mutable_park()->set_counter(counter);
    else if (what == "recycle")
        command.mutable_recycle()->set_counter(counter);
    else if (what == "undo")
        command.mutable_undo()->set_counter(counter);
    else if (what == "sign-out")
        command.mutable_sign_out()->set_counter(counter);
    else if (what == "sign-in") {
        if (auto bad = parse_body(request, *command.mutable_sign_in())) return reply(*bad);
        command.mutable_sign_in()->set_counter(counter);
    } else if (what == "transfer") {
        if (auto bad = parse_body(request, *command.mutable_transfer())) return reply(*bad);
        command.mutable_transfer()->set_counter(counter);
    } else if (what == "call") {
        if (auto bad = parse_body(request, *command.mutable_call_ticket())) return reply(*bad);
        command.mutable_call_ticket()->set_counter(counter);
    } else {
        return reply(not_found(request));
    }
    submit(request, std::move(command), reply);
}

Answer Api::calls(const Request& request) const {
    if (request.method != "GET") return wrong_method(request, "GET");
    v1::CallsRequest wanted;
    wanted.set_hall(query_value(request.query, "hall"));
    if (const std::string limit = query_value(request.query, "limit"); !limit.empty()) {
        const auto number = parse_number(limit);
        if (!number || *number == 0 || *number > 500) return error_answer(400, "INVALID", "limit must be 1..500");
        wanted.set_limit(std::uint32_t(*number));
    }
    return {.body = to_json(master_.calls(wanted))};
}

Answer Api::content(const Request& request, std::string_view rest) {
    if (rest.empty()) {
        if (request.method != "GET") return wrong_method(request, "GET, POST");
        return {.body = to_json(content::without_secrets(master_.library().manifest()))};
    }
    rest.remove_prefix(1);  // the slash
    if (rest == content_streams) return request.method == "POST" ? add_stream(request) : wrong_method(request, "POST");
    if (rest.starts_with(content_jobs)) {
        if (request.method != "GET") return wrong_method(request, "GET");
        const auto job = parse_number(rest.substr(content_jobs.size()));
        const auto state = job ? jobs_.state_json(*job) : std::nullopt;
        return state ? Answer{.body = *state}
                     : error_answer(404, "NOT_FOUND", "there is no such upload, or it ended long ago");
    }
    if (rest.find('/') != std::string_view::npos) return not_found(request);
    if (request.method != "DELETE") return wrong_method(request, "DELETE");
    const auto manifest = master_.library().manifest();
    const bool known =
        std::ranges::any_of(content::everything(manifest), [&](const auto* item) { return item->id() == rest; });
    if (auto removed = master_.library().remove(rest); !removed)
        return known ? error_answer(503, "UNAVAILABLE", removed.error().message)
                     : error_answer(404, "NOT_FOUND", removed.error().message);
    return {.body = "{}"};
}

Answer Api::add_stream(const Request& request) const {
    v1::AddStream stream;
    // The parser's own words may quote the body, and with it a password.
    if (parse_body(request, stream) || stream.address().empty())
        return error_answer(
            400, "INVALID",
            "the body must be JSON: {\"address\": \"rtsp://...\", \"seconds\": 60, \"title\": \"...\"}; "
            "the last two may be left out");
    if (auto checked = content::check_stream(stream); !checked)
        return error_answer(400, "INVALID", checked.error().message);
    auto added = master_.library().add_stream(stream);
    if (!added) return error_answer(503, "UNAVAILABLE", added.error().message);
    return {.status = 201, .body = to_json(content::without_secrets(*std::move(added)))};
}

void Api::handle(const Request& request, const Reply& reply) {
    const std::string_view path = request.path;
    if (!authorised(request)) return reply(unauthorised());
    if (path == tickets)
        return request.method == "POST" ? issue_ticket(request, reply) : reply(wrong_method(request, "POST"));
    if (path.starts_with(tickets) && path.size() > tickets.size() && path[tickets.size()] == '/')
        return ticket_command(request, path.substr(tickets.size() + 1), reply);
    if (path == leases)
        return request.method == "POST" ? lease_numbers(request, reply) : reply(wrong_method(request, "POST"));
    if (path == day_end) {
        if (request.method != "POST") return reply(wrong_method(request, "POST"));
        v1::Command command;
        command.mutable_end_day();
        return submit(request, std::move(command), reply);
    }
    if (path == notices || path.starts_with(std::string(notices) + "/"))
        return notice_command(request, path.substr(notices.size()), reply);
    if (path.starts_with(counters)) return counter_command(request, path.substr(counters.size()), reply);
    if (path.starts_with(halls)) {
        if (request.method != "GET") return reply(wrong_method(request, "GET"));
        const std::string hall(path.substr(halls.size()));
        const auto state = hall.empty() ? nullptr : master_.hall_state(hall);
        return reply(state ? Answer{.body = to_json(*state)}
                           : error_answer(404, "NOT_FOUND", fmt::format("there is no hall '{}'", hall)));
    }
    if (path == calls_list) return reply(calls(request));
    if (path == players_list) {
        if (request.method != "GET") return reply(wrong_method(request, "GET"));
        return master_.players([reply](const v1::PlayerList& list) { reply({.body = to_json(list)}); });
    }
    if (path == content_list || path.starts_with(std::string(content_list) + "/"))
        return reply(content(request, path.substr(content_list.size())));
    reply(not_found(request));
}

bool Api::is_upload(const Request& request) { return request.method == "POST" && request.path == content_list; }

std::expected<std::filesystem::path, Answer> Api::begin_upload(const Request& request, std::uint64_t bytes) const {
    if (!authorised(request)) return std::unexpected(unauthorised());
    std::error_code error;
    const auto disk = std::filesystem::space(master_.library().incoming(), error);
    if (!error && (disk.available < spare_bytes || disk.available - spare_bytes < bytes))
        return std::unexpected(
            error_answer(507, "UNAVAILABLE", "the disk has no room for it; remove content that is no longer needed"));
    auto file = jobs_.begin();
    if (!file)
        return std::unexpected(
            error_answer(503, "UNAVAILABLE", "too many uploads are under way already; try again in a few minutes"));
    return *std::move(file);
}

Answer Api::finish_upload(const Request& request, const std::filesystem::path& file) const {
    return {.status = 202, .body = fmt::format("{{\"job\":\"{}\"}}", jobs_.add(file, title_of(request)))};
}

}  // namespace hallcast::web
