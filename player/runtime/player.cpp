#include "player/runtime/player.h"

#include <SDL.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "content/utf8.h"
#include "hallcast/v1/player.pb.h"
#include "player/media/clip.h"
#include "player/media/decoder_host.h"
#include "player/media/playback.h"
#include "player/picture/painter.h"
#include "player/runtime/call_receipts.h"
#include "player/runtime/call_schedule.h"
#include "player/runtime/content_sync.h"
#include "player/runtime/device_watch.h"
#include "player/runtime/layout_loader.h"
#include "player/runtime/notice_schedule.h"
#include "player/runtime/pacer.h"
#include "player/runtime/player_statistics.h"
#include "player/runtime/sdl_video.h"
#include "player/runtime/sound_plan.h"
#include "player/runtime/temperature.h"
#include "player/runtime/waker.h"
#include "player/screen/screen.h"
#include "player/signs/sign_pack.h"
#include "player/signs/sign_playback.h"
#include "player/sound/announcer.h"
#include "player/sound/mixer.h"
#include "player/sound/voices.h"
#include "player/text/font_set.h"
#include "player/text/typesetter.h"
#include "protocol/base/stream_address.h"

namespace hallcast::runtime {
namespace {

using Moment = std::chrono::steady_clock::time_point;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// Between two looks at the window's events while nothing moves: a key press may wait that long.
constexpr milliseconds idle_look{200};
constexpr std::chrono::seconds look_at_hours_every{1};
constexpr std::chrono::seconds statistics_every{10};
constexpr std::size_t longest_layout_error = 1000;  // about; the master keeps that of each player
constexpr std::chrono::seconds report_every{2};     // of them to the master, which asks for them less often

class FilmSound final : public media::SoundSink {
  public:
    explicit FilmSound(sound::Mixer& mixer) : mixer_(mixer) {}
    std::size_t write(std::span<const float> interleaved) override { return mixer_.write_film(interleaved); }
    media::Timeline played(Moment now) override { return mixer_.film_played(now); }

  private:
    sound::Mixer& mixer_;
};

bool has(const layouts::Layout& layout, layouts::WidgetKind kind) {
    return std::ranges::any_of(layout.variants, [kind](const auto& variant) {
        return std::ranges::find(variant.widgets, kind, &layouts::Widget::kind) != variant.widgets.end();
    });
}
bool has_media(const layouts::Layout& layout) { return has(layout, layouts::WidgetKind::media); }

// Several lines stay such; a message may hold what stands in the file, whose bytes may be anything.
std::string readable(std::string_view error) {
    std::string text;
    while (!error.empty() && text.size() < longest_layout_error) {
        const std::string_view line = error.substr(0, error.find('\n'));
        error.remove_prefix(std::min(error.size(), line.size() + 1));
        text += (text.empty() ? "" : "\n") + content::one_line(line, longest_layout_error);
    }
    return text;
}

std::vector<media::PlaylistEntry> entries_of(const content::Library& library) {
    std::vector<media::PlaylistEntry> entries;
    const v1::ContentManifest manifest = library.manifest();
    for (const v1::ContentItem& item : manifest.items()) {
        const milliseconds time(item.duration_ms());
        const std::filesystem::path file =
            content::has_file(item) ? library.blob(item.sha256()) : std::filesystem::path(item.address());
        // A film's end is in its file.
        entries.push_back({item.id(), file, item.kind() == v1::CONTENT_KIND_VIDEO ? milliseconds(0) : time, time});
    }
    return entries;
}

std::vector<std::filesystem::path> voice_packs(const content::Library* library) {
    std::vector<std::filesystem::path> packs;
    if (library == nullptr) return packs;
    const v1::ContentManifest manifest = library->manifest();
    for (const v1::ContentItem& voice : manifest.voices()) packs.push_back(library->blob(voice.sha256()));
    return packs;
}

using CommonTime = std::function<std::optional<media::CommonTime>(Moment)>;

// Only who plays in step needs to know it beforehand. Zero where the file does not say it: then it is not in step.
milliseconds length_of(const media::OpenClip& open, const std::filesystem::path& file) {
    const auto clip = open({file.string(), file}, std::chrono::seconds(2), {});
    return clip ? std::chrono::duration_cast<milliseconds>((*clip)->facts().length) : milliseconds(0);
}

std::vector<media::PlaylistEntry> entries_of(const PlayerOptions& options, const media::OpenClip& open) {
    std::vector<media::PlaylistEntry> entries;
    for (const std::filesystem::path& clip : options.clips) {
        const bool live = is_stream(clip);
        const milliseconds time = live ? milliseconds(options.stream_time) : milliseconds(0);
        const milliseconds slot = !options.in_step ? milliseconds(0) : live ? time : length_of(open, clip);
        entries.push_back({name_of_source(clip), clip, time, slot});
    }
    return entries;
}

class Player {
  public:
    Player(zmq::context_t& context, StopSignals& stop, PlayerOptions options)
        : context_(context),
          stop_(stop),
          options_(std::move(options)),
          waker_(stop.descriptor()),
          layout_name_(options_.layout_watch->name()),
          statistics_file_(options_.statistics) {}
    ~Player() { playback_.reset(); }  // it asks the follower for the time
    Player(const Player&) = delete;
    Player& operator=(const Player&) = delete;

