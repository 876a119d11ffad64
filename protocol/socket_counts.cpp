#include "protocol/socket_counts.h"

namespace hallcast::wire {

void SocketCounts::read() {
    while (const auto event = monitor_.next()) {
        switch (event->kind) {
            case ZMQ_EVENT_ACCEPTED:
                counts_.set_accepted(counts_.accepted() + 1);
                break;
            case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
                counts_.set_handshakes(counts_.handshakes() + 1);
                break;
            case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
                counts_.set_denied(counts_.denied() + 1);
                break;
            case ZMQ_EVENT_DISCONNECTED:
                counts_.set_disconnected(counts_.disconnected() + 1);
                ended_.push_back(int(event->value));
                break;
            default:
                counts_.set_failed(counts_.failed() + 1);
                break;
        }
    }
}

}  // namespace hallcast::wire
