// Takes an untrusted upload to a library item: probe, transcode to the house profile in a sandboxed ffmpeg, measure
// loudness, check the result, add.
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

#include "content/library.h"

namespace hallcast::content {

// What a person waits for. `share` is 0..1 of the whole work.
struct IngestProgress {
    enum class Step { probing, transcoding, checking, done } step = Step::probing;
    double share = 0;
};

// Blocks until done; run it on a thread of its own. Refuses with a reason a person understands ("notes.txt: is no video
// or picture: ..."). The upload is left alone; nothing of a failed ingest stays behind.
Expected<v1::ContentItem> ingest(Library& library, const std::filesystem::path& upload, const std::string& title,
                                 const std::function<void(const IngestProgress&)>& progress, std::stop_token stop = {});

}  // namespace hallcast::content
