#include "layouts/layout_watch.h"

#include <sys/stat.h>

#include <algorithm>
#include <set>
#include <utility>

namespace hallcast::layouts {
namespace {

namespace fs = std::filesystem;

constexpr int most_links = 16;

// Adds the folders in which a change can make `path` lead to another file: its own, that of each symbolic link on the
// way, and where something on the way is missing, the one in which it would be made.
void add_folders_of(const fs::path& path, std::set<fs::path>& folders, int links = most_links) {
    std::error_code ignored;
    const fs::path whole = fs::absolute(path, ignored);
    fs::path at;
    for (auto part = whole.begin(); part != whole.end(); ++part) {
        const fs::path next = at / *part;
        const fs::file_status status = fs::symlink_status(next, ignored);
        const bool last = std::next(part) == whole.end();
        if (last || !fs::exists(status) || fs::is_symlink(status)) folders.insert(at);
        if (!fs::exists(status)) return;
        if (fs::is_symlink(status)) {
            if (links == 0) return;
            fs::path target = at / fs::read_symlink(next, ignored);
            for (++part; part != whole.end(); ++part) target /= *part;
            return add_folders_of(target, folders, links - 1);
        }
        at = next;
    }
}

std::int64_t nanoseconds_of(const timespec& time) { return std::int64_t(time.tv_sec) * 1'000'000'000 + time.tv_nsec; }

}  // namespace

LayoutWatch::LayoutWatch(std::string name, std::filesystem::path directory, std::vector<std::filesystem::path> others)
    : name_(std::move(name)), directory_(std::move(directory)), files_(std::move(others)) {
    if (const fs::path own = own_layout_file(name_, directory_); !own.empty()) files_.push_back(own);
    for (const fs::path& file : files_) loaded_[file];
}

LayoutWatch::Print LayoutWatch::print_of(const std::filesystem::path& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) return {};
    return {status.st_dev, status.st_ino, status.st_size, nanoseconds_of(status.st_mtim),
            nanoseconds_of(status.st_ctim)};
}

LayoutWatch::Prints LayoutWatch::prints() const {
    Prints prints;
    for (const auto& [file, print] : loaded_) prints[file] = print_of(file);
    return prints;
}

Expected<Layout> LayoutWatch::load() {
    // Watched and looked at before it is read: what changes meanwhile is seen as a change afterwards.
    watch_folders();
    loaded_ = prints();
    auto layout = load_layout(name_, directory_);
    if (layout) {
        std::erase_if(loaded_,
                      [this](const auto& one) { return std::ranges::find(files_, one.first) == files_.end(); });
        for (const Variant& variant : layout->variants)
            for (const Widget& widget : variant.widgets)
                if (!widget.file.empty()) loaded_[widget.file] = print_of(widget.file);
    }
    watch_folders();
    seen_ = loaded_;
    settled_at_ = Moment::max();
    return layout;
}

bool LayoutWatch::has_file() const {
    const auto own = loaded_.find(own_layout_file(name_, directory_));
    return own != loaded_.end() && own->second.is_there();
}

void LayoutWatch::watch_folders() {
    std::set<fs::path> folders;
    for (const auto& [file, print] : loaded_) add_folders_of(file, folders);
    folders_.watch(folders);
}

void LayoutWatch::look(Moment now) {
    look_at_ = now + look_every;
    watch_folders();  // first: no change between the two
    Prints found = prints();
    if (found == loaded_) {
        settled_at_ = Moment::max();
    } else if (found != seen_) {
        const bool gone = std::ranges::any_of(loaded_, [&](const auto& before) {
            return before.second.is_there() && !found.at(before.first).is_there();
        });
        settled_at_ = now + (gone ? quiet_when_gone : quiet);
    }
    seen_ = std::move(found);
}

bool LayoutWatch::changed(Moment now) {
    if (folders_.take_changed() || now >= next()) look(now);
    return now >= settled_at_;
}

}  // namespace hallcast::layouts
