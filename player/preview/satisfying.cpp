#include "player/preview/satisfying.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "player/screen/conditions.h"

namespace hallcast::preview {

namespace {

using What = layouts::Condition::What;

constexpr std::size_t most_tries = 4096;
constexpr int minutes_a_day = 24 * 60;

// Which values of a situation conditions ask about.
struct Asked {
    std::set<What> words;
    std::set<int> waiting, minutes;
    bool days = false;

    void add(const layouts::Condition& condition) {
        switch (condition.what) {
            case What::waiting:
                for (const int limit : {condition.least, condition.most})
                    for (const int near : {std::max(limit, 1) - 1, limit, std::min(limit, 1'000'000) + 1})
                        waiting.insert(std::clamp(near, 0, 1'000'001));
                break;
            case What::time:
                for (const int limit : {condition.from, condition.to})
                    for (const int near : {limit + minutes_a_day - 1, limit}) minutes.insert(near % minutes_a_day);
                break;
            case What::days:
                days = true;
                break;
            case What::any:
                for (const auto& one : condition.any) add(one);
                break;
            default:
                words.insert(condition.what);
        }
    }
};

// All variations of `situations` by one of its values.
template <typename Values, typename Set>
void vary(std::vector<Situation>& situations, const Values& values, Set set) {
    std::vector<Situation> varied;
    for (const auto& situation : situations) {
        for (const auto& value : values) {
            varied.push_back(situation);
            set(varied.back(), value);
        }
        if (varied.size() > most_tries) break;
    }
    situations = std::move(varied);
}

constexpr std::array<bool, 2> both{true, false};

}  // namespace

std::optional<Situation> satisfying(const Conditions& conditions, std::span<const std::string> languages,
                                    text::Typesetter& typesetter) {
    Asked asked;
    for (const auto& condition : conditions) asked.add(condition);
    std::vector<Situation> situations{*sample("busy", languages)};
    const auto vary_word = [&](What what, auto set) {
        if (asked.words.contains(what)) vary(situations, both, set);
    };
    vary_word(What::open, [](Situation& s, bool is) { s.open = is; });
    vary_word(What::calls, [](Situation& s, bool is) { s.calls = is ? 12 : 0; });
    vary_word(What::call, [&](Situation& s, bool is) { s.visitor_language = is ? languages[0] : ""; });
    vary_word(What::notice, [](Situation& s, bool is) { s.notice = is; });
    vary_word(What::emergency, [](Situation& s, bool is) { s.emergency = is; });
    vary_word(What::stale, [](Situation& s, bool is) { s.stale = is; });
    vary_word(What::film, [](Situation& s, bool is) { s.film = is; });
    vary_word(What::sign, [](Situation& s, bool is) { s.sign = is; });
    if (!asked.waiting.empty()) vary(situations, asked.waiting, [](Situation& s, int count) { s.waiting = count; });
    if (!asked.minutes.empty()) vary(situations, asked.minutes, [](Situation& s, int minute) { s.minute = minute; });
    if (asked.days) vary(situations, std::array{0, 1, 2, 3, 4, 5, 6}, [](Situation& s, int day) { s.weekday = day; });
    if (situations.size() > most_tries) return situations.front();
    for (const auto& situation : situations) {
        const auto input = input_of(situation, languages);
        screen::WallTime until = screen::WallTime::max();
        if (screen::all_hold(conditions, {input, typesetter}, until)) return situation;
    }
    return std::nullopt;
}

Conditions conditions_of(const layouts::Widget& widget) {
    using enum layouts::WidgetKind;
    Conditions conditions;
    const auto needs = [&](What what) {
        layouts::Condition condition;
        condition.what = what;
        conditions.push_back(std::move(condition));
    };
    if (widget.kind == call) needs(What::call);
    if (widget.kind == sign) needs(What::sign);
    if (widget.kind == message) needs(What::notice);
    if (widget.kind == connection) needs(What::stale);
    conditions.insert(conditions.end(), widget.when.begin(), widget.when.end());
    return conditions;
}

layouts::Condition not_all(Conditions conditions) {
    layouts::Condition condition;
    condition.what = What::any;
    for (auto& one : conditions) one.negated = !one.negated;
    condition.any = std::move(conditions);
    return condition;
}

std::string text_of(const layouts::Condition& condition) {
    static constexpr std::array<std::string_view, 7> days{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    std::string text;
    switch (condition.what) {
        case What::waiting:
            text = fmt::format("waiting [{}, {}]", condition.least, condition.most);
            break;
        case What::time:
            text = fmt::format("time {:02}:{:02}-{:02}:{:02}", condition.from / 60, condition.from % 60,
                               condition.to / 60, condition.to % 60);
            break;
        case What::days:
            for (std::size_t day = 0; day < days.size(); ++day)
                if (condition.days >> day & 1u) text += (text.empty() ? "days " : ", ") + std::string(days[day]);
            break;
        case What::any: {
            std::vector<std::string> parts;
            for (auto one : condition.any) {
                one.negated = one.negated != condition.negated;  // not any is all of what is not
                parts.push_back(text_of(one));
            }
            return fmt::format("({})", fmt::join(parts, condition.negated ? " and " : " or "));
        }
        default:
            text = std::ranges::find(layouts::condition_words, condition.what, &layouts::ConditionWord::what)->word;
    }
    return condition.negated ? "not " + text : text;
}

}  // namespace hallcast::preview
