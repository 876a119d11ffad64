#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <future>
#include <set>
#include <sstream>

#include "player/sound/announcer.h"
#include "player/sound/voice_samples.h"
#include "player/sound/voice_table.h"
#include "tests/catch.h"

namespace sentence_test {

using namespace hallcast::sound;

TEST_CASE("A call is said as an office of that country says it") {
    struct Said {
        const char* language;
        const char* ticket;
        unsigned counter;
        const char* sentence;
    };
    const Said all[] = {
        {"pl", "A012", 3, "Numer a dwanaście, zapraszamy do stanowiska numer trzy."},
        {"pl", "W007", 21, "Numer wu siedem, zapraszamy do stanowiska numer dwadzieścia jeden."},
        {"pl", "C105", 12, "Numer ce sto pięć, zapraszamy do stanowiska numer dwanaście."},
        {"en", "A012", 3, "Number eigh twelve, please go to counter three."},
        {"en", "B105", 12, "Number bee one hundred and five, please go to counter twelve."},
        {"en", "Z099", 8, "Number zed ninety-nine, please go to counter eight."},
        {"uk", "A012", 3, "Номер а дванадцять, запрошуємо до віконця номер три."},
        {"uk", "G105", 9, "Номер ґе сто п'ять, запрошуємо до віконця номер дев'ять."},
        {"ru", "A012", 3, "Номер а двенадцать, пройдите к окну номер три."},
        {"ru", "E342", 1, "Номер э триста сорок два, пройдите к окну номер один."},
        {"be", "A012", 3, "Нумар а дванаццаць, запрашаем да акенца нумар тры."},
        {"be", "B021", 1, "Нумар бэ дваццаць адзін, запрашаем да акенца нумар адзін."},
        {"de", "A012", 3, "Nummer A zwölf, bitte zu Schalter drei."},
        {"de", "Y101", 21, "Nummer Ypsilon einhunderteins, bitte zu Schalter einundzwanzig."},
        {"fr", "A012", 3, "Le numéro A douze est attendu au guichet trois."},
        {"fr", "Y071", 21, "Le numéro i grec soixante-et-onze est attendu au guichet vingt-et-un."},
        {"es", "A012", 3, "Número a doce, pase a la ventanilla tres."},
        {"es", "W121", 1, "Número uve doble ciento veintiuno, pase a la ventanilla uno."},
        {"tr", "A012", 3, "Sıra numarası a on iki, üç numaralı gişeye buyurun."},
        {"tr", "I105", 14, "Sıra numarası ı yüz beş, on dört numaralı gişeye buyurun."},
        {"ka", "A012", 3, "ნომერი ა თორმეტი, გთხოვთ, მიბრძანდეთ სარკმელთან ნომერი სამი."},
        {"ka", "C021", 1, "ნომერი ცე ოცდაერთი, გთხოვთ, მიბრძანდეთ სარკმელთან ნომერი ერთი."},
        {"hi", "A012", 3, "टोकन नंबर ए बारह, कृपया काउंटर नंबर तीन पर आइए।"},
        {"hi", "C105", 25, "टोकन नंबर सी एक सौ पाँच, कृपया काउंटर नंबर पच्चीस पर आइए।"},
        {"vi", "A012", 3, "Mời số a không một hai đến quầy số ba."},
        {"vi", "C105", 21, "Mời số xê một không năm đến quầy số hai mươi mốt."},
        {"ar", "A012", 3, "الرَّقَم أَيْ اِثْنا عَشَر، تَفَضَّلوا إلى الشُّبّاك رَقَم ثَلاثَه."},
        {"ar", "C111", 21, "الرَّقَم سي مِئَه وَأَحَدَ عَشَر، تَفَضَّلوا إلى الشُّبّاك رَقَم واحِد وَعِشْرون."},
        {"zh", "A012", 3, "请A零一二号，到三号窗口。"},
        {"zh", "C105", 21, "请C一零五号，到二十一号窗口。"},
    };
    for (const Said& said : all) CHECK(sentence(said.language, said.ticket, said.counter) == said.sentence);
}

TEST_CASE("A recall says that it is one, and the brief phrase is number and counter alone") {
    CHECK(sentence("pl", "A012", 3, Phrase::recall) == "Ponownie wzywamy numer a dwanaście do stanowiska numer trzy.");
    CHECK(sentence("pl", "A012", 3, Phrase::brief) == "Numer a dwanaście, stanowisko trzy.");
    CHECK(sentence("en", "012", 3, Phrase::recall) == "Calling again: number twelve, please go to counter three.");
    CHECK(sentence("en", "012", 3, Phrase::brief) == "Number twelve, counter three.");
    for (const std::string& language : spoken_languages()) {
        const auto call = sentence(language, "A012", 3), recall = sentence(language, "A012", 3, Phrase::recall),
                   brief = sentence(language, "A012", 3, Phrase::brief);
        CHECK(recall != call);
        CHECK(brief.size() < call.size());
    }
}

TEST_CASE("An unknown language is spoken in English, a regional one in its own") {
    CHECK(sentence("tlh", "A001", 1) == sentence("en", "A001", 1));
    CHECK(sentence("", "A001", 1) == sentence("en", "A001", 1));
    CHECK(sentence("pl-PL", "A001", 1) == sentence("pl", "A001", 1));
    CHECK(sentence("zh-Hant", "A001", 1) == sentence("zh", "A001", 1));
}

// A prefix may be up to eight printable characters of any script (player/queue/office_rules).
TEST_CASE("Odd tickets are said as well as they can be") {
    const auto said = [](const char* language, const std::string& ticket) {
        return sentence(language, ticket, 3, Phrase::brief);
    };
    CHECK(said("en", "012") == "Number twelve, counter three.");
    CHECK(said("en", "ab-007") == "Number eigh bee seven, counter three.");
    CHECK(said("en", "A1B007") == "Number eigh one bee seven, counter three.");
    CHECK(said("en", "№–007") == "Number seven, counter three.");
    CHECK(said("en", "B000") == "Number bee zero, counter three.");
    CHECK(said("en", "A１２") == "Number eigh twelve, counter three.");
    CHECK(said("en", "99999999") == "Number nine nine nine nine nine nine nine nine, counter three.");
    CHECK(said("en", "Ж5") == "Number Ж five, counter three.");
    CHECK(said("en", "A\xff\xd0") == "Number eigh, counter three.");
    CHECK(said("pl", "ł012") == "Numer eł dwanaście, stanowisko trzy.");
    CHECK(said("uk", "Ж012") == "Номер же дванадцять, віконце номер три.");
    CHECK(said("vi", "Đ1000") == "Số đê một không không không, quầy số ba.");
    CHECK(sentence("en", "", 4294967295u).starts_with("Number , please go to counter four two nine"));
    CHECK(said("en", std::string(100'000, 'Q')).size() < 300);
}

TEST_CASE("Fourteen languages are spoken") {
    CHECK(spoken_languages() ==
          std::vector<std::string>{"ar", "be", "de", "en", "es", "fr", "hi", "ka", "pl", "ru", "tr", "uk", "vi", "zh"});
}

// Of the ticket: every letter with every number; of the counter: 1 to 30 with some tickets, as the two are said apart.
TEST_CASE("Every language says every ticket and every counter, each differently, without anything left over") {
    const std::string language = GENERATE(from_range(spoken_languages()));
    INFO(language);
    std::set<std::string> tickets;
    const auto check = [&](const std::string& ticket, unsigned counter) {
        const std::string said = sentence(language, ticket, counter, Phrase::brief);
        if (said.find_first_of("0123456789{}%") != std::string::npos || said.find("  ") != std::string::npos ||
            said.find(" ,") != std::string::npos || said.find(" .") != std::string::npos ||
            said.find("\u00AD") != std::string::npos || said.find("ʼ") != std::string::npos) {
            FAIL(ticket << ": " << said);
        }
        return said;
    };
    for (unsigned number = 0; number <= 999; ++number) {
        const std::string digits = fmt::format("{:03}", number);
        if (!tickets.insert(check(digits, 1)).second) FAIL(digits << " sounds like another ticket");
        for (char letter = 'A'; letter <= 'Z'; ++letter) {
            if (!tickets.insert(check(letter + digits, 1)).second) FAIL(letter << digits << " sounds like another");
        }
    }
    CHECK(tickets.size() == 27'000);
    for (const unsigned number : {1u, 21u, 305u, 999u}) {
        std::set<std::string> counters;
        for (unsigned counter = 1; counter <= 30; ++counter) {
            for (char letter = 'A'; letter <= 'Z'; ++letter) {
                counters.insert(check(fmt::format("{}{:03}", letter, number), counter));
            }
        }
        CHECK(counters.size() == 26 * 30);
    }
}

TEST_CASE("Threads that speak at once say what one alone says") {
    const auto all = [] {
        std::vector<std::string> said;
        for (unsigned number = 0; number < 100; ++number) {
            for (const std::string& language : spoken_languages()) {
                said.push_back(sentence(language, fmt::format("Q{:03}", number * 7), number + 1));
            }
        }
        return said;
    };
    std::array<std::future<std::vector<std::string>>, 4> threads;
    for (auto& thread : threads) thread = std::async(std::launch::async, all);
    const auto alone = all();
    for (auto& thread : threads) CHECK((thread.get() == alone));
}

TEST_CASE("A letter sounds like no other of its alphabet") {
    for (const std::string& language : spoken_languages()) {
        std::set<std::string> latin, other;
        for (const auto& [letter, name] : voice_table(language).letters) {
            if (!(letter < 0x250 ? latin : other).insert(name).second) FAIL(language << ": " << name);
        }
    }
}

struct Numerals {
    std::array<const char*, 20> to_19;
    std::array<const char*, 10> tens, hundreds;
};

// Numbers 0 to 999 as a grammar builds them: hundreds, tens and units beside each other, the teens in one word.
std::string composed(unsigned number, const Numerals& numerals) {
    std::vector<const char*> words;
    if (number >= 100) words.push_back(numerals.hundreds[number / 100]);
    const unsigned rest = number % 100;
    if (rest >= 20) words.push_back(numerals.tens[rest / 10]);
    if (rest < 20 ? rest != 0 || number == 0 : rest % 10 != 0)
        words.push_back(numerals.to_19[rest < 20 ? rest : rest % 10]);
    return fmt::format("{}", fmt::join(words, " "));
}

// Each number as a ticket and as a counter, in each phrase: `wordings`, where the two {} are the numerals.
void check_numbers(const char* language, const Numerals& numerals,
                   const std::array<const char*, phrases.size()>& wordings) {
    for (unsigned number = 0; number <= 999; ++number) {
        const unsigned counter = number % 30 + 1;
        for (const Phrase phrase : phrases) {
            REQUIRE(sentence(language, fmt::format("B{:03}", number), counter, phrase) ==
                    fmt::format(fmt::runtime(wordings[std::size_t(phrase)]), composed(number, numerals),
                                composed(counter, numerals)));
        }
    }
}

// Numerals: G. Jagodziński, Gramatyka języka polskiego, "Deklinacja, część szósta: odmiana liczebników", column
// "liczebniki główne". A compound ends in "jeden" in every gender and case (rule 90 of Dobry Słownik's compendium).
// Noun: "do" with the genitive, stanowisko -> stanowiska (neuter, -o -> -a).
TEST_CASE("Polish: 'do stanowiska' in the genitive, the numeral after 'numer' in the nominative") {
    const Numerals numerals{.to_19 = {"zero",       "jeden",      "dwa",          "trzy",        "cztery",
                                      "pięć",       "sześć",      "siedem",       "osiem",       "dziewięć",
                                      "dziesięć",   "jedenaście", "dwanaście",    "trzynaście",  "czternaście",
                                      "piętnaście", "szesnaście", "siedemnaście", "osiemnaście", "dziewiętnaście"},
                            .tens = {"", "", "dwadzieścia", "trzydzieści", "czterdzieści", "pięćdziesiąt",
                                     "sześćdziesiąt", "siedemdziesiąt", "osiemdziesiąt", "dziewięćdziesiąt"},
                            .hundreds = {"", "sto", "dwieście", "trzysta", "czterysta", "pięćset", "sześćset",
                                         "siedemset", "osiemset", "dziewięćset"}};
    check_numbers("pl", numerals,
                  {"Numer be {}, zapraszamy do stanowiska numer {}.",
                   "Ponownie wzywamy numer be {} do stanowiska numer {}.", "Numer be {}, stanowisko {}."});
}

// Numerals: Український правопис, "Кількісні числівники" (§ 70 of the edition of 1993), column Н.; no soft sign inside
// a compound: І. Ющук, Практичний довідник з української мови, § 74. Noun: "до" with the genitive, віконце -> віконця
// (neuter, soft group).
TEST_CASE("Ukrainian: 'до віконця' in the genitive, the numeral after 'номер' in the nominative masculine") {
    const Numerals numerals{.to_19 = {"нуль",        "один",        "два",        "три",          "чотири",
                                      "п'ять",       "шість",       "сім",        "вісім",        "дев'ять",
                                      "десять",      "одинадцять",  "дванадцять", "тринадцять",   "чотирнадцять",
                                      "п'ятнадцять", "шістнадцять", "сімнадцять", "вісімнадцять", "дев'ятнадцять"},
                            .tens = {"", "", "двадцять", "тридцять", "сорок", "п'ятдесят", "шістдесят", "сімдесят",
                                     "вісімдесят", "дев'яносто"},
                            .hundreds = {"", "сто", "двісті", "триста", "чотириста", "п'ятсот", "шістсот", "сімсот",
                                         "вісімсот", "дев'ятсот"}};
    check_numbers("uk", numerals,
                  {"Номер бе {}, запрошуємо до віконця номер {}.",
                   "Повторно запрошуємо номер бе {} до віконця номер {}.", "Номер бе {}, віконце номер {}."});
}

TEST_CASE("Arabic numbers all carry their vowels") {
    for (unsigned number = 0; number <= 999; ++number) {
        const std::string said = sentence("ar", fmt::format("A{:03}", number), 1);
        for (const char* bare :
             {"ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة", "مائة", "مائتان", "عشر ", "إثن"}) {
            if (said.find(bare) != std::string::npos) FAIL(number << ": " << said);
        }
    }
}

TEST_CASE("Belarusian numbers have no Latin letter in them") {
    for (unsigned number = 0; number <= 999; ++number) {
        const std::string said = sentence("be", fmt::format("{:03}", number), 1);
        if (std::ranges::any_of(said, [](char byte) { return byte >= 'a' && byte <= 'z'; })) FAIL(said);
    }
}

constexpr const char* sound_table =
    "voice: pl\n"
    "rate: 150\n"
    "call: 'Numer {ticket}, stanowisko {counter}.'\n"
    "recall: 'Ponownie {ticket}, stanowisko {counter}.'\n"
    "brief: '{ticket}, {counter}.'\n"
    "ticket: {read: whole, rules: spellout-numbering}\n"
    "counter: {read: digits, rules: spellout-cardinal-neuter-genitive}\n"
    "letters: {A: a, B: be, C: ce, D: de, E: e, F: ef, G: gie, H: ha, I: i, J: jot, K: ka, L: el, M: em,\n"
    "  N: en, O: o, P: pe, Q: ku, R: er, S: es, T: te, U: u, V: fał, W: wu, X: iks, Y: igrek, Z: zet}\n";

TEST_CASE("A voice file that is wrong says where, and what to do") {
    const auto error = [](const std::string& yaml, const char* file = "pl.yaml") {
        const auto table = parse_voice_table(file, yaml);
        return table ? std::string("none") : table.error().message;
    };
    // Of the sound table, one thing made wrong.
    const auto with = [&](std::string_view what, std::string_view instead) {
        std::string yaml = sound_table;
        const std::size_t at = yaml.find(what);
        REQUIRE(at != std::string::npos);
        return error(yaml.replace(at, what.size(), instead));
    };
    CHECK(error(sound_table) == "none");
    CHECK(error("voice: [").starts_with("pl.yaml:1:"));
    CHECK(error("- a list").starts_with("pl.yaml:1:1: must be a map; it has the keys brief, call"));
    CHECK(with("rate: 150\n", "") == "pl.yaml:1:1: no 'rate'; add it as content/voices/README.md explains");
    CHECK(with("rate", "speed").starts_with("pl.yaml:2:1: unknown key 'speed'; there are brief, call, "));
    CHECK(with("rate: 150", "rate: 1000") == "pl.yaml:2:7: 'rate' must be 80..300 words a minute");
    CHECK(with("rate: 150", "voice: ru") == "pl.yaml:2:1: 'voice' is there twice; remove one");
    CHECK(with("{ticket}", "{number}") == "pl.yaml:3:7: there is no slot '{number}'; there are {ticket} and {counter}");
    CHECK(with("{counter}.'\n", "{counter.'\n").starts_with("pl.yaml:3:7: there is no slot '{counter.'"));
    CHECK(with(", stanowisko {counter}", "") == "pl.yaml:3:7: must have {counter} once, and has it 0 times");
    CHECK(with("stanowisko", "{ticket}") == "pl.yaml:3:7: must have {ticket} once, and has it 2 times");
    CHECK(with("read: whole", "read: aloud") == "pl.yaml:6:16: 'read' must be whole or digits, not 'aloud'");
    CHECK(with("{read: whole, ", "{") == "pl.yaml:6:9: no 'read'; add it as content/voices/README.md explains");
    const std::string rules = with("spellout-numbering", "spellout-counting");
    CHECK(rules.starts_with("pl.yaml:6:30: ICU "));
    CHECK(rules.find("has no rules 'spellout-counting' for 'pl'; there are spellout-") != std::string::npos);
    CHECK(rules.find(", spellout-cardinal-feminine,") != std::string::npos);
    CHECK(with("Q: ku, ", "") == "pl.yaml:8:10: no name for letter Q; add Q: NAME");
    CHECK(with("Q: ku", "Q: ''") == "pl.yaml:9:26: letter Q has no name; write how it is spoken");
    CHECK(with("Q: ku", "q: ku") == "pl.yaml:9:23: 'q' is no letter; write one capital, as in A: ah");
    CHECK(with("Q: ku", "QU: ku") == "pl.yaml:9:23: 'QU' is no letter; write one capital, as in A: ah");
    CHECK(with("Q: ku", "P: ku") == "pl.yaml:9:23: P is there twice; remove one");
    CHECK(error(std::string(sound_table) + "replace: [[a]]\n") == "pl.yaml:10:11: must be a pair: [what, with]");
    // ICU would take another language's numbers in silence.
    CHECK(error(sound_table, "xx.yaml").find("xx.yaml:1:1: ICU ") == 0);
    CHECK(error(sound_table, "xx.yaml").find("spells no numbers in 'xx'; name the file by a language that ICU has") !=
          std::string::npos);
}

TEST_CASE("The samples for native readers are what is said now") {
    const char* source = std::getenv("HALLCAST_SOURCE");
    REQUIRE(source != nullptr);
    std::stringstream written;
    written << std::ifstream(std::string(source) + "/content/voices/SAMPLES.md").rdbuf();
    INFO("after a change of content/voices: hallcast voice samples > content/voices/SAMPLES.md");
    CHECK((written.str() == voice_samples()));
}

}  // namespace sentence_test
