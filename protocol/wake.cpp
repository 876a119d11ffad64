#include "protocol/wake.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include "protocol/base/error.h"

namespace hallcast::wire {

Wake::Wake() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) { HALLCAST_ASSERT(fd_ >= 0); }
Wake::~Wake() { ::close(fd_); }
void Wake::wake() { ::eventfd_write(fd_, 1); }
void Wake::clear() {
    eventfd_t ignored = 0;
    ::eventfd_read(fd_, &ignored);
}

}  // namespace hallcast::wire
