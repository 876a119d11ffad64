// Processes of the wire benchmark, each with a line of its own to the one that reports.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace hallcast::bench {

// Nanoseconds of CLOCK_MONOTONIC, which all processes of a machine share.
std::int64_t now_ns();

// Latencies in microseconds, put in order when they are asked for.
class Latencies {
  public:
    void add_ns(std::int64_t ns) { us_.push_back(std::uint32_t(ns < 0 ? 0 : ns / 1000)); }
    void join(const std::string& packed);
    std::string pack() const;
    void clear() { us_.clear(); }
    std::size_t count() const { return us_.size(); }
    double at_ms(double share);  // at_ms(0.99): the 99th percentile; 0 where there are none

  private:
    std::vector<std::uint32_t> us_;
};

// Whole messages between two processes. A process whose other side is gone ends.
class Channel {
  public:
    explicit Channel(int descriptor) : fd_(descriptor) {}
    int descriptor() const { return fd_; }
    void send(const std::string& message);
    std::string receive();
    bool readable() const;

  private:
    int fd_;
};

// A child that runs `role` and exits, named `name` in ps and perf. It ends with its parent, whatever happens to that.
class Process {
  public:
    Process(const char* name, const std::function<void(Channel&)>& role);
    ~Process();  // kills it
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    pid_t pid() const { return pid_; }
    Channel& channel() { return channel_; }
    std::string ask(const std::string& order);
    void stop();  // SIGSTOP, so that it reads nothing any more but keeps its sockets
    double rss_kib() const;
    double processor_seconds() const;

  private:
    pid_t pid_;
    Channel channel_;
};

// As many open files as this machine allows, for this process and its children.
std::uint64_t raise_file_limit();

}  // namespace hallcast::bench
