// From a ticket and a counter to the words that a voice reads.
#include <unicode/rbnf.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>

#include "player/sound/announcer.h"
#include "player/sound/voice_table.h"

namespace hallcast::sound {

namespace {

// More digits than any number series has are read one by one, which ICU then cannot overflow.
constexpr std::size_t most_digits = 6;
// What is longer is no ticket; the voice would go on for a minute.
constexpr std::size_t most_bytes = 32;

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

// ICU reads a language's rules for milliseconds, hence once a thread and language; null where its data is missing.
const icu::RuleBasedNumberFormat* spell_out_rules(const std::string& language) {
    thread_local std::map<std::string, std::unique_ptr<const icu::RuleBasedNumberFormat>> known;
    const auto [entry, added] = known.try_emplace(language);
    if (added) {
        UErrorCode status = U_ZERO_ERROR;
        auto rules =
            std::make_unique<icu::RuleBasedNumberFormat>(icu::URBNF_SPELLOUT, icu::Locale(language.c_str()), status);
        if (U_SUCCESS(status)) entry->second = std::move(rules);
    }
    return entry->second.get();
}

std::string number_in_words(std::uint32_t number, const VoiceTable& table) {
    const icu::RuleBasedNumberFormat* rules = spell_out_rules(table.language);
    // The digits themselves: every voice reads them, if less well.
    if (rules == nullptr) return std::to_string(number);
    UErrorCode status = U_ZERO_ERROR;
    icu::UnicodeString words;
    rules->format(std::int64_t(number), words, status);
    words.findAndReplace(icu::UnicodeString(UChar32(0x00AD)), icu::UnicodeString());  // soft hyphens are for the eye
    std::string text;
    words.toUTF8String(text);
    for (const auto& [what, with] : table.replace) replace_all(text, what, with);
    return respelled(text, table);
}

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

std::string ticket_in_words(std::string_view ticket, const VoiceTable& table) {
    std::string words;
    const auto say = [&](std::string_view part) {
        if (!words.empty()) words += table.joint;
        words += part;
    };
    ticket = ticket.substr(0, most_bytes);
    for (std::size_t at = 0; at < ticket.size();) {
        const char byte = ticket[at];
        const char capital = byte >= 'a' && byte <= 'z' ? char(byte - 'a' + 'A') : byte;
        if (is_digit(byte)) {
            std::size_t end = at;
            while (end < ticket.size() && is_digit(ticket[end])) ++end;
            const std::size_t step = end - at <= most_digits ? end - at : 1;
            for (; at < end; at += step) {
                std::uint32_t number = 0;
                std::from_chars(ticket.data() + at, ticket.data() + at + step, number);
                say(number_in_words(number, table));
            }
        } else if (capital >= 'A' && capital <= 'Z') {
            say(table.letters[std::size_t(capital - 'A')]);
            ++at;
        } else if ((byte & 0x80) != 0) {
            std::size_t end = at + 1;  // a letter of another script: the voice knows it or not
            while (end < ticket.size() && (ticket[end] & 0xC0) == 0x80) ++end;
            say(ticket.substr(at, end - at));
            at = end;
        } else {
            ++at;  // "A-012", "A 012": nobody says the dash
        }
    }
    return words;
}

}  // namespace

std::string sentence(const std::string& language, const std::string& ticket, std::uint32_t counter) {
    const VoiceTable& table = voice_table(language);
    std::string text = table.sentence;
    replace_all(text, "{ticket}", ticket_in_words(ticket, table));
    replace_all(text, "{counter}", number_in_words(counter, table));
    return text;
}

std::vector<std::string> spoken_languages() {
    std::vector<std::string> languages;
    for (const VoiceTable& table : voice_tables()) languages.push_back(table.language);
    return languages;
}

}  // namespace hallcast::sound
