#include "player/media/worker_clip.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "player/media/descriptor_message.h"

namespace hallcast::media {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using worker::Reply;
using worker::Request;

// Asked for more than is needed, so that it is asked for less often.
constexpr nanoseconds read_ahead_more = milliseconds(500);
// The patience ends in the worker a little before it ends here: the worker can say what it was about.
constexpr milliseconds time_to_say{100};
// Of a time that a worker tells: a clip is shorter than a year.
constexpr std::int64_t longest = std::int64_t(365) * 24 * 3600 * 1'000'000'000;

bool in_time(std::int64_t time) { return time >= -longest && time <= longest; }
bool is_length(std::int64_t time) { return time >= 0 && time <= longest; }

template <std::size_t N>
std::string text_of(const std::array<char, N>& bytes) {
    std::string text(bytes.data(), ::strnlen(bytes.data(), bytes.size()));
    // It goes to logs and pages.
    std::ranges::replace_if(
        text, [](unsigned char c) { return c < 0x20 || c >= 0x7f; }, '?');
    return text;
}

std::string end_of(std::int32_t signal) {
    if (signal == 0) return "its decoder ended";
    const char* name = sigabbrev_np(signal);
    return fmt::format("its decoder was stopped by {}{}",
                       name != nullptr ? std::string("SIG") + name : std::to_string(signal),
                       signal == SIGSYS ? ", since it tried what no decoder has to do" : "");
}

}  // namespace

WorkerClip::WorkerClip(Descriptor worker, std::string name, SharedPictures pictures, const WorkerClipOptions& options,
                       std::stop_token stop)
    : worker_(std::move(worker)),
      name_(std::move(name)),
      pictures_(std::move(pictures)),
      stall_(options.stall),
      is_live_(options.is_stream),
      stop_(std::move(stop)),
      stopped_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      rest_(worker::most_sound_frames * 2) {
    static_assert(sizeof(worker::ShownPicture) * worker::most_pictures <=
                  worker::most_sound_frames * 2 * sizeof(float));
    HALLCAST_ASSERT(stopped_);
}

WorkerClip::~WorkerClip() {
    // It may be in the middle of a picture, or of something worse, and has nothing to lose.
    if (process_) ::syscall(SYS_pidfd_send_signal, process_.get(), SIGKILL, nullptr, 0);
}

Expected<std::unique_ptr<Clip>> WorkerClip::open(Descriptor worker, ClipFile file, WorkerClipOptions options,
                                                 std::stop_token stop) {
    auto pictures = SharedPictures::make();
    if (!pictures) return std::unexpected(pictures.error());
    std::unique_ptr<WorkerClip> clip(
        new WorkerClip(std::move(worker), file.name, std::move(*pictures), options, std::move(stop)));
    if (auto started = clip->start(file, options); !started) return std::unexpected(started.error());
    return clip;
}

Expected<void> WorkerClip::start(const ClipFile& file, const WorkerClipOptions& options) {
    Request request;
    request.kind = Request::Kind::open;
    request.argument = std::max(options.patience - time_to_say, options.patience / 2).count();
    request.file_bytes = file.size;
    request.page_ms = options.page_time.count();
    request.is_stream = options.is_stream ? 1 : 0;
    std::vector<int> descriptors{file.descriptor.get(), pictures_.descriptor()};
    for (const Descriptor& more : options.caption_descriptors) descriptors.push_back(more.get());
    HALLCAST_ASSERT(descriptors.size() <= most_descriptors && options.caption_text.size() <= worker::most_open_text);
    if (ask(request, options.patience, options.caption_text, descriptors)) {
        if (state_.kind == Reply::Kind::refused) return fail("{}: {}", name_, text_of(state_.text));
        if (state_.kind != Reply::Kind::done) give_up("its decoder answered something else");
    }
    // A film without a picture is none.
    auto first = next_picture();
    if (!fault_ && !first) give_up("its decoder found no picture");
    if (fault_) return std::unexpected(*fault_);
    ready_.push_front(std::move(*first));
    return {};
}

bool WorkerClip::give_up(std::string reason) {
    if (!fault_) fault_ = Error{fmt::format("{}: {}", name_, reason)};
    ready_.clear();
    return false;
}

bool WorkerClip::ask(Request request, milliseconds limit, std::string_view text, std::span<const int> descriptors) {
    if (fault_) return false;
    waits_ = false;
    request.hurry = hurry_ ? 1 : 0;
    pictures_.tell_released(request);
    if (!send_message(worker_.get(), message_of(request), text, descriptors)) {
        await(Clock::now(), milliseconds(0));  // the host may have said how it ended
        return give_up("its decoder is gone");
    }
    return await(Clock::now() + limit, limit);
}

// Of the messages that may come, those of the host about the worker, and the one answer.
bool WorkerClip::await(Clock::time_point deadline, milliseconds limit) {
    for (;;) {
        if (!wait_readable(deadline)) {
            if (stop_.stop_requested()) return give_up("it is not wanted any more");
            return give_up(fmt::format("its decoder gave nothing for {} ms", limit.count()));
        }
        Reply answer;
        std::vector<Descriptor> descriptors;
        const std::span<char> rest(reinterpret_cast<char*>(rest_.data()), rest_.size() * sizeof(float));
        const long length = receive_message(worker_.get(), message_of(answer), rest, process_ ? nullptr : &descriptors);
        if (length == 0) return give_up("its decoder is gone");
        if (length < long(sizeof answer)) return give_up("its decoder said something that cannot be read");
        if (answer.kind == Reply::Kind::started && !process_) {
            if (descriptors.size() != 1) return give_up("its decoder did not start");
            process_ = std::move(descriptors[0]);
        } else if (answer.kind == Reply::Kind::ended) {
            return give_up(end_of(answer.signal));
        } else {
            return take_answer(answer, length);
        }
    }
}

