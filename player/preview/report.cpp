#include "player/preview/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "player/picture/image_file.h"
#include "player/picture/painter.h"
#include "protocol/base/file.h"

namespace hallcast::preview {

namespace {

using picture::ScreenRect;

constexpr picture::Colour dimness{0, 0, 0, 150}, frame_inside{255, 45, 85, 255}, frame_outside{255, 255, 255, 255};

// Four bars around `rect`, from `outer` to it.
void surround(picture::Scene& scene, const ScreenRect& outer, const ScreenRect& rect, const picture::Colour& colour) {
    for (const ScreenRect& bar : {ScreenRect{outer.x, outer.y, outer.width, rect.y - outer.y},
                                  {outer.x, rect.bottom(), outer.width, outer.bottom() - rect.bottom()},
                                  {outer.x, rect.y, rect.x - outer.x, rect.height},
                                  {rect.right(), rect.y, outer.right() - rect.right(), rect.height}})
        if (!bar.empty())
            scene.items.push_back(
                {.id = ~std::uint64_t(scene.items.size()), .box = bar, .content = picture::Fill{colour}});
}

ScreenRect grown(const ScreenRect& rect, int by, const ScreenRect& most) {
    return picture::overlap({rect.x - by, rect.y - by, rect.width + 2 * by, rect.height + 2 * by}, most);
}

std::string escaped(std::string_view text) {
    std::string html;
    for (const char c : text) {
        if (c == '<')
            html += "&lt;";
        else if (c == '>')
            html += "&gt;";
        else if (c == '&')
            html += "&amp;";
        else if (c == '"')
            html += "&quot;";
        else
            html += c;
    }
    return html;
}

// The lines of a file around one of them.
std::string excerpt(std::string_view file, int line) {
    std::string shown;
    int number = 1;
    for (std::size_t at = 0; at < file.size() && number <= line + 1; ++number) {
        const auto end = std::min(file.find('\n', at), file.size());
        if (number >= line - 1)
            shown += fmt::format("{}{:4}  {}{}\n", number == line ? "<b>" : "", number,
                                 escaped(file.substr(at, end - at)), number == line ? "</b>" : "");
        at = end + 1;
    }
    return shown;
}

constexpr std::string_view head = R"(<!doctype html>
<meta charset="utf-8">
<title>hallcast layout check</title>
<style>
body { font: 16px/1.5 sans-serif; margin: 2rem auto; max-width: 64rem; padding: 0 1rem; color: #06182f; background: #fff }
section { border-top: 1px solid #c9d6e6; padding: 1rem 0 }
h2 { font-size: 1.1rem; margin: 0 }
.error { color: #8a1616 }
.warning { color: #6b4700 }
img { max-width: 100%; border: 1px solid #c9d6e6 }
pre { background: #f4f7fb; padding: .5rem; overflow-x: auto }
</style>
<h1>hallcast layout check</h1>
)";

}  // namespace

picture::Scene framed(const Finding& finding) {
    picture::Scene scene = finding.scene;
    const ScreenRect all{0, 0, scene.size.width, scene.size.height};
    const int thin = std::max(2, scene.size.height / 360);
    // A place without extent is shown too.
    const ScreenRect near = grown(finding.rect, 3 * thin, all);
    const ScreenRect red = grown(near, thin, all), white = grown(red, thin, all);
    surround(scene, all, white, dimness);
    surround(scene, white, red, frame_outside);
    surround(scene, red, near, frame_inside);
    return scene;
}

Expected<void> write_report(const std::filesystem::path& folder, std::span<const Finding> findings,
                            const text::FontSet& fonts) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return fail("{}: {}", folder.string(), error.message());
    const auto painter = picture::make_memory_painter(fonts);
    std::map<std::string, std::string> files;
    std::string page(head);
    page += fmt::format("<p>{} finding{}.</p>\n", findings.size(), findings.size() == 1 ? "" : "s");
    int number = 0;
    for (const Finding& finding : findings) {
        ++number;
        const auto [file, is_new] = files.try_emplace(finding.file);
        // A layout that is built into the program has no file to show.
        if (is_new) file->second = read_file(finding.file).value_or("");
        const std::string where = where_of(finding);
        page += fmt::format("<section>\n<h2><span class=\"{0}\">{0}</span> [{1}] {2}:{3}:{4}</h2>\n<p>{5}{6}</p>\n",
                            name_of(finding.severity), finding.rule, escaped(finding.file), finding.place.line,
                            finding.place.column, escaped(finding.message),
                            where.empty() ? "" : escaped(" (" + where + ")"));
        if (!file->second.empty()) page += fmt::format("<pre>{}</pre>\n", excerpt(file->second, finding.place.line));
        if (finding.scene.size.width > 0) {
            const std::string name = fmt::format("{:02}-{}-{}.png", number, finding.rule, finding.place.line);
            painter->invalidate();
            painter->paint(framed(finding));
            if (auto written = picture::write_png(folder / name, finding.scene.size, painter->pixels()); !written)
                return written;
            page += fmt::format("<a href=\"{0}\"><img src=\"{0}\" alt=\"the screen, with the finding framed\"></a>\n",
                                name);
        }
        page += "</section>\n";
    }
    return replace_file(folder / "index.html", page);
}

}  // namespace hallcast::preview
