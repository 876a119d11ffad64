// Brings a player's cache to the master's list: what is missing is fetched by its hash, in pieces, where it was left
// off.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>

#include "content/library.h"

namespace hallcast::content {

constexpr std::uint32_t piece_bytes = 1u << 20;

// Where pieces of files come from: over the network, in the player.
class BlobSource {
  public:
    virtual ~BlobSource() = default;
    // Bytes `offset` and on of a file, at most `length`, at least one. Called on fetch's thread; may block, but not for
    // ever.
    virtual Expected<std::string> read(const std::string& sha256, std::uint64_t offset, std::uint32_t length) = 0;
};

// Fetches every file of `wanted` that `cache` lacks into incoming/<sha256>.part, verifies, takes it over, and when all
// are here makes `wanted` the cache's list. Blocks; run it on a thread of its own, one at a time per cache. After an
// error (the source is gone, stopped) call it again: it goes on where it was. A file that is not what its hash says is
// deleted and reported, after all others have been fetched; the old list stays. Call it at every start, too, not only
// when the version changed: it also repairs a cache that lost files.
Expected<void> fetch(Library& cache, const v1::ContentManifest& wanted, BlobSource& source, std::stop_token stop = {});

}  // namespace hallcast::content
