#include "tests/queue/power_loss_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <mutex>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/base/error.h"

namespace hallcast::queue::power_loss {

constexpr std::size_t sector_bytes = 512;

struct File {
    struct Version {
        std::uint64_t operation = 0;
        std::string bytes;  // of a sector
    };
    std::string now;                                      // what programs read
    std::string durable;                                  // at the latest sync
    std::map<std::size_t, std::vector<Version>> changed;  // by sector, since then
    std::vector<std::size_t> sizes;                       // since then
    bool name_is_new = false;                             // of a journal: its first sync makes the name durable
    int handles = 0;

    std::string sector(std::size_t number) const {
        std::string bytes = now.substr(std::min(number * sector_bytes, now.size()), sector_bytes);
        bytes.resize(sector_bytes, '\0');
        return bytes;
    }

    // The shared memory of the connections; no power, no memory.
    std::vector<std::unique_ptr<char[]>> regions;
    std::array<int, SQLITE_SHM_NLOCK> shared{};
    std::array<bool, SQLITE_SHM_NLOCK> exclusive{};
};
using Folder = std::map<std::string, std::shared_ptr<File>, std::less<>>;

struct PowerLossDisk::Disk {
    explicit Disk(std::uint64_t seed) : random(seed) {}

    mutable std::mutex mutex;
    std::mt19937_64 random;
    Folder folder;   // as programs see it
    Folder durable;  // as synced
    Folder after;    // what a cut left
    std::uint64_t operations = 0, cut_at = 0;
    bool cut = false, ignore_syncs = false, full = false;
    sqlite3_vfs vfs{};
    sqlite3_vfs* real = nullptr;

    // False: there is no power any more. The one that it goes with has been done already, as far as it will be.
    bool done_one() {
        ++operations;
        if (!cut && cut_at != 0 && operations >= cut_at) cut_power();
        return !cut;
    }

    std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random); }

    void cut_power() {
        cut = true;
        after.clear();
        Folder names = durable;
        names.insert(folder.begin(), folder.end());
        const std::size_t luck = below(4);
        for (const auto& [name, any] : names) {
            const auto was = durable.find(name), is = folder.find(name);
            const bool same = was != durable.end() && is != folder.end() && was->second == is->second;
            const bool late = luck == 1 || (luck != 0 && below(2) == 0);
            const Folder& from = same || late ? folder : durable;
            const auto kept = from.find(name);
            if (kept == from.end()) continue;
            auto file = std::make_shared<File>();
            file->now = file->durable = left_of(*kept->second, luck);
            after[name] = std::move(file);
        }
    }

    // luck 0: nothing that was not synced is there; 1: all of it; 2: what came before some moment, the write at that
    // moment in part; 3: anything.
    std::string left_of(const File& file, std::size_t luck) {
        std::string bytes = file.durable;
        if (luck == 0) return bytes;
        std::uint64_t moment = operations;
        if (luck == 2) moment -= below(1 + std::size_t(std::min<std::uint64_t>(operations, 30)));
        for (const auto& [number, versions] : file.changed) {
            const std::string* chosen = nullptr;
            if (luck == 3) {
                const std::size_t index = below(versions.size() + 1);
                if (index < versions.size()) chosen = &versions[index].bytes;
            } else {
                for (const File::Version& version : versions)
                    if (version.operation < moment || luck == 1 || (version.operation == moment && below(2)))
                        chosen = &version.bytes;
            }
            if (chosen == nullptr) continue;
            if (bytes.size() < (number + 1) * sector_bytes) bytes.resize((number + 1) * sector_bytes, '\0');
            bytes.replace(number * sector_bytes, sector_bytes, *chosen);
        }
        std::size_t size = file.now.size();
        if (luck == 3 && !file.sizes.empty()) {
            const std::size_t index = below(file.sizes.size() + 1);
            size = index < file.sizes.size() ? file.sizes[index] : file.durable.size();
        } else if (luck == 2) {
            size = std::min(std::max(file.durable.size(), bytes.size()), file.now.size());
        }
        bytes.resize(size, '\0');
        return bytes;
    }

    int write(File& file, std::string_view bytes, std::size_t offset) {
        if (cut) return SQLITE_IOERR_WRITE;
        if (full) return SQLITE_FULL;
        if (file.now.size() < offset + bytes.size()) file.now.resize(offset + bytes.size(), '\0');
        std::memcpy(file.now.data() + offset, bytes.data(), bytes.size());
        for (std::size_t number = offset / sector_bytes; number * sector_bytes < offset + bytes.size(); ++number)
            file.changed[number].push_back({operations + 1, file.sector(number)});
        file.sizes.push_back(file.now.size());
        return done_one() ? SQLITE_OK : SQLITE_IOERR_WRITE;
    }

    int truncate(File& file, std::size_t size) {
        if (cut) return SQLITE_IOERR_TRUNCATE;
        file.now.resize(size, '\0');
        file.sizes.push_back(size);
        return done_one() ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
    }

    int sync(File& file) {
        if (cut || !done_one()) return SQLITE_IOERR_FSYNC;
        if (ignore_syncs) return SQLITE_OK;
        file.durable = file.now;
        file.changed.clear();
        file.sizes.clear();
        if (std::exchange(file.name_is_new, false)) durable = folder;
        return SQLITE_OK;
    }

    int remove(const char* name, bool sync_folder) {
        const auto found = folder.find(name);
        if (cut) return SQLITE_IOERR_DELETE;
        if (found == folder.end()) return SQLITE_IOERR_DELETE_NOENT;
        folder.erase(found);
        if (!done_one()) return SQLITE_IOERR_DELETE;
        if (sync_folder && !ignore_syncs) durable = folder;
        return SQLITE_OK;
    }
};

