// From a layout's tree to boxes on a screen.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "layouts/layout.h"

namespace hallcast::layouts {

namespace {

// A share of a container's length.
struct Part {
    double size = 0;    // of those with one
    double weight = 0;  // of all others
    double least = 0, most = 0;
};

// Shares `length` out among the parts, as CSS's flexible boxes do (css-flexbox-1, 9.7): what is left by those with a
// size goes to the others by weight; those that this would make too small or too large get their limit, and the rest is
// shared out again. False where there is too little room: then all shrink alike.
bool share_out(std::vector<Part>& parts, double length) {
    double taken = 0;
    for (Part& part : parts) {
        if (part.weight == 0) part.size = std::clamp(part.size, part.least, std::max(part.least, part.most));
        taken += part.weight > 0 ? part.least : part.size;
    }
    const double slack = 1e-6 * std::max(1.0, length);
    if (taken > length + slack) {
        for (Part& part : parts) part.size = (part.weight > 0 ? part.least : part.size) * length / taken;
        return false;
    }
    std::vector<Part*> open;
    double left = length;
    for (Part& part : parts) {
        if (part.weight > 0)
            open.push_back(&part);
        else
            left -= part.size;
    }
    while (!open.empty()) {
        double weights = 0, excess = 0;
        for (const Part* part : open) weights += part->weight;
        for (Part* part : open) {
            const double share = left * part->weight / weights;
            part->size = std::clamp(share, part->least, std::max(part->least, part->most));
            excess += part->size - share;
        }
        const auto frozen = [&](const Part* part) {
            const double share = left * part->weight / weights;
            return excess > 0 ? part->size > share : excess < 0 ? part->size < share : true;
        };
        double gone = 0;
        for (const Part* part : open)
            if (frozen(part)) gone += part->size;
        std::erase_if(open, frozen);
        left -= gone;
    }
    return true;
}

Box inset(const Box& box, double by) {
    const double across = std::min(by, box.width / 2), down = std::min(by, box.height / 2);
    return {box.x + across, box.y + down, box.width - 2 * across, box.height - 2 * down};
}

Box of_aspect(const Box& box, double aspect) {
    if (aspect <= 0) return box;
    const double width = std::min(box.width, box.height * aspect), height = width / aspect;
    return {box.x + (box.width - width) / 2, box.y + (box.height - height) / 2, width, height};
}

// Of `count` parts; less than wanted where there is not even room for the gaps.
double gap_of(double wanted, std::size_t count, double length) {
    return count < 2 ? wanted : std::min(wanted, length / double(count - 1));
}

using StackAreas = std::map<const Node*, Box>;

class Arranger {
  public:
    // Boxes in a stack are of its area on the canvas itself, `on_canvas`, and stretched with it; null: this is the
    // canvas.
    Arranger(Arrangement& made, const StackAreas* on_canvas) : made_(made), on_canvas_(on_canvas) {}

    const StackAreas& stacks() const { return stacks_; }

    void place(const Node& node, const Box& area) {
        const Box box = of_aspect(area, node.aspect);
        if (node.form == Node::Form::widget || node.has_background) made_.widgets[node.widget].box = box;
        if (node.form == Node::Form::widget) return;
        const Box inside = inset(box, node.padding);
        switch (node.form) {
            case Node::Form::rows:
            case Node::Form::columns:
                return place_along(node, inside);
            case Node::Form::stack:
                return place_stack(node, inside);
            case Node::Form::grid:
                return place_grid(node, inside);
            case Node::Form::widget:
                return;
        }
    }

  private:
    struct Cell {
        std::size_t column, row;
    };

    void place_along(const Node& node, const Box& area) {
        const bool down = node.form == Node::Form::rows;
        const double length = down ? area.height : area.width, across = down ? area.width : area.height;
        const double gap = gap_of(node.gap, node.children.size(), length);
        const double gaps = node.children.empty() ? 0 : double(node.children.size() - 1);
        const double room = std::max(0.0, length - gap * gaps);
        // None: it has a weight.
        const auto size_of = [&](const Node& child) -> std::optional<double> {
            if (child.size) return child.percent ? *child.size / 100 * length : *child.size;
            if (child.aspect > 0 && !child.has_weight) return down ? across / child.aspect : across * child.aspect;
            return std::nullopt;
        };
        std::vector<Part> parts;
        double wanted = node.gap * gaps;
        for (const Node& child : node.children) {
            const auto size = size_of(child);
            parts.push_back({size.value_or(0), size ? 0 : child.weight, child.least, child.most});
            wanted += std::max(child.least, size.value_or(0));
        }
        // What has only a shape is as large as it can be; where that is too much it shares, and nobody asked for more.
        if (wanted > length) {
            for (std::size_t i = 0; i < parts.size(); ++i) {
                const Node& child = node.children[i];
                if (child.size || child.has_weight || child.aspect <= 0) continue;
                wanted -= std::max(0.0, parts[i].size - child.least);
                parts[i] = {0, child.weight, child.least, std::min(child.most, parts[i].size)};
            }
        }
        if (!share_out(parts, room) || gap < node.gap)
            made_.problems.push_back(
                {node.place, fmt::format("the {} and their gaps need {:.0f} canvas units and have {:.0f}",
                                         down ? "rows" : "columns", wanted, length)});
        double at = down ? area.y : area.x;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            place(node.children[i],
                  down ? Box{area.x, at, area.width, parts[i].size} : Box{at, area.y, parts[i].size, area.height});
            at += parts[i].size + gap;
        }
    }

