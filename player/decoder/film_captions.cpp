#include "player/decoder/film_captions.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "player/decoder/caption_choice.h"

namespace hallcast::decoder {
namespace {

std::string language_of(const AVStream* stream) {
    if (stream == nullptr) return {};
    const AVDictionaryEntry* language = av_dict_get(stream->metadata, "language", nullptr, 0);
    return language != nullptr ? language->value : "";
}

struct Source {
    const CaptionFile* file = nullptr;  // either
    AVStream* stream = nullptr;         // or
    std::string language;
};

}  // namespace

FilmCaptions FilmCaptions::choose(MediaFile& film, const CaptionSetup& setup) {
    FilmCaptions chosen;
    std::vector<std::string> hall;
    for (const auto& language : setup.languages) {
        if (!language.family.empty()) hall.push_back(language.tag);
    }
    if (hall.empty()) return chosen;
    std::vector<Source> sources;
    for (const CaptionFile& file : setup.files) {
        // A file that names no language is for whoever put it there: for the first of the hall's.
        sources.push_back({&file, nullptr, file.language.empty() ? hall.front() : file.language});
    }
    for (AVStream* text : film.texts()) sources.push_back({nullptr, text, language_of(text)});
    const std::string spoken = language_of(film.sound());
    while (!sources.empty()) {
        std::vector<std::string> languages;
        for (const Source& source : sources) languages.push_back(source.language);
        const auto choice = choose_caption_track(languages, hall, spoken);
        if (!choice) return chosen;
        const Source source = sources[*choice];
        const auto reader = std::ranges::find_if(setup.languages, [&](const media::CaptionSources::Language& language) {
            return !language.family.empty() && same_language(language.tag, source.language);
        });
        auto track = source.file != nullptr ? CaptionTrack::read(*source.file, setup.fonts, reader->family)
                                            : CaptionTrack::open(*source.stream, setup.fonts, reader->family);
        if (track) {
            chosen.track_ = std::move(*track);
            if (source.stream != nullptr) {
                film.want_text(*source.stream);
                chosen.stream_ = source.stream->index;
            }
            return chosen;
        }
        spdlog::warn("captions in '{}' are not shown: {}", source.language, track.error().message);
        sources.erase(sources.begin() + std::ptrdiff_t(*choice));
    }
    return chosen;
}

bool FilmCaptions::take(const AVPacket& packet) {
    if (stream_ < 0 || packet.stream_index != stream_) return false;
    track_->read(packet);
    return true;
}

picture::VideoFramePtr FilmCaptions::over(picture::VideoFramePtr picture, std::chrono::nanoseconds at,
                                          std::chrono::nanoseconds origin) {
    if (!track_) return picture;
    auto overlay = track_->at(stream_ < 0 ? at : at + origin, picture->display_width, picture->display_height);
    if (!overlay) return picture;
    auto captioned = std::make_shared<picture::VideoFrame>(*picture);
    captioned->overlay = std::move(overlay);
    return captioned;
}

}  // namespace hallcast::decoder
