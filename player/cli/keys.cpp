// hallcast keys: who may connect to a master, and the master's own key. Works on the master's folder, also while it
// runs.
#include <algorithm>
#include <cstdio>
#include <sstream>

#include "player/cli/options.h"
#include "protocol/base/file.h"
#include "protocol/pairing.h"
#include "protocol/successor.h"

namespace hallcast::cli {
namespace {

constexpr std::size_t provision_limit = 1 << 20;

struct KeysOptions {
    std::string directory;
    std::string role;
    std::string name;
    std::string key;
    std::string file;
    std::string out;
    std::filesystem::path folder() const { return std::filesystem::path(directory) / "keys"; }
    std::filesystem::path authorized() const { return folder() / "authorized"; }
};

wire::Role role_of(const std::string& text) {
    const auto role = wire::parse_role(text);
    if (!role) throw Failure({"'" + text + "' is no role; roles are player, clerk, kiosk, content and admin"});
    return *role;
}

void list(const KeysOptions& options) {
    for (const wire::AuthorizedKey& key : need(wire::load_authorized(options.authorized())))
        std::printf("%-8s %-24s %s\n", wire::role_name(key.role), key.name.c_str(), key.public_key.c_str());
}

void add(const KeysOptions& options) {
    need(wire::authorize_new(options.authorized(), {{role_of(options.role), options.name, options.key}}));
    std::printf("%s may connect as %s\n", options.name.c_str(), options.role.c_str());
}

void revoke(const KeysOptions& options) {
    need(wire::revoke(options.authorized(), options.name));
    std::printf("%s may not connect any more; a running master has ended its connections\n", options.name.c_str());
}

struct Provisioned {
    wire::AuthorizedKey key;
    wire::Credentials credentials;
    std::filesystem::path file;
};

std::vector<Provisioned> read_provision(const KeysOptions& options, const std::string& master_key) {
    std::vector<Provisioned> all;
    std::istringstream lines(need(read_file(options.file, provision_limit)));
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
        const std::string where = fmt::format("{}:{}: ", options.file, number);
        std::istringstream words(line);
        std::string role;
        std::string name;
        std::string more;
        if (!(words >> role) || role.front() == '#') continue;
        words >> name >> more;
        // It becomes the name of a file too.
        if (!wire::is_guest_name(name) || name.front() == '.' || (!more.empty() && more.front() != '#'))
            throw Failure({where + "a line has a role and a name of letters, digits, '.', '_' and '-': player hall-1"});
        const auto parsed = wire::parse_role(role);
        if (!parsed)
            throw Failure({where + "'" + role + "' is no role; roles are player, clerk, kiosk, content and admin"});
        const wire::Credentials credentials{master_key, wire::make_key_pair()};
        all.push_back({{*parsed, name, credentials.client.public_key},
                       credentials,
                       std::filesystem::path(options.out) / (name + ".yaml")});
    }
    if (all.empty()) throw Failure({options.file + ": has no line like: player hall-1"});
    return all;
}

// All files and then all lines in the list, or nothing.
void provision(const KeysOptions& options) {
    // Made where it is missing: keys may be given out before the master's first start.
    const wire::KeyPair master = need(wire::load_or_make_key_pair(options.folder() / "master.key"));
    const auto all = read_provision(options, master.public_key);
    std::error_code error;
    for (const Provisioned& one : all)
        if (std::filesystem::exists(one.file, error))
            throw Failure(
                {one.file.string() + ": is there already; nothing was made. Choose another folder with --out"});
    std::vector<wire::AuthorizedKey> lines;
    Expected<void> done;
    for (const Provisioned& one : all) {
        if (!done) break;
        lines.push_back(one.key);
        done = wire::save_credentials(one.file, one.credentials);
    }
    if (done) done = wire::authorize_new(options.authorized(), lines);
    if (!done) {
        for (const Provisioned& one : all) std::filesystem::remove(one.file, error);
        throw Failure(done.error());
    }
    for (const Provisioned& one : all)
        std::printf("%s  %s %s\n", one.file.c_str(), wire::role_name(one.key.role), one.key.name.c_str());
    std::printf(
        "Each file holds a secret key. Carry it, on a medium you trust, to its machine: a player's to "
        "DIR/keys/master.yaml "
        "there (mode 0600), another's to wherever --credentials will name it. Then remove it here.\n");
}

// Of the files of `folder` that name the old key of the master.
int renew_credentials(const std::filesystem::path& folder, const std::string& old_key, const std::string& new_key) {
    int renewed = 0;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        if (entry.path().extension() != ".yaml") continue;
        auto credentials = wire::load_credentials(entry.path());
        if (!credentials || credentials->master_key != old_key) continue;
        credentials->master_key = new_key;
        need(wire::save_credentials(entry.path(), *credentials));
        ++renewed;
    }
    return renewed;
}

