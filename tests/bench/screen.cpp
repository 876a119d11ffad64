// What a call costs a hall's screen: microseconds a scene, the pixels it damages and the milliseconds to paint them,
// cut and with each transition; twelve calls on the board, 1920x1080, 60 pictures a second.
//     bench_screen
#include <fmt/format.h>

#include <chrono>
#include <string>

#include "player/picture/damage.h"
#include "player/picture/painter.h"
#include "player/screen/screen.h"
#include "player/text/font_set.h"
#include "tests/bench/microseconds.h"

namespace {

using namespace hallcast;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr picture::ScreenSize size{1920, 1080};
constexpr std::int64_t noon = 1'790'000'000'000;  // milliseconds since 1970

std::shared_ptr<const v1::HallState> hall_with(int calls) {
    auto hall = std::make_shared<v1::HallState>();
    auto& profile = *hall->mutable_profile();
    profile.set_time_zone("Europe/Warsaw");
    for (const char* language : {"pl", "en", "uk", "ar"}) profile.add_languages(language);
    (*profile.mutable_office_name())["pl"] = "Urząd Wojewódzki, Wydział Spraw Cudzoziemców";
    for (int i = calls; i > 0; --i) {
        auto& call = *hall->add_calls();
        call.set_call_id(std::to_string(i));
        call.set_ticket(fmt::format("A{:03}", i));
        call.set_counter(std::uint32_t(i % 8 + 1));
        call.set_attempt(1);
        call.set_language("uk");
        call.set_called_at_ms(noon - (calls - i) * 30'000);
        call.set_phase(v1::CALL_PHASE_CALLED);
    }
    return hall;
}

layouts::Layout hall_layout(const std::string& transition) {
    auto layout = *layouts::load_layout("hall", {});
    for (auto& widget : layout.variants.back().widgets) {
        if (widget.kind == layouts::WidgetKind::board) widget.rows = 12, widget.text_size = 48;
        if (widget.kind == layouts::WidgetKind::board || widget.kind == layouts::WidgetKind::call)
            widget.transition = transition;
    }
    return layout;
}

void measure(const std::string& transition, const text::FontSet& fonts) {
    const auto typesetter = text::make_typesetter(fonts);
    const auto screen = std::move(*screen::make_screen(hall_layout(transition), size, *typesetter));
    const auto painter = picture::make_memory_painter(fonts);
    screen::ScreenInput before;
    before.hall.state = hall_with(12);
    before.now = screen::WallTime(std::chrono::milliseconds(noon + 60'000));
    painter->paint(screen->scene(before));

    const double still = microseconds(0.25, [&] { (void)screen->scene(before); });
    std::int64_t pixels = 0, most = 0;
    int pictures = 0;
    double worst_ms = 0, all_ms = 0;
    screen::ScreenInput shown = before, first;
    const auto after = hall_with(13);
    for (auto passed = 0ms; passed < 1000ms; passed += 16ms) {
        screen::ScreenInput input = before;
        input.now += passed;
        input.hall.state = after;
        input.shown_call = screen::ShownCall{"13", 1};
        screen::remember(shown, input, screen->memory());
        const auto begin = Clock::now();
        const auto old = painter->statistics();
        const auto scene = screen->scene(input);
        painter->paint(scene);
        const double ms = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
        const auto damaged = std::int64_t(painter->statistics().damaged_pixels - old.damaged_pixels);
        if (damaged > 0) ++pictures, all_ms += ms, worst_ms = std::max(worst_ms, ms);
        pixels += damaged;
        most = std::max(most, damaged);
        if (passed == 160ms) first = input;
        shown = std::move(input);
    }
    // Each time another moment, as in a running transition.
    auto moment = first;
    const double moving = microseconds(0.25, [&] {
        moment.now = moment.now == first.now ? first.now + 1ms : first.now;
        (void)screen->scene(moment);
    });
    const double fresh = microseconds(0.25, [&] {
        moment.hall.state = moment.hall.state == after ? before.hall.state : after;
        (void)screen->scene(moment);
    });
    fmt::print(
        "{:6} scene: still {:6.1f} us, during the change {:6.1f} us, of another state {:6.1f} us; a call: {:2} "
        "pictures, {:7} pixels at most, {:8} in all; painted in {:.2f} ms at worst, {:.1f} ms in all\n",
        transition, still, moving, fresh, pictures, most, pixels, worst_ms, all_ms);
}

}  // namespace

int main() {
    const auto fonts = text::open_system_fonts();
    if (!fonts) {
        fmt::print(stderr, "{}\n", fonts.error().message);
        return 1;
    }
    for (const char* transition : {"cut", "fade", "slide", "grow"}) measure(transition, **fonts);
    return 0;
}
