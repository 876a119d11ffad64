#include "player/cli/demo_content.h"

#include <spdlog/spdlog.h>

#include <array>
#include <system_error>
#include <vector>

#include "content/child.h"
#include "content/ingest.h"
#include "layouts/layout.h"
#include "player/picture/image_file.h"
#include "player/picture/painter.h"
#include "player/screen/screen.h"

namespace hallcast::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::array languages{"pl", "en", "uk", "ru", "ka", "hi", "vi", "ar", "zh"};
constexpr int seconds_a_slide = 5;
constexpr double fade_seconds = 0.8;

// The pages of `slide`, one a language, as the player itself would draw them.
Expected<std::vector<fs::path>> draw_slides(const fs::path& work) {
    auto layout = layouts::load_layout("slide", work);
    if (!layout) return std::unexpected(layout.error());
    auto fonts = text::open_system_fonts();
    if (!fonts) return std::unexpected(fonts.error());
    const auto typesetter = text::make_typesetter(**fonts);
    const picture::ScreenSize size{1280, 720};
    auto screen = screen::make_screen(*layout, size, *typesetter);
    if (!screen) return std::unexpected(screen.error());
    const auto painter = picture::make_memory_painter(**fonts);
    std::vector<fs::path> slides;
    for (const char* language : languages) {
        screen::ScreenInput input;
        input.language = language;
        input.now = std::chrono::system_clock::now();
        painter->paint((*screen)->scene(input));
        slides.push_back(work / (std::string("information-") + language + ".png"));
        if (auto written = picture::write_png(slides.back(), size, painter->pixels()); !written)
            return std::unexpected(written.error());
    }
    return slides;
}

// The slides drift over a slowly turning gradient, one fading into the next, to a quiet chord.
std::vector<std::string> film_arguments(const std::vector<fs::path>& slides, const fs::path& film) {
    const double step = seconds_a_slide - fade_seconds;
    const double length = step * double(slides.size()) + fade_seconds;
    std::vector<std::string> arguments{"/usr/bin/nice", "/usr/bin/ffmpeg", "-nostdin", "-loglevel", "error", "-y"};
    auto add = [&](std::initializer_list<std::string> more) { arguments.insert(arguments.end(), more); };
    for (const fs::path& slide : slides)
        add({"-loop", "1", "-framerate", "30", "-t", std::to_string(seconds_a_slide), "-i", slide.string()});
    add({"-f", "lavfi", "-i",
         fmt::format("gradients=s=1280x720:r=30:speed=0.008:c0=0x0b2545:c1=0x13797b:nb_colors=2:d={}", length)});
    // A major chord, breathing: each voice swells at a pace of its own.
    add({"-f", "lavfi", "-i",
         fmt::format("aevalsrc='0.06*sin(2*PI*220*t)*(1+sin(0.7*t))+0.05*sin(2*PI*277.18*t)*(1+sin(0.5*t+1))+0.05*sin("
                     "2*PI*329.63*t)*(1+"
                     "sin(0.6*t+2))':s=48000:d={}",
                     length)});
    std::string graph;
    for (std::size_t i = 0; i < slides.size(); ++i)
        graph += fmt::format("[{}:v]scale=1120:630,setsar=1,format=yuv420p[s{}];", i, i);
    std::string last = "s0";
    for (std::size_t i = 1; i < slides.size(); ++i) {
        const std::string next = fmt::format("x{}", i);
        graph += fmt::format("[{}][s{}]xfade=transition=smoothleft:duration={}:offset={}[{}];", last, i, fade_seconds,
                             step * double(i), next);
        last = next;
    }
    graph += fmt::format("[{}:v][{}]overlay=x='80+24*sin(t/3)':y='45+12*cos(t/4)':shortest=1,format=yuv420p[v]",
                         slides.size(), last);
    add({"-filter_complex", graph, "-map", "[v]", "-map", std::to_string(slides.size() + 1) + ":a", "-c:v", "libx264",
         "-preset", "veryfast", "-crf", "22", "-c:a", "aac", "-b:a", "128k", "-shortest", film.string()});
    return arguments;
}

Expected<void> run_ffmpeg(const std::vector<std::string>& arguments, const std::stop_token& stop) {
    const auto result = content::run_child(arguments, {.limit = std::chrono::minutes(5)}, stop);
    if (!result) return std::unexpected(result.error());
    if (result->end != content::ChildResult::End::exited || result->code != 0)
        return fail("ffmpeg could not make the demo's film: {}", result->errors.substr(0, 400));
    return {};
}

Expected<v1::ContentItem> take_in(content::Library& library, const fs::path& file, const std::string& title,
                                  const std::stop_token& stop) {
    return content::ingest(
        library, file, title, [](const content::IngestProgress&) {}, stop);
}

}  // namespace

Expected<void> make_demo_content(content::Library& library, const fs::path& work, std::stop_token stop) {
    if (!library.manifest().items().empty()) return {};
    std::error_code error;
    fs::create_directories(work, error);
    if (error) return fail("{}: cannot be made: {}", work.string(), error.message());
    spdlog::info("demo content: drawing the pictures");
    auto slides = draw_slides(work);
    if (!slides) return std::unexpected(slides.error());
    // Two of them as pictures of their own; the film shows them all.
    for (const std::size_t i : {0, 1})
        if (auto item = take_in(library, (*slides)[i], (*slides)[i].filename().string(), stop); !item)
            return std::unexpected(item.error());
    spdlog::info("demo content: making the information video (some ten seconds; the hall shows pictures meanwhile)");
    const fs::path film = work / "information.mp4";
    if (auto made = run_ffmpeg(film_arguments(*slides, film), stop); !made) return made;
    if (auto item = take_in(library, film, "information.mp4", stop); !item) return std::unexpected(item.error());
    fs::remove_all(work, error);
    spdlog::info("demo content: ready");
    return {};
}

}  // namespace hallcast::cli
