#include "player/sound/voice_pieces.h"

#include <fmt/format.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <map>
#include <optional>

#include "player/sound/voice_table.h"

namespace hallcast::sound {

namespace {

constexpr unsigned most_number = 999, most_counter = 30;

// Punctuation and spaces: nobody says them.
bool is_separator(UChar32 character) { return u_ispunct(character) || u_isUWhiteSpace(character); }

UChar32 next_character(std::string_view text, std::size_t& at) {
    UChar32 character = 0;
    U8_NEXT(text.data(), at, text.size(), character);
    return character;
}

bool begins_word(std::string_view text) {
    std::size_t at = 0;
    return !text.empty() && !is_separator(next_character(text, at));
}

// The last character, or U_SENTINEL; `text` is without it then.
UChar32 take_last(std::string_view& text) {
    auto at = std::int32_t(text.size());
    UChar32 character = U_SENTINEL;
    if (at > 0) U8_PREV(text.data(), 0, at, character);
    text = text.substr(0, std::size_t(at));
    return character;
}

bool ends_word(std::string_view text) {
    const UChar32 last = take_last(text);
    return last >= 0 && !is_separator(last);
}

// Without the separators before it and, unless it ends a sentence, behind it.
std::string_view without_separators(std::string_view text, bool ends_sentence) {
    while (!text.empty() && !begins_word(text)) {
        std::size_t length = 0;
        next_character(text, length);
        text.remove_prefix(length);
    }
    while (!ends_sentence && !text.empty() && !ends_word(text)) take_last(text);
    return text;
}

class PieceList {
  public:
    PieceList(std::string_view language, const VoiceTable& table) : language_(language), table_(table) {}

    void add(std::string name, std::string_view text, std::string example, bool open = false) {
        if (text.empty()) return;
        const bool joined = open || table_.joint.empty();
        const auto same = std::ranges::find(pieces_, text, &VoicePiece::text);
        if (same != pieces_.end())
            same->open |= joined;
        else
            pieces_.push_back({std::move(name), std::string(text), std::move(example), joined});
    }

    void add_fixed() {
        for (const auto& [phrase, name] :
             {std::pair{Phrase::call, "call"}, {Phrase::recall, "recall"}, {Phrase::brief, "brief"}}) {
            std::string_view rest = table_.patterns[std::size_t(phrase)];
            const std::string example = sentence(language_, "A012", 3, phrase);
            for (unsigned number = 1; !rest.empty(); ++number) {
                const std::size_t slot = std::min(rest.find('{'), rest.size()), end = rest.find('}', slot);
                add(fmt::format("{}-{}", name, number), without_separators(rest.substr(0, slot), slot == rest.size()),
                    example);
                rest = end == std::string_view::npos ? "" : rest.substr(end + 1);
            }
        }
    }

    void add_letters(std::string_view letters) {
        for (std::size_t at = 0; at < letters.size();) {
            const auto letter = char32_t(u_toupper(next_character(letters, at)));
            const auto known = table_.letters.find(letter);
            if (known == table_.letters.end()) continue;
            std::string ticket;
            icu::UnicodeString(UChar32(letter)).toUTF8String(ticket);
            add(letter_piece(letter), known->second, sentence(language_, ticket + "012", 3));
        }
    }

    void add_numbers() {
        const auto words = [&](unsigned number) { return number_in_words(number, table_, table_.ticket); };
        const auto add_number = [&](unsigned number) {
            add(fmt::format("number-{}", number), words(number), sentence(language_, fmt::format("A{:03}", number), 3));
        };
        if (table_.ticket.by_digits) {
            for (unsigned digit = 0; digit < 10; ++digit)
                add(fmt::format("number-{}", digit), words(digit), sentence(language_, fmt::format("A{}", digit), 3));
            return;
        }
        for (unsigned number = 0; number < 100; ++number) add_number(number);
        for (unsigned hundreds = 100; hundreds <= most_number; hundreds += 100) {
            add_number(hundreds);
            // What most numbers of this hundred have before their rest.
            std::map<std::string, unsigned> heads;
            const auto head_of = [&](unsigned rest) -> std::optional<std::string> {
                std::string all = words(hundreds + rest);
                const std::string tail = words(rest);
                if (!all.ends_with(tail)) return std::nullopt;
                return all.substr(0, all.size() - tail.size());
            };
            for (unsigned rest = 1; rest < 100; ++rest)
                if (const auto head = head_of(rest)) ++heads[*head];
            HALLCAST_ASSERT(!heads.empty());
            const std::string head = std::ranges::max_element(heads, {}, [](const auto& h) { return h.second; })->first;
            add(fmt::format("hundreds-{}", hundreds / 100), without_separators(head, false),
                sentence(language_, fmt::format("A{}", hundreds + 12), 3), ends_word(head));
            for (unsigned rest = 1; rest < 100; ++rest) {
                if (head_of(rest) == head) continue;
                // Another form of the rest, as Arabic has behind "and", or of the whole.
                const std::string all = words(hundreds + rest), whole = words(hundreds);
                const std::string example = sentence(language_, fmt::format("A{}", hundreds + rest), 3);
                if (all.starts_with(whole + ' '))
                    add(fmt::format("rest-{}", rest), all.substr(whole.size() + 1), example);
                else
                    add_number(hundreds + rest);
            }
        }
    }

