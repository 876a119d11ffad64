// What a recorded voice is made of: the words and phrases that every call of a language is joined from.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hallcast::sound {

struct VoicePiece {
    std::string name;     // ASCII, the file it is recorded to without ".wav": "number-12"
    std::string text;     // as it stands in sentence(): "dwanaście"; unique
    std::string example;  // a sentence to say it in, for its melody
    // What follows is written to it as one word, as "hundert" and "zwei" are.
    bool open = false;
};

// Letters are named as a text of them: "ABC". All languages have these.
inline constexpr std::string_view latin_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
// And those that are the language's own.
std::string every_letter(std::string_view language);

// All that tickets with these letters and numbers to 999, and counters 1 to 30, need in the three phrases of `language`
// (one of spoken_languages()); letters that it does not name are left out. Numbers from 100 on are joined of hundreds
// and the rest, unless the language writes them otherwise. A counter at the end of its sentence is a piece of its own,
// since the voice falls there.
std::vector<VoicePiece> voice_pieces(std::string_view language, std::string_view letters = latin_letters);

// "letter-A", and by their code where they are not ASCII: "letter-0141".
std::string letter_piece(char32_t letter);

// A sentence as pieces, by index, and whether a comma stands before each.
struct PieceUse {
    std::size_t piece;
    bool after_comma;
};
struct Composition {
    std::vector<PieceUse> uses;
    std::string_view rest;  // of the sentence, from where no piece fits; empty: `uses` are all of it
};
// Of the fewest pieces, all of `text`; words are not cut, except behind an open piece. `rest` points into `text`.
Composition compose(std::string_view text, const std::vector<VoicePiece>& pieces);

}  // namespace hallcast::sound
