// Random timetables in several zones against a reference that knows no dates and no offsets: it asks ICU what the clock
// shows at every minute, and looks the rules up in the office's own texts.
#include <unicode/gregocal.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <set>

#include "tests/queue/calendar_sample.h"
#include "tests/sanitized.h"
#include "tests/seed.h"

namespace hallcast::queue::calendar_random_test {

using namespace calendar_sample;

constexpr std::int64_t minute_ms = 60'000;
constexpr int window_days = 11, margin_days = 3;

std::unique_ptr<icu::GregorianCalendar> icu_calendar(const std::string& zone) {
    UErrorCode status = U_ZERO_ERROR;
    auto calendar = std::make_unique<icu::GregorianCalendar>(
        icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(zone)), status);
    REQUIRE(U_SUCCESS(status));
    return calendar;
}

int field(const icu::Calendar& calendar, UCalendarDateFields which) {
    UErrorCode status = U_ZERO_ERROR;
    const int value = calendar.get(which, status);
    REQUIRE(U_SUCCESS(status));
    return value;
}

// What a wall clock shows: "2026-03-29 01:59".
std::string shown(icu::Calendar& calendar, std::int64_t at_ms) {
    UErrorCode status = U_ZERO_ERROR;
    calendar.setTime(double(at_ms), status);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", field(calendar, UCAL_YEAR), field(calendar, UCAL_MONTH) + 1,
                       field(calendar, UCAL_DATE), field(calendar, UCAL_HOUR_OF_DAY), field(calendar, UCAL_MINUTE));
}

// Every date of some decades, with its weekday and the count of Mondays so far; walked through ICU, day by day.
struct Almanac {
    struct Day {
        std::string weekday, next;
        int week = 0;
    };
    std::map<std::string, Day> days;

    Almanac() {
        const auto calendar = icu_calendar("UTC");
        const char* names[] = {"", "sun", "mon", "tue", "wed", "thu", "fri", "sat"};
        int week = 0;
        std::string before;
        for (std::int64_t at_ms = utc("2001-01-01 12:00"); at_ms < utc("2040-01-01 12:00"); at_ms += 1440 * minute_ms) {
            const std::string date = shown(*calendar, at_ms).substr(0, 10);
            const std::string weekday = names[field(*calendar, UCAL_DAY_OF_WEEK)];
            if (weekday == "mon") ++week;
            days[date] = {weekday, "", week};
            if (!before.empty()) days[before].next = date;
            before = date;
        }
    }
    const Day& at(const std::string& date) const { return days.at(date); }
};

const std::set<std::string> holidays_of_some_years = {
    "2022-01-01", "2022-01-06", "2022-04-17", "2022-04-18", "2022-05-01", "2022-05-03", "2022-06-05",
    "2022-06-16", "2022-08-15", "2022-11-01", "2022-11-11", "2022-12-25", "2022-12-26", "2026-01-01",
    "2026-01-06", "2026-04-05", "2026-04-06", "2026-05-01", "2026-05-03", "2026-05-24", "2026-06-04",
    "2026-08-15", "2026-11-01", "2026-11-11", "2026-12-24", "2026-12-25", "2026-12-26"};

class Reference {
  public:
    Reference(const v1::Office& office, const Almanac& almanac, std::int64_t begin_ms)
        : office_(office), almanac_(almanac), begin_ms_(begin_ms) {
        const auto calendar = icu_calendar(office.time_zone());
        for (int i = 0; i < window_days * 1440; ++i) clock_.push_back(shown(*calendar, begin_ms + i * minute_ms));
        for (std::size_t i = 0; i < size(); ++i) {
            dates_.insert(clock_[i].substr(0, 10));
            minutes_.try_emplace(clock_[i], i, i).first->second.second = i;
        }
    }

    std::size_t size() const { return clock_.size(); }
    std::string date_at(std::size_t minute) const { return clock_[minute].substr(0, 10); }
    std::int64_t ms(std::size_t minute) const { return begin_ms_ + std::int64_t(minute) * minute_ms; }

