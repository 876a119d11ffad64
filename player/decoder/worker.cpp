#include "player/decoder/worker.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>
#include <vector>

#include "player/decoder/frame_store.h"
#include "player/decoder/open_clip.h"
#include "player/decoder/sandbox.h"
#include "player/media/clip_file.h"
#include "player/media/descriptor_message.h"
#include "player/media/samples.h"
#include "player/media/worker_wire.h"

namespace hallcast::decoder {
namespace {

using media::worker::Overlay;
using media::worker::Reply;
using media::worker::Request;
using media::worker::ShownPicture;

constexpr std::size_t together = 2 * 12'288;  // floats of sound: 256 ms
// Of pictures that are asked for together: what takes long is not waited for by what is there. Far below the time after
// which the player takes a worker for stuck, which thus counts for each picture.
constexpr auto picture_time = std::chrono::milliseconds(30);
constexpr auto follows = std::chrono::microseconds(11);  // half a sample

template <std::size_t N>
void set_text(std::array<char, N>& to, const std::string& text) {
    to.fill(0);
    std::copy_n(text.data(), std::min(text.size(), N - 1), to.data());
}

template <typename T>
std::span<const char> bytes_of(std::span<const T> objects) {
    return {reinterpret_cast<const char*>(objects.data()), objects.size_bytes()};
}

// What the text of the request (worker_wire.h) says of the descriptors that came with it.
CaptionSetup captions_of(const std::string& text, std::span<const Descriptor> descriptors) {
    CaptionSetup setup;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string kind, first, second;
        std::getline(fields, kind, '\t');
        std::getline(fields, first, '\t');
        std::getline(fields, second, '\t');
        if (kind == "language") {
            setup.languages.push_back({first, second});
            continue;
        }
        if (descriptors.empty()) break;
        if (kind == "font") setup.add_font(first, descriptors.front());
        if (kind == "captions") setup.add_file(second, first, descriptors.front());
        descriptors = descriptors.subspan(1);
    }
    return setup;
}

class Worker {
  public:
    Worker(const Descriptor& player, const WorkerHardware& hardware) : player_(player), hardware_(hardware) {}

    bool open() {
        Request request;
        std::vector<Descriptor> descriptors;
        std::string text(media::worker::most_open_text, '\0');
        const long length = media::receive_message(player_.get(), media::message_of(request), text, &descriptors);
        if (length < long(sizeof request) || request.kind != Request::Kind::open || descriptors.size() < 2)
            return false;
        text.resize(std::size_t(length) - sizeof request);
        memory_ = FrameStore::map(descriptors[1]);
        // Devices do not survive a fork, and cannot be opened in the sandbox.
        devices_ = open_devices(hardware_.make_layer(), hardware_.memory.get());
        ReaderOptions options{.patience = std::chrono::milliseconds(request.argument),
                              .stop = {},
                              .memory = memory_.get(),
                              .decoding = {devices_, hardware_.memory, {}},
                              .captions = captions_of(text, std::span(descriptors).subspan(2)),
                              .page_time = std::chrono::milliseconds(request.page_ms),
                              .is_stream = request.is_stream != 0};
        const auto sandboxed = enter_sandbox({});
        auto clip = !memory_    ? fail("no memory to share with the player")
                    : sandboxed ? open_clip({std::move(descriptors[0]), request.file_bytes, ""}, std::move(options))
                                : std::unexpected(sandboxed.error());
        descriptors.clear();
        Reply reply;
        if (!clip) {
            reply.kind = Reply::Kind::refused;
            set_text(reply.text, clip.error().message);
            send(reply);
            return false;
        }
        clip_ = std::move(*clip);
        reply.kind = Reply::Kind::done;
        say_state(reply);
        return send(reply);
    }

    // False: the player is gone, or talks nonsense.
    bool answer() {
        Request request;
        if (!receive(request) || request.released_count > request.released.size()) return false;
        for (std::size_t i = 0; i < request.released_count; ++i) memory_->release(request.released[i]);
        clip_->hurry(request.hurry != 0);
        Reply reply;
        std::span<const char> rest;
        switch (request.kind) {
            case Request::Kind::open:
                return false;
            case Request::Kind::picture:
                rest = pictures(reply, request.argument);
                break;
            case Request::Kind::sound:
                rest = bytes_of(sound(reply));
                break;
            case Request::Kind::read_ahead:
                reply.kind = Reply::Kind::done;
                more_packets_ = clip_->read_ahead(std::chrono::nanoseconds(request.argument));
                break;
        }
        say_state(reply);
        return send(reply, rest);
    }

  private:
    bool receive(Request& request) {
        return media::receive_message(player_.get(), media::message_of(request)) == long(sizeof request);
    }

    bool send(const Reply& reply, std::span<const char> rest = {}) {
        return media::send_message(player_.get(), media::message_of(reply), rest, {});
    }