    void add_counters() {
        for (const std::string& pattern : table_.patterns) {
            const std::string_view behind = std::string_view(pattern).substr(pattern.find("{counter}") + 9);
            const bool ends = without_separators(behind, false).empty();
            for (unsigned counter = 1; counter <= most_counter; ++counter) {
                add(fmt::format("counter-{}{}", counter, ends ? "" : "-on"),  // "on": the sentence goes on
                    number_in_words(counter, table_, table_.counter) + std::string(ends ? behind : ""),
                    sentence(language_, "A012", counter));
            }
        }
    }

    std::vector<VoicePiece> take() { return std::move(pieces_); }

  private:
    const std::string language_;
    const VoiceTable& table_;
    std::vector<VoicePiece> pieces_;
};

}  // namespace

std::string letter_piece(char32_t letter) {
    return letter < 0x80 ? fmt::format("letter-{}", char(letter)) : fmt::format("letter-{:04X}", unsigned(letter));
}

std::string every_letter(std::string_view language) {
    icu::UnicodeString letters;
    for (const auto& [letter, name] : voice_table(language).letters) letters.append(UChar32(letter));
    std::string text;
    return letters.toUTF8String(text);
}

std::vector<VoicePiece> voice_pieces(std::string_view language, std::string_view letters) {
    PieceList list(language, voice_table(language));
    list.add_fixed();
    list.add_letters(letters);
    list.add_numbers();
    list.add_counters();
    return list.take();
}

Composition compose(std::string_view text, const std::vector<VoicePiece>& pieces) {
    struct Reached {
        std::size_t count = SIZE_MAX;  // of pieces up to here
        std::size_t from = 0, piece = 0;
        bool after_comma = false;
        bool open = false;  // the piece before it is: a word may go on here
    };
    std::vector<Reached> reached(text.size() + 1);
    reached[0].count = 0;
    std::size_t farthest = 0, end = SIZE_MAX;
    for (std::size_t at = 0; at <= text.size(); ++at) {
        if (reached[at].count == SIZE_MAX) continue;
        std::size_t begin = at;
        bool comma = false;
        while (begin < text.size() && !begins_word(text.substr(begin))) {
            std::size_t next = begin;
            comma |= u_ispunct(next_character(text, next)) && at > 0;
            begin = next;
        }
        farthest = std::max(farthest, begin);
        if (begin == text.size()) {
            // Of as many pieces rather the ones that take the sentence's end along.
            if (end == SIZE_MAX || reached[at].count <= reached[end].count) end = at;
            continue;
        }
        if (begin == at && at > 0 && !reached[at].open && ends_word(text.substr(0, at))) continue;  // within a word
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            const VoicePiece& piece = pieces[i];
            if (!text.substr(begin).starts_with(piece.text)) continue;
            Reached& next = reached[begin + piece.text.size()];
            if (reached[at].count + 1 >= next.count) continue;
            next = {reached[at].count + 1, at, i, comma, piece.open};
        }
    }
    Composition composition;
    if (end == SIZE_MAX) {
        composition.rest = text.substr(farthest);
        return composition;
    }
    for (std::size_t at = end; at > 0; at = reached[at].from)
        composition.uses.push_back({reached[at].piece, reached[at].after_comma});
    std::ranges::reverse(composition.uses);
    return composition;
}

}  // namespace hallcast::sound
