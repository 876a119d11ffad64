// A folder of pictures of what is wrong, and a page that shows them.
#pragma once

#include <filesystem>
#include <span>

#include "player/preview/finding.h"
#include "player/text/font_set.h"
#include "protocol/base/error.h"

namespace hallcast::preview {

// The finding's screen: what is meant is framed, the rest dimmed.
picture::Scene framed(const Finding& finding);

// `folder` gets a PNG file for each finding that can be seen, named by its number, rule and line, and index.html with
// all of them and the lines of the file that they are about. Made where it is not there; what it has of an earlier
// check is replaced. Fails where it cannot be written.
Expected<void> write_report(const std::filesystem::path& folder, std::span<const Finding> findings,
                            const text::FontSet& fonts);

}  // namespace hallcast::preview
