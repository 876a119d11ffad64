// The routes of the API: what each method and path does with the master. No sockets.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "player/master/master.h"
#include "player/web/http.h"
#include "player/web/upload_jobs.h"

namespace hallcast::web {

// Internally synchronized. `master` and `jobs` must outlive it.
class Api {
  public:
    Api(master::Master& master, UploadJobs& jobs, std::string token);

    void handle(const Request& request, const Reply& reply);

    // An upload's body is written to the file that begin_upload() names, and given to finish_upload(), or else to
    // UploadJobs::give_up(). Or the answer that refuses it, before any of the body is received. `bytes`: 0 where
    // unknown.
    static bool is_upload(const Request& request);
    std::expected<std::filesystem::path, Answer> begin_upload(const Request& request, std::uint64_t bytes) const;
    Answer finish_upload(const Request& request, const std::filesystem::path& file) const;

  private:
    bool authorised(const Request& request) const;
    void submit(const Request& request, v1::Command command, const Reply& reply);
    void issue_ticket(const Request& request, const Reply& reply);
    void lease_numbers(const Request& request, const Reply& reply);
    void notice_command(const Request& request, std::string_view rest, const Reply& reply);
    void ticket_command(const Request& request, std::string_view rest, const Reply& reply);
    void counter_command(const Request& request, std::string_view rest, const Reply& reply);
    Answer calls(const Request& request) const;
    Answer content(const Request& request, std::string_view rest);
    Answer add_stream(const Request& request) const;

    master::Master& master_;
    UploadJobs& jobs_;
    std::string token_;
};

}  // namespace hallcast::web
