#include "player/queue/icalendar.h"

#include <fmt/format.h>
#include <unicode/unistr.h>

#include <chrono>
#include <string_view>

#include "protocol/timetable.h"

namespace hallcast::queue {
namespace {

constexpr std::size_t longest_line = 75;  // octets, without the line end; RFC 5545, 3.1

std::string utf8(std::string_view text) {
    std::string valid;
    icu::UnicodeString::fromUTF8({text.data(), std::int32_t(text.size())}).toUTF8String(valid);
    return valid;
}

bool is_control(char byte) { return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f; }

// A TEXT value (3.3.11): no control character but the tab, and a line end, however written, as \n.
std::string escaped(std::string_view raw) {
    const std::string text = utf8(raw);
    std::string value;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char byte = text[at];
        if (byte == '\n' || byte == '\r') {
            value += "\\n";
            if (byte == '\r' && at + 1 < text.size() && text[at + 1] == '\n') ++at;
        } else if (byte == '\\' || byte == ';' || byte == ',') {
            value += '\\';
            value += byte;
        } else if (byte == '\t' || !is_control(byte)) {
            value += byte;
        }
    }
    return value;
}

// Addresses and language tags: nothing in them may end their line or their parameter.
std::string plain(std::string_view raw) {
    std::string value;
    for (const char byte : utf8(raw))
        if (!is_control(byte) && byte != ' ' && byte != '"' && byte != ';' && byte != ',' && byte != ':') value += byte;
    return value;
}

std::string utc(std::int64_t at_ms) {
    const std::int64_t seconds = std::chrono::floor<std::chrono::seconds>(std::chrono::milliseconds{at_ms}).count();
    const auto day = std::chrono::floor<std::chrono::days>(std::chrono::seconds{seconds});
    const std::int64_t of_day = seconds - day.count() * 86'400;
    const std::chrono::year_month_day date{timetable::Date{day}};
    return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", int(date.year()), unsigned(date.month()),
                       unsigned(date.day()), of_day / 3600, of_day / 60 % 60, of_day % 60);
}

// Content lines, folded: a line goes on in the next one, which begins with a blank. Never within a character, since
// some readers decode line by line.
class Lines {
  public:
    void add(std::string_view name, std::string_view value) {
        const std::string line = fmt::format("{}:{}", name, value);
        std::size_t room = longest_line;
        for (std::size_t at = 0; at < line.size();) {
            std::size_t end = std::min(line.size(), at + room);
            while (end < line.size() && (static_cast<unsigned char>(line[end]) & 0xc0) == 0x80) --end;
            if (at > 0) text_ += ' ';
            text_.append(line, at, end - at);
            text_ += "\r\n";
            at = end;
            room = longest_line - 1;
        }
    }
    std::string take() { return std::move(text_); }

  private:
    std::string text_;
};

}  // namespace

std::string icalendar_of(const CalendarEntry& entry) {
    Lines lines;
    const std::string organizer = plain(entry.organizer), attendee = plain(entry.attendee);
    const std::string language = plain(entry.language);
    const auto add_text = [&](const std::string& name, const std::string& text) {
        if (!text.empty()) lines.add(language.empty() ? name : name + ";LANGUAGE=" + language, escaped(text));
    };
    lines.add("BEGIN", "VCALENDAR");
    lines.add("VERSION", "2.0");
    lines.add("PRODID", "-//hallcast//appointments//EN");
    if (!organizer.empty()) lines.add("METHOD", entry.cancelled ? "CANCEL" : attendee.empty() ? "PUBLISH" : "REQUEST");
    lines.add("BEGIN", "VEVENT");
    lines.add("UID", escaped(entry.uid));
    lines.add("SEQUENCE", std::to_string(entry.sequence));
    lines.add("DTSTAMP", utc(entry.written_at_ms));
    lines.add("DTSTART", utc(entry.starts_at_ms));
    lines.add("DTEND", utc(entry.ends_at_ms));
    lines.add("STATUS", entry.cancelled ? "CANCELLED" : "CONFIRMED");
    lines.add("CLASS", "PRIVATE");
    if (!organizer.empty()) lines.add("ORGANIZER", "mailto:" + organizer);
    if (!organizer.empty() && !attendee.empty()) lines.add("ATTENDEE", "mailto:" + attendee);
    add_text("SUMMARY", entry.summary);
    add_text("LOCATION", entry.location);
    add_text("DESCRIPTION", entry.description);
    if (!entry.cancelled) {
        lines.add("BEGIN", "VALARM");
        lines.add("ACTION", "DISPLAY");
        lines.add("TRIGGER", "-P1D");
        lines.add("DESCRIPTION", escaped(entry.summary));
        lines.add("END", "VALARM");
    }
    lines.add("END", "VEVENT");
    lines.add("END", "VCALENDAR");
    return lines.take();
}

}  // namespace hallcast::queue
