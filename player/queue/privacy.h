// Personal data on its way through the core: what a command says in plain words is replaced, before it is decided, by
// what the log may keep for ever.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "hallcast/v1/queue.pb.h"
#include "player/queue/state.h"
#include "player/queue/vault.h"

namespace hallcast::queue {

// Externally synchronized: the core's thread.
class Privacy {
  public:
    explicit Privacy(std::unique_ptr<Vault> vault) : vault_(std::move(vault)) {}

    // Case number to hashes, contact to sealed bytes, PIN to the appointment that has it; gives a draw its seed. At the
    // first command of a day, forgets whose time is over. After an error nothing may be decided.
    Expected<void> protect(v1::Command& command, const State& state, std::int64_t now_ms);

    // Adds to an answer what is never kept: an appointment's PIN, a case's contact.
    static bool completes(const v1::CommandReply& reply) { return reply.has_appointment() || reply.has_case_file(); }
    v1::CommandReply completed(v1::CommandReply reply);

  private:
    void find_by_pin(v1::CheckIn& check, const v1::Command& command, const State& state);
    Expected<void> seal_contact(v1::ConfirmAppointment& confirm, const State& state);
    Expected<void> forget_contacts(const v1::Command& command, const State& state);

    std::unique_ptr<Vault> vault_;
    timetable::Date today_{};
    std::map<std::string, int> wrong_pins_;  // today, by case_hash
};

// Wrong PINs of a case in a day, after which none is right any more: the information point looks at a document.
constexpr int most_wrong_pins = 5;

}  // namespace hallcast::queue
