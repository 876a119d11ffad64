// A disk in memory, as SQLite sees it, whose power can be cut: what was not synced is then dropped, reordered and torn.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace hallcast::queue::power_loss {

// Every database that is opened while it lives is on it; one at a time. Internally synchronized.
//
// The model: a sync makes a file's content durable, and the name of a new journal or log with it (as SQLite's own VFS
// syncs the folder then). Of what was written since, each sector of 512 bytes is after the cut any one of what it was
// at some time: so a write may be lost whole, be there though an earlier one is not, or be there in part. A name that
// was made or removed since is there or not; a size is any that the file had. Bytes beside a write in its sector stay
// whole, as SQLite assumes (SQLITE_IOCAP_POWERSAFE_OVERWRITE, its default on Unix).
class PowerLossDisk {
  public:
    explicit PowerLossDisk(std::uint64_t seed);
    ~PowerLossDisk();
    PowerLossDisk(const PowerLossDisk&) = delete;
    PowerLossDisk& operator=(const PowerLossDisk&) = delete;

    // The power goes with the so-maniest write, sync, truncation or removal from now; everything fails from then on.
    void cut_after(std::uint64_t operations);
    bool is_cut() const;
    // What the disk kept is there again; nothing may be open. Without a cut, it happens now.
    void restore_power();

    // As `PRAGMA synchronous = OFF`: no sync ever reaches the disk.
    void ignore_syncs(bool ignored);
    // No write finds room.
    void fill(bool full);

    struct Disk;

  private:
    std::unique_ptr<Disk> disk_;
};

}  // namespace hallcast::queue::power_loss
