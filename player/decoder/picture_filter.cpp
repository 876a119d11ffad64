#include "player/decoder/picture_filter.h"

extern "C" {
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/display.h>
}

#include <cmath>

namespace hallcast::decoder {
namespace {

bool is_interlaced(const AVFrame& frame) {
#ifdef AV_FRAME_FLAG_INTERLACED
    return (frame.flags & AV_FRAME_FLAG_INTERLACED) != 0;
#else
    return frame.interlaced_frame != 0;
#endif
}

constexpr std::size_t matrix_bytes = 9 * sizeof(std::int32_t);

std::string turn_of_file(const AVStream& stream) {
#if LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(60, 15, 100)
    const AVPacketSideData* side = av_packet_side_data_get(
        stream.codecpar->coded_side_data, stream.codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);
    if (side == nullptr || side->size < matrix_bytes) return {};
    return turn_for(reinterpret_cast<const std::int32_t*>(side->data));
#else
    std::size_t size = 0;
    const std::uint8_t* matrix = av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
    if (matrix == nullptr || size < matrix_bytes) return {};
    return turn_for(reinterpret_cast<const std::int32_t*>(matrix));
#endif
}

}  // namespace

// The matrix maps (x, y) to (x*m[0] + y*m[3], x*m[1] + y*m[4]), y downwards, in 16.16 fixed point.
std::string turn_for(const std::int32_t* m) {
    const double upright = std::abs(double(m[0])) + std::abs(double(m[4]));
    const double lying = std::abs(double(m[1])) + std::abs(double(m[3]));
    if (upright >= lying) {
        const bool left = m[0] < 0;
        const bool down = m[4] < 0;
        return left && down ? "hflip,vflip" : left ? "hflip" : down ? "vflip" : "";
    }
    if (m[1] > 0) return m[3] < 0 ? "transpose=clock" : "transpose=cclock_flip";
    return m[3] < 0 ? "transpose=clock_flip" : "transpose=cclock";
}

PictureFilter::PictureFilter(const AVStream& stream) : time_base_(stream.time_base), turn_(turn_of_file(stream)) {}

PictureFilter::Wanted PictureFilter::wanted_for(const AVFrame& frame) const {
    Wanted wanted{turn_, interlaced_, frame.width, frame.height, frame.format};
    const AVFrameSideData* side = av_frame_get_side_data(&frame, AV_FRAME_DATA_DISPLAYMATRIX);
    if (side != nullptr && side->size >= matrix_bytes) {
        wanted.turn = turn_for(reinterpret_cast<const std::int32_t*>(side->data));
    }
    return wanted;
}

Expected<void> PictureFilter::build(const Wanted& wanted, const AVFrame& first) {
    FilterGraph graph(avfilter_graph_alloc());
    HALLCAST_ASSERT(graph != nullptr);
    graph->nb_threads = 1;  // the clip's own thread; the others have work
    AVFilterContext* source = avfilter_graph_alloc_filter(graph.get(), avfilter_get_by_name("buffer"), "source");
    AVFilterContext* sink = avfilter_graph_alloc_filter(graph.get(), avfilter_get_by_name("buffersink"), "sink");
    AVBufferSrcParameters* parameters = av_buffersrc_parameters_alloc();
    HALLCAST_ASSERT(source != nullptr && sink != nullptr && parameters != nullptr);
    parameters->format = first.format;
    parameters->width = first.width;
    parameters->height = first.height;
    parameters->time_base = time_base_;
    parameters->sample_aspect_ratio = first.sample_aspect_ratio;
#if LIBAVFILTER_VERSION_MAJOR >= 10
    parameters->color_space = first.colorspace;
    parameters->color_range = first.color_range;
#endif
    int error = av_buffersrc_parameters_set(source, parameters);
    av_free(parameters);
    if (error >= 0) error = avfilter_init_str(source, nullptr);
    if (error >= 0) error = avfilter_init_str(sink, nullptr);

    std::string chain = wanted.deinterlace ? "bwdif=mode=send_frame:deint=interlaced" : "";
    if (!chain.empty() && !wanted.turn.empty()) chain += ",";
    chain += wanted.turn;
    AVFilterInOut* from = avfilter_inout_alloc();
    AVFilterInOut* to = avfilter_inout_alloc();
    HALLCAST_ASSERT(from != nullptr && to != nullptr);
    *from = {av_strdup("in"), source, 0, nullptr};
    *to = {av_strdup("out"), sink, 0, nullptr};
    if (error >= 0) error = avfilter_graph_parse_ptr(graph.get(), chain.c_str(), &to, &from, nullptr);
    avfilter_inout_free(&from);
    avfilter_inout_free(&to);
    if (error >= 0) error = avfilter_graph_config(graph.get(), nullptr);
    if (error < 0) {
        return fail("pictures of {}x{} cannot be turned or deinterlaced ({}): {}", first.width, first.height, chain,
                    libav_message(error));
    }
    graph_ = std::move(graph);
    source_ = source;
    sink_ = sink;
    return {};
}

Expected<void> PictureFilter::push(Frame frame) {
    interlaced_ = interlaced_ || is_interlaced(*frame);
    Wanted wanted = wanted_for(*frame);
    if (graph_ != nullptr && wanted != built_) end();
    if (wanted.turn.empty() && !wanted.deinterlace) {
        ready_.push_back(std::move(frame));
        return {};
    }
    if (graph_ == nullptr) {
        if (auto done = build(wanted, *frame); !done) return done;
        built_ = std::move(wanted);
    }
    inside_.push_back({frame->pts, frame->best_effort_timestamp, duration_of(*frame)});
    if (const int error = av_buffersrc_add_frame(source_, frame.get()); error < 0) {
        inside_.pop_back();
        return fail("a picture cannot be turned or deinterlaced: {}", libav_message(error));
    }
    collect();
    return {};
}

void PictureFilter::collect() {
    for (;;) {
        Frame frame = make_frame();
        if (av_buffersink_get_frame(sink_, frame.get()) < 0) return;
        if (inside_.empty()) continue;
        // Deinterlacing counts in a time base of its own.
        frame->pts = inside_.front().pts;
        frame->best_effort_timestamp = inside_.front().best_effort;
        duration_of(*frame) = inside_.front().duration;
        inside_.pop_front();
        // Turned, chroma that lay beside lies above, or on the other side: nearer to the middle than to where it was.
        if (!built_.turn.empty()) frame->chroma_location = AVCHROMA_LOC_CENTER;
        av_frame_remove_side_data(frame.get(), AV_FRAME_DATA_DISPLAYMATRIX);
        ready_.push_back(std::move(frame));
    }
}

Frame PictureFilter::pull() {
    if (ready_.empty()) return nullptr;
    Frame frame = std::move(ready_.front());
    ready_.pop_front();
    return frame;
}

void PictureFilter::end() {
    if (graph_ == nullptr) return;
    if (av_buffersrc_add_frame(source_, nullptr) >= 0) collect();
    graph_.reset();
    inside_.clear();
}

}  // namespace hallcast::decoder
