#include "player/signs/sign_pack.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <set>

#include "player/media/clip.h"
#include "player/signs/sign_pieces.h"

namespace hallcast::signs {
namespace {

namespace fs = std::filesystem;
using std::chrono::nanoseconds;

constexpr std::array<std::string_view, 4> endings{".mp4", ".mkv", ".webm", ".mov"};
constexpr std::chrono::seconds longest_clip{10}, open_patience{10};

// Where the spoken language is the one of a country's hearing people.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> signed_like{{{"pl", "pso"},
                                                                                     {"uk", "ukl"},
                                                                                     {"ru", "rsl"},
                                                                                     {"de", "gsg"},
                                                                                     {"en", "bfi"},
                                                                                     {"fr", "fsl"},
                                                                                     {"es", "ssp"},
                                                                                     {"tr", "tsm"},
                                                                                     {"zh", "csl"},
                                                                                     {"hi", "ins"}}};

struct Size {
    int width = 0, height = 0;
    bool operator==(const Size&) const = default;
};

// Decodes it to its end; the size of its pictures, or why it cannot be shown.
Expected<Size> watch(const fs::path& file, const media::OpenClip& open) {
    auto clip = open({file.string(), file}, open_patience, {});
    if (!clip) return std::unexpected(clip.error());
    Size size;
    nanoseconds end{0};
    while (const auto picture = (*clip)->next_picture()) {
        size = {picture->frame->display_width, picture->frame->display_height};
        end = picture->at + picture->duration;
        if (end > longest_clip) return fail("is longer than {} s", longest_clip.count());
    }
    if (const auto fault = (*clip)->fault()) return std::unexpected(*fault);
    if ((*clip)->is_still()) return fail("is a picture that does not move");
    return size;
}

}  // namespace

Expected<std::vector<fs::path>> SignPack::clips_of(std::string_view ticket, std::uint32_t counter) const {
    const auto names = sign_call(ticket, counter, [this](std::string_view name) { return clips.contains(name); });
    if (!names) return std::unexpected(names.error());
    std::vector<fs::path> files;
    for (const std::string& name : *names) files.push_back(clips.at(name));
    return files;
}

SignPack open_sign_pack(const fs::path& folder) {
    SignPack pack;
    pack.language = folder.filename().string();
    std::error_code none;
    std::set<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder, none)) files.insert(entry.path());
    for (const fs::path& file : files)
        if (std::ranges::find(endings, file.extension().string()) != endings.end())
            pack.clips.emplace(file.stem().string(), file);
    return pack;
}

std::vector<SignPack> open_sign_packs(const fs::path& folder) {
    std::vector<SignPack> packs;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder, none))
        if (SignPack pack = open_sign_pack(entry.path()); !pack.clips.empty()) packs.push_back(std::move(pack));
    std::ranges::sort(packs, {}, &SignPack::language);
    return packs;
}

const SignPack* sign_pack_for(const std::vector<SignPack>& packs, std::string_view language) {
    if (packs.empty()) return nullptr;
    const auto like = std::ranges::find(signed_like, language.substr(0, language.find('-')),
                                        &std::pair<std::string_view, std::string_view>::first);
    if (like != signed_like.end())
        if (const auto pack = std::ranges::find(packs, like->second, &SignPack::language); pack != packs.end())
            return &*pack;
    return &packs.front();
}

std::string sign_list(std::string_view letters) {
    const auto pieces = sign_pieces(letters);
    std::string list = fmt::format(
        "# {} clips of one signer, one size, one background; MP4, MKV, WebM or MOV, a file a piece, without sound. "
        "They are shown\n"
        "# one after the other: begin and end each with the hands at rest. What is marked with * may be left out: "
        "numbers\n"
        "# are then signed digit by digit, counters as \"counter\" and the number. Then: hallcast signs check DIR\n",
        pieces.size());
    for (const SignPiece& piece : pieces)
        fmt::format_to(std::back_inserter(list), "{}.mp4\t{}{}\n", piece.name, piece.meaning, piece.needed ? "" : " *");
    return list;
}

std::vector<sound::RecordingFault> check_signs(const fs::path& folder, std::string_view letters,
                                               const media::OpenClip& open) {
    std::vector<sound::RecordingFault> faults;
    const SignPack pack = open_sign_pack(folder);
    for (const SignPiece& piece : sign_pieces(letters))
        if (piece.needed && !pack.clips.contains(piece.name))
            faults.push_back({piece.name + ".mp4", "is missing", "record " + piece.meaning, true});
    std::optional<Size> first;
    for (const auto& [name, file] : pack.clips) {
        const auto fault = [&](std::string reason, std::string advice) {
            faults.push_back({file.filename().string(), std::move(reason), std::move(advice)});
        };
        const auto size = watch(file, open);
        if (!size) {
            const std::string& why = size.error().message;
            const std::string named = file.string() + ": ";
            fault(why.substr(why.starts_with(named) ? named.size() : 0), "record it again, as a film of a few seconds");
            continue;
        }
        if (!first) first = *size;
        if (*size != *first)
            fault(fmt::format("is {}x{}, the first clip {}x{}", size->width, size->height, first->width, first->height),
                  "give all clips one size");
    }
    return faults;
}

}  // namespace hallcast::signs
