// Runs something in a process of its own that can open no file: in the sandbox, or where even the try ends it.
#pragma once

#include <functional>

namespace hallcast::decoder {

// sandbox: the workers' own. kills: for a call of open() or the like.
enum class Lock { sandbox, kills };

// What `work` returned; false also when it was killed.
bool in_locked_room(Lock lock, const std::function<bool()>& work);

}  // namespace hallcast::decoder
