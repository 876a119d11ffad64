// A worker's side of the memory that it shares with the player: codecs decode straight into it.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "player/decoder/picture_memory.h"
#include "player/media/worker_wire.h"
#include "player/picture/video_frame.h"
#include "protocol/base/descriptor.h"

namespace hallcast::decoder {

class FrameStore final : public PictureMemory {
  public:
    // `pool`: the descriptor that came with the request, of worker::pool_bytes. Null when it cannot be mapped.
    static std::unique_ptr<FrameStore> map(const Descriptor& pool);
    ~FrameStore() override;

    void use_for(AVCodecContext& codec) override;
    bool allocate(AVFrame& frame) override;

    // Describes `frame` for the player, and keeps it until release(). What lies elsewhere is copied here. nullopt: no
    // memory is left. One thread.
    std::optional<media::worker::Picture> lend(picture::VideoFramePtr frame);
    void release(std::uint32_t number);
    // Gives the memory of pictures that are no more back to the system. It can be used again, for page faults.
    void trim();

  private:
    struct Lent {
        std::uint32_t number = 0;
        picture::VideoFramePtr frame;
    };

    explicit FrameStore(std::uint8_t* bytes) : bytes_(bytes) {}
    static int get_buffer(AVCodecContext* codec, AVFrame* frame, int flags);
    bool place(AVFrame& frame, int padded_width, int padded_height, const int* alignments);
    std::optional<std::size_t> take(std::size_t size);
    void give_back(std::size_t offset);
    void touch(std::size_t begin, std::size_t end);
    bool is_inside(const std::uint8_t* plane) const;
    picture::VideoFramePtr copied(const picture::VideoFrame& frame);

    std::uint8_t* const bytes_;
    std::vector<Lent> lent_;
    std::uint32_t next_number_ = 1;

    std::mutex mutex_;
    // Protected by mutex_: what is free and what is taken, offset to size.
    std::map<std::size_t, std::size_t> free_{{0, media::worker::pool_bytes}}, taken_;
    std::size_t touched_ = 0;  // what lies before it is there already
};

}  // namespace hallcast::decoder
