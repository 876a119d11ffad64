#include "player/master/master.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <system_error>

#include "player/master/call_guard.h"
#include "player/queue/core.h"
#include "player/queue/office_day.h"
#include "player/queue/store.h"
#include "protocol/cmd_id.h"

namespace hallcast::master {
namespace {

std::int64_t wall_clock_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

class RunningMaster final : public Master {
  public:
    static Expected<std::unique_ptr<Master>> start(zmq::context_t& context, MasterOptions options);

    void submit(v1::Command command, std::function<void(const v1::CommandReply&)> done) override {
        core_->submit(std::move(command), std::move(done));
    }
    std::shared_ptr<const v1::HallState> hall_state(std::string_view hall) const override {
        return core_->hall_state(hall);
    }
    std::shared_ptr<const v1::Office> office() const override { return core_->office(); }
    v1::CallList calls(const v1::CallsRequest& request) const override { return guard_->calls(request); }
    void players(std::function<void(const v1::PlayerList&)> done) const override { server_->players(std::move(done)); }
    content::Library& library() override { return *library_; }
    std::uint16_t port() const override { return server_->port(); }

    Expected<wire::Credentials> credentials_for(const std::string& name, wire::Role role) override {
        auto key = wire::load_or_make_key_pair(directory_ / "keys" / (name + ".key"));
        if (!key) return std::unexpected(key.error());
        // Read each time: `hallcast keys rotate` changes it while the master runs.
        auto own = wire::load_or_make_key_pair(directory_ / "keys" / "master.key");
        if (!own) return std::unexpected(own.error());
        const std::scoped_lock lock(authorizing_);
        if (auto done = wire::authorize(authorized_, {role, name, key->public_key}); !done)
            return std::unexpected(done.error());
        return wire::Credentials{own->public_key, *key};
    }

  private:
    Expected<void> apply_first_office(const v1::Office& office);
    void watch_calls();
    void publish(const v1::HallEvent& event);

    std::filesystem::path directory_;
    std::filesystem::path authorized_;
    std::mutex authorizing_;  // two callers must not lose each other's line in the file
    std::unique_ptr<content::Library> library_;
    // The core publishes through the server and the guard, and both ask the core: they go first at the end, and the
    // core's last events then find neither.
    std::unique_ptr<queue::Core> core_;
    std::mutex publishing_;
    std::unique_ptr<CallGuard> guard_;  // from before the first event; until then and after the last it is null
    std::unique_ptr<wire::Server> server_;

