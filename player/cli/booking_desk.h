// What `hallcast book` and `hallcast draw` share: the master they ask, and the clock of its office.
#pragma once

#include <optional>
#include <string>
#include <zmq.hpp>

#include "player/cli/options.h"
#include "player/queue/booking_plan.h"

namespace hallcast::cli {

// One thread. Whatever does not succeed is a Failure with a message for a person.
class BookingDesk {
  public:
    explicit BookingDesk(const ConnectOptions& connect);

    // Waits for the answer, 10 s at most. A rejection is a Failure.
    v1::CommandReply send(v1::Command command, const std::string& case_number = {});

    // "2026-12-01 08:15" by the office's clock, and back.
    std::int64_t moment(const std::string& text) const;
    std::string text(std::int64_t at_ms) const { return queue::local_text(*calendar_, at_ms); }
    const v1::Office& office() const { return office_; }

  private:
    zmq::context_t context_;
    std::unique_ptr<wire::CommandClient> commands_;
    v1::Office office_;
    std::optional<queue::Calendar> calendar_;
};

// A subcommand with an example of its arguments in its help.
CLI::App& add_command(CLI::App& parent, const char* name, const char* what, const char* example);
void add_case_option(CLI::App& command, std::string& case_number);

}  // namespace hallcast::cli
