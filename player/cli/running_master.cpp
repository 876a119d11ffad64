#include "player/cli/running_master.h"

#include <spdlog/spdlog.h>

#include "player/cli/options.h"
#include "protocol/base/file.h"

namespace hallcast::cli {
namespace {

// Rewritten only when it is another one: a synced write is not free at every start.
Expected<void> keep(const std::filesystem::path& file, const wire::Credentials& credentials) {
    if (const auto before = wire::load_credentials(file); before && before->master_key == credentials.master_key &&
                                                          before->client.secret_key == credentials.client.secret_key)
        return {};
    std::error_code error;
    std::filesystem::create_directories(file.parent_path(), error);
    return wire::save_credentials(file, credentials);
}

std::string load_or_make_token(const std::filesystem::path& file) {
    if (auto token = read_file(file, 1024)) {
        while (!token->empty() && (token->back() == '\n' || token->back() == ' ')) token->pop_back();
        if (!token->empty()) return *token;
    }
    const std::string token = wire::make_key_pair().public_key.substr(0, 32);
    std::string plain;
    for (const char c : token)
        plain += std::isalnum(static_cast<unsigned char>(c)) ? c : 'x';  // Z85 has characters that URLs and shells mind
    need(replace_file(file, plain + "\n", 0600));
    return plain;
}

}  // namespace

RunningMaster start_running_master(zmq::context_t& context, master::MasterOptions options, web::WebOptions web) {
    const std::filesystem::path keys = options.directory / "keys";
    RunningMaster running;
    running.master = need(master::start_master(context, std::move(options)));
    const wire::Credentials admin = need(running.master->credentials_for("admin", wire::Role::admin));
    running.screen = need(running.master->credentials_for("player", wire::Role::player));
    need(keep(keys / "admin.yaml", admin));
    need(keep(keys / "player.yaml", running.screen));
    if (auto kept = keep(credentials_file(running.address()), admin); !kept)
        spdlog::warn("hallcast ctl will need --credentials {}: {}", (keys / "admin.yaml").string(),
                     kept.error().message);
    if (web.token.empty()) web.token = load_or_make_token(keys / "http-token");
    running.web = need(web::start_web_server(*running.master, web));
    const std::filesystem::path token = token_file(fmt::format("http://127.0.0.1:{}", running.web->port()));
    if (const auto before = read_file(token, 1024); !before || *before != web.token) {
        if (auto kept = replace_file(token, web.token, 0600); !kept)
            spdlog::warn("hallcast content will need --token: {}", kept.error().message);
    }
    return running;
}

}  // namespace hallcast::cli