    // The first minute of that date; of the next one that exists, where it does not.
    std::size_t start_of(const std::string& date) const { return at(date + " 00:00", false); }

    std::vector<Calendar::Interval> intervals(const std::string& service, const std::string& date) const {
        std::vector<bool> open(size());
        mark(service, date, open);
        std::vector<Calendar::Interval> found;
        for (std::size_t i = 0; i < size(); ++i) {
            if (!open[i]) continue;
            if (i == 0 || !open[i - 1]) found.push_back({ms(i), ms(i)});
            found.back().close_ms = ms(i + 1);
        }
        return found;
    }

    std::vector<bool> open_minutes(const std::string& service) const {
        std::vector<bool> open(size());
        for (const std::string& date : dates_) mark(service, date, open);
        return open;
    }

  private:
    // The minute at which the clock shows that, the first or the last such; the one to which it jumped over it.
    std::size_t at(const std::string& shows, bool last) const {
        if (const auto found = minutes_.find(shows); found != minutes_.end())
            return last ? found->second.second : found->second.first;
        for (std::size_t i = 1; i < size(); ++i)
            if (clock_[i - 1] < shows && shows < clock_[i]) return i;
        return shows < clock_.front() ? 0 : size();
    }

    template <typename Entry>
    static bool about(const Entry& entry, const std::string& service) {
        return entry.services_size() == 0 || std::count(entry.services().begin(), entry.services().end(), service) > 0;
    }

    void mark(const std::string& service, const std::string& date, std::vector<bool>& open) const {
        if (!dates_.contains(date)) return;
        const auto add = [&](const std::string& from, const std::string& to) {
            const std::string end = to == "24:00" ? almanac_.at(date).next + " 00:00"
                                    : to < from   ? almanac_.at(date).next + " " + to
                                                  : date + " " + to;
            for (std::size_t i = at(date + " " + from, false); i < at(end, true); ++i) open[i] = true;
        };
        for (const v1::Closure& closure : office_.closures()) {
            const std::string& until = closure.to_date().empty() ? closure.from_date() : closure.to_date();
            if (about(closure, service) && closure.from_date() <= date && date <= until) return;
        }
        bool special = false;
        for (const v1::SpecialDay& day : office_.special_days()) {
            if (day.date() != date || !about(day, service)) continue;
            special = true;
            add(day.from(), day.to());
        }
        if (special || (!office_.holidays().empty() && holidays_of_some_years.contains(date))) return;
        if (office_.hours().empty() && office_.special_days().empty()) add("00:00", "24:00");
        const Almanac::Day& today = almanac_.at(date);
        for (const v1::OpeningHours& hours : office_.hours()) {
            if (!about(hours, service)) continue;
            if (std::count(hours.days().begin(), hours.days().end(), today.weekday) == 0) continue;
            if (!hours.valid_from().empty() && date < hours.valid_from()) continue;
            if (!hours.valid_until().empty() && date > hours.valid_until()) continue;
            if (hours.every_weeks() > 1) {
                const int weeks = today.week - almanac_.at(hours.first_date()).week;
                if (weeks < 0 || weeks % int(hours.every_weeks()) != 0) continue;
            }
            add(hours.from(), hours.to());
        }
    }

    const v1::Office& office_;
    const Almanac& almanac_;
    std::int64_t begin_ms_;
    std::vector<std::string> clock_;  // what it shows, minute by minute
    std::set<std::string> dates_;
    std::map<std::string, std::pair<std::size_t, std::size_t>> minutes_;  // of what it shows, the first and the last
};

class RandomTimetables {
  public:
    explicit RandomTimetables(std::uint64_t seed) : random_(seed) {}

