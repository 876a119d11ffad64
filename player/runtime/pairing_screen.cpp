#include "player/runtime/pairing_screen.h"

#include <SDL.h>
#include <spdlog/spdlog.h>

#include <cstdio>

#include "player/picture/painter.h"
#include "player/runtime/sdl_video.h"
#include "player/runtime/waker.h"
#include "player/screen/pairing_page.h"
#include "player/text/font_set.h"
#include "player/text/typesetter.h"
#include "protocol/pairing_client.h"

namespace hallcast::runtime {
namespace {

constexpr std::chrono::milliseconds window_look{200};  // at the window's events

// A page in a window. What is shown changes every few minutes: the CPU draws it.
class Display {
  public:
    static Expected<std::unique_ptr<Display>> open(const PlayerOptions& options) {
        auto display = std::make_unique<Display>();
        auto video = SdlVideo::open({options.size, options.windowed, false, options.rotation});
        if (!video) return std::unexpected(video.error());
        display->video_ = std::move(*video);
        auto fonts = text::open_system_fonts();
        if (!fonts) return std::unexpected(fonts.error());
        display->fonts_ = std::move(*fonts);
        display->typesetter_ = text::make_typesetter(*display->fonts_);
        auto painter = picture::make_cpu_window_painter(display->video_->window(), *display->fonts_, options.rotation);
        if (!painter) return std::unexpected(painter.error());
        display->painter_ = std::move(*painter);
        display->windowed_ = options.windowed;
        return display;
    }

    void show(const screen::PairingPage& page) {
        painter_->paint(screen::pairing_page(page, video_->size(), *typesetter_));
    }

    // False when somebody closed the window.
    bool handle_events() {
        bool open = true;
        SDL_Event event;
        while (SDL_PollEvent(&event)) {
            if (event.type == SDL_QUIT) open = false;
            if (event.type == SDL_KEYDOWN && windowed_ && event.key.keysym.sym == SDLK_ESCAPE) open = false;
            if (event.type == SDL_WINDOWEVENT) painter_->invalidate();
        }
        return open;
    }

  private:
    std::unique_ptr<SdlVideo> video_;
    std::unique_ptr<text::FontSet> fonts_;
    std::unique_ptr<text::Typesetter> typesetter_;
    std::unique_ptr<picture::Painter> painter_;
    bool windowed_ = false;
};

// For who has no screen to read the code from. Each new one once.
class CodeLog {
  public:
    void tell(const wire::PairingView& view) {
        if (view.code && view.code->text() != code_) {
            code_ = view.code->text();
            std::printf("this player's code is %s; on the master: hallcast pair %s --name NAME\n", code_.c_str(),
                        code_.c_str());
            std::fflush(stdout);
        }
        if (view.refusal != refusal_) {
            refusal_ = view.refusal;
            if (!refusal_.empty()) spdlog::warn("the master says: {}", refusal_);
        }
    }

  private:
    std::string code_;
    std::string refusal_;
};

}  // namespace

std::optional<wire::Credentials> run_pairing_screen(zmq::context_t& context, StopSignals& stop,
                                                    const PlayerOptions& options, const wire::KeyPair& keys,
                                                    const std::string& name) {
    Waker waker(stop.descriptor());
    auto display = Display::open(options);
    if (!display) spdlog::warn("the code is shown here only: {}", display.error().message);
    CodeLog log;
    const auto client = wire::make_pairing_client(
        context, {.master = options.master, .keys = keys, .name = name, .changed = [&waker] { waker.wake(); }});
    while (!stop.requested()) {
        const auto view = client->view();
        log.tell(*view);
        if (view->credentials) {
            spdlog::info("paired with the master at {} as '{}'", options.master.text(), view->name);
            return view->credentials;
        }
        if (display) {
            if (!(*display)->handle_events()) return std::nullopt;
            (*display)->show({view->code ? view->code->text() : "", view->pausing});
        }
        waker.sleep_until(std::chrono::steady_clock::now() + window_look);
    }
    return std::nullopt;
}

}  // namespace hallcast::runtime
