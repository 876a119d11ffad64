#include "player/decoder/frame_store.h"

extern "C" {
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
}

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "protocol/base/error.h"

namespace hallcast::decoder {
namespace {

constexpr std::size_t page_bytes = 4096;
// Codecs may write a little over the end of a row.
constexpr std::size_t padding = 64;
constexpr int alignment = 64;
// A picture of 2160p with ten bits. What is larger comes page by page: a file may say any size, and then write little.
constexpr std::size_t most_at_once = 32 << 20;

template <typename T>
constexpr T rounded_up(T value, T to) {
    return (value + to - 1) / to * to;
}

struct Piece {
    FrameStore* store;
    std::size_t offset;
};

}  // namespace

std::unique_ptr<FrameStore> FrameStore::map(const Descriptor& pool) {
    void* bytes =
        ::mmap(nullptr, media::worker::pool_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, pool.get(), 0);
    if (bytes == MAP_FAILED) return nullptr;
    return std::unique_ptr<FrameStore>(new FrameStore(static_cast<std::uint8_t*>(bytes)));
}

FrameStore::~FrameStore() {
    lent_.clear();
    HALLCAST_ASSERT(taken_.empty());
    ::munmap(bytes_, media::worker::pool_bytes);
}

void FrameStore::use_for(AVCodecContext& codec) {
    if ((codec.codec->capabilities & AV_CODEC_CAP_DR1) == 0) return;
    codec.opaque = this;
    codec.get_buffer2 = get_buffer;
}

// By libav's documentation of get_buffer2: rows padded so that each plane's stride has the alignment that the codec
// asks for, and the size that avcodec_align_dimensions2() says.
int FrameStore::get_buffer(AVCodecContext* codec, AVFrame* frame, int flags) {
    auto& self = *static_cast<FrameStore*>(codec->opaque);
    const AVPixFmtDescriptor* format = av_pix_fmt_desc_get(AVPixelFormat(frame->format));
    const bool plain = format != nullptr && (format->flags & (AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_HWACCEL)) == 0;
    if (codec->codec_type == AVMEDIA_TYPE_VIDEO && plain) {
        int width = frame->width, height = frame->height;
        std::array<int, AV_NUM_DATA_POINTERS> alignments{};
        avcodec_align_dimensions2(codec, &width, &height, alignments.data());
        if (self.place(*frame, width, height, alignments.data())) return 0;
    }
    return avcodec_default_get_buffer2(codec, frame, flags);
}

bool FrameStore::allocate(AVFrame& frame) {
    const std::array<int, AV_NUM_DATA_POINTERS> alignments{};
    return place(frame, frame.width, frame.height, alignments.data());
}

bool FrameStore::place(AVFrame& frame, int padded_width, int padded_height, const int* alignments) {
    const auto format = AVPixelFormat(frame.format);
    std::array<int, 4> strides{};
    if (av_image_fill_linesizes(strides.data(), format, padded_width) < 0) return false;
    std::array<std::ptrdiff_t, 4> wide{};
    for (std::size_t i = 0; i < strides.size(); ++i) {
        strides[i] = rounded_up(strides[i], std::max(alignment, alignments[i]));
        wide[i] = strides[i];
    }
    std::array<std::size_t, 4> sizes{};
    if (av_image_fill_plane_sizes(sizes.data(), format, padded_height, wide.data()) < 0) return false;
    const auto room_for = [](std::size_t size) {
        return size == 0 ? 0 : rounded_up(size + padding, std::size_t(alignment));
    };
    std::size_t total = 0;
    for (const std::size_t size : sizes) total += room_for(size);
    const auto offset = take(total);
    if (!offset) return false;
    std::uint8_t* at = bytes_ + *offset;
    auto* piece = new Piece{this, *offset};
    frame.buf[0] = av_buffer_create(
        at, total,
        [](void* opaque, std::uint8_t*) {
            const std::unique_ptr<Piece> freed(static_cast<Piece*>(opaque));
            freed->store->give_back(freed->offset);
        },
        piece, 0);
    HALLCAST_ASSERT(frame.buf[0] != nullptr);
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        frame.data[i] = sizes[i] == 0 ? nullptr : at;
        frame.linesize[i] = sizes[i] == 0 ? 0 : strides[i];
        at += room_for(sizes[i]);
    }
    frame.extended_data = frame.data;
    return true;
}

// First fit from the beginning: the memory that was touched is used again.
std::optional<std::size_t> FrameStore::take(std::size_t size) {
    if (size == 0 || size > media::worker::pool_bytes) return std::nullopt;
    size = rounded_up(size, page_bytes);
    const std::scoped_lock lock(mutex_);
    for (auto at = free_.begin(); at != free_.end(); ++at) {
        const auto [offset, room] = *at;
        if (room < size) continue;
        free_.erase(at);
        if (room > size) free_.emplace(offset + size, room - size);
        taken_.emplace(offset, size);
        touch(offset, offset + size);
        return offset;
    }
    return std::nullopt;
}

