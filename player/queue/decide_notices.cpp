// What staff tell everybody in a hall.
#include <algorithm>
#include <charconv>

#include "player/queue/deciding.h"
#include "player/queue/notices.h"
#include "player/queue/office_rules.h"
#include "protocol/hall_state.h"

namespace hallcast::queue {
namespace {

constexpr std::size_t max_notice_bytes = 500;  // half a minute of speech, and still large on a screen
constexpr std::uint32_t max_notice_s = 24 * 3600;
constexpr std::uint32_t usual_notice_s = 60;
constexpr std::uint32_t usual_urgent_s = 600;

// A text is one paragraph, for the eye and for the voice: C0, DEL, C1 and Unicode's own line ends are none of it.
bool has_control(std::string_view utf8) {
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const auto byte = static_cast<unsigned char>(utf8[i]);
        if (byte < 0x20 || byte == 0x7f) return true;
        if (byte == 0xc2 && static_cast<unsigned char>(utf8[i + 1]) < 0xa0) return true;
        if (utf8.substr(i).starts_with("\u2028") || utf8.substr(i).starts_with("\u2029")) return true;
    }
    return false;
}

bool is_blank(std::string_view text) { return text.find_first_not_of(' ') == std::string_view::npos; }

// Whether there was ever a notice of that id.
bool was_made(std::string_view id, std::uint64_t last) {
    if (!id.starts_with(notice_prefix)) return false;
    id.remove_prefix(notice_prefix.size());
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
    return error == std::errc{} && end == id.data() + id.size() && number >= 1 && number <= last && id.front() != '0';
}

}  // namespace

bool Deciding::can_be_told(const v1::MakeNotice& make) {
    const v1::Office& office = *state_.office;
    const auto refuse = [this](v1::Rejection::Code code, std::string message) {
        reject(code, std::move(message));
        return false;
    };
    if (std::ranges::all_of(make.text(), [](const auto& entry) { return is_blank(entry.second); }))
        return refuse(v1::Rejection::INVALID,
                      "The notice has no text. Give it in at least one language of the office, for example: "
                      "hallcast ctl notice --text en=\"Counter 7 is closed today.\"");
    for (const auto& [language, text] : make.text()) {
        if (std::ranges::find(office.languages(), language) == office.languages().end())
            return refuse(
                v1::Rejection::INVALID,
                fmt::format("The office does not speak '{}'. It speaks: {}.", is_utf8(language) ? language : "",
                            list_of(office.languages(), [](const auto& known) { return known; })));
        if (!is_utf8(text) || has_control(text))
            return refuse(v1::Rejection::INVALID,
                          fmt::format("The text in '{}' must be one line of UTF-8. Write it without line breaks, tabs "
                                      "and other control characters.",
                                      language));
        if (text.size() > max_notice_bytes)
            return refuse(v1::Rejection::INVALID,
                          fmt::format("The text in '{}' has {} bytes. It is read from a screen and listened to, so it "
                                      "may have {} at most: shorten it.",
                                      language, text.size(), max_notice_bytes));
    }
    if (make.seconds() > max_notice_s)
        return refuse(v1::Rejection::INVALID,
                      fmt::format("A notice holds for 1 to {} seconds, which is a day. For longer there is the ticker "
                                  "of the office's file.",
                                  max_notice_s));
    for (const v1::Hall& hall : office.halls()) {
        if (!make.hall().empty() && make.hall() != hall.id()) continue;
        std::vector<std::string_view> holding;
        for (const HallNotice& one : state_.notices)
            if (is_for(one, hall.id()) && one.notice.expires_at_ms() > moment_.now_ms)
                holding.push_back(one.notice.id());
        if (holding.size() >= std::size_t(wire::max_notices))
            return refuse(v1::Rejection::NO_CAPACITY,
                          fmt::format("{} notices hold in hall '{}' already, and more nobody would follow. End one "
                                      "first ({}): hallcast ctl end-notice {}",
                                      holding.size(), hall.id(), list_of(holding, [](const auto& id) { return id; }),
                                      holding.front()));
    }
    return true;
}

void Deciding::make_notice(const v1::MakeNotice& make) {
    const v1::Office& office = *state_.office;
    if (office.halls().empty()) return reject(v1::Rejection::NOT_FOUND, no_office);
    if (!make.hall().empty() &&
        std::ranges::none_of(office.halls(), [&](const v1::Hall& hall) { return hall.id() == make.hall(); }))
        return reject(v1::Rejection::NOT_FOUND,
                      fmt::format("There is no hall '{}'. This office has: {}. Without a hall a notice is for all.",
                                  is_utf8(make.hall()) ? make.hall() : "",
                                  list_of(office.halls(), [](const auto& hall) { return hall.id(); })));
    if (!can_be_told(make)) return;
    const std::uint32_t seconds = make.seconds() != 0 ? make.seconds()
                                  : make.urgent()     ? usual_urgent_s
                                                      : usual_notice_s;
    v1::NoticeMade& made = *happen().mutable_notice_made();
    made.set_hall(make.hall());
    v1::Notice& notice = *made.mutable_notice();
    notice.set_id(fmt::format("{}{}", notice_prefix, state_.last_notice + 1));
    for (const auto& [language, text] : make.text())
        if (!is_blank(text)) (*notice.mutable_text())[language] = text;
    notice.set_urgent(make.urgent());
    notice.set_warning(make.warning() && !make.urgent());
    notice.set_made_at_ms(moment_.now_ms);
    notice.set_expires_at_ms(moment_.now_ms + std::int64_t(seconds) * 1000);
    *decision_.reply.mutable_notice() = notice;
}

void Deciding::end_notice(const std::string& id) {
    const auto held = std::ranges::find_if(state_.notices, [&](const auto& one) { return one.notice.id() == id; });
    if (held == state_.notices.end() && !was_made(id, state_.last_notice))
        return reject(v1::Rejection::NOT_FOUND,
                      fmt::format("There is no notice '{}'. Those that hold: {}.", is_utf8(id) ? id : "",
                                  list_of(state_.notices, [](const auto& one) { return one.notice.id(); })));
    v1::Notice& reply = *decision_.reply.mutable_notice();
    if (held != state_.notices.end())
        reply = held->notice;
    else
        reply.set_id(id);
    reply.set_over(true);
    if (held != state_.notices.end() && held->notice.expires_at_ms() > moment_.now_ms)
        happen().mutable_notice_ended()->set_id(id);
}

}  // namespace hallcast::queue
