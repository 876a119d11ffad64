#include "player/decoder/rung_report.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "player/media/descriptor_message.h"

namespace hallcast::decoder {
namespace {

struct Report {
    std::uint32_t rung = 0;
    std::int32_t codec = 0, profile = 0;
    std::uint32_t above_1080p = 0;
    std::array<char, 160> reason{};
};

}  // namespace

Expected<RungReportEnds> make_rung_reports() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0)
        return fail("no socket for a worker's reports: {}", std::strerror(errno));
    return RungReportEnds{Descriptor(ends[0]), Descriptor(ends[1])};
}

void report_rung(int worker_end, const RungFailure& failure) {
    Report report;
    report.rung = std::uint32_t(failure.rung);
    report.codec = failure.film.codec;
    report.profile = failure.film.profile;
    report.above_1080p = failure.film.above_1080p ? 1 : 0;
    std::copy_n(failure.reason.data(), std::min(failure.reason.size(), report.reason.size() - 1), report.reason.data());
    media::send_message(worker_end, media::message_of(report));
}

void RungReports::take(RungMemory& memory) {
    while (end_) {
        Report report;
        const long got = media::receive_message(end_.get(), media::message_of(report));
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
        if (got != long(sizeof report) || report.rung >= hardware_rungs.size()) return end_.close();
        RungFailure failure{Rung(report.rung),
                            {report.codec, report.profile, report.above_1080p != 0},
                            {report.reason.data(), ::strnlen(report.reason.data(), report.reason.size())}};
        // It goes to logs and pages.
        std::ranges::replace_if(
            failure.reason, [](unsigned char c) { return c < 0x20 || c >= 0x7f; }, '?');
        memory.remember(failure);
        if (++taken_ >= most_reports) end_.close();
    }
}

}  // namespace hallcast::decoder
