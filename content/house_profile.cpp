#include "content/house_profile.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <thread>
#include <utility>

namespace hallcast::content {
namespace {

// More threads cost memory and would take the cores from the hall's own video.
std::string threads() { return std::to_string(std::clamp(std::thread::hardware_concurrency(), 1u, 4u)); }

std::vector<std::string> begin(const std::string& input, const char* verbosity) {
    return {"-hide_banner",
            "-nostdin",
            "-nostats",
            "-v",
            verbosity,
            "-y",
            "-protocol_whitelist",
            "file",
            "-format_whitelist",
            accepted_formats,
            "-max_pixels",
            std::to_string(std::uint64_t(most_picture_side) * most_picture_side),
            "-threads",
            threads(),
            "-i",
            input};
}

void append(std::vector<std::string>& arguments, std::vector<std::string> more) {
    std::move(more.begin(), more.end(), std::back_inserter(arguments));
}

std::string map(int stream) { return "0:" + std::to_string(stream); }

// Measured and normalised is the stereo that is heard in the hall, not the channels of the source.
constexpr const char* house_sound = "aformat=sample_fmts=flt:sample_rates=48000:channel_layouts=stereo";

// `filter` ends with pictures in the house's colours; `group` is its pictures in 2 s.
std::vector<std::string> video_arguments(const std::string& filter, int group) {
    return {"-vf",
            filter + ",setsar=1,format=yuv420p",
            "-c:v",
            "libx264",
            "-threads",
            threads(),
            "-preset",
            "veryfast",
            "-profile:v",
            "high",
            "-crf",
            "20",
            "-maxrate",
            "12M",
            "-bufsize",
            "24M",
            "-g",
            std::to_string(group),
            "-sc_threshold",
            "0",
            "-flags",
            "+cgop",
            "-colorspace",
            "bt709",
            "-color_primaries",
            "bt709",
            "-color_trc",
            "bt709",
            "-color_range",
            "tv"};
}

constexpr const char* house_colours = ":out_color_matrix=bt709:out_range=tv";

}  // namespace

PictureSize fitted_size(int width, int height) {
    const double scale = std::min({1.0, 1920.0 / width, 1080.0 / height});
    const auto fit = [&](int side, int most) { return std::clamp(int(std::lround(side * scale / 2)) * 2, 2, most); };
    return {fit(width, 1920), fit(height, 1080)};
}

FrameRate frame_rate(double frames_per_second) {
    static constexpr std::pair<double, FrameRate> usual[] = {
        {24000.0 / 1001, {"24000/1001", 48}},  {24, {"24", 48}}, {25, {"25", 50}},
        {30000.0 / 1001, {"30000/1001", 60}},  {30, {"30", 60}}, {50, {"50", 100}},
        {60000.0 / 1001, {"60000/1001", 120}}, {60, {"60", 120}}};
    for (const auto& [exact, rate] : usual)
        if (std::abs(frames_per_second - exact) < 0.0004 * exact) return rate;
    if (frames_per_second < 24) return {"30", 60};  // unknown, or slides: motion drawn over them stays even
    for (const auto& [exact, rate] : usual)
        if (frames_per_second < exact && exact == std::floor(exact)) return rate;
    return {"60", 120};
}

double gain_for(double measured_lufs) {
    if (measured_lufs < silent_below_lufs) return 0;
    return std::min(target_lufs - measured_lufs, most_gain_db);
}

std::vector<std::string> measure_arguments(const std::string& input, const MediaFacts& facts) {
    auto arguments = begin(input, "info");
    append(arguments,
           {"-map", map(facts.audio_stream), "-vn", "-sn", "-dn", "-t", std::to_string(longest_film_seconds + 1), "-af",
            std::string(house_sound) + ",ebur128=framelog=verbose", "-f", "null", "-"});
    return arguments;
}

// ebur128 ends with "Integrated loudness:\n    I:         -11.1 LUFS".
Expected<double> read_loudness(const std::string& errors) {
    const std::size_t summary = errors.rfind("Integrated loudness:");
    std::size_t at = summary == std::string::npos ? summary : errors.find("I:", summary + 20);
    if (at != std::string::npos) at = errors.find_first_not_of(' ', at + 2);
    if (at == std::string::npos) return fail("its loudness could not be measured: {}", telling_line(errors));
    double lufs = 0;
    const auto [end, error] = std::from_chars(errors.data() + at, errors.data() + errors.size(), lufs);
    if (error != std::errc() || !std::isfinite(lufs)) return -70.0;  // "-inf" and "nan": nothing above the gate
    return lufs;
}

std::vector<std::string> film_arguments(const std::string& input, const MediaFacts& facts, double gain_db,
                                        const std::string& output) {
    const PictureSize size = fitted_size(facts.width, facts.height);
    const FrameRate rate = frame_rate(facts.frames_per_second);
    std::string filter = facts.interlaced ? "yadif=deint=interlaced," : "";
    filter += fmt::format("fps={},scale={}:{}:flags=bicubic", rate.text, size.width, size.height);
    // Files that don't say are BT.601 below HD and BT.709 from there, by custom; swscale would take BT.601 for all.
    if (!facts.known_matrix) filter += std::string(":in_color_matrix=") + (facts.height >= 720 ? "bt709" : "smpte170m");
    filter += house_colours;

    auto arguments = begin(input, "error");
    append(arguments, {"-map", map(facts.video_stream)});
    append(arguments, video_arguments(filter, rate.group));
    if (facts.audio_stream >= 0)
        append(arguments,
               {"-map", map(facts.audio_stream), "-af",
                fmt::format("aresample=async=1:first_pts=0,{},volume={:.2f}dB,alimiter=limit=0.89:level=false",
                            house_sound, gain_db),
                "-c:a", "aac", "-b:a", "192k", "-metadata:s:a:0", "language=" + facts.spoken});
    for (std::size_t i = 0; i < facts.texts.size(); ++i)
        append(arguments, {"-map", map(facts.texts[i].stream), fmt::format("-metadata:s:s:{}", i),
                           "language=" + facts.texts[i].language});
    append(arguments,
           facts.texts.empty() ? std::vector<std::string>{"-sn"} : std::vector<std::string>{"-c:s", "mov_text"});
    append(arguments, {"-dn", "-map_metadata", "-1", "-map_metadata:s", "-1", "-map_chapters", "-1", "-t",
                       std::to_string(longest_film_seconds + 1), "-movflags", "+faststart", "-progress", "pipe:1", "-f",
                       "mp4", "file:" + output});
    return arguments;
}

std::vector<std::string> drawn_film_arguments(PictureSize size, int pictures_per_second, const std::string& output) {
    const std::string rate = std::to_string(pictures_per_second);
    std::vector<std::string> arguments{"-hide_banner",
                                       "-nostats",
                                       "-v",
                                       "error",
                                       "-y",
                                       "-f",
                                       "rawvideo",
                                       "-pixel_format",
                                       "bgr0",
                                       "-video_size",
                                       fmt::format("{}x{}", size.width, size.height),
                                       "-framerate",
                                       rate,
                                       "-i",
                                       "pipe:0"};
    append(arguments, video_arguments(std::string("scale=flags=bicubic") + house_colours, 2 * pictures_per_second));
    append(arguments, {"-movflags", "+faststart", "-f", "mp4", "file:" + output});
    return arguments;
}

std::vector<std::string> still_arguments(const std::string& input, const MediaFacts& facts, const std::string& output) {
    // Players draw pictures without transparency: what shines through is white, as on paper.
    std::string filter = facts.transparent
                             ? "format=rgba,split[over][under];[under]lutrgb=r=255:g=255:b=255:a=255[paper];"
                               "[paper][over]overlay=format=rgb,"
                             : "";
    // fitted_size() as ffmpeg computes it, because only its decoder knows how a photo is turned.
    filter +=
        "scale=w='max(1,round(iw*sar*min(1,min(1920/(iw*sar),1080/ih))))'"
        ":h='max(1,round(ih*min(1,min(1920/(iw*sar),1080/ih))))':flags=lanczos,setsar=1,format=rgb24";
    auto arguments = begin(input, "error");
    append(arguments, {"-map", map(facts.video_stream), "-frames:v", "1", "-vf", filter, "-c:v", "png", "-map_metadata",
                       "-1", "-f", "image2", "-update", "1", "file:" + output});
    return arguments;
}

}  // namespace hallcast::content
