// Bytes on a connection to the master's pages, as a browser or anybody else may send them: head and body are read as
// the server reads them, and what they ask for is answered once, with JSON that can be read, by an office at work.
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http.hpp>

#include "player/master/master.h"
#include "player/web/api.h"
#include "player/web/pages.h"
#include "player/web/request_head.h"
#include "tests/fuzz/office_at_work.h"

namespace {

using namespace hallcast;
namespace http = boost::beast::http;

constexpr const char* token = "t";

class MasterAtWork final : public master::Master {
  public:
    MasterAtWork() { std::filesystem::create_directories(folder_); }
    ~MasterAtWork() override { std::filesystem::remove_all(folder_); }

    void submit(v1::Command command, std::function<void(const v1::CommandReply&)> done) override {
        done(office_->send(std::move(command)));
    }
    std::shared_ptr<const v1::HallState> hall_state(std::string_view hall) const override {
        for (const v1::Hall& one : office_->state().office->halls())
            if (hall.empty() || one.id() == hall)
                return std::make_shared<const v1::HallState>(queue::project(office_->state(), one));
        return nullptr;
    }
    std::shared_ptr<const v1::Office> office() const override { return office_->state().office; }
    v1::CallList calls(const v1::CallsRequest&) const override { return {}; }
    void players(std::function<void(const v1::PlayerList&)> done) const override { done({}); }
    content::Library& library() override { return *library_; }
    std::uint16_t port() const override { return 0; }
    Expected<wire::Credentials> credentials_for(const std::string&, wire::Role) override {
        return fail("no keys here");
    }

    // For each input the same morning.
    void begin_again() {
        static const fuzz::OfficeAtWork morning;
        office_.emplace(morning);
    }

  private:
    std::filesystem::path folder_ = "/dev/shm/hallcast-fuzz-" + std::to_string(::getpid());
    std::unique_ptr<content::Library> library_ = content::open_library(folder_ / "content").value();
    std::optional<fuzz::OfficeAtWork> office_;
};

struct Server {
    MasterAtWork master;
    web::UploadJobs jobs{master.library()};
    web::Api api{master, jobs, token};
};

void check(const web::Answer& answer) {
    fuzz::require(answer.status >= 200 && answer.status < 600);
    if (answer.type != "application/json" || answer.body.empty()) return;
    google::protobuf::Value value;
    fuzz::require(google::protobuf::util::JsonStringToMessage(answer.body, &value).ok());
}

void answer(Server& server, const web::Request& request) {
    if (web::page(request.path, token)) return;
    if (web::Api::is_upload(request)) {
        const auto file = server.api.begin_upload(request, request.body.size());
        if (!file) return check(file.error());
        fuzz::require(file->lexically_normal() == *file);
        return server.jobs.give_up(*file);
    }
    int answers = 0;
    server.api.handle(request, [&](const web::Answer& given) {
        ++answers;
        check(given);
    });
    fuzz::require(answers == 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Server server;
    fuzz::be_quiet();
    server.master.begin_again();
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    while (!rest.empty()) {
        http::request_parser<http::string_body> parser;
        parser.header_limit(web::header_limit);
        parser.body_limit(web::body_limit);
        parser.eager(true);
        boost::system::error_code error;
        const std::size_t taken = parser.put(boost::asio::buffer(rest.data(), rest.size()), error);
        if (!error && !parser.is_done()) parser.put_eof(error);
        if (error || !parser.is_done()) return 0;
        web::Request request = web::request_of(parser.get());
        request.body = std::move(parser.get().body());
        fuzz::require(request.body.size() <= web::body_limit);
        answer(server, request);
        if (taken == 0) return 0;
        rest.remove_prefix(taken);
    }
    return 0;
}
