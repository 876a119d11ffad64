#include "player/text/typesetter.h"

#include <spdlog/spdlog.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <string>
#include <vector>

#include "player/text/compose.h"
#include "player/text/paragraph_cache.h"

namespace hallcast::text {
namespace {

// A hall shows some hundred texts at a time, and a ticker's line of 64 KiB takes about 1 MB. Not more: most texts are
// of calls, which nobody shows again when they are over, and painters keep pictures of all that are kept here.
constexpr std::size_t most_cached_paragraphs = 1024;
constexpr std::size_t most_cached_bytes = 4u << 20;

// Longer tags are no tags; as keys they would fill the cache.
constexpr std::size_t longest_language_tag = 64;

constexpr float smallest_scale = 1.0F / 8;
constexpr float largest_scale = 8;

// Of clean text, so that nothing in it can forge or hide lines of the log.
std::string beginning(const std::u16string& text) {
    std::string utf8;
    return icu::UnicodeString(text.data(), static_cast<std::int32_t>(std::min<std::size_t>(text.size(), 40)))
        .toUTF8String(utf8);
}

bool is_bounded(const Span& span) {
    return span.scale >= smallest_scale && span.scale <= largest_scale && span.language.size() <= longest_language_tag;
}

void bound(Span& span) {
    span.scale = std::isnan(span.scale) ? 1 : std::clamp(span.scale, smallest_scale, largest_scale);
    span.language = span.language.substr(0, longest_language_tag);
}

class CachingTypesetter final : public Typesetter {
  public:
    explicit CachingTypesetter(const FontLibrary& fonts) : fonts_(fonts) {}

    using Typesetter::set;
    ParagraphPtr set(std::span<const Span> spans, const Style& style, const Box& box) override {
        if (style.language.size() > longest_language_tag) {
            return set(spans, {style.size_px, style.weight, style.language.substr(0, longest_language_tag)}, box);
        }
        if (!std::ranges::all_of(spans, is_bounded)) {
            std::vector<Span> usual(spans.begin(), spans.end());
            std::ranges::for_each(usual, bound);
            return set(usual, style, box);
        }
        {
            const std::scoped_lock lock(cache_mutex_);
            if (ParagraphPtr known = cache_.find(spans, style, box)) return known;
        }
        // Outside the lock: a long text must not hold up the short ones of other threads.
        auto paragraph = std::make_shared<const Paragraph>(set_anew(spans, style, box));
        const std::scoped_lock lock(cache_mutex_);
        cache_.keep(spans, style, box, paragraph);
        return paragraph;
    }

    const FontSet& fonts() const override { return fonts_; }

  private:
    Paragraph set_anew(std::span<const Span> spans, const Style& style, const Box& box) {
        const float size_px = bounded_size(style.size_px);
        const Language language = parse_language(style.language);
        Styles styles({language, spans.empty() ? style.weight : spans.front().weight});
        Cleaner cleaner;
        std::size_t bytes = 0;
        for (const Span& span : spans) {
            const std::size_t start = cleaner.text().utf16.size();
            cleaner.add(span.utf8);
            bytes += span.utf8.size();
            if (cleaner.text().utf16.size() == start) continue;
            const bool same = span.language.empty() || span.language == style.language;
            styles.add(static_cast<std::int32_t>(start), {same ? language : parse_language(span.language), span.weight,
                                                          std::min(span.scale, largest_size_px / size_px), span.ink});
        }
        const CleanText text = cleaner.take();
        if (text.cut) {
            spdlog::warn("text: a text of {} bytes was cut to {}; it begins with '{}'", bytes, max_text_bytes,
                         beginning(text.utf16));
        }
        ShapedText shaped(text.utf16, std::move(styles), fonts_, breaks_);
        return compose(shaped, size_px, box, text.cut);
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
