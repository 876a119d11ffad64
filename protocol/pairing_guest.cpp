#include "protocol/pairing_guest.h"

#include <sodium.h>

#include <algorithm>

namespace hallcast::wire {
namespace {

constexpr std::size_t max_refusal = 300;

v1::PairingMessage message() {
    v1::PairingMessage result;
    result.set_version(pairing_version);
    return result;
}

// Of a stranger: not more than fits on a screen, and nothing that a terminal obeys.
std::string plain(std::string text) {
    if (text.size() > max_refusal) text.resize(max_refusal);
    for (char& c : text)
        if (static_cast<unsigned char>(c) < ' ' || static_cast<unsigned char>(c) >= 127) c = '?';
    return text;
}

}  // namespace

std::string PairingGuest::random_secret() {
    HALLCAST_ASSERT(::sodium_init() >= 0);
    return fmt::format("{:06}", ::randombytes_uniform(1'000'000));
}

PairingGuest::PairingGuest(std::string public_key, std::string name, MakeSecret make_secret, GuestRules rules, Time now)
    : public_key_(std::move(public_key)),
      name_(is_guest_name(name) ? std::move(name) : "player"),
      make_secret_(std::move(make_secret)),
      rules_(rules),
      secret_(make_secret_()),
      say_at_(now) {
    HALLCAST_ASSERT(is_key(public_key_));
}

void PairingGuest::connected(Time now) {
    number_ = 0;
    say_at_ = now;
}

void PairingGuest::receive(const v1::PairingMessage& message, Time now) {
    if (message.version() != pairing_version && message.has_refused()) refusal_ = plain(message.refused().message());
    if (message.version() != pairing_version) return;
    switch (message.message_case()) {
        case v1::PairingMessage::kWait:
            if (state_ != State::asking || message.wait().number() < 1 || message.wait().number() > last_pairing_number)
                return;
            number_ = message.wait().number();
            number_until_ = now + rules_.number_holds;
            refusal_.clear();
            return;
        case v1::PairingMessage::kOffer:
            return offer(message.offer(), now);
        case v1::PairingMessage::kDone:
            return done(message.done(), now);
        case v1::PairingMessage::kRefused:
            if (state_ == State::pausing || state_ == State::paired) return;
            refusal_ = plain(message.refused().message());
            number_ = 0;
            if (state_ == State::answered) use_up(now);
            return;
        default:
            return;
    }
}

void PairingGuest::offer(const v1::PairingOffer& offer, Time now) {
    // The same one again: the answer was lost.
    if (state_ == State::answered && offer.share() == offered_share_) say_at_ = std::min(say_at_, now);
    if (state_ != State::asking || number_ == 0) return;
    if (offer.master_key().size() != raw_key_bytes || offer.share().size() != cpace::share_bytes) return use_up(now);
    master_key_ = text_key(offer.master_key());
    offered_share_ = offer.share();
    const cpace::Side side(pairing_common(secret_, master_key_, public_key_, number_));
    const auto key = pairing_key(side, offer.share(), side.share());
    if (!key) return use_up(now);
    key_ = *key;
    answer_ = message();
    answer_.mutable_answer()->set_share(side.share());
    answer_.mutable_answer()->set_tag(answer_tag(key_));
    state_ = State::answered;
    say_at_ = now;
    until_ = now + rules_.answer_holds;
}

void PairingGuest::done(const v1::PairingDone& done, Time now) {
    if (state_ != State::answered) return;
    const bool right = done.name().size() <= max_guest_name && cpace::same_tag(done.tag(), done_tag(key_, done.name()));
    if (!right && rules_.check_tags) return use_up(now);
    state_ = State::paired;
    paired_ = Paired{master_key_, done.name()};
}

// From here on somebody may know this secret, or have excluded a guess.
void PairingGuest::use_up(Time now) {
    secret_ = make_secret_();
    number_ = 0;
    key_.clear();
    state_ = State::pausing;
    const auto pause = rules_.first_pause * (std::int64_t(1) << std::min(used_up_++, 30));
    until_ = now + std::min<std::chrono::milliseconds>(pause, rules_.longest_pause);
}

void PairingGuest::tick(Time now) {
    if (state_ == State::asking && number_ != 0 && now >= number_until_) number_ = 0;
    if (state_ == State::answered && now >= until_) use_up(now);
    if (state_ == State::pausing && now >= until_) {
        state_ = State::asking;
        refusal_.clear();
        say_at_ = now;
    }
}

std::optional<v1::PairingMessage> PairingGuest::take_message(Time now) {
    if ((state_ != State::asking && state_ != State::answered) || now < say_at_) return std::nullopt;
    say_at_ = now + rules_.say_every;
    if (state_ == State::answered) return answer_;
    v1::PairingMessage hello = message();
    hello.mutable_hello()->set_name(name_);
    return hello;
}

PairingGuest::Time PairingGuest::next() const {
    switch (state_) {
        case State::asking:
            return number_ == 0 ? say_at_ : std::min(say_at_, number_until_);
        case State::answered:
            return std::min(say_at_, until_);
        case State::pausing:
            return until_;
        case State::paired:
            break;
    }
    return Time::max();
}

std::optional<PairingCode> PairingGuest::code() const {
    if (number_ == 0 || state_ != State::asking) return std::nullopt;
    return PairingCode{number_, secret_};
}

}  // namespace hallcast::wire