    int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }
    bool once_in(int count) { return below(count) == 0; }
    template <typename Choices>
    std::string one_of(const Choices& choices) {
        return *std::next(std::begin(choices), below(int(std::size(choices))));
    }

    // Around `day`; overlaps and hours of nearly a day on purpose, which the rules would refuse.
    v1::Office office(const std::string& zone, const std::string& day) {
        v1::Office office = office_in(zone);
        day_ = day;
        for (int left = below(7); left > 0; --left) {
            v1::OpeningHours& hours = *office.add_hours();
            for (const char* weekday : every_day)
                if (once_in(2)) hours.add_days(weekday);
            span(hours);
            services(hours);
            if (once_in(3)) {
                hours.set_every_weeks(std::uint32_t(1 + below(4)));
                if (hours.every_weeks() > 1) hours.set_first_date(near(once_in(2) ? 400 : 20));
            }
            if (once_in(4)) hours.set_valid_from(near(6));
            if (once_in(4)) hours.set_valid_until(near(6));
        }
        for (int left = below(3); left > 0; --left) {
            v1::Closure& closure = *office.add_closures();
            closure.set_from_date(near(5));
            if (once_in(2)) closure.set_to_date(near(5));
            services(closure);
        }
        for (int left = below(5); left > 0; --left) {
            v1::SpecialDay& special = *office.add_special_days();
            special.set_date(near(4));
            span(special);
            services(special);
        }
        return office;
    }

  private:
    std::string near(int distance) { return timetable::text_of(date(day_) + days{below(2 * distance + 1) - distance}); }
    std::string time() {
        static const char* edges[] = {"00:00", "00:01", "00:30", "01:00", "01:30", "02:00", "02:15", "02:30",
                                      "03:00", "03:30", "22:00", "23:00", "23:01", "23:30", "23:59"};
        return once_in(2) ? one_of(edges) : fmt::format("{:02}:{:02}", below(24), below(60));
    }
    template <typename Entry>
    void span(Entry& entry) {
        entry.set_from(time());
        do entry.set_to(once_in(5) ? "24:00" : time());
        while (entry.to() == entry.from());
    }
    template <typename Entry>
    void services(Entry& entry) {
        for (const char* service : {"A", "B"})
            if (once_in(4)) entry.add_services(service);
    }

    std::mt19937_64 random_;
    std::string day_;
};

// The first day after `from` on which the zone's clock is changed, of the next two years; `from` where there is none.
std::string next_change(const std::string& zone, const std::string& from) {
    const std::unique_ptr<icu::TimeZone> rules(icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(zone)));
    const auto offset = [&](std::int64_t at_ms) {
        std::int32_t standard = 0, summer = 0;
        UErrorCode status = U_ZERO_ERROR;
        rules->getOffset(double(at_ms), false, standard, summer, status);
        return standard + summer;
    };
    const std::int64_t begin_ms = utc(from + " 00:00");
    for (int hours = 0; hours < 2 * 366 * 24; ++hours)
        if (const std::int64_t at_ms = begin_ms + hours * 60 * minute_ms;
            offset(at_ms) != offset(at_ms + 60 * minute_ms))
            return timetable::text_of(Date{std::chrono::floor<days>(std::chrono::milliseconds{at_ms})});
    return from;
}

