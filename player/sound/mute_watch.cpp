#include "player/sound/mute_watch.h"

#include <pulse/pulseaudio.h>
#include <unistd.h>

#include <string_view>

namespace hallcast::sound {

struct MuteWatch::Asked {
    static bool silent(int mute, const pa_cvolume& volume) {
        return mute != 0 || pa_cvolume_max(&volume) == PA_VOLUME_MUTED;
    }
    static void stream(pa_context* context, const pa_sink_input_info* info, int last, void* self) {
        auto& watch = *static_cast<MuteWatch*>(self);
        if (last == 0) {
            const char* const process = pa_proplist_gets(info->proplist, PA_PROP_APPLICATION_PROCESS_ID);
            if (process != nullptr && process == std::to_string(getpid()))
                watch.streams_[info->sink] = silent(info->mute, info->volume);
            return;
        }
        pa_operation_unref(watch.asking_);
        watch.found_ = Fault::none;
        watch.asking_ = pa_context_get_sink_info_list(context, device, self);
    }
    static void device(pa_context*, const pa_sink_info* info, int last, void* self) {
        auto& watch = *static_cast<MuteWatch*>(self);
        if (last == 0) {
            const auto stream = watch.streams_.find(info->index);
            if (stream == watch.streams_.end() || !watch.ours_(info->description)) return;
            // The sink that servers make up when the last one is gone.
            const bool none = info->name == std::string_view("auto_null");
            if (none || stream->second || silent(info->mute, info->volume))
                watch.found_ = none ? Fault::no_device : Fault::muted;
            return;
        }
        pa_operation_unref(watch.asking_);
        watch.asking_ = nullptr;
        watch.fault_ = watch.found_;
    }
};

void MuteWatch::connect() {
    loop_ = pa_mainloop_new();
    context_ = pa_context_new(pa_mainloop_get_api(loop_), "hallcast");
    pa_context_connect(context_, nullptr, PA_CONTEXT_NOAUTOSPAWN, nullptr);
}

void MuteWatch::disconnect() {
    if (loop_ == nullptr) return;
    if (asking_ != nullptr) {
        pa_operation_cancel(asking_);
        pa_operation_unref(asking_);
    }
    asking_ = nullptr;
    pa_context_disconnect(context_);
    pa_context_unref(context_);
    pa_mainloop_free(loop_);
    loop_ = nullptr;
    fault_ = Fault::none;
}

MuteWatch::Fault MuteWatch::look() {
    if (loop_ == nullptr) connect();
    while (pa_mainloop_iterate(loop_, 0, nullptr) > 0) {
    }
    const pa_context_state_t state = pa_context_get_state(context_);
    if (!PA_CONTEXT_IS_GOOD(state)) {
        disconnect();
    } else if (state == PA_CONTEXT_READY && asking_ == nullptr) {
        streams_.clear();
        asking_ = pa_context_get_sink_input_info_list(context_, Asked::stream, this);
    }
    return fault_;
}

}  // namespace hallcast::sound
