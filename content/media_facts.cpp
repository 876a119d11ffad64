#include "content/media_facts.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>
#include <vector>

#include "content/utf8.h"

namespace hallcast::content {

const char* const accepted_formats =
    "mov,matroska,avi,mpegts,mpeg,flv,asf,ogg,mxf,gif,apng,png_pipe,jpeg_pipe,webp_pipe,bmp_pipe,tiff_pipe";

namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

const Value& field(const Struct& object, const std::string& name) {
    const auto found = object.fields().find(name);
    return found == object.fields().end() ? Value::default_instance() : found->second;
}

std::string text_of(const Struct& object, const std::string& name) { return field(object, name).string_value(); }

// ffprobe writes some numbers as numbers and others as texts.
double number_of(const Struct& object, const std::string& name) {
    const Value& value = field(object, name);
    if (value.has_number_value()) return value.number_value();
    const std::string& text = value.string_value();
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && std::isfinite(number) ? number : 0;
}

// "30000/1001" or "4:3"; 0 when there is none.
double ratio_of(const Struct& object, const std::string& name) {
    const std::string text = text_of(object, name);
    double above = 0, below = 0;
    const char* const last = text.data() + text.size();
    const auto first = std::from_chars(text.data(), last, above);
    if (first.ec != std::errc() || first.ptr == last) return 0;
    std::from_chars(first.ptr + 1, last, below);
    return below > 0 && above > 0 ? above / below : 0;
}

double rotation_of(const Struct& object) {
    for (const Value& entry : field(object, "side_data_list").list_value().values())
        if (entry.struct_value().fields().contains("rotation")) return number_of(entry.struct_value(), "rotation");
    return 0;
}

std::string language_of(const Struct& stream) {
    const std::string language = text_of(field(stream, "tags").struct_value(), "language");
    const bool known =
        language.size() == 3 && std::ranges::all_of(language, [](char c) { return c >= 'a' && c <= 'z'; });
    return known ? language : "und";
}

bool is_text(const Struct& stream) {
    static constexpr std::string_view codecs[] = {"subrip", "srt", "ass", "ssa", "webvtt", "mov_text", "text"};
    return std::ranges::find(codecs, text_of(stream, "codec_name")) != std::end(codecs);
}

void read_video(const Struct& stream, MediaFacts& facts) {
    facts.video_stream = int(number_of(stream, "index"));
    facts.video_codec = text_of(stream, "codec_name");
    facts.picture_seconds = std::max(0.0, number_of(stream, "duration"));
    facts.pixel_format = text_of(stream, "pix_fmt");
    facts.width = int(number_of(stream, "width"));
    facts.height = int(number_of(stream, "height"));
    const double pixel_aspect = ratio_of(stream, "sample_aspect_ratio");
    if (pixel_aspect > 0.05 && pixel_aspect < 20)
        facts.width = std::max(1, int(std::lround(facts.width * pixel_aspect)));
    if (std::lround(rotation_of(stream) / 90) % 2 != 0) std::swap(facts.width, facts.height);
    facts.frames_per_second = ratio_of(stream, "avg_frame_rate");
    if (facts.frames_per_second == 0) facts.frames_per_second = ratio_of(stream, "r_frame_rate");
    const std::string order = text_of(stream, "field_order");
    facts.interlaced = order == "tt" || order == "bb" || order == "tb" || order == "bt";
    const std::string& format = facts.pixel_format;
    for (const char* with_alpha : {"rgba", "bgra", "argb", "abgr", "ya8", "ya16", "yuva", "gbrap", "pal8"})
        facts.transparent |= format.starts_with(with_alpha);
    const std::string matrix = text_of(stream, "color_space");
    facts.known_matrix = !matrix.empty() && matrix != "unknown" && matrix != "reserved";
    const std::string transfer = text_of(stream, "color_transfer");
    facts.high_dynamic_range = transfer == "smpte2084" || transfer == "arib-std-b67";
}

}  // namespace

