#include <cmath>
#include <fstream>

#include "content/child.h"
#include "player/sound/voice_pack.h"
#include "player/sound/voice_pieces.h"
#include "player/sound/wav_file.h"
#include "player/web/client.h"
#include "player/web/upload_jobs.h"
#include "tests/web/fake_master.h"
#include "tests/web/raw_client.h"

namespace hallcast::web::upload_test {

using namespace hallcast::web::tests;

std::filesystem::path make_clip(const TempFolder& folder, const std::string& seconds) {
    const auto file = folder.path() / "clip.mp4";
    const auto made = content::run_child(
        {"/usr/bin/ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=" + seconds,
         "-preset", "ultrafast", "-pix_fmt", "yuv420p", file.string()},
        {});
    REQUIRE(made.has_value());
    INFO(made->errors);
    REQUIRE(made->code == 0);
    return file;
}

std::string job_of(const Expected<HttpAnswer>& answer) {
    REQUIRE(answer.has_value());
    INFO(answer->body);
    REQUIRE(answer->status == 202);
    return text_in(answer->body, "job");
}

std::string job_state(const Office& office, const std::string& job) {
    const auto answer = http_request("GET", office.url("/api/v1/content/jobs/" + job), token, "");
    REQUIRE(answer.has_value());
    REQUIRE(answer->status == 200);
    return answer->body;
}

// Follows a job to its end.
std::string ended(const Office& office, const std::string& job) {
    std::string state;
    REQUIRE(eventually([&] {
        state = job_state(office, job);
        const std::string step = text_in(state, "step");
        CHECK((step == "waiting" || step == "probing" || step == "transcoding" || step == "checking" ||
               step == "done" || step == "refused"));
        return step == "done" || step == "refused";
    }));
    return state;
}

TEST_CASE("an uploaded clip is ingested, told of step by step, listed, and can be removed") {
    Office office;
    const auto clip = make_clip(office.folder, "2");
    double sent = 0;
    const auto uploaded = http_upload(office.url("/api/v1/content?name=C%3A%5Cfilms%5CWitamy+w+%C5%81odzi.mp4"), token,
                                      clip, [&](double share) { sent = share; });
    CHECK(sent == 1);
    const std::string state = ended(office, job_of(uploaded));
    INFO(state);
    CHECK(text_in(state, "step") == "done");
    CHECK(text_in(state, "error") == "");
    const auto item = json(state).fields().at("item").struct_value().fields();
    CHECK(item.at("title").string_value() == "Witamy w Łodzi.mp4");
    CHECK(item.at("kind").string_value() == "CONTENT_KIND_VIDEO");
    CHECK(entries_in(office.incoming()) == 0);

    const std::string id = item.at("id").string_value();
    CHECK(http_request("GET", office.url("/api/v1/content"), token, "")->body.find(id) != std::string::npos);
    CHECK(http_request("DELETE", office.url("/api/v1/content/" + id), token, "")->status == 200);
    CHECK(office.master.library().manifest().items_size() == 0);
    const auto again = http_request("DELETE", office.url("/api/v1/content/" + id), token, "");
    CHECK(again->status == 404);
    CHECK(text_in(again->body, "error").find(id) != std::string::npos);
}

TEST_CASE("a text is refused with a reason a person understands") {
    Office office;
    const auto file = office.folder.write("notes.txt", "Opening hours: 8 to 18\n");
    const std::string state =
        ended(office, job_of(http_upload(office.url("/api/v1/content?name=notes.txt"), token, file, {})));
    CHECK(text_in(state, "step") == "refused");
    CHECK(text_in(state, "error").find("notes.txt: ") == 0);
    CHECK(json(state).fields().at("item").has_null_value());
    CHECK(office.master.library().manifest().items_size() == 0);
    CHECK(entries_in(office.incoming()) == 0);
}

// Of tones, in a pack of a few pieces.
std::filesystem::path make_voice(const TempFolder& folder, const std::string& name, float level) {
    sound::VoiceFile voice;
    voice.language = "uk";
    std::map<std::string, std::string> wavs;
    for (const sound::VoicePiece& piece : sound::voice_pieces("uk", "A")) {
        if (!piece.name.starts_with("letter")) continue;
        sound::Pcm tone;
        for (int i = 0; i < 20'000; ++i) tone.samples.push_back(level * float(std::sin(i * 0.05)));
        wavs.emplace(piece.name, sound::format_wav(tone).value());
        voice.pieces.emplace(piece.name, piece.text);
    }
    REQUIRE(sound::write_voice_pack(folder.path() / name, voice, wavs));
    return folder.path() / name;
}

TEST_CASE("a recorded voice is taken as it is, replaces the one of its language, and a bad one changes nothing") {
    Office office;
    const auto upload = [&](const std::filesystem::path& file) {
        return ended(office, job_of(http_upload(office.url("/api/v1/content?name=" + file.filename().string()), token,
                                                file, {})));
    };
    CHECK(text_in(upload(make_voice(office.folder, "first.voice", 0.2f)), "step") == "done");
    const auto file = make_voice(office.folder, "uk.voice", 0.3f);
    const std::string bytes = bytes_of(file), state = upload(file);
    INFO(state);
    CHECK(text_in(state, "step") == "done");
    const auto item = json(state).fields().at("item").struct_value().fields();
    CHECK(item.at("kind").string_value() == "CONTENT_KIND_VOICE");
    CHECK(item.at("language").string_value() == "uk");
    const v1::ContentManifest list = office.master.library().manifest();
    CHECK(list.items_size() == 0);
    REQUIRE(list.voices_size() == 1);
    CHECK(bytes_of(office.master.library().blob(list.voices(0).sha256())) == bytes);

    const std::string silent = upload(make_voice(office.folder, "silent.voice", 0.0f));
    CHECK(text_in(silent, "error") ==
          "silent.voice: 1 faults, the first: letter-A.wav is silent; see `hallcast voice check`");
    CHECK(text_in(upload(office.folder.write("cut.voice", bytes.substr(0, bytes.size() / 2))), "error") ==
          "cut.voice: is cut off");
    CHECK(office.master.library().manifest().SerializeAsString() == list.SerializeAsString());
    CHECK(entries_in(office.incoming()) == 0);

    const std::string id = list.voices(0).id();
    CHECK(http_request("GET", office.url("/api/v1/content"), token, "")->body.find(id) != std::string::npos);
    CHECK(http_request("DELETE", office.url("/api/v1/content/" + id), token, "")->status == 200);
    CHECK(office.master.library().manifest().voices_size() == 0);
}

TEST_CASE("names that are no text, too long, or empty still give answers that are JSON") {
    Office office;
    const auto file = office.folder.write("notes.txt", "no film\n");
    std::string long_name;
    for (int i = 0; i < 150; ++i) long_name += "%C5%81";  // 300 bytes: cut at 200, and never inside a letter
    for (const std::string& name : {std::string("%FF%FEfilm%00%0A.mp4"), long_name, std::string(), std::string("%"),
                                    std::string("%2"), std::string("..%2F..%2Fetc%2Fpasswd"), std::string("%C5")}) {
        INFO(name);
        const std::string state =
            ended(office, job_of(http_upload(office.url("/api/v1/content?name=" + name), token, file, {})));
        CHECK(text_in(state, "step") == "refused");
        CHECK(text_in(state, "error").find('\n') == std::string::npos);
        CHECK(text_in(state, "error").find("..") == std::string::npos);
    }
}

TEST_CASE("an upload with a wrong token or no room is refused before its body, and the reason arrives") {
    Office office;
    const auto file = office.folder.write("big.bin", std::string(20 << 20, 'x'));
    const auto refused = http_upload(office.url("/api/v1/content?name=big.bin"), "wrong", file, {});
    REQUIRE(refused.has_value());
    CHECK(refused->status == 401);
    CHECK(text_in(refused->body, "code") == "UNAUTHORISED");

    // Only a header: whoever waited for the body would give no answer.
    RawClient client(office.port);
    CHECK(client.ask("POST /api/v1/content HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n").status == 401);
    RawClient large(office.port);
    CHECK(large.ask(request_text("POST", "/api/v1/content", "Content-Length: 9000000000\r\n")).status == 413);
    CHECK(entries_in(office.incoming()) == 0);
}

TEST_CASE("a client that expects 100-continue is told to go on, or why not") {
    Office office;
    RawClient client(office.port);
    client.send(request_text("POST", "/api/v1/content?name=a.txt", "Expect: 100-continue\r\nContent-Length: 5\r\n"));
    CHECK(client.answer().status == 100);
    const auto answer = client.ask("hello");
    CHECK(answer.status == 202);
    CHECK(text_in(ended(office, text_in(answer.body, "job")), "step") == "refused");

    const auto command =
        client.ask(request_text("POST", "/api/v1/tickets", "Expect: 100-continue\r\nContent-Length: 16\r\n"));
    CHECK(command.status == 100);
    CHECK(client.ask(R"({"service": "A"})").status == 201);

    RawClient stranger(office.port);
    CHECK(stranger.ask("POST /api/v1/content HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
              .status == 401);
}

TEST_CASE("an upload in chunks is taken like one whose length is told") {
    Office office;
    RawClient client(office.port);
    const auto answer =
        client.ask(request_text("POST", "/api/v1/content?name=a.txt", "Transfer-Encoding: chunked\r\n") +
                   "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
    CHECK(answer.status == 202);
    CHECK(text_in(ended(office, text_in(answer.body, "job")), "step") == "refused");
}

TEST_CASE("an aborted upload leaves nothing behind, nor does one that falls silent") {
    Office office(WebOptions{.patience = std::chrono::milliseconds(300)});
    const std::string begun = request_text("POST", "/api/v1/content?name=a.mp4", "Content-Length: 1000000\r\n");
    {
        RawClient client(office.port);
        client.send(begun + std::string(100000, 'x'));
        REQUIRE(eventually([&] { return entries_in(office.incoming()) == 1; }));
    }
    CHECK(eventually([&] { return entries_in(office.incoming()) == 0; }));
    RawClient silent(office.port);
    silent.send(begun + "x");
    CHECK(silent.ended());
    CHECK(eventually([&] { return entries_in(office.incoming()) == 0; }));
}

TEST_CASE("only so many uploads are under way at once; an aborted one makes room again") {
    Office office;
    std::vector<std::unique_ptr<RawClient>> clients;
    const std::string begun = request_text("POST", "/api/v1/content?name=a.mp4", "Content-Length: 1000000\r\n");
    for (std::size_t i = 0; i < UploadJobs::most_underway; ++i) {
        clients.push_back(std::make_unique<RawClient>(office.port));
        clients.back()->send(begun + "x");
    }
    REQUIRE(eventually([&] { return entries_in(office.incoming()) == UploadJobs::most_underway; }));
    {
        RawClient one_more(office.port);
        const auto answer = one_more.ask(begun);
        CHECK(answer.status == 503);
        CHECK(text_in(answer.body, "code") == "UNAVAILABLE");
    }
    clients.pop_back();
    REQUIRE(eventually([&] { return entries_in(office.incoming()) == UploadJobs::most_underway - 1; }));
    const auto file = office.folder.write("notes.txt", "no film\n");
    CHECK(eventually([&] {
        const auto answer = http_upload(office.url("/api/v1/content?name=notes.txt"), token, file, {});
        return answer && answer->status == 202;
    }));
}

TEST_CASE("a server that ends in the middle of a transcoding stops it and leaves nothing behind") {
    Office office;
    const auto clip = make_clip(office.folder, "120");
    const std::string job = job_of(http_upload(office.url("/api/v1/content?name=long.mp4"), token, clip, {}));
    // A second one waits behind it.
    job_of(http_upload(office.url("/api/v1/content?name=second.mp4"), token, clip, {}));
    REQUIRE(eventually([&] { return text_in(job_state(office, job), "step") == "transcoding"; }));
    office.server.reset();
    CHECK(entries_in(office.incoming()) == 0);
    CHECK(office.master.library().manifest().items_size() == 0);
}

}  // namespace hallcast::web::upload_test
