#include "player/sound/voice_pieces.h"

#include <fmt/format.h>

#include <set>

#include "player/sound/announcer.h"
#include "tests/catch.h"

namespace voice_pieces_test {

using namespace hallcast::sound;

std::vector<std::string> texts_of(const Composition& composition, const std::vector<VoicePiece>& pieces) {
    std::vector<std::string> texts;
    for (const PieceUse& use : composition.uses)
        texts.push_back((use.after_comma ? ", " : "") + pieces[use.piece].text);
    return texts;
}

std::vector<std::string> composed(const std::string& language, const std::string& ticket, unsigned counter,
                                  Phrase phrase = Phrase::call) {
    const auto pieces = voice_pieces(language);
    return texts_of(compose(sentence(language, ticket, counter, phrase), pieces), pieces);
}

TEST_CASE("A sentence is composed of its words as they are spoken") {
    using Texts = std::vector<std::string>;
    CHECK(composed("pl", "A112", 3) ==
          Texts{"Numer", "a", "sto", "dwanaście", ", zapraszamy do stanowiska numer", "trzy."});
    CHECK(composed("en", "B105", 12, Phrase::recall) ==
          Texts{"Calling again: number", "bee", "one hundred and", "five", ", please go to counter", "twelve."});
    CHECK(composed("de", "021", 21, Phrase::brief) == Texts{"Nummer", "einundzwanzig", ", Schalter", "einundzwanzig."});
    CHECK(composed("de", "A321", 1) ==
          Texts{"Nummer", "A", "dreihundert", "einundzwanzig", ", bitte zu Schalter", "eins."});
    CHECK(composed("ka", "A105", 1, Phrase::brief) == Texts{"ნომერი", "ა", "ას", "ხუთი", ", სარკმელი", "ერთი."});
    CHECK(composed("tr", "A012", 3) == Texts{"Sıra numarası", "a", "on iki", ", üç", "numaralı gişeye buyurun."});
    CHECK(composed("zh", "A012", 21) == Texts{"请", "A", "零", "一", "二", "号，到", "二十一", "号窗口。"});
    CHECK(composed("vi", "C105", 21) == Texts{"Mời số", "xê", "một", "không", "năm", "đến quầy số", "hai mươi mốt."});
}

TEST_CASE("What has no piece is told, and no word is made of parts of others") {
    const auto pieces = voice_pieces("en");
    CHECK(compose("Number Ж five, counter three.", pieces).rest == "Ж five, counter three.");
    CHECK(compose("Numbers five, counter three.", pieces).rest.starts_with("s five"));
    CHECK(compose("Number beetwo, counter three.", pieces).uses.empty());
    CHECK(compose("", pieces).uses.empty());
    CHECK(compose("...", pieces).uses.empty());
    CHECK(compose("Number two, \xff", pieces).uses.empty());
}

TEST_CASE("The pieces of every language are few and make every call from 0 to 999 and counters 1 to 30") {
    for (const std::string& language : spoken_languages()) {
        INFO(language);
        const auto pieces = voice_pieces(language, every_letter(language));
        std::set<std::string> names, texts;
        for (const VoicePiece& piece : pieces) {
            INFO(piece.name << " " << piece.text);
            CHECK(names.insert(piece.name).second);
            CHECK(texts.insert(piece.text).second);
            CHECK(piece.name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") ==
                  std::string::npos);
            const std::string_view text = piece.text;
            CHECK(
                (piece.example.find(text) != std::string::npos || piece.example.find(text.substr(0, text.size() - 1))));
        }
        const auto needed = voice_pieces(language);
        CHECK(needed.size() <= 190);
        for (const Phrase phrase : phrases) {
            for (unsigned number = 0; number <= 999; ++number) {
                const char letter = char('A' + number % 26);
                const std::string text =
                    sentence(language, fmt::format("{}{:03}", letter, number), number % 30 + 1, phrase);
                if (compose(text, needed).uses.empty()) FAIL(text << ": " << compose(text, needed).rest);
            }
        }
    }
}

}  // namespace voice_pieces_test
