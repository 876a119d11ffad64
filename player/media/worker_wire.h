// What a player and its decoder workers say to each other: plain structs over a SOCK_SEQPACKET socket, one request, one
// reply. Both ends are of one build and on one machine, so the bytes need no versions; but the player trusts nothing
// that a worker says.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace hallcast::media::worker {

// Of the memory in which a worker's pictures lie. Sparse: only what was written to is there. 25 pictures of 2160p with
// ten bits, which is what HEVC may refer to, and what waits.
constexpr std::size_t pool_bytes = std::size_t(640) << 20;
// Pictures that a player holds at a time; it shows one, and some wait (see clip_decoder.cpp).
constexpr std::size_t most_held = 64;
constexpr std::size_t most_sound_frames = 16'384;  // in one reply: 128 KiB
constexpr std::size_t most_pictures = 4;           // in one reply

// What the player asks its decoders' host for, with a descriptor each: a worker, or a receiver of the stream whose
// address follows (see decoder/receiver.h).
constexpr char order_worker = 'w', order_receiver = 'r';

// With `open` go the descriptors of the clip's file, of the pool, and of fonts and caption files. Behind the request
// follows text, a line each: "language TAB tag TAB family", "font TAB family" and "captions TAB language TAB name", the
// latter two in the order of their descriptors.
constexpr std::size_t most_open_text = 8192;

struct Request {
    enum class Kind : std::uint32_t {
        open,        // with descriptors: see below; argument: patience in ms
        picture,     // argument: how many at most, 1 to most_pictures
        sound,       //
        read_ahead,  // argument: nanoseconds
    };
    Kind kind = Kind::open;
    std::uint32_t hurry = 0;
    std::int64_t argument = 0;
    std::int64_t file_bytes = 0;  // with open
    std::int64_t page_ms = 0;     // with open: how long each page of a document is shown; 0: the usual time
    std::uint32_t is_stream = 0;  // with open: what takes the file's place is the pipe of a stream's receiver
    std::uint32_t reserved = 0;
    // Numbers of pictures that the player holds no more.
    std::uint32_t released_count = 0;
    std::array<std::uint32_t, most_held> released{};
};

// A picture in the pool; the fields are those of picture::VideoFrame.
struct Picture {
    std::uint32_t number = 0;  // to release it by; each picture that is held has another
    std::uint32_t format = 0, matrix = 0, transfer = 0, chroma_site = 0;
    std::int32_t width = 0, height = 0, display_width = 0, display_height = 0;
    std::uint32_t full_range = 0, wide_gamut = 0;
    float peak_nits = 0;
    std::array<std::uint64_t, 3> offsets{};  // of the planes in the pool
    std::array<std::int32_t, 3> strides{};   // bytes; 0: there is no such plane
};

// Over the picture, as picture::Overlay.
struct Overlay {
    enum class Kind : std::uint32_t { none, same, another };  // same: as over the picture before
    Kind kind = Kind::none;
    std::int32_t x = 0, y = 0, canvas_width = 0, canvas_height = 0;
    Picture picture;
};

struct ShownPicture {
    Picture picture;
    Overlay overlay;
    std::int64_t at = 0, duration = 0;  // ns
};

struct Reply {
    enum class Kind : std::uint32_t {
        started,  // by the host, with the worker's pidfd as SCM_RIGHTS, before the first request is answered
        ended,    // by the host: the worker is gone; `signal`
        nothing,  // asked for a picture or sound: there is none any more
        later,    // ... none has come yet, of a stream
        lost,     // ... none any more, since the stream was lost: `text` says why
        picture,  // picture_count x ShownPicture follow, in order: at least one, fewer than asked for where it takes
                  // long
        sound,    // sound_frames x 2 floats follow
        done,     // open, read_ahead
        refused,  // open: `text` says why
    };
    Kind kind = Kind::nothing;
    std::int32_t signal = 0;
    // How far the clip is known, with each reply of a worker.
    std::int64_t extent = 0;
    std::int64_t length = 0;  // as the file says
    std::uint32_t extent_is_final = 0, is_still = 0, has_sound = 0;
    std::uint32_t has_pages = 0;
    std::uint32_t more_packets = 0;  // what read_ahead() returned last
    std::uint64_t concealed = 0, lost_packets = 0;
    std::array<char, 64> decoder{};
    std::array<char, 400> text{};  // why_not_better, or why it was refused
    std::uint32_t picture_count = 0;
    std::uint32_t sound_frames = 0;
    std::int64_t at = 0;  // of the sound, ns
};

}  // namespace hallcast::media::worker
