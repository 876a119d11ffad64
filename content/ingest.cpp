#include "content/ingest.h"

#include <spdlog/spdlog.h>
#include <stdlib.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <utility>

#include "content/house_profile.h"
#include "content/media_facts.h"
#include "content/sandbox.h"

namespace hallcast::content {
namespace {

namespace fs = std::filesystem;
using Step = IngestProgress::Step;

constexpr std::uintmax_t most_upload_bytes = 8ull << 30;
constexpr std::int64_t still_ms = 10'000;

// A folder that goes with everything in it, whatever becomes of the work. open_library() removes those of a crash.
class WorkFolder {
  public:
    static Expected<WorkFolder> make(const fs::path& incoming) {
        std::string name = (incoming / "ingest-XXXXXX").string();
        if (!::mkdtemp(name.data()))
            return fail("{}: no folder can be made there: {}", incoming.string(), std::strerror(errno));
        return WorkFolder(name);
    }
    ~WorkFolder() {
        std::error_code ignored;
        if (!path_.empty()) fs::remove_all(path_, ignored);
    }
    WorkFolder(WorkFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    WorkFolder& operator=(WorkFolder&&) = delete;

    const fs::path& path() const { return path_; }

  private:
    explicit WorkFolder(fs::path path) : path_(std::move(path)) {}

    fs::path path_;
};

// One ingest from probe to library. Its errors are reasons; ingest() puts the upload's name before them.
class Ingest {
  public:
    Ingest(Library& library, fs::path upload, const std::function<void(const IngestProgress&)>& progress,
           std::stop_token stop)
        : library_(library), upload_(std::move(upload)), progress_(progress), stop_(std::move(stop)) {}

    Expected<v1::ContentItem> run(const std::string& title) {
        tell(Step::probing, 0);
        std::error_code error;
        if (!fs::is_regular_file(upload_, error)) return fail("there is no such file");
        const std::uintmax_t bytes = fs::file_size(upload_, error);
        if (error) return fail("cannot be read: {}", error.message());
        if (bytes == 0) return fail("is empty");
        if (bytes > most_upload_bytes)
            return fail("has {} MB; at most {} are taken, make it smaller or shorter", bytes >> 20,
                        most_upload_bytes >> 20);
        const auto folder = WorkFolder::make(library_.incoming());
        if (!folder) return std::unexpected(folder.error());
        const Sandbox sandbox(upload_, folder->path());
        const auto facts = probe_media(sandbox, sandbox.input(), stop_);
        if (!facts) return std::unexpected(facts.error());
        if (auto accepted = check(*facts); !accepted) return std::unexpected(accepted.error());

        v1::ContentItem item;
        item.set_title(title);
        const std::string result = facts->picture ? "result.png" : "result.mp4";
        auto made = facts->picture ? make_still(sandbox, *facts, result) : make_film(sandbox, *facts, result, item);
        if (!made) return std::unexpected(made.error());

        tell(Step::checking, 0.96);
        if (auto checked = check_result(sandbox, *facts, result, item); !checked)
            return std::unexpected(checked.error());
        auto added = library_.add(folder->path() / result, std::move(item));
        if (added) tell(Step::done, 1);
        return added;
    }

  private:
    void tell(Step step, double share) {
        share_ = std::clamp(share, share_, 1.0);  // ffmpeg's clock may step back; a person's bar never does
        if (progress_) progress_({step, share_});
    }

    static Expected<void> check(const MediaFacts& facts) {
        if (facts.width > most_picture_side || facts.height > most_picture_side || facts.width < 1 || facts.height < 1)
            return fail("its picture has {} x {} pixels; at most {} a side are taken", facts.width, facts.height,
                        most_picture_side);
        if (!facts.picture && facts.seconds > longest_film_seconds)
            return fail("is {} minutes long; at most {} are taken", std::lround(facts.seconds / 60),
                        longest_film_seconds / 60);
        if (facts.high_dynamic_range) spdlog::warn("a video is HDR; it is taken as it is, its colours may look pale");
        return {};
    }

    Expected<ChildResult> ffmpeg(const Sandbox& sandbox, const std::vector<std::string>& arguments,
                                 const MediaFacts& facts,
                                 const std::function<void(std::string_view)>& on_line = nullptr) const {
        const double seconds = facts.seconds > 0 ? facts.seconds : longest_film_seconds;
        SandboxLimits limits;
        // Measured: 1080p60 takes about 2 s of CPU for each second; slow machines and hard films get ten times that.
        limits.cpu = std::chrono::seconds(300 + std::int64_t(20 * seconds));
        limits.wall = 3 * limits.cpu;
        limits.file_size = (std::uint64_t(seconds) + 40) * 2'000'000;  // 12.2 Mbit/s are 1.5 MB/s
        auto run = sandbox.run("ffmpeg", arguments, limits, stop_, on_line);
        if (!run) return run;
        switch (run->end) {
            case ChildResult::End::stopped:
                return fail("stopped");
            case ChildResult::End::too_long:
            case ChildResult::End::too_much_output:
            case ChildResult::End::killed_by_signal:
                return fail("converting it took too much time or memory");
            case ChildResult::End::exited:
                break;
        }
        // In the sandbox a signal arrives as 128 and its number.
        if (run->code > 128) return fail("converting it took too much time or memory, or it is damaged");
        if (run->code != 0) return fail("cannot be converted: {}", telling_line(run->errors));
        return run;
    }