    std::span<const char> pictures(Reply& reply, std::int64_t most) {
        const auto until = std::chrono::steady_clock::now() + picture_time;
        most = std::clamp<std::int64_t>(most, 1, media::worker::most_pictures);
        shown_.clear();
        do {
            if (!picture()) break;
        } while (std::int64_t(shown_.size()) < most && std::chrono::steady_clock::now() < until);
        if (shown_.empty()) {
            say_nothing(reply);
            return {};
        }
        reply.kind = Reply::Kind::picture;
        reply.picture_count = std::uint32_t(shown_.size());
        return bytes_of(std::span<const ShownPicture>(shown_));
    }

    // False: there is none any more, or none yet.
    bool picture() {
        auto picture = ended_ ? std::nullopt : clip_->next_picture();
        if (!picture) {
            // The last one may be shown for long.
            if (!clip_->waits() && !std::exchange(ended_, true)) memory_->trim();
            return false;
        }
        ShownPicture shown;
        shown.at = picture->at.count();
        shown.duration = picture->duration.count();
        const auto overlay = picture->frame->overlay;
        // Without memory there is none to give: the clip ends here.
        auto lent = memory_->lend(std::move(picture->frame));
        if (!lent) {
            ended_ = true;
            return false;
        }
        shown.picture = *lent;
        say_overlay(shown.overlay, overlay);
        shown_.push_back(shown);
        return true;
    }

    void say_nothing(Reply& reply) const {
        if (clip_->waits()) reply.kind = Reply::Kind::later;
        if (clip_->fault()) reply.kind = Reply::Kind::lost;
    }

    void say_overlay(Overlay& said, const std::shared_ptr<const picture::Overlay>& overlay) {
        if (overlay && overlay == overlay_) {
            said.kind = Overlay::Kind::same;
        } else if (overlay) {
            // Where there is no memory for it, a caption is missing.
            if (auto lent = memory_->lend(overlay->frame))
                said = {Overlay::Kind::another, overlay->x, overlay->y, overlay->canvas_width,
                        overlay->canvas_height, *lent};
        }
        overlay_ = said.kind == Overlay::Kind::none ? nullptr : overlay;
    }

    // Blocks that follow one another go together, since each question costs the waking of two processes. What is longer
    // than a reply is given in parts.
    std::span<const float> sound(Reply& reply) {
        part_.clear();
        while (part_.size() < together) {
            if (given_ == block_.samples.size() && !next_block()) break;
            const auto at = block_.at + media::time_of(media::Samples(given_ / 2));
            if (part_.empty()) {
                reply.at = at.count();
            } else if (std::chrono::abs(at - std::chrono::nanoseconds(reply.at) -
                                        media::time_of(media::Samples(part_.size() / 2))) > follows) {
                break;  // a hole, or an overlap: whoever asks decides
            }
            const std::size_t floats =
                std::min(block_.samples.size() - given_, media::worker::most_sound_frames * 2 - part_.size());
            const auto begin = block_.samples.begin() + std::ptrdiff_t(given_);
            part_.insert(part_.end(), begin, begin + std::ptrdiff_t(floats));
            given_ += floats;
        }
        if (part_.empty()) {
            say_nothing(reply);
            return {};
        }
        reply.kind = Reply::Kind::sound;
        reply.sound_frames = std::uint32_t(part_.size() / 2);
        return part_;
    }

    bool next_block() {
        auto next = clip_->next_sound();
        if (!next) return false;
        block_ = std::move(*next);
        given_ = 0;
        return true;
    }

    void say_state(Reply& reply) const {
        reply.more_packets = more_packets_ ? 1 : 0;
        reply.extent = clip_->extent().count();
        reply.extent_is_final = clip_->extent_is_final() ? 1 : 0;
        reply.is_still = reply.extent_is_final != 0 && clip_->is_still() ? 1 : 0;
        reply.has_sound = clip_->has_sound() ? 1 : 0;
        reply.has_pages = clip_->has_pages() ? 1 : 0;
        const media::ClipFacts facts = clip_->facts();
        reply.length = facts.length.count();
        reply.concealed = facts.concealed;
        reply.lost_packets = facts.lost_packets;
        set_text(reply.decoder, facts.decoder);
        const auto fault = reply.kind == Reply::Kind::lost ? clip_->fault() : std::nullopt;
        set_text(reply.text, fault ? fault->message : facts.why_not_better);
    }

    const Descriptor& player_;
    const WorkerHardware& hardware_;
    std::shared_ptr<const Devices> devices_;
    std::unique_ptr<FrameStore> memory_;  // outlives the clip
    std::unique_ptr<media::Clip> clip_;
    bool more_packets_ = true;                         // what the last reading ahead said
    std::shared_ptr<const picture::Overlay> overlay_;  // over the picture that was given last
    bool ended_ = false;                               // no picture follows
    media::ClipSound block_;
    std::size_t given_ = 0;  // floats of block_
    std::vector<float> part_;
    std::vector<ShownPicture> shown_;  // the pictures of this answer
};

}  // namespace

int serve_clip(const Descriptor& player, const WorkerHardware& hardware) {
    Worker worker(player, hardware);
    if (!worker.open()) return 0;
    while (worker.answer()) {
    }
    return 0;
}

}  // namespace hallcast::decoder
