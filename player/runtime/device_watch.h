// Whether a call was really heard: there was a sound device from its first sample on.
#pragma once

#include <chrono>

namespace hallcast::runtime {

// Pure: time is an argument. Externally synchronized. A device that went and came back between two looks is not
// noticed; look several times in a sentence.
class DeviceWatch {
  public:
    using Moment = std::chrono::steady_clock::time_point;

    // Looks at whether there is one. True when that is another than at the last look; at first there is none.
    bool look(bool is_there, Moment now) {
        const bool changed = is_there != this->is_there();
        // It came somewhen since it was missed last: a call that began meanwhile may have been heard.
        if (changed) since_ = is_there ? missed_at_ : Moment::max();
        if (!is_there) missed_at_ = now;
        return changed;
    }
    bool is_there() const { return since_ != Moment::max(); }
    bool there_since(Moment from) const { return since_ <= from; }

  private:
    Moment since_ = Moment::max();
    Moment missed_at_{};
};

}  // namespace hallcast::runtime
