#include "player/runtime/content_sync.h"

#include <spdlog/spdlog.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "content/fetch.h"

namespace hallcast::runtime {
namespace {

constexpr std::chrono::seconds answer_limit{5};
constexpr std::chrono::seconds retry_after{5};

class SyncBlobSource final : public content::BlobSource {
  public:
    explicit SyncBlobSource(wire::SyncClient& client) : client_(client) {}
    Expected<std::string> read(const std::string& sha256, std::uint64_t offset, std::uint32_t length) override {
        v1::SyncRequest request;
        request.mutable_blob()->set_sha256(sha256);
        request.mutable_blob()->set_offset(offset);
        request.mutable_blob()->set_length(length);
        auto reply = client_.ask(std::move(request), answer_limit);
        if (!reply) return std::unexpected(reply.error());
        if (reply->has_error()) return fail("the master has no piece of {}: {}", sha256, reply->error().message());
        return std::move(*reply->mutable_blob()->mutable_bytes());
    }

  private:
    wire::SyncClient& client_;
};

class RunningSync final : public ContentSync {
  public:
    RunningSync(zmq::context_t& context, content::Library& library, const wire::MasterAddress& master,
                const wire::Credentials& credentials, std::function<void()> changed)
        : context_(context),
          master_(master),
          library_(library),
          changed_(std::move(changed)),
          client_(wire::make_sync_client(context, master, credentials)),
          thread_([this](std::stop_token stop) { run(stop); }) {}

    void wanted(std::uint64_t version) override {
        const std::scoped_lock lock(mutex_);
        wanted_ = version;
        wake_.notify_all();
    }

    void learnt(wire::Credentials credentials) override {
        const std::scoped_lock lock(mutex_);
        credentials_ = std::move(credentials);
    }

  private:
    void run(const std::stop_token& stop) {
        // Asked for once at every start, even when the cached list has the same version: it may be another master's.
        std::uint64_t done = 0;
        while (!stop.stop_requested()) {
            {
                std::unique_lock lock(mutex_);
                if (!wake_.wait(lock, stop, [&] { return wanted_ != 0 && wanted_ != done; })) return;
            }
            if (auto version = take_over(stop)) {
                done = *version;
                changed_();
                continue;
            } else if (!stop.stop_requested()) {
                spdlog::warn("content: {}; trying again in {} s", version.error().message, retry_after.count());
            }
            std::unique_lock lock(mutex_);
            wake_.wait_for(lock, stop, retry_after, [] { return false; });
        }
    }

    // The thread alone uses the client.
    void renew_client() {
        std::optional<wire::Credentials> credentials;
        {
            const std::scoped_lock lock(mutex_);
            credentials.swap(credentials_);
        }
        if (credentials) client_ = wire::make_sync_client(context_, master_, *credentials);
    }

    Expected<std::uint64_t> take_over(const std::stop_token& stop) {
        renew_client();
        v1::SyncRequest request;
        request.mutable_manifest();
        auto reply = client_->ask(std::move(request), answer_limit);
        if (!reply) return std::unexpected(reply.error());
        if (!reply->has_manifest()) return fail("the master gave no list of its content: {}", reply->error().message());
        SyncBlobSource source(*client_);
        if (auto fetched = content::fetch(library_, reply->manifest(), source, stop); !fetched)
            return std::unexpected(fetched.error());
        return reply->manifest().version();
    }

    zmq::context_t& context_;
    const wire::MasterAddress master_;
    content::Library& library_;
    std::function<void()> changed_;
    std::unique_ptr<wire::SyncClient> client_;
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::uint64_t wanted_ = 0;                      // protected by mutex_
    std::optional<wire::Credentials> credentials_;  // protected by mutex_: another client's
    std::jthread thread_;
};

}  // namespace

std::unique_ptr<ContentSync> make_content_sync(zmq::context_t& context, content::Library& library,
                                               wire::MasterAddress master, wire::Credentials credentials,
                                               std::function<void()> changed) {
    return std::make_unique<RunningSync>(context, library, master, credentials, std::move(changed));
}

}  // namespace hallcast::runtime
