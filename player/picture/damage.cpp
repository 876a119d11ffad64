#include "player/picture/damage.h"

#include <algorithm>
#include <limits>
#include <unordered_map>
#include <utility>

#include "protocol/base/error.h"

namespace hallcast::picture {

namespace {

// Which of the items that are in both scenes keep their order relative to one another: the longest increasing
// subsequence of their old places. The others were moved to the front or to the back.
std::vector<bool> keeps_order(const std::vector<std::size_t>& old_places) {
    constexpr auto none = std::numeric_limits<std::size_t>::max();
    std::vector<std::size_t> ends;  // ends[k]: index of the smallest last element of a rising sequence of length k + 1
    std::vector<std::size_t> previous(old_places.size(), none);
    for (std::size_t i = 0; i < old_places.size(); ++i) {
        const auto place =
            std::lower_bound(ends.begin(), ends.end(), old_places[i],
                             [&](std::size_t end, std::size_t value) { return old_places[end] < value; });
        if (place != ends.begin()) previous[i] = *std::prev(place);
        if (place == ends.end()) {
            ends.push_back(i);
        } else {
            *place = i;
        }
    }
    std::vector<bool> kept(old_places.size(), false);
    for (std::size_t i = ends.empty() ? none : ends.back(); i != none; i = previous[i]) kept[i] = true;
    return kept;
}

std::unordered_map<std::uint64_t, std::size_t> places_by_id(const Scene& scene) {
    std::unordered_map<std::uint64_t, std::size_t> places;
    places.reserve(scene.items.size());
    for (std::size_t i = 0; i < scene.items.size(); ++i) {
        HALLCAST_ASSERT(places.emplace(scene.items[i].id, i).second);
    }
    return places;
}

}  // namespace

DamageRegion::DamageRegion() { pixman_region32_init(&region_); }

DamageRegion::DamageRegion(const ScreenRect& rect) : DamageRegion() { add(rect); }

DamageRegion::DamageRegion(const DamageRegion& other) : DamageRegion() { pixman_region32_copy(&region_, other.raw()); }

DamageRegion& DamageRegion::operator=(const DamageRegion& other) {
    if (this != &other) pixman_region32_copy(&region_, other.raw());
    return *this;
}

DamageRegion::DamageRegion(DamageRegion&& other) noexcept : DamageRegion() { std::swap(region_, other.region_); }

DamageRegion& DamageRegion::operator=(DamageRegion&& other) noexcept {
    std::swap(region_, other.region_);
    return *this;
}

DamageRegion::~DamageRegion() { pixman_region32_fini(&region_); }

void DamageRegion::add(const ScreenRect& rect) {
    if (rect.empty()) return;
    pixman_region32_union_rect(&region_, &region_, rect.x, rect.y, unsigned(rect.width), unsigned(rect.height));
}

void DamageRegion::add(const DamageRegion& other) { pixman_region32_union(&region_, &region_, other.raw()); }

void DamageRegion::intersect(const ScreenRect& rect) {
    if (rect.empty()) {
        pixman_region32_clear(&region_);
        return;
    }
    pixman_region32_intersect_rect(&region_, &region_, rect.x, rect.y, unsigned(rect.width), unsigned(rect.height));
}

void DamageRegion::intersect(const DamageRegion& other) { pixman_region32_intersect(&region_, &region_, other.raw()); }

void DamageRegion::subtract(const ScreenRect& rect) { subtract(DamageRegion(rect)); }

void DamageRegion::subtract(const DamageRegion& other) { pixman_region32_subtract(&region_, &region_, other.raw()); }

bool DamageRegion::empty() const { return !pixman_region32_not_empty(raw()); }

bool DamageRegion::contains(const ScreenRect& rect) const {
    if (rect.empty()) return true;
    pixman_box32_t box{rect.x, rect.y, rect.right(), rect.bottom()};
    return pixman_region32_contains_rectangle(raw(), &box) == PIXMAN_REGION_IN;
}

std::int64_t DamageRegion::area() const {
    std::int64_t pixels = 0;
    for (const auto& box : boxes()) pixels += std::int64_t(box.x2 - box.x1) * (box.y2 - box.y1);
    return pixels;
}

ScreenRect DamageRegion::extents() const {
    const auto* box = pixman_region32_extents(raw());
    return {box->x1, box->y1, box->x2 - box->x1, box->y2 - box->y1};
}

std::span<const pixman_box32_t> DamageRegion::boxes() const {
    int count = 0;
    const auto* first = pixman_region32_rectangles(raw(), &count);
    return {first, std::size_t(count)};
}

bool DamageRegion::operator==(const DamageRegion& other) const { return pixman_region32_equal(raw(), other.raw()); }

ScreenRect clipped(const ScreenRect& rect, ScreenSize size) {
    if (rect.empty()) return {};
    const auto left = std::max<std::int64_t>(rect.x, 0);
    const auto top = std::max<std::int64_t>(rect.y, 0);
    const auto right = std::min<std::int64_t>(std::int64_t(rect.x) + rect.width, size.width);
    const auto bottom = std::min<std::int64_t>(std::int64_t(rect.y) + rect.height, size.height);
    if (left >= right || top >= bottom) return {};
    return {int(left), int(top), int(right - left), int(bottom - top)};
}

DamageRegion opaque_part(const Item& item, ScreenSize size) {
    const auto box = clipped(item.box, size);
    if (box.empty()) return {};
    if (const auto* video = std::get_if<Video>(&item.content)) {
        return video->frame && video->frame->format != PixelFormat::bgra ? DamageRegion(box) : DamageRegion();
    }
    const auto* fill = std::get_if<Fill>(&item.content);
    if (!fill || fill->colour.alpha != 255) return {};
    DamageRegion region(box);
    if (fill->radius > 0) {
        const int radius = std::min({fill->radius, (item.box.width + 1) / 2, (item.box.height + 1) / 2});
        const auto& whole = item.box;
        for (const auto x : {whole.x, whole.right() - radius}) {
            for (const auto y : {whole.y, whole.bottom() - radius}) {
                region.subtract(clipped({x, y, radius, radius}, size));
            }
        }
    }
    return region;
}

DamageRegion damage_between(const Scene& before, const Scene& after) {
    const ScreenSize size = after.size;
    const ScreenRect all{0, 0, size.width, size.height};
    if (before.size != after.size || before.background != after.background) return DamageRegion(all);

    const auto old_places = places_by_id(before);
    places_by_id(after);
    std::vector<std::size_t> common;        // old places of the items in both, in the new order
    std::vector<std::size_t> common_after;  // their new places
    for (std::size_t i = 0; i < after.items.size(); ++i) {
        if (const auto found = old_places.find(after.items[i].id); found != old_places.end()) {
            common.push_back(found->second);
            common_after.push_back(i);
        }
    }
    const auto in_order = keeps_order(common);

    enum class Fate : std::uint8_t { gone, changed, unchanged };
    std::vector<Fate> old_fates(before.items.size(), Fate::gone);
    std::vector<Fate> new_fates(after.items.size(), Fate::gone);  // gone: not there before
    for (std::size_t k = 0; k < common.size(); ++k) {
        const bool same = before.items[common[k]] == after.items[common_after[k]];
        const auto fate = same && in_order[k] ? Fate::unchanged : Fate::changed;
        old_fates[common[k]] = new_fates[common_after[k]] = fate;
    }
    const bool any = std::ranges::any_of(old_fates, [](Fate fate) { return fate != Fate::unchanged; }) ||
                     std::ranges::any_of(new_fates, [](Fate fate) { return fate != Fate::unchanged; });
    if (!any) return {};

    // From front to back: what an unchanged item covers in a scene looks as it did, whatever happens behind it. An item
    // that came out from behind it, or went there, is found in the other scene.
    DamageRegion damage;
    const auto collect = [&](const Scene& scene, const std::vector<Fate>& fates) {
        DamageRegion covered;
        for (std::size_t i = scene.items.size(); i-- > 0;) {
            const auto& item = scene.items[i];
            if (fates[i] == Fate::unchanged) {
                covered.add(opaque_part(item, size));
                continue;
            }
            DamageRegion touched(clipped(item.box, size));
            touched.subtract(covered);
            damage.add(touched);
        }
    };
    collect(before, old_fates);
    collect(after, new_fates);
    return damage;
}

std::vector<ScreenRect> update_rectangles(const DamageRegion& region, std::size_t limit) {
    HALLCAST_ASSERT(limit > 0);
    std::vector<ScreenRect> rectangles;
    for (const auto& box : region.boxes()) rectangles.push_back({box.x1, box.y1, box.x2 - box.x1, box.y2 - box.y1});

    const auto joined = [](const ScreenRect& a, const ScreenRect& b) {
        const int x = std::min(a.x, b.x), y = std::min(a.y, b.y);
        return ScreenRect{x, y, std::max(a.right(), b.right()) - x, std::max(a.bottom(), b.bottom()) - y};
    };
    const auto pixels = [](const ScreenRect& rect) { return std::int64_t(rect.width) * rect.height; };
    // Only neighbours in the region's order are tried: near enough, and the cost stays small for a region of any shape.
    constexpr std::size_t most = 256;
    if (rectangles.size() > most) return {region.extents()};
    while (rectangles.size() > limit) {
        std::size_t best = 0;
        auto least = std::numeric_limits<std::int64_t>::max();
        for (std::size_t i = 0; i + 1 < rectangles.size(); ++i) {
            const auto& a = rectangles[i];
            const auto& b = rectangles[i + 1];
            const auto added = pixels(joined(a, b)) - pixels(a) - pixels(b);
            if (added < least) {
                least = added;
                best = i;
            }
        }
        rectangles[best] = joined(rectangles[best], rectangles[best + 1]);
        rectangles.erase(rectangles.begin() + std::ptrdiff_t(best) + 1);
    }
    return rectangles;
}

}  // namespace hallcast::picture
