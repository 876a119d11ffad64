// The routes of the API: what each method and path does with the master. No sockets.
#pragma once

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

    // Whether this request is an upload that may be received: then its body is to be written to a file and given to
    // finish_upload(). Otherwise the answer to give.
    static bool is_upload(const Request& request);
    std::optional<Answer> refuse_upload(const Request& request) const;
    Answer finish_upload(const Request& request, const std::filesystem::path& file);

  private:
    bool authorised(const Request& request) const;
    void submit(const Request& request, v1::Command command, const Reply& reply);
    void issue_ticket(const Request& request, const Reply& reply);
    void counter_command(const Request& request, std::string_view rest, const Reply& reply);
    Answer content(const Request& request, std::string_view rest);

    master::Master& master_;
    UploadJobs& jobs_;
    std::string token_;
};

}  // namespace hallcast::web
