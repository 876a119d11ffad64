#include "layouts/read_condition.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "layouts/keys.h"

namespace hallcast::layouts {

namespace {

constexpr int deepest_condition = 6;
constexpr std::size_t most_conditions = 16;
constexpr double most_waiting = 1e6;
constexpr auto figure_keys = names_of(condition_figure_words);

// "08:00-15:30"; the minutes of the day.
bool parse_span(std::string_view text, int& from, int& to) {
    if (text.size() != 11 || text[2] != ':' || text[5] != '-' || text[8] != ':') return false;
    std::array<int, 4> parts{};
    for (std::size_t i = 0; i < 4; ++i) {
        const char tens = text[i * 3], ones = text[i * 3 + 1];
        if (tens < '0' || tens > '9' || ones < '0' || ones > '9') return false;
        parts[i] = (tens - '0') * 10 + ones - '0';
    }
    from = parts[0] * 60 + parts[1];
    to = parts[2] * 60 + parts[3];
    return parts[1] < 60 && parts[3] < 60 && from < 24 * 60 && to <= 24 * 60 && from != to;
}

class ConditionReader {
  public:
    explicit ConditionReader(Reading& reading) : reading_(reading) {}

    std::vector<Condition> read(const YAML::Node& written, int depth) {
        const YAML::Node node = reading_.resolve(written);
        std::vector<Condition> all;
        if (!node.IsDefined()) return all;
        if (depth > deepest_condition) {
            reading_.mistake(written.Mark(),
                             fmt::format("conditions within conditions, more than {} deep", deepest_condition));
        } else if (!reading_.spend(written.Mark(), 1)) {
            return all;
        } else if (node.IsScalar()) {
            add_word(node.Scalar(), written.Mark(), all);
        } else if (node.IsMap()) {
            add_figures(node, depth, all);
        } else if (node.IsSequence() && node.size() > 0 && node.size() <= most_conditions) {
            for (const auto& item : node)
                for (auto& one : read(item, depth + 1)) all.push_back(std::move(one));
        } else {
            reading_.mistake(written.Mark(),
                             fmt::format("a condition is a word, a mapping of {}, or a list of 1..{} conditions",
                                         fmt::join(figure_keys, ", "), most_conditions));
        }
        if (all.size() > most_conditions) {
            reading_.mistake(written.Mark(), fmt::format("more than {} conditions", most_conditions));
            all.resize(most_conditions);
        }
        return all;
    }

  private:
    void add_word(std::string_view text, const YAML::Mark& mark, std::vector<Condition>& all) {
        const bool negated = text.starts_with("not ");
        const std::string_view word = negated ? text.substr(4) : text;
        const auto found = std::ranges::find(condition_words, word, &ConditionWord::word);
        if (found == condition_words.end()) {
            std::vector<std::string_view> known;
            for (const auto& one : condition_words) known.push_back(one.word);
            const auto nearest = nearest_word(word, known);
            reading_.mistake(
                mark, fmt::format("there is no condition '{}'{} Known: {}, 'not' before one of them; and "
                                  "mappings of {}",
                                  shortened(word), nearest.empty() ? "." : fmt::format(", did you mean '{}'?", nearest),
                                  fmt::join(known, ", "), fmt::join(figure_keys, ", ")));
            return;
        }
        Condition condition;
        condition.what = found->what;
        condition.negated = negated != found->negated;
        if (found->word == "queue_empty") condition.most = 0;
        condition.place = MappingReader::place_of(mark);
        all.push_back(std::move(condition));
    }

    void add_figures(const YAML::Node& node, int depth, std::vector<Condition>& all) {
        const MappingReader reader(reading_, node, "a condition");
        reader.allow_only(figure_keys);
        const auto make = [&](std::string_view key, Condition::What what) {
            Condition condition;
            condition.what = what;
            condition.place = reader.place(key);
            return condition;
        };
        std::string span;
        if (reader.text("time", span)) {
            Condition condition = make("time", Condition::What::time);
            if (parse_span(span, condition.from, condition.to))
                all.push_back(std::move(condition));
            else
                reader.mistake("time",
                               fmt::format("is a part of the day like \"08:00-15:30\", is '{}'", shortened(span)));
        }
        std::vector<std::string> days;
        if (reader.words("days", days, 20)) {
            Condition condition = make("days", Condition::What::days);
            for (const auto& day : days) {
                const auto found = std::ranges::find(day_words, std::string_view(day));
                if (found == day_words.end())
                    reader.mistake("days",
                                   fmt::format("holds {}; has '{}'", fmt::join(day_words, ", "), shortened(day)));
                else
                    condition.days |= std::uint8_t(1u << (found - day_words.begin()));
            }
            all.push_back(std::move(condition));
        }
        if (const auto range = reader.numbers("waiting", 2, "[least, most]")) {
            Condition condition = make("waiting", Condition::What::waiting);
            condition.least = int(std::clamp((*range)[0], 0.0, most_waiting));
            condition.most = int(std::clamp((*range)[1], 0.0, most_waiting));
            if (condition.least != (*range)[0] || condition.most != (*range)[1] || condition.most < condition.least)
                reader.mistake("waiting", fmt::format("is [least, most] people: whole numbers of 0..{:.0f}, the least "
                                                      "first",
                                                      most_waiting));
            all.push_back(std::move(condition));
        }
        if (reader.has("any")) {
            Condition condition = make("any", Condition::What::any);
            for (const auto& item : reader.list("any", most_conditions)) {
                auto inner = read(item, depth + 1);
                // Several in one item must all hold: none of the others does not.
                if (inner.size() == 1) condition.any.push_back(std::move(inner[0]));
                if (inner.size() > 1) condition.any.push_back(all_of(std::move(inner)));
            }
            all.push_back(std::move(condition));
        }
        if (reader.has("not")) {
            auto inner = read(reader.node("not"), depth + 1);
            if (inner.size() == 1) {
                inner[0].negated = !inner[0].negated;
                all.push_back(std::move(inner[0]));
            } else if (inner.size() > 1) {
                Condition condition = all_of(std::move(inner));
                condition.negated = !condition.negated;
                all.push_back(std::move(condition));
            }
        }
        if (reader.fields().empty()) reading_.mistake(node.Mark(), "a condition is empty");
    }

    // De Morgan: all hold where not any does not.
    static Condition all_of(std::vector<Condition> conditions) {
        Condition condition;
        condition.what = Condition::What::any;
        condition.negated = true;
        condition.place = conditions[0].place;
        for (auto& one : conditions) one.negated = !one.negated;
        condition.any = std::move(conditions);
        return condition;
    }

    Reading& reading_;
};

}  // namespace

std::vector<Condition> read_conditions(Reading& reading, const MappingReader& reader, std::string_view key) {
    return reader.has(key) ? ConditionReader(reading).read(reader.node(key), 0) : std::vector<Condition>{};
}

}  // namespace hallcast::layouts
