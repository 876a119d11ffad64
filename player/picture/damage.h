// Which pixels differ between two scenes, as a region of few rectangles.
#pragma once

#include <pixman.h>

#include <cstdint>
#include <span>
#include <vector>

#include "player/picture/scene.h"

namespace hallcast::picture {

// A set of screen pixels: pixman's banded region, owned. Externally synchronized.
class DamageRegion {
  public:
    DamageRegion();
    explicit DamageRegion(const ScreenRect& rect);
    DamageRegion(const DamageRegion& other);
    DamageRegion& operator=(const DamageRegion& other);
    DamageRegion(DamageRegion&& other) noexcept;
    DamageRegion& operator=(DamageRegion&& other) noexcept;
    ~DamageRegion();

    void add(const ScreenRect& rect);
    void add(const DamageRegion& other);
    void intersect(const ScreenRect& rect);
    void intersect(const DamageRegion& other);
    void subtract(const ScreenRect& rect);
    void subtract(const DamageRegion& other);

    bool empty() const;
    bool contains(const ScreenRect& rect) const;
    std::int64_t area() const;  // pixels
    ScreenRect extents() const;
    // Disjoint, sorted by y and then x; those of one band share y1 and y2.
    std::span<const pixman_box32_t> boxes() const;
    const pixman_region32_t* get() const { return &region_; }
    bool operator==(const DamageRegion& other) const;

  private:
    // pixman reads through non-const pointers; it changes nothing then.
    pixman_region32_t* raw() const { return const_cast<pixman_region32_t*>(&region_); }

    pixman_region32_t region_;
};

// The part of `rect` on a screen of `size`, safe for any coordinates; empty when there is none.
ScreenRect clipped(const ScreenRect& rect, ScreenSize size);

// What of `item` is certainly opaque, whatever is under it: what it hides.
DamageRegion opaque_part(const Item& item, ScreenSize size);

// Where `after` may look different from `before`. Exact up to the boxes of what changed: a change behind an opaque item
// that did not change is no damage. Two items with one id are a broken invariant.
DamageRegion damage_between(const Scene& before, const Scene& after);

// At most `limit` rectangles that cover the region, merged where that adds the fewest pixels: each is one request to
// the window system. They may overlap.
std::vector<ScreenRect> update_rectangles(const DamageRegion& region, std::size_t limit);

}  // namespace hallcast::picture
