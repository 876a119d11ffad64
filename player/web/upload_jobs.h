// Uploads on their way to the library: each is ingested on one worker thread, one after the other, and can be asked
// about.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "content/ingest.h"
#include "content/library.h"

namespace hallcast::web {

// Internally synchronized. Destroyed, it stops the job under way and removes what was uploaded.
class UploadJobs {
  public:
    explicit UploadJobs(content::Library& library);
    ~UploadJobs();

    // A place for one more upload: its path, on the library's file system. Nothing when most_underway are received or
    // wait already. Every place ends with add() or give_up().
    std::optional<std::filesystem::path> begin();
    // Takes `file` over: it is removed when the job has ended.
    std::uint64_t add(std::filesystem::path file, std::string title);
    void give_up(const std::filesystem::path& file);  // removes it

    // {"step","share","error","item"}; nothing for an unknown job. The last 64 ended jobs are remembered.
    std::optional<std::string> state_json(std::uint64_t job) const;

    static constexpr std::size_t most_underway = 16;

  private:
    struct Job {
        std::filesystem::path file;
        std::string title;
        std::string step = "waiting";
        double share = 0;
        std::string error;
        std::optional<v1::ContentItem> item;
    };
    void run(const std::stop_token& stop);
    void ingest_one(std::uint64_t number, const std::stop_token& stop);

    content::Library& library_;
    mutable std::mutex mutex_;
    std::condition_variable_any wake_;
    std::map<std::uint64_t, Job> jobs_;
    std::deque<std::uint64_t> waiting_;
    std::size_t receiving_ = 0;
    std::uint64_t last_job_ = 0;
    std::uint64_t last_file_ = 0;
    std::jthread worker_;
};

}  // namespace hallcast::web
