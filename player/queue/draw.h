// A random draw of scarce slots that everybody can verify. Pure; any thread. The algorithm, exactly: README.md.
//
// In three steps, each of which is published before the next begins:
//   announce   seed drawn by the office, kept secret; the commitment (a hash) binds the office to it
//   close      the digest binds it to the requests and slots as they are now; from here on the outcome is settled
//   hold       seed, beacon value and outcomes
// Who can steer it? The order hangs on seed, digest and beacon value together. The seed was chosen before any request
// was there, and cannot be changed without breaking the commitment. Visitors do not know it, so no choice of
// preferences or time moves them forward (and ids are the office's). A request added, changed or left out after the
// closing changes the digest; one left out before is missed by the visitor who holds its id. What remains without a
// beacon: whoever can read the seed in the master and file requests could, before the closing, try fake ones until the
// order suits. With one, nobody can: its value is public, but only after the digest is. A draw with much at stake names
// a beacon. An office that does not like its outcome could only fail to publish it, which all see.
#pragma once

#include <string>
#include <string_view>

#include "hallcast/v1/draw.pb.h"
#include "protocol/base/error.h"

namespace hallcast::queue {

constexpr std::size_t draw_seed_bytes = 32;

// Of draw, beacon_source and the seed (raw bytes): lower-case hexadecimal.
std::string draw_commitment(std::string_view draw, std::string_view beacon_source, std::string_view seed);

// Of draw, slots and requests, in whatever order they stand there: lower-case hexadecimal.
std::string draw_digest(const v1::DrawPublication& publication);

// What keeps it from being drawn (ids that come twice, unknown slots, ...), whatever has been published of it so far.
Expected<void> check_draw(const v1::DrawPublication& publication);

// The outcomes, in the order drawn: place N is at N - 1. From draw, slots, requests, seed (raw bytes) and beacon value.
// The publication must pass check_draw().
google::protobuf::RepeatedPtrField<v1::DrawOutcome> draw(const v1::DrawPublication& publication, std::string_view seed,
                                                         std::string_view beacon_value);

// From a publication with draw, slots, requests and commitment the whole one: digest, beacon value, seed and outcomes.
v1::DrawPublication held_draw(v1::DrawPublication closed, std::string_view seed, std::string_view beacon_value);

// Whether a whole publication is right, from it alone; otherwise the first thing that is wrong. That its commitment and
// its digest are those published earlier is for the reader to compare.
Expected<void> verify_draw(const v1::DrawPublication& publication);

// As JSON, the form in which it is published; and back. `file` is for the message.
std::string draw_json(const v1::DrawPublication& publication);
Expected<v1::DrawPublication> parse_draw_json(std::string_view text, std::string_view file);

}  // namespace hallcast::queue
