#include "player/screen/screen.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "content/texts.h"
#include "player/picture/image_file.h"
#include "player/screen/conditions.h"
#include "player/screen/item_list.h"
#include "player/screen/widget.h"

namespace hallcast::screen {

namespace {

// Longest answer of still_for, so that callers may add it to any time.
constexpr std::chrono::nanoseconds stillest = std::chrono::hours(1);

// What a widget showed last, and for which input it holds.
struct Kept {
    Shown shown;
    std::shared_ptr<const v1::HallState> state;  // held, so that no other state can come to its address
    picture::VideoFramePtr picture;              // of a widget that shows one
    bool plays_film = false, plays_sign = false;
    bool stale = false;
    std::string language;
    std::optional<ShownCall> shown_call;
    std::optional<SpokenNotice> spoken_notice;
    std::chrono::milliseconds master_ahead;
    std::uint32_t counter = 0;
    WallTime from;

    bool holds_for(const ScreenInput& input, const picture::VideoFramePtr& its_picture) const {
        return state == input.hall.state && stale == input.hall.stale_since.has_value() && language == input.language &&
               shown_call == input.shown_call && spoken_notice == input.spoken_notice &&
               master_ahead == input.master_ahead && counter == input.counter && picture == its_picture &&
               plays_film == (input.video != nullptr) && plays_sign == (input.sign != nullptr) && from <= input.now &&
               input.now < shown.until;
    }
};

struct Mounted {
    Place place;
    ShowWidget show = nullptr;
    std::optional<Kept> kept;
};

class LayoutScreen final : public Screen {
  public:
    LayoutScreen(picture::ScreenSize size, picture::Colour background, std::vector<Mounted> widgets,
                 text::Typesetter& typesetter)
        : size_(size), background_(background), widgets_(std::move(widgets)), typesetter_(typesetter) {}

    picture::Scene scene(const ScreenInput& input) override {
        picture::Scene scene{size_, background_, {}};
        for (auto& mounted : widgets_) {
            const Shown& shown = shown_at(mounted, input);
            scene.items.insert(scene.items.end(), shown.items.begin(), shown.items.end());
            roll(shown.rolling, mounted.place.box, input.motion, scene.items);
        }
        return scene;
    }

    std::vector<Part> parts(const ScreenInput& input) override {
        std::vector<Part> parts;
        for (auto& mounted : widgets_) {
            const Shown& shown = shown_at(mounted, input);
            const bool is_overlay = mounted.show == show_notice || mounted.show == show_banner;
            parts.push_back({mounted.place.widget.name, mounted.place.box, is_overlay, shown.items});
            roll(shown.rolling, mounted.place.box, input.motion, parts.back().items);
        }
        return parts;
    }

    std::vector<SeenCall> calls(const ScreenInput& input) override {
        std::vector<SeenCall> calls;
        for (auto& mounted : widgets_) {
            const Shown& shown = shown_at(mounted, input);
            std::erase_if(calls, [&](const SeenCall& call) { return !overlap(call.rect, shown.covers).empty(); });
            calls.insert(calls.end(), shown.calls.begin(), shown.calls.end());
        }
        return calls;
    }

    std::chrono::nanoseconds still_for(const ScreenInput& input) override {
        auto still = stillest;
        for (auto& mounted : widgets_) {
            const Shown& shown = shown_at(mounted, input);
            if (shown.rolling.length > 0) return std::chrono::nanoseconds::zero();
            if (shown.until < input.now + still) still = shown.until - input.now;  // `until` may be the end of time
        }
        return std::max(still, std::chrono::nanoseconds::zero());
    }

