#include "player/decoder/worker_host.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <string>
#include <vector>

#include "player/decoder/rung_report.h"
#include "player/media/descriptor_message.h"
#include "player/media/worker_wire.h"
#include "protocol/base/stream_address.h"

namespace hallcast::decoder {
namespace {

using media::worker::Reply;

// A playlist has up to five clips open, and some that are ending.
constexpr std::size_t most_children = 32;

struct Child {
    pid_t process = -1;
    Descriptor player;                   // a worker's end, kept to say how it ended; none of a receiver
    std::optional<RungReports> reports;  // a worker's
};

class Host {
  public:
    Host(Descriptor control, const sigset_t& signals, WorkerHardware hardware, ReceiveStream receive)
        : control_(std::move(control)),
          signals_(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK)),
          hardware_(std::move(hardware)),
          receive_(receive) {}

    int run() {
        for (;;) {
            std::array<pollfd, 2> waits{{{control_.get(), POLLIN, 0}, {signals_.get(), POLLIN, 0}}};
            if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) return 1;
            if (waits[1].revents != 0) bury();
            if (waits[0].revents != 0 && !take_order()) {
                end_workers();
                return 0;
            }
        }
    }

  private:
    static void say(const Descriptor& player, const Reply& reply, std::span<const int> descriptors) {
        media::send_message(player.get(), media::message_of(reply), descriptors);
    }

    // False: the player is gone.
    bool take_order() {
        char order = 0;
        std::string text(most_stream_address, '\0');
        std::vector<Descriptor> descriptors;
        const long length = media::receive_message(control_.get(), {&order, 1}, text, &descriptors);
        if (length <= 0) return false;
        // Without a child its socket closes.
        if (descriptors.size() != 1 || children_.size() >= most_children) return true;
        text.resize(std::size_t(length) - 1);
        if (order == media::worker::order_receiver)
            start_receiver(std::move(descriptors[0]), text);
        else
            start_worker(std::move(descriptors[0]));
        return true;
    }

    void start_receiver(Descriptor pipe, const std::string& address) {
        const pid_t self = ::getpid();
        const pid_t process = ::fork();
        if (process == 0) {
            begin_child(self, "hallcast-stream");
            Descriptor own(::dup2(pipe.release(), 3));
            ::close_range(4, ~0U, 0);
            receive_(std::move(own), address);
            ::_exit(0);
        }
        if (process > 0) children_.push_back({process, {}, {}});
    }

    void start_worker(Descriptor player) {
        auto reports = make_rung_reports();
        if (!reports) return;
        for (Child& child : children_)
            if (child.reports) child.reports->take(*hardware_.memory);
        const pid_t self = ::getpid();
        const pid_t process = ::fork();
        if (process == 0) become_worker(std::move(player), std::move(reports->worker), self);
        if (process < 0) return;
        Descriptor handle(int(::syscall(SYS_pidfd_open, process, 0)));
        Reply reply;
        reply.kind = Reply::Kind::started;
        const int given = handle.get();
        say(player, reply, {&given, 1});
        children_.push_back({process, std::move(player), RungReports(std::move(reports->host))});
    }

    [[noreturn]] void become_worker(Descriptor player, Descriptor reports, pid_t host) {
        begin_child(host, "hallcast-clip");
        // Nothing of the other clips: only this one's socket, the one to report on, and where the log goes. First out
        // of the way: either may have the other's number.
        const int player_end = ::fcntl(player.release(), F_DUPFD, 5);
        const int report_end = ::fcntl(reports.release(), F_DUPFD, 5);
        const Descriptor own(::dup2(player_end, 3));
        ::dup2(report_end, 4);
        ::close_range(5, ~0U, 0);
        hardware_.memory->tell([](const RungFailure& failure) { report_rung(4, failure); });
        ::_exit(serve_clip(own, hardware_));
    }

    static void begin_child(pid_t host, const char* name) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != host) ::_exit(0);
        ::prctl(PR_SET_NAME, name);
        sigset_t none;
        ::sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
    }

    void bury() {
        signalfd_siginfo info{};
        while (::read(signals_.get(), &info, sizeof info) > 0) {
        }
        int status = 0;
        for (pid_t process = 0; (process = ::waitpid(-1, &status, WNOHANG)) > 0;) {
            const auto child = std::ranges::find(children_, process, &Child::process);
            if (child == children_.end()) continue;
            Reply reply;
            reply.kind = Reply::Kind::ended;
            reply.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
            if (child->player) say(child->player, reply, {});
            if (child->reports) child->reports->take(*hardware_.memory);
            children_.erase(child);
        }
    }

    // They would end by themselves with us. Waited for, what they used is counted as ours, and the player's.
    void end_workers() {
        for (const Child& child : children_) ::kill(child.process, SIGKILL);
        for (const Child& child : children_) ::waitpid(child.process, nullptr, 0);
        children_.clear();
    }

    Descriptor control_, signals_;
    const WorkerHardware hardware_;
    const ReceiveStream receive_;
    std::vector<Child> children_;
};

}  // namespace

int serve_workers(Descriptor control, WorkerHardware hardware, ReceiveStream receive) {
    // What the player is told to end by, it tells us by closing the socket.
    for (const int ignored : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) ::signal(ignored, SIG_IGN);
    sigset_t signals;
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &signals, nullptr);
    return Host(std::move(control), signals, std::move(hardware), receive).run();
}

}  // namespace hallcast::decoder
