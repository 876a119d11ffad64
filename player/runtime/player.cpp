#include "player/runtime/player.h"

#include <SDL.h>
#include <google/protobuf/util/json_util.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <thread>

#include "hallcast/v1/player.pb.h"
#include "player/media/playback.h"
#include "player/picture/painter.h"
#include "player/runtime/call_schedule.h"
#include "player/runtime/content_sync.h"
#include "player/runtime/pacer.h"
#include "player/runtime/waker.h"
#include "player/screen/screen.h"
#include "player/sound/announcer.h"
#include "player/sound/mixer.h"
#include "player/text/font_set.h"
#include "player/text/typesetter.h"

namespace hallcast::runtime {
namespace {

using Moment = std::chrono::steady_clock::time_point;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// Between two looks at the window's events while nothing moves: a key press may wait that long.
constexpr milliseconds idle_look{200};
constexpr std::chrono::seconds statistics_every{10};

class SdlVideo {
  public:
    static Expected<std::unique_ptr<SdlVideo>> open(const PlayerOptions& options, bool gl) {
        SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");  // ours are the stop signals
        SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "0");
        // X11 would read thousands of lines of key compositions before the first picture. Nobody types here.
        setenv("XCOMPOSEFILE", "/dev/null", 0);
        auto video = std::unique_ptr<SdlVideo>(new SdlVideo);
        if (SDL_Init(SDL_INIT_VIDEO) != 0)
            return fail(
                "no display: {}. Start hallcast on a desktop or a console, under a virtual one "
                "(Xvfb :9 & DISPLAY=:9 hallcast ...), or with --no-screen",
                SDL_GetError());
        SDL_DisplayMode mode{};
        if (SDL_GetCurrentDisplayMode(0, &mode) != 0) mode = {.w = 1920, .h = 1080, .refresh_rate = 60};
        const picture::ScreenSize size = options.size.value_or(picture::ScreenSize{mode.w, mode.h});
        const Uint32 style = options.windowed ? SDL_WINDOW_RESIZABLE
                             : options.size   ? SDL_WINDOW_BORDERLESS
                                              : SDL_WINDOW_FULLSCREEN_DESKTOP;
        const Uint32 flags = style | (gl ? picture::prepare_gl_window() : 0);
        const int position = options.windowed ? int(SDL_WINDOWPOS_CENTERED) : 0;
        video->window_ = SDL_CreateWindow("hallcast", position, position, size.width, size.height, flags);
        if (!video->window_)
            return fail("the window ({}x{}) cannot be made: {}", size.width, size.height, SDL_GetError());
        if (!options.windowed) SDL_ShowCursor(SDL_DISABLE);
        if (mode.refresh_rate > 0) video->refresh_ = nanoseconds(1'000'000'000 / mode.refresh_rate);
        return video;
    }
    ~SdlVideo() {
        if (window_) SDL_DestroyWindow(window_);
        SDL_Quit();
    }
    SdlVideo(const SdlVideo&) = delete;
    SdlVideo& operator=(const SdlVideo&) = delete;

    SDL_Window* window() const { return window_; }
    nanoseconds refresh() const { return refresh_; }
    picture::ScreenSize size() const {
        picture::ScreenSize size;
        SDL_GetWindowSize(window_, &size.width, &size.height);
        return size;
    }

  private:
    SdlVideo() = default;
    SDL_Window* window_ = nullptr;
    nanoseconds refresh_{16'666'667};
};

class FilmSound final : public media::SoundSink {
  public:
    explicit FilmSound(sound::Mixer& mixer) : mixer_(mixer) {}
    std::size_t write(std::span<const float> interleaved) override { return mixer_.write_film(interleaved); }
    media::Timeline played(Moment now) override { return mixer_.film_played(now); }