    Expected<void> open();
    void run();

  private:
    void open_sound();
    bool handle_events();
    bool follow();
    void show_captions_in(const v1::HallProfile& profile);
    void announce(const v1::Call& call, std::int64_t master_now_ms);
    void report_shown(Moment at);
    bool hear_announcements();
    bool hear_notice(const sound::Announcement& notice, bool ended, Moment at);
    void speak_notices();
    milliseconds master_ahead();
    void look_at_device(Moment now);
    void follow_hours(Moment now);
    MasterTime master_time(Moment at) const;
    std::optional<media::CommonTime> common_time(Moment at) const;
    void sign(const std::optional<screen::ShownCall>& shown);
    void refresh_content();
    void refresh_playlist();
    bool take_layout();
    bool show_layout(Expected<LoadedLayout> loaded);
    Expected<void> change_layout(Expected<LoadedLayout> loaded);
    bool draw(const Pacer::Refresh& refresh);
    void show_at_once();
    void show(const Pacer::Refresh& refresh);
    PlayerCounts counts() const;
    std::int64_t master_now_ms() const;

    zmq::context_t& context_;
    StopSignals& stop_;
    PlayerOptions options_;
    Waker waker_;
    std::atomic<bool> library_changed_{false};

    // What the announcer's thread tells of what was heard: here, since it must outlive that thread.
    struct HeardPart {
        sound::Announcement announcement;
        Moment from;
        std::optional<sound::Heard> whole;  // none: it begins
    };
    std::mutex hearing_;
    std::vector<HeardPart> heard_;  // protected by hearing_

    media::DecoderHost decoders_{{}};
    std::unique_ptr<SdlVideo> video_;
    std::unique_ptr<text::FontSet> fonts_;
    std::unique_ptr<text::Typesetter> typesetter_;
    LoadedLayout layout_;  // of the screen
    std::unique_ptr<screen::Screen> screen_;
    std::unique_ptr<picture::Painter> painter_;
    std::unique_ptr<sound::Mixer> loop_mixer_;  // of speech alone; null: no loop device
    std::unique_ptr<sound::Mixer> mixer_;
    std::unique_ptr<FilmSound> film_sound_;
    std::unique_ptr<sound::AudioOutput> audio_, loop_audio_;
    std::unique_ptr<media::Playback> playback_;
    std::vector<signs::SignPack> sign_packs_;
    std::unique_ptr<signs::SignPlayback> signs_;
    std::optional<screen::ShownCall> signed_;  // the last that was shown big
    std::unique_ptr<sound::Announcer> announcer_;
    std::unique_ptr<ContentSync> content_;
    std::unique_ptr<LayoutLoader> layout_loader_;
    std::unique_ptr<wire::Follower> follower_;  // after content_: its thread tells that of a new key

