#include "tests/media/clips.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "tests/catch.h"

namespace hallcast::media::test {

TempFolder::TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "media-test-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
}

TempFolder::~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

void ffmpeg(const std::string& arguments, const std::filesystem::path& out) {
    const std::string command = fmt::format("ffmpeg -nostdin -loglevel error -y {} '{}'", arguments, out.string());
    const int status = std::system(command.c_str());
    INFO(command);
    REQUIRE(status == 0);
}

ClipFile clip_file(const std::filesystem::path& path) {
    auto file = open_clip_file(path);
    INFO((file ? "" : file.error().message));
    REQUIRE(file.has_value());
    return std::move(*file);
}

void make_clip(const std::filesystem::path& out, const ClipRecipe& recipe) {
    std::string boxes;
    for (int bit = 0; bit < 9; ++bit) {
        boxes += fmt::format(",drawbox=x={0}:y=0:w=16:h=16:color=black:t=fill", bit * 16);
        boxes += fmt::format(",drawbox=x={}:y=0:w=16:h=16:color=white:t=fill:enable='mod(floor((n+{})/{}),2)'",
                             bit * 16, recipe.first_number, 1 << bit);
    }
    const double seconds = double(recipe.pictures) / recipe.fps;
    const double sound_seconds = recipe.sound_seconds > 0 ? recipe.sound_seconds : seconds;
    std::string arguments = fmt::format("-f lavfi -i \"testsrc2=s=160x96:r={},trim=end_frame={},format=yuv420p{}\" ",
                                        recipe.fps, recipe.pictures, boxes);
    if (!recipe.sound.empty()) {
        // MP4 has no place for the lossless sound that the others have.
        const bool aac = out.extension() == ".mp4" && recipe.sound == ClipRecipe{}.sound;
        const std::string sound = aac ? "-c:a aac" : recipe.sound;
        arguments += fmt::format("-f lavfi -i \"sine=440:r=48000:d={}\" {} ", sound_seconds, sound);
    }
    ffmpeg(arguments + recipe.video, out);
}

int number_on(const picture::VideoFrame& frame) {
    int number = 0;
    for (int bit = 0; bit < 9; ++bit) {
        const int x = bit * 16 + 8;
        const int bytes = frame.format == picture::PixelFormat::bgra ? 4 : is_ten_bit(frame.format) ? 2 : 1;
        const std::uint8_t* pixel = frame.planes[0] + 8 * frame.strides[0] + x * bytes;
        const int value = frame.format == picture::PixelFormat::i010 ? (pixel[0] + 256 * pixel[1]) / 4 : *pixel;
        if (value > 128) number |= 1 << bit;
    }
    return number;
}

std::size_t TestSink::write(std::span<const float> interleaved) {
    const std::scoped_lock lock(mutex_);
    if (closed_) return 0;
    const Samples written = Samples(written_.size() / 2);
    const Samples room = clock_ + samples_per_second - written;
    const Samples taken = std::clamp<Samples>(room, 0, Samples(interleaved.size() / 2));
    written_.insert(written_.end(), interleaved.begin(), interleaved.begin() + taken * 2);
    changed_.notify_all();
    return std::size_t(taken);
}

namespace {
thread_local Samples told_now = 0;
}

Timeline TestSink::played(std::chrono::steady_clock::time_point) {
    const std::scoped_lock lock(mutex_);
    told_now = clock_;
    return time_of(clock_);
}

Samples TestSink::told() { return told_now; }

bool TestSink::advance(Samples by) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, patience, [&] { return Samples(written_.size() / 2) >= clock_ + by; })) return false;
    clock_ += by;
    return true;
}

void TestSink::close(bool closed) {
    const std::scoped_lock lock(mutex_);
    closed_ = closed;
}

bool TestSink::is_closed() const {
    const std::scoped_lock lock(mutex_);
    return closed_;
}

Samples TestSink::ahead() const {
    const std::scoped_lock lock(mutex_);
    return Samples(written_.size() / 2) - clock_;
}

Samples TestSink::clock() const {
    const std::scoped_lock lock(mutex_);
    return clock_;
}

std::vector<float> TestSink::written() const {
    const std::scoped_lock lock(mutex_);
    return written_;
}

Spectator::Spectator(PlaybackOptions options, OpenClip open) {
    options.wake = [this] {
        const std::scoped_lock lock(mutex_);
        ++wakes_;
        changed_.notify_all();
    };
    options.failed = [this](const std::string& entry, const Error& error) {
        const std::scoped_lock lock(mutex_);
        failures_[entry] = error.message;
        ++reports_;
        changed_.notify_all();
    };
    playback = make_playback(sink, std::move(open), std::move(options));
}

bool Spectator::watch(const std::function<bool()>& done, Samples longest) {
    for (;;) {
        std::uint64_t news = 0;
        {
            const std::scoped_lock lock(mutex_);
            news = wakes_ + reports_;
        }
        const auto now = std::chrono::steady_clock::now();
        const auto picture = playback->picture_at(now);
        if (!picture && last_) was_black = true;
        if (picture && picture != last_) {
            seen.push_back({number_on(*picture), sink.clock()});
            last_ = picture;
            const auto statistics = playback->statistics();
            most_waiting = std::max(most_waiting, statistics.decoded - statistics.dropped - seen.size());
        }
        if (done()) return true;
        const auto next = playback->next_change(now);
        if (next == std::chrono::steady_clock::time_point::max() || (sink.is_closed() && sink.ahead() == 0)) {
            std::unique_lock lock(mutex_);
            if (time_flies && picture) {
                // First a chance for the decoders: on a loaded machine time would fly past pictures that are on their
                // way.
                if (changed_.wait_for(lock, std::chrono::milliseconds(100), [&] { return wakes_ + reports_ != news; }))
                    continue;
                lock.unlock();
                if (!sink.advance(longest)) return done();
                continue;
            }
            if (!changed_.wait_for(lock, patience, [&] { return wakes_ + reports_ != news; })) return false;
            continue;
        }
        const Samples due = (std::chrono::nanoseconds(next - now).count() * 3 + 62'499) / 62'500;
        const Samples most = sink.is_closed() ? sink.ahead() : longest;
        if (!sink.advance(std::min({due, longest, most}))) return done();
    }
}

std::vector<int> Spectator::numbers() const {
    std::vector<int> numbers;
    for (const Seen& one : seen) numbers.push_back(one.number);
    return numbers;
}

std::map<std::string, std::string> Spectator::failures() const {
    const std::scoped_lock lock(mutex_);
    return failures_;
}

bool Spectator::wait_for_failures(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return failures_.size() >= count; });
}

std::vector<int> range(int first, int count) {
    std::vector<int> numbers(static_cast<std::size_t>(count));
    std::iota(numbers.begin(), numbers.end(), first);
    return numbers;
}

}  // namespace hallcast::media::test
