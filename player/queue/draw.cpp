#include "player/queue/draw.h"

#include <google/protobuf/util/json_util.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <vector>

namespace hallcast::queue {
namespace {

constexpr std::uint32_t algorithm = 1;

using Hash = std::array<unsigned char, crypto_hash_sha256_BYTES>;

// SHA-256 over parts that each say their length, so that no two lists of parts are the same bytes.
class Digest {
  public:
    explicit Digest(std::string_view purpose) {
        crypto_hash_sha256_init(&state_);
        add("hallcast draw 1");
        add(purpose);
    }
    void add(std::string_view part) {
        update(std::to_string(part.size()));
        update(":");
        update(part);
        update(",");
    }
    void add(std::size_t number) { add(std::to_string(number)); }
    Hash finish() {
        Hash hash;
        crypto_hash_sha256_final(&state_, hash.data());
        return hash;
    }

  private:
    void update(std::string_view bytes) {
        crypto_hash_sha256_update(&state_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    }
    crypto_hash_sha256_state state_;
};

template <typename Bytes>
std::string hex(const Bytes& bytes) {
    std::string text;
    for (const auto byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    return text;
}

// Lower case and whole, or nothing.
std::string from_hex(std::string_view text) {
    std::string bytes;
    if (text.size() % 2 != 0 || text.find_first_not_of("0123456789abcdef") != std::string_view::npos) return bytes;
    const auto value = [](char digit) { return digit <= '9' ? digit - '0' : digit - 'a' + 10; };
    for (std::size_t at = 0; at < text.size(); at += 2) bytes += char(value(text[at]) << 4 | value(text[at + 1]));
    return bytes;
}

template <typename Messages>
auto by_id(const Messages& messages) {
    std::vector<const typename Messages::value_type*> sorted;
    for (const auto& message : messages) sorted.push_back(&message);
    std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->id() < b->id(); });
    return sorted;
}

Hash digest_of(const v1::DrawPublication& publication) {
    Digest digest("requests");
    digest.add(publication.draw());
    digest.add(std::size_t(publication.slots_size()));
    for (const v1::DrawSlot* slot : by_id(publication.slots())) {
        digest.add(slot->id());
        digest.add(std::size_t(slot->capacity()));
    }
    digest.add(std::size_t(publication.requests_size()));
    for (const v1::DrawRequest* request : by_id(publication.requests())) {
        digest.add(request->id());
        digest.add(std::size_t(request->preferences_size()));
        for (const std::string& slot : request->preferences()) digest.add(slot);
    }
    return digest.finish();
}

std::string_view text_of(const Hash& hash) { return {reinterpret_cast<const char*>(hash.data()), hash.size()}; }

Error wrong_outcome(int place, const v1::DrawOutcome& published, const v1::DrawOutcome& right) {
    const auto slot = [](const v1::DrawOutcome& outcome) {
        return outcome.slot().empty() ? std::string("no slot") : "slot '" + outcome.slot() + "'";
    };
    return {fmt::format("place {}: is request '{}' with {}, must be request '{}' with {}", place, published.request(),
                        slot(published), right.request(), slot(right))};
}

}  // namespace

std::string draw_commitment(std::string_view draw, std::string_view beacon_source, std::string_view seed) {
    HALLCAST_ASSERT(seed.size() == draw_seed_bytes);
    Digest digest("commitment");
    for (const std::string_view part : {draw, beacon_source, seed}) digest.add(part);
    return hex(digest.finish());
}

std::string draw_digest(const v1::DrawPublication& publication) { return hex(digest_of(publication)); }

Expected<void> check_draw(const v1::DrawPublication& publication) {
    if (publication.draw().empty()) return fail("the draw has no id");
    std::set<std::string_view> slots, requests;
    for (const v1::DrawSlot& slot : publication.slots())
        if (slot.id().empty() || !slots.insert(slot.id()).second)
            return fail("slot '{}' comes twice, or has no id", slot.id());
    for (const v1::DrawRequest& request : publication.requests()) {
        if (request.id().empty() || !requests.insert(request.id()).second)
            return fail("request '{}' comes twice, or has no id", request.id());
        std::set<std::string_view> preferred;
        for (const std::string& slot : request.preferences()) {
            if (!slots.contains(slot)) return fail("request '{}': there is no slot '{}'", request.id(), slot);
            if (!preferred.insert(slot).second) return fail("request '{}': slot '{}' comes twice", request.id(), slot);
        }
    }
    return {};
}

google::protobuf::RepeatedPtrField<v1::DrawOutcome> draw(const v1::DrawPublication& publication, std::string_view seed,
                                                         std::string_view beacon_value) {
    HALLCAST_ASSERT(seed.size() == draw_seed_bytes);
    // The secret comes in whole before each id: without it nobody can tell two requests' order.
    const Hash digest = digest_of(publication);
    std::vector<std::pair<Hash, const v1::DrawRequest*>> order;
    order.reserve(std::size_t(publication.requests_size()));
    for (const v1::DrawRequest& request : publication.requests()) {
        Digest place("order");
        for (const std::string_view part : {std::string_view(publication.draw()), seed, text_of(digest), beacon_value,
                                            std::string_view(request.id())})
            place.add(part);
        order.emplace_back(place.finish(), &request);
    }
    std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::map<std::string_view, std::uint32_t> free;
    for (const v1::DrawSlot& slot : publication.slots()) free[slot.id()] = slot.capacity();
    google::protobuf::RepeatedPtrField<v1::DrawOutcome> outcomes;
    for (const auto& [place, request] : order) {
        v1::DrawOutcome& outcome = *outcomes.Add();
        outcome.set_request(request->id());
        const auto& wishes = request->preferences();
        const auto first = std::find_if(wishes.begin(), wishes.end(), [&](const auto& slot) { return free[slot] > 0; });
        if (first == wishes.end()) continue;
        --free[*first];
        outcome.set_slot(*first);
    }
    return outcomes;
}

v1::DrawPublication held_draw(v1::DrawPublication closed, std::string_view seed, std::string_view beacon_value) {
    closed.set_version(algorithm);
    closed.set_requests_digest(draw_digest(closed));
    closed.set_beacon_value(std::string(beacon_value));
    closed.set_seed(hex(seed));
    *closed.mutable_outcomes() = draw(closed, seed, beacon_value);
    return closed;
}

Expected<void> verify_draw(const v1::DrawPublication& publication) {
    if (publication.version() != algorithm)
        return fail("it is of version {} of the algorithm, this program knows {}", publication.version(), algorithm);
    if (auto checked = check_draw(publication); !checked) return checked;
    const std::string seed = from_hex(publication.seed());
    if (seed.size() != draw_seed_bytes)
        return fail("the seed must be {} lower-case hexadecimal digits", 2 * draw_seed_bytes);
    if (publication.beacon_source().empty() != publication.beacon_value().empty())
        return fail("a beacon needs both its source, announced before, and its value");
    if (draw_commitment(publication.draw(), publication.beacon_source(), seed) != publication.commitment())
        return fail("the seed is not the one committed to");
    if (draw_digest(publication) != publication.requests_digest())
        return fail("requests or slots are not those of the closing: their digest is {}", draw_digest(publication));
    const auto outcomes = draw(publication, seed, publication.beacon_value());
    if (outcomes.size() != publication.outcomes_size())
        return fail("it has {} outcomes for {} requests", publication.outcomes_size(), outcomes.size());
    for (int at = 0; at < outcomes.size(); ++at)
        if (outcomes[at].request() != publication.outcomes(at).request() ||
            outcomes[at].slot() != publication.outcomes(at).slot())
            return std::unexpected(wrong_outcome(at + 1, publication.outcomes(at), outcomes[at]));
    return {};
}

std::string draw_json(const v1::DrawPublication& publication) {
    google::protobuf::util::JsonPrintOptions options;
    options.add_whitespace = true;
    options.preserve_proto_field_names = true;
    std::string json;
    HALLCAST_ASSERT(google::protobuf::util::MessageToJsonString(publication, &json, options).ok());
    return json;
}

Expected<v1::DrawPublication> parse_draw_json(std::string_view text, std::string_view file) {
    v1::DrawPublication publication;
    const auto status = google::protobuf::util::JsonStringToMessage({text.data(), text.size()}, &publication);
    if (!status.ok())
        return fail("{}: is not a published draw: {}", file,
                    std::string(status.message().data(), status.message().size()));
    return publication;
}

}  // namespace hallcast::queue
