// The sample states are what their names say, by the conditions that layouts ask with.
#include "player/preview/samples.h"

#include <google/protobuf/util/message_differencer.h>

#include "player/preview/satisfying.h"
#include "player/screen/conditions.h"
#include "player/text/font_set.h"
#include "tests/catch.h"

namespace samples_test {

using namespace hallcast;
using What = layouts::Condition::What;

const std::vector<std::string> office_languages{"pl", "uk", "ar"};

text::Typesetter& any_typesetter() {
    static const auto fonts = std::move(*text::open_system_fonts());
    static const auto typesetter = text::make_typesetter(*fonts);
    return *typesetter;
}

layouts::Condition condition_of(What what, bool negated = false) {
    layouts::Condition condition;
    condition.what = what;
    condition.negated = negated;
    return condition;
}

bool holds(const std::string& sample, What what) {
    const auto situation = preview::sample(sample, office_languages);
    REQUIRE(situation);
    const auto input = preview::input_of(*situation, office_languages);
    const layouts::Condition condition = condition_of(what);
    screen::WallTime until = screen::WallTime::max();
    return screen::all_hold({&condition, 1}, {input, any_typesetter()}, until);
}

TEST_CASE("each sample is what its name says, and no other") {
    for (const auto& sample : preview::samples(office_languages)) {
        INFO(sample.name);
        CHECK(holds(sample.name, What::open) == (sample.name != "closed"));
        CHECK(holds(sample.name, What::notice) == (sample.name == "notice" || sample.name == "emergency"));
        CHECK(holds(sample.name, What::emergency) == (sample.name == "emergency"));
        CHECK(holds(sample.name, What::stale) == (sample.name == "stale" || sample.name == "unconnected"));
        CHECK(holds(sample.name, What::sign) == (sample.name == "sign"));
        CHECK(holds(sample.name, What::call) == (sample.name.starts_with("call") || sample.name == "sign"));
    }
    CHECK(holds("busy", What::calls));
    CHECK_FALSE(holds("quiet", What::calls));
}

TEST_CASE("a sample is the same every time, and one that there is not is told with those that are") {
    const auto busy = *preview::sample("busy", office_languages);
    const auto one = preview::input_of(busy, office_languages), other = preview::input_of(busy, office_languages);
    CHECK(one.now == other.now);
    CHECK(one.video == other.video);
    CHECK(google::protobuf::util::MessageDifferencer::Equals(*one.hall.state, *other.hall.state));
    CHECK(one.hall.state->calls_size() == 12);
    CHECK(
        preview::sample("rush", office_languages).error().message ==
        "there is no sample 'rush'; there are quiet, busy, call, closed, unconnected, stale, notice, emergency, sign, "
        "call-pl, call-uk, call-ar");
}

TEST_CASE("conditions that can hold have a situation in which they do") {
    const auto can = [](preview::Conditions conditions) {
        const auto situation = preview::satisfying(conditions, office_languages, any_typesetter());
        if (!situation) return false;
        const auto input = preview::input_of(*situation, office_languages);
        screen::WallTime until = screen::WallTime::max();
        CHECK(screen::all_hold(conditions, {input, any_typesetter()}, until));
        return true;
    };
    layouts::Condition night = condition_of(What::time), noon = night, few = condition_of(What::waiting), many = few;
    night.from = 22 * 60, night.to = 6 * 60;  // over midnight
    noon.from = 12 * 60, noon.to = 13 * 60;
    few.least = 0, few.most = 3;
    many.least = 4, many.most = 500;
    CHECK(can({}));
    CHECK(can({night}));
    CHECK(can({night, condition_of(What::open)}));
    CHECK_FALSE(can({night, noon}));
    CHECK(can({many, condition_of(What::call)}));
    CHECK_FALSE(can({few, many}));
    CHECK(can({condition_of(What::stale), condition_of(What::film)}));
    CHECK_FALSE(can({condition_of(What::stale), condition_of(What::call)}));
    CHECK_FALSE(can({condition_of(What::emergency), condition_of(What::notice, true)}));
    CHECK_FALSE(can({few, preview::not_all({few})}));
}

}  // namespace samples_test