void rotate(const KeysOptions& options) {
    const std::filesystem::path file = options.folder() / "master.key";
    const std::string new_key = need(wire::rotate_master_key(options.folder()));
    int renewed = 0;
    for (const auto& old : need(wire::load_master_keys(options.folder())).previous) {
        renewed += renew_credentials(options.folder(), old.public_key, new_key);
        renewed += renew_credentials(credentials_file({}).parent_path(), old.public_key, new_key);
    }
    std::printf(
        "%s: the master's new key; its public half is %s\n"
        "%d credentials files of this machine name it now. A running master uses it from now on. Players find it by "
        "themselves, also those that are switched off today, until: hallcast keys forget-previous --dir %s\n"
        "Whoever sends commands from another machine needs it in 'master' of the credentials there.\n",
        file.c_str(), new_key.c_str(), renewed, options.directory.c_str());
}

void forget_previous(const KeysOptions& options) {
    const std::size_t forgotten = need(wire::forget_previous_keys(options.folder()));
    std::printf("%zu former keys of the master are forgotten: a player that knows no later one must be paired again\n",
                forgotten);
}

}  // namespace

void add_keys(CLI::App& app) {
    auto options = std::make_shared<KeysOptions>();
    CLI::App& keys = *app.add_subcommand("keys", "who may connect to a master, and the master's own key");
    keys.require_subcommand(1);
    keys.add_option("--dir", options->directory, "the master's folder, on this machine")->required();
    keys.footer("Example: hallcast keys list --dir /var/lib/hallcast\nPlayers are let in with: hallcast pair");
    const auto command = [&](const char* name, const char* what, const char* example,
                             void (*run)(const KeysOptions&)) -> CLI::App& {
        CLI::App& added = *keys.add_subcommand(name, what);
        added.fallthrough();
        added.footer(fmt::format("Example: hallcast keys {} --dir /var/lib/hallcast", example));
        added.callback([options, run] { run(*options); });
        return added;
    };
    command("list", "print role, name and public key of each", "list", list);

    CLI::App& adds =
        command("add", "let one more key in", "add kiosk kiosk-1 'rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7'", add);
    adds.add_option("ROLE", options->role, "player, clerk, kiosk, content or admin")->required();
    adds.add_option("NAME", options->name, "without blanks")->required();
    adds.add_option("PUBLICKEY", options->key, "40 characters, in quotes")->required();

    CLI::App& provisions = command("provision", "make keys for many at once and let them in: all or none",
                                   "provision players.txt --out /media/stick", provision);
    provisions.add_option("FILE", options->file, "has a line for each: role name")->required();
    provisions.add_option("--out", options->out, "folder for a credentials file for each, NAME.yaml")->required();

    command("revoke", "let a key in no more, and end its connections now", "revoke hall-2", revoke)
        .add_option("NAME", options->name, "as list prints it")
        ->required();
    command("rotate", "give the master a new key; players find it by themselves", "rotate", rotate);
    command("forget-previous", "end that: remove the keys that the master had before", "forget-previous",
            forget_previous);
}

}  // namespace hallcast::cli
