// Appointments as calendar files: a strict reader finds in them what was put in.
#include "player/queue/icalendar.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <random>

#include "tests/queue/python.h"

namespace hallcast::queue::icalendar_test {

using sample::contains;

CalendarEntry entry() {
    return {.uid = "appointment-17@krakow",
            .sequence = 2,
            .written_at_ms = 1'795'000'000'123,
            .starts_at_ms = 1'796'031'000'000,
            .ends_at_ms = 1'796'032'200'000,
            .language = "uk",
            .summary = "Подання заяви: карта побиту, перша",
            .location = "Urząd Wojewódzki, ul. Przy Rondzie 6; sala 1",
            .description = "PIN 012345\nВізьміть паспорт.",
            .organizer = "",
            .attendee = ""};
}

std::map<std::string, std::string> read(const std::string& text) {
    const sample::TemporaryFolder folder;
    sample::write_text(folder.path() / "a.ics", text);
    const auto ran = sample::run_python("read_icalendar.py", {folder.path() / "a.ics"});
    INFO(text << ran.output);
    REQUIRE(ran.status == 0);
    google::protobuf::Struct json;
    REQUIRE(google::protobuf::util::JsonStringToMessage(ran.output, &json).ok());
    std::map<std::string, std::string> values;
    for (const auto& [name, value] : json.fields())
        values[name] = value.has_string_value() ? value.string_value()
                       : value.has_bool_value() ? (value.bool_value() ? "yes" : "no")
                                                : fmt::format("{:.0f}", value.number_value());
    return values;
}

TEST_CASE("a calendar reads an appointment as it is") {
    const std::string text = icalendar_of(entry());
    auto values = read(text);
    CHECK(values["UID"] == "appointment-17@krakow");
    CHECK(values["SEQUENCE"] == "2");
    CHECK(values["DTSTAMP"] == "1795000000");
    CHECK(values["DTSTART"] == "1796031000");
    CHECK(values["DTEND"] == "1796032200");
    CHECK(contains(text, "DTSTART:20261130T"));
    CHECK(values["STATUS"] == "CONFIRMED");
    CHECK(values["CLASS"] == "PRIVATE");
    CHECK(values["SUMMARY"] == entry().summary);
    CHECK(values["SUMMARY parameters"] == "LANGUAGE=uk");
    CHECK(values["LOCATION"] == entry().location);
    CHECK(values["DESCRIPTION"] == entry().description);
    CHECK(values["alarm"] == "yes");
    CHECK_FALSE(values.contains("METHOD"));
}

TEST_CASE("a method comes with the addresses that it needs") {
    CalendarEntry made = entry();
    made.attendee = "a@example.org";
    CHECK_FALSE(read(icalendar_of(made)).contains("METHOD"));
    made.organizer = "office@example.org";
    auto invitation = read(icalendar_of(made));
    CHECK(invitation["METHOD"] == "REQUEST");
    CHECK(invitation["ORGANIZER"] == "mailto:office@example.org");
    CHECK(invitation["ATTENDEE"] == "mailto:a@example.org");
    made.cancelled = true;
    auto cancellation = read(icalendar_of(made));
    CHECK(cancellation["METHOD"] == "CANCEL");
    CHECK(cancellation["STATUS"] == "CANCELLED");
    CHECK(cancellation["alarm"] == "no");
    made.cancelled = false;
    made.attendee = "";
    CHECK(read(icalendar_of(made))["METHOD"] == "PUBLISH");
}

TEST_CASE("nothing that a text holds becomes a line of its own") {
    CalendarEntry made = entry();
    made.summary = "a\r\nEND:VEVENT\rb\nc\x01\x7f\tZ\\n;,\xff";
    made.organizer = "office@example.org\r\nSTATUS:CANCELLED";
    made.language = "pl\":X";
    auto values = read(icalendar_of(made));
    CHECK(values["SUMMARY"] == "a\nEND:VEVENT\nb\nc\tZ\\n;,\ufffd");
    CHECK(values["STATUS"] == "CONFIRMED");
    CHECK(values["ORGANIZER"] == "mailto:office@example.orgSTATUSCANCELLED");
}

// Written anew, and simpler than the Python reader: the texts of a file, by name.
std::map<std::string, std::string> unfolded(const std::string& file) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < file.size();) {
        const std::size_t end = file.find("\r\n", at);
        if (end == std::string::npos) FAIL("the last line does not end");
        const std::string line = file.substr(at, end - at);
        if (line.size() > 75) FAIL("a line of " << line.size() << " octets");
        // No line begins within a character.
        if ((static_cast<unsigned char>(line.size() > 1 && line[0] == ' ' ? line[1] : line[0]) & 0xc0) == 0x80)
            FAIL("a line begins within a character: " << line);
        if (line[0] == ' ')
            lines.back() += line.substr(1);
        else
            lines.push_back(line);
        at = end + 2;
    }
    std::map<std::string, std::string> values;
    for (const std::string& line : lines) {
        const std::size_t colon = line.find(':');
        std::string text;
        for (std::size_t at = colon + 1; at < line.size(); ++at) {
            if (line[at] != '\\') {
                text += line[at];
            } else {
                ++at;
                text += line[at] == 'n' ? '\n' : line[at];
            }
        }
        values.try_emplace(line.substr(0, line.find_first_of(":;")), text);
    }
    return values;
}

TEST_CASE("random texts come back from their folded lines as they were") {
    const std::uint64_t seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    const std::vector<std::string> pieces = {"a",       "Z",      " ",      "\n",    "\\",
                                             ";",       ",",      ":",      "\"",    "\\n",
                                             "\t",      "ż",      "ї",      "漢",    "👩‍👩‍👧",
                                             "e\u0301", "\u2028", "\u00a0", "مرحبا", "x"};
    const auto text = [&](std::size_t longest) {
        std::string made;
        for (std::size_t count = random() % longest; count > 0; --count) made += pieces[random() % pieces.size()];
        return made;
    };
    const auto check = [&](auto reader, const CalendarEntry& made) {
        auto values = reader(icalendar_of(made));
        REQUIRE(values["SUMMARY"] == made.summary);
        REQUIRE(values["LOCATION"] == made.location);
        REQUIRE(values["DESCRIPTION"] == made.description);
    };
    for (int round = 0; round < 3000; ++round) {
        CalendarEntry made = entry();
        made.summary = "s" + text(60);
        made.location = text(80);
        made.description = "d" + text(300);
        if (random() % 2) made.language = "";
        check(unfolded, made);
        if (round % 300 == 0) check(read, made);
    }
}

}  // namespace hallcast::queue::icalendar_test
