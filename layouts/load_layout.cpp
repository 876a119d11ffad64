// Where a layout comes from: a path, the office's own folder, or those built into the program.
#include <algorithm>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "layouts/layout.h"
#include "protocol/base/file.h"
#include "protocol/base/resource.h"

namespace hallcast::layouts {

std::span<const Resource> shipped_layouts();  // made by hallcast_embed

namespace {

constexpr std::string_view extension = ".yaml";
constexpr std::size_t max_listed = 50;

Expected<Layout> load_file(const std::filesystem::path& path) {
    auto yaml = read_file(path, max_file_bytes);
    if (!yaml) return std::unexpected(yaml.error());
    auto layout = parse_layout(*yaml, path.string());
    if (!layout) return layout;
    for (auto& variant : layout->variants) {
        for (auto& widget : variant.widgets)
            if (!widget.file.empty()) widget.file = (path.parent_path() / widget.file).string();
    }
    return layout;
}

bool is_path(const std::string& name) { return name.contains('/') || name.ends_with(extension); }

std::vector<std::string> names_in(const std::filesystem::path& directory) {
    std::vector<std::string> names;
    std::error_code ignored;  // a folder that is not there has no layouts
    for (std::filesystem::directory_iterator entry(directory, ignored), end; !ignored && entry != end;
         entry.increment(ignored)) {
        if (entry->path().extension() == extension && names.size() < max_listed) names.push_back(entry->path().stem());
    }
    std::ranges::sort(names);
    return names;
}

}  // namespace

std::vector<std::string> shipped_layout_names() {
    std::vector<std::string> names;
    for (const auto& resource : shipped_layouts()) {
        names.emplace_back(resource.name.substr(0, resource.name.size() - extension.size()));
    }
    return names;
}

std::filesystem::path own_layout_file(const std::string& name, const std::filesystem::path& directory) {
    if (is_path(name)) return name;
    return directory.empty() || name.empty() ? std::filesystem::path() : directory / (name + std::string(extension));
}

Expected<Layout> load_layout(const std::string& name, const std::filesystem::path& directory) {
    const auto own_file = own_layout_file(name, directory);
    std::error_code ignored;
    if (is_path(name) || (!own_file.empty() && std::filesystem::exists(own_file, ignored))) return load_file(own_file);
    const std::string file_name = name + std::string(extension);
    for (const auto& resource : shipped_layouts()) {
        if (resource.name == file_name) return parse_layout(resource.bytes, "layouts/" + file_name);
    }
    const auto own = directory.empty() ? std::vector<std::string>{} : names_in(directory);
    return fail("there is no layout '{}'; shipped: {}; in {}: {}. Give one of these, or the path of a .yaml file", name,
                fmt::join(shipped_layout_names(), ", "), directory.empty() ? "no folder" : directory.string(),
                own.empty() ? "none" : fmt::format("{}", fmt::join(own, ", ")));
}

}  // namespace hallcast::layouts
