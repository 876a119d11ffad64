// An administrator's office file: whatever it says, it is refused with a reason, or it can be written out and read
// again, and the queue core either says what is wrong or can work with it.
#include "content/office_file.h"

#include <google/protobuf/util/message_differencer.h>

#include "player/queue/apply.h"
#include "player/queue/decide.h"
#include "player/queue/projection.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace hallcast;

constexpr std::int64_t now_ms = 1'790'000'000'000;

v1::CommandReply send(queue::State& state, v1::Command command) {
    command.set_cmd_id(std::string(15, 'f') + char('0' + state.log_seq % 10));
    queue::Decision decision = queue::decide(state, command, {now_ms, 60'000, 20260921});
    for (const v1::Event& event : decision.events) queue::apply(state, event);
    return decision.reply;
}

void work_with(const v1::Office& office) {
    queue::State state;
    v1::Command apply;
    *apply.mutable_apply_office()->mutable_office() = office;
    const v1::CommandReply applied = send(state, apply);
    fuzz::require(applied.has_office() || !applied.rejection().message().empty());
    if (!applied.has_office()) return;
    for (const v1::Service& service : office.services()) {
        v1::Command issue;
        issue.mutable_issue_ticket()->set_service(service.id());
        send(state, issue);
        v1::Command find;
        find.mutable_find_slots()->set_service(service.id());
        send(state, find);
    }
    for (const v1::Counter& counter : office.counters()) {
        v1::Command open;
        open.mutable_open_counter()->set_counter(counter.number());
        send(state, open);
        v1::Command call;
        call.mutable_call_next()->set_counter(counter.number());
        send(state, call);
    }
    for (const v1::Hall& hall : office.halls()) fuzz::require(!queue::project(state, hall).SerializeAsString().empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::be_quiet();
    const auto office = content::parse_office({reinterpret_cast<const char*>(data), size}, "office.yaml");
    if (!office) {
        fuzz::require(!office.error().message.empty());
        return 0;
    }
    const auto again = content::parse_office(content::format_office(*office), "again.yaml");
    fuzz::require(again && google::protobuf::util::MessageDifferencer::Equals(*again, *office));
    work_with(*office);
    return 0;
}