namespace {

using Disk = PowerLossDisk::Disk;

// What SQLite has in its hands.
struct Handle {
    sqlite3_file base;
    Disk* disk;
    std::shared_ptr<File>* file;
    unsigned shared, exclusive;  // locks of the shared memory, a bit each
};

Handle& handle_of(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file); }
Disk& disk_of(sqlite3_vfs* vfs) { return *static_cast<Disk*>(vfs->pAppData); }

int close(sqlite3_file* at) {
    Handle& handle = handle_of(at);
    const std::scoped_lock lock(handle.disk->mutex);
    --(*handle.file)->handles;
    delete handle.file;
    return SQLITE_OK;
}

int read(sqlite3_file* at, void* into, int size, sqlite3_int64 offset) {
    Handle& handle = handle_of(at);
    const std::scoped_lock lock(handle.disk->mutex);
    if (handle.disk->cut) return SQLITE_IOERR_READ;
    const std::string& now = (*handle.file)->now;
    const std::size_t there = std::size_t(offset) < now.size() ? now.size() - std::size_t(offset) : 0;
    const std::size_t count = std::min(there, std::size_t(size));
    std::memset(into, 0, std::size_t(size));
    if (count > 0) std::memcpy(into, now.data() + offset, count);
    return count == std::size_t(size) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* at, const void* bytes, int size, sqlite3_int64 offset) {
    Handle& handle = handle_of(at);
    const std::scoped_lock lock(handle.disk->mutex);
    return handle.disk->write(**handle.file, {static_cast<const char*>(bytes), std::size_t(size)}, std::size_t(offset));
}

int truncate(sqlite3_file* at, sqlite3_int64 size) {
    Handle& handle = handle_of(at);
    const std::scoped_lock lock(handle.disk->mutex);
    return handle.disk->truncate(**handle.file, std::size_t(size));
}

int sync(sqlite3_file* at, int) {
    Handle& handle = handle_of(at);
    const std::scoped_lock lock(handle.disk->mutex);
    return handle.disk->sync(**handle.file);
}

int file_size(sqlite3_file* at, sqlite3_int64* size) {
    Handle& handle = handle_of(at);
    const std::scoped_lock lock(handle.disk->mutex);
    *size = sqlite3_int64((*handle.file)->now.size());
    return handle.disk->cut ? SQLITE_IOERR_FSTAT : SQLITE_OK;
}

// Only whether one is alone matters to a database in WAL mode.
int lock_file(sqlite3_file* at, int level) {
    Handle& handle = handle_of(at);
    const std::scoped_lock lock(handle.disk->mutex);
    return level == SQLITE_LOCK_EXCLUSIVE && (*handle.file)->handles > 1 ? SQLITE_BUSY : SQLITE_OK;
}
int unlock_file(sqlite3_file*, int) { return SQLITE_OK; }
int is_reserved(sqlite3_file*, int* reserved) {
    *reserved = 0;
    return SQLITE_OK;
}
int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return 4096; }
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

int map_shared(sqlite3_file* at, int region, int size, int extend, void volatile** memory) {
    Handle& handle = handle_of(at);
    const std::scoped_lock lock(handle.disk->mutex);
    auto& regions = (*handle.file)->regions;
    *memory = nullptr;
    if (std::size_t(region) >= regions.size() && !extend) return SQLITE_OK;
    while (regions.size() <= std::size_t(region)) regions.push_back(std::make_unique<char[]>(std::size_t(size)));
    *memory = regions[std::size_t(region)].get();
    return SQLITE_OK;
}

int lock_shared(sqlite3_file* at, int first, int count, int flags) {
    Handle& handle = handle_of(at);
    const std::scoped_lock lock(handle.disk->mutex);
    File& file = **handle.file;
    const bool exclusive = flags & SQLITE_SHM_EXCLUSIVE;
    if (flags & SQLITE_SHM_UNLOCK) {
        for (int slot = first; slot < first + count; ++slot) {
            const unsigned bit = 1u << slot;
            if (exclusive && (handle.exclusive & bit)) file.exclusive[std::size_t(slot)] = false;
            if (!exclusive && (handle.shared & bit)) --file.shared[std::size_t(slot)];
            (exclusive ? handle.exclusive : handle.shared) &= ~bit;
        }
        return SQLITE_OK;
    }
    for (int slot = first; slot < first + count; ++slot) {
        const int others = file.shared[std::size_t(slot)] - ((handle.shared >> slot) & 1u ? 1 : 0);
        if (file.exclusive[std::size_t(slot)] || (exclusive && others > 0)) return SQLITE_BUSY;
    }
    for (int slot = first; slot < first + count; ++slot) {
        const unsigned bit = 1u << slot;
        if (exclusive)
            file.exclusive[std::size_t(slot)] = true;
        else if (!(handle.shared & bit))
            ++file.shared[std::size_t(slot)];
        (exclusive ? handle.exclusive : handle.shared) |= bit;
    }
    return SQLITE_OK;
}

