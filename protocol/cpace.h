// CPace: two sides that know the same short secret agree on a key, and whoever does not know it can only guess, once.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hallcast::wire {

// draft-irtf-cfrg-cpace-21 over ristretto255 and SHA-512, initiator and responder. What is not the same on both sides
// (secret, context, session) gives each another key, without telling which it was: a confirmation tag must be compared
// before the key is used. Pure but for the scalar that begin() takes from the kernel. Bytes are in std::string.
namespace cpace {

constexpr std::size_t share_bytes = 32;
constexpr std::size_t scalar_bytes = 32;
constexpr std::size_t key_bytes = 64;
constexpr std::size_t tag_bytes = 32;

// What both sides must have in common. `context` is the draft's CI, `session` its sid.
struct Common {
    std::string secret;
    std::string context;
    std::string session;
};

// A side of one run: never used for a second one. Wiped at its end.
class Side {
  public:
    explicit Side(const Common& common);                  // with a new random scalar
    Side(const Common& common, std::string_view scalar);  // for the draft's test vectors
    Side(const Side&) = delete;
    Side& operator=(const Side&) = delete;
    Side(Side&& other) noexcept = default;
    Side& operator=(Side&&) noexcept = default;
    ~Side();

    const std::string& share() const { return share_; }
    // The draft's K. Nothing when `other` is no element of the group, or its neutral one: somebody cheats.
    std::optional<std::string> shared_point(std::string_view other) const;

  private:
    std::string scalar_;
    std::string share_;
};

struct Transcript {
    std::string initiator_share;
    std::string initiator_data;  // ADa
    std::string responder_share;
    std::string responder_data;  // ADb
};

// The draft's ISK for initiator and responder.
std::string key(const std::string& session, std::string_view shared_point, const Transcript& transcript);

// That its sender has `key`, for the message that begins with `what` and says `said`.
std::string tag(std::string_view key, std::string_view what, std::string_view said);
bool same_tag(std::string_view one, std::string_view other);  // in constant time

// The draft's lv_cat: each part behind its length (LEB128), so that no two lists of parts are the same bytes.
std::string lv_cat(std::initializer_list<std::string_view> parts);
// The draft's generator_string.
std::string generator_string(const Common& common);

}  // namespace cpace
}  // namespace hallcast::wire
