#include <fstream>
#include <set>

#include "player/decoder/caption_choice.h"
#include "player/decoder/clip_reader.h"
#include "player/text/font_of_language.h"
#include "tests/catch.h"
#include "tests/decoder/locked_room.h"
#include "tests/media/clips.h"

namespace hallcast::decoder::captions_test {

using namespace media::test;
using namespace std::chrono_literals;
using picture::Overlay;

const media::CaptionSources& hall_sources() {
    static const std::vector<std::string> languages{"pl", "uk", "ar", "hi", "ka", "vi", "zh-Hans"};
    static const media::CaptionSources sources = media::captions_for_languages(languages);
    return sources;
}

// With the fonts alone.
const CaptionSetup& hall_setup() {
    static const CaptionSetup setup = open_captions(hall_sources(), "/nowhere/film.mp4");
    return setup;
}

void write(const std::filesystem::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

CaptionFile file_of(const std::string& text, const std::string& name = "film.vtt", const std::string& language = "") {
    auto bytes = std::make_shared<std::string>(text);
    return {name, language, {std::as_bytes(std::span(*bytes)), bytes}};
}

std::string family_of(const std::string& tag) {
    for (const auto& language : hall_setup().languages) {
        if (language.tag == tag) return language.family;
    }
    FAIL("no font for " << tag);
    return {};
}

std::string webvtt(const std::string& text) { return "WEBVTT\n\n00:01.000 --> 00:02.000\n" + text + "\n"; }

// What a caption of `text` looks like in the middle of its second.
OverlayPtr overlay_of(const std::string& text, const std::string& language) {
    auto track = CaptionTrack::read(file_of(webvtt(text)), hall_setup().fonts, family_of(language));
    INFO((track ? "" : track.error().message));
    REQUIRE(track.has_value());
    auto overlay = (*track)->at(1500ms, 1280, 720);
    REQUIRE(overlay != nullptr);
    return overlay;
}

// Of the letters: they are white, the box behind them is dark.
std::vector<bool> ink_of(const Overlay& overlay) {
    std::vector<bool> ink;
    for (int y = 0; y < overlay.frame->height; ++y) {
        const std::uint8_t* row = overlay.frame->planes[0] + std::ptrdiff_t(y) * overlay.frame->strides[0];
        for (int x = 0; x < overlay.frame->width; ++x) ink.push_back(row[std::ptrdiff_t(x) * 4 + 1] > 128);
    }
    return ink;
}

int columns_with_ink(const Overlay& overlay) {
    const auto ink = ink_of(overlay);
    int columns = 0;
    for (int x = 0; x < overlay.frame->width; ++x) {
        for (int y = 0; y < overlay.frame->height; ++y) {
            if (ink[std::size_t(y) * std::size_t(overlay.frame->width) + std::size_t(x)]) {
                ++columns;
                break;
            }
        }
    }
    return columns;
}

TEST_CASE("languages are the same by whatever name files have for them") {
    CHECK(same_language("pl", "pol"));
    CHECK(same_language("ger", "de"));
    CHECK(same_language("deu", "de-AT"));
    CHECK(same_language("chi", "zh-Hans"));
    CHECK(same_language("zh-Hant", "zh_Hant_TW"));
    CHECK_FALSE(same_language("zh-Hant", "zh-Hans"));
    CHECK_FALSE(same_language("pl", "uk"));
    CHECK_FALSE(same_language("", ""));
    CHECK_FALSE(same_language("und", "und"));
    CHECK_FALSE(same_language(std::string(5000, 'x'), "pl"));
}

TEST_CASE("captions are in the first language of the hall that the film does not speak") {
    const std::vector<std::string> hall{"pl", "uk", "ar"};
    const auto choose = [&](std::vector<std::string> tracks, const char* spoken) {
        return choose_caption_track(tracks, hall, spoken);
    };
    CHECK(choose({"ara", "ukr", "pol"}, "pol") == 1);
    CHECK(choose({"ara", "ukr", "pol"}, "eng") == 2);
    CHECK(choose({"ara", "ukr", "pol"}, "") == 2);
    CHECK(choose({"eng", "ara"}, "pol") == 1);
    CHECK(choose({"eng", "pol"}, "pol") == 1);  // for those who do not hear it
    CHECK(choose({"eng", "und", ""}, "pol") == std::nullopt);
    CHECK(choose({}, "pol") == std::nullopt);
}

TEST_CASE("caption files lie beside the film, their language is in their name") {
    const TempFolder folder;
    for (const char* name : {"film.pl.vtt", "film.uk.srt", "film.zh-Hans.ass", "film.srt", "film.mp4", "film.pl.txt",
                             "filmed.pl.vtt", "other.pl.srt"}) {
        write(folder / name, "1\n");
    }
    write(folder / "film.de.srt", "");
    write(folder / "film.fr.srt", std::string((4 << 20) + 1, ' '));
    std::vector<std::string> found;
    for (const auto& file : open_captions(hall_sources(), folder / "film.mp4").files) {
        found.push_back(std::filesystem::path(file.name).filename().string() + " " + file.language);
    }
    CHECK(found ==
          std::vector<std::string>{"film.pl.vtt pl", "film.srt ", "film.uk.srt uk", "film.zh-Hans.ass zh-Hans"});
    CHECK(open_captions({}, folder / "film.mp4").files.empty());
}

TEST_CASE("what a film or a file beside it says lies over the pictures of its time, and of no other") {
    const TempFolder folder;
    const std::string srt = "1\n00:00:01,000 --> 00:00:02,000\nStanowisko 3\n";
    write(folder / "said.srt", srt);
    const std::string inputs = "-i '" + (folder / "said.srt").string() + "' ";
    struct Case {
        std::string name, codecs;
        const char* beside;
    };
    const Case one = GENERATE_COPY(values<Case>({
        {"mov_text.mp4", "-c:v libx264 -c:s mov_text -metadata:s:s:0 language=pol", nullptr},
        {"subrip.mkv", "-c:v libx264 -c:s subrip -metadata:s:s:0 language=pol", nullptr},
        {"script.mkv", "-c:v libx264 -c:s ass -metadata:s:s:0 language=pol", nullptr},
        {"webvtt.webm", "-c:v libvpx -deadline realtime -cpu-used 8 -c:s webvtt -metadata:s:s:0 language=pol", nullptr},
        {"beside-srt.mp4", "-c:v libx264 -sn", ".pl.srt"},
        {"beside-vtt.mp4", "-c:v libx264 -sn", ".pl.vtt"},
        {"beside-ass.mp4", "-c:v libx264 -sn", ".ass"},
    }));
    INFO(one.name);
    const auto film = folder / one.name;
    ffmpeg("-f lavfi -i testsrc2=s=320x180:r=10:d=3 " + inputs + one.codecs, film);
    if (one.beside != nullptr) {
        ffmpeg(inputs, folder / (film.stem().string() + one.beside));
    }
    auto reader =
        ClipReader::open(clip_file(film), {.patience = patience, .captions = open_captions(hall_sources(), film)});
    REQUIRE(reader.has_value());
    std::vector<int> captioned;
    std::set<const Overlay*> overlays;
    while (const auto picture = (*reader)->next_picture()) {
        if (picture->frame->overlay == nullptr) continue;
        captioned.push_back(int(picture->at / 100ms));
        overlays.insert(picture->frame->overlay.get());
    }
    CHECK(captioned == range(10, 10));
    CHECK(overlays.size() == 1);
    // Without languages nothing is shown, nor in one that the hall does not read.
    for (const auto& other : {media::CaptionSources{}, media::captions_for_languages(std::vector<std::string>{"ja"})}) {
        if (one.beside != nullptr && std::string(one.beside) == ".ass") continue;  // it does not say for whom it is
        auto silent = ClipReader::open(clip_file(film), {.patience = patience, .captions = open_captions(other, film)});
        REQUIRE(silent.has_value());
        while (const auto picture = (*silent)->next_picture()) CHECK(picture->frame->overlay == nullptr);
    }
}

TEST_CASE("a caption lies at the bottom of the film's middle, whatever the film's shape") {
    auto track = CaptionTrack::read(file_of(webvtt("Stanowisko")), hall_setup().fonts, family_of("pl"));
    REQUIRE(track.has_value());
    for (const auto& [width, height] : {std::pair(1920, 1080), std::pair(640, 480), std::pair(480, 854)}) {
        INFO(width << "x" << height);
        const auto overlay = (*track)->at(1500ms, width, height);
        REQUIRE(overlay != nullptr);
        CHECK(double(overlay->canvas_width) / overlay->canvas_height == Approx(double(width) / height).epsilon(0.01));
        CHECK(overlay->canvas_width <= 1920);
        CHECK(overlay->canvas_height <= 1080);
        CHECK(overlay->x + overlay->frame->width / 2 == Approx(overlay->canvas_width / 2).margin(2));
        CHECK(overlay->y > overlay->canvas_height / 2);
        CHECK(overlay->y + overlay->frame->height <= overlay->canvas_height);
        CHECK((*track)->at(1600ms, width, height) == overlay);
        CHECK((*track)->at(2000ms, width, height) == nullptr);
    }
}

TEST_CASE("every script of a hall has its letters, also among others") {
    const auto missing = ink_of(*overlay_of("\xee\x80\x80\xee\x80\x80\xee\x80\x80", "pl"));  // private-use characters
    for (const auto& [language, text] : std::vector<std::pair<std::string, std::string>>{{"pl", "Żółć"},
                                                                                         {"uk", "Їжак"},
                                                                                         {"ar", "مرحبا"},
                                                                                         {"hi", "क्षत्रिय"},
                                                                                         {"ka", "მოგესალმებით"},
                                                                                         {"vi", "Chào mừng quý khách"},
                                                                                         {"zh-Hans", "请到三号窗口"}}) {
        INFO(language << ": " << text);
        const auto overlay = overlay_of(text, language);
        CHECK(ink_of(*overlay) != missing);
        // Latin letters and digits stand beside those of the script.
        CHECK(columns_with_ink(*overlay_of(text + " ABC 123", language)) > columns_with_ink(*overlay) + 100);
    }
}

TEST_CASE("Arabic letters join, Devanagari's form conjuncts") {
    // U+200C keeps them apart.
    CHECK(columns_with_ink(*overlay_of("بببب", "ar")) < columns_with_ink(*overlay_of("ب‌ب‌ب‌ب", "ar")));
    CHECK(columns_with_ink(*overlay_of("क्षक्षक्ष", "hi")) <
          columns_with_ink(*overlay_of("क्‌षक्‌षक्‌ष", "hi")));
}

TEST_CASE("a line is as high in every script: one size is one em in each") {
    const int latin = overlay_of("Stanowisko 12", "pl")->frame->height;
    for (const auto& [language, text] : std::vector<std::pair<std::string, std::string>>{
             {"ar", "الشباك 12"}, {"hi", "खिड़की 12"}, {"ka", "სარკმელთან 12"}, {"zh-Hans", "请到三号窗口"}}) {
        INFO(language);
        CHECK(overlay_of(text, language)->frame->height == Approx(latin).margin(4));
        // Digits of the same size: they are in each font, or in the Latin one.
        CHECK(columns_with_ink(*overlay_of("8888888888", language)) ==
              Approx(columns_with_ink(*overlay_of("8888888888", "pl"))).epsilon(0.1));
    }
}

TEST_CASE("captions are set without opening a file") {
    const std::string text = webvtt("Stanowisko 3, مرحبا, 请到三号窗口");
    const auto& setup = hall_setup();
    const auto family = family_of("ar");
    const auto set = [&] {
        const auto track = CaptionTrack::read(file_of(text), setup.fonts, family);
        return track && (*track)->at(1500ms, 1280, 720) != nullptr;
    };
    CHECK(in_locked_room(Lock::kills, set));
    // The room is locked indeed.
    CHECK_FALSE(in_locked_room(Lock::kills, [] { return bool(std::ifstream("/etc/passwd")); }));
}

TEST_CASE("what is no caption file says so, and the next choice is shown") {
    const auto error_of = [](const std::string& text) {
        const auto track = CaptionTrack::read(file_of(text, "film.pl.srt"), hall_setup().fonts, family_of("pl"));
        return track ? "" : track.error().message;
    };
    CHECK(error_of("1\n00:00:01,000 --> 00:00:02,000\n\xb3\xf3\n") == "film.pl.srt: is not in UTF-8: save it so");
    CHECK(error_of("WEBVTT\n\n") == "film.pl.srt: has no captions");
    CHECK(error_of("#EXTM3U\n#EXTINF:1\n/etc/passwd\n").find("no SRT, WebVTT or ASS file") != std::string::npos);
    const TempFolder folder;
    write(folder / "film.pl.srt", "nothing");
    write(folder / "film.uk.srt", "1\n00:00:00,000 --> 00:00:02,000\nВікно\n");
    make_clip(folder / "film.mp4", {.pictures = 5, .sound = ""});
    auto reader =
        ClipReader::open(clip_file(folder / "film.mp4"),
                         {.patience = patience, .captions = open_captions(hall_sources(), folder / "film.mp4")});
    REQUIRE(reader.has_value());
    CHECK((*reader)->next_picture()->frame->overlay != nullptr);
}

TEST_CASE("more captions than any film has are left out") {
    const auto& fonts = hall_setup().fonts;
    Captions captions(fonts, family_of("pl"));
    captions.use_house_style();
    for (std::size_t i = 0; i < most_captions + 10; ++i) captions.add("0,0,Default,,0,0,0,,a", 1ms * i, 1ms);
    CHECK(captions.left_out() == 10);
    Captions long_ones(fonts, family_of("pl"));
    long_ones.use_house_style();
    for (int i = 0; i < 5; ++i) long_ones.add("0,0,Default,,0,0,0,," + std::string(1 << 20, 'a'), 1ms * i, 1ms);
    CHECK(long_ones.left_out() == 2);
}

TEST_CASE("the font of a language is one that has its letters, by the name that it has itself") {
    CHECK(text::font_of_language("pl")->family == "Noto Sans");
    CHECK(text::font_of_language("ar")->family == "Noto Sans Arabic");
    CHECK(text::font_of_language("zh-Hans")->family == "Noto Sans CJK SC");
    CHECK(text::font_of_language("ja")->family == "Noto Sans CJK JP");
    // Elsewhere than in our folders, fontconfig knows one.
    CHECK(text::font_of_language("ka", {"/nowhere"}).has_value());
}

}  // namespace hallcast::decoder::captions_test
