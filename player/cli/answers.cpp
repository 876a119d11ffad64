#include "player/cli/answers.h"

#include <google/protobuf/util/json_util.h>

#include <cstdio>
#include <zmq.hpp>

namespace hallcast::cli {

v1::SyncReply ask(const ConnectOptions& connect, v1::SyncRequest request, std::chrono::seconds limit) {
    zmq::context_t context;
    const auto client = wire::make_sync_client(context, connect.master(), connect.load());
    return need(client->ask(std::move(request), limit));
}

v1::SyncReply granted(v1::SyncReply reply, const char* saying) {
    if (reply.has_error()) throw Failure({saying + reply.error().message()});
    return reply;
}

void print_json(const google::protobuf::Message& message) {
    google::protobuf::util::JsonPrintOptions print;
    print.add_whitespace = true;
    print.always_print_primitive_fields = true;
    std::string json;
    HALLCAST_ASSERT(google::protobuf::util::MessageToJsonString(message, &json, print).ok());
    std::fputs(json.c_str(), stdout);
}

const char* word(v1::CounterActivity activity) {
    switch (activity) {
        case v1::COUNTER_ACTIVITY_FREE:
            return "free";
        case v1::COUNTER_ACTIVITY_CALLING:
            return "calling";
        case v1::COUNTER_ACTIVITY_SERVING:
            return "serving";
        default:
            return "closed";
    }
}

const char* word(v1::CallPhase phase) {
    switch (phase) {
        case v1::CALL_PHASE_CALLED:
            return "called";
        case v1::CALL_PHASE_SERVING:
            return "serving";
        case v1::CALL_PHASE_NO_SHOW:
            return "no-show";
        case v1::CALL_PHASE_WITHDRAWN:
            return "withdrawn";
        default:
            return "finished";
    }
}

}  // namespace hallcast::cli