// Pages that a codec is about to write to come all at once, instead of by a page fault each. Where the kernel cannot do
// that (before 5.14), or has no memory, it is as without.
void FrameStore::touch(std::size_t begin, std::size_t end) {
    begin = std::max(begin, touched_);
    if (begin >= end) return;
    if (end - begin <= most_at_once) ::madvise(bytes_ + begin, end - begin, MADV_POPULATE_WRITE);
    touched_ = end;
}

void FrameStore::give_back(std::size_t offset) {
    const std::scoped_lock lock(mutex_);
    const auto found = taken_.find(offset);
    HALLCAST_ASSERT(found != taken_.end());
    auto freed = free_.emplace(*found).first;
    taken_.erase(found);
    if (const auto after = std::next(freed); after != free_.end() && freed->first + freed->second == after->first) {
        freed->second += after->second;
        free_.erase(after);
    }
    if (freed == free_.begin()) return;
    if (const auto before = std::prev(freed); before->first + before->second == freed->first) {
        before->second += freed->second;
        free_.erase(freed);
    }
}

void FrameStore::trim() {
    const std::scoped_lock lock(mutex_);
    for (const auto& [offset, size] : free_) {
        const std::size_t end = std::min(offset + size, touched_);
        if (offset < end) ::madvise(bytes_ + offset, end - offset, MADV_REMOVE);
    }
    touched_ = taken_.empty() ? 0 : taken_.rbegin()->first + taken_.rbegin()->second;
}

bool FrameStore::is_inside(const std::uint8_t* plane) const {
    return plane >= bytes_ && plane < bytes_ + media::worker::pool_bytes;
}

picture::VideoFramePtr FrameStore::copied(const picture::VideoFrame& frame) {
    Frame memory = make_frame();
    switch (frame.format) {
        case picture::PixelFormat::i420:
            memory->format = AV_PIX_FMT_YUV420P;
            break;
        case picture::PixelFormat::nv12:
            memory->format = AV_PIX_FMT_NV12;
            break;
        case picture::PixelFormat::i010:
            memory->format = AV_PIX_FMT_YUV420P10;
            break;
        case picture::PixelFormat::p010:
            memory->format = AV_PIX_FMT_P010;
            break;
        case picture::PixelFormat::bgra:
            memory->format = AV_PIX_FMT_BGRA;
            break;
    }
    memory->width = frame.width;
    memory->height = frame.height;
    if (!allocate(*memory)) return nullptr;
    std::array<const std::uint8_t*, 4> planes{frame.planes[0], frame.planes[1], frame.planes[2], nullptr};
    std::array<int, 4> strides{frame.strides[0], frame.strides[1], frame.strides[2], 0};
    av_image_copy(memory->data, memory->linesize, planes.data(), strides.data(), AVPixelFormat(memory->format),
                  frame.width, frame.height);
    auto copy = std::make_shared<picture::VideoFrame>(frame);
    for (std::size_t i = 0; i < copy->planes.size(); ++i) {
        copy->planes[i] = memory->data[i];
        copy->strides[i] = memory->linesize[i];
    }
    copy->keep = std::shared_ptr<const AVFrame>(std::move(memory));
    return copy;
}

std::optional<media::worker::Picture> FrameStore::lend(picture::VideoFramePtr frame) {
    if (lent_.size() >= media::worker::most_held) return std::nullopt;
    if (!is_inside(frame->planes[0])) frame = copied(*frame);
    if (!frame) return std::nullopt;
    media::worker::Picture said;
    said.number = next_number_++;
    said.format = std::uint32_t(frame->format);
    said.matrix = std::uint32_t(frame->matrix);
    said.transfer = std::uint32_t(frame->transfer);
    said.chroma_site = std::uint32_t(frame->chroma_site);
    said.width = frame->width;
    said.height = frame->height;
    said.display_width = frame->display_width;
    said.display_height = frame->display_height;
    said.full_range = frame->full_range ? 1 : 0;
    said.wide_gamut = frame->wide_gamut ? 1 : 0;
    said.peak_nits = frame->peak_nits;
    for (std::size_t i = 0; i < said.offsets.size(); ++i) {
        if (frame->planes[i] == nullptr) continue;
        said.offsets[i] = std::uint64_t(frame->planes[i] - bytes_);
        said.strides[i] = frame->strides[i];
    }
    lent_.push_back({said.number, std::move(frame)});
    return said;
}

void FrameStore::release(std::uint32_t number) {
    std::erase_if(lent_, [number](const Lent& lent) { return lent.number == number; });
}

}  // namespace hallcast::decoder
