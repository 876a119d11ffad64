#include "player/text/typesetter.h"

#include <spdlog/spdlog.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <mutex>
#include <string>

#include "player/text/compose.h"
#include "player/text/paragraph_cache.h"

namespace hallcast::text {
namespace {

// A hall shows some hundred texts at a time, and a ticker's line of 64 KiB takes about 1 MB.
constexpr std::size_t most_cached_paragraphs = 2048;
constexpr std::size_t most_cached_bytes = 8u << 20;

// Longer tags are no tags; as keys they would fill the cache.
constexpr std::size_t longest_language_tag = 64;

// Of clean text, so that nothing in it can forge or hide lines of the log.
std::string beginning(const std::u16string& text) {
    std::string utf8;
    return icu::UnicodeString(text.data(), static_cast<std::int32_t>(std::min<std::size_t>(text.size(), 40)))
        .toUTF8String(utf8);
}

class CachingTypesetter final : public Typesetter {
  public:
    explicit CachingTypesetter(const FontLibrary& fonts) : fonts_(fonts) {}

    ParagraphPtr set(std::string_view utf8, const Style& style, const Box& box) override {
        if (style.language.size() > longest_language_tag) {
            return set(utf8, {style.size_px, style.weight, style.language.substr(0, longest_language_tag)}, box);
        }
        {
            const std::scoped_lock lock(cache_mutex_);
            if (ParagraphPtr known = cache_.find(utf8, style, box)) return known;
        }
        // Outside the lock: a long text must not hold up the short ones of other threads.
        auto paragraph = std::make_shared<const Paragraph>(set_anew(utf8, style, box));
        const std::scoped_lock lock(cache_mutex_);
        cache_.keep(utf8, style, box, paragraph);
        return paragraph;
    }

    const FontSet& fonts() const override { return fonts_; }

  private:
    Paragraph set_anew(std::string_view utf8, const Style& style, const Box& box) {
        const CleanText text = clean(utf8);
        if (text.cut) {
            spdlog::warn("text: a text of {} bytes was cut to {}; it begins with '{}'", utf8.size(), max_text_bytes,
                         beginning(text.utf16));
        }
        ShapedText shaped(text.utf16, parse_language(style.language), style.weight, fonts_, breaks_);
        return compose(shaped, style, box, text.cut);
    }

    const FontLibrary& fonts_;
    BreakIterators breaks_;
    std::mutex cache_mutex_;
    ParagraphCache cache_{most_cached_paragraphs, most_cached_bytes};  // under cache_mutex_
};

}  // namespace

std::unique_ptr<Typesetter> make_typesetter(const FontSet& fonts) {
    const auto* library = dynamic_cast<const FontLibrary*>(&fonts);
    HALLCAST_ASSERT(library != nullptr);  // glyphs are numbers in its fonts: no other set could draw them
    return std::make_unique<CachingTypesetter>(*library);
}

}  // namespace hallcast::text
