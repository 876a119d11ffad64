// `hallcast office statistics` and `hallcast office what-if`.
#pragma once

#include "player/cli/commands.h"

namespace hallcast::cli {

void add_statistics(CLI::App& office);

}  // namespace hallcast::cli
