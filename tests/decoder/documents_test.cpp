#include <cairo-pdf.h>
#include <fmt/format.h>

#include <condition_variable>
#include <fstream>
#include <mutex>

#include "player/decoder/document_reader.h"
#include "player/decoder/open_clip.h"
#include "player/media/clip_decoder.h"
#include "tests/catch.h"
#include "tests/decoder/locked_room.h"
#include "tests/media/clips.h"
#include "tests/media/probe.h"

namespace hallcast::decoder::documents_test {

using namespace media::test;
using namespace std::chrono_literals;

FileBytes bytes_of(const std::string& text) {
    auto kept = std::make_shared<std::string>(text);
    return {std::as_bytes(std::span(*kept)), kept};
}

void write(const std::filesystem::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

// B G R A of a pixel.
std::vector<int> pixel(const picture::VideoFrame& frame, int x, int y) {
    const std::uint8_t* at = frame.planes[0] + std::ptrdiff_t(y) * frame.strides[0] + std::ptrdiff_t(x) * 4;
    return {at[0], at[1], at[2], at[3]};
}
const std::vector<int> red{0, 0, 255, 255}, green{0, 255, 0, 255}, white{255, 255, 255, 255};

std::vector<std::uint8_t> pixels_of(const picture::VideoFrame& frame) {
    std::vector<std::uint8_t> all;
    for (int y = 0; y < frame.height; ++y) {
        const std::uint8_t* row = frame.planes[0] + std::ptrdiff_t(y) * frame.strides[0];
        all.insert(all.end(), row, row + std::ptrdiff_t(frame.width) * 4);
    }
    return all;
}

std::string svg(const std::string& content, const std::string& attributes = "viewBox='0 0 160 90'",
                const std::string& before = "") {
    return "<?xml version='1.0'?>" + before +
           "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' " + attributes + ">" +
           content + "</svg>";
}

// Pages of 842 x 595 points; each with a square of its colour in the upper left, and `text` in a font that is not in
// it.
std::string pdf(const std::vector<std::string>& colours, const std::string& text = "", int rotation = 0) {
    std::string kids, pages;
    int number = 10;
    for (const auto& colour : colours) {
        kids += fmt::format("{} 0 R ", number);
        std::string content = colour + " rg 0 395 200 200 re f";
        if (!text.empty()) content += " 0 g BT /F 48 Tf 300 300 Td (" + text + ") Tj ET";
        pages += fmt::format(
            "{0} 0 obj<</Type/Page/Parent 2 0 R/Rotate {4}/MediaBox[0 0 842 595]/Contents {1} 0 R{5}>>endobj\n"
            "{1} 0 obj<</Length {2}>>stream\n{3}\nendstream endobj\n",
            number, number + 1, content.size(), content, rotation,
            text.empty() ? "" : "/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>");
        number += 2;
    }
    return fmt::format(
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[{}]/Count {}>>endobj\n{}"
        "trailer<</Root 1 0 R/Size {}>>\n%%EOF\n",
        kids, colours.size(), pages, number);
}

// Its fonts are in it.
std::string pdf_with_fonts(const char* text) {
    std::string written;
    const auto append = [](void* to, const unsigned char* bytes, unsigned count) {
        static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(bytes), count);
        return CAIRO_STATUS_SUCCESS;
    };
    cairo_surface_t* surface = cairo_pdf_surface_create_for_stream(append, &written, 842, 595);
    cairo_t* context = cairo_create(surface);
    cairo_select_font_face(context, "Noto Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(context, 60);
    cairo_move_to(context, 100, 300);
    cairo_show_text(context, text);
    cairo_destroy(context);
    cairo_surface_finish(surface);
    cairo_surface_destroy(surface);
    return written;
}

std::string error_of(const Expected<std::unique_ptr<DocumentPages>>& opened) {
    return opened ? "" : opened.error().message;
}

TEST_CASE("a file is what its first bytes say, whatever its name") {
    const auto kind = [](const std::string& beginning) { return kind_of(std::as_bytes(std::span(beginning))); };
    CHECK(kind("%PDF-1.7\n") == FileKind::pdf);
    CHECK(kind(std::string(1000, ' ') + "%PDF-1.7\n") == FileKind::pdf);
    CHECK(kind("\xef\xbb\xbf <!-- by hand --> <svg/>") == FileKind::svg);
    CHECK(kind("<html>") == FileKind::media);
    CHECK(kind("RIFF....WEBPVP8X....\x02") == FileKind::animated_webp);
    CHECK(kind("RIFF....WEBPVP8X....\x10") == FileKind::media);
    CHECK(kind("") == FileKind::media);
}

TEST_CASE("a drawing fills the screen in its own shape, and is transparent where nothing is drawn") {
    struct Case {
        const char* attributes;
        int width, height;
    };
    for (const auto& one : {Case{"viewBox='0 0 160 90'", 1920, 1080}, Case{"width='50' height='100'", 540, 1080},
                            Case{"width='4000' height='1000'", 1920, 480}, Case{"", 1920, 1080},
                            Case{"width='1' height='1000000'", 1, 1080}, Case{"width='0' height='0'", 1920, 1080}}) {
        INFO(one.attributes);
        auto page = open_svg(bytes_of(svg("<rect width='50%' height='100%' fill='#f00'/>", one.attributes)));
        REQUIRE(page.has_value());
        const auto frame = (*page)->draw(0);
        REQUIRE(frame.has_value());
        CHECK((*frame)->width == one.width);
        CHECK((*frame)->height == one.height);
        if (one.width > 500 && one.width == one.height * 16 / 9) {
            CHECK(pixel(**frame, 958, 500) == red);  // the edge is sharp
            CHECK(pixel(**frame, 961, 500) == std::vector<int>{0, 0, 0, 0});
        }
    }
    CHECK(error_of(open_svg(bytes_of("<svg"))).starts_with("is no drawing that can be shown"));
}

TEST_CASE("a drawing opens no other file, by image, entity or style") {
    const TempFolder folder;
    ffmpeg("-f lavfi -i color=red:s=40x30 -frames:v 1", folder / "red.png");
    const std::string path = (folder / "red.png").string();
    const std::string drawing = svg("<image xlink:href='file://" + path + "' width='160' height='90'/><image href='" +
                                    path + "' width='160' height='90'/><style>@import url('file://" + path +
                                    "');</style>"
                                    "<use href='file:///a.svg#b'/><rect x='80' width='80' height='90' fill='#0f0'/>");
    const auto draw = [&] {
        auto page = open_svg(bytes_of(drawing));
        if (!page) return false;
        const auto frame = (*page)->draw(0);
        return frame && pixel(**frame, 100, 500) == std::vector<int>{0, 0, 0, 0} && pixel(**frame, 1900, 500) == green;
    };
    CHECK(draw());
    CHECK(in_locked_room(Lock::kills, draw));
    const auto with_entity = svg("<desc>&secret;</desc>", "viewBox='0 0 160 90'",
                                 "<!DOCTYPE svg [<!ENTITY secret SYSTEM 'file:///etc/passwd'>]>");
    CHECK(error_of(open_svg(bytes_of(with_entity))).find("'secret' not defined") != std::string::npos);
}

TEST_CASE("text in a drawing is drawn where fonts can be opened, and refused where not") {
    const auto text = bytes_of(svg("<text y='60' font-size='60'>12</text>"));
    auto page = open_svg(text);
    REQUIRE(page.has_value());
    const auto drawn = pixels_of(**(*page)->draw(0));
    CHECK(std::ranges::any_of(drawn, [](std::uint8_t byte) { return byte != 0; }));
    CHECK(in_locked_room(Lock::sandbox, [&] {
        return error_of(open_svg(text)) == "has text, whose fonts are not in it: save it with its text as paths";
    }));
}

TEST_CASE("the pages of a PDF are shown one after the other, on white") {
    const TempFolder folder;
    write(folder / "pages", pdf({"1 0 0", "0 1 0", "1 0 0"}));
    auto clip = decode_in_process()({"pages", folder / "pages", 4s}, patience, {});
    REQUIRE(clip.has_value());
    for (int page = 0; page < 3; ++page) {
        INFO(page);
        const auto picture = (*clip)->next_picture();
        REQUIRE(picture.has_value());
        CHECK(picture->at == 4s * page);
        CHECK(picture->duration == 4s);
        CHECK(picture->frame->width == 1528);
        CHECK(picture->frame->height == 1080);
        CHECK(pixel(*picture->frame, 100, 100) == (page == 1 ? green : red));
        CHECK(pixel(*picture->frame, 1000, 1000) == white);
    }
    CHECK_FALSE((*clip)->next_picture().has_value());
    CHECK((*clip)->extent() == 12s);
    const auto summary = probe(folder / "pages", patience);
    REQUIRE(summary.has_value());
    CHECK(summary->kind == MediaSummary::Kind::film);
    CHECK(summary->duration == 30s);  // 10 s each, where nothing else is said
    write(folder / "one", pdf({"1 0 0"}, "", 90));
    const auto one = probe(folder / "one", patience);
    REQUIRE(one.has_value());
    CHECK(one->kind == MediaSummary::Kind::picture);
    CHECK(one->width == 763);  // turned
    CHECK(one->height == 1080);
}

TEST_CASE("an entry's duration is that of a document's page, not of the whole") {
    const TempFolder folder;
    write(folder / "pages", pdf({"1 0 0", "0 1 0", "1 0 0"}));
    std::mutex mutex;
    std::condition_variable progressed;
    media::ClipDecoder decoder({"pages", folder / "pages", 2s}, {decode_in_process(), patience, [&](bool) {
                                                                     const std::scoped_lock lock(mutex);
                                                                     progressed.notify_all();
                                                                 }});
    std::unique_lock lock(mutex);
    REQUIRE(progressed.wait_for(lock, patience, [&] { return decoder.length().has_value(); }));
    CHECK(*decoder.length() == media::samples_at(6s));
}

TEST_CASE("a PDF with its fonts in it looks the same where no file can be opened") {
    const auto file = bytes_of(pdf_with_fonts("Stanowisko 12"));
    auto pages = open_pdf(file);
    REQUIRE(pages.has_value());
    const auto outside = pixels_of(**(*pages)->draw(0));
    CHECK(std::ranges::count(outside, 0) > 1000);  // ink
    CHECK(in_locked_room(Lock::sandbox, [&] {
        auto locked = open_pdf(file);
        return locked && pixels_of(**(*locked)->draw(0)) == outside;
    }));
}

TEST_CASE("a PDF whose fonts are elsewhere is drawn where they can be opened, and refused where not") {
    const auto file = bytes_of(pdf({"1 1 1"}, "Stanowisko 12"));
    auto pages = open_pdf(file);
    REQUIRE(pages.has_value());
    CHECK(std::ranges::count(pixels_of(**(*pages)->draw(0)), 0) > 1000);
    CHECK(in_locked_room(Lock::sandbox, [&] {
        return error_of(open_pdf(file)) ==
               "uses the font Helvetica, which is not in it: save it with its fonts embedded";
    }));
}

TEST_CASE("documents that are cut short, or larger than any, say so or are shown in part") {
    CHECK(error_of(open_pdf(bytes_of("%PDF-1.4\n"))) == "is a PDF that cannot be read; was its copy broken off?");
    auto many = open_pdf(bytes_of(pdf(std::vector<std::string>(most_pages + 1, "1 0 0"))));
    REQUIRE(many.has_value());
    CHECK((*many)->count() == most_pages);
    auto huge = pdf({"1 0 0"});
    huge.replace(huge.find("[0 0 842 595]"), 13, "[0 0 900000 595]");
    auto pages = open_pdf(bytes_of(huge));
    REQUIRE(pages.has_value());
    CHECK(DocumentReader::open(std::move(*pages), 0s, patience).error().message.find("which is no page") !=
          std::string::npos);
    auto slow = open_pdf(bytes_of(pdf({"1 0 0"})));
    CHECK(DocumentReader::open(std::move(*slow), 0s, -1ms).error().message == "gave no picture within -1 ms");
}

}  // namespace hallcast::decoder::documents_test
