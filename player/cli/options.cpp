#include "player/cli/options.h"

#include <cstdio>
#include <cstdlib>

#include "player/media/playback.h"

namespace hallcast::cli {
namespace {

std::filesystem::path user_directory(const char* variable, const char* under_home) {
    if (const char* given = std::getenv(variable); given && *given) return std::filesystem::path(given) / "hallcast";
    const char* home = std::getenv("HOME");
    return std::filesystem::path(home && *home ? home : ".") / under_home / "hallcast";
}

std::string file_name(std::string text) {
    for (char& c : text)
        if (c == '/' || c == ':') c = '-';
    return text;
}

}  // namespace

std::filesystem::path data_directory() { return user_directory("XDG_DATA_HOME", ".local/share"); }

std::filesystem::path credentials_file(const wire::MasterAddress& master) {
    const std::string host = master.host == "localhost" ? "127.0.0.1" : master.host;
    return user_directory("XDG_CONFIG_HOME", ".config") / "masters" /
           (file_name(host) + "_" + std::to_string(master.port) + ".yaml");
}

std::filesystem::path token_file(const std::string& url) {
    const std::size_t host = url.find("://");
    return user_directory("XDG_CONFIG_HOME", ".config") / "masters" /
           (file_name(host == std::string::npos ? url : url.substr(host + 3)) + ".token");
}

picture::ScreenSize parse_size(const std::string& text) {
    picture::ScreenSize size;
    char rest = 0;
    if (std::sscanf(text.c_str(), "%dx%d%c", &size.width, &size.height, &rest) != 2 || size.width < 64 ||
        size.height < 64 || size.width > 16384 || size.height > 16384)
        throw CLI::ValidationError("--size",
                                   "must be WIDTHxHEIGHT, each 64..16384, for example 1920x1080; is '" + text + "'");
    return size;
}

wire::MasterAddress parse_master(const std::string& text) {
    auto address = wire::parse_address(text);
    if (!address) throw CLI::ValidationError("--connect", address.error().message);
    return *address;
}

runtime::PainterChoice parse_painter(const std::string& text) {
    if (text == "gl") return runtime::PainterChoice::gl;
    return text == "cpu" ? runtime::PainterChoice::cpu : runtime::PainterChoice::automatic;
}

void add_view_options(CLI::App& command, std::uint32_t& counter, bool& reduced_motion) {
    command.add_option("--counter", counter, "number of the counter over which this screen hangs, for its layout")
        ->check(CLI::Range(1, 999));
    command.add_flag("--reduced-motion", reduced_motion,
                     "nothing fades, slides, blinks or runs; the line shows one text after another");
}

void add_screen_options(CLI::App& command, ScreenOptions& options) {
    command.add_option("--size", options.size, "WIDTHxHEIGHT of the screen; the whole display if not given");
    command
        .add_option("--rotate", options.rotate,
                    "degrees by which the picture is turned clockwise, to stand upright on a display that is mounted "
                    "turned; --size stays the display's")
        ->check(CLI::IsMember({0, 90, 180, 270}))
        ->capture_default_str();
    command.add_option("--layout", options.layout, "name of a layout, or a .yaml file")->capture_default_str();
    command.add_option("--painter", options.painter, "how pictures are made")
        ->check(CLI::IsMember({"auto", "gl", "cpu"}))
        ->capture_default_str();
    command.add_option("--statistics", options.statistics,
                       "write counts of pictures, late ones and calls to this file (JSON), every 10 s");
    const int most = int(media::most_sound_delay.count());
    command
        .add_option("--sound-delay", options.sound_delay_ms,
                    "milliseconds by which the loudspeaker is late (a television, a wireless one): pictures wait for "
                    "it; negative where the display is late")
        ->check(CLI::Range(-most, most))
        ->capture_default_str();
    command
        .add_option("--voices", options.voices,
                    "folder of recorded voices and other synthesisers (content/voices/README.md); default: voices "
                    "in --dir")
        ->check(CLI::ExistingDirectory);
    CLI::Option* loop = command.add_option(
        "--loop-device", options.loop_device,
        "a second sound device, by its name, that plays what is spoken and nothing else: an induction "
        "loop, a phone line; a name that is not there is waited for, and the log lists those that are");
    command.add_flag("--in-step", options.in_step,
                     "play the list at the same moment as the master's other screens that show it");
    command
        .add_option(
            "--zone", options.zone,
            "acoustic zone: of the screens of a hall that are in the same one, one speaks; give screens that are "
            "out of earshot of each other different names")
        ->check(CLI::Validator(
            [](const std::string& name) {
                return name.size() <= wire::longest_zone ? std::string() : "a zone's name has at most 64 bytes";
            },
            "NAME"));
    command.add_flag("--no-sound", options.no_sound, "nothing is heard of this screen; another of its zone speaks")
        ->excludes(loop);
    add_view_options(command, options.counter, options.reduced_motion);
}

runtime::PlayerOptions ScreenOptions::player(const std::filesystem::path& directory) const {
    runtime::PlayerOptions player;
    player.layout_watch = std::make_unique<layouts::LayoutWatch>(layout, directory / "layouts");
    player.layout = player.layout_watch->load();
    if (!player.layout && !player.layout_watch->has_file()) throw Failure(player.layout.error());
    if (!size.empty()) player.size = parse_size(size);
    player.painter = parse_painter(painter);
    player.rotation = picture::Rotation(rotate);
    player.statistics = statistics;
    player.sound_delay = std::chrono::milliseconds(sound_delay_ms);
    player.loop_device = loop_device;
    player.in_step = in_step;
    player.voices = voices.empty() ? directory / "voices" : std::filesystem::path(voices);
    player.signs = directory / "signs";
    player.zone = zone;
    player.no_sound = no_sound;
    player.counter = counter;
    player.reduced_motion = reduced_motion;
    return player;
}

wire::Credentials ConnectOptions::load() const {
    std::filesystem::path file = credentials;
    if (file.empty()) {
        const char* given = std::getenv("HALLCAST_CREDENTIALS");
        file = given && *given ? std::filesystem::path(given) : credentials_file(master());
    }
    if (std::error_code error; !std::filesystem::exists(file, error))
        throw Failure(
            {"no key for the master at " + master().text() + ": " + file.string() +
             " is not there. A master writes it for the user who starts it (is it running?); from elsewhere, copy "
             "DIR/keys/admin.yaml of the master and name it with --credentials"});
    return need(wire::load_credentials(file));
}

void add_connect_options(CLI::App& command, ConnectOptions& options) {
    command.add_option("--connect", options.connect, "HOST or HOST:PORT of the master")->capture_default_str();
    command.add_option("--credentials", options.credentials,
                       "file with the keys to use; default: this user's for that master");
}

}  // namespace hallcast::cli
