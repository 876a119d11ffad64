// Sets texts as another typesetter does, and can say afterwards what a paragraph of a scene says.
#pragma once

#include <map>
#include <span>
#include <string>

#include "player/text/typesetter.h"

namespace hallcast::preview {

// Externally synchronized. `real` must outlive it. Keeps all paragraphs until it is gone.
class RecordingTypesetter final : public text::Typesetter {
  public:
    explicit RecordingTypesetter(text::Typesetter& real) : real_(real) {}

    struct Said {
        text::ParagraphPtr paragraph;
        std::string utf8;
        text::Style style;  // as asked for, before it was made to fit
        text::Box box;
    };

    using Typesetter::set;
    text::ParagraphPtr set(std::span<const text::Span> spans, const text::Style& style, const text::Box& box) override {
        auto paragraph = real_.set(spans, style, box);
        auto [said, is_new] = said_.try_emplace(paragraph.get());
        if (is_new) {
            said->second = {paragraph, {}, style, box};
            for (const auto& span : spans) said->second.utf8 += span.utf8;
        }
        return paragraph;
    }
    const text::FontSet& fonts() const override { return real_.fonts(); }

    const Said& said(const text::Paragraph& paragraph) const { return said_.at(&paragraph); }

  private:
    text::Typesetter& real_;
    std::map<const text::Paragraph*, Said> said_;
};

}  // namespace hallcast::preview
