// Whether the conditions of a layout can hold at all.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "layouts/layout.h"
#include "player/preview/samples.h"
#include "player/text/typesetter.h"

namespace hallcast::preview {

using Conditions = std::vector<layouts::Condition>;

// A situation in which all hold; none: there is no such. By trying: each word that is asked about is and is not, and
// each limit of times, days and numbers is tried at both sides. Conditions with too many limits count as satisfiable.
std::optional<Situation> satisfying(const Conditions& conditions, std::span<const std::string> languages,
                                    text::Typesetter& typesetter);

// What must hold for the widget to be seen: its own and its containers' conditions and, first, those of its kind.
Conditions conditions_of(const layouts::Widget& widget);
layouts::Condition not_all(Conditions conditions);

// As a layout says it: "not open", "time 08:00-10:00".
std::string text_of(const layouts::Condition& condition);

}  // namespace hallcast::preview
