// How far long work is: one line that is written over on a terminal, and left out in a log.
#pragma once

#include <string>

namespace hallcast::cli {

void show_progress(const std::string& what, const char* step, double share);  // 0..1
void end_progress();

}  // namespace hallcast::cli
