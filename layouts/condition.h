// When a widget is shown: words of the layout language about the hall and the time.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

namespace hallcast::layouts {

// Lines and columns count from 1, as in editors; 0: nowhere.
struct FilePlace {
    int line = 0, column = 0;
    bool operator==(const FilePlace&) const = default;
};

struct Condition {
    enum class What : std::uint8_t {
        open,       // the office, by its hours, or because a counter works
        calls,      // the board has a call
        call,       // one is big now
        notice,     // staff tell something
        emergency,  // and it is urgent
        stale,      // the master is not heard
        film,       // something plays
        sign,       // a sign-language clip plays
        waiting,    // so many people: least..most
        time,       // of the office's day: from..to
        days,       // of the week
        any         // one of `any` holds
    };
    What what = What::open;
    bool negated = false;
    int least = 0, most = std::numeric_limits<int>::max();
    int from = 0, to = 0;  // minutes of the day; the end is exclusive, and of the next day where it is not after `from`
    std::uint8_t days = 0;  // bit 0: Monday
    std::vector<Condition> any;
    FilePlace place;

    bool has_minute(int minute) const {
        return from < to ? from <= minute && minute < to : minute >= from || minute < to;
    }
};

// What a condition without figures is called.
struct ConditionWord {
    std::string_view word;
    Condition::What what;
    bool negated = false;
    std::string_view about;
};
inline constexpr std::array condition_words{
    ConditionWord{"open", Condition::What::open, false, "the office is open by its hours, or a counter works"},
    ConditionWord{"closed", Condition::What::open, true, "it is not"},
    ConditionWord{"calls", Condition::What::calls, false, "the board has a call"},
    ConditionWord{"call", Condition::What::call, false, "a call is big at this moment"},
    ConditionWord{"queue_empty", Condition::What::waiting, false, "nobody waits"},
    ConditionWord{"notice", Condition::What::notice, false, "staff tell something"},
    ConditionWord{"emergency", Condition::What::emergency, false, "and it is an emergency"},
    ConditionWord{"stale", Condition::What::stale, false, "the master is not heard: numbers may be old"},
    ConditionWord{"film", Condition::What::film, false, "a film or picture plays"},
    ConditionWord{"sign", Condition::What::sign, false, "a sign-language clip plays"},
};

}  // namespace hallcast::layouts
