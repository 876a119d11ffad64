// Collects what rules find: the same thing in several languages, sizes and samples is one finding.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "player/preview/finding.h"

namespace hallcast::preview {

// Externally synchronized.
class Findings {
  public:
    // In which language, at which size, in which sample; empty: none in particular.
    struct Where {
        std::string language, size, sample;
    };

    // What was looked at, of a widget: only what of it is wrong need be named.
    void saw(const std::string& widget, const Where& where);

    // `measure`: the less the worse; of the same finding the worst is told.
    void add(Finding finding, double measure, const Where& where);

    // In the order of their places.
    std::vector<Finding> take();

  private:
    // In the order in which they came.
    struct Sets {
        std::vector<std::string> languages, sizes, samples;
    };
    struct Known {
        std::optional<Finding> finding;
        double measure = 0;
        Sets where;
    };

    static void add(Sets& sets, const Where& where);

    std::map<std::tuple<int, int, std::string, std::string, Severity>, Known> found_;
    std::map<std::string, Sets> seen_;
};

}  // namespace hallcast::preview