  private:
    const Shown& shown_at(Mounted& mounted, const ScreenInput& input) {
        using enum layouts::WidgetKind;
        const auto kind = mounted.place.widget.kind;
        const auto its_picture = kind == media ? input.video : kind == sign ? input.sign : nullptr;
        if (!mounted.kept || !mounted.kept->holds_for(input, its_picture)) {
            mounted.kept = Kept{shown_now(mounted, {input, typesetter_}),
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
                                input.now};
        }
        return mounted.kept->shown;
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
    std::vector<Mounted> widgets_;
    text::Typesetter& typesetter_;
};

// Edges are rounded, not sizes: parts that touch still do.
picture::ScreenRect on_screen(const layouts::Box& box, const layouts::Arrangement& layout, picture::ScreenSize size) {
    const auto pixels = [&](double units) { return int(std::lround(units * layout.scale)); };
    const int left = pixels(box.x), top = pixels(box.y);
    return intersection({left, top, pixels(box.right()) - left, pixels(box.bottom()) - top},
                        {0, 0, size.width, size.height});
}

// "hall.yaml:12:5", of a value of the widget.
std::string place_of(const layouts::Arrangement& layout, const layouts::Widget& widget, std::string_view key) {
    const auto found = widget.places.find(key);
    const auto place = found == widget.places.end() ? widget.place : found->second;
    return fmt::format("{}:{}:{}", layout.file, place.line, place.column);
}

Expected<void> check_text(const layouts::Arrangement& layout, const layouts::Widget& widget) {
    const auto& id = widget.text_id;
    if (id.empty() || id == "office_name" || id == "hall_name") return {};
    // A placeholder would stand there as it is.
    const auto stands_alone = [](std::string_view text_id) { return !content::text(text_id, "en").contains('{'); };
    if (content::has_text(id) && stands_alone(id)) return {};
    std::vector<std::string_view> known{"office_name", "hall_name"};
    std::ranges::copy_if(content::text_ids(), std::back_inserter(known), stands_alone);
    return fail("{}: '{}' is no text for the widget '{}'; there are {}", place_of(layout, widget, "text"), id,
                widget.name, fmt::join(known, ", "));
}

Expected<Mounted> mount(const layouts::Arrangement& layout, const layouts::Widget& widget, picture::ScreenSize size) {
    Mounted mounted;
    mounted.show = show_of(widget.kind);
    mounted.place = {widget, on_screen(widget.box, layout, size), layout.scale, item_id(0, widget.name), nullptr};
    if (auto checked = check_text(layout, widget); !checked) return std::unexpected(checked.error());
    if (widget.kind == layouts::WidgetKind::clock && !can_be_a_clock(widget)) {
        return fail("{}: '{}' is no date pattern for the clock '{}'; one is \"EEEE, d MMMM HH:mm\"",
                    place_of(layout, widget, widget.skeleton.empty() ? "format" : "skeleton"),
                    widget.skeleton.empty() ? widget.format : widget.skeleton, widget.name);
    }
    if (widget.kind == layouts::WidgetKind::image) {
        auto image = picture::read_png(widget.file);
        if (!image)
            return fail("{}: the image '{}': {}", place_of(layout, widget, "file"), widget.name, image.error().message);
        mounted.place.image = std::move(*image);
    }
    return mounted;
}

// Over each board; on a layout that has none, in a band along the top.
std::vector<Mounted> notices_of(const layouts::Arrangement& layout, picture::ScreenSize size) {
    std::vector<Mounted> notices;
    const auto add = [&](const layouts::Box& box, const layouts::Widget& under) {
        Mounted notice;
        notice.place.widget = under;
        notice.place.widget.languages.clear();  // the hall's, not those of the board's headings
        notice.show = show_notice;
        notice.place.box = on_screen(box, layout, size);
        notice.place.scale = layout.scale;
        notice.place.id = item_id(1, "connection notice", notices.size());
        notices.push_back(std::move(notice));
    };
    if (!layout.settings.connection_notice) return notices;
    for (const auto& widget : layout.widgets) {
        if (widget.kind == layouts::WidgetKind::board) add(widget.box, widget);
    }
    if (notices.empty()) add({0, 0, layout.settings.width, layout.settings.height / 6}, {});
    return notices;
}

Mounted banner_of(const layouts::Arrangement& layout, picture::ScreenSize size) {
    Mounted banner;
    banner.show = show_banner;
    banner.place.scale = layout.scale;
    banner.place.id = item_id(2, "notice banner");
    const int margin = banner.place.pixels(20);
    const auto [usual, beside_calls] = boxes_of_banner(layout);
    banner.place.box = inset(on_screen(usual, layout, size), margin, margin);
    banner.place.box_beside_calls = inset(on_screen(beside_calls, layout, size), margin, margin);
    return banner;
}

}  // namespace

Expected<std::unique_ptr<Screen>> make_screen(const layouts::Layout& layout, picture::ScreenSize size,
                                              text::Typesetter& typesetter) {
    if (size.width < 16 || size.height < 16 || size.width > 16384 || size.height > 16384) {
        return fail("a screen has sides of 16..16384 pixels, not {} x {}", size.width, size.height);
    }
    const layouts::Arrangement arrangement = layouts::arrange(layout, size.width, size.height);
    std::vector<Mounted> widgets;
    std::vector<std::string> mistakes;
    for (const auto& widget : arrangement.widgets) {
        if (auto mounted = mount(arrangement, widget, size))
            widgets.push_back(std::move(*mounted));
        else
            mistakes.push_back(mounted.error().message);
    }
    if (!mistakes.empty()) return fail("{}", fmt::join(mistakes, "\n"));
    for (auto& notice : notices_of(arrangement, size)) widgets.push_back(std::move(notice));
    widgets.push_back(banner_of(arrangement, size));
    return std::make_unique<LayoutScreen>(size, to_picture(arrangement.settings.background), std::move(widgets),
                                          typesetter);
}

WallTime time_of(const v1::HallState& state) {
    std::int64_t newest = 0;
    for (const auto& call : state.calls()) newest = std::max(newest, std::int64_t(call.called_at_ms()));
    return wall_time(newest);
}

}  // namespace hallcast::screen
