// What the demo's hall plays: pictures of our own renderer, and a film that ffmpeg makes of them. Nothing foreign is
// shipped.
#pragma once

#include <filesystem>
#include <stop_token>

#include "content/library.h"

namespace hallcast::cli {

// Fills an empty library; does nothing with any other. Blocks (the film takes some ten seconds) and says how far it is.
// First come the pictures, so that the hall has something to show within a second or two.
Expected<void> make_demo_content(content::Library& library, const std::filesystem::path& work, std::stop_token stop);

}  // namespace hallcast::cli
