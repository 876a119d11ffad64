// A layout on a screen of one size, as rules look at it and report what they find.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "layouts/layout.h"
#include "player/picture/scene.h"
#include "player/preview/findings.h"
#include "player/preview/lint.h"

namespace hallcast::preview {

// Externally synchronized. What it is made of must outlive it.
class LintedScreen {
  public:
    LintedScreen(const layouts::Layout& layout, picture::ScreenSize size, const LintOptions& options,
                 Findings& findings);

    const layouts::Layout& layout;
    const picture::ScreenSize size;
    const layouts::FilePlace root;
    const layouts::Arrangement arrangement;
    const LintOptions& options;

    // What is looked at now, and told with each finding; no sample: what depends on no state of a hall.
    std::string sample;
    picture::Scene scene;

    const layouts::Widget* widget_of(std::string_view name) const;  // null: none of that name
    picture::ScreenRect rect_of(const layouts::Box& box) const;

    // A widget's text was looked at, in a language; empty: it is in none.
    void saw(const std::string& widget, std::string language = {});
    // `measure`: the less the worse. A place without a line is that of the whole layout.
    void report(Severity severity, std::string_view rule, layouts::FilePlace place, const std::string& widget,
                std::string message, const picture::ScreenRect& rect, double measure, std::string language = {});
    void report(const Error& error);

  private:
    Findings& findings_;
};

// Of the first of these keys that the layout gives the widget; else of the widget.
layouts::FilePlace place_of(const layouts::Widget& widget, std::initializer_list<std::string_view> keys);

}  // namespace hallcast::preview
