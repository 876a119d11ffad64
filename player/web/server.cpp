#include "player/web/server.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "player/web/api.h"
#include "player/web/json.h"
#include "player/web/pages.h"
#include "player/web/request_head.h"

namespace hallcast::web {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;
using boost::system::error_code;

constexpr int threads = 2;
constexpr int most_connections = 256;
constexpr std::uint64_t upload_limit = 8ull << 30;
constexpr std::size_t upload_piece = 256 << 10;

// The commands that the core has not answered yet. Of its own, not the server's: the core's thread may hold it longest.
class OpenCommands {
  public:
    // False once the server goes: then nothing may be given to the core any more.
    bool begin() {
        const std::scoped_lock lock(mutex_);
        if (closed_) return false;
        ++open_;
        return true;
    }
    void end() {
        const std::scoped_lock lock(mutex_);
        --open_;
        changed_.notify_all();
    }
    void close_and_wait() {
        std::unique_lock lock(mutex_);
        closed_ = true;
        changed_.wait(lock, [this] { return open_ == 0; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int open_ = 0;
    bool closed_ = false;
};

// What all connections share; outlives them, since the server joins the threads before it goes.
struct Shared {
    Shared(master::Master& master, const WebOptions& options)
        : jobs(master.library()),
          api(master, jobs, options.token),
          page_token(options.hand_out_token ? options.token : ""),
          patience(options.patience) {}
    UploadJobs jobs;
    Api api;
    std::string page_token;
    std::chrono::milliseconds patience;
    std::atomic<int> connections{0};
    std::shared_ptr<OpenCommands> commands = std::make_shared<OpenCommands>();
};

// A site that makes its own name point here (DNS rebinding) is same-origin to a browser, but shows in Host.
bool names_loopback(std::string_view host) {
    if (const std::size_t colon = host.rfind(':'); colon != std::string_view::npos && !host.ends_with(']'))
        host = host.substr(0, colon);
    return host == "127.0.0.1" || beast::iequals(host, "localhost") || host == "[::1]";
}

// One connection: request, answer, and again. All its handlers run on one strand.
class Connection : public std::enable_shared_from_this<Connection> {
  public:
    Connection(tcp::socket socket, std::shared_ptr<Shared> shared)
        : stream_(std::move(socket)), shared_(std::move(shared)), buffer_(upload_piece) {
        ++shared_->connections;
    }
    ~Connection() {
        remove_upload();
        --shared_->connections;
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void start() {
        asio::dispatch(stream_.get_executor(), [self = shared_from_this()] { self->read_header(); });
    }

  private:
    void read_header() {
        request_ = {};
        keep_alive_ = false;
        header_.emplace();
        header_->header_limit(header_limit);
        header_->body_limit(upload_limit);
        stream_.expires_after(shared_->patience);
        http::async_read_header(stream_, buffer_, *header_,
                                [self = shared_from_this()](error_code error, std::size_t) { self->on_header(error); });
    }

    void on_header(error_code error) {
        if (error == http::error::header_limit)
            return refuse(error_answer(431, "INVALID", "the request's header is too long"));
        if (error == http::error::body_limit)
            return refuse(error_answer(413, "INVALID", "the file is larger than 8 GiB, the most that is taken"));
        if (error == beast::error::timeout || error == http::error::end_of_stream) return close();
        if (error) {
            if (error.category() == http::make_error_code(http::error::bad_method).category())
                return refuse(
                    error_answer(400, "INVALID", "this is no HTTP request that is understood: " + error.message()));
            return close();
        }
        const auto& message = header_->get();
        request_ = request_of(message);
        keep_alive_ = message.keep_alive();
        version_ = message.version();
        const bool upload = Api::is_upload(request_);
        if (upload) {
            auto file = shared_->api.begin_upload(request_, header_->content_length().value_or(0));
            if (!file) return refuse(std::move(file.error()));
            upload_path_ = *std::move(file);
        }
        if (!upload && header_->content_length().value_or(0) > body_limit)
            return refuse(error_answer(413, "INVALID", "the body is longer than 64 KiB, the most that a command has"));
        if (beast::iequals(message[http::field::expect], "100-continue")) return write_continue(upload);
        read_body(upload);
    }

    // curl waits for this before it sends a large file.
    void write_continue(bool upload) {
        auto answer = std::make_shared<http::response<http::empty_body>>(http::status::continue_, version_);
        http::async_write(stream_, *answer, [self = shared_from_this(), answer, upload](error_code error, std::size_t) {
            if (error)
                self->close();
            else
                self->read_body(upload);
        });
    }

    void read_body(bool upload) {
        if (upload) return read_upload();
        body_.emplace(std::move(*header_));
        body_->body_limit(body_limit);
        http::async_read(stream_, buffer_, *body_, [self = shared_from_this()](error_code error, std::size_t) {
            if (error == http::error::body_limit)
                return self->refuse(
                    error_answer(413, "INVALID", "the body is longer than 64 KiB, the most that a command has"));
            if (error) return self->close();
            self->request_.body = std::move(self->body_->get().body());
            self->answer_request();
        });
    }

    void read_upload() {
        upload_.emplace(std::move(*header_));
        upload_->body_limit(upload_limit);
        error_code error;
        upload_->get().body().open(upload_path_.c_str(), beast::file_mode::write, error);
        if (error)
            return refuse(error_answer(
                507, "UNAVAILABLE", fmt::format("the upload cannot be kept ({}); is the disk full?", error.message())));
        read_upload_piece();
    }

    void read_upload_piece() {
        stream_.expires_after(shared_->patience);  // anew for each piece: a slow line may take its time, a dead one not
        http::async_read_some(stream_, buffer_, *upload_, [self = shared_from_this()](error_code error, std::size_t) {
            if (error.category() == boost::system::system_category() &&
                error == boost::system::errc::no_space_on_device)
                return self->refuse(
                    error_answer(507, "UNAVAILABLE", "the disk is full; remove content that is no longer needed"));
            if (error == http::error::body_limit)
                return self->refuse(
                    error_answer(413, "INVALID", "the file is larger than 8 GiB, the most that is taken"));
            if (error) return self->close();
            if (!self->upload_->is_done()) return self->read_upload_piece();
            self->upload_.reset();  // closes the file
            self->write(self->shared_->api.finish_upload(self->request_, std::exchange(self->upload_path_, {})));
        });
    }

    void answer_request() {
        stream_.expires_never();  // the core answers when it is durable; its own bounds hold
        auto found = page(request_.path, names_loopback(request_.host) ? shared_->page_token : "");
        if (request_.path == "/healthz") found = Answer{.body = "{\"status\":\"ok\"}"};
        if (found) {
            if (request_.method == "GET" || request_.method == "HEAD") return write(std::move(*found));
            Answer wrong = error_answer(405, "METHOD_NOT_ALLOWED", request_.path + " takes GET");
            wrong.headers.emplace_back("Allow", "GET, HEAD");
            return write(std::move(wrong));
        }
        if (!request_.path.starts_with("/api/"))
            return write(error_answer(404, "NOT_FOUND", "there is no such page; begin at /"));
        if (!shared_->commands->begin())
            return refuse(error_answer(503, "UNAVAILABLE", "the master is stopping; nothing happened, try again"));
        // The core answers on its own thread, and the server may be gone as soon as the answer is counted. So by then
        // nothing of the server's may be left in the core's hands: not the connection, and not its executor.
        shared_->api.handle(request_, [self = shared_from_this(), commands = shared_->commands](Answer answer) mutable {
            {
                const auto executor = self->stream_.get_executor();
                asio::post(executor, [self = std::move(self), answer = std::move(answer)]() mutable {
                    self->write(std::move(answer));
                });
            }
            commands->end();
        });
    }

    // After a request whose body is not read: nothing more can be understood on this connection.
    void refuse(Answer answer) {
        keep_alive_ = false;
        deaf_ = true;
        remove_upload();
        write(std::move(answer));
    }

    void write(Answer answer) {
        response_.emplace(http::int_to_status(answer.status), version_);
        response_->set(http::field::content_type, answer.type);
        response_->set(http::field::cache_control, "no-store");
        response_->set("X-Content-Type-Options", "nosniff");
        for (const auto& [name, value] : answer.headers) response_->set(name, value);
        response_->keep_alive(keep_alive_);
        response_->body() = std::move(answer.body);
        response_->prepare_payload();
        if (request_.method == "HEAD") response_->body().clear();  // the length stays that of the page
        stream_.expires_after(shared_->patience);
        http::async_write(stream_, *response_, [self = shared_from_this()](error_code error, std::size_t) {
            if (!error && self->keep_alive_) return self->read_header();
            self->close();
            if (!error && self->deaf_) self->drain();
        });
    }

    // A socket closed with bytes unread is reset, and a reset can overtake the answer: the client, which still sends,
    // would see a broken connection instead of the reason. So what it sends is thrown away until it has read it.
    // No new deadline: all this is within the patience of the answer.
    void drain() {
        buffer_.clear();
        stream_.async_read_some(buffer_.prepare(64 << 10), [self = shared_from_this()](error_code error, std::size_t) {
            if (!error) self->drain();
        });
    }

    void close() {
        error_code ignored;
        stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
        remove_upload();
    }

    void remove_upload() {
        upload_.reset();
        if (!upload_path_.empty()) shared_->jobs.give_up(std::exchange(upload_path_, {}));
    }

    beast::tcp_stream stream_;
    std::shared_ptr<Shared> shared_;
    beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::empty_body>> header_;
    std::optional<http::request_parser<http::string_body>> body_;
    std::optional<http::request_parser<http::file_body>> upload_;
    std::optional<http::response<http::string_body>> response_;
    std::filesystem::path upload_path_;
    Request request_;
    bool keep_alive_ = false;
    bool deaf_ = false;  // what the client still sends is not wanted
    unsigned version_ = 11;
};

class RunningServer final : public WebServer {
  public:
    RunningServer(master::Master& master, const WebOptions& options)
        : io_(threads), acceptor_(io_), again_(io_), shared_(std::make_shared<Shared>(master, options)) {}

    ~RunningServer() override {
        // What was handed to the core is answered first: its answer goes through this pool. The core always answers.
        shared_->commands->close_and_wait();
        io_.stop();
        for (std::thread& thread : pool_) thread.join();
    }

    Expected<void> listen(const WebOptions& options) {
        error_code error;
        const auto address = asio::ip::make_address(options.address == "*" ? "0.0.0.0" : options.address, error);
        if (error) return fail("the pages' address '{}' is no IP address: {}", options.address, error.message());
        if (options.hand_out_token && !address.is_loopback())
            return fail("pages that are handed the token listen on loopback only, not on {}", options.address);
        const tcp::endpoint endpoint(address, options.port);
        acceptor_.open(endpoint.protocol(), error);
        if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
        if (!error) acceptor_.bind(endpoint, error);
        if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
        if (error)
            return fail(
                "the pages cannot listen on {}:{}: {}; is another hallcast running? Choose another port with --http",
                options.address, options.port, error.message());
        port_ = acceptor_.local_endpoint().port();
        accept();
        for (int i = 0; i < threads; ++i) pool_.emplace_back([this] { io_.run(); });
        return {};
    }

    std::uint16_t port() const override { return port_; }

  private:
    void accept() {
        acceptor_.async_accept(asio::make_strand(io_), [this](error_code error, tcp::socket socket) {
            if (!error && shared_->connections < most_connections) {
                error_code ignored;
                socket.set_option(tcp::no_delay(true), ignored);
                std::make_shared<Connection>(std::move(socket), shared_)->start();
            }
            if (!error) return accept();
            // Out of descriptors, mostly: trying again at once would only burn a core until one is free.
            spdlog::warn("a connection to the pages could not be taken: {}", error.message());
            again_.expires_after(std::chrono::milliseconds(200));
            again_.async_wait([this](error_code) { accept(); });
        });
    }

    asio::io_context io_;
    tcp::acceptor acceptor_;
    asio::steady_timer again_;
    std::uint16_t port_ = 0;
    std::shared_ptr<Shared> shared_;
    std::vector<std::thread> pool_;
};

}  // namespace

Expected<std::unique_ptr<WebServer>> start_web_server(master::Master& master, WebOptions options) {
    auto server = std::make_unique<RunningServer>(master, options);
    if (auto listening = server->listen(options); !listening) return std::unexpected(listening.error());
    return server;
}

}  // namespace hallcast::web
