// From a layout's tree to boxes on a screen.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

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
        for (Part& part : parts) part.size = (part.weight > 0 ? part.least : part.size) * std::max(0.0, length) / taken;
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

class Arranger {
  public:
    Arranger(const Variant& variant, Arrangement& made)
        : made_(made),
          stretch_across_(made.settings.width / variant.settings.width),
          stretch_down_(made.settings.height / variant.settings.height) {}

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
        const double room = length - node.gap * double(node.children.size() - (node.children.empty() ? 0 : 1));
        // None: it has a weight.
        const auto size_of = [&](const Node& child) -> std::optional<double> {
            if (child.size) return child.percent ? *child.size / 100 * length : *child.size;
            if (child.aspect > 0 && !child.has_weight) return down ? across / child.aspect : across * child.aspect;
            return std::nullopt;
        };
        std::vector<Part> parts;
        double wanted = 0;
        for (const Node& child : node.children) {
            const auto size = size_of(child);
            parts.push_back({size.value_or(0), size ? 0 : child.weight, child.least, child.most});
            wanted += std::max(child.least, size.value_or(0));
        }
        if (!share_out(parts, room))
            made_.problems.push_back({node.place, fmt::format("the {} need {:.0f} canvas units and have {:.0f}",
                                                              down ? "rows" : "columns", wanted, std::max(0.0, room))});
        double at = down ? area.y : area.x;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            place(node.children[i],
                  down ? Box{area.x, at, area.width, parts[i].size} : Box{at, area.y, parts[i].size, area.height});
            at += parts[i].size + node.gap;
        }
    }

    void place_stack(const Node& node, const Box& area) {
        for (const Node& child : node.children) {
            Box box = area;
            if (child.box) {
                box = {area.x + child.box->x * stretch_across_, area.y + child.box->y * stretch_down_,
                       child.box->width * stretch_across_, child.box->height * stretch_down_};
                constexpr double hair = 0.01;
                if (box.right() > area.right() + hair || box.bottom() > area.bottom() + hair) {
                    made_.problems.push_back(
                        {child.place,
                         fmt::format("'box' reaches out of its stack, which is {:.0f} x {:.0f} canvas units",
                                     area.width / stretch_across_, area.height / stretch_down_)});
                    box.width = std::clamp(area.right() - box.x, 0.0, box.width);
                    box.height = std::clamp(area.bottom() - box.y, 0.0, box.height);
                }
            }
            place(child, box);
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
        const auto lines = [&](std::size_t count, const std::vector<double>& weights, double length) {
            std::vector<Part> parts(count);
            for (std::size_t i = 0; i < count; ++i)
                parts[i] = {.weight = i < weights.size() ? weights[i] : 1, .most = length};
            share_out(parts, std::max(0.0, length - node.gap * double(count - 1)));
            return parts;
        };
        if (taken.empty()) return;
        const auto columns = lines(across, node.column_weights, area.width);
        const auto rows = lines(taken.size(), node.row_weights, area.height);
        const auto span = [&](const std::vector<Part>& parts, std::size_t first, std::size_t count) {
            double begin = 0, size = -node.gap;
            for (std::size_t i = 0; i < first; ++i) begin += parts[i].size + node.gap;
            for (std::size_t i = first; i < first + count; ++i) size += parts[i].size + node.gap;
            return std::pair(begin, size);
        };
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const Node& child = node.children[i];
            const auto [x, width] = span(columns, cells[i].column, std::min(std::size_t(child.span_across), across));
            const auto [y, height] = span(rows, cells[i].row, std::size_t(child.span_down));
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
    double stretch_across_, stretch_down_;
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
    made.settings.width = width_px / made.scale;
    made.settings.height = height_px / made.scale;
    Arranger(variant, made).place(variant.root, {0, 0, made.settings.width, made.settings.height});
    return made;
}

}  // namespace hallcast::layouts