void barrier(sqlite3_file* at) { const std::scoped_lock lock(handle_of(at).disk->mutex); }

int unmap_shared(sqlite3_file* at, int) {
    Handle& handle = handle_of(at);
    const std::scoped_lock lock(handle.disk->mutex);
    if ((*handle.file)->handles <= 1) (*handle.file)->regions.clear();
    return SQLITE_OK;
}

const sqlite3_io_methods methods = {
    2,           close,   read,        write,           truncate,   sync,        file_size, lock_file,    unlock_file,
    is_reserved, control, sector_size, characteristics, map_shared, lock_shared, barrier,   unmap_shared, nullptr,
    nullptr};

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* at, int flags, int* opened) {
    Disk& disk = disk_of(vfs);
    const std::scoped_lock lock(disk.mutex);
    at->pMethods = nullptr;
    if (disk.cut) return SQLITE_CANTOPEN;
    std::shared_ptr<File> file;
    if (name == nullptr) {  // a temporary one: nobody else sees it
        file = std::make_shared<File>();
    } else if (const auto found = disk.folder.find(name); found != disk.folder.end()) {
        file = found->second;
    } else if (flags & SQLITE_OPEN_CREATE) {
        file = std::make_shared<File>();
        file->name_is_new = flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL);
        disk.folder[name] = file;
    } else {
        return SQLITE_CANTOPEN;
    }
    Handle& handle = handle_of(at);
    handle = Handle{{&methods}, &disk, new std::shared_ptr<File>(file), 0, 0};
    ++file->handles;
    if (opened != nullptr) *opened = flags;
    return SQLITE_OK;
}

int remove_file(sqlite3_vfs* vfs, const char* name, int sync_folder) {
    const std::scoped_lock lock(disk_of(vfs).mutex);
    return disk_of(vfs).remove(name, sync_folder);
}

int access_file(sqlite3_vfs* vfs, const char* name, int, int* there) {
    const std::scoped_lock lock(disk_of(vfs).mutex);
    *there = disk_of(vfs).folder.contains(name);
    return SQLITE_OK;
}

int full_path(sqlite3_vfs* vfs, const char* name, int size, char* path) {
    return disk_of(vfs).real->xFullPathname(disk_of(vfs).real, name, size, path);
}

}  // namespace

PowerLossDisk::PowerLossDisk(std::uint64_t seed) : disk_(std::make_unique<Disk>(seed)) {
    disk_->real = sqlite3_vfs_find(nullptr);
    sqlite3_vfs& vfs = disk_->vfs;
    vfs = *disk_->real;  // time, randomness and the like
    vfs.iVersion = 1;
    vfs.szOsFile = sizeof(Handle);
    vfs.pNext = nullptr;
    vfs.zName = "hallcast-power-loss";
    vfs.pAppData = disk_.get();
    vfs.xOpen = open_file;
    vfs.xDelete = remove_file;
    vfs.xAccess = access_file;
    vfs.xFullPathname = full_path;
    HALLCAST_ASSERT(sqlite3_vfs_register(&vfs, 1) == SQLITE_OK);
}

PowerLossDisk::~PowerLossDisk() {
    sqlite3_vfs_unregister(&disk_->vfs);
    sqlite3_vfs_register(disk_->real, 1);
}

void PowerLossDisk::cut_after(std::uint64_t operations) {
    const std::scoped_lock lock(disk_->mutex);
    disk_->cut_at = disk_->operations + operations;
}

bool PowerLossDisk::is_cut() const {
    const std::scoped_lock lock(disk_->mutex);
    return disk_->cut;
}

void PowerLossDisk::restore_power() {
    const std::scoped_lock lock(disk_->mutex);
    for (const auto& [name, file] : disk_->folder) HALLCAST_ASSERT(file->handles == 0);
    if (!disk_->cut) disk_->cut_power();
    disk_->folder = disk_->durable = disk_->after;
    disk_->cut = false;
    disk_->cut_at = 0;
}

void PowerLossDisk::ignore_syncs(bool ignored) {
    const std::scoped_lock lock(disk_->mutex);
    disk_->ignore_syncs = ignored;
}

void PowerLossDisk::fill(bool full) {
    const std::scoped_lock lock(disk_->mutex);
    disk_->full = full;
}

}  // namespace hallcast::queue::power_loss
