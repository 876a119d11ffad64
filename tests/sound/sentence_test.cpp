#include <map>

#include "player/sound/announcer.h"
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
        {"pl", "A012", 3, "Numer a dwanaście, stanowisko trzy."},
        {"pl", "W007", 21, "Numer wu siedem, stanowisko dwadzieścia jeden."},
        {"pl", "C105", 12, "Numer ce sto pięć, stanowisko dwanaście."},
        {"en", "A012", 3, "Number eigh twelve, counter three."},
        {"en", "B105", 12, "Number bee one hundred five, counter twelve."},
        {"en", "Z099", 8, "Number zed ninety-nine, counter eight."},
        {"uk", "A012", 3, "Номер а дванадцять, віконце номер три."},
        {"uk", "G105", 9, "Номер ґе сто п'ять, віконце номер дев'ять."},
        {"ru", "A012", 3, "Номер а двенадцать, окно номер три."},
        {"ru", "E342", 1, "Номер э триста сорок два, окно номер один."},
        {"ka", "A012", 3, "ნომერი ა თორმეტი, სარკმელი სამი."},
        {"ka", "C021", 1, "ნომერი ცე ოცდაერთი, სარკმელი ერთი."},
        {"hi", "A012", 3, "टोकन नंबर ए बारह, काउंटर नंबर तीन।"},
        {"hi", "C105", 25, "टोकन नंबर सी एक सौ पाँच, काउंटर नंबर पच्चीस।"},
        {"vi", "A012", 3, "Mời số a mười hai, đến quầy số ba."},
        {"vi", "C105", 21, "Mời số xê một trăm lẻ năm, đến quầy số hai mươi mốt."},
        {"ar", "A012", 3, "الرَّقَم أَيْ اِثْنا عَشَر، الشُّبّاك رَقَم ثَلاثَه."},
        {"ar", "C111", 21, "الرَّقَم سي مِئَه وَأَحَدَ عَشَر، الشُّبّاك رَقَم واحِد وَعِشْرون."},
        {"zh", "A012", 3, "请A十二号，到三号窗口。"},
        {"zh", "C105", 21, "请C一百零五号，到二十一号窗口。"},
    };
    for (const Said& said : all) CHECK(sentence(said.language, said.ticket, said.counter) == said.sentence);
}

TEST_CASE("An unknown language is spoken in English, a regional one in its own") {
    CHECK(sentence("tlh", "A001", 1) == sentence("en", "A001", 1));
    CHECK(sentence("", "A001", 1) == sentence("en", "A001", 1));
    CHECK(sentence("pl-PL", "A001", 1) == sentence("pl", "A001", 1));
}

TEST_CASE("Odd tickets are said as well as they can be") {
    CHECK(sentence("en", "012", 3) == "Number twelve, counter three.");
    CHECK(sentence("en", "ab-007", 3) == "Number eigh bee seven, counter three.");
    CHECK(sentence("en", "B000", 3) == "Number bee zero, counter three.");
    CHECK(sentence("en", "99999999", 1) == "Number nine nine nine nine nine nine nine nine, counter one.");
    CHECK(sentence("en", "Ж5", 1) == "Number Ж five, counter one.");
    CHECK(sentence("en", "", 4294967295u).starts_with("Number , counter four billion"));
    CHECK(sentence("en", std::string(100'000, 'Q'), 1).size() < 300);
}

TEST_CASE("The nine shipped languages are spoken") {
    CHECK(spoken_languages() == std::vector<std::string>{"ar", "en", "hi", "ka", "pl", "ru", "uk", "vi", "zh"});
}

// Ticket and counter are said apart from each other, so that every value of each is enough.
TEST_CASE("Every shipped language says every ticket and every counter without a digit or a field left over") {
    const auto good = [](const std::string& text) {
        return text.find_first_of("0123456789{}") == std::string::npos && text.find("  ") == std::string::npos &&
               text.find("\u00AD") == std::string::npos && text.find("ʼ") == std::string::npos;
    };
    for (const std::string& language : spoken_languages()) {
        for (char letter = 'A'; letter <= 'Z'; ++letter) {
            // All numbers for one letter, some for the others: each number is said the same after each.
            for (unsigned number = 0; number <= 999; number += letter == 'A' ? 1 : 97) {
                const std::string ticket = letter + fmt::format("{:03}", number);
                const std::string said = sentence(language, ticket, number % 30 + 1);
                if (!good(said)) FAIL(language << " " << ticket << ": " << said);
            }
        }
        for (unsigned counter = 1; counter <= 30; ++counter) CHECK(good(sentence(language, "A001", counter)));
    }
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

TEST_CASE("A voice file that is wrong says where") {
    const auto error = [](const char* yaml) {
        const auto table = parse_voice_table("xx.yaml", yaml);
        return table ? std::string("none") : table.error().message;
    };
    CHECK(error("- a list") == "xx.yaml: must be a map of keys, see content/voices/README.md");
    CHECK(error("voice: xx\nspeed: 3\n") == "xx.yaml:2:1: unknown key 'speed'");
    CHECK(error("voice: xx\nrate: 1000\n").find("xx.yaml:2:7: 'rate' must be 80..300") == 0);
    CHECK(error("voice: xx\nrate: 100\nsentence: 'Go'\n").find("'sentence' lacks {ticket}") != std::string::npos);
    CHECK(error("voice: [").find("xx.yaml:1:") == 0);
}

}  // namespace sentence_test
