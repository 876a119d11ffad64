// The keys of the visitors' personal data: what is sealed with one lies in the log for ever, and is nobody's once the
// key is deleted.
//
// - Contact data (name, telephone, mail): sealed with a key of the person's own. The key goes when they are forgotten,
// on
//   their wish or after their last day.
// - Case numbers: kept nowhere, only as keyed hashes. Nobody can take a hash out of the log again, so its key has to
// go:
//   each calendar quarter has its own, deleted `case_days` after the quarter's end. Until then equal numbers can be
//   recognised (limits, check-in); afterwards the hash is 32 random bytes to everybody, the office too, who can then
//   only see that bookings of one quarter were of one case. A number is thus linkable from case_days to 92 days more.
// - PINs: kept nowhere, see pin.h.
//
// What deleting reaches: persons.db and its journal. The keys are overwritten there; what a disk keeps below its file
// system (freed blocks, spare cells) needs an encrypted disk, and a backup of persons.db must not be kept for longer
// than the data may be. After restoring one, forget_expired() and the log's own record of who was forgotten apply
// again. Without persons.db, or with one of another log, everybody is forgotten and no PIN is right: staff checks the
// document.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/error.h"
#include "protocol/timetable.h"

namespace hallcast::queue {

// How long each kind is kept, in days. An office's rules must not let somebody book more than case_days ahead: their
// case number could not be checked at their appointment then.
struct Retention {
    int contact_days = 30;  // after the appointment: a person's last day is the appointment's day + contact_days
    int case_days = 365;    // after the end of the quarter in which it was booked
};

constexpr std::size_t person_id_bytes = 16;

// Externally synchronized: the core's thread. What changes something is durable when it returns, and after an error has
// not happened, or cannot be told (a failed sync), so that doing it again is right.
class Vault {
  public:
    virtual ~Vault() = default;

    // For each a random id of 16 raw bytes, whose key exists from now to the end of that last day. One sync for all.
    virtual Expected<std::vector<std::string>> new_persons(std::span<const timetable::Date> last_days) = 0;
    // The appointment was moved. Nothing where the person is forgotten.
    virtual Expected<void> keep_until(std::string_view person, timetable::Date last_day) = 0;
    // Nothing where the person is forgotten. For the export of what is kept: the rest of it is in the log.
    virtual Expected<std::optional<timetable::Date>> kept_until(std::string_view person) = 0;

    // XChaCha20-Poly1305 with a random nonce, bound to the person. The length tells no more than a multiple of 64.
    // Two seals of the same text differ. Fails for somebody forgotten.
    virtual Expected<std::string> seal(std::string_view person, std::string_view text) = 0;
    // Nothing: the person is forgotten. An error: these bytes were not sealed for this person, or were changed.
    virtual Expected<std::optional<std::string>> unseal(std::string_view person, std::string_view sealed) = 0;

    // For good. Twice is the same as once.
    virtual Expected<void> forget(std::string_view person) = 0;
    // Everybody whose last day was before `today`, and the case keys whose time is over; gives the persons. A date that
    // is wrong forgets for good: call it with a clock that can be trusted.
    virtual Expected<std::vector<std::string>> forget_expired(timetable::Date today, const Retention& retention) = 0;

    // The hash to keep for a booking made today comes first (it makes that quarter's key when there is none yet); then
    // those that the same number has from other quarters whose keys exist, the latest first. A case number is the one
    // of an appointment when the appointment's hash is among these. See case_number.h for what counts as the same
    // number.
    virtual Expected<std::vector<std::string>> case_hashes(std::string_view case_number, timetable::Date today) = 0;

    // 32 bytes for the draw of that name, always the same: nothing to keep, and nobody can know them without the file.
    virtual std::string seed_of(std::string_view draw) const = 0;
    virtual std::string pin_of(std::uint64_t appointment, std::uint32_t generation) const = 0;
};

// persons.db, beside the log: created where missing, for its owner only. Refuses a file that others may read, that
// cannot be written, is none of these, or is in use by another master.
Expected<std::unique_ptr<Vault>> open_vault(const std::filesystem::path& file);

}  // namespace hallcast::queue
