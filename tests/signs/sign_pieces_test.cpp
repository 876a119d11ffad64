// Which signs a call is made of, with all clips of the list and with few.
#include "player/signs/sign_pieces.h"

#include <algorithm>
#include <set>

#include "tests/catch.h"

namespace hallcast::signs::sign_pieces_test {

using Clips = std::set<std::string, std::less<>>;

Clips clips(std::string_view letters, bool needed_alone = false) {
    Clips names;
    for (const SignPiece& piece : sign_pieces(letters))
        if (piece.needed || !needed_alone) REQUIRE(names.insert(piece.name).second);
    return names;
}

std::string signed_with(const Clips& clips, std::string_view ticket, std::uint32_t counter) {
    const auto names = sign_call(ticket, counter, [&](std::string_view name) { return clips.contains(name); });
    if (!names) return names.error().message;
    return fmt::format("{}", fmt::join(*names, " "));
}

TEST_CASE("a call is attention, letters, the number and the counter") {
    const Clips all = clips("ABCŁ");
    CHECK(all.size() == 1 + 4 + 100 + 9 + 1 + 30);
    CHECK(signed_with(all, "A012", 3) == "call letter-A number-12 counter-3");
    CHECK(signed_with(all, "A007", 30) == "call letter-A number-7 counter-30");
    CHECK(signed_with(all, "A000", 1) == "call letter-A number-0 counter-1");
    CHECK(signed_with(all, "B100", 1) == "call letter-B number-100 counter-1");
    CHECK(signed_with(all, "ab-999", 1) == "call letter-A letter-B number-900 number-99 counter-1");
    CHECK(signed_with(all, "Ł1", 1) == "call letter-0141 number-1 counter-1");
    // No clip says a thousand: digit by digit.
    CHECK(signed_with(all, "A1020", 1) == "call letter-A number-1 number-0 number-2 number-0 counter-1");
    CHECK(signed_with(all, "A0001234567", 1) ==
          "call letter-A number-0 number-0 number-0 number-1 number-2 number-3 number-4 number-5 number-6 number-7 "
          "counter-1");
    CHECK(signed_with(all, "A1", 31) == "call letter-A number-1 counter number-31");
}

TEST_CASE("with the needed clips alone every call of such letters can be signed, digit by digit") {
    const Clips few = clips("A", true);
    CHECK(few.size() == 1 + 1 + 10 + 1);
    CHECK(signed_with(few, "A012", 3) == "call letter-A number-1 number-2 counter number-3");
    CHECK(signed_with(few, "A100", 12) == "call letter-A number-1 number-0 number-0 counter number-1 number-2");
    for (unsigned number = 0; number < 3000; ++number)
        if (!signed_with(few, fmt::format("A{:03}", number), number).starts_with("call letter-A number-"))
            CHECK(number == 0);
}

TEST_CASE("a call that a clip is lacking for is not signed at all, for without it it would be another") {
    Clips clips = sign_pieces_test::clips("A");
    CHECK(signed_with(clips, "B012", 3) == "the clip 'letter-B' is lacking; without it the call would be another");
    clips.erase("number-12");
    CHECK(signed_with(clips, "A012", 3) == "call letter-A number-1 number-2 counter-3");
    CHECK(signed_with(clips, "A112", 3) == "call letter-A number-1 number-1 number-2 counter-3");
    clips.erase("number-2");
    CHECK(signed_with(clips, "A012", 3).find("'number-2' is lacking") != std::string::npos);
    CHECK(signed_with(clips, "A115", 3) == "call letter-A number-100 number-15 counter-3");
    clips.erase("call");
    CHECK(signed_with(clips, "A115", 3).find("'call' is lacking") != std::string::npos);
}

}  // namespace hallcast::signs::sign_pieces_test
