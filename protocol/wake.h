// Wakes a thread that waits in zmq_poll.
#pragma once

namespace hallcast::wire {

// An eventfd. wake(): any thread; descriptor() and clear(): the thread that waits.
class Wake {
  public:
    Wake();
    ~Wake();
    Wake(const Wake&) = delete;
    Wake& operator=(const Wake&) = delete;

    int descriptor() const { return fd_; }  // readable from wake() to clear()
    void wake();
    void clear();

  private:
    int fd_;
};

}  // namespace hallcast::wire
