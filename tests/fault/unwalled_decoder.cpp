// unwalled_decoder: hallcast-decoder with receivers that lack a wall, so that a test of the walls can fail. For
// HALLCAST_DECODER (player/media/decoder_host.h); never installed. UNWALLED in the environment names what is missing:
// "list" (of protocols), "sandbox", or "list,sandbox".
#include <fcntl.h>

#include <cstdlib>
#include <string_view>

#include "player/decoder/receiver.h"
#include "player/decoder/worker_host.h"

namespace {

using namespace hallcast;

bool lacks(std::string_view wall) {
    const char* named = std::getenv("UNWALLED");
    return named != nullptr && std::string_view(named).find(wall) != std::string_view::npos;
}

void receive(Descriptor pipe, const std::string& address) {
    auto reach = decoder::reach_of_stream(address);
    const bool sandboxed = lacks("sandbox") || decoder::enter_receiver_sandbox();
    if (!reach || !sandboxed) return;
    if (lacks("list")) reach->protocols = "file,http,tcp,data,concat,subfile,crypto,pipe,cache,async";
    decoder::receive_within(*reach, std::move(pipe), address);
}

}  // namespace

int main() {
    constexpr int control = 3;
    ::fcntl(control, F_SETFD, FD_CLOEXEC);
    return decoder::serve_workers(
        Descriptor(control), {[] { return decoder::make_libav_devices(); }, std::make_shared<decoder::RungMemory>()},
        receive);
}
