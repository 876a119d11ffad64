#include "player/screen/screen.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <numbers>
#include <span>
#include <utility>
#include <vector>

#include "content/texts.h"
#include "player/picture/image_file.h"
#include "player/screen/conditions.h"
#include "player/screen/item_list.h"
#include "player/screen/languages.h"
#include "player/screen/letter_size.h"
#include "player/screen/transition.h"
#include "player/screen/widget.h"

namespace hallcast::screen {

namespace {

// Longest answer of still_for, so that callers may add it to any time.
constexpr std::chrono::nanoseconds stillest = std::chrono::hours(1);

// What a widget showed last, and for which input it holds.
struct Kept {
    Shown shown;
    std::optional<Change> change;
    std::shared_ptr<const v1::HallState> state;  // held, so that no other state can come to its address
    picture::VideoFramePtr picture;              // of a widget that shows one
    bool plays_film = false, plays_sign = false;
    bool stale = false;
    std::string language;
    std::optional<ShownCall> shown_call;
    std::optional<SpokenNotice> spoken_notice;
    std::chrono::milliseconds master_ahead;
    std::uint32_t counter = 0;
    std::vector<Past> past;  // of a widget that has transitions
    bool reduced_motion = false;
    WallTime from;

    bool holds_for(const ScreenInput& input, const picture::VideoFramePtr& its_picture, bool has_past) const {
        return (!has_past || past == input.past) && reduced_motion == input.reduced_motion &&
               state == input.hall.state && stale == input.hall.stale_since.has_value() && language == input.language &&
               shown_call == input.shown_call && spoken_notice == input.spoken_notice &&
               master_ahead == input.master_ahead && counter == input.counter && picture == its_picture &&
               plays_film == (input.video != nullptr) && plays_sign == (input.sign != nullptr) && from <= input.now &&
               input.now < shown.until;
    }
};

struct Mounted {
    Place place;
    ShowWidget show = nullptr;
    std::chrono::milliseconds transition{0};
    std::optional<Kept> kept;
};

// How far a change is; none when it is over.
std::optional<double> share_of(const Mounted& mounted, WallTime now) {
    const auto& change = mounted.kept->change;
    if (!change || now - change->since >= mounted.transition) return std::nullopt;
    return std::chrono::duration<double>(now - change->since) / mounted.transition;
}

constexpr int blink_steps = 20;    // of a cosine
constexpr double most_blinks = 3;  // a second: more may cause seizures (WCAG 2.3.1), whatever a layout says
constexpr double fewest_blinks = 0.01;
constexpr double weakest_blink = 0.5;  // dark letters on it can still be read

WallTime::duration blink_step(const Blinking& blinking) {
    using namespace std::chrono;
    return duration_cast<WallTime::duration>(
        duration<double>(1 / (std::clamp(blinking.times, fewest_blinks, most_blinks) * blink_steps)));
}

// All blink together, on all screens.
void blink(const Blinking& blinking, WallTime now, std::vector<picture::Item>& items) {
    if (blinking.ids.empty() || blinking.times <= 0) return;
    const auto step = double((now.time_since_epoch() / blink_step(blinking)) % blink_steps);
    const double high = (1 + std::cos(2 * std::numbers::pi * step / blink_steps)) / 2;
    for (auto& item : items)
        if (std::ranges::find(blinking.ids, item.id) != blinking.ids.end())
            item = faded(std::move(item), weakest_blink + (1 - weakest_blink) * high);
}

class LayoutScreen final : public Screen {
  public:
    LayoutScreen(picture::ScreenSize size, const layouts::Settings& settings, std::vector<Mounted> widgets,
                 text::Typesetter& typesetter)
        : size_(size),
          background_(to_picture(settings.background)),
          reduced_motion_(settings.reduced_motion),
          widgets_(std::move(widgets)),
          typesetter_(typesetter) {}

    picture::Scene scene(const ScreenInput& input) override {
        picture::Scene scene{size_, background_, {}};
        for (auto& mounted : seen_at(input)) {
            const Shown& shown = shown_at(mounted, input);
            auto items = items_of(shown, mounted.place, input);
            if (const auto share = share_of(mounted, input.now))
                items =
                    between(items_of(mounted.kept->change->before, mounted.place, input), items, mounted.place, *share);
            blink(shown.blinking, input.now, items);
            std::ranges::move(items, std::back_inserter(scene.items));
        }
        return scene;
    }

    std::vector<Part> parts(const ScreenInput& input) override {
        std::vector<Part> parts;
        for (auto& mounted : seen_at(input)) {
            const Shown& shown = shown_at(mounted, input);
            const bool is_overlay = mounted.show == show_connection || mounted.show == show_banner ||
                                    mounted.show == show_emergency || mounted.show == show_veil;
            parts.push_back(
                {mounted.place.widget.name, mounted.place.box, is_overlay, items_of(shown, mounted.place, input)});
        }
        return parts;
    }

