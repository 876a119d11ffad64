// Random halls and moments, and what must hold of every scene. Whoever uses them prints the seed.
#pragma once

#include <random>
#include <set>

#include "tests/screen/screen_of_boxes.h"

namespace random_states {

using namespace screen_of_boxes;

class Chance {
  public:
    explicit Chance(unsigned seed) : random_(seed) {}
    std::int64_t below(std::int64_t limit) { return std::int64_t(random_() % std::uint64_t(limit)); }
    bool once_in(int times) { return below(times) == 0; }
    std::string word() {
        static const std::vector<std::string> words{"A001", "",         "ZZ9999999999999999", "عربي",
                                                    "漢字", "\xff\xfe", "Zażółć gęślą jaźń",  "\xF0\x9F\x98\x80"};
        return words[std::size_t(below(std::int64_t(words.size())))];
    }
    std::string language() {
        static const std::vector<std::string> tags{"pl", "en", "ar", "zh", "pt-BR", "xx", "", "he", "\xff"};
        return tags[std::size_t(below(std::int64_t(tags.size())))];
    }

  private:
    std::mt19937_64 random_;
};

inline v1::HallState random_hall(Chance& chance) {
    v1::HallState hall;
    auto& profile = *hall.mutable_profile();
    profile.set_time_zone(chance.once_in(3) ? chance.word() : "Asia/Kolkata");
    for (auto n = chance.below(5); n > 0; --n) profile.add_languages(chance.language());
    for (auto n = chance.below(4); n > 0; --n) (*profile.mutable_office_name())["pl"] = "Urząd";
    for (auto n = chance.below(5); n > 0; --n) {
        auto& text = *profile.add_ticker();
        for (auto m = chance.below(4); m > 0; --m) (*text.mutable_text())[m == 1 ? "pl" : "ar"] = chance.word();
    }
    for (auto n = chance.below(41); n > 0; --n) {
        auto& call = *hall.add_calls();
        call.set_call_id(std::to_string(n));
        call.set_ticket(chance.word());
        call.set_counter(std::uint32_t(chance.once_in(9) ? 4'000'000'000 : chance.below(20)));
        call.set_language(chance.language());
        call.set_called_at_ms(chance.once_in(9) ? chance.below(1'000'000'000'000'000)
                                                : (noon + chance.below(60) - 40) * 1000);
        call.set_phase(v1::CallPhase(chance.below(5)));
    }
    for (auto n = chance.below(9) * chance.below(2); n > 0; --n) {
        auto& notice = *hall.add_notices();
        notice.set_id(std::to_string(n));
        for (auto m = chance.below(4); m > 0; --m)
            (*notice.mutable_text())[chance.once_in(2) ? "pl" : "ar"] = chance.word();
        notice.set_urgent(chance.once_in(6));
        notice.set_warning(chance.once_in(3));
        notice.set_made_at_ms(chance.once_in(9) ? chance.below(1'000'000'000'000'000)
                                                : (noon + chance.below(60)) * 1000);
        notice.set_expires_at_ms(notice.made_at_ms() + chance.below(60'000));
    }
    for (std::uint32_t n = 0; n < 6; ++n) {
        auto& counter = *hall.add_counters();
        counter.set_number(n);
        counter.set_ticket(chance.word());
        counter.set_activity(v1::CounterActivity(chance.below(5)));
        auto& described = *profile.add_counters();
        described.set_number(n);
        described.set_arrow(chance.once_in(2) ? "left" : chance.word());
        if (chance.once_in(2)) (*described.mutable_directions())[chance.language()] = chance.word();
        auto& service = *profile.add_services();
        service.set_id(std::to_string(n));
        if (chance.once_in(2)) (*service.mutable_name())["pl"] = chance.word();
    }
    for (auto n = chance.below(15); n > 0; --n) {
        auto& service = *profile.add_services();
        service.set_id(std::to_string(chance.below(12)));
        if (!chance.once_in(3)) (*service.mutable_name())[chance.language()] = chance.word();
        auto& status = *hall.add_services();
        status.set_id(std::to_string(chance.below(12)));
        status.set_waiting(std::uint32_t(chance.below(3) * chance.below(100)));
        status.set_wait_low_s(std::uint32_t(chance.once_in(9) ? 4'000'000'000 : chance.below(4000)));
        status.set_wait_high_s(std::uint32_t(chance.once_in(9) ? 4'294'967'295 : chance.below(9000)));
    }
    return hall;
}

inline screen::ScreenInput random_input(Chance& chance, const std::shared_ptr<const v1::HallState>& hall) {
    screen::ScreenInput input;
    if (!chance.once_in(10)) input.hall.state = hall;
    if (chance.once_in(4)) input.hall.stale_since = at(noon);
    input.now = at(noon) + std::chrono::milliseconds(chance.below(60'000));
    if (chance.once_in(20)) input.now = at(chance.below(4'000'000'000));
    input.motion = std::chrono::milliseconds(chance.below(10'000'000));
    if (chance.once_in(3)) input.language = chance.language();
    if (chance.once_in(2)) input.shown_call = screen::ShownCall{std::to_string(chance.below(41)), 1};
    if (chance.once_in(4)) input.spoken_notice = {std::to_string(chance.below(9)), chance.language(), at(noon)};
    if (chance.once_in(4)) input.master_ahead = std::chrono::milliseconds(chance.below(5000) - 2500);
    input.counter = std::uint32_t(chance.below(7));
    input.reduced_motion = chance.once_in(5);
    for (auto n = chance.below(4); n > 0; --n) {
        auto before = std::make_shared<v1::HallState>(*hall);
        if (before->calls_size() > 0)
            before->mutable_calls()->DeleteSubrange(0, int(chance.below(before->calls_size())));
        screen::Past past{input.now + std::chrono::milliseconds(chance.below(1200) - 1000), {before, std::nullopt}, {}};
        if (chance.once_in(3)) past.hall.stale_since = at(noon);
        if (chance.once_in(2)) past.shown_call = screen::ShownCall{std::to_string(chance.below(41)), 1};
        input.past.push_back(past);
    }
    if (chance.once_in(2)) {
        auto frame = std::make_shared<picture::VideoFrame>();
        frame->width = int(chance.below(4000));
        frame->height = int(chance.below(4000));
        frame->display_width = int(chance.below(4000));
        frame->display_height = int(chance.below(4000));
        input.video = frame;
    }
    return input;
}

// As they are seen: each screen makes its own picture of a code.
inline bool same_items(const std::vector<picture::Item>& a, const std::vector<picture::Item>& b) {
    return std::ranges::equal(a, b, [](const picture::Item& one, const picture::Item& other) {
        const auto* image = std::get_if<picture::Picture>(&one.content);
        const auto* other_image = std::get_if<picture::Picture>(&other.content);
        if (!image || !other_image) return one == other;
        return one.id == other.id && one.box == other.box && image->alpha == other_image->alpha &&
               image->image->width == other_image->image->width && image->image->pixels == other_image->image->pixels;
    });
}

inline void check_on_screen(const picture::Scene& scene) {
    std::set<std::uint64_t> ids;
    bool all_inside = true, all_unique = true;
    for (const auto& item : scene.items) {
        all_inside = all_inside && !item.box.empty() && item.box.x >= 0 && item.box.y >= 0 &&
                     item.box.right() <= scene.size.width && item.box.bottom() <= scene.size.height;
        all_unique = ids.insert(item.id).second && all_unique;
    }
    CHECK(all_inside);
    CHECK(all_unique);
}

}  // namespace random_states