Expected<MediaFacts> read_probe(const std::string& json) {
    Struct probe;
    if (!google::protobuf::util::JsonStringToMessage(json, &probe).ok()) return fail("ffprobe's answer is no JSON");
    const Struct& format = field(probe, "format").struct_value();
    const std::string format_name = text_of(format, "format_name");
    MediaFacts facts;
    facts.seconds = std::max(0.0, number_of(format, "duration"));
    double frames = 0;
    bool default_audio = false;
    for (const Value& entry : field(probe, "streams").list_value().values()) {
        const Struct& stream = entry.struct_value();
        const std::string type = text_of(stream, "codec_type");
        const Struct& disposition = field(stream, "disposition").struct_value();
        // A song's cover is no picture to show in a hall.
        if (type == "video" && facts.video_stream < 0 && number_of(disposition, "attached_pic") == 0 &&
            number_of(stream, "width") > 0) {
            read_video(stream, facts);
            frames = number_of(stream, "nb_frames");
        }
        if (type == "audio" && number_of(stream, "channels") > 0 && (facts.audio_stream < 0 || !default_audio)) {
            const bool is_default = number_of(disposition, "default") != 0;
            if (facts.audio_stream >= 0 && !is_default) continue;
            facts.audio_stream = int(number_of(stream, "index"));
            facts.audio_codec = text_of(stream, "codec_name");
            facts.spoken = language_of(stream);
            default_audio = is_default;
        }
        if (type == "subtitle" && is_text(stream) && facts.texts.size() < most_text_tracks)
            facts.texts.push_back({int(number_of(stream, "index")), language_of(stream)});
    }
    const bool animation = format_name == "gif" || format_name == "apng";
    facts.picture =
        format_name.ends_with("_pipe") ||
        (facts.audio_stream < 0 && (frames == 1 || (animation && facts.seconds * facts.frames_per_second < 1.5)));
    if (facts.video_stream < 0)
        return fail("is no video or picture: {}",
                    facts.audio_stream >= 0 ? "it holds sound only" : "nothing in it can be shown");
    return facts;
}

std::string telling_line(const std::string& errors) {
    std::string telling = "no reason given";
    std::string_view rest = errors;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        while (line.starts_with('[') && line.find("] ") != std::string_view::npos)
            line.remove_prefix(line.find("] ") + 2);
        for (const std::string_view prefix : {"file:/in/upload: ", "file:upload: "})
            if (line.starts_with(prefix)) line.remove_prefix(prefix.size());
        if (line.empty() || line == "Conversion failed!" || line.starts_with("Error marking filters")) continue;
        // These are causes; what ffmpeg writes after them are consequences.
        if (line.find("moov atom not found") != std::string_view::npos)
            return "the file is cut off, or was not finished when it was copied (moov atom not found)";
        if (line.find("Cannot determine format of input stream") != std::string_view::npos)
            return "nothing in it can be decoded";
        if (line.find("not on whitelist") != std::string_view::npos)
            return "playlists and files that lead to other files are not accepted";
        if (line.find("Invalid data found when processing input") != std::string_view::npos &&
            line.find(" decod") == std::string_view::npos)
            telling = "it is in no format that is known here, or is damaged";
        else
            telling = one_line(line, 200);
    }
    return telling;
}

Expected<MediaFacts> probe_media(const Sandbox& sandbox, const std::string& input, std::stop_token stop) {
    std::vector<std::string> arguments = {"-hide_banner",
                                          "-v",
                                          "error",
                                          "-protocol_whitelist",
                                          "file",
                                          "-format_whitelist",
                                          accepted_formats,
                                          "-print_format",
                                          "json",
                                          "-show_format",
                                          "-show_streams",
                                          "-i",
                                          input};
    auto run = sandbox.run("ffprobe", arguments, {}, stop);
    if (!run) return std::unexpected(run.error());
    if (run->end == ChildResult::End::stopped) return fail("stopped");
    if (run->end != ChildResult::End::exited)
        return fail("is no video or picture: looking at it took too much time or memory");
    if (run->code != 0) return fail("is no video or picture: {}", telling_line(run->errors));
    return read_probe(run->output);
}

}  // namespace hallcast::content