    DeviceWatch device_;
    SoundLevel level_;  // by the hall's hours
    Moment look_at_hours_{};
    Fade film_fade_;
    Thermometer thermometer_;
    std::vector<std::string> caption_languages_;
    std::vector<std::filesystem::path> voice_packs_;  // the library's that are open
    CallSchedule calls_{Dwell{}};
    CallReceipts receipts_{[this](Moment at) { return master_time(at); }};
    NoticeSchedule notices_;
    std::optional<screen::SpokenNotice> spoken_notice_;
    Moment spoken_until_ = Moment::max();  // when it is so no longer
    milliseconds master_ahead_{0};         // of this machine's clock
    screen::ScreenInput drawn_;            // what the last picture was drawn from
    std::shared_ptr<const wire::Followed> followed_;
    std::uint64_t content_version_ = 0;
    picture::ScreenSize size_;    // of the upright picture
    std::optional<Pacer> pacer_;  // from open() on
    Moment changes_at_{};         // what is shown does, by itself, the film apart
    bool moves_ = false;          // at every refresh
    std::string layout_name_;
    std::string layout_error_;  // why the file, as it is now, is not what is shown; empty: it is
    Moment started_ = std::chrono::steady_clock::now();
    StatisticsFile statistics_file_;
    bool quit_ = false;
};

Expected<void> Player::open() {
    // First what takes time on other threads and machines, then the window.
    if (options_.library && options_.fetch_content)
        content_ = make_content_sync(context_, *options_.library, options_.master, options_.credentials, [this] {
            library_changed_ = true;
            waker_.wake();
        });
    follower_ = wire::make_follower(context_, {.master = options_.master,
                                               .credentials = options_.credentials,
                                               .hall = options_.hall,
                                               .zone = options_.zone,
                                               .changed = [this] { waker_.wake(); },
                                               .learnt =
                                                   [this](const wire::Credentials& credentials) {
                                                       if (content_) content_->learnt(credentials);
                                                       if (options_.learnt) options_.learnt(credentials);
                                                   },
                                               .program = "hallcast " HALLCAST_VERSION});
    const bool gl = options_.painter == PainterChoice::gl ||
                    (options_.painter == PainterChoice::automatic && picture::has_fast_gl());
    auto video = SdlVideo::open({options_.size, options_.windowed, gl, options_.rotation});
    if (!video) return std::unexpected(video.error());
    video_ = std::move(*video);
    size_ = video_->size();
    auto fonts = text::open_system_fonts();
    if (!fonts) return std::unexpected(fonts.error());
    fonts_ = std::move(*fonts);
    typesetter_ = text::make_typesetter(*fonts_);
    if (!show_layout(with_images(std::move(options_.layout)))) {
        // A hall has a picture, also after a restart with a file that is wrong.
        if (auto shipped = change_layout(with_images(layouts::load_layout("hall", {}))); !shipped) return shipped;
    }
    auto painter = gl ? picture::make_gl_window_painter(video_->window(), *fonts_, options_.rotation)
                      : picture::make_cpu_window_painter(video_->window(), *fonts_, options_.rotation);
    if (!painter) return std::unexpected(painter.error());
    painter_ = std::move(*painter);
    pacer_.emplace(std::chrono::steady_clock::now(), video_->refresh());

    if (!options_.loop_device.empty()) loop_mixer_ = sound::make_mixer();
    mixer_ = sound::make_mixer({.speech_only = loop_mixer_.get()});
    film_sound_ = std::make_unique<FilmSound>(*mixer_);
    playback_ = media::make_playback(
        *film_sound_, decoders_.opener(),
        {.refresh = video_->refresh(),
         .sound_delay = options_.sound_delay,
         .in_step = options_.in_step ? [this](Moment at) { return common_time(at); } : CommonTime{},
         .wake = [this] { waker_.wake(); },
         .failed = [](const std::string& entry,
                      const Error& error) { spdlog::error("{} is skipped: {}", entry, error.message); }});
    sign_packs_ = signs::open_sign_packs(options_.signs);
    signs_ = std::make_unique<signs::SignPlayback>(decoders_.opener(), [this] { waker_.wake(); });
    return {};
}

// Calls are signed as they are shown big, each in one sign language: the visitor's, as far as it is known.
void Player::sign(const std::optional<screen::ShownCall>& shown) {
    if (shown == signed_) return;
    signed_ = shown;
    if (!shown || sign_packs_.empty() || !has(layout_.layout, layouts::WidgetKind::sign) || !followed_ ||
        !followed_->state)
        return;
    const auto& calls = followed_->state->calls();
    const auto call = std::ranges::find(calls, shown->call_id, &v1::Call::call_id);
    if (call == calls.end()) return;
    auto clips = signs::sign_pack_for(sign_packs_, call->language())->clips_of(call->ticket(), call->counter());
    if (!clips) return spdlog::warn("signs: {} is not signed: {}", call->ticket(), clips.error().message);
    signs_->add(*std::move(clips),
                std::chrono::steady_clock::now() + milliseconds(call->expires_at_ms() - master_now_ms()));
}

// After the first picture, since a sound device can take its time to open.
void Player::open_sound() {
    sound::AnnouncerOptions options;
    voice_packs_ = voice_packs(options_.library);
    options.open_voice = [folder = options_.voices, library = options_.library] {
        return sound::open_voices(folder, voice_packs(library));
    };
    const auto tell = [this](HeardPart heard) {
        {
            const std::lock_guard lock(hearing_);
            heard_.push_back(std::move(heard));
        }
        waker_.wake();
    };
    options.spoken = [tell](const sound::Announcement& announcement, Moment from) {
        if (announcement.is_notice()) tell({announcement, from, std::nullopt});
    };
    options.finished = [tell](const sound::Announcement& announcement, const sound::Heard& heard) {
        tell({announcement, heard.from, heard});
    };
    announcer_ = sound::make_announcer(*mixer_, std::move(options));
    audio_ = sound::open_audio_output(*mixer_, {.silent = options_.no_sound});
    if (loop_mixer_)
        loop_audio_ = sound::open_audio_output(*loop_mixer_, {.device = options_.loop_device, .purpose = "loop"});
    announcer_->set_duty({.speaks = followed_ && followed_->speaks, .quiet = level_.quiet});
}

// Who can speak in this zone is the master's to know at once.
void Player::look_at_device(Moment now) {
    if (device_.look(audio_->has_device(), now)) follower_->can_speak(device_.is_there());
}

void Player::follow_hours(Moment now) {
    if (!followed_ || !followed_->state) return;
    if (now >= look_at_hours_) {
        level_ = sound_level(followed_->state->profile(), master_now_ms());
        look_at_hours_ = now + look_at_hours_every;
    }
    mixer_->set_film_gain(gain_of(film_fade_.towards(level_.film_db, now)));
    mixer_->set_speech_gain(gain_of(level_.speech_db));
    announcer_->set_duty({.speaks = followed_->speaks, .quiet = level_.quiet});
}

// What the library has now. Recorded voices are named by their content: where it is another, there are other names.
void Player::refresh_content() {
    refresh_playlist();
    auto packs = voice_packs(options_.library);
    if (!announcer_ || packs == voice_packs_) return;
    voice_packs_ = std::move(packs);
    announcer_->open_voice_again();
}

void Player::refresh_playlist() {
    // Without a place for it nothing is decoded, nor heard.
    if (!has_media(layout_.layout)) return playback_->set_playlist({});
    if (!options_.clips.empty())
        playback_->set_playlist(entries_of(options_, decoders_.opener()));
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
                if (auto screen = screen::make_screen(layout_.layout, size_, *typesetter_, layout_.images))
                    screen_ = std::move(*screen);
            }
            if (resized || event.window.event == SDL_WINDOWEVENT_EXPOSED) {
                painter_->invalidate();
                repaint = true;
            }
        }
    }
    return repaint;
}

