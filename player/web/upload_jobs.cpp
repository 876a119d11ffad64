#include "player/web/upload_jobs.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <system_error>

#include "player/sound/recordings.h"
#include "player/sound/voice_pack.h"
#include "player/web/json.h"

namespace hallcast::web {
namespace {

constexpr std::size_t most_remembered = 64;

const char* word(content::IngestProgress::Step step) {
    switch (step) {
        case content::IngestProgress::Step::probing:
            return "probing";
        case content::IngestProgress::Step::transcoding:
            return "transcoding";
        case content::IngestProgress::Step::checking:
            return "checking";
        default:
            return "checking";  // "done" is said only once the item is in the library
    }
}

// Checked as `hallcast voice check` does it. On this thread a voice takes a second.
Expected<v1::ContentItem> add_voice(content::Library& library, const std::filesystem::path& file,
                                    const std::string& title) {
    const auto pack = sound::VoicePack::open(file);
    if (!pack) return fail("{}: {}", title, pack.error().message);
    const auto faults = sound::check_pack(file);
    if (!faults) return fail("{}: {}", title, faults.error().message);
    if (auto right = sound::refuse_faults(title, *faults); !right) return std::unexpected(right.error());
    v1::ContentItem item;
    item.set_kind(v1::CONTENT_KIND_VOICE);
    item.set_title(title);
    item.set_language(pack->voice().language);
    return library.add(file, item);
}

void remove_quietly(const std::filesystem::path& file) {
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
}

}  // namespace

UploadJobs::UploadJobs(content::Library& library)
    : library_(library), worker_([this](const std::stop_token& stop) { run(stop); }) {}

UploadJobs::~UploadJobs() {
    worker_.request_stop();
    worker_.join();
    for (const std::uint64_t job : waiting_) remove_quietly(jobs_.at(job).file);
}

std::optional<std::filesystem::path> UploadJobs::begin() {
    const std::scoped_lock lock(mutex_);
    if (receiving_ + waiting_.size() >= most_underway) return std::nullopt;
    ++receiving_;
    return library_.incoming() / fmt::format("upload-{}-{}", ::getpid(), ++last_file_);
}

void UploadJobs::give_up(const std::filesystem::path& file) {
    remove_quietly(file);
    const std::scoped_lock lock(mutex_);
    HALLCAST_ASSERT(receiving_ > 0);
    --receiving_;
}

std::uint64_t UploadJobs::add(std::filesystem::path file, std::string title) {
    const std::scoped_lock lock(mutex_);
    HALLCAST_ASSERT(receiving_ > 0);
    --receiving_;
    // The oldest are forgotten; those that wait or run are among the newest, since fewer wait than are remembered.
    while (jobs_.size() >= most_remembered) jobs_.erase(jobs_.begin());
    const std::uint64_t number = ++last_job_;
    jobs_[number] = {.file = std::move(file), .title = std::move(title)};
    waiting_.push_back(number);
    wake_.notify_all();
    return number;
}

std::optional<std::string> UploadJobs::state_json(std::uint64_t number) const {
    const std::scoped_lock lock(mutex_);
    const auto found = jobs_.find(number);
    if (found == jobs_.end()) return std::nullopt;
    const Job& job = found->second;
    return fmt::format("{{\"step\":{},\"share\":{:.4f},\"error\":{},\"item\":{}}}", json_string(job.step), job.share,
                       json_string(job.error), job.item ? to_json(*job.item) : "null");
}

void UploadJobs::run(const std::stop_token& stop) {
    for (;;) {
        std::uint64_t number = 0;
        {
            std::unique_lock lock(mutex_);
            if (!wake_.wait(lock, stop, [this] { return !waiting_.empty(); })) return;
            number = waiting_.front();
            waiting_.pop_front();
        }
        ingest_one(number, stop);
        if (stop.stop_requested()) return;
    }
}

void UploadJobs::ingest_one(std::uint64_t number, const std::stop_token& stop) {
    std::filesystem::path file;
    std::string title;
    {
        const std::scoped_lock lock(mutex_);
        file = jobs_.at(number).file;
        title = jobs_.at(number).title;
    }
    const auto tell = [&](const content::IngestProgress& progress) {
        const std::scoped_lock lock(mutex_);
        jobs_.at(number).step = word(progress.step);
        jobs_.at(number).share = progress.share;
    };
    tell({});
    const auto item = sound::is_tar_file(file) ? add_voice(library_, file, title)
                                               : content::ingest(library_, file, title, tell, stop);
    remove_quietly(file);
    const std::scoped_lock lock(mutex_);
    Job& job = jobs_.at(number);
    if (item) {
        job.step = "done";
        job.share = 1;
        job.item = *item;
        spdlog::info("content: '{}' {} now ({})", title, item->kind() == v1::CONTENT_KIND_VOICE ? "speaks" : "plays",
                     item->id());
    } else {
        job.step = "refused";
        job.error = item.error().message;
        spdlog::warn("content: refused: {}", item.error().message);
    }
}

}  // namespace hallcast::web
