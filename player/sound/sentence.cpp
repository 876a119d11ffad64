// From a ticket and a counter to the words that a voice reads.
#include <algorithm>
#include <charconv>

#include "player/sound/ticket_parts.h"
#include "player/sound/voice_table.h"

namespace hallcast::sound {

namespace {

void replace_all(std::string& text, std::string_view what, std::string_view with) {
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
        text.replace(at, what.size(), with);
    }
}

// Words of `number` as the voice must see them, e.g. with the short vowels that Arabic leaves out.
std::string respelled(std::string_view number, const VoiceTable& table) {
    if (table.words.empty()) return std::string(number);
    std::string result;
    const auto word_ends = [&](std::size_t at) { return at == number.size() || number[at] == ' '; };
    for (std::size_t at = 0; at < number.size();) {
        const auto word = std::ranges::find_if(table.words, [&](const auto& known) {
            return number.substr(at).starts_with(known.first) && word_ends(at + known.first.size());
        });
        const std::size_t end =
            word != table.words.end() ? at + word->first.size() : std::min(number.find(' ', at), number.size());
        if (!result.empty()) result += ' ';
        result += word != table.words.end() ? std::string_view(word->second) : number.substr(at, end - at);
        at = end + (end < number.size() ? 1 : 0);
    }
    return result;
}

void append(std::string& words, std::string_view part, const VoiceTable& table) {
    if (!words.empty()) words += table.joint;
    words += part;
}

// One by one where they are more than ICU could take.
void append_digits(std::string& words, std::string_view digits, const VoiceTable& table,
                   const VoiceTable::Reading& reading) {
    const std::size_t step = reading.by_digits || digits.size() > most_digits ? 1 : digits.size();
    for (std::size_t at = 0; at < digits.size(); at += step) {
        std::uint32_t number = 0;
        std::from_chars(digits.data() + at, digits.data() + at + step, number);
        append(words, number_in_words(number, table, reading), table);
    }
}

std::string ticket_in_words(std::string_view ticket, const VoiceTable& table) {
    std::string words;
    for (const TicketPart& part : ticket_parts(ticket)) {
        const auto name = table.letters.find(part.letter);
        if (part.letter == 0)
            append_digits(words, part.text, table, table.ticket);
        else  // a letter of another script: the voice knows it or not
            append(words, name != table.letters.end() ? name->second : part.text, table);
    }
    return words;
}

}  // namespace

std::string number_in_words(std::uint32_t number, const VoiceTable& table, const VoiceTable::Reading& reading) {
    UErrorCode status = U_ZERO_ERROR;
    icu::UnicodeString words;
    icu::FieldPosition unused;
    table.numbers->format(std::int64_t(number), reading.rule_set, words, unused, status);
    HALLCAST_ASSERT(U_SUCCESS(status));  // fails for a rule set that is not there, which the table has ruled out
    words.findAndReplace(icu::UnicodeString(UChar32(0x00AD)), icu::UnicodeString());  // soft hyphens are for the eye
    std::string text;
    words.toUTF8String(text);
    for (const auto& [what, with] : table.replace) replace_all(text, what, with);
    return respelled(text, table);
}

std::string sentence(const std::string& language, const std::string& ticket, std::uint32_t counter, Phrase phrase) {
    const VoiceTable& table = voice_table(language);
    std::string counter_words;
    append_digits(counter_words, std::to_string(counter), table, table.counter);
    std::string text = table.patterns[std::size_t(phrase)];
    replace_all(text, "{ticket}", ticket_in_words(ticket, table));
    replace_all(text, "{counter}", counter_words);
    return text;
}

}  // namespace hallcast::sound