  private:
    sound::Mixer& mixer_;
};

// The big announcement's time is the layout's; a layout without one still queues calls for the voice.
milliseconds dwell_of(const layouts::Layout& layout) {
    for (const layouts::Widget& widget : layout.widgets)
        if (widget.kind == layouts::WidgetKind::call) return milliseconds(std::int64_t(widget.seconds * 1000));
    return milliseconds(10'000);
}

std::vector<media::PlaylistEntry> entries_of(const content::Library& library) {
    std::vector<media::PlaylistEntry> entries;
    const v1::ContentManifest manifest = library.manifest();
    for (const v1::ContentItem& item : manifest.items())
        entries.push_back(
            {item.id(), library.blob(item.sha256()),
             item.kind() == v1::CONTENT_KIND_PICTURE ? milliseconds(item.duration_ms()) : milliseconds(0)});
    return entries;
}

class Player {
  public:
    Player(zmq::context_t& context, StopSignals& stop, PlayerOptions options)
        : context_(context),
          stop_(stop),
          options_(std::move(options)),
          waker_(stop.descriptor()),
          calls_(dwell_of(options_.layout)) {}

    Expected<void> open();
    void run();

  private:
    void open_sound();
    bool handle_events();
    bool follow();
    void announce(const v1::Call& call, std::int64_t master_now_ms);
    void refresh_playlist();
    bool draw(const Pacer::Refresh& refresh);
    void show_at_once();
    void show(const Pacer::Refresh& refresh);
    v1::PlayerStatistics statistics() const;
    void write_statistics();
    void report() const;
    std::int64_t master_now_ms() const;

    zmq::context_t& context_;
    StopSignals& stop_;
    PlayerOptions options_;
    Waker waker_;
    std::atomic<bool> library_changed_{false};

    std::unique_ptr<SdlVideo> video_;
    std::unique_ptr<text::FontSet> fonts_;
    std::unique_ptr<text::Typesetter> typesetter_;
    std::unique_ptr<screen::Screen> screen_;
    std::unique_ptr<picture::Painter> painter_;
    std::unique_ptr<sound::Mixer> mixer_;
    std::unique_ptr<FilmSound> film_sound_;
    std::unique_ptr<sound::AudioOutput> audio_;
    std::unique_ptr<media::Playback> playback_;
    std::unique_ptr<sound::Announcer> announcer_;
    std::unique_ptr<wire::Follower> follower_;
    std::unique_ptr<ContentSync> content_;

    CallSchedule calls_;
    std::shared_ptr<const wire::Followed> followed_;
    std::uint64_t content_version_ = 0;
    picture::ScreenSize size_;
    std::optional<Pacer> pacer_;  // from open() on
    Moment changes_at_{};         // what is shown does, by itself, the film apart
    bool moves_ = false;          // at every refresh
    Moment started_ = std::chrono::steady_clock::now();
    bool statistics_failed_ = false;  // and said so
    bool quit_ = false;
};

Expected<void> Player::open() {
    // First what takes time on other threads and machines, then the window.
    follower_ = wire::make_follower(context_, {.master = options_.master,
                                               .credentials = options_.credentials,
                                               .hall = options_.hall,
                                               .changed = [this] { waker_.wake(); }});
    const bool gl = options_.painter == PainterChoice::gl ||
                    (options_.painter == PainterChoice::automatic && picture::has_fast_gl());
    auto video = SdlVideo::open(options_, gl);
    if (!video) return std::unexpected(video.error());
    video_ = std::move(*video);
    size_ = video_->size();
    auto fonts = text::open_system_fonts();
    if (!fonts) return std::unexpected(fonts.error());
    fonts_ = std::move(*fonts);
    typesetter_ = text::make_typesetter(*fonts_);
    auto screen = screen::make_screen(options_.layout, size_, *typesetter_);
    if (!screen) return std::unexpected(screen.error());
    screen_ = std::move(*screen);
    auto painter = gl ? picture::make_gl_window_painter(video_->window(), *fonts_)
                      : picture::make_cpu_window_painter(video_->window(), *fonts_);
    if (!painter) return std::unexpected(painter.error());
    painter_ = std::move(*painter);
    pacer_.emplace(std::chrono::steady_clock::now(), video_->refresh());

    mixer_ = sound::make_mixer();
    film_sound_ = std::make_unique<FilmSound>(*mixer_);
    playback_ = media::make_playback(
        *film_sound_, {.refresh = video_->refresh(),
                       .wake = [this] { waker_.wake(); },
                       .failed = [](const std::string& entry,
                                    const Error& error) { spdlog::error("{} is skipped: {}", entry, error.message); }});
    if (options_.library && options_.fetch_content)
        content_ = make_content_sync(context_, *options_.library, options_.master, options_.credentials, [this] {
            library_changed_ = true;
            waker_.wake();
        });
    refresh_playlist();
    return {};
}

// After the first picture, since a sound device can take its time to open.
void Player::open_sound() {
    announcer_ = sound::make_announcer(*mixer_);
    audio_ = sound::open_audio_output(*mixer_);
}

void Player::refresh_playlist() {
    // Without a place for it nothing is decoded, nor heard.
    if (std::ranges::none_of(options_.layout.widgets,
                             [](const auto& widget) { return widget.kind == layouts::WidgetKind::media; }))
        return;
    if (!options_.clip.empty())
        playback_->set_playlist({{options_.clip.string(), options_.clip, milliseconds(0)}});
    else if (options_.library)
        playback_->set_playlist(entries_of(*options_.library));
}

// True when the window has to be painted again.
bool Player::handle_events() {
    bool repaint = false;
    SDL_Event event;
    while (SDL_PollEvent(&event)) {
        if (event.type == SDL_QUIT) quit_ = true;
        if (event.type == SDL_KEYDOWN && options_.windowed && event.key.keysym.sym == SDLK_ESCAPE) quit_ = true;
        if (event.type == SDL_WINDOWEVENT) {
            const bool resized = event.window.event == SDL_WINDOWEVENT_SIZE_CHANGED && video_->size() != size_;
            if (resized) {
                size_ = video_->size();
                if (auto screen = screen::make_screen(options_.layout, size_, *typesetter_))
                    screen_ = std::move(*screen);
            }
            if (resized || event.window.event == SDL_WINDOWEVENT_EXPOSED) {
                painter_->invalidate();
                repaint = true;
            }
        }
        if (audio_) audio_->handle_event(event);
    }
    return repaint;
}

std::int64_t Player::master_now_ms() const {
    const auto now = std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch());
    return (now + (followed_ ? followed_->master_clock_ahead : milliseconds(0))).count();
}

// Takes over what the network thread knows. True when it was news.
bool Player::follow() {
    auto followed = follower_->followed();
    if (followed == followed_) return false;
    followed_ = std::move(followed);
    if (followed_->state && !followed_->stale_since)
        for (const v1::Call& call : calls_.update(*followed_->state, master_now_ms())) announce(call, master_now_ms());
    if (followed_->content_version != content_version_) {
        content_version_ = followed_->content_version;
        if (content_)
            content_->wanted(content_version_);
        else
            refresh_playlist();
    }
    return true;
}

void Player::announce(const v1::Call& call, std::int64_t now_ms) {
    if (!announcer_) return;
    sound::Announcement announcement;
    announcement.call_id = call.call_id();
    announcement.attempt = call.attempt();
    announcement.ticket = call.ticket();
    announcement.counter = call.counter();
    announcement.languages.push_back(call.language());
    const auto& languages = followed_->state->profile().languages();
    if (!languages.empty() && languages[0] != call.language()) announcement.languages.push_back(languages[0]);
    announcement.expires_at = std::chrono::steady_clock::now() + milliseconds(call.expires_at_ms() - now_ms);
    announcer_->announce(std::move(announcement));
}

// Draws what is to be seen at that refresh, and finds out until when. True when it differs from what is on the screen.
bool Player::draw(const Pacer::Refresh& refresh) {
    screen::ScreenInput input;
    if (followed_) input.hall = {followed_->state, followed_->stale_since};
    input.video = playback_->picture_at(refresh.at);
    input.shown_call = calls_.shown(std::chrono::steady_clock::now(), master_now_ms());
    input.now = std::chrono::system_clock::now();
    input.motion = pacer_->since_start(refresh);
    const bool drawn = painter_->draw(screen_->scene(input));
    const nanoseconds still = screen_->still_for(input);
    moves_ = still == nanoseconds(0);
    changes_at_ = std::min(refresh.at + still, calls_.next_change());
    return drawn;
}

// A call does not wait for a refresh. It is drawn into the last one's picture: the running line and the film, which
// have their places and pictures by the refresh, stay even.
void Player::show_at_once() {
    if (draw(pacer_->last())) painter_->present();
}

void Player::show(const Pacer::Refresh& refresh) {
    const Moment begin = std::chrono::steady_clock::now();
    const bool moved = moves_;
    if (!draw(refresh)) {
        pacer_->unchanged(refresh);
        return;
    }
    pacer_->drawn(std::chrono::steady_clock::now() - begin);
    if (!painter_->waits_for_refresh()) std::this_thread::sleep_until(refresh.at);
    pacer_->shown(refresh, std::chrono::steady_clock::now(), moved);
    painter_->present();
    if (painter_->waits_for_refresh()) pacer_->refreshed(std::chrono::steady_clock::now());
}

void Player::run() {
    show_at_once();
    open_sound();
    if (options_.on_screen) options_.on_screen();
    Moment next_look = started_, next_statistics = started_ + statistics_every;
    while (!quit_ && !stop_.requested()) {
        const Moment now = std::chrono::steady_clock::now();
        if (options_.run_for && now - started_ >= *options_.run_for) break;
        bool news = follow();
        if (now >= next_look) {
            news = handle_events() || news;
            next_look = now + idle_look;
        }
        if (!options_.statistics.empty() && now >= next_statistics) {
            write_statistics();
            next_statistics = now + statistics_every;
        }
        if (library_changed_.exchange(false)) refresh_playlist();
        if (news) show_at_once();
        const Moment due = std::min(changes_at_, playback_->next_change(pacer_->last().at));
        const Pacer::Refresh refresh = pacer_->next(now, due);
        if (now < refresh.draw_at) {
            waker_.sleep_until(std::min(refresh.draw_at, next_look));
        } else {
            show(refresh);
        }
    }
    if (!options_.statistics.empty()) write_statistics();
    report();
}

v1::PlayerStatistics Player::statistics() const {
    const auto paced = pacer_->statistics();
    const auto played = playback_->statistics();
    const auto spoken = announcer_ ? announcer_->report() : sound::Announcer::Report{};
    v1::PlayerStatistics statistics;
    using namespace std::chrono;
    statistics.set_at_ms(duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count());
    statistics.set_uptime_s(duration_cast<seconds>(steady_clock::now() - started_).count());
    statistics.set_painter(std::string(painter_->name()));
    statistics.set_pictures_presented(painter_->statistics().pictures);
    statistics.set_pictures_late(paced.late);
    statistics.set_refreshes_missed(paced.missed);
    statistics.set_worst_lateness_ms(double(paced.worst_lateness.count()) / 1e6);
    statistics.set_film(played.playing);
    statistics.set_film_decoded(played.decoded);
    statistics.set_film_late(played.late);
    statistics.set_film_dropped(played.skipped);
    statistics.set_film_corrections(played.corrections);
    statistics.set_film_failed(played.failed_items);
    statistics.set_calls_announced(spoken.announced);
    statistics.set_calls_spoken(spoken.spoken);
    statistics.set_calls_expired(spoken.expired);
    return statistics;
}

void Player::write_statistics() {
    google::protobuf::util::JsonPrintOptions print;
    print.always_print_primitive_fields = true;
    print.add_whitespace = true;
    std::string json;
    HALLCAST_ASSERT(google::protobuf::util::MessageToJsonString(statistics(), &json, print).ok());
    // Renamed into place, but not synced: the loop must not wait for a disk, and a crash may cost ten seconds of
    // counts.
    std::filesystem::path beside = options_.statistics;
    beside += ".new";
    std::ofstream(beside) << json;
    std::error_code error;
    std::filesystem::rename(beside, options_.statistics, error);
    if (error && !statistics_failed_)
        spdlog::warn("{}: the statistics cannot be written: {}", options_.statistics.string(), error.message());
    statistics_failed_ = bool(error);
}

void Player::report() const {
    const v1::PlayerStatistics last = statistics();
    spdlog::info("pictures: {} presented, {} late (at worst {:.1f} ms), {} refreshes missed", last.pictures_presented(),
                 last.pictures_late(), last.worst_lateness_ms(), last.refreshes_missed());
    spdlog::info("film: {} pictures decoded, {} late, {} dropped, {} held or cut by a refresh to stay with the sound",
                 last.film_decoded(), last.film_late(), last.film_dropped(), last.film_corrections());
    spdlog::info("calls: {} announced, {} spoken, {} expired", last.calls_announced(), last.calls_spoken(),
                 last.calls_expired());
}

}  // namespace

Expected<void> run_player(zmq::context_t& context, StopSignals& stop, PlayerOptions options) {
    Player player(context, stop, std::move(options));
    if (auto opened = player.open(); !opened) return opened;
    player.run();
    return {};
}

}  // namespace hallcast::runtime
