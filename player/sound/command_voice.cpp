#include "player/sound/command_voice.h"

#include <stdlib.h>

#include <cstring>
#include <optional>

#include "content/child.h"
#include "player/sound/resample.h"
#include "player/sound/speech_level.h"
#include "player/sound/wav_file.h"
#include "protocol/base/file.h"

namespace hallcast::sound {

namespace {

using std::chrono::steady_clock;

// A folder that is gone with its owner.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::error_code error;
        std::string name = (std::filesystem::temp_directory_path(error) / "hallcast-speech-XXXXXX").string();
        if (!error && ::mkdtemp(name.data()) != nullptr) path_ = name;
    }
    ~TemporaryFolder() {
        std::error_code error;
        if (!path_.empty()) std::filesystem::remove_all(path_, error);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }  // empty: none could be made

  private:
    std::filesystem::path path_;
};

// True where there was a slot for it.
bool fill_in(std::vector<std::string>& command, const std::string& wav) {
    bool filled = false;
    for (std::string& argument : command)
        for (std::size_t at = 0; (at = argument.find(wav_slot, at)) != std::string::npos; at += wav.size()) {
            argument.replace(at, wav_slot.size(), wav);
            filled = true;
        }
    return filled;
}

std::string last_line(std::string_view text) {
    text = text.substr(0, text.find_last_not_of(" \n") + 1);
    return std::string(text.substr(text.find_last_of('\n') + 1).substr(0, 200));
}

class CommandVoice final : public Voice {
  public:
    CommandVoice(VoiceFile file, std::function<steady_clock::time_point()> now)
        : file_(std::move(file)), now_(std::move(now)) {}

    Expected<Pcm> speak(const std::string& text, const std::string&) override {
        if (rests_until_ && now_() < *rests_until_)
            return fail("{}: is left alone for {} s after it failed", file_.command[0], rest_after_failure.count());
        auto spoken = run(text);
        rests_until_.reset();
        if (!spoken) rests_until_ = now_() + rest_after_failure;
        return spoken;
    }

  private:
    Expected<Pcm> run(const std::string& text) const {
        const TemporaryFolder folder;
        if (folder.path().empty()) return fail("speech: no temporary folder: {}", std::strerror(errno));
        const std::filesystem::path wav = folder.path() / "speech.wav";
        std::vector<std::string> command = file_.command;
        const std::string& program = file_.command[0];
        const bool to_file = fill_in(command, wav.string());
        content::ChildOptions options;
        options.limit = file_.timeout;
        options.input = text + "\n";
        auto child = content::run_child(command, options);
        if (!child) return std::unexpected(child.error());
        using End = content::ChildResult::End;
        if (child->end == End::too_long)
            return fail("{}: was killed, since it took longer than {} s", program, file_.timeout.count());
        if (child->end == End::too_much_output) return fail("{}: was killed, since it wrote too much", program);
        if (child->end != End::exited || child->code != 0)
            return fail("{}: failed ({}{}): {}", program, child->end == End::exited ? "" : "signal ", child->code,
                        last_line(child->errors));
        if (to_file) {
            auto bytes = read_file(wav);
            if (!bytes) return fail("{}: wrote no {{wav}}", program);
            child->output = std::move(*bytes);
        }
        const auto recording = parse_wav(program + "'s output", child->output);
        if (!recording) return std::unexpected(recording.error());
        auto pcm = resampled(recording->samples, recording->rate);
        if (!pcm) return pcm;
        Pcm spoken = trimmed(std::move(*pcm));
        if (spoken.samples.empty()) return fail("{}: says nothing for '{}'", program, text);
        return spoken;
    }

    const VoiceFile file_;
    const std::function<steady_clock::time_point()> now_;
    std::optional<steady_clock::time_point> rests_until_;
};

}  // namespace

std::unique_ptr<Voice> make_command_voice(VoiceFile file, std::function<steady_clock::time_point()> now) {
    return std::make_unique<CommandVoice>(std::move(file), std::move(now));
}

}  // namespace hallcast::sound