    Expected<void> make_still(const Sandbox& sandbox, const MediaFacts& facts, const std::string& result) {
        tell(Step::transcoding, 0.1);
        auto run = ffmpeg(sandbox, still_arguments(sandbox.input(), facts, result), facts);
        if (!run) return std::unexpected(run.error());
        return {};
    }

    Expected<void> make_film(const Sandbox& sandbox, const MediaFacts& facts, const std::string& result,
                             v1::ContentItem& item) {
        double begin = 0.02;
        tell(Step::transcoding, begin);
        double gain = 0;
        if (facts.audio_stream >= 0) {
            auto measured = ffmpeg(sandbox, measure_arguments(sandbox.input(), facts), facts);
            if (!measured) return std::unexpected(measured.error());
            const auto loudness = read_loudness(measured->errors);
            if (!loudness) return std::unexpected(loudness.error());
            item.set_loudness_lufs(*loudness);
            gain = gain_for(*loudness);
            begin = 0.1;
            tell(Step::transcoding, begin);
        }
        const auto on_line = [&](std::string_view line) {
            constexpr std::string_view key = "out_time_us=";
            if (!line.starts_with(key) || facts.seconds <= 0) return;
            std::int64_t microseconds = 0;
            std::from_chars(line.data() + key.size(), line.data() + line.size(), microseconds);
            const double share = std::clamp(double(microseconds) / 1e6 / facts.seconds, 0.0, 1.0);
            tell(Step::transcoding, begin + share * (0.95 - begin));
        };
        auto run = ffmpeg(sandbox, film_arguments(sandbox.input(), facts, gain, result), facts, on_line);
        if (!run && !facts.texts.empty() && !stop_.stop_requested()) {
            // A film must not be lost to its captions.
            spdlog::warn("a film is converted once more, without its captions: {}", run.error().message);
            MediaFacts bare = facts;
            bare.texts.clear();
            run = ffmpeg(sandbox, film_arguments(sandbox.input(), bare, gain, result), facts, on_line);
        }
        if (!run) return std::unexpected(run.error());
        return {};
    }

    // Trusts nothing that ffmpeg did not really write.
    Expected<void> check_result(const Sandbox& sandbox, const MediaFacts& source, const std::string& result,
                                v1::ContentItem& item) const {
        const auto facts = probe_media(sandbox, "file:" + result, stop_);
        if (stop_.stop_requested()) return fail("stopped");
        if (!facts) return fail("was converted, but to no use: {}", facts.error().message);
        const bool right = source.picture
                               ? facts->picture && facts->video_codec == "png"
                               : !facts->picture && facts->video_codec == "h264" && facts->pixel_format == "yuv420p" &&
                                     (facts->audio_stream >= 0 ? facts->audio_codec == "aac" : source.audio_stream < 0);
        if (!right || facts->width > 1920 || facts->height > 1080)
            return fail("was converted, but not to what players play");
        if (!source.picture) {
            if (facts->seconds > longest_film_seconds)
                return fail("is longer than {} minutes, the most that is taken", longest_film_seconds / 60);
            if (facts->seconds < 0.9 * source.seconds - 1)
                return fail("is damaged or cut off: only {:.1f} of {:.1f} seconds could be read", facts->seconds,
                            source.seconds);
        }
        item.set_kind(source.picture ? v1::CONTENT_KIND_PICTURE : v1::CONTENT_KIND_VIDEO);
        // Captions may end after the pictures; a player does not wait for them.
        const double seconds = facts->picture_seconds > 0 ? facts->picture_seconds : facts->seconds;
        item.set_duration_ms(source.picture ? still_ms : std::max<std::int64_t>(1, std::llround(seconds * 1000)));
        item.set_width(std::uint32_t(facts->width));
        item.set_height(std::uint32_t(facts->height));
        return {};
    }

    Library& library_;
    const fs::path upload_;
    const std::function<void(const IngestProgress&)>& progress_;
    const std::stop_token stop_;
    double share_ = 0;
};

}  // namespace

Expected<v1::ContentItem> ingest(Library& library, const fs::path& upload, const std::string& title,
                                 const std::function<void(const IngestProgress&)>& progress, std::stop_token stop) {
    const std::string name = title.empty() ? upload.filename().string() : title;
    auto item = Ingest(library, upload, progress, std::move(stop)).run(name);
    if (!item) return fail("{}: {}", name, item.error().message);
    return item;
}

}  // namespace hallcast::content
