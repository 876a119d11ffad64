// Turns pictures upright and makes whole pictures of interlaced ones, where a film needs it.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "player/decoder/libav.h"
#include "protocol/base/error.h"

extern "C" {
#include <libavfilter/avfilter.h>
}

namespace hallcast::decoder {

struct FreeGraph {
    void operator()(AVFilterGraph* graph) const { avfilter_graph_free(&graph); }
};
using FilterGraph = std::unique_ptr<AVFilterGraph, FreeGraph>;

// libavfilter's names of what turns a picture as this display matrix says, to the nearest quarter; mirrors, too. Empty:
// nothing does.
std::string turn_for(const std::int32_t* display_matrix);

// Each picture in gives one picture out, in order, with its time; an interlaced film is one picture late. Upright
// progressive films pass as they are, without a copy. Externally synchronized.
class PictureFilter {
  public:
    explicit PictureFilter(const AVStream& stream);

    // The picture's pts, in the stream's ticks, and its sample aspect are to be set. After an error the next one may be
    // good again.
    Expected<void> push(Frame frame);
    // Null: needs another, or that was the last.
    Frame pull();
    // No picture follows.
    void end();

  private:
    struct Wanted {
        std::string turn;
        bool deinterlace = false;
        int width = 0, height = 0, format = AV_PIX_FMT_NONE;
        bool operator==(const Wanted&) const = default;
    };
    struct Timing {
        std::int64_t pts = 0, best_effort = 0, duration = 0;
    };

    Wanted wanted_for(const AVFrame& frame) const;
    Expected<void> build(const Wanted& wanted, const AVFrame& first);
    void collect();

    const AVRational time_base_;
    std::string turn_;         // as the file says; a picture may say otherwise
    bool interlaced_ = false;  // since the first such picture
    FilterGraph graph_;        // null: nothing to do
    Wanted built_;
    AVFilterContext* source_ = nullptr;  // of graph_
    AVFilterContext* sink_ = nullptr;
    std::deque<Timing> inside_;  // of the pictures in the graph
    std::deque<Frame> ready_;
};

}  // namespace hallcast::decoder
