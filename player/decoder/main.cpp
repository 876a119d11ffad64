// hallcast-decoder: the host of the decoder workers, and of the receivers of live streams. hallcast starts it; see
// player/media/decoder_host.h.
#include <fcntl.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdlib>

#include "player/decoder/libav.h"
#include "player/decoder/worker_host.h"

int main(int count, char** arguments) {
    using namespace hallcast;
    const int control = count == 3 ? std::atoi(arguments[1]) : -1;
    if (control != 3 || ::fcntl(control, F_GETFD) < 0) {
        std::fprintf(stderr,
                     "hallcast-decoder decodes films for hallcast, which starts it by itself. There is nothing to "
                     "start by hand.\n");
        return 2;
    }
    ::close_range(4, ~0U, 0);
    ::fcntl(control, F_SETFD, FD_CLOEXEC);
    spdlog::set_default_logger(spdlog::stderr_logger_st("decoder"));
    spdlog::set_level(spdlog::level::from_str(arguments[2]));
    ::tzset();  // the log's times, while files can be read
    decoder::route_libav_log();
    return decoder::serve_workers(
        Descriptor(control), {[] { return decoder::make_libav_devices(); }, std::make_shared<decoder::RungMemory>()},
        decoder::receive_stream);
}
