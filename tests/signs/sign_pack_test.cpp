// A folder of clips: what is found in it, and what is wrong with it.
#include "player/signs/sign_pack.h"

#include <fstream>

#include "player/decoder/open_clip.h"
#include "player/signs/sign_pieces.h"
#include "tests/catch.h"
#include "tests/media/clips.h"

namespace hallcast::signs::sign_pack_test {

namespace fs = std::filesystem;
using media::test::TempFolder;

void write(const fs::path& file) {
    fs::create_directories(file.parent_path());
    std::ofstream(file) << "no film\n";
}

TEST_CASE(
    "packs are the folders that have clips, one a sign language; a call takes the one of its language's country") {
    const TempFolder folder;
    CHECK(open_sign_packs(folder / "none").empty());
    for (const char* file : {"ukl/call.mp4", "pso/call.webm", "pso/letter-A.mkv", "pso/number-1.mov",
                             "pso/counter-3.mp4", "pso/notes.txt", "empty/notes.txt"})
        write(folder / file);
    const auto packs = open_sign_packs(folder / "");
    REQUIRE(packs.size() == 2);
    CHECK(packs[0].language == "pso");
    CHECK(packs[0].clips.size() == 4);
    const auto clips = packs[0].clips_of("A001", 3);
    REQUIRE(clips);
    CHECK(*clips == std::vector<fs::path>{folder / "pso/call.webm", folder / "pso/letter-A.mkv",
                                          folder / "pso/number-1.mov", folder / "pso/counter-3.mp4"});
    CHECK(packs[0].clips_of("A002", 3).error().message.find("'number-2' is lacking") != std::string::npos);
    CHECK(sign_pack_for(packs, "uk")->language == "ukl");
    CHECK(sign_pack_for(packs, "pl-PL")->language == "pso");
    CHECK(sign_pack_for(packs, "ka")->language == "pso");  // the first
    CHECK(sign_pack_for(packs, "de")->language == "pso");  // no pack of that one
    CHECK(sign_pack_for({}, "pl") == nullptr);
}

TEST_CASE("the list names each clip, and what may be left out") {
    const std::string list = sign_list("AB");
    CHECK(list.find("\nletter-A.mp4\tthe letter A\n") != std::string::npos);
    CHECK(list.find("\nnumber-9.mp4\tthe number 9\n") != std::string::npos);
    CHECK(list.find("\nnumber-10.mp4\tthe number 10 *\n") != std::string::npos);
    CHECK(list.find("letter-C") == std::string::npos);
}

TEST_CASE("a folder is checked: what is missing, broken, too long, still, or of another size") {
    const TempFolder folder;
    const fs::path pack = folder / "pso";
    fs::create_directories(pack);
    media::test::make_clip(folder / "good.mkv", {.pictures = 10});
    for (const SignPiece& piece : sign_pieces("A"))
        if (piece.needed) fs::copy_file(folder / "good.mkv", pack / (piece.name + ".mkv"));
    const auto faults = [&] {
        std::string told;
        for (const auto& fault : check_signs(pack, "A", decoder::decode_in_process()))
            told += fmt::format("{}: {}\n", fault.file, fault.reason);
        return told;
    };
    CHECK(faults() == "");
    fs::remove(pack / "number-7.mkv");
    write(pack / "letter-A.mkv");
    media::test::make_clip(pack / "number-11.mkv", {.pictures = 260, .sound = ""});
    media::test::ffmpeg("-f lavfi -i testsrc2=size=320x240:rate=25:duration=0.4 -c:v libx264 -pix_fmt yuv420p",
                        pack / "number-12.mkv");
    media::test::ffmpeg("-f lavfi -i testsrc2=size=160x96:rate=25:duration=0.04 -c:v libx264 -pix_fmt yuv420p",
                        pack / "number-13.mkv");
    const std::string told = faults();
    INFO(told);
    CHECK(told.find("number-7.mp4: is missing\n") == 0);
    CHECK(told.find("\nletter-A.mkv: ") != std::string::npos);
    CHECK(told.find("\nnumber-11.mkv: is longer than 10 s\n") != std::string::npos);
    CHECK(told.find("\nnumber-12.mkv: is 320x240, the first clip 160x96\n") != std::string::npos);
    CHECK(told.find("\nnumber-13.mkv: is a picture that does not move\n") != std::string::npos);
    CHECK(std::ranges::count(told, '\n') == 5);
}

}  // namespace hallcast::signs::sign_pack_test
