// The shipped layouts are what they were when somebody looked at them: pictures of each in every language, orientation
// and state are kept in `golden`, small, and compared. `tests/gallery/run` renews them, and makes the page to look at.
#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "hallcast/v1/hall.pb.h"
#include "player/picture/image_file.h"
#include "protocol/base/file.h"
#include "tests/catch.h"
#include "tests/gallery/miniature.h"
#include "tests/gallery/shots.h"

namespace gallery_test {

using namespace gallery;

constexpr int kept_longer_px = 640;

std::filesystem::path source() {
    const char* folder = std::getenv("HALLCAST_SOURCE");
    return folder ? folder : ".";
}

std::filesystem::path strip_file(const std::string& layout, const Orientation& orientation) {
    return source() / "tests/gallery/golden" / (layout + "-" + orientation.name + ".png");
}

// As they are kept: state by state, in each language.
std::vector<Miniature> kept(const std::string& layout, const Orientation& orientation) {
    const int width = orientation.size.width / shrunk, height = orientation.size.height / shrunk;
    return read_strip(strip_file(layout, orientation), width + width / 2, height);
}

std::size_t place_in_strip(const std::string& state, const std::string& tongue) {
    std::size_t place = 0;
    for (const State& one : kept_states()) {
        for (const auto& other : tongues()) {
            if (one.name == state && other == tongue) return place;
            ++place;
        }
    }
    FAIL("no picture is kept of " << state << " in " << tongue);
    return 0;
}

TEST_CASE("every shipped layout looks as it did in every language, orientation and state, with nothing cut") {
    const bool renew = std::getenv("HALLCAST_RENEW_GOLDEN") != nullptr;
    Camera camera;
    for (const auto& name : layouts::shipped_layout_names()) {
        const auto layout = *layouts::load_layout(name, {});
        for (const Orientation& orientation : orientations(kept_longer_px)) {
            camera.mount(layout, orientation.size);
            const auto before = kept(name, orientation);
            std::vector<Miniature> now;
            for (const State& state : kept_states()) {
                for (const auto& tongue : tongues()) {
                    now.push_back(miniature_of(orientation.size, camera.shoot(input_of(state.name, tongue))));
                    INFO(name << ", " << orientation.name << ", " << state.name << ", " << tongue << ": "
                              << camera.defects());
                    CHECK(camera.defects().empty());
                    if (renew) continue;
                    REQUIRE(before.size() >= now.size());
                    const auto apart = difference(before[now.size() - 1], now.back());
                    INFO("mean " << apart.mean << ", worst " << apart.worst << ", colour " << apart.colour
                                 << ". If that is how it should look: tests/gallery/run --renew");
                    CHECK(is_same(apart));
                }
            }
            if (renew) write_strip(strip_file(name, orientation), now);
        }
    }
}

// One picture of a layout that somebody has changed, beside the one that is kept.
Difference changed(Camera& camera, const std::string& yaml, const screen::ScreenInput& input, const std::string& state,
                   const std::string& tongue) {
    const Orientation landscape = orientations(kept_longer_px)[0];
    const auto layout = layouts::parse_layout(yaml, "hall.yaml");
    INFO((layout ? "" : layout.error().message));
    REQUIRE(layout);
    camera.mount(*layout, landscape.size);
    const auto strip = kept("hall", landscape);
    const auto place = place_in_strip(state, tongue);
    REQUIRE(strip.size() > place);
    return difference(strip[place], miniature_of(landscape.size, camera.shoot(input)));
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    const auto at = text.find(what);
    INFO(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
}

TEST_CASE("a text that moved by a line, another colour, a letter that is missing are told from what was kept") {
    Camera camera;
    const std::string hall = *read_file(source() / "layouts/hall.yaml");
    const auto busy = input_of("busy", "pl");
    REQUIRE(is_same(changed(camera, hall, busy, "busy", "pl")));

    CHECK_FALSE(is_same(changed(camera, replaced(hall, "size: 144", "size: 192"), busy, "busy", "pl")));
    CHECK_FALSE(
        is_same(changed(camera, replaced(hall, "quiet: \"#c9d6e6\"", "quiet: \"#ffd166\""), busy, "busy", "pl")));
    CHECK_FALSE(
        is_same(changed(camera, replaced(hall, "signal: \"#ffd166\"", "signal: \"#ffb000\""), busy, "busy", "pl")));
    CHECK_FALSE(is_same(changed(camera, replaced(hall, "text_size: $number", "text_size: 104"), busy, "busy", "pl")));
    // The last letter of the office's name.
    auto state = std::make_shared<v1::HallState>(*busy.hall.state);
    std::string& name = (*state->mutable_profile()->mutable_office_name())["pl"];
    name.pop_back();
    auto shorter = busy;
    shorter.hall.state = state;
    CHECK_FALSE(is_same(changed(camera, hall, shorter, "busy", "pl")));
}

TEST_CASE("edges that are a little softer or harder are no other picture") {
    Camera camera;
    const Orientation landscape = orientations(kept_longer_px)[0];
    const auto layout = *layouts::load_layout("hall", {});
    camera.mount(layout, landscape.size);
    const auto picture = camera.shoot(input_of("busy", "zh"));
    const auto strip = kept("hall", landscape);
    REQUIRE(strip.size() > place_in_strip("busy", "zh"));
    const auto& before = strip[place_in_strip("busy", "zh")];
    const int width = landscape.size.width, height = landscape.size.height;
    for (const double share : {-0.1, 0.1}) {  // of each pixel's neighbours at its sides
        auto softer = picture;
        for (int y = 0; y < height; ++y) {
            for (int x = 4; x < 4 * (width - 1); ++x) {
                const auto at = std::size_t(y * width * 4 + x);
                const double beside = (picture[at - 4] + picture[at + 4]) / 2.0;
                softer[at] = std::uint8_t(std::clamp(picture[at] + share * (beside - picture[at]), 0.0, 255.0));
            }
        }
        CHECK(softer != picture);
        const auto apart = difference(before, miniature_of(landscape.size, softer));
        INFO("mean " << apart.mean << ", worst " << apart.worst << ", colour " << apart.colour);
        CHECK(is_same(apart));
    }
}

// The mean of each block of `by` pixels a side.
std::vector<std::uint8_t> thumbnail(picture::ScreenSize size, const std::vector<std::uint8_t>& bgra, int by) {
    std::vector<std::uint8_t> small;
    for (int y = 0; y + by <= size.height; y += by) {
        for (int x = 0; x + by <= size.width; x += by) {
            for (int channel = 0; channel < 4; ++channel) {
                int sum = 0;
                for (int i = 0; i < by * by; ++i)
                    sum += bgra[std::size_t((y + i / by) * size.width + x + i % by) * 4 + std::size_t(channel)];
                small.push_back(std::uint8_t(sum / (by * by)));
            }
        }
    }
    return small;
}

// "waiting busy ar": all of them are somewhere in the picture's name.
bool has_words(const std::string& picture, const std::string& words) {
    std::istringstream each(words);
    for (std::string word; each >> word;)
        if (!("-" + picture + "-").contains("-" + word + "-")) return false;
    return true;
}

// Not one of the tests: the page to look at, with HALLCAST_GALLERY=FILE.html; its pictures lie in a folder beside it.
TEST_CASE("gallery", "[.gallery]") {
    const char* page = std::getenv("HALLCAST_GALLERY");
    REQUIRE(page);
    const char* longer = std::getenv("HALLCAST_GALLERY_WIDTH");
    const int longer_px = longer ? std::atoi(longer) : 1280;
    const char* only = std::getenv("HALLCAST_GALLERY_ONLY");
    const std::filesystem::path file(page), folder = file.parent_path() / file.stem();
    std::filesystem::create_directories(folder);
    constexpr int by = 4;  // pixels of a picture in one of its thumbnail
    std::vector<State> states = kept_states();
    states.insert(states.end(), other_states().begin(), other_states().end());

    std::string html =
        "<!doctype html><meta charset=utf-8><title>hallcast: the shipped layouts</title><style>"
        "body{background:#222;color:#eee;font:16px sans-serif}table{border-collapse:collapse}"
        "td,th{padding:4px;text-align:left;vertical-align:top}th{font-weight:normal;max-width:10em}"
        "a{color:#ffd166}img{display:block}</style><p>";
    for (const auto& name : layouts::shipped_layout_names()) html += fmt::format("<a href='#{0}'>{0}</a> \n", name);
    Camera camera;
    std::size_t count = 0;
    for (const auto& name : layouts::shipped_layout_names()) {
        const auto layout = *layouts::load_layout(name, {});
        html += fmt::format("<h1 id='{0}'>{0}</h1>\n", name);
        for (const auto& [orientation, size] : orientations(longer_px)) {
            camera.mount(layout, size);
            html += "<table><tr><th>";
            for (const auto& tongue : tongues()) html += "<th>" + tongue;
            for (const State& state : states) {
                html += fmt::format("<tr><th><b>{}</b><br>{}", state.name, state.about);
                for (const auto& tongue : tongues()) {
                    const auto picture = fmt::format("{}-{}-{}-{}", name, orientation, state.name, tongue);
                    if (only && !has_words(picture, only)) continue;
                    const auto& pixels = camera.shoot(input_of(state.name, tongue));
                    if (!camera.defects().empty()) WARN(picture << ": " << camera.defects());
                    REQUIRE(picture::write_png(folder / (picture + ".png"), size, pixels));
                    const picture::ScreenSize small{size.width / by, size.height / by};
                    REQUIRE(picture::write_png(folder / (picture + "-small.png"), small, thumbnail(size, pixels, by)));
                    html += fmt::format(
                        "<td><a href='{0}/{1}.png'><img loading=lazy width={2} height={3} "
                        "src='{0}/{1}-small.png'></a>",
                        folder.filename().string(), picture, small.width, small.height);
                    ++count;
                }
                html += '\n';
            }
            html += "</table>\n";
        }
    }
    std::ofstream(file) << html;
    WARN(file.string() << ": " << count << " pictures");
}

}  // namespace gallery_test