    std::vector<SeenCall> calls(const ScreenInput& input) override {
        std::vector<SeenCall> calls;
        for (auto& mounted : seen_at(input)) {
            const Shown& shown = shown_at(mounted, input);
            std::erase_if(calls, [&](const SeenCall& call) { return !overlap(call.rect, shown.covers).empty(); });
            const bool changing = share_of(mounted, input.now).has_value();
            for (const SeenCall& call : shown.calls)
                if (!changing || std::ranges::find(mounted.kept->change->before.calls, call) !=
                                     mounted.kept->change->before.calls.end())
                    calls.push_back(call);
        }
        return calls;
    }

    std::chrono::nanoseconds still_for(const ScreenInput& input) override {
        auto still = stillest;
        for (auto& mounted : seen_at(input)) {
            const Shown& shown = shown_at(mounted, input);
            if (shown.rolling.length > 0 || share_of(mounted, input.now)) return std::chrono::nanoseconds::zero();
            if (!shown.blinking.ids.empty()) {
                const auto step = blink_step(shown.blinking);
                still = std::min<std::chrono::nanoseconds>(still, step - input.now.time_since_epoch() % step);
            }
            if (shown.until < input.now + still) still = shown.until - input.now;  // `until` may be the end of time
        }
        return std::max(still, std::chrono::nanoseconds::zero());
    }

    std::chrono::milliseconds memory() const override {
        std::chrono::milliseconds longest{0};
        if (!reduced_motion_)
            for (const auto& mounted : widgets_) longest = std::max(longest, mounted.transition);
        return longest;
    }

  private:
    static std::vector<picture::Item> items_of(const Shown& shown, const Place& place, const ScreenInput& input) {
        auto items = shown.items;
        roll(shown.rolling, place.box, input.motion, items);
        return items;
    }

    // All but what is behind a panel that covers the screen.
    std::span<Mounted> seen_at(const ScreenInput& input) {
        const picture::ScreenRect whole{0, 0, size_.width, size_.height};
        for (std::size_t i = widgets_.size(); i-- > 0;)
            if (shown_at(widgets_[i], input).covers == whole) return std::span(widgets_).subspan(i);
        return widgets_;
    }

    const Shown& shown_at(Mounted& mounted, const ScreenInput& input) {
        using enum layouts::WidgetKind;
        const auto kind = mounted.place.widget.kind;
        const auto its_picture = kind == media ? input.video : kind == sign ? input.sign : nullptr;
        const bool has_past = mounted.transition > mounted.transition.zero();
        if (!mounted.kept || !mounted.kept->holds_for(input, its_picture, has_past)) {
            Followed now = followed(mounted, input);
            mounted.kept = Kept{std::move(now.shown),
                                std::move(now.change),
                                input.hall.state,
                                its_picture,
                                input.video != nullptr,
                                input.sign != nullptr,
                                input.hall.stale_since.has_value(),
                                input.language,
                                input.shown_call,
                                input.spoken_notice,
                                input.master_ahead,
                                input.counter,
                                has_past ? input.past : std::vector<Past>{},
                                input.reduced_motion,
                                input.now};
        }
        return mounted.kept->shown;
    }

    // An emergency is there at once, and nothing goes on moving beside it; what a lost master has called is not news.
    Followed followed(const Mounted& mounted, const ScreenInput& input) const {
        const bool reduced = reduced_motion_ || input.reduced_motion;
        const auto show = [&](const ScreenInput& at) { return shown_now(mounted, {at, typesetter_, reduced}); };
        if (mounted.transition <= mounted.transition.zero() || reduced || input.hall.stale_since)
            return {show(input), std::nullopt};
        WallTime until = WallTime::max();
        if (!has_emergency({input, typesetter_}, until)) return follow(input, mounted.transition, show);
        Followed now{show(input), std::nullopt};
        now.shown.until = std::min(now.shown.until, until);
        return now;
    }

    static Shown shown_now(const Mounted& mounted, const Moment& moment) {
        WallTime until = WallTime::max();
        const bool shown = all_hold(mounted.place.widget.when, moment, until);
        Shown now = shown ? mounted.show(mounted.place, moment) : Shown{};
        now.until = std::min(now.until, until);
        return now;
    }

