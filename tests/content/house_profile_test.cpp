#include "content/house_profile.h"

#include "tests/catch.h"

namespace hallcast::content::house_profile_test {

bool fits(int width, int height, int to_width, int to_height) {
    const PictureSize size = fitted_size(width, height);
    INFO(width << "x" << height << " -> " << size.width << "x" << size.height);
    return size.width == to_width && size.height == to_height;
}

TEST_CASE("films are fitted into 1920x1080 with even sides, and never made larger") {
    CHECK(fits(1920, 1080, 1920, 1080));
    CHECK(fits(3840, 2160, 1920, 1080));
    CHECK(fits(1080, 1920, 608, 1080));
    CHECK(fits(640, 361, 640, 362));
    CHECK(fits(161, 121, 162, 122));
    CHECK(fits(1, 1, 2, 2));
    CHECK(fits(16384, 1, 1920, 2));
    CHECK(fits(1919, 1079, 1920, 1080));
}

TEST_CASE("usual frame rates are kept, others become one that screens show evenly") {
    CHECK(std::string(frame_rate(23.976023976).text) == "24000/1001");
    CHECK(std::string(frame_rate(25).text) == "25");
    CHECK(frame_rate(25).group == 50);
    CHECK(std::string(frame_rate(29.97002997).text) == "30000/1001");
    CHECK(std::string(frame_rate(60).text) == "60");
    CHECK(frame_rate(60).group == 120);
    CHECK(std::string(frame_rate(29.5).text) == "30");
    CHECK(std::string(frame_rate(48).text) == "50");
    CHECK(std::string(frame_rate(120).text) == "60");
    CHECK(std::string(frame_rate(1).text) == "30");
    CHECK(std::string(frame_rate(0).text) == "30");
}

TEST_CASE("the gain brings sound to -23 LUFS, but makes no noise of silence") {
    CHECK(gain_for(-11) == Approx(-12));
    CHECK(gain_for(-30) == Approx(7));
    CHECK(gain_for(-55) == Approx(24));
    CHECK(gain_for(-70) == 0);
}

TEST_CASE("the loudness is read from what ebur128 writes") {
    CHECK(read_loudness("x\n  Integrated loudness:\n    I:         -11.1 LUFS\n    Threshold: -21.1 LUFS\n").value() ==
          Approx(-11.1));
    CHECK(read_loudness("  Integrated loudness:\n    I:         -inf LUFS\n").value() == Approx(-70));
    CHECK_FALSE(read_loudness("Error while decoding\n").has_value());
}

TEST_CASE("facts are read from ffprobe's JSON") {
    const auto facts = read_probe(R"({"streams":[
        {"index":0,"codec_type":"video","codec_name":"png","width":500,"height":500,"disposition":{"attached_pic":1}},
        {"index":1,"codec_type":"audio","codec_name":"aac","channels":6,"disposition":{"default":0},"tags":{"language":"eng"}},
        {"index":2,"codec_type":"audio","codec_name":"ac3","channels":2,"disposition":{"default":1},"tags":{"language":"pol"}},
        {"index":3,"codec_type":"video","codec_name":"h264","width":720,"height":576,"sample_aspect_ratio":"16:11","pix_fmt":"yuv420p",
         "avg_frame_rate":"25/1","field_order":"tt","color_transfer":"smpte2084","side_data_list":[{"rotation":-90}],"duration":"12.4"},
        {"index":4,"codec_type":"subtitle","codec_name":"subrip","tags":{"language":"ukr"}},
        {"index":5,"codec_type":"subtitle","codec_name":"hdmv_pgs_subtitle","tags":{"language":"eng"}},
        {"index":6,"codec_type":"subtitle","codec_name":"ass","tags":{"language":"en -i x"}},
        {"index":7,"codec_type":"subtitle","codec_name":"mov_text"}],
        "format":{"format_name":"mov,mp4","duration":"12.5"}})");
    REQUIRE(facts.has_value());
    CHECK(facts->video_stream == 3);
    CHECK(facts->audio_stream == 2);
    CHECK(facts->width == 576);
    CHECK(facts->height == 1047);
    CHECK(facts->frames_per_second == Approx(25));
    CHECK(facts->seconds == Approx(12.5));
    CHECK(facts->picture_seconds == Approx(12.4));
    CHECK(facts->spoken == "pol");
    REQUIRE(facts->texts.size() == 3);
    for (const auto& [at, stream, language] : {std::tuple(0u, 4, "ukr"), {1u, 6, "und"}, {2u, 7, "und"}}) {
        CHECK(facts->texts[at].stream == stream);
        CHECK(facts->texts[at].language == language);
    }
    CHECK(facts->interlaced);
    CHECK(facts->high_dynamic_range);
    CHECK_FALSE(facts->picture);

    const auto song = read_probe(R"({"streams":[{"index":0,"codec_type":"audio","channels":2},
        {"index":1,"codec_type":"video","width":500,"height":500,"disposition":{"attached_pic":1}}],"format":{"format_name":"mov"}})");
    REQUIRE_FALSE(song.has_value());
    CHECK(song.error().message == "is no video or picture: it holds sound only");
    CHECK_FALSE(read_probe("{").has_value());
    CHECK_FALSE(read_probe("{}").has_value());
    CHECK_FALSE(read_probe(R"({"streams":7,"format":[]})").has_value());
}

TEST_CASE("of ffmpeg's errors a person gets the telling line") {
    CHECK(telling_line("[mov,mp4 @ 0x5] moov atom not found\nfile:upload: Invalid data found when processing input\n")
              .find("cut off") != std::string::npos);
    CHECK(telling_line("file:/in/upload: Permission denied\n") == "Permission denied");
    CHECK(telling_line("[a @ 0x1] [b @ 0x2] Unknown thing\nConversion failed!\n") == "Unknown thing");
    CHECK(telling_line("") == "no reason given");
    CHECK(telling_line(std::string(5000, 'x')).size() == 200);
}

}  // namespace hallcast::content::house_profile_test
