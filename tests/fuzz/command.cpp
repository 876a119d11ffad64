// Commands as any authorised client may send them, some time apart, to an office in the middle of its day: each is
// answered, the log stays one that can be read again, and the halls show what the state says.
#include "protocol/cmd_id.h"
#include "protocol/roles.h"
#include "tests/fuzz/office_at_work.h"

namespace {

using namespace hallcast;

constexpr std::int64_t passing_ms[] = {1, 50, 1000, 30'000, 300'000, 1'800'000, 7'200'000, 86'400'000};

bool somebody_may_send(const v1::Command& command) {
    using wire::Role;
    int allowed = 0;
    for (const Role role : {Role::player, Role::clerk, Role::kiosk, Role::content, Role::admin})
        allowed += int(wire::may_send(role, command));
    fuzz::require(allowed == 0 || wire::may_send(Role::admin, command));
    return allowed > 0;
}

}  // namespace

HALLCAST_FUZZ_PIECES

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::be_quiet();
    static const fuzz::OfficeAtWork morning;
    fuzz::OfficeAtWork office = morning;
    std::set<std::string> seen;  // the core answers a repeated command without deciding it again
    for (const fuzz::Piece& piece : fuzz::pieces_of(data, size)) {
        v1::Command command;
        if (!command.ParseFromArray(piece.bytes.data(), int(piece.bytes.size())) || !somebody_may_send(command))
            continue;
        // Most inputs have no id that is fit; one in eight is as it came.
        if (command.cmd_id().size() != wire::cmd_id_bytes && (piece.kind & 0x38) != 0)
            command.set_cmd_id(queue::sample::next_cmd_id());
        if (!seen.insert(command.cmd_id()).second) continue;
        office.send(std::move(command), passing_ms[piece.kind & 7]);
    }
    office.check_boards();
    return 0;
}