    picture::ScreenSize size_;
    picture::Colour background_;
    bool reduced_motion_;
    std::vector<Mounted> widgets_;
    text::Typesetter& typesetter_;
};

// Texts of the hall's own profile.
constexpr std::array<std::string_view, 3> profile_texts{"office_name", "hall_name", "office_hours"};
// "hall.yaml:12:5", of a value of the widget.
std::string place_of(const std::string& file, const layouts::Widget& widget, std::string_view key) {
    const auto found = widget.places.find(key);
    const auto place = found == widget.places.end() ? widget.place : found->second;
    return fmt::format("{}:{}:{}", file, place.line, place.column);
}

Expected<void> check_text(const layouts::Arrangement& layout, const layouts::Widget& widget) {
    const auto& id = widget.text_id;
    if (id.empty() || std::ranges::find(profile_texts, id) != profile_texts.end()) return {};
    // A placeholder would stand there as it is.
    const auto stands_alone = [](std::string_view text_id) { return !content::text(text_id, "en").contains('{'); };
    if (content::has_text(id) && stands_alone(id)) return {};
    std::vector<std::string_view> known(profile_texts.begin(), profile_texts.end());
    std::ranges::copy_if(content::text_ids(), std::back_inserter(known), stands_alone);
    return fail("{}: '{}' is no text for the widget '{}'; there are {}", place_of(layout.file, widget, "text"), id,
                widget.name, fmt::join(known, ", "));
}

bool takes_turns(const layouts::Widget& widget) {
    using enum layouts::WidgetKind;
    return widget.kind == board || widget.kind == waiting || widget.kind == clock || widget.kind == text ||
           widget.kind == layouts::WidgetKind::languages;
}

// How long each language has its turn on a screen of this layout: the time to read its longest text, so that all of it
// can be read, and is in the same language. The hall's own texts are not known yet; they are names.
double turn_seconds(const layouts::Arrangement& layout) {
    constexpr std::size_t bytes_of_a_name = 100;
    constexpr std::chrono::milliseconds longest_turn{20'000};
    std::size_t longest = 0;
    for (const auto& widget : layout.widgets) {
        if (widget.kind == layouts::WidgetKind::waiting) longest = std::max(longest, bytes_of_a_name);
        if (widget.kind != layouts::WidgetKind::text) continue;
        for (const auto& [language, text] : widget.texts) longest = std::max(longest, text.size());
        if (!widget.text_id.empty() && !content::has_text(widget.text_id)) longest = std::max(longest, bytes_of_a_name);
        if (content::has_text(widget.text_id))
            for (const auto language : content::shipped_languages())
                longest = std::max(longest, content::text(widget.text_id, language).size());
    }
    return std::chrono::duration<double>(std::min(reading_time(longest), longest_turn)).count();
}

Expected<Mounted> mount(const layouts::Arrangement& layout, const layouts::Widget& widget, picture::ScreenSize size,
                        double turn_seconds, const Images& images) {
    Mounted mounted;
    mounted.show = show_of(widget.kind);
    mounted.transition = transition_of(widget);
    mounted.place = {widget, on_screen(widget.box, layout, size), layout.scale, item_id(0, widget.name), nullptr};
    mounted.place.near_letters_px = near_letters_px(layout.settings.viewing, size);
    if (auto checked = check_text(layout, widget); !checked) return std::unexpected(checked.error());
    if (widget.kind == layouts::WidgetKind::clock && !can_be_a_clock(widget)) {
        return fail("{}: '{}' is no date pattern for the clock '{}'; one is \"EEEE, d MMMM HH:mm\"",
                    place_of(layout.file, widget, widget.skeleton.empty() ? "format" : "skeleton"),
                    widget.skeleton.empty() ? widget.format : widget.skeleton, widget.name);
    }
    if (takes_turns(widget) && !widget.places.contains("seconds")) mounted.place.widget.seconds = turn_seconds;
    if (widget.kind == layouts::WidgetKind::qr) {
        auto image = qr_image(widget, mounted.place.box);
        if (!image)
            return fail("{}: the code '{}': {}", place_of(layout.file, widget, "data"), widget.name,
                        image.error().message);
        mounted.place.image = std::move(*image);
    }
    if (widget.kind == layouts::WidgetKind::image) {
        mounted.place.image = images.at(widget.file);
    }
    return mounted;
}

// Whether the layout says itself where these things stand, at all times.
bool always_has(const layouts::Arrangement& layout, layouts::WidgetKind kind) {
    return std::ranges::any_of(layout.widgets,
                               [kind](const auto& widget) { return widget.kind == kind && widget.when.empty(); });
}

// What is said of the connection, in or over the box of a widget.
Mounted connection_of(ShowWidget show, const layouts::Widget& under, std::uint64_t id,
                      const layouts::Arrangement& layout, picture::ScreenSize size) {
    Mounted mounted;
    mounted.place.widget = under;
    mounted.place.widget.languages.clear();  // the hall's, not those of the board's headings
    mounted.show = show;
    mounted.place.box = on_screen(under.box, layout, size);
    mounted.place.scale = layout.scale;
    mounted.place.near_letters_px = near_letters_px(layout.settings.viewing, size);
    mounted.place.id = id;
    return mounted;
}

// Where the layout has no place for the words about the connection they stand over each board; on a layout without one
// in a band along the top.
void add_connection(std::vector<Mounted>& widgets, const layouts::Arrangement& layout, picture::ScreenSize size) {
    if (!layout.settings.connection_notice || always_has(layout, layouts::WidgetKind::connection)) return;
    std::size_t number = 0;
    const auto add = [&](layouts::Widget under) {
        under.when.clear();
        widgets.push_back(connection_of(show_connection, under, item_id(1, "connection", number++), layout, size));
    };
    for (const auto& widget : layout.widgets)
        if (widget.kind == layouts::WidgetKind::board) add(widget);
    if (number == 0) add({.box = {0, 0, layout.settings.width, layout.settings.height / 6}});
}

Mounted banner_of(const layouts::Arrangement& layout, picture::ScreenSize size) {
    Mounted banner;
    banner.show = show_banner;
    banner.place.scale = layout.scale;
    banner.place.id = item_id(2, "notice banner");
    const auto [usual, beside_calls] = boxes_of_banner(layout);
    banner.place.box = on_screen(usual, layout, size);
    banner.place.box_beside_calls = on_screen(beside_calls, layout, size);
    return banner;
}

Mounted emergency_of(const layouts::Arrangement& layout, picture::ScreenSize size) {
    Mounted emergency;
    emergency.show = show_emergency;
    emergency.place.scale = layout.scale;
    emergency.place.id = item_id(3, "emergency");
    emergency.place.box = {0, 0, size.width, size.height};
    return emergency;
}

}  // namespace

picture::ScreenRect on_screen(const layouts::Box& box, const layouts::Arrangement& layout, picture::ScreenSize size) {
    const auto pixels = [&](double units) { return int(std::lround(units * layout.scale)); };
    const int left = pixels(box.x), top = pixels(box.y);
    return intersection({left, top, pixels(box.right()) - left, pixels(box.bottom()) - top},
                        {0, 0, size.width, size.height});
}

Expected<Images> read_images(const layouts::Layout& layout) {
    Images images;
    for (const auto& variant : layout.variants) {
        for (const auto& widget : variant.widgets) {
            if (widget.kind != layouts::WidgetKind::image || images.contains(widget.file)) continue;
            auto image = picture::read_png(widget.file);
            if (!image)
                return fail("{}: the image '{}': {}", place_of(layout.file, widget, "file"), widget.name,
                            image.error().message);
            images.emplace(widget.file, std::move(*image));
        }
    }
    return images;
}

Expected<std::unique_ptr<Screen>> make_screen(const layouts::Layout& layout, picture::ScreenSize size,
                                              text::Typesetter& typesetter) {
    const auto images = read_images(layout);
    if (!images) return std::unexpected(images.error());
    return make_screen(layout, size, typesetter, *images);
}

Expected<std::unique_ptr<Screen>> make_screen(const layouts::Layout& layout, picture::ScreenSize size,
                                              text::Typesetter& typesetter, const Images& images) {
    if (size.width < 16 || size.height < 16 || size.width > 16384 || size.height > 16384) {
        return fail("a screen has sides of 16..16384 pixels, not {} x {}", size.width, size.height);
    }
    const layouts::Arrangement arrangement = layouts::arrange(layout, size.width, size.height);
    std::vector<Mounted> widgets;
    std::vector<std::string> mistakes;
    const double turn = turn_seconds(arrangement);
    for (const auto& widget : arrangement.widgets) {
        auto mounted = mount(arrangement, widget, size, turn, images);
        if (!mounted) {
            mistakes.push_back(mounted.error().message);
            continue;
        }
        widgets.push_back(std::move(*mounted));
        // Over what may be old, and under all that stands in front of it.
        const bool has_numbers =
            widget.kind == layouts::WidgetKind::board || widget.kind == layouts::WidgetKind::counter;
        if (has_numbers && arrangement.settings.connection_notice)
            widgets.push_back(connection_of(show_veil, widget, item_id(1, "veil", widgets.size()), arrangement, size));
    }
    if (!mistakes.empty()) return fail("{}", fmt::join(mistakes, "\n"));
    add_connection(widgets, arrangement, size);
    if (!always_has(arrangement, layouts::WidgetKind::message)) widgets.push_back(banner_of(arrangement, size));
    widgets.push_back(emergency_of(arrangement, size));
    return std::make_unique<LayoutScreen>(size, arrangement.settings, std::move(widgets), typesetter);
}

WallTime time_of(const v1::HallState& state) {
    std::int64_t newest = 0;
    for (const auto& call : state.calls()) newest = std::max(newest, std::int64_t(call.called_at_ms()));
    return wall_time(newest);
}

}  // namespace hallcast::screen