    void place_stack(const Node& node, const Box& area) {
        stacks_.emplace(&node, area);
        const Box own = on_canvas_ ? on_canvas_->at(&node) : area;
        const double across = own.width > 0 ? area.width / own.width : 1;
        const double down = own.height > 0 ? area.height / own.height : 1;
        for (const Node& child : node.children) {
            if (!child.box) {
                place(child, area);
                continue;
            }
            constexpr double hair = 0.01;
            if (child.box->right() > own.width + hair || child.box->bottom() > own.height + hair)
                made_.problems.push_back(
                    {child.place, fmt::format("'box' reaches out of its stack, which is {:.0f} x {:.0f} canvas units",
                                              own.width, own.height)});
            const double left = std::min(area.x + child.box->x * across, area.right());
            const double top = std::min(area.y + child.box->y * down, area.bottom());
            place(child, {left, top, std::min(child.box->width * across, area.right() - left),
                          std::min(child.box->height * down, area.bottom() - top)});
        }
    }

    // Cells are filled row by row, each part in the first place that is free.
    void place_grid(const Node& node, const Box& area) {
        const auto across = std::size_t(node.across);
        Cells taken;
        std::vector<Cell> cells;
        for (const Node& child : node.children) {
            const auto wide = std::min(std::size_t(child.span_across), across), high = std::size_t(child.span_down);
            cells.push_back(first_free(taken, across, wide, high));
            for (std::size_t row = cells.back().row; row < cells.back().row + high; ++row) {
                if (taken.size() <= row) taken.resize(row + 1, std::vector<bool>(across));
                for (std::size_t column = cells.back().column; column < cells.back().column + wide; ++column)
                    taken[row][column] = true;
            }
        }
        struct Lines {
            std::vector<Part> parts;
            double gap = 0;
            // Where `count` of them begin, and how much they take.
            std::pair<double, double> span(std::size_t first, std::size_t count) const {
                double begin = 0, size = -gap;
                for (std::size_t i = 0; i < first; ++i) begin += parts[i].size + gap;
                for (std::size_t i = first; i < first + count; ++i) size += parts[i].size + gap;
                return {begin, size};
            }
        };
        const auto lines = [&](std::string_view what, std::size_t count, const std::vector<double>& weights,
                               double length) {
            Lines made{std::vector<Part>(count), gap_of(node.gap, count, length)};
            for (std::size_t i = 0; i < count; ++i)
                made.parts[i] = {.weight = i < weights.size() ? weights[i] : 1, .most = length};
            share_out(made.parts, std::max(0.0, length - made.gap * double(count - 1)));
            if (made.gap < node.gap)
                made_.problems.push_back(
                    {node.place, fmt::format("the gaps of the grid's {} {} need {:.0f} canvas units and have {:.0f}",
                                             count, what, node.gap * double(count - 1), length)});
            return made;
        };
        if (taken.empty()) return;
        const Lines columns = lines("columns", across, node.column_weights, area.width);
        const Lines rows = lines("rows", taken.size(), node.row_weights, area.height);
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const Node& child = node.children[i];
            const auto [x, width] = columns.span(cells[i].column, std::min(std::size_t(child.span_across), across));
            const auto [y, height] = rows.span(cells[i].row, std::size_t(child.span_down));
            place(child, {area.x + x, area.y + y, width, height});
        }
    }

    // Taken cells by row; rows end where nothing is.
    using Cells = std::vector<std::vector<bool>>;
    static Cell first_free(const Cells& taken, std::size_t across, std::size_t wide, std::size_t high) {
        const auto free = [&](std::size_t column, std::size_t row) {
            for (std::size_t r = row; r < std::min(row + high, taken.size()); ++r)
                for (std::size_t c = column; c < column + wide; ++c)
                    if (taken[r][c]) return false;
            return true;
        };
        for (std::size_t row = 0;; ++row)
            for (std::size_t column = 0; column + wide <= across; ++column)
                if (free(column, row)) return {column, row};
    }

    Arrangement& made_;
    const StackAreas* on_canvas_;
    StackAreas stacks_;
};

}  // namespace

bool Shapes::have(int width_px, int height_px) const {
    const double aspect = double(width_px) / height_px;
    const auto within = [](double value, double least, double most) { return least <= value && value <= most; };
    return within(aspect, least_aspect, most_aspect) && within(width_px, least_width, most_width) &&
           within(height_px, least_height, most_height);
}

const Variant& Layout::variant_for(int width_px, int height_px) const {
    const auto found = std::ranges::find_if(
        variants, [&](const Variant& variant) { return variant.shapes.have(width_px, height_px); });
    return found == variants.end() ? base() : *found;
}

Arrangement arrange(const Layout& layout, int width_px, int height_px) {
    const Variant& variant = layout.variant_for(width_px, height_px);
    Arrangement made{.name = layout.name,
                     .file = layout.file,
                     .settings = variant.settings,
                     .scale = std::min(width_px / variant.settings.width, height_px / variant.settings.height),
                     .widgets = variant.widgets,
                     .problems = {}};
    Arranger canvas(made, nullptr);
    canvas.place(variant.root, {0, 0, made.settings.width, made.settings.height});
    made.problems.clear();
    made.settings.width = width_px / made.scale;
    made.settings.height = height_px / made.scale;
    Arranger(made, &canvas.stacks()).place(variant.root, {0, 0, made.settings.width, made.settings.height});
    return made;
}

}  // namespace hallcast::layouts
