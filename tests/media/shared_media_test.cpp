#include <cstdlib>
#include <iostream>
#include <set>

#include "player/media/playback.h"
#include "tests/catch.h"
#include "tests/media/clips.h"

namespace hallcast::media::shared_media_test {

using namespace test;

TEST_CASE("real films of many kinds play, or say why not") {
    const char* source = std::getenv("HALLCAST_SOURCE");
    const auto folder = std::filesystem::path(source != nullptr ? source : ".") / ".." / "shared" / "media";
    if (!std::filesystem::is_directory(folder)) {
        std::cout << "skipped: no films at " << folder << " to play\n";
        return;
    }
    const std::set<std::string> unplayable{"sample_audio_only.mp4", "invalid-bitstream.webm"};
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
        const std::string name = file.path().filename();
        INFO(name);
        Spectator hall;
        hall.time_flies = true;
        hall.playback->set_playlist({{name, file.path(), std::chrono::milliseconds(0)}});
        // Long enough to loop the short ones.
        const bool ended =
            hall.watch([&] { return !hall.failures().empty() || hall.sink.clock() >= 3 * samples_per_second / 2; });
        CHECK(ended);
        for (const auto& [entry, message] : hall.failures()) std::cout << "skipped: " << message << "\n";
        CHECK(hall.failures().empty() == !unplayable.contains(name));
        CHECK_FALSE(hall.was_black);
        if (hall.failures().empty()) CHECK_FALSE(hall.seen.empty());
    }
}

}  // namespace hallcast::media::shared_media_test
