#include "player/media/shared_pictures.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <mutex>

namespace hallcast::media {
namespace {

using picture::PixelFormat;

constexpr std::int32_t largest_side = 16'384;

template <typename E>
bool takes(E& out, std::uint32_t value, E last) {
    if (value > std::uint32_t(last)) return false;
    out = E(value);
    return true;
}

}  // namespace

struct SharedPictures::Memory {
    Descriptor descriptor;
    const std::uint8_t* bytes = nullptr;

    std::mutex mutex;
    // Protected by mutex:
    std::vector<std::uint32_t> held, released;

    ~Memory() {
        if (bytes != nullptr) ::munmap(const_cast<std::uint8_t*>(bytes), worker::pool_bytes);
    }
    void release(std::uint32_t number) {
        const std::scoped_lock lock(mutex);
        std::erase(held, number);
        released.push_back(number);  // there is room: reserved below
    }
};

Expected<SharedPictures> SharedPictures::make() {
    auto memory = std::make_shared<Memory>();
    memory->descriptor = Descriptor(::memfd_create("hallcast-pictures", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    const int fd = memory->descriptor.get();
    if (fd < 0 || ::ftruncate(fd, off_t(worker::pool_bytes)) != 0 ||
        ::fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
        return fail("no memory to share with the decoder: {}", std::strerror(errno));
    void* mapped = ::mmap(nullptr, worker::pool_bytes, PROT_READ, MAP_SHARED | MAP_NORESERVE, fd, 0);
    if (mapped == MAP_FAILED) return fail("no memory to share with the decoder: {}", std::strerror(errno));
    memory->bytes = static_cast<const std::uint8_t*>(mapped);
    memory->held.reserve(worker::most_held);
    memory->released.reserve(worker::most_held);
    return SharedPictures(std::move(memory));
}

int SharedPictures::descriptor() const { return memory_->descriptor.get(); }

Expected<std::shared_ptr<picture::VideoFrame>> SharedPictures::picture(const worker::Picture& said) {
    auto frame = std::make_shared<picture::VideoFrame>();
    const auto within = [](std::int32_t side) { return side > 0 && side <= largest_side; };
    if (!takes(frame->format, said.format, PixelFormat::bgra) ||
        !takes(frame->matrix, said.matrix, picture::ColourMatrix::bt2020) ||
        !takes(frame->transfer, said.transfer, picture::Transfer::hlg) ||
        !takes(frame->chroma_site, said.chroma_site, picture::ChromaSite::top_left) || !within(said.width) ||
        !within(said.height) || said.display_width < 1 || said.display_width > 16 * largest_side ||
        said.display_height < 1 || said.display_height > 16 * largest_side || !std::isfinite(said.peak_nits) ||
        said.peak_nits <= 0)
        return fail("its decoder described a picture that cannot be");
    frame->width = said.width;
    frame->height = said.height;
    frame->display_width = said.display_width;
    frame->display_height = said.display_height;
    frame->full_range = said.full_range != 0;
    frame->wide_gamut = said.wide_gamut != 0;
    frame->peak_nits = said.peak_nits;
    for (std::size_t i = 0; i < frame->planes.size(); ++i) {
        const auto shape = plane_shape(frame->format, i, std::uint64_t(said.width), std::uint64_t(said.height));
        if (shape.rows == 0) continue;
        const std::int64_t stride = said.strides[i];
        if (stride < std::int64_t(shape.bytes) || said.offsets[i] >= worker::pool_bytes ||
            (shape.rows - 1) * std::uint64_t(stride) + shape.bytes > worker::pool_bytes - said.offsets[i])
            return fail("its decoder put a picture outside of the memory it has");
        // The painters read 16-bit samples as such.
        if (is_ten_bit(frame->format) && (said.offsets[i] % 2 != 0 || stride % 2 != 0))
            return fail("its decoder put a picture where it cannot be read");
        frame->planes[i] = memory_->bytes + said.offsets[i];
        frame->strides[i] = int(stride);
    }
    {
        const std::scoped_lock lock(memory_->mutex);
        if (memory_->held.size() + memory_->released.size() >= worker::most_held ||
            std::ranges::find(memory_->held, said.number) != memory_->held.end() ||
            std::ranges::find(memory_->released, said.number) != memory_->released.end())
            return fail("its decoder gave more pictures than there can be");
        memory_->held.push_back(said.number);
    }
    const std::uint32_t number = said.number;
    frame->keep = std::shared_ptr<const void>(frame->planes[0],
                                              [memory = memory_, number](const void*) { memory->release(number); });
    return frame;
}

void SharedPictures::tell_released(worker::Request& request) {
    const std::scoped_lock lock(memory_->mutex);
    std::ranges::copy(memory_->released, request.released.begin());
    request.released_count = std::uint32_t(memory_->released.size());
    memory_->released.clear();
}

}  // namespace hallcast::media