// One office, eleven days: every minute, date and interval of the five in the middle.
void compare(const v1::Office& office, const Almanac& almanac, const std::string& middle) {
    const Calendar calendar(office);
    const Reference reference(office, almanac, utc(middle + " 00:00") - window_days / 2 * 1440 * minute_ms);
    const std::size_t begin = margin_days * 1440, end = reference.size() - margin_days * 1440;
    int wrong = 0;
    const auto check = [&](bool right, const auto& what) {  // `what` is a function: words for each minute take long
        if (right) return;
        if (++wrong == 1) FAIL_CHECK(what() + "\n" + office.DebugString());
    };
    for (const char* service : {"A", "B"}) {
        const std::vector<bool> open = reference.open_minutes(service);
        for (std::size_t i = begin; i < end; ++i) {
            const std::int64_t at_ms = reference.ms(i);
            check(calendar.is_open(service, at_ms) == open[i] && calendar.is_open(service, at_ms + 59'999) == open[i],
                  [&] {
                      return fmt::format("{} at {} is not {}", service, text_of_utc(at_ms),
                                         open[i] ? "open" : "closed");
                  });
            if (i % 31 != 0) continue;
            // Beyond the window the reference knows nothing: "not in it" is what can be compared.
            std::size_t opens = i, closes = i;
            while (opens < end && !open[opens]) ++opens;
            while (closes < end && open[closes]) ++closes;
            const auto next = calendar.next_opening(service, at_ms), close = calendar.closes_at(service, at_ms);
            check(opens < end ? next == reference.ms(opens) : !next || *next >= reference.ms(end),
                  [&] { return fmt::format("{} after {} opens {}", service, text_of_utc(at_ms), text_of_utc(next)); });
            check(!open[i]       ? !close.has_value()
                  : closes < end ? close == reference.ms(closes)
                                 : !close || *close >= reference.ms(end),
                  [&] {
                      return fmt::format("{} open at {} closes {}", service, text_of_utc(at_ms), text_of_utc(close));
                  });
        }
        for (Date day = date(reference.date_at(begin)); day <= date(reference.date_at(end)); day += days{1})
            check(calendar.intervals(service, day) == reference.intervals(service, timetable::text_of(day)), [&] {
                return fmt::format("{} on {}: {}", service, timetable::text_of(day),
                                   open_on(calendar, service, timetable::text_of(day)));
            });
    }
    for (std::size_t i = begin; i < end; ++i)
        check(timetable::text_of(calendar.local_date(reference.ms(i))) == reference.date_at(i),
              [&] { return fmt::format("the date at {}", text_of_utc(reference.ms(i))); });
    for (Date day = date(reference.date_at(begin)); day <= date(reference.date_at(end)); day += days{1})
        check(calendar.start_of_day_ms(day) == reference.ms(reference.start_of(timetable::text_of(day))), [&] {
            return fmt::format("the start of {}: {}", timetable::text_of(day),
                               text_of_utc(calendar.start_of_day_ms(day)));
        });
    REQUIRE(wrong == 0);
}

// HALLCAST_ROUNDS=120: so many.
int rounds_wanted() {
    if (const char* wanted = std::getenv("HALLCAST_ROUNDS")) return std::atoi(wanted);
    return tests::sanitized ? 4 : 24;
}

TEST_CASE("random timetables in many zones open and close as a clock on the wall says") {
    const std::uint64_t seed = tests::seed_of_run();
    INFO("seed " << seed);
    std::printf("calendar: seed %llu\n", static_cast<unsigned long long>(seed));
    const Almanac almanac;
    RandomTimetables random(seed);
    // Changes by an hour, half an hour and two; at midnight, a minute past it, and in Ramadan; a day left out.
    const char* zones[] = {"Europe/Warsaw",     "America/Havana",
                           "Asia/Beirut",       "Australia/Lord_Howe",
                           "America/St_Johns",  "Africa/Casablanca",
                           "America/Sao_Paulo", "Asia/Tehran",
                           "Pacific/Chatham",   "Antarctica/Troll",
                           "Asia/Kathmandu",    "Europe/Dublin",
                           "America/Caracas",   "UTC"};
    const int rounds = rounds_wanted();
    for (int round = 0; round < rounds; ++round) {
        const std::string zone = random.one_of(zones);
        std::string day = timetable::text_of(date("2003-01-01") + days{random.below(30 * 365)});
        if (!random.once_in(4)) day = next_change(zone, day);
        INFO("round " << round << ", " << zone << ", " << day);
        compare(random.office(zone, day), almanac, day);
    }
    for (int round = 0; round < rounds / 12; ++round)
        compare(random.office("Pacific/Apia", "2011-12-30"), almanac, "2011-12-30");
    for (int round = 0; round < rounds / 6; ++round) {
        const std::string holiday = random.one_of(holidays_of_some_years);
        v1::Office office = random.office("Europe/Warsaw", holiday);
        office.set_holidays("PL");
        // The window must stay in the years of the list.
        if (holiday.substr(5) > "01-06" && holiday.substr(5) < "12-24") compare(office, almanac, holiday);
    }
}

}  // namespace hallcast::queue::calendar_random_test
