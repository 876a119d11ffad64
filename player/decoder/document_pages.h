// A document as pages that can be drawn: PDF by poppler, SVG by librsvg. From memory; nothing that a document names
// elsewhere is opened.
#pragma once

#include <memory>
#include <string>

#include "player/decoder/file_bytes.h"
#include "player/picture/video_frame.h"
#include "protocol/base/error.h"

namespace hallcast::decoder {

// Pages are drawn as large as fits a full HD screen.
constexpr int most_page_width = 1920;
constexpr int most_page_height = 1080;
constexpr int most_pages = 100;

// Externally synchronized. Drawing cannot be interrupted: a document that is made to take for ever is what the worker
// process's time limit is for.
class DocumentPages {
  public:
    virtual ~DocumentPages() = default;
    virtual int count() const = 0;  // 1 to most_pages
    virtual Expected<picture::VideoFramePtr> draw(int page) = 0;
};

// Refused, as text would be missing: a PDF whose fonts are not in it, where no file can be opened to replace them.
// Pages after the first `most_pages` are left out, and logged.
Expected<std::unique_ptr<DocumentPages>> open_pdf(const FileBytes& file);

// One page, transparent where nothing is drawn. Images in it must be in it, too ("data:"). Refused: text, where no file
// can be opened for its fonts.
Expected<std::unique_ptr<DocumentPages>> open_svg(const FileBytes& file);

// False in a worker after its sandbox closed.
bool can_open_fonts();

}  // namespace hallcast::decoder
