// The report's pictures frame what is meant, and its flashes are those of the pixels.
#include "player/preview/report.h"

#include <unistd.h>

#include <cmath>

#include "player/picture/image_file.h"
#include "player/picture/painter.h"
#include "player/preview/flashes.h"
#include "player/preview/legibility.h"
#include "protocol/base/file.h"
#include "tests/catch.h"

namespace report_test {

using namespace hallcast;
using namespace std::chrono_literals;

const text::FontSet& any_fonts() {
    static const auto fonts = std::move(*text::open_system_fonts());
    return *fonts;
}

TEST_CASE("a report has a picture in which the finding is as it was and all else is dimmed") {
    const auto folder = std::filesystem::temp_directory_path() / ("hallcast-report-" + std::to_string(::getpid()));
    preview::Finding finding{.rule = "contrast", .file = "<a>.yaml", .place = {3, 5}, .message = "1 < 2"};
    finding.scene = {{640, 360}, {200, 100, 50, 255}, {}};
    finding.rect = {300, 150, 40, 30};
    const preview::Finding unseen{.rule = "layout", .file = "<a>.yaml", .place = {1, 1}, .message = "unreadable"};
    const std::vector findings{finding, unseen};
    REQUIRE(preview::write_report(folder, findings, any_fonts()));
    const auto image = picture::read_png(folder / "01-contrast-3.png");
    REQUIRE(image);
    const auto red_at = [&](int x, int y) { return (*image)->pixels[std::size_t(y * 640 + x) * 4 + 2]; };
    CHECK(red_at(310, 160) == 200);
    CHECK(red_at(10, 10) < 100);
    CHECK(red_at(292, 165) == 255);  // the frame, beside it
    const auto page = *read_file(folder / "index.html");
    CHECK(page.contains("1 &lt; 2"));
    CHECK(page.contains("&lt;a&gt;.yaml:3:5"));
    CHECK(page.contains("01-contrast-3.png"));
    CHECK(page.contains("unreadable"));
    CHECK_FALSE(std::filesystem::exists(folder / "02-layout-1.png"));
    std::filesystem::remove_all(folder);
    CHECK_FALSE(preview::write_report("/proc/nowhere", findings, any_fonts()));
}

TEST_CASE("contrast is that of WCAG") {
    CHECK(preview::contrast({255, 255, 255}, {0, 0, 0}) == Approx(21));
    CHECK(preview::contrast({119, 119, 119}, {255, 255, 255}) == Approx(4.478).margin(0.001));
    CHECK(preview::contrast({118, 118, 118}, {255, 255, 255}) == Approx(4.542).margin(0.001));
    const picture::Colour grey{90, 90, 90, 255}, black{0, 0, 0, 255};
    const auto better = preview::with_contrast(grey, black, 7);
    REQUIRE(better);
    CHECK(preview::contrast(*better, black) >= 7);
    CHECK(preview::contrast(*better, black) < 7.3);
    CHECK_FALSE(preview::with_contrast(grey, {128, 128, 128, 255}, 7));
}

TEST_CASE("more than three flashes in a second are found, by the pixels") {
    // A square of that side is light and dark in turn.
    const auto found = [](double times, std::uint8_t dark, int side) {
        const auto scene_at = [=](screen::WallTime now) {
            const double phase = std::chrono::duration<double>(now.time_since_epoch()).count() * times;
            const std::uint8_t level = phase - std::floor(phase) < 0.5 ? 255 : dark;
            return picture::Scene{
                {320, 180}, {0, 0, 0, 255}, {{1, {40, 40, side, side}, picture::Fill{{level, level, level, 255}}}}};
        };
        return preview::flashing_of(scene_at, screen::WallTime(1h), any_fonts());
    };
    const auto flashing = found(5, 0, 60);
    REQUIRE(flashing);
    CHECK(flashing->changes == 10);
    CHECK(flashing->rect == picture::ScreenRect{40, 40, 60, 60});
    CHECK(found(3.6, 0, 60));
    CHECK_FALSE(found(3, 0, 60));
    CHECK_FALSE(found(1, 0, 60));
    CHECK_FALSE(found(5, 250, 60));  // less than a tenth of white
    CHECK(found(5, 225, 60));        // relative luminance 0.75
    CHECK_FALSE(found(5, 235, 60));  // 0.83: the darker is not below 0.80
    CHECK_FALSE(found(5, 0, 4));     // too small to matter
}

}  // namespace report_test
