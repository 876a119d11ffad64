// What a layout says about when a widget is shown; player/screen decides whether it holds.
#include "tests/layouts/parsed.h"

namespace when_test {

using namespace parsed;
using What = Condition::What;

std::vector<Condition> when(const std::string& conditions) {
    return widget_of("stack:\n  - kind: media\n    when: " + conditions + "\n").when;
}
std::string mistake(const std::string& conditions) {
    return error_of("stack:\n  - kind: media\n    when: " + conditions + "\n");
}

TEST_CASE("each word is a condition, and so is its opposite") {
    for (const auto& word : condition_words) {
        const auto plain = when(std::string(word.word)), negated = when("not " + std::string(word.word));
        REQUIRE((plain.size() == 1 && negated.size() == 1));
        CHECK((plain[0].what == word.what && plain[0].negated == word.negated));
        CHECK((negated[0].what == word.what && negated[0].negated != word.negated));
    }
    CHECK((when("queue_empty")[0].least == 0 && when("queue_empty")[0].most == 0));
    CHECK(when("stale")[0].place == FilePlace{3, 11});
}

TEST_CASE("all of a list must hold, and all of a mapping") {
    const auto both = when("[open, {time: \"08:00-15:30\", days: [mon, fri], waiting: [3, 20]}]");
    REQUIRE(both.size() == 4);
    CHECK((both[1].what == What::time && both[1].from == 480 && both[1].to == 930));
    CHECK((both[2].what == What::days && both[2].days == 0b10001));
    CHECK((both[3].what == What::waiting && both[3].least == 3 && both[3].most == 20));
}

TEST_CASE("a time may go over midnight, to its end") {
    const auto night = when("{time: \"22:00-06:00\"}")[0];
    CHECK((night.has_minute(22 * 60) && night.has_minute(0) && night.has_minute(359)));
    CHECK((!night.has_minute(360) && !night.has_minute(22 * 60 - 1)));
    const auto evening = when("{time: \"18:00-24:00\"}")[0];
    CHECK((evening.has_minute(1439) && !evening.has_minute(0)));
    const auto until_midnight = when("{time: \"18:00-00:00\"}")[0];
    CHECK((until_midnight.has_minute(1439) && !until_midnight.has_minute(0)));
    for (const std::string wrong :
         {"08:00", "8:00-9:00", "08:60-09:00", "24:00-09:00", "08:00-24:01", "08:00-08:00", "08:00 - 09:00"})
        CHECK(mistake("{time: \"" + wrong + "\"}") ==
              "x.yaml:3:12: 'time' is a part of the day like \"08:00-15:30\", is '" + wrong + "'");
}

TEST_CASE("any, and not of several") {
    const auto any = when("{any: [call, [open, film], {not: sign}]}");
    REQUIRE((any.size() == 1 && any[0].what == What::any && any[0].any.size() == 3));
    CHECK(any[0].any[0].what == What::call);
    // Both must hold: not any of them does not.
    CHECK((any[0].any[1].what == What::any && any[0].any[1].negated && any[0].any[1].any[0].negated));
    CHECK((any[0].any[2].what == What::sign && any[0].any[2].negated));
    const auto none = when("{not: [open, film]}");
    CHECK((none.size() == 1 && none[0].what == What::any && !none[0].negated && none[0].any.size() == 2));
    CHECK((none[0].any[0].what == What::open && none[0].any[0].negated));
    CHECK_FALSE(when("{not: not open}")[0].negated);
}

TEST_CASE("a container's conditions hold for its parts and its background") {
    const auto layout = layout_of(R"(stack:
  - when: open
    background: "#102030"
    rows:
      - {kind: media, name: a, when: film}
      - {when: {any: [call, notice]}, columns: [{kind: media, name: b}]}
  - {kind: media, name: c}
)");
    const auto& widgets = layout.base().widgets;
    CHECK(widget_named(widgets, "panel").when.size() == 1);
    REQUIRE(widget_named(widgets, "a").when.size() == 2);
    CHECK(widget_named(widgets, "a").when[1].what == What::film);
    REQUIRE(widget_named(widgets, "b").when.size() == 2);
    CHECK(widget_named(widgets, "b").when[0].what == What::open);
    CHECK(widget_named(widgets, "c").when.empty());
}

TEST_CASE("conditions that do not exist are told with those that do") {
    CHECK(mistake("opne") ==
          "x.yaml:3:11: there is no condition 'opne', did you mean 'open'? Known: open, closed, calls, call, "
          "queue_empty, "
          "notice, emergency, stale, film, sign, 'not' before one of them; and mappings of time, days, waiting, any, "
          "not");
    CHECK(mistake("[open, not there]").starts_with("x.yaml:3:18: there is no condition 'there'"));
    CHECK(mistake("{weekday: [mon]}").starts_with("x.yaml:3:12: unknown key 'weekday' for a condition"));
    CHECK(mistake("{days: [mon, montag]}") ==
          "x.yaml:3:12: 'days' holds mon, tue, wed, thu, fri, sat, sun; has 'montag'");
    for (const std::string wrong : {"[5, 3]", "[-1, 3]", "[0.5, 3]", "[0, 1000001]"})
        CHECK(mistake("{waiting: " + wrong + "}") ==
              "x.yaml:3:12: 'waiting' is [least, most] people: whole numbers of 0..1000000, the least first");
    CHECK(mistake("{}") == "x.yaml:3:11: a condition is empty");
    CHECK(mistake("[]").starts_with("x.yaml:3:11: a condition is a word, a mapping of"));
    CHECK(mistake("").find("a condition is a word, a mapping of") != std::string::npos);
    // Told beside other mistakes.
    CHECK(error_of("stack:\n  - kind: media\n    when: {}\n    radius: -1\n") ==
          "x.yaml:3:11: a condition is empty\nx.yaml:4:5: 'radius' must be 0..1000, is -1");
}

TEST_CASE("conditions have their limits") {
    std::string deep = "open";
    for (int i = 0; i < 8; ++i) deep = "{not: " + deep + "}";
    CHECK(mistake(deep).find("conditions within conditions, more than 6 deep") != std::string::npos);
    std::string many = "[open";
    for (int i = 0; i < 16; ++i) many += ", open";
    CHECK(mistake(many + "]").find("a list of 1..16 conditions") != std::string::npos);
    // Two million of them, by names.
    std::string names = "variables:\n  a0: [open, open]\n";
    for (int i = 1; i < 6; ++i) {
        names += "  a" + std::to_string(i) + ": [";
        for (int j = 0; j < 16; ++j) names += (j ? ", $a" : "$a") + std::to_string(i - 1);
        names += "]\n";
    }
    const auto message = error_of(names + "stack:\n  - kind: media\n    when: $a5\n");
    CHECK(message.find("more than 16 conditions") != std::string::npos);
}

}  // namespace when_test