bool WorkerClip::wait_readable(Clock::time_point deadline) {
    const std::stop_callback callback(stop_, [this] { ::eventfd_write(stopped_.get(), 1); });
    for (;;) {
        const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
        std::array<pollfd, 2> waits{{{worker_.get(), POLLIN, 0}, {stopped_.get(), POLLIN, 0}}};
        const int ready = ::poll(waits.data(), waits.size(), int(std::clamp<std::int64_t>(left.count(), 0, 1 << 30)));
        if (ready < 0 && errno == EINTR) continue;
        HALLCAST_ASSERT(ready >= 0);
        return (waits[1].revents == 0) && waits[0].revents != 0;
    }
}

// What was known stays known where the answer cannot be.
bool WorkerClip::take_answer(const Reply& answer, long length) {
    const std::size_t frames = answer.kind == Reply::Kind::sound ? answer.sound_frames : 0;
    const std::size_t pictures = answer.kind == Reply::Kind::picture ? answer.picture_count : 0;
    const std::size_t rest = frames * 2 * sizeof(float) + pictures * sizeof(worker::ShownPicture);
    if (frames > worker::most_sound_frames || pictures > worker::most_pictures ||
        std::size_t(length) != sizeof answer + rest || !in_time(answer.at) || !is_length(answer.length) ||
        !is_length(answer.extent))
        return give_up("its decoder answered what cannot be");
    state_ = answer;
    return true;
}

bool WorkerClip::gave(Reply::Kind wanted) {
    if (state_.kind == Reply::Kind::nothing) return false;
    if (is_live_ && state_.kind == Reply::Kind::lost) return give_up(text_of(state_.text));
    waits_ = is_live_ && state_.kind == Reply::Kind::later;
    return waits_ ? false : state_.kind == wanted || give_up("its decoder answered something else");
}

void WorkerClip::expect(std::size_t pictures) {
    expected_ = std::clamp<std::size_t>(pictures, 1, worker::most_pictures);
}

std::optional<ClipPicture> WorkerClip::next_picture() {
    waits_ = false;
    if (ready_.empty()) {
        Request request;
        request.kind = Request::Kind::picture;
        request.argument = std::int64_t(expected_);
        if (!ask(request, stall_) || !gave(Reply::Kind::picture) || !take_pictures()) return std::nullopt;
    }
    ClipPicture picture = std::move(ready_.front());
    ready_.pop_front();
    return picture;
}

bool WorkerClip::take_pictures() {
    if (state_.picture_count < 1 || state_.picture_count > expected_)
        return give_up("its decoder answered something else");
    for (std::size_t i = 0; i < state_.picture_count; ++i) {
        worker::ShownPicture said;
        std::memcpy(&said, reinterpret_cast<const char*>(rest_.data()) + i * sizeof said, sizeof said);
        if (!in_time(said.at) || !is_length(said.duration)) return give_up("its decoder answered what cannot be");
        auto frame = pictures_.picture(said.picture);
        if (!frame) return give_up(frame.error().message);
        if (!take_overlay(**frame, said.overlay)) return false;
        ready_.push_back({std::move(*frame), nanoseconds(said.at), nanoseconds(said.duration)});
    }
    return true;
}

bool WorkerClip::take_overlay(picture::VideoFrame& frame, const worker::Overlay& said) {
    const auto within = [](std::int32_t value, std::int32_t least) { return value >= least && value <= 16'384; };
    if (said.kind == worker::Overlay::Kind::none) {
        overlay_ = nullptr;
    } else if (said.kind != worker::Overlay::Kind::same) {
        auto drawn = pictures_.picture(said.picture);
        if (!drawn) return give_up(drawn.error().message);
        if ((*drawn)->format != picture::PixelFormat::bgra || !within(said.x, 0) || !within(said.y, 0) ||
            !within(said.canvas_width, 1) || !within(said.canvas_height, 1))
            return give_up("its decoder put a caption where none can be");
        overlay_ = std::make_shared<picture::Overlay>(
            picture::Overlay{std::move(*drawn), said.x, said.y, said.canvas_width, said.canvas_height});
    }
    frame.overlay = overlay_;
    return true;
}

std::optional<ClipSound> WorkerClip::next_sound() {
    Request request;
    request.kind = Request::Kind::sound;
    if (!ask(request, stall_) || !gave(Reply::Kind::sound)) return std::nullopt;
    const auto end = rest_.begin() + std::ptrdiff_t(state_.sound_frames) * 2;
    ClipSound sound{nanoseconds(state_.at), std::vector<float>(rest_.begin(), end)};
    // A mixer that is given what is no number gives nothing else for a long time.
    std::ranges::replace_if(
        sound.samples, [](float sample) { return !(sample >= -8.0F && sample <= 8.0F); }, 0.0F);
    return sound;
}

bool WorkerClip::read_ahead(nanoseconds time) {
    if (!fault_ && extent() >= time) return state_.more_packets != 0;
    Request request;
    request.kind = Request::Kind::read_ahead;
    request.argument = (time + read_ahead_more).count();
    if (!ask(request, stall_)) return false;
    waits_ = is_live_ && extent() < time && state_.more_packets != 0;
    return state_.more_packets != 0;
}

ClipFacts WorkerClip::facts() const {
    return {text_of(state_.decoder), state_.kind == Reply::Kind::refused ? "" : text_of(state_.text), state_.concealed,
            state_.lost_packets, nanoseconds(state_.length)};
}

}  // namespace hallcast::media