  public:
    ~RunningMaster() override {
        library_->on_change(nullptr);
        std::unique_ptr<wire::Server> last_server;
        {
            const std::scoped_lock lock(publishing_);
            last_server = std::move(server_);
        }
        last_server.reset();  // its thread asks the guard
        std::unique_ptr<CallGuard> last_guard;
        {
            const std::scoped_lock lock(publishing_);
            last_guard = std::move(guard_);
        }
        last_guard.reset();
        core_.reset();
    }
};

Expected<void> RunningMaster::apply_first_office(const v1::Office& office) {
    if (!core_->halls().empty()) return {};
    v1::Command command;
    command.set_cmd_id(wire::make_cmd_id());
    command.set_actor("first start");
    *command.mutable_apply_office()->mutable_office() = office;
    const v1::CommandReply reply = core_->submit_and_wait(std::move(command));
    if (reply.has_rejection()) return fail("the first office was refused: {}", reply.rejection().message());
    return {};
}

// What the queue core has told so far is known to the guard before it tells more.
void RunningMaster::watch_calls() {
    const std::scoped_lock lock(publishing_);
    guard_ = make_call_guard({.receipts = directory_ / "receipts.db", .submit = [this](v1::Command command) {
                                  core_->submit(std::move(command), [](const v1::CommandReply& reply) {
                                      // The call has gone on meanwhile; or the core says itself what is wrong.
                                      if (reply.has_rejection())
                                          spdlog::debug("call watch: {}", reply.rejection().message());
                                  });
                              }});
    guard_->rules(core_->office()->rules());
    for (const std::string& hall : core_->halls()) guard_->found(*core_->hall_state(hall));
}

void RunningMaster::publish(const v1::HallEvent& event) {
    const std::scoped_lock lock(publishing_);
    if (guard_) {
        const auto is_profile = [](const v1::HallChange& change) { return change.has_profile(); };
        if (std::ranges::any_of(event.changes(), is_profile)) guard_->rules(core_->office()->rules());
        guard_->hall_event(event);  // first: no player can report what the guard has not heard of
    }
    if (server_) server_->publish(event);
}

Expected<std::unique_ptr<Master>> RunningMaster::start(zmq::context_t& context, MasterOptions options) {
    auto master = std::make_unique<RunningMaster>();
    master->directory_ = options.directory;
    std::error_code error;
    std::filesystem::create_directories(options.directory / "keys", error);
    if (error) return fail("{}: cannot be made: {}", (options.directory / "keys").string(), error.message());
    std::filesystem::permissions(options.directory / "keys", std::filesystem::perms::owner_all, error);

    auto library = content::open_library(options.directory / "content");
    if (!library) return std::unexpected(library.error());
    master->library_ = std::move(*library);

    auto store = queue::open_sqlite_store(options.directory / "queue.db");
    if (!store) return std::unexpected(store.error());
    auto vault = queue::open_vault(options.directory / "persons.db");
    if (!vault) return std::unexpected(vault.error());
    auto publish = [self = master.get()](const v1::HallEvent& event) { self->publish(event); };
    auto core = queue::open_core(std::move(*store), {.now_ms = wall_clock_ms,
                                                     .day = queue::OfficeDay(),
                                                     .publish = publish,
                                                     .privacy = std::make_shared<queue::Privacy>(*std::move(vault))});
    if (!core) return std::unexpected(core.error());
    master->core_ = std::move(*core);
    if (auto applied = master->apply_first_office(options.first_office); !applied)
        return std::unexpected(applied.error());
    master->watch_calls();

    auto keys = wire::load_or_make_key_pair(options.directory / "keys" / "master.key");
    if (!keys) return std::unexpected(keys.error());
    master->authorized_ = options.directory / "keys" / "authorized";

    wire::ServerHandlers handlers{
        .command = [self = master.get()](v1::Command command,
                                         auto reply) { self->core_->submit(std::move(command), std::move(reply)); },
        .snapshot = [self = master.get()](const std::string& hall) { return self->core_->hall_state(hall); },
        .manifest = [self = master.get()] { return self->library_->manifest(); },
        .blob = [self = master.get()](const std::string& sha256) { return self->library_->blob(sha256); },
        .office = [self = master.get()] { return *self->core_->office(); },
        .receipts = [self = master.get()](
                        const std::string& player,
                        const v1::ReceiptReport& report) { return self->guard_->receipts(player, report); },
        .calls = [self = master.get()](const v1::CallsRequest& request) { return self->guard_->calls(request); },
    };
    auto server = wire::make_server(
        context, {.address = options.address, .port = options.port, .keys = *keys, .authorized = master->authorized_},
        std::move(handlers));
    if (!server) return std::unexpected(server.error());
    {
        const std::scoped_lock lock(master->publishing_);
        master->server_ = std::move(*server);
        master->server_->content_changed(master->library_->manifest().version());
    }
    master->library_->on_change([self = master.get()](const v1::ContentManifest& manifest) {
        const std::scoped_lock lock(self->publishing_);
        if (self->server_) self->server_->content_changed(manifest.version());
    });
    return master;
}

}  // namespace

Expected<std::unique_ptr<Master>> start_master(zmq::context_t& context, MasterOptions options) {
    return RunningMaster::start(context, std::move(options));
}

}  // namespace hallcast::master
