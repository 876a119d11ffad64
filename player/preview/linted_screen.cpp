#include "player/preview/linted_screen.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "player/screen/widget.h"

namespace hallcast::preview {

using layouts::FilePlace;
using layouts::Widget;
using picture::ScreenRect;
using picture::ScreenSize;

namespace {

std::string size_text(ScreenSize size) { return fmt::format("{}x{}", size.width, size.height); }

}  // namespace

LintedScreen::LintedScreen(const layouts::Layout& of, ScreenSize screen_size, const LintOptions& lint_options,
                           Findings& findings)
    : layout(of),
      size(screen_size),
      root(of.variant_for(screen_size.width, screen_size.height).root.place),
      arrangement(layouts::arrange(of, screen_size.width, screen_size.height)),
      options(lint_options),
      findings_(findings) {}

const Widget* LintedScreen::widget_of(std::string_view name) const {
    const auto found = std::ranges::find(arrangement.widgets, name, &Widget::name);
    return found == arrangement.widgets.end() ? nullptr : &*found;
}

ScreenRect LintedScreen::rect_of(const layouts::Box& box) const { return screen::on_screen(box, arrangement, size); }

void LintedScreen::saw(const std::string& widget, std::string language) {
    findings_.saw(widget, {std::move(language), size_text(size), sample});
}

void LintedScreen::report(Severity severity, std::string_view rule, FilePlace place, const std::string& widget,
                          std::string message, const ScreenRect& rect, double measure, std::string language) {
    findings_.add({.severity = severity,
                   .rule = std::string(rule),
                   .file = layout.file,
                   .place = place.line > 0 ? place : root,
                   .widget = widget,
                   .message = std::move(message),
                   .scene = scene,
                   .rect = rect},
                  measure, {std::move(language), size_text(size), sample});
}

void LintedScreen::report(const Error& error) {
    for (auto& finding : findings_of(error, layout.file)) findings_.add(std::move(finding), 0, {});
}

FilePlace place_of(const Widget& widget, std::initializer_list<std::string_view> keys) {
    for (const auto key : keys)
        if (const auto found = widget.places.find(key); found != widget.places.end()) return found->second;
    return widget.place;
}

}  // namespace hallcast::preview
