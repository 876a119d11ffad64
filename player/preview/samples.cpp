#include "player/preview/samples.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "content/office_file.h"
#include "content/texts.h"
#include "player/screen/office_time.h"

namespace hallcast::preview {

namespace {

using std::chrono::milliseconds;

// Midnight of a Monday in Warsaw, 2026-11-23, in milliseconds since 1970.
constexpr std::int64_t monday_ms = 1'795'388'400'000;
constexpr std::int64_t day_ms = 24 * 3600 * 1000;

std::int64_t now_of(const Situation& situation) {
    return monday_ms + situation.weekday * day_ms + situation.minute * 60'000LL + situation.later * 1000LL + 5000;
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> evacuation{{
    {"pl", "Prosimy spokojnie opuścić budynek i stosować się do poleceń pracowników."},
    {"en", "Please leave the building calmly and follow the instructions of the staff."},
    {"uk", "Будь ласка, спокійно залиште будівлю та виконуйте вказівки працівників."},
    {"ru", "Пожалуйста, спокойно покиньте здание и следуйте указаниям сотрудников."},
    {"ka", "გთხოვთ, მშვიდად დატოვოთ შენობა და დაიცვათ თანამშრომლების მითითებები."},
    {"hi", "कृपया शांति से भवन से बाहर निकलें और कर्मचारियों के निर्देशों का पालन करें।"},
    {"vi", "Xin quý vị bình tĩnh rời khỏi tòa nhà và làm theo hướng dẫn của nhân viên."},
    {"ar", "يُرجى مغادرة المبنى بهدوء واتباع تعليمات الموظفين."},
    {"zh", "请保持冷静，有序离开大楼，并听从工作人员的指示。"},
}};

// The newest first; counters are those of the sample office. Numbers of four and five characters, as offices give them.
constexpr std::array<std::string_view, 12> tickets{"A012", "B108",  "C044", "W1088", "A011", "E207",
                                                   "D019", "AB123", "F063", "B107",  "C043", "A010"};
constexpr std::array<std::uint32_t, 12> counters{3, 1, 4, 12, 2, 6, 5, 10, 7, 1, 4, 8};

void lengthen(v1::HallProfile& profile) {
    for (auto& [language, name] : *profile.mutable_office_name()) {
        const auto hall = profile.hall_name().find(language);
        if (hall != profile.hall_name().end()) name += " – " + hall->second;
    }
}

void set_hours(v1::HallProfile& profile, const Situation& situation, std::int64_t now_ms) {
    const auto time = screen::office_time(profile, now_ms);
    if (time && screen::open_by_hours(profile, *time) == situation.open) return;
    profile.clear_hours();
    if (situation.open) return;  // around the clock
    // Closed at a time at which the sample office is not.
    auto& hours = *profile.add_hours();
    for (const char* day : {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}) hours.add_days(day);
    const int from = (situation.minute + 120) % (22 * 60);
    hours.set_from(fmt::format("{:02}:{:02}", from / 60, from % 60));
    hours.set_to(fmt::format("{:02}:{:02}", from / 60 + 1, from % 60));
}

v1::HallProfile profile_of(const Situation& situation, std::span<const std::string> languages, std::int64_t now_ms) {
    const v1::Office& office = content::sample_office();
    v1::HallProfile profile;
    *profile.mutable_office_name() = office.name();
    *profile.mutable_hall_name() = office.halls(0).name();
    profile.set_time_zone(office.time_zone());
    *profile.mutable_languages() = {languages.begin(), languages.end()};
    *profile.mutable_ticker() = office.halls(0).ticker();
    *profile.mutable_services() = office.services();
    *profile.mutable_counters() = office.counters();
    *profile.mutable_hours() = office.hours();
    if (situation.long_names) lengthen(profile);
    set_hours(profile, situation, now_ms);
    return profile;
}

void add_calls(v1::HallState& hall, const Situation& situation, std::span<const std::string> languages,
               std::int64_t now_ms) {
    const bool is_big = !situation.visitor_language.empty();
    const int count = std::clamp(std::max(situation.calls, is_big ? 1 : 0), 0, 40);
    for (int i = 0; i < count; ++i) {
        auto& call = *hall.add_calls();
        const auto number = std::size_t(i) % tickets.size();
        call.set_call_id(fmt::format("sample-{}", i));
        call.set_call_seq(std::uint64_t(100 - i));
        call.set_ticket(std::string(tickets[number]));
        call.set_service(call.ticket().substr(0, 1));
        call.set_counter(counters[number]);
        call.set_attempt(1);
        call.set_language(i == 0 && is_big ? situation.visitor_language : languages[std::size_t(i) % languages.size()]);
        // Two are new, the others some minutes old and partly over.
        call.set_called_at_ms(now_ms - (i == 0 ? 2000 : i == 1 ? 9000 : 60'000LL * i));
        call.set_expires_at_ms(call.called_at_ms() + 60'000);
        call.set_phase(i < 2        ? v1::CALL_PHASE_CALLED
                       : i == 3     ? v1::CALL_PHASE_SERVING
                       : i % 4 == 1 ? v1::CALL_PHASE_NO_SHOW
                                    : v1::CALL_PHASE_FINISHED);
    }
}

void add_counters(v1::HallState& hall, const Situation& situation) {
    for (const auto& counter : hall.profile().counters()) {
        auto& status = *hall.add_counters();
        status.set_number(counter.number());
        status.set_activity(situation.open ? v1::COUNTER_ACTIVITY_FREE : v1::COUNTER_ACTIVITY_CLOSED);
        for (const auto& call : hall.calls()) {
            if (call.counter() != counter.number()) continue;
            const bool called = call.phase() == v1::CALL_PHASE_CALLED;
            if (!called && call.phase() != v1::CALL_PHASE_SERVING) continue;
            if (!situation.open) continue;
            status.set_activity(called ? v1::COUNTER_ACTIVITY_CALLING : v1::COUNTER_ACTIVITY_SERVING);
            status.set_ticket(call.ticket());
            break;
        }
    }
}

void add_services(v1::HallState& hall, const Situation& situation, std::int64_t now_ms) {
    const int count = hall.profile().services_size();
    for (int i = 0; i < count; ++i) {
        auto& status = *hall.add_services();
        status.set_id(hall.profile().services(i).id());
        const int waiting = situation.waiting / count + (i < situation.waiting % count ? 1 : 0);
        status.set_waiting(std::uint32_t(waiting));
        if (waiting == 0) continue;
        status.set_longest_waiting_since_ms(now_ms - 60'000LL * (10 + 7 * i));
        status.set_expected_wait_s(std::uint32_t(60 * (8 + 5 * i)));
        status.set_wait_low_s(std::uint32_t(60 * (5 + 3 * i)));
        status.set_wait_high_s(std::uint32_t(60 * (14 + 8 * i)));
    }
}

void add_notices(v1::HallState& hall, const Situation& situation, std::int64_t now_ms) {
    const auto add = [&](const char* id, bool urgent) -> v1::Notice& {
        auto& notice = *hall.add_notices();
        notice.set_id(id);
        notice.set_urgent(urgent);
        notice.set_made_at_ms(now_ms - 3000);
        notice.set_expires_at_ms(now_ms + 600'000);
        return notice;
    };
    if (situation.emergency) {
        auto& notice = add("sample-emergency", true);
        for (const auto& [language, text] : evacuation)
            (*notice.mutable_text())[std::string(language)] = std::string(text);
    }
    if (situation.notice)
        *add("sample-notice", false).mutable_text() = content::sample_office().halls(0).ticker(1).text();
}

// Something with light and dark parts, so that a place for films is seen as one: hills under an evening sky.
std::array<std::uint8_t, 3> landscape(double x, double y) {
    const double far = 0.62 + 0.06 * std::sin(7 * x) + 0.03 * std::sin(17 * x + 1);
    const double near = 0.78 + 0.05 * std::sin(5 * x + 2) + 0.02 * std::sin(23 * x);
    const double sun = std::hypot((x - 0.72) * 16 / 9, y - 0.4);
    if (y > near) return {28, 58, 46};
    if (y > far) return {62, 96, 92};
    if (sun < 0.08) return {255, 236, 190};
    const auto mix = [&](double from, double to) { return std::uint8_t(std::lround(from + (to - from) * y / far)); };
    return {mix(70, 244), mix(110, 190), mix(170, 150)};
}

// Head and shoulders before a calm ground.
std::array<std::uint8_t, 3> interpreter(double x, double y) {
    if (std::hypot((x - 0.5) * 0.75, y - 0.33) < 0.13) return {214, 170, 140};
    if (y > 0.5 && std::hypot((x - 0.5) * 0.75, (y - 1.0) * 0.7) < 0.36) return {40, 44, 60};
    return {168, 186, 204};
}

picture::VideoFramePtr made_film(int width, int height, std::array<std::uint8_t, 3> (*colour_at)(double, double)) {
    auto pixels = std::make_shared<std::vector<std::uint8_t>>(std::size_t(width) * std::size_t(height) * 4);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const auto [red, green, blue] = colour_at((x + 0.5) / width, (y + 0.5) / height);
            std::uint8_t* pixel = pixels->data() + std::size_t(y * width + x) * 4;
            pixel[0] = blue, pixel[1] = green, pixel[2] = red, pixel[3] = 255;
        }
    }
    auto frame = std::make_shared<picture::VideoFrame>();
    frame->format = picture::PixelFormat::bgra;
    frame->width = frame->display_width = width;
    frame->height = frame->display_height = height;
    frame->planes[0] = pixels->data();
    frame->strides[0] = width * 4;
    frame->keep = pixels;
    return frame;
}

// The same object each time: a screen sees that nothing changed.
picture::VideoFramePtr film() {
    static const auto frame = made_film(960, 540, landscape);
    return frame;
}
picture::VideoFramePtr sign_film() {
    static const auto frame = made_film(360, 480, interpreter);
    return frame;
}

}  // namespace

std::vector<std::string> usual_languages() {
    const auto shipped = content::shipped_languages();
    return {shipped.begin(), shipped.end()};
}

std::vector<Sample> samples(std::span<const std::string> languages) {
    const std::string& visitors = languages.size() > 1 ? languages[1] : languages[0];
    const Situation busy{.calls = 12, .film = true, .long_names = true, .waiting = 87};
    const auto with = [](Situation situation, auto... changes) {
        (changes(situation), ...);
        return situation;
    };
    std::vector<Sample> all{
        {"quiet", "in the morning: nobody was called yet, nobody waits, nothing plays", {.minute = 8 * 60 + 2}},
        {"busy", "twelve calls, two of them new, many who wait, long names, a film", busy},
        {"call", "a call is big", with(busy, [&](Situation& s) { s.visitor_language = visitors; })},
        {"closed", "in the evening, after the hours", {.open = false, .minute = 19 * 60 + 4}},
        {"unconnected", "the player has never met its master", {.connected = false}},
        {"stale", "the master is not heard any more", with(busy, [](Situation& s) { s.stale = true; })},
        {"notice", "staff tell everybody something", with(busy, [](Situation& s) { s.notice = true; })},
        {"emergency", "and it is an emergency", with(busy, [](Situation& s) { s.emergency = true; })},
        {"sign", "a call is big, and shown in sign language",
         with(busy, [&](Situation& s) { s.visitor_language = visitors, s.sign = true; })},
    };
    for (const auto& language : languages)
        all.push_back({"call-" + language, "a call is big, of a visitor with that language",
                       with(busy, [&](Situation& s) { s.visitor_language = language; })});
    return all;
}

Expected<Situation> sample(std::string_view name, std::span<const std::string> languages) {
    const auto all = samples(languages);
    const auto found = std::ranges::find(all, name, &Sample::name);
    if (found != all.end()) return found->situation;
    std::vector<std::string_view> names;
    for (const auto& one : all) names.push_back(one.name);
    return fail("there is no sample '{}'; there are {}", name, fmt::join(names, ", "));
}

screen::ScreenInput input_of(const Situation& situation, std::span<const std::string> languages) {
    const std::int64_t now_ms = now_of(situation);
    screen::ScreenInput input;
    input.now = screen::WallTime(milliseconds(now_ms));
    input.motion = std::chrono::seconds(2 + situation.later);
    input.counter = counters[0];  // of the newest call
    if (situation.film) input.video = film();
    if (situation.sign) input.sign = sign_film();
    if (!situation.connected) return input;

    auto hall = std::make_shared<v1::HallState>();
    hall->set_hall("main");
    hall->set_epoch(1);
    hall->set_seq(1);
    *hall->mutable_profile() = profile_of(situation, languages, now_ms);
    add_calls(*hall, situation, languages, now_ms);
    add_counters(*hall, situation);
    add_services(*hall, situation, now_ms);
    add_notices(*hall, situation, now_ms);
    if (!situation.visitor_language.empty())
        input.shown_call = screen::ShownCall{hall->calls(0).call_id(), hall->calls(0).attempt()};
    if ((situation.notice || situation.emergency) && !situation.notice_language.empty())
        input.spoken_notice =
            screen::SpokenNotice{hall->notices(0).id(), situation.notice_language, input.now - milliseconds(1000)};
    if (situation.stale) input.hall.stale_since = input.now - std::chrono::seconds(20);
    input.hall.state = std::move(hall);
    return input;
}

}  // namespace hallcast::preview
