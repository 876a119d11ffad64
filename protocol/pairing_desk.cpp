#include "protocol/pairing_desk.h"

#include <algorithm>

namespace hallcast::wire {
namespace {

constexpr std::size_t max_kept = 32;

}  // namespace

PairingDesk::Place PairingDesk::find(const std::string& key) {
    return std::ranges::find_if(waiting_, [&](const auto& entry) { return entry.second.player.public_key == key; });
}

void PairingDesk::send(const std::string& route, v1::PairingMessage message) {
    message.set_version(pairing_version);
    messages_.push_back({route, std::move(message)});
}

void PairingDesk::refuse(const std::string& route, std::string why) {
    v1::PairingMessage message;
    message.mutable_refused()->set_message(std::move(why));
    send(route, std::move(message));
}

void PairingDesk::receive(const Player& from, const v1::PairingMessage& message, Time now) {
    if (message.version() != pairing_version)
        return refuse(from.route, fmt::format("this master pairs by version {} of the protocol, not {}: use the same "
                                              "hallcast on both",
                                              pairing_version, message.version()));
    if (message.has_hello()) return hello(from, message.hello(), now);
    if (message.has_answer()) return answer(from, message.answer(), now);
}

void PairingDesk::hello(const Player& from, const v1::PairingHello& hello, Time now) {
    if (!is_guest_name(hello.name()))
        return refuse(from.route,
                      fmt::format("a player's name has 1 to {} letters, digits, '.', '_' and '-'", max_guest_name));
    Place place = find(from.public_key);
    if (place == waiting_.end()) {
        const auto same_address = std::ranges::count_if(
            waiting_, [&](const auto& entry) { return entry.second.player.address == from.address; });
        if (waiting_.size() >= rules_.max_waiting || std::size_t(same_address) >= rules_.max_per_address)
            return refuse(from.route, "too many players wait to be paired; this one's turn comes");
        std::uint32_t number = 1;
        while (waiting_.contains(number)) ++number;
        HALLCAST_ASSERT(number <= last_pairing_number);
        place = waiting_.emplace(number, Waiting{from, hello.name(), now, now, std::nullopt}).first;
    }
    Waiting& waiting = place->second;
    waiting.player = from;
    waiting.name = hello.name();
    waiting.heard = now;
    // A hello behind an offer: it was lost.
    if (waiting.offer) return send(from.route, waiting.offer->message);
    v1::PairingMessage message;
    message.mutable_wait()->set_number(place->first);
    send(from.route, std::move(message));
}

void PairingDesk::confirm(const std::string& by, const v1::ConfirmPairing& request, const std::string& ticket,
                          Time now) {
    const std::string id = cpace::lv_cat({by, request.SerializeAsString()});
    for (const Recent& recent : recent_)
        if (recent.request == id && now < recent.until) return outcomes_.push_back({ticket, recent.result});
    // A slip of the finger must not use up the secret of whoever waits.
    if (!is_pairing_secret(request.secret()))
        return outcomes_.push_back({ticket, fail("a code ends with {} digits", pairing_secret_digits)});
    const auto place = waiting_.find(request.number());
    const auto fails = [&](std::string why) { outcomes_.push_back({ticket, std::unexpected(Error{std::move(why)})}); };
    if (place == waiting_.end())
        return fails(
            fmt::format("no player waits with the number {}: is the code still on its screen? See who waits "
                        "with: hallcast pair",
                        request.number()));
    Waiting& waiting = place->second;
    if (waiting.offer) {
        if (waiting.offer->request != id) return fails("this code is being confirmed already");
        waiting.offer->ticket = ticket;
        return;
    }
    auto name = book_.name_for(request.name(), waiting.name, waiting.player.public_key);
    if (!name) return outcomes_.push_back({ticket, std::unexpected(name.error())});
    Offer offer{cpace::Side(pairing_common(request.secret(), master_key_, waiting.player.public_key, place->first)),
                {},
                *name,
                id,
                ticket,
                now + rules_.answer_within};
    offer.message.mutable_offer()->set_master_key(raw_key(master_key_));
    offer.message.mutable_offer()->set_share(offer.side.share());
    send(waiting.player.route, offer.message);
    waiting.offer.emplace(std::move(offer));
}

void PairingDesk::answer(const Player& from, const v1::PairingAnswer& answer, Time now) {
    const Place place = find(from.public_key);
    if (place == waiting_.end() || !place->second.offer) {
        for (const Finished& finished : finished_)
            if (finished.key == from.public_key && finished.answer == answer.SerializeAsString() &&
                now < finished.until)
                return send(from.route, finished.done);
        return refuse(from.route, "this code does not count any more");
    }
    Waiting& waiting = place->second;
    waiting.player = from;
    waiting.heard = now;
    const Offer& offer = *waiting.offer;
    const auto key = pairing_key(offer.side, offer.side.share(), answer.share());
    if (!key || (rules_.check_tags && !cpace::same_tag(answer.tag(), answer_tag(*key))))
        return end(place, fail("the code is wrong (or somebody is in between); the player shows a new one in a moment"),
                   "the code that was typed is not this one", now);
    if (auto done = book_.authorize(offer.name, from.public_key); !done)
        return end(place, std::unexpected(done.error()), "the master cannot write down this player's key", now);
    v1::PairingMessage done;
    done.mutable_done()->set_tag(done_tag(*key, offer.name));
    done.mutable_done()->set_name(offer.name);
    send(from.route, done);
    if (finished_.size() >= max_kept) finished_.pop_front();
    finished_.push_back({from.public_key, answer.SerializeAsString(), done, now + rules_.repeat_done});
    v1::PairingResult result;
    result.set_name(offer.name);
    result.set_public_key(from.public_key);
    end(place, std::move(result), "", now);
}

// Of the offer at `place`: its secret is used up, so the player comes anew with another.
void PairingDesk::end(Place place, Expected<v1::PairingResult> result, const std::string& message_to_player, Time now) {
    Waiting& waiting = place->second;
    if (!message_to_player.empty()) refuse(waiting.player.route, message_to_player);
    if (recent_.size() >= max_kept) recent_.pop_front();
    recent_.push_back({waiting.offer->request, result, now + rules_.repeat_result});
    outcomes_.push_back({waiting.offer->ticket, std::move(result)});
    waiting_.erase(place);
}

void PairingDesk::tick(Time now) {
    for (auto place = waiting_.begin(); place != waiting_.end();) {
        const Place here = place++;
        const Waiting& waiting = here->second;
        if (waiting.offer ? now < waiting.offer->until : now - waiting.heard < rules_.forget_after) continue;
        if (waiting.offer)
            end(here, fail("the player does not answer; type the new code that it shows when it is back"),
                "this code does not count any more", now);
        else
            waiting_.erase(here);
    }
    std::erase_if(finished_, [&](const Finished& finished) { return now >= finished.until; });
    std::erase_if(recent_, [&](const Recent& recent) { return now >= recent.until; });
}

PairingDesk::Time PairingDesk::next() const {
    Time next = Time::max();
    for (const auto& [number, waiting] : waiting_)
        next = std::min(next, waiting.offer ? waiting.offer->until : waiting.heard + rules_.forget_after);
    return next;
}

v1::PairingList PairingDesk::list(Time now, std::int64_t wall_clock_ms) const {
    v1::PairingList list;
    for (const auto& [number, waiting] : waiting_) {
        auto& entry = *list.add_waiting();
        entry.set_number(number);
        entry.set_name(waiting.name);
        entry.set_address(waiting.player.address);
        entry.set_since_ms(wall_clock_ms -
                           std::chrono::duration_cast<std::chrono::milliseconds>(now - waiting.since).count());
    }
    return list;
}

}  // namespace hallcast::wire