std::int64_t Player::master_now_ms() const { return follower_->clock().master_ms_at(std::chrono::steady_clock::now()); }

// Takes over what the network thread knows. True when it was news.
bool Player::follow() {
    auto followed = follower_->followed();
    if (followed == followed_) return false;
    followed_ = std::move(followed);
    receipts_.update(followed_->state.get(), followed_->stale_since.has_value());
    if (followed_->state) show_captions_in(followed_->state->profile());
    if (followed_->state) mixer_->set_duck(ducking(followed_->state->profile()));
    look_at_hours_ = {};
    if (announcer_) follow_hours(std::chrono::steady_clock::now());
    if (followed_->state && !followed_->stale_since)
        for (const v1::Call& call : calls_.update(*followed_->state, master_now_ms())) announce(call, master_now_ms());
    if (followed_->content_version != content_version_) {
        content_version_ = followed_->content_version;
        if (content_)
            content_->wanted(content_version_);
        else
            refresh_content();
    }
    return true;
}

// Films that are opened from now on have their captions in the hall's languages.
void Player::show_captions_in(const v1::HallProfile& profile) {
    std::vector<std::string> languages(profile.languages().begin(), profile.languages().end());
    if (languages == caption_languages_) return;
    caption_languages_ = std::move(languages);
    decoders_.set_caption_languages(caption_languages_);
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

// Also while the master is not heard: until its time is over a notice holds, and that of an emergency all the more.
void Player::speak_notices() {
    if (!announcer_ || !followed_ || !followed_->state) return;
    const std::int64_t now_ms = master_now_ms();
    const NoticeSchedule::Step step = notices_.step(*followed_->state, now_ms);
    for (const std::string& id : step.over) announcer_->withdraw(id);
    for (const auto& [notice, attempt] : step.due) {
        sound::Announcement announcement;
        announcement.call_id = notice->id();
        announcement.attempt = attempt;
        announcement.urgent = notice->urgent();
        for (const std::string& language : followed_->state->profile().languages()) {
            const auto text = notice->text().find(language);
            if (text == notice->text().end()) continue;
            announcement.languages.push_back(language);
            announcement.texts.push_back(text->second);
        }
        if (announcement.texts.empty()) continue;
        announcement.expires_at = std::chrono::steady_clock::now() + milliseconds(notice->expires_at_ms() - now_ms);
        announcer_->announce(std::move(announcement));
    }
}

// Kept as it is while it is nearly right: a banner must not be set again with each picture.
milliseconds Player::master_ahead() {
    using namespace std::chrono;
    const auto now = duration_cast<milliseconds>(system_clock::now().time_since_epoch());
    const milliseconds ahead = milliseconds(master_now_ms()) - now;
    if (abs(ahead - master_ahead_) > milliseconds(200)) master_ahead_ = ahead;
    return master_ahead_;
}

Expected<void> Player::change_layout(Expected<LoadedLayout> loaded) {
    if (!loaded) return std::unexpected(loaded.error());
    auto screen = screen::make_screen(loaded->layout, size_, *typesetter_, loaded->images);
    if (!screen) return std::unexpected(screen.error());
    const bool had_media = has_media(layout_.layout);
    layout_ = std::move(*loaded);
    screen_ = std::move(*screen);
    calls_.set_dwell(dwell_of(layout_.layout));
    if (playback_ && has_media(layout_.layout) != had_media) refresh_playlist();  // else what plays goes on
    return {};
}

// False where it is wrong: that is said, and changes nothing that is seen.
bool Player::show_layout(Expected<LoadedLayout> loaded) {
    const auto changed = change_layout(std::move(loaded));
    layout_error_ = changed ? std::string() : readable(changed.error().message);
    if (!changed) spdlog::error("layout {}: its file is wrong and not shown: {}", layout_name_, layout_error_);
    return changed.has_value();
}

// Whether the screen is another one now.
bool Player::take_layout() {
    auto loaded = layout_loader_->take();
    if (!loaded) return false;
    const bool changed = show_layout(std::move(*loaded));
    if (changed) spdlog::info("layout {}: shown as its file is now", layout_name_);
    follower_->report(to_message(counts()));
    return changed;
}

// Draws what is to be seen at that refresh, and finds out until when. True when it differs from what is on the screen.
bool Player::draw(const Pacer::Refresh& refresh) {
    screen::ScreenInput input;
    if (followed_) input.hall = {followed_->state, followed_->stale_since};
    input.video = playback_->picture_at(refresh.at);
    input.shown_call = calls_.shown(std::chrono::steady_clock::now(), master_now_ms());
    sign(input.shown_call);
    input.sign = signs_->picture_at(refresh.at);
    if (std::chrono::steady_clock::now() >= spoken_until_) spoken_notice_.reset(), spoken_until_ = Moment::max();
    input.spoken_notice = spoken_notice_;
    input.now = std::chrono::system_clock::now();
    input.master_ahead = master_ahead();
    input.motion = pacer_->since_start(refresh);
    input.counter = options_.counter;
    input.reduced_motion = options_.reduced_motion;
    screen::remember(drawn_, input, screen_->memory());
    const bool drawn = painter_->draw(screen_->scene(input));
    const nanoseconds still = screen_->still_for(input);
    moves_ = still == nanoseconds(0);
    changes_at_ = std::min({refresh.at + still, calls_.next_change(), spoken_until_});
    drawn_ = std::move(input);
    return drawn;
}

// A call does not wait for a refresh. It is drawn into the last one's picture: the running line and the film, which
// have their places and pictures by the refresh, stay even.
void Player::show_at_once() {
    if (draw(pacer_->last())) painter_->present();
    report_shown(std::chrono::steady_clock::now());
}

void Player::show(const Pacer::Refresh& refresh) {
    const Moment begin = std::chrono::steady_clock::now();
    const bool moved = moves_;
    if (!draw(refresh)) {
        pacer_->unchanged(refresh);
        report_shown(std::chrono::steady_clock::now());
        return;
    }
    pacer_->drawn(std::chrono::steady_clock::now() - begin);
    if (!painter_->waits_for_refresh()) std::this_thread::sleep_until(refresh.at);
    pacer_->shown(refresh, std::chrono::steady_clock::now(), moved);
    painter_->present();
    const Moment presented = std::chrono::steady_clock::now();
    if (painter_->waits_for_refresh()) pacer_->refreshed(presented);
    report_shown(presented);
}

// Of the picture that is on the screen since `at`, also where an attempt looks like the one before it and nothing had
// to be drawn.
void Player::report_shown(Moment at) {
    if (!receipts_.lacking()) return;
    const auto read = [this](const picture::ScreenRect& rect) { return painter_->read(rect); };
    for (v1::Receipt& receipt : receipts_.presented(screen_->calls(drawn_), at, read))
        follower_->add_receipt(std::move(receipt));
}

MasterTime Player::master_time(Moment at) const {
    const wire::ClockReading clock = follower_->clock();
    return {clock.master_us_at(at), clock.measured ? clock.error_us_at(at) : MasterTime::unknown_error};
}

// The master's, once it was compared with ours.
std::optional<media::CommonTime> Player::common_time(Moment at) const {
    const wire::ClockReading clock = follower_->clock();
    if (!clock.measured) return std::nullopt;
    return media::CommonTime{std::chrono::microseconds(clock.master_us_at(at)), clock.rate};
}

// The receipts of calls, and the banner's language. True where that changes.
bool Player::hear_announcements() {
    std::vector<HeardPart> heard;
    {
        const std::lock_guard lock(hearing_);
        heard.swap(heard_);
    }
    if (heard.empty()) return false;
    look_at_device(std::chrono::steady_clock::now());
    bool news = false;
    for (const HeardPart& part : heard) {
        if (part.announcement.is_notice())
            news = hear_notice(part.announcement, part.whole.has_value(), part.from) || news;
        else if (part.whole)
            follower_->add_receipt(receipts_.spoken(part.announcement, *part.whole, !device_.there_since(part.from)));
    }
    return news;
}

bool Player::hear_notice(const sound::Announcement& notice, bool ended, Moment at) {
    if (ended) {
        // The next text follows after a pause; the banner does not show another one in between.
        spoken_until_ = std::chrono::steady_clock::now() + std::chrono::seconds(1);
        return false;
    }
    const auto ago = std::chrono::duration_cast<screen::WallTime::duration>(std::chrono::steady_clock::now() - at);
    spoken_notice_ = {notice.call_id, notice.languages[notice.part], std::chrono::system_clock::now() - ago};
    spoken_until_ = Moment::max();
    return true;
}

void Player::run() {
    show_at_once();
    refresh_playlist();  // now, not before: decoders begin to work, and the board was first
    open_sound();
    layout_loader_ =
        std::make_unique<LayoutLoader>(std::move(options_.layout_watch), layout_.images, [this] { waker_.wake(); });
    if (options_.on_screen) options_.on_screen();
    Moment next_look = started_, next_report = started_, next_statistics = started_ + statistics_every;
    while (!quit_ && !stop_.requested()) {
        const Moment now = std::chrono::steady_clock::now();
        if (options_.run_for && now - started_ >= *options_.run_for) break;
        bool news = follow();
        speak_notices();
        news = hear_announcements() || news;
        news = take_layout() || news;
        if (now >= next_look) {
            news = handle_events() || news;
            look_at_device(now);
            follow_hours(now);
            next_look = now + idle_look;
        }
        if (now >= next_report) {
            follower_->report(to_message(counts()));
            next_report = now + report_every;
        }
        if (!options_.statistics.empty() && now >= next_statistics) {
            statistics_file_.write(counts());
            next_statistics = now + statistics_every;
        }
        if (library_changed_.exchange(false)) refresh_content();
        if (news) show_at_once();
        const Moment due = std::min({changes_at_, playback_->next_change(pacer_->last().at), signs_->next_change()});
        const Pacer::Refresh refresh = pacer_->next(now, due);
        if (now < refresh.draw_at) {
            waker_.sleep_until(std::min(refresh.draw_at, next_look));
        } else {
            show(refresh);
        }
    }
    if (!options_.statistics.empty()) statistics_file_.write(counts());
    log_counts(counts());
}

PlayerCounts Player::counts() const {
    return {.started = started_,
            .size = size_,
            .painter = std::string(painter_->name()),
            .pictures = painter_->statistics().pictures,
            .pacing = pacer_->statistics(),
            .film = playback_->statistics(),
            .calls = announcer_ ? announcer_->report() : sound::Announcer::Report{},
            .calls_shown = receipts_.shown(),
            .celsius = thermometer_.celsius(),
            .has_sound = audio_ && audio_->has_device(),
            .layout = layout_name_,
            .layout_error = layout_error_};
}

}  // namespace

Expected<void> run_player(zmq::context_t& context, StopSignals& stop, PlayerOptions options) {
    Player player(context, stop, std::move(options));
    if (auto opened = player.open(); !opened) return opened;
    player.run();
    return {};
}

}  // namespace hallcast::runtime
